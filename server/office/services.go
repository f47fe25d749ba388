package office

import (
	"context"

	"anju/server/access"
	"anju/server/policy"
)

// Entitlements answers "what can I use" for a citizen's permit: the facts we hold are filled in, the others are unknown. Without a
// permit it answers for the city's ruleset in force.
func (o *Office) Entitlements(ctx context.Context, actor access.Actor, number string) (PermitCase, *policy.Ruleset, policy.EntitlementAnswer, error) {
	c, err := o.Permit(ctx, actor, number)
	if err != nil {
		return c, nil, policy.EntitlementAnswer{}, err
	}
	r, err := o.Ruleset(c.Permit.Ruleset)
	if err != nil {
		return c, nil, policy.EntitlementAnswer{}, err
	}
	today := o.Today()
	status := policy.PermitStatus(c.Permit.StatusOn(today))
	q := policy.EntitlementQuery{Jurisdiction: c.Permit.Jurisdiction, Ruleset: &r.ID, On: today, ResidentSince: c.Permit.IssuedOn,
		Permit: &policy.PermitFacts{Tier: c.Permit.Tier, IssuedOn: c.Permit.IssuedOn, Status: &status}}
	return c, r, policy.Entitlements(r, r.StatusOn(today, o.Extensions), q), nil
}
