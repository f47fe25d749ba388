package permit

import "time"

// Grant decides that the permit is to be made (审核通过). The reviewer is another person than who accepted.
func Grant(a Application, by Officer, now time.Time) (Application, Event, error) {
	if err := a.decidable(by); err != nil {
		return a, Event{}, err
	}
	a, event, err := a.step(VerbGrant, InReview, InProduction, by, now)
	if err == nil {
		a.DecidedOn, a.DecidedBy = event.On, by.ID
	}
	return a, event, err
}

// Refuse decides that no permit is issued, with the reason (Decree 663 Art. 20(1) makes refusing a qualified applicant an offence).
func Refuse(a Application, by Officer, reason, note string, now time.Time) (Application, Event, error) {
	if err := a.decidable(by); err != nil {
		return a, Event{}, err
	}
	a, event, err := a.end(VerbRefuse, InReview, Refused, by, reason, note, now)
	if err == nil {
		a.DecidedOn, a.DecidedBy = event.On, by.ID
	}
	return a, event, err
}

// decidable asks for the second person, and for a clock that runs: a decided case has no open pause.
func (a Application) decidable(by Officer) error {
	switch {
	case a.State != InReview:
	case a.AcceptedBy == by.ID:
		return Refusal{Code: "same_person"}
	case a.Paused():
		return Refusal{Code: "clock_paused"}
	}
	return nil
}
