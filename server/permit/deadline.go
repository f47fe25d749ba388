package permit

import (
	"anju/server/civic"
	"anju/server/policy"
)

// Deadline counts from its history alone whether an application was done in time (Decree 663 Art. 9 "自受理之日起15日内制作发放"). by is the
// statutory day, with what has stopped the clock and the extension; zero while nothing can be said: it was not accepted, or it is open and its
// day has not passed, or the clock stands still. The permit counts as made on the day on which it lay ready: when it is collected is up to the
// applicant.
func Deadline(events []Event, r *policy.Ruleset, calendar civic.Calendar, today civic.Date) (by civic.Date, met bool, err error) {
	clock, stopped, done := replay(events)
	if clock.Accepted.IsZero() {
		return civic.Date{}, false, nil
	}
	if by, err = r.StatutoryBy(clock, calendar); err != nil {
		return civic.Date{}, false, err
	}
	if !stopped.IsZero() {
		today = stopped
	}
	if done.IsZero() && !today.After(by) {
		return civic.Date{}, false, nil
	}
	return by, !done.IsZero() && !done.After(by), nil
}

// replay reads the clock out of a history: since when it stands still, if it does, and on which day the case was done.
func replay(events []Event) (clock policy.Clock, stopped, done civic.Date) {
	asked := false // the clock stands still for a supplement, which sets it going again by itself
	for _, e := range events {
		switch e.Verb {
		case VerbAccept:
			clock.Accepted = e.On
		case VerbPause:
			stopped, asked = e.On, false
		case VerbNotify:
			if e.State == InReview {
				stopped, asked = e.On, true
			}
		case VerbResume, VerbSupplement:
			if !stopped.IsZero() && (e.Verb == VerbResume || asked) {
				clock.Pauses, stopped = append(clock.Pauses, policy.Pause{From: stopped, To: e.On}), civic.Date{}
			}
		case VerbExtend:
			clock.Extended = true
		case VerbProduce, VerbRefuse, VerbGrant:
			if done.IsZero() && (e.Verb != VerbGrant || e.State == Completed) {
				done = e.On
			}
		}
	}
	return clock, stopped, done
}
