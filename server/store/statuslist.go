package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/credential"
	"anju/server/office"
	"anju/server/permit"
)

// StatusLists counts the lists that a city has begun, one at least: an empty list says that nobody has anything to hide.
func (t *tx) StatusLists(ctx context.Context, jurisdiction string) (n int, err error) {
	var next int
	err = t.q.QueryRow(ctx, `select coalesce(max(next), 1) from status_position where jurisdiction = $1`, jurisdiction).Scan(&next)
	return 1 + (next-1)/statusListSize, failed(err)
}

// LockStatusList keeps other processes from publishing the same list meanwhile: they pass over it and are told ErrStale.
func (t *tx) LockStatusList(ctx context.Context, jurisdiction string, number int) error {
	var locked bool
	err := t.q.QueryRow(ctx, `select pg_try_advisory_xact_lock(hashtext('status_list'), hashtext($1))`, office.StatusListID(jurisdiction, number)).Scan(&locked)
	if err == nil && !locked {
		return office.ErrStale
	}
	return failed(err)
}

// Standings calls each for every permit of a list that is not active.
func (t *tx) Standings(ctx context.Context, jurisdiction string, number int, each func(index int, s permit.Status) error) error {
	rows, err := t.q.Query(ctx, `select status_index, status from permit where jurisdiction = $1 and status_list = $2 and status <> 'active'`, jurisdiction, number)
	if err != nil {
		return failed(err)
	}
	var index int
	var status permit.Status
	var told error
	_, err = pgx.ForEachRow(rows, []any{&index, &status}, func() error {
		told = each(index, status)
		return told
	})
	if told != nil {
		return told
	}
	return failed(err)
}

func (t *tx) StatusList(ctx context.Context, jurisdiction string, number int) (office.PublishedList, error) {
	rows, err := t.q.Query(ctx, `select kid, digest, token, as_of from status_list where jurisdiction = $1 and number = $2`, jurisdiction, number)
	if err != nil {
		return office.PublishedList{}, failed(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Kid, Digest, Token []byte
		AsOf               time.Time
	}])
	if errors.Is(err, pgx.ErrNoRows) {
		return office.PublishedList{}, office.ErrNotFound
	}
	if err != nil {
		return office.PublishedList{}, failed(err)
	}
	return office.PublishedList{Kid: credential.KeyID(r.Kid), Digest: [32]byte(r.Digest), Token: r.Token, AsOf: r.AsOf}, nil
}

func (t *tx) SaveStatusList(ctx context.Context, jurisdiction string, number int, l office.PublishedList) error {
	_, err := t.q.Exec(ctx, `
		insert into status_list (jurisdiction, number, digest, kid, token, as_of) values ($1, $2, $3, $4, $5, $6)
		on conflict (jurisdiction, number) do update set digest = $3, kid = $4, token = $5, as_of = $6`,
		jurisdiction, number, l.Digest[:], l.Kid[:], l.Token, l.AsOf)
	return failed(err)
}
