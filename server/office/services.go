package office

import (
	"context"
	"maps"

	"anju/server/access"
	"anju/server/permit"
	"anju/server/policy"
)

// OwnInquiry is "what can I use" for a citizen's newest permit: what the house knows of the holder is filled in, the rest is unknown.
// Without a permit it is ErrNotFound.
func (o *Office) OwnInquiry(ctx context.Context, actor access.Actor) (*policy.Ruleset, policy.Inquiry, error) {
	c, err := o.Permit(ctx, actor, "")
	if err != nil {
		return nil, policy.Inquiry{}, err
	}
	r, err := o.Ruleset(c.Permit.Ruleset)
	if err != nil {
		return nil, policy.Inquiry{}, err
	}
	residence, err := o.residence(ctx, c.Permit)
	if err != nil {
		return nil, policy.Inquiry{}, err
	}
	today := o.Today()
	facts := o.Book.FactsOfAge(today.YearsSince(c.Holder.IDNumber.Born()))
	confirmed, err := o.confirmedFacts(ctx, actor, r, c)
	if err != nil {
		return nil, policy.Inquiry{}, err
	}
	maps.Copy(facts, confirmed)
	return r, policy.Inquiry{For: policy.Self, Tier: c.Permit.Tier, Status: serviceStatus(c.Permit.StatusOn(today)), ResidentSince: residence.Since(today),
		Facts: facts}, nil
}

// residence are the lines of residence of a permit's holder.
func (o *Office) residence(ctx context.Context, p permit.Permit) (list permit.Residence, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.ResidenceOf(ctx, p.Jurisdiction, p.Person)
		return err
	})
	return list, err
}

// serviceStatus is what a permit's status means for services: one that another has replaced opens nothing any more.
func serviceStatus(s permit.Status) policy.PermitStatus {
	if s == permit.Superseded {
		return policy.PermitCancelled
	}
	return policy.PermitStatus(s)
}
