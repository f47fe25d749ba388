package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/office"
)

func (t *tx) CreateObjection(ctx context.Context, own office.OwnConfirmation, account, note string, now time.Time) (again bool, err error) {
	tag, err := t.q.Exec(ctx, `
		insert into objection (jurisdiction, confirmation, at, account, person, station, note) values ($1, $2, $3, $4, $5, $6, $7) on conflict (jurisdiction, confirmation) do nothing`,
		own.Jurisdiction, own.ID, now, account, own.Person, own.Station, t.secrets.seal(place{"objection", own.ID, "note"}, []byte(note)))
	return tag.RowsAffected() == 0, failed(err)
}

func (t *tx) Objections(ctx context.Context, scope access.Scope, limit int, view ledger.Entry) ([]office.ObjectionCase, error) {
	return t.objections(ctx, `where o.jurisdiction = $1 and o.station = any ($2) order by o.answered_at is not null, o.at limit $3`, view, scope.Jurisdiction, scope.Stations, limit)
}

func (t *tx) LockObjection(ctx context.Context, scope access.Scope, confirmation string, view ledger.Entry) (office.ObjectionCase, error) {
	if err := ids(confirmation); err != nil {
		return office.ObjectionCase{}, err
	}
	list, err := t.objections(ctx, `where o.jurisdiction = $1 and o.station = any ($2) and o.confirmation = $3 for update of o`, view, scope.Jurisdiction, scope.Stations, confirmation)
	if err == nil && len(list) == 0 {
		err = office.ErrNotFound
	}
	if err != nil {
		return office.ObjectionCase{}, err
	}
	return list[0], nil
}

func (t *tx) objections(ctx context.Context, where string, view ledger.Entry, args ...any) ([]office.ObjectionCase, error) {
	rows, err := t.q.Query(ctx, `
		select `+confirmationFields+`, o.account::text, o.station, `+personColumns+`
		from objection o join confirmation c on c.jurisdiction = o.jurisdiction and c.id = o.confirmation
		join person p on p.jurisdiction = o.jurisdiction and p.id = o.person `+where, args...)
	if err != nil {
		return nil, failed(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		confirmationRow
		personRow
		Account, Station string
	}])
	if err != nil {
		return nil, failed(err)
	}
	list := make([]office.ObjectionCase, len(found))
	var seen []sight
	for i, r := range found {
		holder, err := t.person(r.Jurisdiction, r.personRow)
		if err != nil {
			return nil, err
		}
		one, err := t.systemConfirmation(r.confirmationRow, t.nameIndex(holder.Name))
		if err != nil {
			return nil, err
		}
		list[i] = office.ObjectionCase{SystemConfirmation: one, Account: r.Account, Holder: holder, Station: r.Station}
		seen = append(seen, sight{r.Jurisdiction, holder.ID, r.Account, "confirmation/" + r.ID})
	}
	return list, t.viewed(ctx, view, seen...)
}

func (t *tx) AnswerObjection(ctx context.Context, c office.ObjectionCase) error {
	o := c.Objection
	return fresh(t.q.Exec(ctx, `
		update objection set answered_at = $3, by_staff = $4, by_name = $5, upheld = $6, answer = $7 where jurisdiction = $1 and confirmation = $2 and answered_at is null`,
		c.Jurisdiction, c.ID, o.AnsweredAt, o.By.ID, t.secrets.seal(place{"objection", c.ID, "by_name"}, []byte(o.By.Name)), o.Upheld,
		t.secrets.seal(place{"objection", c.ID, "answer"}, []byte(o.Answer))))
}
