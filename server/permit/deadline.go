package permit

import (
	"anju/server/civic"
	"anju/server/policy"
)

// Deadline counts from its history alone whether an application was done in time (Decree 663 Art. 9 "自受理之日起15日内制作发放"). by is the
// statutory day, zero while nothing can be said: it was not accepted, or it is open and its day has not passed. The permit counts as
// made on the day on which it lay ready: when it is collected is up to the applicant.
func Deadline(events []Event, r *policy.Ruleset, calendar civic.Calendar, today civic.Date) (by civic.Date, met bool, err error) {
	var accepted, done civic.Date
	for _, e := range events {
		switch e.Verb {
		case VerbAccept:
			accepted = e.On
		case VerbProduce, VerbRefuse:
			done = e.On
		}
	}
	if accepted.IsZero() {
		return civic.Date{}, false, nil
	}
	if by, err = r.StatutoryBy(accepted, calendar); err != nil {
		return civic.Date{}, false, err
	}
	if done.IsZero() && !today.After(by) {
		return civic.Date{}, false, nil
	}
	return by, !done.IsZero() && !done.After(by), nil
}
