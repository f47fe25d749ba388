package office

import (
	"context"
	"slices"

	"anju/server/civic"
	"anju/server/permit"
)

// MonthlyEvent is a line of a history, as far as a month is counted by it.
type MonthlyEvent struct {
	Source  string // application, registration, permit, refusal, rating
	County  string
	Station string
	Kind    string // of business
	Verb    string
	State   string // after it; of a rating the level
	Counter string
	Reason  string
	Person  string
	DueOn   civic.Date // an endorsement's, or by which an answer was due
	On      civic.Date // of the event; of a report or a rating the day of its answer, zero while there is none
}

// deadlineReach is how many days after an event that starts a clock, or sets it going again, the deadline can lie at most: thirty days and
// the longest holidays, or fifteen working days, with room to spare.
const deadlineReach = 100

// recountMonth counts a month's deadlines anew from the histories, by county. The calendar of today counts, which a year entered later may
// have changed.
func (o *Office) recountMonth(ctx context.Context, tx Tx, city string, month civic.Date) (map[string]Figures, error) {
	calendar, err := o.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	counties := map[string]Figures{}
	next := month.AddMonths(1)
	return counties, tx.RecentHistories(ctx, city, month.AddDays(-deadlineReach), next, func(county, ruleset string, events []permit.Event) error {
		r, err := o.Ruleset(ruleset)
		if err != nil {
			return err
		}
		by, met, err := permit.Deadline(events, r, calendar, o.Today())
		if err != nil || by.Before(month) || !by.Before(next) {
			return err
		}
		add(counties, county, "deadline.fell", 1)
		if met {
			add(counties, county, "deadline.met", 1)
		}
		return nil
	})
}

func add(counties map[string]Figures, county, name string, n int) {
	if counties[county] == nil {
		counties[county] = Figures{}
	}
	counties[county][name] += n
}

// RecountMonth counts every figure of a month anew from what happened, one line of the histories after the other, and gives beside it what
// the report counts from the record as it stands: who doubts the report can compare.
func (o *Office) RecountMonth(ctx context.Context, city string, month civic.Date) (reported, anew map[string]Figures, closed map[string]MonthlyClosing, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if reported, err = o.monthAnew(ctx, tx, city, month); err != nil {
			return err
		}
		if closed, err = tx.MonthlyClosings(ctx, city, month); err != nil {
			return err
		}
		if anew, err = o.recountMonth(ctx, tx, city, month); err != nil {
			return err
		}
		for _, figures := range anew {
			figures["deadline.fell_anew"], figures["deadline.met_anew"] = figures["deadline.fell"], figures["deadline.met"]
		}
		served := map[[2]string]bool{}  // station and person
		windows := map[[2]string]bool{} // county and station
		return tx.MonthlyEvents(ctx, city, month, month.AddMonths(1), func(e MonthlyEvent) {
			o.countEvent(anew, e)
			if e.Source != "application" || e.Verb != permit.VerbAccept && e.Verb != permit.VerbDecline {
				return
			}
			if window := [2]string{e.County, e.Station}; !windows[window] {
				windows[window] = true
				add(anew, e.County, "window.windows", 1)
			}
			if person := [2]string{e.Station, e.Person}; !served[person] {
				served[person] = true
				add(anew, e.County, "window.people", 1)
			}
		})
	})
	return reported, anew, closed, err
}

// countEvent adds what one line of a history counts for.
func (o *Office) countEvent(counties map[string]Figures, e MonthlyEvent) {
	count := func(name string) { add(counties, e.County, name, 1) }
	inTime := func(group string) { // by when an answer was due
		late := e.On.IsZero() && e.DueOn.Before(o.Today())
		if !e.On.IsZero() || late {
			count(group + ".due")
		}
		if !e.On.IsZero() && !e.On.After(e.DueOn) {
			count(group + ".in_time")
		}
	}
	switch e.Source {
	case "application":
		results := map[string]string{permit.VerbSubmit: "submitted", permit.VerbAccept: "accepted", permit.VerbDecline: "declined", permit.VerbIssue: "issued", permit.VerbRefuse: "refused"}
		if result := results[e.Verb]; result != "" {
			count(e.Kind + "." + result)
		}
		if e.Verb == permit.VerbSubmit && e.Counter == "kiosk" {
			count("kiosk.submitted")
		}
	case "registration":
		if slices.Contains([]string{permit.VerbConfirm, permit.VerbImport}, e.Verb) {
			count("registration.registered")
		} else if e.Verb == permit.VerbReject {
			count("registration.rejected")
		}
	case "permit":
		switch {
		case e.Verb == permit.VerbEndorse && e.On.After(e.DueOn):
			count("endorsement.late")
		case e.Verb == permit.VerbEndorse:
			count("endorsement.in_time")
		case e.Verb == permit.VerbSuspend:
			count("permit.suspended")
		case e.Verb == permit.VerbCancel:
			count("cancellation." + e.Reason)
		}
	case "refusal":
		inTime("refusal")
	case "rating":
		count("rating." + e.State)
	case "rating_answer":
		inTime("rating_answer")
	}
}
