package office

import (
	"context"
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// AppointmentTx keeps appointments and their history.
type AppointmentTx interface {
	CreateAppointment(ctx context.Context, a permit.Appointment, event permit.AppointmentEvent, key string) error
	// BookedWith returns the appointment that was made with an idempotency key; ErrNotFound when none was.
	BookedWith(ctx context.Context, jurisdiction, key string) (permit.Appointment, error)
	// FindAppointment returns an appointment as whoever asks may see it.
	FindAppointment(ctx context.Context, f AppointmentFinder, view ledger.Entry) (AppointmentCase, error)
	// LockAppointment is FindAppointment for a change: the row stays locked until the transaction ends.
	LockAppointment(ctx context.Context, f AppointmentFinder, view ledger.Entry) (AppointmentCase, error)
	// SaveAppointment stores what an event has led to, if the version has risen by exactly one (ErrStale).
	SaveAppointment(ctx context.Context, a permit.Appointment, event permit.AppointmentEvent) error
	// OpenAppointment returns the open appointment of an application, locked for a change; nothing in it says whose it is.
	OpenAppointment(ctx context.Context, jurisdiction, application string, lock bool) (permit.Appointment, error)
	// Stands locks an application and returns of it what an appointment stands on, and nothing of a person: station, state and pause.
	Stands(ctx context.Context, jurisdiction, application string) (permit.Application, error)
	// OpenAppointments are those that an account has before it in a city; whoever asks for them at once for the same account waits.
	OpenAppointments(ctx context.Context, jurisdiction, account string) ([]permit.Appointment, error)
	// AppointmentsOf lists those of an account, the latest day first.
	AppointmentsOf(ctx context.Context, account string, view ledger.Entry) ([]AppointmentCase, error)
	// DayAppointments lists those of a station on a day in the order of their time.
	DayAppointments(ctx context.Context, scope access.Scope, day civic.Date, view ledger.Entry) ([]AppointmentCase, error)
	// NextInQueue is the next number of the arrivals of a station on a day.
	NextInQueue(ctx context.Context, jurisdiction, station string, day civic.Date) (int, error)
	// MissedSince reports whether an account has missed an appointment in a city on a day or after it.
	MissedSince(ctx context.Context, jurisdiction, account string, day civic.Date) (bool, error)
	// PastAppointments are those that are open although their day is over.
	PastAppointments(ctx context.Context, jurisdiction string, today civic.Date, limit int) ([]permit.Appointment, error)
	AppointmentEvents(ctx context.Context, jurisdiction, appointment string) ([]permit.AppointmentEvent, error)
}

// AppointmentFinder says which appointment is wanted and who may see it: exactly one of Scope, Account and Anyone is set.
type AppointmentFinder struct {
	Jurisdiction string
	Reference    string        // of the appointment
	Scope        *access.Scope // staff: of these stations
	Account      string        // citizen: only the own ones
	Anyone       bool          // a kiosk, by the number on the slip: who has it is told when and where, and no more
}

// AppointmentCase is an appointment with whose it is.
type AppointmentCase struct {
	Appointment permit.Appointment
	Case        string // reference of the application; empty where there is none
	Name        string // of whoever comes
	Station     Station
	Events      []permit.AppointmentEvent // of a single one
}

// Appointments lists a citizen's own appointments, the latest day first.
func (o *Office) Appointments(ctx context.Context, actor access.Actor) (list []AppointmentCase, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if list, err = tx.AppointmentsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "appointment")); err != nil {
			return err
		}
		return o.withStations(ctx, tx, list)
	})
	return list, err
}

// withStations completes appointments with where they are.
func (o *Office) withStations(ctx context.Context, tx Tx, list []AppointmentCase) error {
	known := map[string]Station{}
	for i, one := range list {
		key := one.Appointment.Jurisdiction + "/" + one.Appointment.Station
		if _, ok := known[key]; !ok {
			station, err := tx.Station(ctx, one.Appointment.Jurisdiction, one.Appointment.Station)
			if err != nil {
				return err
			}
			known[key] = station
		}
		list[i].Station = known[key]
	}
	return nil
}

// Appointment returns a citizen's own appointment with its history.
func (o *Office) Appointment(ctx context.Context, actor access.Actor, reference string) (AppointmentCase, error) {
	f, err := o.ownAppointment(actor, reference)
	if err != nil {
		return AppointmentCase{}, err
	}
	return o.appointment(ctx, actor, f)
}

func (o *Office) ownAppointment(actor access.Actor, reference string) (AppointmentFinder, error) {
	ref, ok := permit.ParseReference(reference)
	if !ok {
		return AppointmentFinder{}, ErrNotFound
	}
	return AppointmentFinder{Jurisdiction: permit.JurisdictionOf(ref), Reference: ref, Account: actor.ID}, nil
}

func (o *Office) appointment(ctx context.Context, actor access.Actor, f AppointmentFinder) (c AppointmentCase, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if c, err = tx.FindAppointment(ctx, f, o.entry(actor, ledger.Viewed, "appointment")); err != nil {
			return err
		}
		if c.Events, err = tx.AppointmentEvents(ctx, c.Appointment.Jurisdiction, c.Appointment.ID); err != nil {
			return err
		}
		c.Station, err = tx.Station(ctx, c.Appointment.Jurisdiction, c.Appointment.Station)
		return err
	})
	return c, err
}

// AppointmentRoles work with the appointments of their stations.
func AppointmentRoles() []access.Role {
	return []access.Role{access.Assistant, access.Acceptor, access.Reviewer, access.Issuer, access.Supervisor}
}

// appointmentScope are the stations whose appointments the actor works with.
func appointmentScope(actor access.Actor) access.Scope { return actor.Scope(AppointmentRoles()...) }

func staffAppointment(actor access.Actor, reference string) (AppointmentFinder, error) {
	ref, ok := permit.ParseReference(reference)
	if !ok {
		return AppointmentFinder{}, ErrNotFound
	}
	scope := appointmentScope(actor)
	return AppointmentFinder{Jurisdiction: scope.Jurisdiction, Reference: ref, Scope: &scope}, nil
}

// StaffAppointment returns an appointment of the actor's stations with its history.
func (o *Office) StaffAppointment(ctx context.Context, actor access.Actor, reference string) (AppointmentCase, error) {
	f, err := staffAppointment(actor, reference)
	if err != nil {
		return AppointmentCase{}, err
	}
	return o.appointment(ctx, actor, f)
}

// AppointmentDay is what a station expects on a day.
type AppointmentDay struct {
	Station  Station
	Openings Openings
	List     []AppointmentCase
}

// AppointmentDays returns what the actor's stations, or one of them, expect on a day. Names in it are whole: the counter masks them.
func (o *Office) AppointmentDays(ctx context.Context, actor access.Actor, station string, day civic.Date) ([]AppointmentDay, error) {
	return o.appointmentDays(ctx, actor, station, day, "appointments")
}

// ExportAppointments is the same for a file, which the ledger keeps.
func (o *Office) ExportAppointments(ctx context.Context, actor access.Actor, station string, day civic.Date) ([]AppointmentDay, error) {
	return o.appointmentDays(ctx, actor, station, day, "export")
}

func (o *Office) appointmentDays(ctx context.Context, actor access.Actor, station string, day civic.Date, purpose string) (days []AppointmentDay, err error) {
	scope := appointmentScope(actor)
	if station != "" {
		scope = scope.At(station)
	}
	if len(scope.Stations) == 0 {
		return nil, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		listed := 0
		for _, code := range slices.Sorted(slices.Values(scope.Stations)) {
			one := AppointmentDay{}
			if one.Openings, err = o.openings(ctx, tx, scope.Jurisdiction, code, false); err != nil {
				return err
			}
			one.Station = one.Openings.Station
			if one.List, err = tx.DayAppointments(ctx, scope.At(code), day, o.entry(actor, ledger.Listed, purpose)); err != nil {
				return err
			}
			listed += len(one.List)
			days = append(days, one)
		}
		if purpose != "export" {
			return nil
		}
		return o.export(ctx, tx, actor, "appointments", func(int) (int, int, error) { return listed, listed, nil })
	})
	return days, err
}
