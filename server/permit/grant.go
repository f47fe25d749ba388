package permit

import "time"

// Grant decides that the permit is to be made (审核通过); a business without a card is done with it. The reviewer is another person than who accepted.
func Grant(a Application, by Officer, now time.Time) (Application, Event, error) {
	if err := a.decidable(by); err != nil {
		return a, Event{}, err
	}
	to := InProduction
	if !a.Kind.Cards() {
		to = Completed
	}
	a, event, err := a.step(VerbGrant, InReview, to, by, now)
	if err == nil {
		a.DecidedOn, a.DecidedBy = event.On, by.ID
	}
	return a, event, err
}

// Refuse decides that no permit is issued, with the reason (Decree 663 Art. 20(1) makes refusing a qualified applicant an offence). What has
// been granted is refused for one reason only: that the permit which it is about has moved on, so that it could never be issued.
func Refuse(a Application, by Officer, reason, note string, now time.Time) (Application, Event, error) {
	if err := a.decidable(by); err != nil {
		return a, Event{}, err
	}
	from := InReview
	if a.granted() && reason == ReasonPermitMoved {
		from = a.State
	}
	a, event, err := a.end(VerbRefuse, from, Refused, by, reason, note, now)
	if err == nil {
		a.DecidedOn, a.DecidedBy = event.On, by.ID
	}
	return a, event, err
}

// granted reports whether a card is being made or waits.
func (a Application) granted() bool { return a.State == InProduction || a.State == ToCollect }

// decidable asks for the second person, and for a clock that runs: a decided case has no open pause.
func (a Application) decidable(by Officer) error {
	switch {
	case a.State != InReview && !a.granted():
	case a.AcceptedBy == by.ID:
		return Refusal{Code: "same_person"}
	case a.Paused():
		return Refusal{Code: "clock_paused"}
	}
	return nil
}
