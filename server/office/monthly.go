package office

import (
	"context"
	"slices"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// MonthlyTx counts a month, and keeps the figures of months that were closed. Nothing in it says whom they are about.
type MonthlyTx interface {
	// MonthlyFigures counts what happened in a city from a day until before another, by county, from the record as it stands. today is the day on
	// which what is still open counts as late.
	MonthlyFigures(ctx context.Context, jurisdiction string, from, before, today civic.Date) (map[string]Figures, error)
	// MonthlyEvents gives what happened in those days, line by line of the histories.
	MonthlyEvents(ctx context.Context, jurisdiction string, from, before civic.Date, each func(MonthlyEvent)) error
	// RecentHistories gives every application whose clock an event of those days started or set going again, with all its events.
	RecentHistories(ctx context.Context, jurisdiction string, from, before civic.Date, each func(county, ruleset string, events []permit.Event) error) error
	// MonthlyClosings returns the last revision of each county's closed figures of a month; LockMonthly keeps others from closing any meanwhile.
	MonthlyClosings(ctx context.Context, jurisdiction string, month civic.Date) (map[string]MonthlyClosing, error)
	LockMonthly(ctx context.Context, jurisdiction string) error
	CloseMonth(ctx context.Context, jurisdiction, county string, month civic.Date, c MonthlyClosing) error
}

// Figures are counts by the name of a Figure; what is not there is zero.
type Figures map[string]int

// Figure is one line of the monthly report.
type Figure struct{ Group, Code string }

// Name is how Figures and the database name it.
func (f Figure) Name() string { return f.Group + "." + f.Code }

// MonthlyFigures lists the lines of the report: registrations, applications by kind and result, deadlines as stored and as counted anew,
// endorsements, what became of permits, refusals that were reported and answered, ratings, kiosks and windows.
func MonthlyFigures() []Figure {
	list := []Figure{{"registration", "registered"}, {"registration", "rejected"}}
	for _, kind := range permit.Kinds() {
		for _, result := range []string{"submitted", "accepted", "declined", "issued", "refused"} {
			list = append(list, Figure{string(kind), result})
		}
	}
	list = append(list, Figure{"deadline", "fell"}, Figure{"deadline", "met"}, Figure{"deadline", "fell_anew"}, Figure{"deadline", "met_anew"},
		Figure{"endorsement", "in_time"}, Figure{"endorsement", "late"}, Figure{"permit", "suspended"})
	for _, ground := range permit.CancellationGrounds() {
		list = append(list, Figure{"cancellation", ground.Code})
	}
	list = append(list, Figure{"refusal", "due"}, Figure{"refusal", "in_time"})
	for _, level := range permit.RatingLevels() {
		list = append(list, Figure{"rating", string(level)})
	}
	return append(list, Figure{"rating_answer", "due"}, Figure{"rating_answer", "in_time"}, Figure{"kiosk", "submitted"}, Figure{"window", "windows"}, Figure{"window", "people"})
}

// MonthlyClosing is the figures of a county's month as somebody closed them.
type MonthlyClosing struct {
	Revision int // 1, then one for each correction
	Figures  Figures
	At       time.Time
	By       permit.Officer
	Reason   string // of a correction; sealed at rest
}

// MonthlyReport is a month of a city, by county.
type MonthlyReport struct {
	Jurisdiction string
	Month        civic.Date // its first day
	Over         bool       // the month has passed
	Counties     []MonthlyCounty
}

// MonthlyCounty is a county's month beside the month before and the same month a year ago. This is what was closed, if it was.
type MonthlyCounty struct {
	County                string // '' for what names no county
	This, Before, YearAgo Figures
	Closed                *MonthlyClosing
	Now                   Figures // what is counted today
	Changed               []Figure
	Closes                bool // the actor may close, or correct, it
}

// ParseMonth reads "2026-10", a month that has begun.
func (o *Office) ParseMonth(s string) (civic.Date, bool) {
	first, err := civic.ParseDate(s + "-01")
	return first, err == nil && !first.After(o.Today()) && first.Year() >= 2000
}

// counties are those whose stations an actor supervises or audits; a post of the whole city is all of them, and what names no county.
func (o *Office) counties(ctx context.Context, tx Tx, actor access.Actor, roles ...access.Role) (jurisdiction string, counties []string, err error) {
	for _, post := range actor.PostsAs(roles...) {
		if jurisdiction != "" && post.Jurisdiction != jurisdiction { // a member of staff serves one city
			continue
		}
		jurisdiction = post.Jurisdiction
		if post.Station == "" {
			counties = append(counties, "")
			for _, county := range civic.Counties(jurisdiction) {
				counties = append(counties, county.Code)
			}
			continue
		}
		station, err := tx.Station(ctx, post.Jurisdiction, post.Station)
		if err != nil {
			return "", nil, err
		}
		for _, division := range station.Divisions {
			counties = append(counties, division[:6])
		}
	}
	if len(counties) == 0 {
		return "", nil, &Error{What: Forbidden, Why: "role"}
	}
	slices.Sort(counties)
	return jurisdiction, slices.Compact(counties), nil
}

// MonthlyReport returns a month of the counties whose stations the actor supervises or audits.
func (o *Office) MonthlyReport(ctx context.Context, actor access.Actor, month civic.Date) (r MonthlyReport, err error) {
	r.Month, r.Over = month, !month.AddMonths(1).After(o.Today())
	err = o.Store.Within(ctx, func(tx Tx) error {
		city, counties, err := o.counties(ctx, tx, actor, access.Supervisor, access.Auditor)
		if err != nil {
			return err
		}
		var closes []string
		if actor.Holds(access.Supervisor) {
			if _, closes, err = o.counties(ctx, tx, actor, access.Supervisor); err != nil {
				return err
			}
		}
		r.Jurisdiction = city
		live, err := o.monthAnew(ctx, tx, city, month)
		if err != nil {
			return err
		}
		closed, err := tx.MonthlyClosings(ctx, city, month)
		if err != nil {
			return err
		}
		before, err := o.monthAsKnown(ctx, tx, city, month.AddMonths(-1))
		if err != nil {
			return err
		}
		yearAgo, err := o.monthAsKnown(ctx, tx, city, month.AddMonths(-12))
		if err != nil {
			return err
		}
		for _, county := range counties {
			one := MonthlyCounty{County: county, This: live[county], Before: before[county], YearAgo: yearAgo[county], Now: live[county], Closes: r.Over && slices.Contains(closes, county)}
			if c, ok := closed[county]; ok {
				one.Closed, one.This, one.Changed = &c, c.Figures, changed(c.Figures, live[county])
			}
			r.Counties = append(r.Counties, one)
		}
		e := o.entry(actor, ledger.Viewed, "monthly") // of nobody: no person, no account
		e.Jurisdiction = city
		return tx.Record(ctx, e)
	})
	return r, err
}

// changed lists what was counted otherwise when the month was closed.
func changed(closed, live Figures) (list []Figure) {
	for _, f := range MonthlyFigures() {
		if closed[f.Name()] != live[f.Name()] {
			list = append(list, f)
		}
	}
	return list
}

// monthAnew counts a month as the record stands, with its deadlines counted anew from the histories.
func (o *Office) monthAnew(ctx context.Context, tx Tx, city string, month civic.Date) (map[string]Figures, error) {
	next := month.AddMonths(1)
	counted, err := tx.MonthlyFigures(ctx, city, month, next, o.Today())
	if err != nil {
		return nil, err
	}
	anew, err := o.recountMonth(ctx, tx, city, month)
	if err != nil {
		return nil, err
	}
	for county := range anew {
		add(counted, county, "deadline.fell_anew", 0)
	}
	for county, figures := range counted { // zero where nothing fell due: it was counted, and there is nothing
		figures["deadline.fell_anew"], figures["deadline.met_anew"] = anew[county]["deadline.fell"], anew[county]["deadline.met"]
	}
	return counted, nil
}

// monthAsKnown are a month's figures for comparison: those that were closed, else what is counted today.
func (o *Office) monthAsKnown(ctx context.Context, tx Tx, city string, month civic.Date) (map[string]Figures, error) {
	counted, err := tx.MonthlyFigures(ctx, city, month, month.AddMonths(1), o.Today())
	if err != nil {
		return nil, err
	}
	closed, err := tx.MonthlyClosings(ctx, city, month)
	for county, c := range closed {
		counted[county] = c.Figures
	}
	return counted, err
}

// CloseMonth fixes the figures of a county's month, or, once they are fixed, corrects them with a reason. seen is the revision that the page
// showed; 0 for a month that was open.
func (o *Office) CloseMonth(ctx context.Context, actor access.Actor, month civic.Date, county string, seen int, reason string) error {
	return o.Store.Within(ctx, func(tx Tx) error {
		city, counties, err := o.counties(ctx, tx, actor, access.Supervisor)
		if err != nil {
			return err
		}
		if !slices.Contains(counties, county) {
			return ErrNotFound
		}
		if month.AddMonths(1).After(o.Today()) {
			return &Error{What: Denied, Why: "month_not_over"}
		}
		if err := tx.LockMonthly(ctx, city); err != nil {
			return err
		}
		closed, err := tx.MonthlyClosings(ctx, city, month)
		if err != nil {
			return err
		}
		last := closed[county]
		if last.Revision != seen {
			return ErrStale
		}
		live, err := o.monthAnew(ctx, tx, city, month)
		if err != nil {
			return err
		}
		c := MonthlyClosing{Revision: seen + 1, Figures: live[county], At: o.now(), By: permit.Officer{ID: actor.ID, Name: actor.Name}}
		if seen > 0 {
			if len(changed(last.Figures, live[county])) == 0 {
				return &Error{What: Denied, Why: "month_unchanged"}
			}
			var faults permit.Faults
			if c.Reason, faults = permit.MonthlyReason(reason); len(faults) > 0 {
				return judged(faults)
			}
		}
		if c.Figures == nil {
			c.Figures = Figures{}
		}
		if err := tx.CloseMonth(ctx, city, county, month, c); err != nil {
			return err
		}
		e := o.entry(actor, ledger.Closed, "monthly")
		e.Jurisdiction, e.Object = city, "monthly/"+monthOf(month)+"/"+county
		return tx.Record(ctx, e)
	})
}
