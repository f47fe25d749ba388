package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// PublishChanges locks the horizon of the city while there are changes without a position: one writer after the other takes the numbers,
// so whoever sees a position sees all those before it. A change that is committed later gets a later one, whatever its sequence says.
func (t *tx) PublishChanges(ctx context.Context, jurisdiction string, limit int) (h office.Horizon, err error) {
	var waiting bool
	err = t.q.QueryRow(ctx, `select exists (select from change where jurisdiction = $1 and position is null)`, jurisdiction).Scan(&waiting)
	if err != nil {
		return h, failed(err)
	}
	if waiting {
		_, err := t.q.Exec(ctx, `insert into change_horizon (jurisdiction, last, purged) values ($1, 0, 0) on conflict do nothing`, jurisdiction)
		if err == nil {
			_, err = t.q.Exec(ctx, `select from change_horizon where jurisdiction = $1 for update`, jurisdiction)
		}
		if err == nil { // a statement of its own: it sees what the writer before has committed
			_, err = t.q.Exec(ctx, `
				with next as (
					select seq, row_number() over (order by seq) as n from (select seq from change where jurisdiction = $1 and position is null order by seq limit $2) w
				), given as (
					update change c set position = h.last + next.n from next, change_horizon h
					where c.jurisdiction = $1 and c.seq = next.seq and h.jurisdiction = $1 returning 1
				)
				update change_horizon set last = last + (select count(*) from given) where jurisdiction = $1`, jurisdiction, limit)
		}
		if err != nil {
			return h, failed(err)
		}
	}
	err = t.q.QueryRow(ctx, `select coalesce(max(last), 0), coalesce(max(purged), 0) from change_horizon where jurisdiction = $1`, jurisdiction).Scan(&h.Last, &h.Purged)
	return h, failed(err)
}

func (t *tx) Changes(ctx context.Context, f office.ChangesFinder, view ledger.Entry) ([]office.Change, error) {
	if view.Action == "" {
		return nil, errNoView
	}
	rows, err := t.q.Query(ctx, `
		select c.position, c.position <@ s.delivered as known, q.number, q.tier, q.division, q.issued_on, q.valid_until, q.endorse_by, q.residence, q.person,
			coalesce(a.account::text, '') as account, p.name, p.id_number, e.verb, e.status, e.version, e.at, e.day
		from change c
		join partner_scope s on s.jurisdiction = c.jurisdiction and s.partner = $3 and s.scope = $4
		join permit_event e on e.jurisdiction = c.jurisdiction and e.permit = c.subject and e.version = c.version
		join permit q on q.jurisdiction = c.jurisdiction and q.number = c.subject
		join person p on p.jurisdiction = c.jurisdiction and p.id = q.person
		join application a on a.jurisdiction = c.jurisdiction and a.id = q.stands_on
		where c.jurisdiction = $1 and c.kind = 'permit' and c.position > $2 order by c.position limit $5`, f.Jurisdiction, f.After, f.Partner, f.Scope, f.Limit)
	if err != nil {
		return nil, failed(err)
	}
	type row struct {
		Position                                      int64
		Known                                         bool
		Number, Tier, Division, Person, Account, Verb string
		IssuedOn                                      time.Time
		ValidUntil, EndorseBy                         *time.Time
		Residence, Name, IDNumber                     []byte
		Status                                        permit.Status
		Version                                       int
		At, Day                                       time.Time
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, failed(err)
	}
	changes := make([]office.Change, len(found))
	var entries []ledger.Entry
	for i, r := range found {
		c := office.Change{Position: r.Position, Verb: r.Verb, Status: r.Status, Version: r.Version, At: r.At, On: civil(&r.Day),
			Permit: permit.Permit{Jurisdiction: f.Jurisdiction, Number: r.Number, Person: r.Person, Tier: r.Tier, Division: r.Division, IssuedOn: civil(&r.IssuedOn),
				ValidUntil: civil(r.ValidUntil), EndorseBy: civil(r.EndorseBy)}}
		holder, of := t.opener("person", r.Person), t.opener("permit", r.Number)
		for _, field := range f.Fields { // the rest stays sealed
			switch field {
			case access.FieldName:
				c.Holder.Name = holder.text("name", r.Name)
			case access.FieldIDNumber:
				c.Holder.IDNumber = civic.CitizenID(holder.text("id_number", r.IDNumber))
			case access.FieldResidence:
				c.Permit.Residence = of.text("residence", r.Residence)
			}
		}
		if holder.err != nil || of.err != nil {
			return nil, slices.DeleteFunc([]error{holder.err, of.err}, func(err error) bool { return err == nil })[0]
		}
		changes[i] = c
		if !r.Known {
			e := view
			e.Jurisdiction, e.Person, e.Account, e.Object = f.Jurisdiction, r.Person, r.Account, "permit/"+r.Number
			entries = append(entries, e)
		}
	}
	if len(entries) == 0 {
		return changes, nil
	}
	_, err = t.q.Exec(ctx, `
		update partner_scope set delivered = delivered + int8multirange(int8range($4, $5, '(]')) where jurisdiction = $1 and partner = $2 and scope = $3`,
		f.Jurisdiction, f.Partner, f.Scope, f.After, changes[len(changes)-1].Position)
	if err != nil {
		return nil, failed(err)
	}
	return changes, t.Record(ctx, entries...)
}
