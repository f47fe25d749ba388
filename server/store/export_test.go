package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// PersonRow is a person as insertPerson would store it, for filling a large city by COPY: jurisdiction, id, the four sealed particulars, the four
// indexes, and both times.
func (s *Store) PersonRow(p permit.Person, at time.Time) []any {
	t := &tx{secrets: s.secrets}
	return []any{p.Jurisdiction, p.ID, t.sealPerson(p, "name", p.Name), t.sealPerson(p, "id_number", string(p.IDNumber)), t.sealPerson(p, "ethnic_group", p.EthnicGroup),
		t.sealPerson(p, "phone", p.Phone), t.idNumberIndex(p.IDNumber), t.nameIndex(p.Name), t.surnameIndex(civic.Surname(p.Name)), t.initialsIndex(civic.Initials(p.Name)), at, at}
}

// Sealed is the particulars of an application and its token, as CreateApplication would store them.
func (s *Store) Sealed(a permit.Application, token [16]byte) (particulars, sealedToken, tokenIndex []byte, err error) {
	t := &tx{secrets: s.secrets}
	particulars, err = t.secrets.sealJSON(place{"application", a.ID, "particulars"}, a.Particulars)
	return particulars, t.secrets.seal(place{"application", a.ID, "token"}, token[:]), t.tokenIndex("application", token), err
}

// Statement is one query that was asked.
type Statement struct {
	SQL  string
	Args []any
}

// Watched is Within, and what was asked of the database meanwhile.
func (s *Store) Watched(ctx context.Context, work func(office.Tx) error) (asked []Statement, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(q pgx.Tx) error {
		return work(&tx{q: watch{q, &asked}, secrets: s.secrets, jobs: s.jobs})
	})
	return asked, err
}

// Plan is how PostgreSQL does a statement, with what it read.
func (s *Store) Plan(ctx context.Context, one Statement) (string, error) {
	rows, err := s.pool.Query(ctx, `explain (analyze, buffers, costs off, summary off) `+one.SQL, one.Args...)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}

type watch struct {
	pgx.Tx
	asked *[]Statement
}

func (w watch) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	*w.asked = append(*w.asked, Statement{sql, args})
	return w.Tx.Exec(ctx, sql, args...)
}

func (w watch) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	*w.asked = append(*w.asked, Statement{sql, args})
	return w.Tx.Query(ctx, sql, args...)
}

func (w watch) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	*w.asked = append(*w.asked, Statement{sql, args})
	return w.Tx.QueryRow(ctx, sql, args...)
}
