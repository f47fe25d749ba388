package office

import (
	"context"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// StatisticsTx counts applications. Nothing in it says whom they are about.
type StatisticsTx interface {
	// Months counts a city's applications by month and county, from the month of a day on. until is the day on which a deadline that is
	// still open counts as missed.
	Months(ctx context.Context, jurisdiction string, from, until civic.Date) ([]MonthCount, error)
	// Stock counts the applications of a city that are open, by state and county.
	Stock(ctx context.Context, jurisdiction string) ([]StockCount, error)
	// EndReasons counts why applications were declined or refused, from a day on.
	EndReasons(ctx context.Context, jurisdiction string, from civic.Date) ([]ReasonCount, error)
	// EndorsementsDue counts permits in use by the month in which they must be endorsed.
	EndorsementsDue(ctx context.Context, jurisdiction string, from, to civic.Date) ([]DueCount, error)
	// Histories gives every application of a city that was accepted with its events, one after the other, oldest first.
	Histories(ctx context.Context, jurisdiction string, each func(ruleset string, events []permit.Event) error) error
}

// MonthCount is what happened in a month in a county. Submitted, Accepted, Issued, Refused and Declined are of the month in which it
// happened; Deadlines and OnTime of the month in which the statutory deadline fell.
type MonthCount struct {
	Month  string // 2026-11
	County string // six digits
	Submitted, Kiosk, Accepted, Issued, Refused,
	Declined, Deadlines, OnTime int
}

// StockCount is how many applications wait in a state.
type StockCount struct {
	County string
	State  permit.State
	Count  int
}

// ReasonCount is how often a reason was given.
type ReasonCount struct {
	Verb, Reason string
	Count        int
}

// DueCount is how many permits must be endorsed in a month.
type DueCount struct {
	Month string
	Count int
}

// Rate is the share of deadlines that were met, in percent; nil where none fell.
func (m MonthCount) Rate() *float64 {
	if m.Deadlines == 0 {
		return nil
	}
	rate := 100 * float64(m.OnTime) / float64(m.Deadlines)
	return &rate
}

// add sums what two counts have in common, month and county aside.
func (m MonthCount) add(n MonthCount) MonthCount {
	m.Submitted, m.Kiosk, m.Accepted, m.Issued = m.Submitted+n.Submitted, m.Kiosk+n.Kiosk, m.Accepted+n.Accepted, m.Issued+n.Issued
	m.Refused, m.Declined, m.Deadlines, m.OnTime = m.Refused+n.Refused, m.Declined+n.Declined, m.Deadlines+n.Deadlines, m.OnTime+n.OnTime
	return m
}

// statisticMonths is how many months are shown, the present one included.
const statisticMonths = 13

// monthOf writes a month as MonthCount does.
func monthOf(d civic.Date) string { return d.String()[:7] }

// since is the first day of the months that are shown.
func (o *Office) since() civic.Date {
	today := o.Today()
	return today.AddDays(1 - today.Day()).AddMonths(1 - statisticMonths)
}

// PublicStatistics are a city's counts by month, that anyone may see: of the whole city, so that no small number tells of anybody.
func (o *Office) PublicStatistics(ctx context.Context, jurisdiction string) (months []MonthCount, err error) {
	if _, ok := o.Book.Jurisdiction(jurisdiction); !ok {
		return nil, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		all, err := tx.Months(ctx, jurisdiction, o.since(), o.Today())
		months = o.wholeCity(all)
		return err
	})
	return months, err
}

// wholeCity sums the counties of each month; a month in which nothing happened stands there too.
func (o *Office) wholeCity(all []MonthCount) []MonthCount {
	var months []MonthCount
	for day := o.since(); !day.After(o.Today()); day = day.AddMonths(1) {
		sum := MonthCount{Month: monthOf(day)}
		for _, one := range all {
			if one.Month == sum.Month {
				sum = sum.add(one)
			}
		}
		months = append(months, sum)
	}
	return months
}

// Statistics are what a supervisor sees of a city.
type Statistics struct {
	Jurisdiction string
	Months       []MonthCount // of the whole city
	Counties     []MonthCount // of the same months together, one for each county; Month is empty
	Stock        []StockCount
	Reasons      []ReasonCount
	Due          []DueCount
}

// Statistics returns the counts of the supervisor's city.
func (o *Office) Statistics(ctx context.Context, actor access.Actor) (s Statistics, err error) {
	posts := actor.PostsAs(access.Supervisor)
	if len(posts) == 0 {
		return s, &Error{What: Forbidden, Why: "role"}
	}
	s.Jurisdiction = posts[0].Jurisdiction
	err = o.Store.Within(ctx, func(tx Tx) error {
		all, err := tx.Months(ctx, s.Jurisdiction, o.since(), o.Today())
		if err != nil {
			return err
		}
		s.Months = o.wholeCity(all)
		for _, county := range civic.Counties(s.Jurisdiction) {
			sum := MonthCount{County: county.Code}
			for _, one := range all {
				if one.County == county.Code {
					sum = sum.add(one)
				}
			}
			s.Counties = append(s.Counties, sum)
		}
		if s.Stock, err = tx.Stock(ctx, s.Jurisdiction); err != nil {
			return err
		}
		if s.Reasons, err = tx.EndReasons(ctx, s.Jurisdiction, o.since()); err != nil {
			return err
		}
		if s.Due, err = tx.EndorsementsDue(ctx, s.Jurisdiction, o.Today(), o.Today().AddMonths(12)); err != nil {
			return err
		}
		e := o.entry(actor, ledger.Viewed, "statistics") // of nobody: no person, no account
		e.Jurisdiction = s.Jurisdiction
		return tx.Record(ctx, e)
	})
	return s, err
}

// Recount counts deadlines anew from the history of every application, without the dates that were stored beside it: who doubts the
// published rate can compare. The calendar of today counts, which a year entered later may have changed.
func (o *Office) Recount(ctx context.Context, jurisdiction string) (months map[string]MonthCount, err error) {
	months = map[string]MonthCount{}
	err = o.Store.Within(ctx, func(tx Tx) error {
		calendar, err := o.calendar(ctx, tx)
		if err != nil {
			return err
		}
		return tx.Histories(ctx, jurisdiction, func(ruleset string, events []permit.Event) error {
			r, err := o.Ruleset(ruleset)
			if err != nil {
				return err
			}
			by, met, err := permit.Deadline(events, r, calendar, o.Today())
			if err != nil || by.IsZero() {
				return err
			}
			m := months[monthOf(by)]
			m.Month = monthOf(by)
			m.Deadlines++
			if met {
				m.OnTime++
			}
			months[m.Month] = m
			return nil
		})
	})
	return months, err
}
