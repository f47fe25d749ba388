package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// where gathers the conditions of a query with their arguments.
type where struct {
	conditions []string
	args       []any
}

// and adds a condition; each ? in it stands for the next argument.
func (w *where) and(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

func (w *where) String() string { return " where " + strings.Join(w.conditions, " and ") }

// scope narrows a query to the stations of a staff member. An empty scope sees nothing.
func (w *where) scope(s access.Scope) {
	w.and(`a.jurisdiction = ?`, s.Jurisdiction)
	w.and(`a.station = any (?::text[])`, append([]string{}, s.Stations...))
}

const selectCase = `select ` + applicationColumns + `, ` + personColumns + `
	from application a join person p on p.jurisdiction = a.jurisdiction and p.id = a.person`

// cases reads cases, and writes an entry for each of them: whoever sees a line sees a person.
func (t *tx) cases(ctx context.Context, view ledger.Entry, sql string, args ...any) ([]office.Case, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c office.Case, err error) {
		r, err := pgx.RowToStructByName[struct {
			applicationRow
			personRow
		}](row)
		if err != nil {
			return c, err
		}
		if c.Application, c.Token, err = t.application(r.applicationRow); err != nil {
			return c, err
		}
		c.Person, err = t.person(r.Jurisdiction, r.personRow)
		return c, err
	})
	if err != nil {
		return nil, failed(err)
	}
	seen := make([]sight, len(list))
	for i, c := range list {
		seen[i] = sight{c.Application.Jurisdiction, c.Person.ID, c.Application.Account, "application/" + c.Application.Reference}
	}
	if err := t.viewed(ctx, view, seen...); err != nil {
		return nil, err
	}
	return list, nil
}

func (t *tx) FindApplication(ctx context.Context, f office.Finder, view ledger.Entry) (office.Case, error) {
	return t.find(ctx, f, view, "")
}

func (t *tx) LockApplication(ctx context.Context, f office.Finder, view ledger.Entry) (office.Case, error) {
	return t.find(ctx, f, view, ` for update of a`)
}

// find looks as whoever asks: a case that is not theirs is no case.
func (t *tx) find(ctx context.Context, f office.Finder, view ledger.Entry, lock string) (office.Case, error) {
	var w where
	if f.Token != [16]byte{} {
		w.and(`a.token_index = ?`, t.tokenIndex("application", f.Token))
	} else {
		reference, ok := permit.ParseReference(f.Reference)
		if !ok {
			return office.Case{}, office.ErrNotFound
		}
		w.and(`a.jurisdiction = ?`, f.Jurisdiction)
		w.and(`a.reference = ?`, reference)
		switch {
		case f.Scope != nil:
			w.scope(*f.Scope)
		case f.Account != "":
			if err := ids(f.Account); err != nil {
				return office.Case{}, err
			}
			w.and(`a.account = ?`, f.Account)
		case f.IDNumber != "":
			w.and(`p.id_number_index = ?`, t.idNumberIndex(f.IDNumber))
		default:
			return office.Case{}, office.ErrNotFound
		}
	}
	list, err := t.cases(ctx, view, selectCase+w.String()+lock, w.args...)
	if err != nil {
		return office.Case{}, err
	}
	if len(list) != 1 {
		return office.Case{}, office.ErrNotFound
	}
	return list[0], nil
}

func (t *tx) ApplicationsOf(ctx context.Context, account string, view ledger.Entry) ([]office.Case, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	return t.cases(ctx, view, selectCase+` where a.account = $1 order by a.submitted_at desc, a.id desc`, account)
}

func (t *tx) CasesOfPerson(ctx context.Context, scope access.Scope, person string, view ledger.Entry) ([]office.Case, error) {
	if err := ids(person); err != nil {
		return nil, err
	}
	var w where
	w.scope(scope)
	w.and(`a.person = ?`, person)
	return t.cases(ctx, view, selectCase+w.String()+` order by a.submitted_at desc, a.id desc`, w.args...)
}

func (t *tx) PermitsOfPerson(ctx context.Context, scope access.Scope, person string, view ledger.Entry) ([]office.PermitCase, error) {
	if err := ids(person); err != nil {
		return nil, err
	}
	var w where
	w.scope(scope)
	w.and(`q.person = ?`, person)
	return t.permits(ctx, view, selectPermit+w.String()+` order by q.issued_on desc, q.number desc`, w.args...)
}
