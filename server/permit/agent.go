package permit

import (
	"slices"

	"anju/server/civic"
	"anju/server/policy"
)

// Agent is who applies for somebody else, the principal (代办人和委托人, Decree 663 Art. 9): a guardian or near relative of a person under
// 16, or of an older or disabled person who has difficulty moving.
type Agent struct {
	Name         string           `json:"name,omitempty"`
	IDNumber     string           `json:"id_number,omitempty"`
	Relation     policy.Relation  `json:"relation,omitempty"`
	Reason       policy.Principal `json:"reason,omitempty"` // policy.Older or policy.Disabled; a minor needs none. NoReason: the person moves without difficulty
	Declared     bool             `json:"declared,omitempty"`
	Consents     []string         `json:"consents,omitempty"`       // codes of policy.ConsentRule that were given
	ReadByDevice string           `json:"read_by_device,omitempty"` // kiosk device that read the card; empty when typed
}

// NoReason answers that moving gives the person no difficulty: then nobody acts for them.
const NoReason policy.Principal = "none"

// agentFrom is the age at which somebody can act for another without consent of their own guardian (Civil Code Art. 17, 18).
const agentFrom = 18

// Age is how many full years old the applicant is, by the number, on a day; known is false while the number is not a good one. Born on 29
// February, one is a year older on 28 February where there is no 29th.
func (d Draft) Age(day civic.Date) (years int, known bool) {
	id, err := civic.ParseCitizenID(d.IDNumber, day)
	if err != nil {
		return 0, false
	}
	return day.YearsSince(id.Born()), true
}

// Principal is the group that the person applied for belongs to: a minor by age, else by the answer. Empty while neither is known.
func (d Draft) Principal(r *policy.Ruleset, day civic.Date) policy.Principal {
	years, known := d.Age(day)
	switch {
	case d.Agent == nil || !known:
		return ""
	case years < r.Proxies.MinorBelow:
		return policy.Minor
	}
	return d.Agent.Reason
}

// AgentRelations are the relations of which the agent chooses; those that may act for a group that is not known yet are all of them.
func (d Draft) AgentRelations(r *policy.Ruleset, day civic.Date) []policy.Relation {
	who := d.Principal(r, day)
	if who == "" || who == NoReason {
		who = policy.Older
	}
	return r.Proxies.Relations(who, string(d.Business()))
}

// ConsentsAsked are the consents that the agent must give for the person, each by itself.
func (d Draft) ConsentsAsked(r *policy.Ruleset, day civic.Date) []policy.ConsentRule {
	years, known := d.Age(day)
	if d.Agent == nil || !known {
		return nil
	}
	return r.Proxies.ConsentsFor(d.Principal(r, day), years)
}

// ProxyBasis is the rule by which the agent acts, once the answers are good.
func (d Draft) ProxyBasis(r *policy.Ruleset, day civic.Date) (policy.ProxyRule, bool) {
	if d.Agent == nil {
		return policy.ProxyRule{}, false
	}
	return r.Proxies.May(d.Principal(r, day), string(d.Business()), d.Agent.Relation)
}

// BelowOlder reports that somebody is acted for as an older person who is younger than older people ordinarily are. No text sets that age:
// it is for the officer to look at, and no reason to refuse.
func (d Draft) BelowOlder(r *policy.Ruleset, day civic.Date) bool {
	years, known := d.Age(day)
	return known && d.Principal(r, day) == policy.Older && years < r.Proxies.OlderFrom
}

// needsGuardian reports that the applicant is so young that only an agent who may consent can apply (PIPL Art. 31).
func (d Draft) needsGuardian(r *policy.Ruleset, day civic.Date) bool {
	years, known := d.Age(day)
	return known && d.Agent == nil && slices.ContainsFunc(r.Proxies.Consents, func(c policy.ConsentRule) bool { return years < c.Below })
}

// SetAgent says whether somebody else applies. Who had begun as the applicant becomes the agent, and the other way round: nothing is typed twice.
func (d *Draft) SetAgent(other bool) {
	if other == (d.Agent != nil) {
		return
	}
	if other {
		d.Agent = &Agent{Name: d.Name, IDNumber: d.IDNumber, ReadByDevice: d.ReadByDevice}
		d.Name, d.IDNumber, d.EthnicGroup, d.ReadByDevice = "", "", "", ""
		return
	}
	d.Name, d.IDNumber, d.ReadByDevice, d.EthnicGroup = d.Agent.Name, d.Agent.IDNumber, d.Agent.ReadByDevice, ""
	d.Agent = nil
}

// ActsOn judges whether an agent, by the mandate of the application that a permit was issued on, may do a kind of business for its holder on
// a day: a child grows up, and most rules name applying only.
func (m Mandate) ActsOn(kind string, holder civic.CitizenID, r *policy.Ruleset, day civic.Date) error {
	who := m.For
	if who == policy.Minor && day.YearsSince(holder.Born()) >= r.Proxies.MinorBelow {
		return Refusal{Code: "agent_grown", Clause: r.Proxies.Rules[0].Clause}
	}
	if _, ok := r.Proxies.May(who, kind, m.Relation); !ok {
		return Refusal{Code: "agent_kind", Clause: r.Proxies.Rules[0].Clause}
	}
	return nil
}

// agent is the agent, or nobody.
func (d Draft) agent() Agent {
	if d.Agent == nil {
		return Agent{}
	}
	return *d.Agent
}

// sameMandate reports that other answers leave the right to act what it was when the application was sent: the same group, as near a
// relation, the same consents.
func (d Draft) sameMandate(before Draft, r *policy.Ruleset, day civic.Date) bool {
	asked := func(d Draft) (codes []string) {
		for _, c := range d.ConsentsAsked(r, day) {
			codes = append(codes, c.Code)
		}
		return codes
	}
	return d.Principal(r, day) == before.Principal(r, day) && slices.Equal(asked(d), asked(before))
}

func (d Draft) checkAgent(r *policy.Ruleset, today civic.Date) Faults {
	if d.Agent == nil {
		return nil
	}
	a := *d.Agent
	_, err := civic.ParseName(a.Name)
	faults := problem("agent_name", err)
	id, err := civic.ParseCitizenID(a.IDNumber, today)
	switch {
	case err != nil:
		faults = append(faults, problem("agent_id_number", err)...)
	case today.YearsSince(id.Born()) < agentFrom:
		faults = append(faults, Fault{"agent_id_number", "agent_young"})
	case a.IDNumber == d.IDNumber:
		faults = append(faults, Fault{"agent_id_number", "agent_same"})
	}
	who := d.Principal(r, today)
	switch who {
	case policy.Minor, policy.Older, policy.Disabled:
	case NoReason: // Decree 663 Art. 9 names no other group: a competent adult who can come comes
		faults = append(faults, Fault{"agent_reason", "agent_not_needed"})
	default:
		faults = append(faults, Fault{"agent_reason", "agent_reason_choose"})
	}
	if !slices.Contains(d.AgentRelations(r, today), a.Relation) {
		faults = append(faults, Fault{"agent_relation", "agent_relation_choose"})
	}
	for _, c := range d.ConsentsAsked(r, today) {
		switch {
		case len(c.By) > 0 && a.Relation != "" && !slices.Contains(c.By, a.Relation):
			faults = append(faults, Fault{"agent_relation", "agent_guardian_only"})
		case !slices.Contains(a.Consents, c.Code):
			faults = append(faults, Fault{"consent_" + c.Code, "consent_" + c.Code})
		}
	}
	if !a.Declared {
		faults = append(faults, Fault{"agent_declared", "agent_declare"})
	}
	return faults
}
