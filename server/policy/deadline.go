package policy

import "anju/server/civic"

// Pause is a time in which a deadline does not run: the day on which it stops no longer counts, the day on which it runs again does.
type Pause struct{ From, To civic.Date }

// covers reports whether a day falls into the pause.
func (p Pause) covers(d civic.Date) bool { return !d.Before(p.From) && d.Before(p.To) }

// Clock is what the deadlines of an application are counted by.
type Clock struct {
	Accepted civic.Date
	Pauses   []Pause // that have ended, in their order; they never overlap
	Extended bool    // within the ruleset's ExtensionRule
}

// paused returns the pause that a day falls into.
func (c Clock) paused(d civic.Date) (Pause, bool) {
	for _, p := range c.Pauses {
		if p.covers(d) {
			return p, true
		}
	}
	return Pause{}, false
}

// StatutoryBy is the last day on which the permit must be issued, the day of acceptance not counted
// (Decree 663 第九条 "自受理之日起15日内"; Civil Code 201). Paused days are added in the unit of the deadline. The error is civic's: a
// day past the calendar's horizon.
func (r *Ruleset) StatutoryBy(c Clock, cal civic.Calendar) (civic.Date, error) {
	if e := r.IssueDeadline.Extended; c.Extended && e != nil {
		return e.end(c, cal)
	}
	return r.IssueDeadline.Statutory.end(c, cal)
}

// PromisedBy is the day the office promises: its own number of days, but never after StatutoryBy. Once the deadline is extended, the
// extended day is the promise.
func (r *Ruleset) PromisedBy(c Clock, cal civic.Calendar) (civic.Date, error) {
	statutory, err := r.StatutoryBy(c, cal)
	if err != nil || c.Extended {
		return statutory, err
	}
	promised, err := r.IssueDeadline.Promised.end(c, cal)
	if err != nil {
		return civic.Date{}, err
	}
	if promised.After(statutory) {
		return statutory, nil
	}
	return promised, nil
}

// RatingAnswerBy is the last day on which a bad rating is to be answered. The error is civic's: a day past the calendar's horizon.
func (r *Ruleset) RatingAnswerBy(rated civic.Date, cal civic.Calendar) (civic.Date, error) {
	return r.Ratings.Answer.end(Clock{Accepted: rated}, cal)
}

// end is the last day of the deadline: the N-th day, or working day, after acceptance on which the clock runs.
func (d Deadline) end(c Clock, cal civic.Calendar) (civic.Date, error) {
	last := c.Accepted
	for left := d.N; left > 0; {
		last = last.AddDays(1)
		if p, paused := c.paused(last); paused {
			last = p.To.AddDays(-1)
			continue
		}
		counts := true
		if d.Unit == "working" {
			var err error
			if counts, err = cal.IsWorkingDay(last); err != nil {
				return civic.Date{}, err
			}
		}
		if counts {
			left--
		}
	}
	for d.RollHoliday {
		rolled, err := cal.RollForward(last) // Civil Code 203: a last day on a holiday moves to the next working day
		if err != nil {
			return civic.Date{}, err
		}
		p, paused := c.paused(rolled)
		if !paused { // a pause that begins while the last day waits for its working day stops it too
			return rolled, nil
		}
		last = p.To
	}
	return last, nil
}
