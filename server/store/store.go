package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"anju/server/office"
)

// Store is the record behind a pool of connections. It is safe for concurrent use.
type Store struct {
	pool    *pgxpool.Pool
	secrets *Secrets
	jobs    *river.Client[pgx.Tx]
}

var _ office.Store = (*Store)(nil)

// Open connects to a database that Migrate has prepared. An address of another role than anju_app must be of one that may become it.
func Open(ctx context.Context, url string, secrets *Secrets) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("store: address of the database: %w", err)
	}
	config.AfterConnect = becomeApplication
	jobs, err := enqueuer()
	if err != nil {
		return nil, fmt.Errorf("store: job queue: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{pool: pool, secrets: secrets, jobs: jobs}
	if err := s.Ready(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// becomeApplication gives up the rights of the role that signed in, and takes the time limits that anju_app would have had by signing
// in itself. It does nothing for anju_app, so nothing is set in a session that a pooler shares out.
func becomeApplication(ctx context.Context, conn *pgx.Conn) error {
	var user string
	if err := conn.QueryRow(ctx, `select current_user`).Scan(&user); err != nil || user == "anju_app" {
		return err
	}
	_, err := conn.Exec(ctx, `
		select set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), false)
		from pg_roles, unnest(rolconfig) setting where rolname = 'anju_app'`)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `set role anju_app`)
	return err
}

// Close waits for transactions that are under way and closes the connections.
func (s *Store) Close() { s.pool.Close() }

// Within runs work in one transaction.
func (s *Store) Within(ctx context.Context, work func(office.Tx) error) error {
	var told error // what work said is returned as it is; what the database said is judged
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(q pgx.Tx) error {
		told = work(&tx{q: q, secrets: s.secrets, jobs: s.jobs})
		return told
	})
	if told != nil {
		return told
	}
	return failed(err)
}

// Ready reports why the database cannot serve: it does not answer, or its schema is not this program's.
func (s *Store) Ready(ctx context.Context) error {
	want, err := schemaVersion()
	if err != nil {
		return err
	}
	var have int64
	err = s.pool.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&have)
	if err != nil {
		return fmt.Errorf("store: the database does not answer as ours: %w", errors.Join(&office.Error{What: office.Unavailable, Why: "database"}, err))
	}
	if have != want {
		return fmt.Errorf("store: the schema has version %d and this program needs %d: %w", have, want, &office.Error{What: office.Unavailable, Why: "schema"})
	}
	return nil
}

// tx is the record inside one transaction.
type tx struct {
	q       pgx.Tx
	secrets *Secrets
	jobs    *river.Client[pgx.Tx]
}

var _ office.Tx = (*tx)(nil)
