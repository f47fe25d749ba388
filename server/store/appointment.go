package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// appointmentRow is an appointment as stored.
type appointmentRow struct {
	Jurisdiction, ID, Reference, Station        string
	Purpose                                     permit.Purpose
	Application, Person, Account                *string
	Name                                        []byte
	Day                                         time.Time
	Minute, UntilMinute, Place, Hours, Capacity int
	State                                       permit.AppointmentState
	BookedOn                                    time.Time
	Queue                                       *int
	Version                                     int
}

const appointmentColumns = `m.jurisdiction, m.id, m.reference, m.station, m.purpose, m.application, m.person, m.account, m.name, m.day, m.minute, m.until_minute, m.place, m.hours,
	m.capacity, m.state, m.booked_on, m.queue, m.version`

func (t *tx) appointment(r appointmentRow) (permit.Appointment, error) {
	open := t.opener("appointment", r.ID)
	a := permit.Appointment{Jurisdiction: r.Jurisdiction, ID: r.ID, Reference: r.Reference, Station: r.Station, Purpose: r.Purpose, Application: orZero(r.Application), Person: orZero(r.Person),
		Account: orZero(r.Account), Name: open.text("name", r.Name), Slot: permit.Slot{Day: civil(&r.Day), Minute: r.Minute}, Until: r.UntilMinute, Place: r.Place, Hours: r.Hours, Capacity: r.Capacity,
		State: r.State, BookedOn: civil(&r.BookedOn), Queue: orZero(r.Queue), Version: r.Version}
	return a, open.err
}

func (t *tx) CreateAppointment(ctx context.Context, a permit.Appointment, event permit.AppointmentEvent, key string) error {
	var name []byte
	if a.Name != "" {
		name = t.secrets.seal(place{"appointment", a.ID, "name"}, []byte(a.Name))
	}
	_, err := t.q.Exec(ctx, `
		insert into appointment (jurisdiction, id, reference, station, purpose, application, person, account, name, day, minute, until_minute, place, hours, capacity, state, booked_on,
			stands_on, idempotency_key, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, (select state from application where jurisdiction = $1 and id = $6), $18, $19)`,
		a.Jurisdiction, a.ID, a.Reference, a.Station, a.Purpose, orNull(a.Application), orNull(a.Person), orNull(a.Account), name, day(a.Slot.Day), a.Slot.Minute, a.Until, a.Place, a.Hours,
		a.Capacity, a.State, day(a.BookedOn), key, a.Version)
	if err != nil {
		return failed(err)
	}
	return t.addAppointmentEvent(ctx, a, event)
}

// SaveAppointment asks for the version that the verb was tried on; of two at once the slower one meets no row.
func (t *tx) SaveAppointment(ctx context.Context, a permit.Appointment, event permit.AppointmentEvent) error {
	err := fresh(t.q.Exec(ctx, `
		update appointment m set station = $4, day = $5, minute = $6, until_minute = $7, place = $8, hours = $9, capacity = $10, state = $11, booked_on = $12, queue = $13, version = $3,
			stands_on = case when $14 then (select a.state from application a where a.jurisdiction = m.jurisdiction and a.id = m.application) end
		where m.jurisdiction = $1 and m.id = $2 and m.version = $3 - 1`,
		a.Jurisdiction, a.ID, a.Version, a.Station, day(a.Slot.Day), a.Slot.Minute, a.Until, a.Place, a.Hours, a.Capacity, a.State, day(a.BookedOn), orNull(a.Queue), a.State.Open()))
	if err != nil {
		return err
	}
	return t.addAppointmentEvent(ctx, a, event)
}

func (t *tx) addAppointmentEvent(ctx context.Context, a permit.Appointment, e permit.AppointmentEvent) error {
	_, err := t.q.Exec(ctx, `
		insert into appointment_event (jurisdiction, appointment, version, verb, state, at, station, day, minute, by_staff, counter, reason)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		a.Jurisdiction, a.ID, a.Version, e.Verb, e.State, e.At, e.Station, day(e.Slot.Day), e.Slot.Minute, orNull(e.By.Officer.ID), orNull(e.By.Counter), orNull(e.Reason))
	return failed(err)
}

// plainAppointments reads appointments for the house itself, which shows them to nobody.
func (t *tx) plainAppointments(ctx context.Context, sql string, args ...any) ([]permit.Appointment, error) {
	rows, err := t.q.Query(ctx, `select `+appointmentColumns+` from appointment m where `+sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Appointment, error) {
		r, err := pgx.RowToStructByName[appointmentRow](row)
		if err != nil {
			return permit.Appointment{}, err
		}
		return t.appointment(r)
	})
	return list, failed(err)
}

func (t *tx) plainAppointment(ctx context.Context, sql string, args ...any) (permit.Appointment, error) {
	list, err := t.plainAppointments(ctx, sql, args...)
	if err == nil && len(list) == 0 {
		err = office.ErrNotFound
	}
	if err != nil {
		return permit.Appointment{}, err
	}
	return list[0], nil
}

func (t *tx) BookedWith(ctx context.Context, jurisdiction, key string) (permit.Appointment, error) {
	return t.plainAppointment(ctx, `m.jurisdiction = $1 and m.idempotency_key = $2`, jurisdiction, key)
}

func (t *tx) OpenAppointment(ctx context.Context, jurisdiction, application string, lock bool) (permit.Appointment, error) {
	sql := `m.jurisdiction = $1 and m.application = $2 and m.state in ('booked', 'arrived')`
	if lock {
		sql += ` for update`
	}
	return t.plainAppointment(ctx, sql, jurisdiction, application)
}

// OpenAppointments locks the account's bookings in the city: two at once come one after the other, also when there is none yet.
func (t *tx) OpenAppointments(ctx context.Context, jurisdiction, account string) ([]permit.Appointment, error) {
	if _, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('appointments of/' || $1 || '/' || $2, 0))`, jurisdiction, account); err != nil {
		return nil, failed(err)
	}
	return t.plainAppointments(ctx, `m.jurisdiction = $1 and m.account = $2 and m.state in ('booked', 'arrived') order by m.day, m.minute, m.id`, jurisdiction, account)
}

func (t *tx) PastAppointments(ctx context.Context, jurisdiction string, today civic.Date, limit int) ([]permit.Appointment, error) {
	return t.plainAppointments(ctx, `m.jurisdiction = $1 and m.state in ('booked', 'arrived') and m.day < $2 order by m.day, m.id limit $3 for update`, jurisdiction, day(today), limit)
}

func (t *tx) Stands(ctx context.Context, jurisdiction, application string) (permit.Application, error) {
	a := permit.Application{Jurisdiction: jurisdiction, ID: application}
	err := t.q.QueryRow(ctx, `select station, state, coalesce(paused_for, '') from application where jurisdiction = $1 and id = $2 for share`, jurisdiction, application).Scan(&a.Station, &a.State, &a.PausedFor)
	return a, failed(err)
}

func (t *tx) NextInQueue(ctx context.Context, jurisdiction, station string, on civic.Date) (next int, err error) {
	if _, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('queue/' || $1 || '/' || $2, 0))`, jurisdiction, station); err != nil {
		return 0, failed(err)
	}
	err = t.q.QueryRow(ctx, `select 1 + coalesce(max(queue), 0) from appointment where jurisdiction = $1 and station = $2 and day = $3`, jurisdiction, station, day(on)).Scan(&next)
	return next, failed(err)
}

func (t *tx) MissedSince(ctx context.Context, jurisdiction, account string, since civic.Date) (missed bool, err error) {
	if err := ids(account); err != nil {
		return false, err
	}
	err = t.q.QueryRow(ctx, `select exists (select from appointment where jurisdiction = $1 and account = $2 and day >= $3 and state = 'missed')`, jurisdiction, account, day(since)).Scan(&missed)
	return missed, failed(err)
}

const selectAppointment = `select ` + appointmentColumns + `, a.reference as case_reference, p.id as whose, p.name as whose_name
	from appointment m left join application a on a.jurisdiction = m.jurisdiction and a.id = m.application left join person p on p.jurisdiction = m.jurisdiction and p.id = m.person`

// appointments reads appointments with whose they are, and writes an entry for each of them.
func (t *tx) appointments(ctx context.Context, view ledger.Entry, sql string, args ...any) ([]office.AppointmentCase, error) {
	rows, err := t.q.Query(ctx, selectAppointment+sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c office.AppointmentCase, err error) {
		r, err := pgx.RowToStructByName[struct {
			appointmentRow
			CaseReference, Whose *string
			WhoseName            []byte
		}](row)
		if err != nil {
			return c, err
		}
		if c.Appointment, err = t.appointment(r.appointmentRow); err != nil {
			return c, err
		}
		c.Case, c.Name = orZero(r.CaseReference), c.Appointment.Name
		if r.Whose == nil {
			return c, nil
		}
		open := t.opener("person", *r.Whose)
		c.Name = open.text("name", r.WhoseName)
		return c, open.err
	})
	if err != nil {
		return nil, failed(err)
	}
	seen := make([]sight, len(list))
	for i, c := range list {
		seen[i] = sight{c.Appointment.Jurisdiction, c.Appointment.Person, c.Appointment.Account, "appointment/" + c.Appointment.Reference}
	}
	return list, t.viewed(ctx, view, seen...)
}

func (t *tx) FindAppointment(ctx context.Context, f office.AppointmentFinder, view ledger.Entry) (office.AppointmentCase, error) {
	return t.findAppointment(ctx, f, view, "")
}

func (t *tx) LockAppointment(ctx context.Context, f office.AppointmentFinder, view ledger.Entry) (office.AppointmentCase, error) {
	return t.findAppointment(ctx, f, view, ` for update of m`)
}

// findAppointment looks as whoever asks: an appointment that is not theirs is none.
func (t *tx) findAppointment(ctx context.Context, f office.AppointmentFinder, view ledger.Entry, lock string) (office.AppointmentCase, error) {
	var w where
	w.and(`m.jurisdiction = ?`, f.Jurisdiction)
	w.and(`m.reference = ?`, f.Reference)
	switch {
	case f.Scope != nil:
		w.and(`m.jurisdiction = ?`, f.Scope.Jurisdiction)
		w.and(`m.station = any (?::text[])`, append([]string{}, f.Scope.Stations...))
	case f.Account != "":
		if err := ids(f.Account); err != nil {
			return office.AppointmentCase{}, err
		}
		w.and(`m.account = ?`, f.Account)
	case !f.Anyone:
		return office.AppointmentCase{}, office.ErrNotFound
	}
	list, err := t.appointments(ctx, view, w.String()+lock, w.args...)
	if err == nil && len(list) != 1 {
		err = office.ErrNotFound
	}
	if err != nil {
		return office.AppointmentCase{}, err
	}
	return list[0], nil
}

func (t *tx) AppointmentsOf(ctx context.Context, account string, view ledger.Entry) ([]office.AppointmentCase, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	return t.appointments(ctx, view, ` where m.account = $1 order by m.day desc, m.minute desc, m.id desc limit 100`, account)
}

func (t *tx) DayAppointments(ctx context.Context, scope access.Scope, on civic.Date, view ledger.Entry) ([]office.AppointmentCase, error) {
	return t.appointments(ctx, view, ` where m.jurisdiction = $1 and m.station = any ($2::text[]) and m.day = $3 order by m.minute, m.place, m.id`,
		scope.Jurisdiction, append([]string{}, scope.Stations...), day(on))
}

func (t *tx) AppointmentEvents(ctx context.Context, jurisdiction, appointment string) ([]permit.AppointmentEvent, error) {
	rows, err := t.q.Query(ctx, `
		select e.verb, e.state, e.at, e.station, e.day, e.minute, coalesce(e.by_staff::text, '') as by_staff, coalesce(e.counter, '') as counter, coalesce(e.reason, '') as reason, s.name
		from appointment_event e left join staff s on s.id = e.by_staff where e.jurisdiction = $1 and e.appointment = $2 order by e.version`, jurisdiction, appointment)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e permit.AppointmentEvent, err error) {
		r, err := pgx.RowToStructByName[struct {
			Verb                              string
			State                             permit.AppointmentState
			At, Day                           time.Time
			Minute                            int
			Station, ByStaff, Counter, Reason string
			Name                              []byte
		}](row)
		if err != nil {
			return e, err
		}
		open := t.opener("staff", r.ByStaff)
		return permit.AppointmentEvent{Verb: r.Verb, State: r.State, At: r.At, Station: r.Station, Slot: permit.Slot{Day: civil(&r.Day), Minute: r.Minute}, Reason: r.Reason,
			By: permit.Doer{Officer: permit.Officer{ID: r.ByStaff, Name: open.text("name", r.Name)}, Counter: r.Counter}}, open.err
	})
	return list, failed(err)
}
