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

// Queue lists a page. A station's archive grows for ever and the queue must not slow down with it, so nothing here reads all of it: counting stops
// early, what was found to be few is sorted as it is, and of what is many each station gives its first lines by an index of its own.
func (t *tx) Queue(ctx context.Context, scope access.Scope, q office.QueueQuery, view ledger.Entry) (page office.QueuePage, err error) {
	var all where
	all.scope(scope)
	if page.Counts, err = t.counts(ctx, scope); err != nil {
		return page, err
	}
	if page.Marks, err = t.marked(ctx, all); err != nil {
		return page, err
	}
	var w where
	w.and(`a.jurisdiction = ?`, scope.Jurisdiction)
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
	if err := t.total(ctx, scope, w, q, &page); err != nil {
		return page, err
	}
	return t.queueLines(ctx, page, scope, w, q, view)
}

// queueSource is where lines come from: an application and its person.
const queueSource = ` from application a join person p on p.jurisdiction = a.jurisdiction and p.id = a.person`

// total counts the lines of a query, up to a limit. Where nothing but states narrows it, they have been counted.
func (t *tx) total(ctx context.Context, scope access.Scope, w where, q office.QueueQuery, page *office.QueuePage) error {
	if len(w.conditions) == 1 {
		for s, n := range page.Counts {
			if len(q.States) == 0 || slices.Contains(q.States, s) {
				page.Total += n
			}
		}
		page.Total, page.Beyond = min(page.Total, office.CountLimit), page.Total > office.CountLimit
		return nil
	}
	limit := office.CountLimit
	if q.Text != "" {
		limit = office.SearchLimit
	}
	w = w.at(scope, q)
	err := t.q.QueryRow(ctx, `select count(*) from (select`+queueSource+w.String()+fmt.Sprintf(` limit %d) x`, limit+1), w.args...).Scan(&page.Total)
	page.Total, page.Beyond = min(page.Total, limit), page.Total > limit
	return failed(err)
}

// at narrows a copy to stations and states.
func (w where) at(scope access.Scope, q office.QueueQuery) where {
	w = where{slices.Clone(w.conditions), slices.Clone(w.args)}
	w.and(`a.station = any (?::text[])`, append([]string{}, scope.Stations...))
	if len(q.States) > 0 {
		w.and(`a.state = any (?::text[])`, q.States)
	}
	return w
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

// queueLines reads the page behind or before a place, and one line more, which tells whether the list goes on.
func (t *tx) queueLines(ctx context.Context, page office.QueuePage, scope access.Scope, w where, q office.QueueQuery, view ledger.Entry) (office.QueuePage, error) {
	columns, rising := queueOrder(q.Sort)
	place, backward := q.After, q.Before != nil
	if backward {
		place, rising = q.Before, !rising
	}
	if place != nil {
		w.behind(columns, *place, rising)
	}
	direction := ""
	if !rising {
		direction = " desc"
	}
	size := min(max(q.Size, 1), maxLines)
	end := ` order by ` + strings.Join(columns, direction+", ") + direction + fmt.Sprintf(` limit %d`, size+1)
	few := w.at(scope, q)
	sql, args := `select a.id`+queueSource+few.String()+end, few.args
	if page.Beyond {
		sql, args = manyLines(w, scope, q, end)
	}
	found, err := t.queueIDs(ctx, sql, args)
	if err != nil {
		return page, err
	}
	further := len(found) > size
	if further {
		found = found[:size]
	}
	page.Fewer, page.More = q.After != nil, further
	if backward {
		slices.Reverse(found)
		page.Fewer, page.More = further, true
	}
	page.Cases, err = t.cases(ctx, view, selectCase+` join unnest($2::uuid[]) with ordinality f (id, line) on f.id = a.id where a.jurisdiction = $1 order by f.line`, scope.Jurisdiction, found)
	return page, err
}

// manyLines asks each station, and each state where states are asked for, for its own first lines, which stand in an index in their order; the
// page is the first of those.
func manyLines(w where, scope access.Scope, q office.QueueQuery, end string) (sql string, args []any) {
	args = append(slices.Clone(w.args), append([]string{}, scope.Stations...))
	from := fmt.Sprintf(`unnest($%d::text[]) s (station)`, len(args))
	w.and(`a.station = s.station`)
	if len(q.States) > 0 {
		args = append(args, q.States)
		from += fmt.Sprintf(`, unnest($%d::text[]) e (state)`, len(args))
		w.and(`a.state = e.state`)
	}
	return `select x.id from ` + from + ` cross join lateral (select a.promised_by, a.submitted_at, a.id` + queueSource + w.String() + end + `) x` + strings.ReplaceAll(end, "a.", "x."), args
}

func (t *tx) queueIDs(ctx context.Context, sql string, args []any) ([]string, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return found, failed(err)
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

// counts says how many cases stand in each state, up to the limit; a state without any is left out.
func (t *tx) counts(ctx context.Context, scope access.Scope) (map[permit.State]int, error) {
	counts := map[permit.State]int{}
	rows, err := t.q.Query(ctx, fmt.Sprintf(`select s.state, (select count(*) from (
			select from application a where a.jurisdiction = $1 and a.station = any ($2::text[]) and a.state = s.state limit %d) x)
		from unnest($3::text[]) s (state)`, office.CountLimit+1), scope.Jurisdiction, append([]string{}, scope.Stations...), permit.States())
	if err != nil {
		return nil, failed(err)
	}
	var state permit.State
	var n int
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		if n > 0 {
			counts[state] = n
		}
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
		w.and(`(a.permit = ? or a.of_permit = ?)`, number, number)
		return true
	}
	if id, err := civic.ParseCitizenID(text, today); err == nil { // of the person, or of whoever applied for them and stands at the window
		w.and(`(a.jurisdiction, a.id) in (
			select x.jurisdiction, x.id from person y join application x on x.jurisdiction = y.jurisdiction and x.person = y.id where y.jurisdiction = $1 and y.id_number_index = ?
			union all select g.jurisdiction, g.application from application_agent g where g.jurisdiction = $1 and g.id_number_index = ?)`, t.idNumberIndex(id), t.agentIndex(string(id)))
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
