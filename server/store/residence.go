package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/permit"
)

// ResidenceOf returns the lines of a person, oldest first.
func (t *tx) ResidenceOf(ctx context.Context, jurisdiction, person string) (permit.Residence, error) {
	if err := ids(person); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, `select reason, permit, from_on, until_on, written_on from residence_interval where jurisdiction = $1 and person = $2 order by line`, jurisdiction, person)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Interval, error) {
		r, err := pgx.RowToStructByName[struct {
			Reason, Permit  string
			FromOn, UntilOn *time.Time
			WrittenOn       time.Time
		}](row)
		return permit.Interval{Reason: r.Reason, Permit: r.Permit, From: civil(r.FromOn), Until: civil(r.UntilOn), On: civil(&r.WrittenOn)}, err
	})
	return list, failed(err)
}

// AddInterval locks the person: the lines of two permits of one person are numbered one after the other.
func (t *tx) AddInterval(ctx context.Context, p permit.Permit, i permit.Interval) error {
	var locked bool
	err := t.q.QueryRow(ctx, `select true from person where jurisdiction = $1 and id = $2 for update`, p.Jurisdiction, p.Person).Scan(&locked)
	if err != nil {
		return failed(err)
	}
	_, err = t.q.Exec(ctx, `
		insert into residence_interval (jurisdiction, person, line, permit, reason, from_on, until_on, written_on)
		select $1, $2, coalesce(max(line), 0) + 1, $3, $4, $5, $6, $7 from residence_interval where jurisdiction = $1 and person = $2`,
		p.Jurisdiction, p.Person, p.Number, i.Reason, day(i.From), day(i.Until), day(i.On))
	return failed(err)
}
