package permit

import (
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Acceptance is what the officer at the window confirms before the clock starts (Decree 663 Art. 9).
type Acceptance struct {
	IdentitySeen bool // the ID card was compared with the particulars
	EvidenceSeen bool // the evidence, uploaded or on paper, was looked at
	AgentSeen    bool // the agent's ID card too, where one applies: "应当提供委托人、代办人的合法有效身份证件"
}

// Accept takes the application (受理): the statutory clock starts and the applicant gets a promise.
func Accept(a Application, in Acceptance, by Officer, r *policy.Ruleset, calendar civic.Calendar, now time.Time) (Application, Event, error) {
	var faults Faults
	if !in.IdentitySeen {
		faults = append(faults, Fault{"identity_seen", "identity_seen"})
	}
	if !in.EvidenceSeen {
		faults = append(faults, Fault{"evidence_seen", "evidence_seen"})
	}
	if a.Particulars.Agent != nil && !in.AgentSeen {
		faults = append(faults, Fault{"agent_seen", "agent_seen"})
	}
	if len(faults) > 0 {
		return a, Event{}, faults
	}
	a, event, err := a.step(VerbAccept, PreApplied, InReview, by, now)
	if err != nil {
		return a, event, err
	}
	a.AcceptedOn, a.AcceptedBy = event.On, by.ID
	a, err = a.counted(r, policy.Clock{Accepted: event.On}, calendar)
	return a, event, err
}

// counted gives the application the days by which it must be decided.
func (a Application) counted(r *policy.Ruleset, c policy.Clock, calendar civic.Calendar) (Application, error) {
	var err error
	if a.StatutoryBy, err = r.StatutoryBy(c, calendar); err != nil {
		return a, err
	}
	a.PromisedBy, err = r.PromisedBy(c, calendar)
	return a, err
}

// Decline does not take the application (不予受理), with the reason; no clock has started.
func Decline(a Application, by Officer, reason, note string, now time.Time) (Application, Event, error) {
	from := PreApplied
	if a.State == ToSupplement { // a notice that is never answered must not keep the person from applying anew
		from = ToSupplement
	}
	a, event, err := a.end(VerbDecline, from, Declined, by, reason, note, now)
	if err == nil {
		a.DecidedOn, a.DecidedBy = event.On, by.ID
	}
	return a, event, err
}
