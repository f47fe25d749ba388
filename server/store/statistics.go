package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// Months counts each deed in the month in which it happened. A case that is open past its deadline counts as missed; one that is open
// before it, or whose clock has stopped before it, is not counted yet.
func (t *tx) Months(ctx context.Context, jurisdiction string, from, until civic.Date) ([]office.MonthCount, error) {
	rows, err := t.q.Query(ctx, `
		with place as (
			select station, min(left(division, 6)) as county from station_division where jurisdiction = $1 group by station
		), done as (
			select a.*, p.county, coalesce(a.produced_on, case when a.state in ('refused', 'completed') then a.decided_on end) as done_on
			from application a left join place p on p.station = a.station
			where a.jurisdiction = $1 and (a.submitted_at >= $2::date or a.statutory_by >= $2::date or a.decided_on >= $2::date or a.issued_on >= $2::date)
		), deed as (
			select to_char(submitted_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, county, 'submitted' as what, counter from done
			union all select to_char(accepted_on, 'YYYY-MM'), county, 'accepted', '' from done where accepted_on is not null
			union all select to_char(issued_on, 'YYYY-MM'), county, 'issued', '' from done where issued_on is not null
			union all select to_char(decided_on, 'YYYY-MM'), county, state, '' from done where state in ('refused', 'declined')
			union all select to_char(statutory_by, 'YYYY-MM'), county, case when done_on <= statutory_by then 'met' else 'missed' end, '' from done
				where statutory_by is not null and (done_on is not null or statutory_by < coalesce(paused_on, $3))
		)
		select month, coalesce(county, '') as county,
			count(*) filter (where what = 'submitted') as submitted, count(*) filter (where what = 'submitted' and counter = 'kiosk') as kiosk,
			count(*) filter (where what = 'accepted') as accepted, count(*) filter (where what = 'issued') as issued,
			count(*) filter (where what = 'refused') as refused, count(*) filter (where what = 'declined') as declined,
			count(*) filter (where what in ('met', 'missed')) as deadlines, count(*) filter (where what = 'met') as on_time
		from deed where month >= to_char($2::date, 'YYYY-MM') group by 1, 2 order by 1, 2`, jurisdiction, day(from), day(until))
	if err != nil {
		return nil, failed(err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.MonthCount])
	return counts, failed(err)
}

func (t *tx) Stock(ctx context.Context, jurisdiction string) ([]office.StockCount, error) {
	rows, err := t.q.Query(ctx, `
		select coalesce(p.county, '') as county, a.state, count(*) as count
		from application a left join (select station, min(left(division, 6)) as county from station_division where jurisdiction = $1 group by station) p on p.station = a.station
		where a.jurisdiction = $1 and a.state not in ('issued', 'declined', 'refused') group by 1, 2 order by 1, 2`, jurisdiction)
	if err != nil {
		return nil, failed(err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.StockCount])
	return counts, failed(err)
}

func (t *tx) EndReasons(ctx context.Context, jurisdiction string, from civic.Date) ([]office.ReasonCount, error) {
	rows, err := t.q.Query(ctx, `
		select verb, reason, count(*) as count from application_event
		where jurisdiction = $1 and verb in ('decline', 'refuse') and day >= $2 group by 1, 2 order by 3 desc, 1, 2`, jurisdiction, day(from))
	if err != nil {
		return nil, failed(err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.ReasonCount])
	return counts, failed(err)
}

func (t *tx) EndorsementsDue(ctx context.Context, jurisdiction string, from, to civic.Date) ([]office.DueCount, error) {
	rows, err := t.q.Query(ctx, `
		select to_char(endorse_by, 'YYYY-MM') as month, count(*) as count from permit
		where jurisdiction = $1 and status = 'active' and endorse_by between $2 and $3 group by 1 order by 1`, jurisdiction, day(from), day(to))
	if err != nil {
		return nil, failed(err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.DueCount])
	return counts, failed(err)
}

// Histories reads verbs and days only: whoever counts learns nothing of anybody.
func (t *tx) Histories(ctx context.Context, jurisdiction string, each func(string, []permit.Event) error) error {
	rows, err := t.q.Query(ctx, `
		select e.application, '', a.ruleset, e.verb, e.state, e.day from application_event e
		join application a on a.jurisdiction = e.jurisdiction and a.id = e.application
		where e.jurisdiction = $1 order by a.submitted_at, e.application, e.version`, jurisdiction)
	if err != nil {
		return failed(err)
	}
	return histories(rows, func(_, ruleset string, events []permit.Event) error { return each(ruleset, events) })
}

// histories gathers the events of one application after the other.
func histories(rows pgx.Rows, each func(county, ruleset string, events []permit.Event) error) error {
	var (
		application, county, ruleset, verb string
		last, place, rules                 string // of the events that have been gathered
		state                              permit.State
		on                                 time.Time
		events                             []permit.Event
	)
	_, err := pgx.ForEachRow(rows, []any{&application, &county, &ruleset, &verb, &state, &on}, func() error {
		if application != last && len(events) > 0 {
			if err := each(place, rules, events); err != nil {
				return err
			}
			events = nil
		}
		last, place, rules = application, county, ruleset
		events = append(events, permit.Event{Verb: verb, State: state, On: civil(&on)})
		return nil
	})
	if err != nil {
		return failed(err)
	}
	if len(events) > 0 {
		return each(place, rules, events)
	}
	return nil
}
