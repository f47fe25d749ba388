package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

const registrationPerson = ` from registration g join person p on p.jurisdiction = g.jurisdiction and p.id = g.person`

const selectRegistration = `select ` + registrationColumns + `, ` + personColumns + registrationPerson

// registrationScope narrows a query to the stations of a staff member. An empty scope sees nothing.
func (w *where) registrationScope(s access.Scope) {
	w.and(`g.jurisdiction = ?`, s.Jurisdiction)
	w.and(`g.station = any (?::text[])`, append([]string{}, s.Stations...))
}

func (t *tx) FindRegistration(ctx context.Context, f office.RegistrationFinder, view ledger.Entry) (office.RegistrationCase, error) {
	w, err := t.wanted(f)
	if err != nil {
		return office.RegistrationCase{}, err
	}
	list, err := t.registrationCases(ctx, view, selectRegistration+w.String(), w.args...)
	if err != nil {
		return office.RegistrationCase{}, err
	}
	if len(list) != 1 {
		return office.RegistrationCase{}, office.ErrNotFound
	}
	return list[0], nil
}

// wanted looks as whoever asks: a registration that is not theirs is none.
func (t *tx) wanted(f office.RegistrationFinder) (w where, err error) {
	if f.Token != [16]byte{} {
		w.and(`g.token_index = ?`, t.tokenIndex("registration", f.Token))
		return w, nil
	}
	w.and(`g.jurisdiction = ?`, f.Jurisdiction)
	w.and(`g.number = ?`, f.Number)
	switch {
	case f.Scope != nil:
		w.registrationScope(*f.Scope)
	case f.Account != "":
		if err := ids(f.Account); err != nil {
			return w, err
		}
		w.and(`g.account = ?`, f.Account)
	case f.IDNumber != "":
		w.and(`p.id_number_index = ?`, t.idNumberIndex(f.IDNumber))
	default:
		return w, office.ErrNotFound
	}
	return w, nil
}

// LockHousehold gives the registration that is wanted first. Only whoever declared stands for the children; a child's own stands for itself.
func (t *tx) LockHousehold(ctx context.Context, f office.RegistrationFinder, view ledger.Entry) ([]office.RegistrationCase, error) {
	w, err := t.wanted(f)
	if err != nil {
		return nil, err
	}
	found, err := t.registrationCases(ctx, view, selectRegistration+w.String()+` for update of g`, w.args...)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, office.ErrNotFound
	}
	children, err := t.registrationCases(ctx, view, selectRegistration+` where g.jurisdiction = $1 and g.household = $2 and g.id <> $2 order by g.position for update of g`,
		found[0].Jurisdiction, found[0].ID)
	return append(found, children...), err
}

func (t *tx) Household(ctx context.Context, r permit.Registration, view ledger.Entry) ([]office.RegistrationCase, error) {
	return t.registrationCases(ctx, view, selectRegistration+` where g.jurisdiction = $1 and g.household = $2 and g.id <> $3 order by g.position`, r.Jurisdiction, r.Household, r.ID)
}

func (t *tx) RegistrationsOf(ctx context.Context, account string, view ledger.Entry) ([]office.RegistrationCase, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	return t.registrationCases(ctx, view, selectRegistration+` where g.account = $1 order by g.declared_on desc, g.household, g.position`, account)
}

func (t *tx) LiveRegistration(ctx context.Context, jurisdiction string, id civic.CitizenID, account string, view ledger.Entry) (permit.Registration, error) {
	var w where
	w.and(`g.jurisdiction = ?`, jurisdiction)
	w.and(`g.state = 'confirmed'`)
	w.and(`p.id_number_index = ?`, t.idNumberIndex(id))
	if account != "" {
		if err := ids(account); err != nil {
			return permit.Registration{}, err
		}
		w.and(`g.account = ?`, account)
	}
	list, err := t.registrationCases(ctx, view, selectRegistration+w.String(), w.args...)
	if err != nil {
		return permit.Registration{}, err
	}
	if len(list) != 1 {
		return permit.Registration{}, office.ErrNotFound
	}
	return list[0].Registration, nil
}

// Registrations lists what waits longest first, and what has been decided newest first.
func (t *tx) Registrations(ctx context.Context, scope access.Scope, q office.RegistrationQuery, view ledger.Entry) (page office.RegistrationPage, err error) {
	var all where
	all.registrationScope(scope)
	page.Counts = map[permit.RegistrationState]int{}
	rows, err := t.q.Query(ctx, `select g.state, count(*) from registration g`+all.String()+` group by g.state`, all.args...)
	if err != nil {
		return page, failed(err)
	}
	var state permit.RegistrationState
	var n int
	if _, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		page.Counts[state] = n
		return nil
	}); err != nil {
		return page, failed(err)
	}
	w := where{append([]string{}, all.conditions...), append([]any{}, all.args...)}
	page.Total = page.Counts[q.State]
	if q.State != "" {
		w.and(`g.state = ?`, q.State)
	}
	if text := strings.TrimSpace(q.Text); text != "" || q.State == "" {
		if text != "" && !t.searchRegistrations(&w, text, civic.DateOf(view.At)) {
			page.Total = 0
			return page, nil
		}
		if err := t.q.QueryRow(ctx, `select count(*)`+registrationPerson+w.String(), w.args...).Scan(&page.Total); err != nil {
			return page, failed(err)
		}
	}
	size := min(max(q.Size, 1), maxLines)
	skip := (max(q.Page, 1) - 1) * size
	if skip < 0 || skip >= page.Total {
		return page, nil
	}
	order := `g.declared_on desc, g.id desc`
	if q.State == permit.RegistrationDeclared {
		order = `g.declared_on, g.id`
	}
	page.Cases, err = t.registrationCases(ctx, view, selectRegistration+w.String()+fmt.Sprintf(` order by %s limit %d offset %d`, order, size, skip), w.args...)
	return page, err
}

// searchRegistrations narrows the list to what was typed. It reports false when that can be the mark of no registration.
func (t *tx) searchRegistrations(w *where, text string, today civic.Date) bool {
	if number, ok := permit.ParseReceiptNumber(text); ok {
		w.and(`g.number = ?`, number)
		return true
	}
	return t.searchPerson(w, text, today)
}
