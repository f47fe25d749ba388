package store

import (
	"context"
	"crypto/hmac"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// refusalRow is a report as stored.
type refusalRow struct {
	Jurisdiction string
	ID           string
	Reference    []byte
	Ruleset      string
	Service      *string
	Department   *string
	County       *string
	Kind         permit.RefusalKind
	HappenedOn   *time.Time
	Place        []byte
	Words        []byte
	PermitNumber []byte
	Phone        []byte
	Lang         string
	Account      *string
	Counter      string
	State        permit.RefusalState
	ReceivedAt   time.Time
	DueOn        *time.Time
	AnsweredAt   *time.Time
	Version      int
}

const (
	refusalColumns = `r.jurisdiction, r.id, r.reference, r.ruleset, r.service, r.department, r.county, r.kind, r.happened_on, r.place, r.words, r.permit_number, r.phone,
		r.lang, r.account, r.counter, r.state, r.received_at, r.due_on, r.answered_at, r.version`
	// refusalLine leaves out what is sealed: a list says nothing of the reporter.
	refusalLine = `r.jurisdiction, r.id, null::bytea as reference, r.ruleset, r.service, r.department, r.county, r.kind, r.happened_on, null::bytea as place,
		null::bytea as words, null::bytea as permit_number, null::bytea as phone, r.lang, r.account, r.counter, r.state, r.received_at, r.due_on, r.answered_at, r.version`
)

func (t *tx) refusal(row refusalRow) (permit.RefusalReport, error) {
	open := t.opener("refusal_report", row.ID)
	r := permit.RefusalReport{Jurisdiction: row.Jurisdiction, ID: row.ID, Reference: open.text("reference", row.Reference), Ruleset: row.Ruleset, Service: orZero(row.Service),
		Department: orZero(row.Department), County: orZero(row.County), Kind: row.Kind, HappenedOn: civil(row.HappenedOn), Place: open.text("place", row.Place),
		Words: open.text("words", row.Words), Permit: open.text("permit_number", row.PermitNumber), Phone: open.text("phone", row.Phone), Lang: row.Lang,
		Account: orZero(row.Account), Counter: row.Counter, State: row.State, ReceivedAt: row.ReceivedAt, DueOn: civil(row.DueOn), AnsweredAt: orZero(row.AnsweredAt), Version: row.Version}
	return r, open.err
}

// sealRefusal seals a text of a report; one that was not given is NULL.
func (t *tx) sealRefusal(id, column, value string) []byte {
	if value == "" {
		return nil
	}
	return t.secrets.seal(place{"refusal_report", id, column}, []byte(value))
}

func (t *tx) refusalIndex(reference string) []byte {
	return t.secrets.blindText("refusal_report.reference", reference)
}

// CreateRefusal looks for the key in every city, because a form that was sent once may be sent again with another city chosen.
func (t *tx) CreateRefusal(ctx context.Context, r permit.RefusalReport, event permit.RefusalEvent, key string, bodyHash []byte) (permit.RefusalReport, bool, error) {
	body := t.secrets.blind("refusal_report.body", bodyHash)
	tag, err := t.q.Exec(ctx, `
		insert into refusal_report (jurisdiction, id, reference, reference_index, ruleset, service, department, county, kind, happened_on, place, words, permit_number,
			phone, lang, account, counter, idempotency_key, body_index, state, received_at, due_on, version)
		select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23
		where not exists (select from refusal_report where idempotency_key = $18)
		on conflict (idempotency_key, jurisdiction) do nothing`,
		r.Jurisdiction, r.ID, t.sealRefusal(r.ID, "reference", r.Reference), t.refusalIndex(r.Reference), r.Ruleset, orNull(r.Service), orNull(r.Department), orNull(r.County),
		r.Kind, day(r.HappenedOn), t.sealRefusal(r.ID, "place", r.Place), t.sealRefusal(r.ID, "words", r.Words), t.sealRefusal(r.ID, "permit_number", r.Permit),
		t.sealRefusal(r.ID, "phone", r.Phone), r.Lang, orNull(r.Account), r.Counter, key, body, r.State, r.ReceivedAt, day(r.DueOn), r.Version)
	if err != nil {
		return permit.RefusalReport{}, false, failed(err)
	}
	if tag.RowsAffected() == 1 {
		return r, false, t.addRefusalEvent(ctx, r, event)
	}
	rows, err := t.q.Query(ctx, `select `+refusalColumns+`, r.body_index from refusal_report r where r.idempotency_key = $1 limit 1`, key)
	if err != nil {
		return permit.RefusalReport{}, false, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		refusalRow
		BodyIndex []byte
	}])
	if err != nil {
		return permit.RefusalReport{}, false, failed(err)
	}
	if !hmac.Equal(row.BodyIndex, body) {
		return permit.RefusalReport{}, false, office.ErrReused
	}
	made, err := t.refusal(row.refusalRow)
	return made, err == nil, err
}

// SaveRefusal asks for the version that the deed was done on; of two at once the slower one meets no row.
func (t *tx) SaveRefusal(ctx context.Context, r permit.RefusalReport, event permit.RefusalEvent) error {
	err := fresh(t.q.Exec(ctx, `
		update refusal_report set department = $4, state = $5, answered_at = $6, phone = case when $7 then phone end, version = $3
		where jurisdiction = $1 and id = $2 and version = $3 - 1`,
		r.Jurisdiction, r.ID, r.Version, orNull(r.Department), r.State, orNull(r.AnsweredAt), r.Phone != ""))
	if err != nil {
		return err
	}
	return t.addRefusalEvent(ctx, r, event)
}

func (t *tx) addRefusalEvent(ctx context.Context, r permit.RefusalReport, e permit.RefusalEvent) error {
	row := eventRow(r.ID, r.Version)
	var name, words []byte
	if e.By.ID != "" {
		name = t.secrets.seal(place{"refusal_event", row, "by_name"}, []byte(e.By.Name))
	}
	if e.Words != "" {
		words = t.secrets.seal(place{"refusal_event", row, "words"}, []byte(e.Words))
	}
	_, err := t.q.Exec(ctx, `
		insert into refusal_event (jurisdiction, report, version, verb, state, at, by_staff, by_name, counter, department, outcome, basis, words)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		r.Jurisdiction, r.ID, r.Version, e.Verb, e.State, e.At, orNull(e.By.ID), name, orNull(e.Counter), orNull(e.Department), orNull(e.Outcome), orNull(e.Basis), words)
	return failed(err)
}

// RefusalEvents returns the history of a report, oldest first.
func (t *tx) RefusalEvents(ctx context.Context, jurisdiction, report string) ([]permit.RefusalEvent, error) {
	if err := ids(report); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, `
		select version, verb, state, at, coalesce(by_staff::text, '') as by_staff, by_name, coalesce(counter, '') as counter, coalesce(department, '') as department,
			coalesce(outcome, '') as outcome, coalesce(basis, '') as basis, words
		from refusal_event where jurisdiction = $1 and report = $2 order by version`, jurisdiction, report)
	if err != nil {
		return nil, failed(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.RefusalEvent, error) {
		r, err := pgx.RowToStructByName[struct {
			Version                             int
			Verb                                string
			State                               permit.RefusalState
			At                                  time.Time
			ByStaff, Counter, Department, Basis string
			Outcome                             permit.RefusalOutcome
			ByName, Words                       []byte
		}](row)
		if err != nil {
			return permit.RefusalEvent{}, failed(err)
		}
		open := t.opener("refusal_event", eventRow(report, r.Version))
		e := permit.RefusalEvent{Verb: r.Verb, State: r.State, At: r.At, By: permit.Officer{ID: r.ByStaff, Name: open.text("by_name", r.ByName)}, Counter: r.Counter,
			Department: r.Department, RefusalAnswer: permit.RefusalAnswer{Outcome: r.Outcome, Basis: r.Basis, Words: open.text("words", r.Words)}}
		return e, open.err
	})
}

// refusals reads reports, and writes an entry for each of them.
func (t *tx) refusals(ctx context.Context, view ledger.Entry, sql string, args ...any) ([]permit.RefusalReport, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.RefusalReport, error) {
		r, err := pgx.RowToStructByName[refusalRow](row)
		if err != nil {
			return permit.RefusalReport{}, err
		}
		return t.refusal(r)
	})
	if err != nil {
		return nil, failed(err)
	}
	seen := make([]sight, len(list))
	for i, r := range list {
		seen[i] = sight{jurisdiction: r.Jurisdiction, account: r.Account, object: "refusal/" + r.ID}
	}
	return list, t.viewed(ctx, view, seen...)
}

func (t *tx) FindRefusal(ctx context.Context, f office.RefusalFinder, view ledger.Entry) (permit.RefusalReport, error) {
	return t.findRefusal(ctx, f, view, "")
}

func (t *tx) LockRefusal(ctx context.Context, f office.RefusalFinder, view ledger.Entry) (permit.RefusalReport, error) {
	return t.findRefusal(ctx, f, view, ` for update of r`)
}

// findRefusal looks as whoever asks: a report that is not theirs is no report.
func (t *tx) findRefusal(ctx context.Context, f office.RefusalFinder, view ledger.Entry, lock string) (permit.RefusalReport, error) {
	var w where
	if f.Reference != "" {
		w.and(`r.reference_index = ?`, t.refusalIndex(f.Reference))
	} else {
		if err := ids(f.ID); err != nil {
			return permit.RefusalReport{}, err
		}
		w.and(`r.id = ?`, f.ID)
		switch {
		case f.Scope != nil:
			w.refusalScope(*f.Scope)
		case f.Account != "":
			w.and(`r.account = ?`, f.Account)
		default:
			return permit.RefusalReport{}, office.ErrNotFound
		}
	}
	list, err := t.refusals(ctx, view, `select `+refusalColumns+` from refusal_report r`+w.String()+lock, w.args...)
	if err != nil {
		return permit.RefusalReport{}, err
	}
	if len(list) != 1 {
		return permit.RefusalReport{}, office.ErrNotFound
	}
	return list[0], nil
}

// refusalScope narrows a query to what the posts of a member of staff show. A scope without desks that is not the whole city sees nothing.
func (w *where) refusalScope(s office.RefusalScope) {
	w.and(`r.jurisdiction = ?`, s.Jurisdiction)
	if s.All {
		return
	}
	departments, counties := []string{}, []string{}
	for _, d := range s.Desks {
		departments, counties = append(departments, d.Department), append(counties, d.County)
	}
	w.and(`exists (select from unnest(?::text[], ?::text[]) as desk (department, county) where r.department = desk.department and desk.county in ('', r.county))`, departments, counties)
}

func (t *tx) RefusalsOf(ctx context.Context, account string, view ledger.Entry) ([]permit.RefusalReport, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	return t.refusals(ctx, view, `select `+refusalColumns+` from refusal_report r where r.account = $1 order by r.received_at desc, r.id desc`, account)
}

// refusalShown are the conditions of the selections.
var refusalShown = map[office.RefusalShow]string{
	office.ShowOpen:     `r.state = 'received'`,
	office.ShowOverdue:  `r.state = 'received' and r.due_on < ?`,
	office.ShowAnswered: `r.state = 'answered'`,
}

func (t *tx) RefusalQueue(ctx context.Context, scope office.RefusalScope, q office.RefusalQuery, view ledger.Entry) (page office.RefusalPage, err error) {
	page.Counts = map[office.RefusalShow]int{}
	today := day(q.Today)
	selection := func(show office.RefusalShow) (w where) {
		w.refusalScope(scope)
		if show == office.ShowOverdue {
			w.and(refusalShown[show], today)
		} else {
			w.and(refusalShown[show])
		}
		return w
	}
	for show := range refusalShown {
		var n int
		w := selection(show)
		if err := t.q.QueryRow(ctx, `select count(*) from refusal_report r`+w.String(), w.args...).Scan(&n); err != nil {
			return page, failed(err)
		}
		page.Counts[show] = n
	}
	if refusalShown[q.Show] == "" {
		q.Show = office.ShowOpen
	}
	page.Total = page.Counts[q.Show]
	size := min(max(q.Size, 1), maxLines)
	skip := (max(q.Page, 1) - 1) * size
	if skip < 0 || skip >= page.Total {
		return page, nil
	}
	order := `r.received_at, r.id`
	if q.Show == office.ShowAnswered {
		order = `r.answered_at desc, r.id`
	}
	w := selection(q.Show)
	page.Reports, err = t.refusals(ctx, view, `select `+refusalLine+` from refusal_report r`+w.String()+fmt.Sprintf(` order by %s limit %d offset %d`, order, size, skip), w.args...)
	return page, err
}
