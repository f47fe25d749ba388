package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
)

func (t *tx) CreateSession(ctx context.Context, s access.Session) error {
	_, err := t.q.Exec(ctx, `insert into session (hash, kind, subject, created_at, seen_at, ended_at) values ($1, $2, $3, $4, $5, $6)`,
		s.Hash, s.Kind, s.Subject, s.CreatedAt, s.SeenAt, orNull(s.EndedAt))
	return failed(err)
}

func (t *tx) Session(ctx context.Context, kind access.Kind, hash []byte) (access.Session, error) {
	s := access.Session{Hash: hash, Kind: kind}
	var ended *time.Time
	err := t.q.QueryRow(ctx, `select subject, created_at, seen_at, ended_at from session where hash = $1 and kind = $2`, hash, kind).
		Scan(&s.Subject, &s.CreatedAt, &s.SeenAt, &ended)
	if err != nil {
		return access.Session{}, failed(err)
	}
	s.EndedAt = orZero(ended)
	return s, nil
}

// TouchSession notes a sign of life. An ended session stays as it is.
func (t *tx) TouchSession(ctx context.Context, hash []byte, now time.Time) error {
	_, err := t.q.Exec(ctx, `update session set seen_at = greatest(seen_at, $2) where hash = $1 and ended_at is null`, hash, now)
	return failed(err)
}

// EndSession ends a session; one that has ended, or is not known, is no error.
func (t *tx) EndSession(ctx context.Context, hash []byte, now time.Time) error {
	_, err := t.q.Exec(ctx, `update session set ended_at = greatest(created_at, $2) where hash = $1 and ended_at is null`, hash, now)
	return failed(err)
}

func (t *tx) SessionsOf(ctx context.Context, kind access.Kind, subject string) ([]access.Session, error) {
	rows, err := t.q.Query(ctx, `select hash, created_at, seen_at from session where subject = $2 and kind = $1 and ended_at is null order by seen_at desc, created_at desc`, kind, subject)
	if err != nil {
		return nil, failed(err)
	}
	sessions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (access.Session, error) {
		s := access.Session{Kind: kind, Subject: subject}
		return s, row.Scan(&s.Hash, &s.CreatedAt, &s.SeenAt)
	})
	return sessions, failed(err)
}

func (t *tx) CreateChallenge(ctx context.Context, c access.Challenge) error {
	_, err := t.q.Exec(ctx, `insert into challenge (hash, purpose, phone, code_hash, expires_at, tries, used_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		c.Hash, c.Purpose, t.secrets.seal(challengePhone(c.Hash), []byte(c.Phone)), c.CodeHash, c.ExpiresAt, c.Tries, orNull(c.UsedAt))
	return failed(err)
}

func challengePhone(hash []byte) place { return place{"challenge", string(hash), "phone"} }

// Challenge locks a challenge, so that two tries at once count as two.
func (t *tx) Challenge(ctx context.Context, hash []byte) (access.Challenge, error) {
	rows, err := t.q.Query(ctx, `select purpose, phone, code_hash, expires_at, tries, used_at from challenge where hash = $1 for update`, hash)
	if err != nil {
		return access.Challenge{}, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Purpose   string
		Phone     []byte
		CodeHash  []byte
		ExpiresAt time.Time
		Tries     int
		UsedAt    *time.Time
	}])
	if err != nil {
		return access.Challenge{}, failed(err)
	}
	phone, err := t.secrets.open(challengePhone(hash), row.Phone)
	if err != nil {
		return access.Challenge{}, err
	}
	return access.Challenge{Hash: hash, Purpose: row.Purpose, Phone: string(phone), CodeHash: row.CodeHash, ExpiresAt: row.ExpiresAt,
		Tries: row.Tries, UsedAt: orZero(row.UsedAt)}, nil
}

func (t *tx) SaveChallenge(ctx context.Context, c access.Challenge) error {
	tag, err := t.q.Exec(ctx, `update challenge set tries = $2, used_at = $3 where hash = $1`, c.Hash, c.Tries, orNull(c.UsedAt))
	return found(tag, err)
}

// Count keeps one row for a limit and a key: the window that is over makes room for the next, so the table grows with the number of
// keys and not with time. The row stays locked until the transaction ends.
func (t *tx) Count(ctx context.Context, limit access.Limit, key string, now time.Time) (n int, until time.Time, err error) {
	end := now.Truncate(limit.Window).Add(limit.Window)
	err = t.q.QueryRow(ctx, `
		insert into throttle (name, key, n, until) values ($1, $2, 1, $4)
		on conflict (name, key) do update set
			n = case when throttle.until <= $3 then 1 else throttle.n + 1 end,
			until = case when throttle.until <= $3 then excluded.until else throttle.until end
		returning n, until`,
		limit.Name, t.secrets.blindText("throttle.key/"+limit.Name, key), now, end).Scan(&n, &until)
	return n, until, failed(err)
}
