package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// ratingRow is a rating as stored.
type ratingRow struct {
	Jurisdiction string
	ID           string
	Ruleset      string
	Application  *string
	Permit       *string
	DueOn        *time.Time
	Verb         string
	EndedOn      *time.Time
	Station      string
	Officers     []string
	Account      string
	Counter      string
	Level        permit.RatingLevel
	Tags         []string
	Comment      []byte
	RatedAt      time.Time
	AnswerBy     *time.Time
	AnsweredAt   *time.Time
	AnsweredBy   *string
	AnsweredName []byte
	Outcome      *permit.RatingOutcome
	Answer       []byte
	Version      int
}

const (
	ratingColumns = `r.jurisdiction, r.id, r.ruleset, r.application, r.permit, r.due_on, r.verb, r.ended_on, r.station, r.officers::text[], r.account, r.counter, r.level, r.tags,
		r.comment, r.rated_at, r.answer_by, r.answered_at, r.answered_by, r.answered_name, r.outcome, r.answer, r.version`
	// ratingLine leaves out what is sealed: a list says nothing of what was written.
	ratingLine = `r.jurisdiction, r.id, r.ruleset, r.application, r.permit, r.due_on, r.verb, r.ended_on, r.station, r.officers::text[], r.account, r.counter, r.level, r.tags,
		null::bytea as comment, r.rated_at, r.answer_by, r.answered_at, r.answered_by, null::bytea as answered_name, r.outcome, null::bytea as answer, r.version`
)

func (t *tx) rating(row ratingRow) (permit.Rating, error) {
	open := t.opener("rating", row.ID)
	r := permit.Rating{ID: row.ID, Counter: row.Counter, RatedAt: row.RatedAt, AnswerBy: civil(row.AnswerBy), AnsweredAt: orZero(row.AnsweredAt), Version: row.Version,
		RatedDeed: permit.RatedDeed{Jurisdiction: row.Jurisdiction, Ruleset: row.Ruleset, Application: orZero(row.Application), Permit: orZero(row.Permit), DueOn: civil(row.DueOn),
			Verb: row.Verb, EndedOn: civil(row.EndedOn), Station: row.Station, Officers: row.Officers, Account: row.Account},
		Opinion:      permit.Opinion{Level: row.Level, Tags: row.Tags, Comment: open.text("comment", row.Comment)},
		AnsweredBy:   permit.Officer{ID: orZero(row.AnsweredBy), Name: open.text("answered_name", row.AnsweredName)},
		RatingAnswer: permit.RatingAnswer{Outcome: orZero(row.Outcome), Words: open.text("answer", row.Answer)}}
	return r, open.err
}

func (t *tx) CreateRating(ctx context.Context, r permit.Rating) (permit.Rating, bool, error) {
	var comment []byte
	if r.Comment != "" {
		comment = t.secrets.seal(place{"rating", r.ID, "comment"}, []byte(r.Comment))
	}
	tag, err := t.q.Exec(ctx, `
		insert into rating (jurisdiction, id, ruleset, application, permit, due_on, verb, ended_on, station, officers, account, counter, level, tags, comment, rated_at, answer_by, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[]::uuid[], $11, $12, $13, $14, $15, $16, $17, $18)
		on conflict do nothing`,
		r.Jurisdiction, r.ID, r.Ruleset, orNull(r.Application), orNull(r.Permit), day(r.DueOn), r.Verb, day(r.EndedOn), r.Station, append([]string{}, r.Officers...),
		r.Account, r.Counter, r.Level, append([]string{}, r.Tags...), comment, r.RatedAt, day(r.AnswerBy), r.Version)
	if err != nil || tag.RowsAffected() == 1 {
		return r, false, failed(err)
	}
	list, err := t.ratings(ctx, nil, `select `+ratingColumns+` from rating r`+ofDeed, r.Jurisdiction, orNull(r.Application), orNull(r.Permit), day(r.DueOn))
	if err == nil && len(list) != 1 {
		err = office.ErrNotFound
	}
	if err != nil {
		return r, false, err
	}
	return list[0], true, nil
}

// ofDeed finds the rating of a deed.
const ofDeed = ` where r.jurisdiction = $1 and (r.application = $2 or r.permit = $3 and r.due_on = $4)`

func (t *tx) RatingOf(ctx context.Context, d permit.RatedDeed, view ledger.Entry) (permit.Rating, error) {
	list, err := t.ratings(ctx, &view, `select `+ratingColumns+` from rating r`+ofDeed, d.Jurisdiction, orNull(d.Application), orNull(d.Permit), day(d.DueOn))
	if err == nil && len(list) != 1 {
		err = office.ErrNotFound
	}
	if err != nil {
		return permit.Rating{}, err
	}
	return list[0], nil
}

// ratings reads ratings, and writes an entry for each of them; without a view they go back to whoever gave them just now.
func (t *tx) ratings(ctx context.Context, view *ledger.Entry, sql string, args ...any) ([]permit.Rating, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Rating, error) {
		r, err := pgx.RowToStructByName[ratingRow](row)
		if err != nil {
			return permit.Rating{}, err
		}
		return t.rating(r)
	})
	if err != nil || view == nil {
		return list, failed(err)
	}
	seen := make([]sight, len(list))
	for i, r := range list {
		seen[i] = sight{jurisdiction: r.Jurisdiction, account: r.Account, object: "rating/" + r.ID}
	}
	return list, t.viewed(ctx, *view, seen...)
}

func (t *tx) FindRating(ctx context.Context, scope access.Scope, id string, view ledger.Entry) (permit.Rating, error) {
	return t.findRating(ctx, scope, id, view, "")
}

func (t *tx) LockRating(ctx context.Context, scope access.Scope, id string, view ledger.Entry) (permit.Rating, error) {
	return t.findRating(ctx, scope, id, view, ` for update of r`)
}

func (t *tx) findRating(ctx context.Context, scope access.Scope, id string, view ledger.Entry, lock string) (permit.Rating, error) {
	if err := ids(id); err != nil {
		return permit.Rating{}, err
	}
	w := ratingScope(scope)
	w.and(`r.id = ?`, id)
	list, err := t.ratings(ctx, &view, `select `+ratingColumns+` from rating r`+w.String()+lock, w.args...)
	if err == nil && len(list) != 1 {
		err = office.ErrNotFound
	}
	if err != nil {
		return permit.Rating{}, err
	}
	return list[0], nil
}

// ratingScope narrows a query to stations. An empty scope sees nothing.
func ratingScope(s access.Scope) (w where) {
	w.and(`r.jurisdiction = ?`, s.Jurisdiction)
	w.and(`r.station = any (?::text[])`, append([]string{}, s.Stations...))
	return w
}

// SaveRatingAnswer asks for the version that was answered; of two at once the slower one meets no row.
func (t *tx) SaveRatingAnswer(ctx context.Context, r permit.Rating) error {
	return fresh(t.q.Exec(ctx, `
		update rating set answered_at = $4, answered_by = $5, answered_name = $6, outcome = $7, answer = $8, version = $3
		where jurisdiction = $1 and id = $2 and version = $3 - 1`,
		r.Jurisdiction, r.ID, r.Version, r.AnsweredAt, r.AnsweredBy.ID, t.secrets.seal(place{"rating", r.ID, "answered_name"}, []byte(r.AnsweredBy.Name)), r.Outcome,
		t.secrets.seal(place{"rating", r.ID, "answer"}, []byte(r.Words))))
}

// ratingShown are the conditions of the selections, and their order.
var ratingShown = map[office.RatingShow]struct{ when, order string }{
	office.RatingsToAnswer: {`r.level in ('dissatisfied', 'very_dissatisfied') and r.answered_at is null`, `r.answer_by nulls last, r.rated_at, r.id`},
	office.RatingsOverdue:  {`r.level in ('dissatisfied', 'very_dissatisfied') and r.answered_at is null and r.answer_by < ?`, `r.answer_by, r.rated_at, r.id`},
	office.RatingsAnswered: {`r.answered_at is not null`, `r.answered_at desc, r.id`},
	office.RatingsAll:      {`true`, `r.rated_at desc, r.id`},
}

func (t *tx) RatingQueue(ctx context.Context, scope access.Scope, q office.RatingQuery, view ledger.Entry) (page office.RatingPage, err error) {
	page.Counts = map[office.RatingShow]int{}
	selection := func(show office.RatingShow) where {
		w := ratingScope(scope)
		if show == office.RatingsOverdue {
			w.and(ratingShown[show].when, day(q.Today))
		} else {
			w.and(ratingShown[show].when)
		}
		return w
	}
	for show := range ratingShown {
		var n int
		w := selection(show)
		if err := t.q.QueryRow(ctx, `select count(*) from rating r`+w.String(), w.args...).Scan(&n); err != nil {
			return page, failed(err)
		}
		page.Counts[show] = n
	}
	if ratingShown[q.Show].when == "" {
		q.Show = office.RatingsToAnswer
	}
	page.Total = page.Counts[q.Show]
	size := min(max(q.Size, 1), maxLines)
	skip := (max(q.Page, 1) - 1) * size
	if skip < 0 || skip >= page.Total {
		return page, nil
	}
	w := selection(q.Show)
	page.Ratings, err = t.ratings(ctx, &view, `select `+ratingLine+` from rating r`+w.String()+fmt.Sprintf(` order by %s limit %d offset %d`, ratingShown[q.Show].order, size, skip), w.args...)
	return page, err
}

func (t *tx) RatingReference(ctx context.Context, r permit.Rating) (reference string, err error) {
	if r.Permit != "" {
		return r.Permit, nil
	}
	err = t.q.QueryRow(ctx, `select reference from application where jurisdiction = $1 and id = $2`, r.Jurisdiction, r.Application).Scan(&reference)
	return reference, failed(err)
}

func (t *tx) RatingMonths(ctx context.Context, jurisdiction string, from civic.Date) ([]office.RatingCount, error) {
	rows, err := t.q.Query(ctx, `
		with place as (select station, min(left(division, 6)) as county from station_division where jurisdiction = $1 group by station)
		select to_char(r.rated_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, coalesce(p.county, '') as county, r.level, count(*) as count
		from rating r left join place p on p.station = r.station
		where r.jurisdiction = $1 and r.rated_at >= $2 group by 1, 2, 3 order by 1, 2, 3`, jurisdiction, from.Start())
	if err != nil {
		return nil, failed(err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.RatingCount])
	return counts, failed(err)
}

// Unasked leaves out who has rated without being asked.
func (t *tx) Unasked(ctx context.Context, jurisdiction string, from, before civic.Date, limit int) ([]office.UnaskedDeed, error) {
	rows, err := t.q.Query(ctx, `
		(select a.id::text as application, '' as permit, null::date as due_on, a.reference, a.account
		from application a
		where a.jurisdiction = $1 and a.state in ('issued', 'declined', 'refused') and coalesce(a.issued_on, a.decided_on) >= $2 and coalesce(a.issued_on, a.decided_on) < $3
			and a.account is not null and not exists (select from rating_request q where q.jurisdiction = $1 and q.deed = 'application/' || a.id)
			and not exists (select from rating r where r.jurisdiction = $1 and r.application = a.id)
		order by coalesce(a.issued_on, a.decided_on), a.id limit $4)
		union all
		(select '', e.permit, e.due_on, '', a.account
		from endorsement e join permit p on p.jurisdiction = e.jurisdiction and p.number = e.permit
		join application a on a.jurisdiction = p.jurisdiction and a.id = p.application
		where e.jurisdiction = $1 and e.endorsed_on >= $2 and e.endorsed_on < $3
			and a.account is not null and not exists (select from rating_request q where q.jurisdiction = $1 and q.deed = 'endorsement/' || e.permit || '/' || e.due_on)
			and not exists (select from rating r where r.jurisdiction = $1 and r.permit = e.permit and r.due_on = e.due_on)
		order by e.endorsed_on, e.permit limit $4)
		limit $4`, jurisdiction, day(from), day(before), limit)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.UnaskedDeed, error) {
		r, err := pgx.RowToStructByName[struct {
			Application, Permit, Reference, Account string
			DueOn                                   *time.Time
		}](row)
		return office.UnaskedDeed{Jurisdiction: jurisdiction, Application: r.Application, Permit: r.Permit, DueOn: civil(r.DueOn), Reference: r.Reference, Account: r.Account}, err
	})
	return list, failed(err)
}

func (t *tx) Asked(ctx context.Context, d office.UnaskedDeed, message string, at time.Time) error {
	deed := "application/" + d.Application
	if d.Permit != "" {
		deed = "endorsement/" + d.Permit + "/" + d.DueOn.String()
	}
	_, err := t.q.Exec(ctx, `insert into rating_request (jurisdiction, deed, message, asked_at) values ($1, $2, $3, $4)`, d.Jurisdiction, deed, message, at)
	return failed(err)
}
