package permit

import (
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Consent is one consent that was given by itself (单独同意, PIPL Art. 29, 31). It is kept as it was given; withdrawing it takes nothing away
// from what was done before (Art. 15).
type Consent struct {
	ID          string // UUID
	Code        string // of policy.ConsentRule
	Wording     civic.Date
	Relation    policy.Relation // of who gave it
	Counter     string
	GivenAt     time.Time
	WithdrawnAt time.Time // zero while it stands
}

// Withdrawn reports whether it has been taken back.
func (c Consent) Withdrawn() bool { return !c.WithdrawnAt.IsZero() }

// Mandate is by what right somebody applied for the person of an application, on the day it was sent.
type Mandate struct {
	For      policy.Principal
	Relation policy.Relation
	Child    bool // under the age at which a guardian must consent
	Consents []Consent
}

// Withdrawn reports whether a consent has been taken back.
func (m Mandate) Withdrawn(code string) bool {
	for _, c := range m.Consents {
		if c.Code == code && c.Withdrawn() {
			return true
		}
	}
	return false
}

// Mandate is what the answers make of the agent, once they are good: with the consents that were given, still without ids.
func (d Draft) Mandate(r *policy.Ruleset, counter string, now time.Time) Mandate {
	day := civic.DateOf(now)
	m := Mandate{For: d.Principal(r, day), Relation: d.Agent.Relation}
	for _, rule := range d.ConsentsAsked(r, day) {
		m.Child = m.Child || rule.Code == policy.ConsentChild
		m.Consents = append(m.Consents, Consent{Code: rule.Code, Wording: rule.Version, Relation: d.Agent.Relation, Counter: counter, GivenAt: now})
	}
	return m
}

// Acceptable refuses to accept an application whose consent was withdrawn before: without it there is nothing to go on with by proxy, and the
// person comes to the window, or the station to the person.
func (m Mandate) Acceptable() error {
	for _, c := range m.Consents {
		if c.Withdrawn() {
			return Refusal{Code: "consent_withdrawn"}
		}
	}
	return nil
}
