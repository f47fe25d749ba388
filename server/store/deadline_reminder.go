package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
	"anju/server/permit"
)

// DueAppointments gives the nearest day first. A reminder whose own moment had passed when the time was agreed would only repeat what was said. The caller holds the lock of the daily job; the rows are locked against a change meanwhile.
func (t *tx) DueAppointments(ctx context.Context, jurisdiction string, r permit.Reminder, limit int) ([]permit.Appointment, error) {
	return t.plainAppointments(ctx, `m.jurisdiction = $1 and m.state = 'booked' and m.account is not null and m.day between $2 and $3 and m.day - $4::int > m.booked_on
			and not exists (select from appointment_reminder s where s.jurisdiction = m.jurisdiction and s.appointment = m.id and s.day = m.day and s.days = $4)
		order by m.day, m.id limit $5 for update`, jurisdiction, day(r.From), day(r.Until), r.Days, limit)
}

func (t *tx) AppointmentReminded(ctx context.Context, a permit.Appointment, days int, message string) error {
	_, err := t.q.Exec(ctx, `insert into appointment_reminder (jurisdiction, appointment, day, days, message) values ($1, $2, $3, $4, $5)`, a.Jurisdiction, a.ID, day(a.Slot.Day), days, message)
	return failed(err)
}

// deadlines are the days of each matter, with the day on which they were said.
var deadlines = map[office.Matter]string{
	office.MatterSupplement: `
		select a.id, a.reference, a.account, n.best_by as due_on, e.day as said_on
		from deficiency_notice n join application a on a.jurisdiction = n.jurisdiction and a.id = n.application
			join application_event e on e.jurisdiction = n.jurisdiction and e.application = n.application and e.version = n.version
		where n.jurisdiction = $1 and n.best_by between $2 and $3 and a.state in ('to_supplement', 'in_review')
			and not exists (select from supplement s where s.jurisdiction = n.jurisdiction and s.application = n.application and s.number = n.number)`,
	// Whoever has an appointment for it is reminded of that instead.
	office.MatterCollect: `
		select a.id, a.reference, a.account, a.produced_on + $6::int as due_on, a.produced_on as said_on
		from application a
		where a.jurisdiction = $1 and a.state = 'to_collect' and a.produced_on between $2::date - $6::int and $3::date - $6::int
			and not exists (select from appointment m where m.jurisdiction = a.jurisdiction and m.application = a.id and m.state in ('booked', 'arrived'))`,
}

func (t *tx) DueDeadlines(ctx context.Context, jurisdiction string, matter office.Matter, r permit.Reminder, limit int) ([]office.DueDeadline, error) {
	if limit < 1 {
		return nil, nil
	}
	args := []any{jurisdiction, day(r.From), day(r.Until), r.Days, limit}
	if matter == office.MatterCollect {
		args = append(args, permit.CollectDays)
	}
	rows, err := t.q.Query(ctx, `
		select d.id, d.reference, d.account, d.due_on from (`+deadlines[matter]+`) d
		where d.account is not null and d.due_on - $4::int > d.said_on
			and not exists (select from application_reminder s where s.jurisdiction = $1 and s.application = d.id and s.matter = '`+string(matter)+`' and s.due_on = d.due_on and s.days = $4)
		order by d.due_on, d.id limit $5`, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.DueDeadline, error) {
		r, err := pgx.RowToStructByName[struct {
			ID, Reference, Account string
			DueOn                  time.Time
		}](row)
		return office.DueDeadline{Application: r.ID, Reference: r.Reference, Account: r.Account, Matter: matter, DueOn: civil(&r.DueOn)}, err
	})
	return list, failed(err)
}

func (t *tx) DeadlineReminded(ctx context.Context, jurisdiction string, d office.DueDeadline, days int, message string) error {
	_, err := t.q.Exec(ctx, `insert into application_reminder (jurisdiction, application, matter, due_on, days, message) values ($1, $2, $3, $4, $5, $6)`,
		jurisdiction, d.Application, d.Matter, day(d.DueOn), days, message)
	return failed(err)
}
