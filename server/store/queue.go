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

// maxLines is how many lines of a queue are given at a time, whatever was asked for.
const maxLines = 200

// marks are the conditions of the marks; each has an index of its own over the few cases that it holds for.
var marks = map[office.Mark]string{
	office.MarkPaused: `a.paused_on is not null`,
	office.MarkExtension: `(a.jurisdiction, a.id) in (select x.jurisdiction, x.application from clock_extension x
		join application o on o.jurisdiction = x.jurisdiction and o.id = x.application and o.state = 'in_review' where x.decided is null)`,
}

// Queue lists the oldest first. The counts come from the index on station and state alone.
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
	const from = ` from application a join person p on p.jurisdiction = a.jurisdiction and p.id = a.person`
	if err := t.q.QueryRow(ctx, `select count(*)`+from+w.String(), w.args...).Scan(&page.Total); err != nil {
		return page, failed(err)
	}
	size := min(max(q.Size, 1), maxLines)
	skip := (max(q.Page, 1) - 1) * size
	if skip < 0 || skip >= page.Total {
		return page, nil
	}
	page.Cases, err = t.cases(ctx, view, selectCase+w.String()+fmt.Sprintf(` order by a.submitted_at, a.id limit %d offset %d`, size, skip), w.args...)
	return page, err
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
