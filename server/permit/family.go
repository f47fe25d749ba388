package permit

import (
	"slices"

	"anju/server/civic"
	"anju/server/policy"
)

// HouseholdKinds are the kinds of documents that show a ground for everybody who lives at an address: the home, not the work or the school.
func HouseholdKinds(r *policy.Ruleset) []EvidenceKind {
	var kinds []EvidenceKind
	for _, rule := range []*policy.GroundRule{r.Grounds, r.ThreeYearGrounds} {
		if rule == nil {
			continue
		}
		for _, g := range rule.List {
			for _, e := range g.Evidence {
				if kind := EvidenceKind(e.Code); g.Household && !slices.Contains(kinds, kind) {
					kinds = append(kinds, kind)
				}
			}
		}
	}
	return kinds
}

// Relative begins the draft of somebody of the same household: where they live and come from, since when, and the grounds of the home. Who
// they are is asked. With acts set whoever applied before applies for them too; the relation and all declarations are asked anew.
func (d Draft) Relative(r *policy.Ruleset, acts bool, today civic.Date) Draft {
	next := Draft{Jurisdiction: d.Jurisdiction, Ruleset: r.ID, HukouDivision: d.HukouDivision, County: d.County, Street: d.Street, Community: d.Community, Detail: d.Detail,
		RegisteredOn: d.RegisteredOn, Intends: d.Intends}
	if tiers := TierChoices(r); len(tiers) == 1 {
		next.Tier = tiers[0].Code
	} else if tier, ok := r.Tier(d.Tier); ok {
		next.Tier = tier.Code
	}
	for _, g := range next.GroundChoices(r) {
		if g.Household && slices.Contains(d.Grounds, g.Code) {
			next.Grounds = append(next.Grounds, g.Code)
		}
	}
	if !acts {
		return next
	}
	next.Agent = &Agent{}
	if years, known := d.Age(today); d.Agent != nil {
		next.Agent.Name, next.Agent.IDNumber = d.Agent.Name, d.Agent.IDNumber
	} else if known && years >= agentFrom {
		next.Agent.Name, next.Agent.IDNumber = d.Name, d.IDNumber
	}
	return next
}
