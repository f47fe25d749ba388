package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// placeOf finds the county of a station.
const placeOf = `place as (select station, min(left(division, 6)) as county from station_division where jurisdiction = $1 group by station)`

// MonthlyFigures reads each fact by an index of its own day, so that a month costs what happened in it, whatever the record holds.
func (t *tx) MonthlyFigures(ctx context.Context, jurisdiction string, from, before, today civic.Date) (map[string]office.Figures, error) {
	rows, err := t.q.Query(ctx, `
		with `+placeOf+`, fact (station, county, figure, n) as (
			select station, null, kind || '.submitted', count(*) from application where jurisdiction = $1 and submitted_at >= $5 and submitted_at < $6 group by 1, 3
			union all select station, null, 'kiosk.submitted', count(*) from application
				where jurisdiction = $1 and submitted_at >= $5 and submitted_at < $6 and counter = 'kiosk' group by 1
			union all select station, null, kind || '.accepted', count(*) from application where jurisdiction = $1 and accepted_on >= $2 and accepted_on < $3 group by 1, 3
			union all select station, null, kind || '.' || state, count(*) from application
				where jurisdiction = $1 and state in ('issued', 'declined', 'refused') and coalesce(issued_on, decided_on) >= $2 and coalesce(issued_on, decided_on) < $3 group by 1, 3
			union all select station, null, unnest(case when done_on <= statutory_by then array['deadline.fell', 'deadline.met'] else array['deadline.fell'] end), count(*)
				from (select station, statutory_by, paused_on, case state when 'refused' then decided_on else produced_on end as done_on
					from application where jurisdiction = $1 and statutory_by >= $2 and statutory_by < $3) a
				where done_on is not null or statutory_by < coalesce(paused_on, $4) group by 1, 3
			union all select a.station, null, case when e.endorsed_on <= e.due_on then 'endorsement.in_time' else 'endorsement.late' end, count(*)
				from endorsement e join permit q on q.jurisdiction = e.jurisdiction and q.number = e.permit join application a on a.jurisdiction = q.jurisdiction and a.id = q.application
				where e.jurisdiction = $1 and e.endorsed_on >= $2 and e.endorsed_on < $3 group by 1, 3
			union all select a.station, null, case e.verb when 'suspend' then 'permit.suspended' else 'cancellation.' || e.reason end, count(*)
				from permit_event e join permit q on q.jurisdiction = e.jurisdiction and q.number = e.permit join application a on a.jurisdiction = q.jurisdiction and a.id = q.application
				where e.jurisdiction = $1 and e.day >= $2 and e.day < $3 and e.verb in ('suspend', 'cancel') group by 1, 3
			union all select station, null, case when since is null then 'registration.rejected' else 'registration.registered' end, count(*) from registration
				where jurisdiction = $1 and decided_on >= $2 and decided_on < $3 group by 1, 3
			union all select null, coalesce(county, ''), unnest(case when (answered_at at time zone 'Asia/Shanghai')::date <= due_on then array['refusal.due', 'refusal.in_time'] else array['refusal.due'] end), count(*)
				from refusal_report where jurisdiction = $1 and due_on >= $2 and due_on < $3 and (answered_at is not null or due_on < $4) group by 2, 3
			union all select station, null, 'rating.' || level, count(*) from rating where jurisdiction = $1 and rated_at >= $5 and rated_at < $6 group by 1, 3
			union all select station, null, unnest(case when (answered_at at time zone 'Asia/Shanghai')::date <= answer_by then array['rating_answer.due', 'rating_answer.in_time'] else array['rating_answer.due'] end), count(*)
				from rating where jurisdiction = $1 and answer_by >= $2 and answer_by < $3 and (answered_at is not null or answer_by < $4) group by 1, 3
			union all select station, null, unnest(array['window.windows', 'window.people']), unnest(array[1, count(distinct person)]) from (
				select station, person from application where jurisdiction = $1 and accepted_on >= $2 and accepted_on < $3
				union select station, person from application where jurisdiction = $1 and state = 'declined' and coalesce(issued_on, decided_on) >= $2 and coalesce(issued_on, decided_on) < $3) w group by 1
		)
		select coalesce(f.county, p.county, '') as county, f.figure, sum(f.n)::int as n from fact f left join place p on p.station = f.station group by 1, 2`,
		jurisdiction, day(from), day(before), day(today), from.Start(), before.Start())
	if err != nil {
		return nil, failed(err)
	}
	counties := map[string]office.Figures{}
	var county, figure string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&county, &figure, &n}, func() error {
		if counties[county] == nil {
			counties[county] = office.Figures{}
		}
		counties[county][figure] = n
		return nil
	})
	return counties, failed(err)
}

// MonthlyEvents reads the histories alone, and of reports, ratings and endorsements the days that no event repeats.
func (t *tx) MonthlyEvents(ctx context.Context, jurisdiction string, from, before civic.Date, each func(office.MonthlyEvent)) error {
	rows, err := t.q.Query(ctx, `
		with `+placeOf+`, happened (source, station, county, kind, verb, state, counter, reason, person, due_on, on_day) as (
			select 'application', a.station, null, a.kind, e.verb, e.state, e.counter, e.reason, a.person::text, null::date, e.day
				from application_event e join application a on a.jurisdiction = e.jurisdiction and a.id = e.application where e.jurisdiction = $1 and e.day >= $2 and e.day < $3
			union all select 'registration', r.station, null, null, e.verb, e.state, e.counter, e.reason, null, null, e.day
				from registration_event e join registration r on r.jurisdiction = e.jurisdiction and r.id = e.registration where e.jurisdiction = $1 and e.day >= $2 and e.day < $3
			union all select 'permit', a.station, null, null, e.verb, e.status, e.counter, e.reason, null, d.due_on, e.day
				from permit_event e join permit q on q.jurisdiction = e.jurisdiction and q.number = e.permit join application a on a.jurisdiction = q.jurisdiction and a.id = q.application
				left join endorsement d on d.jurisdiction = e.jurisdiction and d.permit = e.permit and d.version = e.version where e.jurisdiction = $1 and e.day >= $2 and e.day < $3
			union all select 'refusal', null, coalesce(r.county, ''), null, null, null, null, null, null, r.due_on, (e.at at time zone 'Asia/Shanghai')::date
				from refusal_report r left join refusal_event e on e.jurisdiction = r.jurisdiction and e.report = r.id and e.verb = 'answer'
				where r.jurisdiction = $1 and r.due_on >= $2 and r.due_on < $3
			union all select 'rating', station, null, null, null, level, counter, null, null, null, (rated_at at time zone 'Asia/Shanghai')::date
				from rating where jurisdiction = $1 and rated_at >= $4 and rated_at < $5
			union all select 'rating_answer', station, null, null, null, level, null, null, null, answer_by, (answered_at at time zone 'Asia/Shanghai')::date
				from rating where jurisdiction = $1 and answer_by >= $2 and answer_by < $3
		)
		select h.source, coalesce(h.county, p.county, ''), coalesce(h.station, ''), coalesce(h.kind, ''), coalesce(h.verb, ''), coalesce(h.state, ''), coalesce(h.counter, ''),
			coalesce(h.reason, ''), coalesce(h.person, ''), h.due_on, h.on_day
		from happened h left join place p on p.station = h.station`, jurisdiction, day(from), day(before), from.Start(), before.Start())
	if err != nil {
		return failed(err)
	}
	var e office.MonthlyEvent
	var due, on *time.Time
	_, err = pgx.ForEachRow(rows, []any{&e.Source, &e.County, &e.Station, &e.Kind, &e.Verb, &e.State, &e.Counter, &e.Reason, &e.Person, &due, &on}, func() error {
		e.DueOn, e.On = civil(due), civil(on)
		each(e)
		return nil
	})
	return failed(err)
}

// RecentHistories finds the applications by the day of the event, and reads verbs and days only: whoever counts learns nothing of anybody.
func (t *tx) RecentHistories(ctx context.Context, jurisdiction string, from, before civic.Date, each func(string, string, []permit.Event) error) error {
	rows, err := t.q.Query(ctx, `
		with `+placeOf+`, recent as (
			select distinct application from application_event where jurisdiction = $1 and day >= $2 and day < $3 and verb in ('accept', 'resume', 'supplement', 'extend'))
		select e.application, coalesce(p.county, ''), a.ruleset, e.verb, e.state, e.day from recent r
		join application a on a.jurisdiction = $1 and a.id = r.application
		join application_event e on e.jurisdiction = $1 and e.application = r.application
		left join place p on p.station = a.station
		order by e.application, e.version`, jurisdiction, day(from), day(before))
	if err != nil {
		return failed(err)
	}
	return histories(rows, each)
}

// MonthlyClosings takes the last revision of each county.
func (t *tx) MonthlyClosings(ctx context.Context, jurisdiction string, month civic.Date) (map[string]office.MonthlyClosing, error) {
	rows, err := t.q.Query(ctx, `
		select distinct on (county) county, revision, figures, closed_at, closed_by::text as closed_by, closed_name, reason from monthly_report
		where jurisdiction = $1 and month = $2 order by county, revision desc`, jurisdiction, day(month))
	if err != nil {
		return nil, failed(err)
	}
	closings := map[string]office.MonthlyClosing{}
	var county, by string
	var c office.MonthlyClosing
	var name, reason []byte
	_, err = pgx.ForEachRow(rows, []any{&county, &c.Revision, &c.Figures, &c.At, &by, &name, &reason}, func() error {
		open := t.opener("monthly_report", monthlyRow(jurisdiction, month, county, c.Revision))
		c.By, c.Reason = permit.Officer{ID: by, Name: open.text("closed_name", name)}, open.text("reason", reason)
		closings[county] = c
		c.Figures = nil // the next row has a map of its own
		return open.err
	})
	return closings, failed(err)
}

// monthlyRow is the row to which a sealed column of a closed month belongs.
func monthlyRow(jurisdiction string, month civic.Date, county string, revision int) string {
	return eventRow(jurisdiction+"/"+month.String()+"/"+county, revision)
}

func (t *tx) LockMonthly(ctx context.Context, jurisdiction string) error {
	_, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtext('anju monthly'), $1::text::int)`, jurisdiction)
	return failed(err)
}

func (t *tx) CloseMonth(ctx context.Context, jurisdiction, county string, month civic.Date, c office.MonthlyClosing) error {
	row := monthlyRow(jurisdiction, month, county, c.Revision)
	var reason []byte
	if c.Reason != "" {
		reason = t.secrets.seal(place{"monthly_report", row, "reason"}, []byte(c.Reason))
	}
	_, err := t.q.Exec(ctx, `
		insert into monthly_report (jurisdiction, month, county, revision, figures, closed_at, closed_by, closed_name, reason) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		jurisdiction, day(month), county, c.Revision, c.Figures, c.At, c.By.ID, t.secrets.seal(place{"monthly_report", row, "closed_name"}, []byte(c.By.Name)), reason)
	return failed(err)
}
