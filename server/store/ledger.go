package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/ledger"
)

// Record writes all entries in one statement. The database numbers them.
func (t *tx) Record(ctx context.Context, entries ...ledger.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	n := len(entries)
	at := make([]time.Time, n)
	var person, account []*string
	columns := make([][]string, 8)
	for i, e := range entries {
		at[i] = e.At
		for c, v := range []string{e.Jurisdiction, e.ActorKind, e.ActorID, e.Station, string(e.Action), e.Purpose, e.Object, e.RequestID} {
			columns[c] = append(columns[c], v)
		}
		person, account = append(person, orNull(e.Person)), append(account, orNull(e.Account))
	}
	_, err := t.q.Exec(ctx, `
		insert into ledger_entry (at, jurisdiction, actor_kind, actor_id, station, action, purpose, object, request_id, person, account)
		select at, jurisdiction, actor_kind, actor_id, station, action, purpose, object, request_id, person::uuid, account::uuid
		from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
			as entry (at, jurisdiction, actor_kind, actor_id, station, action, purpose, object, request_id, person, account)`,
		at, columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6], columns[7], person, account)
	return failed(err)
}

// errNoView says that a person's data were asked for without the entry of that view: a mistake of the caller, never of a visitor.
var errNoView = errors.New("store: a view of personal data needs its ledger entry")

// viewed writes the entry of a view, completed with what was found.
func (t *tx) viewed(ctx context.Context, view ledger.Entry, seen ...sight) error {
	if view.Action == "" {
		return errNoView
	}
	entries := make([]ledger.Entry, len(seen))
	for i, s := range seen {
		entries[i] = view
		entries[i].Jurisdiction, entries[i].Person, entries[i].Account = s.jurisdiction, s.person, s.account
		if view.Object == "" {
			entries[i].Object = s.object
		}
	}
	return t.Record(ctx, entries...)
}

// sight is whose data were seen.
type sight struct{ jurisdiction, person, account, object string }

func (t *tx) EntriesAbout(ctx context.Context, account string, limit int) ([]ledger.Entry, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, `
		select at, jurisdiction, actor_kind, actor_id, station, action, purpose, coalesce(person::text, '') as person, coalesce(account::text, '') as account,
			object, request_id
		from ledger_entry
		where account = $1 or person = any (array(select person from application where account = $1 union select person from registration where account = $1))
		order by at desc, seq desc limit $2`, account, limit)
	if err != nil {
		return nil, failed(err)
	}
	entries, err := pgx.CollectRows(rows, pgx.RowToStructByName[ledger.Entry])
	return entries, failed(err)
}
