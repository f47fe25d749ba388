package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// maxLines is how many lines of a queue are given at a time, whatever was asked for.
const maxLines = 200

// marks are the conditions of the marks; each has an index of its own over the few cases that it holds for.
var marks = map[office.Mark]string{
	office.MarkPaused: `a.paused_on is not null`,
	office.MarkExtension: `(a.jurisdiction, a.id) in (select x.jurisdiction, x.application from clock_extension x
		join application o on o.jurisdiction = x.jurisdiction and o.id = x.application and o.state = 'in_review' where x.decided is null)`,
}

// Queue lists a page. The counts come from the index on station and state alone.
func (t *tx) Queue(ctx context.Context, scope access.Scope, q office.QueueQuery, view ledger.Entry) (page office.QueuePage, err error) {
	var all where
	all.scope(scope)
	if page.Counts, err = t.counts(ctx, all); err != nil {
		return page, err
	}
	if page.Marks, err = t.marked(ctx, all); err != nil {
		return page, err
	}
	w := where{append([]string{}, all.conditions...), append([]any{}, all.args...)}
	if len(q.States) > 0 {
		w.and(`a.state = any (?::text[])`, q.States)
	}
	if condition := marks[q.Mark]; condition != "" {
		w.and(condition)
	}
	if text := strings.TrimSpace(q.Text); text != "" && !t.search(&w, text, civic.DateOf(view.At)) {
		return page, nil
	}
	if q.Kind != "" {
		w.and(`a.kind = ?`, q.Kind)
	}
	if q.By != "" {
		w.and(`exists (select from application_event e where e.jurisdiction = a.jurisdiction and e.application = a.id and e.by_staff = ?::uuid)`, q.By)
	}
	aged(&w, q)
	const from = ` from application a join person p on p.jurisdiction = a.jurisdiction and p.id = a.person`
	if err := t.q.QueryRow(ctx, `select count(*)`+from+w.String(), w.args...).Scan(&page.Total); err != nil {
		return page, failed(err)
	}
	return t.queueLines(ctx, page, w, q, view)
}

// queueOrder is what the lines are ordered by, and the direction.
func queueOrder(sort office.QueueSort) (columns []string, rising bool) {
	switch sort {
	case office.DueFirst:
		return []string{`coalesce(a.promised_by, 'infinity'::date)`, `a.submitted_at`, `a.id`}, true
	case office.NewestFirst:
		return []string{`a.submitted_at`, `a.id`}, false
	}
	return []string{`a.submitted_at`, `a.id`}, true
}

// queueLines reads the page behind or before a place: it looks for the lines themselves and counts none of those that it passes over.
func (t *tx) queueLines(ctx context.Context, page office.QueuePage, w where, q office.QueueQuery, view ledger.Entry) (office.QueuePage, error) {
	columns, rising := queueOrder(q.Sort)
	place, backward := q.After, q.Before != nil
	if backward {
		place, rising = q.Before, !rising
	}
	whole := where{slices.Clone(w.conditions), slices.Clone(w.args)}
	if place != nil {
		w.behind(columns, *place, rising)
	}
	direction := ""
	if !rising {
		direction = " desc"
	}
	size := min(max(q.Size, 1), maxLines)
	cases, err := t.cases(ctx, view, selectCase+w.String()+` order by `+strings.Join(columns, direction+", ")+direction+fmt.Sprintf(` limit %d`, size), w.args...)
	if err != nil {
		return page, err
	}
	if backward {
		slices.Reverse(cases)
	}
	page.Cases = cases
	page.Fewer, page.More, err = t.beside(ctx, whole, q, cases)
	return page, err
}

// behind narrows to the lines behind a place, or before it where the order falls.
func (w *where) behind(columns []string, place office.QueueCursor, rising bool) {
	than := ">"
	if !rising {
		than = "<"
	}
	marks, args := `?::timestamptz, ?::uuid`, []any{place.SubmittedAt, place.ID}
	if len(columns) == 3 {
		marks, args = `coalesce(?::date, 'infinity'::date), `+marks, append([]any{day(place.PromisedBy)}, args...)
	}
	w.and(`(`+strings.Join(columns, ", ")+`) `+than+` (`+marks+`)`, args...)
}

// beside reports whether lines of the whole list stand before the first and behind the last of a page.
func (t *tx) beside(ctx context.Context, whole where, q office.QueueQuery, cases []office.Case) (fewer, more bool, err error) {
	if len(cases) == 0 {
		return q.After != nil, q.Before != nil, nil
	}
	columns, rising := queueOrder(q.Sort)
	look := func(c office.Case, rising bool) (there bool, err error) {
		w := where{slices.Clone(whole.conditions), slices.Clone(whole.args)}
		w.behind(columns, office.CursorOf(c), rising)
		err = t.q.QueryRow(ctx, `select exists (select from application a join person p on p.jurisdiction = a.jurisdiction and p.id = a.person`+w.String()+`)`, w.args...).Scan(&there)
		return there, failed(err)
	}
	if fewer, err = look(cases[0], !rising); err == nil {
		more, err = look(cases[len(cases)-1], rising)
	}
	return fewer, more, err
}

// aged narrows to the cases that press: those with a tag in the queue.
func aged(w *where, q office.QueueQuery) {
	const promised = `a.state in ('in_review', 'in_production', 'to_collect') and a.paused_on is null`
	switch q.Age {
	case office.Red:
		w.and(promised+` and a.promised_by < ?::date`, day(q.Today))
	case office.Amber:
		w.and(`(`+promised+` and a.promised_by between ?::date and ?::date
			or a.state = 'pre_applied' and coalesce(a.supplemented_on, (a.submitted_at at time zone 'Asia/Shanghai')::date) <= ?::date)`,
			day(q.Today), day(q.Today.AddDays(office.DueSoonDays)), day(q.Today.AddDays(-office.WaitingDays)))
	}
}

func (t *tx) counts(ctx context.Context, w where) (map[permit.State]int, error) {
	counts := map[permit.State]int{}
	rows, err := t.q.Query(ctx, `select a.state, count(*) from application a`+w.String()+` group by a.state`, w.args...)
	if err != nil {
		return nil, failed(err)
	}
	var state permit.State
	var n int
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		counts[state] = n
		return nil
	})
	return counts, failed(err)
}

// marked counts the cases of each mark.
func (t *tx) marked(ctx context.Context, all where) (map[office.Mark]int, error) {
	counts := map[office.Mark]int{}
	for mark, condition := range marks {
		w := where{append([]string{}, all.conditions...), all.args}
		w.and(condition)
		var n int
		if err := t.q.QueryRow(ctx, `select count(*) from application a`+w.String(), w.args...).Scan(&n); err != nil {
			return nil, failed(err)
		}
		counts[mark] = n
	}
	return counts, nil
}

// search narrows the query to what was typed. It reports false when that can be the mark of no case.
func (t *tx) search(w *where, text string, today civic.Date) bool {
	if reference, ok := permit.ParseReference(text); ok {
		w.and(`a.reference = ?`, reference)
		return true
	}
	if number, ok := permit.ParseNumber(text); ok {
		w.and(`a.permit = ?`, number)
		return true
	}
	return t.searchPerson(w, text, today)
}

// searchPerson narrows a query to the person whose number or name was typed.
func (t *tx) searchPerson(w *where, text string, today civic.Date) bool {
	if id, err := civic.ParseCitizenID(text, today); err == nil {
		w.and(`p.id_number_index = ?`, t.idNumberIndex(id))
		return true
	}
	if initials := strings.ToLower(text); strings.Trim(initials, "abcdefghijklmnopqrstuvwxyz") == "" {
		w.and(`p.initials_index = ?`, t.initialsIndex(initials))
		return true
	}
	if name, err := civic.ParseName(text); err == nil {
		w.and(`(p.name_index = ? or p.surname_index = ?)`, t.nameIndex(name), t.surnameIndex(name))
		return true
	}
	return false
}
