package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
	"anju/server/permit"
)

// DueReminders gives the nearest day first, then by number. The caller holds the lock of the daily job.
func (t *tx) DueReminders(ctx context.Context, jurisdiction string, r permit.Reminder, limit int) ([]office.DueReminder, error) {
	rows, err := t.q.Query(ctx, `
		select q.number, least(q.endorse_by, q.valid_until) as due_on, coalesce(q.endorse_by <= q.valid_until, q.valid_until is null) as endorse, a.account
		from permit q join application a on a.jurisdiction = q.jurisdiction and a.id = q.stands_on
		where q.jurisdiction = $1 and a.account is not null and q.status = 'active' and least(q.endorse_by, q.valid_until) between $2 and $3
			and not exists (select from reminder m where m.jurisdiction = q.jurisdiction and m.permit = q.number and m.due_on = least(q.endorse_by, q.valid_until) and m.days = $4)
		order by due_on, q.number limit $5`, jurisdiction, day(r.From), day(r.Until), r.Days, limit)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.DueReminder, error) {
		r, err := pgx.RowToStructByName[struct {
			Number, Account string
			DueOn           *time.Time
			Endorse         bool
		}](row)
		return office.DueReminder{Permit: r.Number, DueOn: civil(r.DueOn), Endorse: r.Endorse, Account: r.Account}, err
	})
	return list, failed(err)
}

func (t *tx) Reminded(ctx context.Context, jurisdiction string, d office.DueReminder, days int, message string) error {
	_, err := t.q.Exec(ctx, `insert into reminder (jurisdiction, permit, due_on, days, message) values ($1, $2, $3, $4, $5)`,
		jurisdiction, d.Permit, day(d.DueOn), days, message)
	return failed(err)
}
