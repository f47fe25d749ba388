package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// Unreckoned returns issued applications whose permit has no line of residence yet, with the permit's number and day of issue.
func (t *tx) Unreckoned(ctx context.Context, jurisdiction string, limit int) ([]permit.Application, error) {
	rows, err := t.q.Query(ctx, `select `+applicationColumns+` from permit q join application a on a.jurisdiction = q.jurisdiction and a.id = q.application
		where q.jurisdiction = $1 and not exists (select from residence_interval i where i.jurisdiction = q.jurisdiction and i.permit = q.number)
		order by q.number limit $2`, jurisdiction, limit)
	if err != nil {
		return nil, failed(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Application, error) {
		r, err := pgx.RowToStructByName[applicationRow](row)
		if err != nil {
			return permit.Application{}, failed(err)
		}
		a, _, err := t.application(r)
		return a, err
	})
}

// LockDaily makes the daily jobs of two programs in one city come one after the other. It ends with the transaction.
func (t *tx) LockDaily(ctx context.Context, jurisdiction string) error {
	_, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtext('anju daily'), $1::text::int)`, jurisdiction)
	return failed(err)
}

// DuePermits locks and returns permits that a rule of the day changes, with nothing sealed in them, in the order of their numbers: two
// transactions that lock several never wait for each other in a circle.
func (t *tx) DuePermits(ctx context.Context, jurisdiction string, today civic.Date, limit int) ([]office.DuePermit, error) {
	rows, err := t.q.Query(ctx, `
		with due as (
			(select number from permit where jurisdiction = $1 and status = 'active' and endorse_by < $2 order by endorse_by, number limit $3)
			union
			(select number from permit where jurisdiction = $1 and status in ('active', 'suspended') and valid_until < $2 order by valid_until, number limit $3)
		), locked as (
			select q.number, q.application, q.stands_on, q.person, q.issued_on, q.valid_until, q.endorse_from, q.endorse_by, q.status, q.status_since, q.version
			from permit q where q.jurisdiction = $1 and q.number in (select number from due) order by q.number limit $3 for update
		)
		select l.*, coalesce(a.account::text, '') as account from locked l join application a on a.jurisdiction = $1 and a.id = l.stands_on order by l.number`,
		jurisdiction, day(today), limit)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.DuePermit, error) {
		r, err := pgx.RowToStructByName[struct {
			Number, Application, StandsOn, Person, Account string
			IssuedOn, ValidUntil, EndorseFrom, EndorseBy   *time.Time
			Status                                         permit.Status
			StatusSince                                    time.Time
			Version                                        int
		}](row)
		return office.DuePermit{Account: r.Account, Permit: permit.Permit{Jurisdiction: jurisdiction, Number: r.Number, Application: r.Application, Person: r.Person,
			IssuedOn: civil(r.IssuedOn), ValidUntil: civil(r.ValidUntil), EndorseFrom: civil(r.EndorseFrom), EndorseBy: civil(r.EndorseBy), Status: r.Status,
			StatusSince: civil(&r.StatusSince), Version: r.Version}}, err
	})
	return list, failed(err)
}

// SaveRuled saves what rules have made of many permits of a city, in two statements. Their events have neither name nor note.
func (t *tx) SaveRuled(ctx context.Context, jurisdiction string, changes []permit.Change) error {
	var (
		numbers, statuses, eventNumbers, verbs, eventStatuses []string
		since, days, at                                       []time.Time
		versions, seen, eventVersions                         []int
	)
	for _, c := range changes {
		numbers, statuses, since = append(numbers, c.Permit.Number), append(statuses, string(c.Permit.Status)), append(since, *day(c.Permit.StatusSince))
		versions, seen = append(versions, c.Permit.Version), append(seen, c.Seen())
		for i, e := range c.Events {
			eventNumbers, verbs, eventStatuses = append(eventNumbers, c.Permit.Number), append(verbs, e.Verb), append(eventStatuses, string(e.Status))
			days, at, eventVersions = append(days, *day(e.On)), append(at, e.At), append(eventVersions, c.Seen()+i+1)
		}
	}
	tag, err := t.q.Exec(ctx, `
		update permit q set status = u.status, status_since = u.since, version = u.version
		from unnest($2::text[], $3::text[], $4::date[], $5::int[], $6::int[]) as u (number, status, since, version, seen)
		where q.jurisdiction = $1 and q.number = u.number and q.version = u.seen`, jurisdiction, numbers, statuses, since, versions, seen)
	if err != nil {
		return failed(err)
	}
	if tag.RowsAffected() != int64(len(changes)) {
		return office.ErrStale
	}
	_, err = t.q.Exec(ctx, `
		insert into permit_event (jurisdiction, permit, version, verb, status, at, day)
		select $1, * from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::date[])`,
		jurisdiction, eventNumbers, eventVersions, verbs, eventStatuses, at, days)
	return failed(err)
}
