package office

import (
	"context"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
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
	since, err := o.residentSince(ctx, actor, c.Permit, r)
	if err != nil {
		return nil, policy.Inquiry{}, err
	}
	today := o.Today()
	return r, policy.Inquiry{For: policy.Self, Tier: c.Permit.Tier, Status: serviceStatus(c.Permit.StatusOn(today)), ResidentSince: since,
		Facts: o.Book.FactsOfAge(today.YearsSince(c.Holder.IDNumber.Born()))}, nil
}

// residentSince is the day from which the holder's residence counts by the ruleset: that of the registration that the permit rests on,
// as the application gave it, or that of issue. Where no registration was asked for it is the day of issue.
func (o *Office) residentSince(ctx context.Context, actor access.Actor, p permit.Permit, r *policy.Ruleset) (civic.Date, error) {
	if r.ResidenceYears.CountedFrom != "registration" {
		return p.IssuedOn, nil
	}
	since := p.IssuedOn
	err := o.Store.Within(ctx, func(tx Tx) error {
		cases, err := tx.ApplicationsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "services"))
		for _, one := range cases {
			if a := one.Application; a.ID == p.Application && !a.Particulars.RegisteredOn.IsZero() {
				since = a.Particulars.RegisteredOn
			}
		}
		return err
	})
	return since, err
}

// serviceStatus is what a permit's status means for services: one that another has replaced opens nothing any more.
func serviceStatus(s permit.Status) policy.PermitStatus {
	if s == permit.Superseded {
		return policy.PermitCancelled
	}
	return policy.PermitStatus(s)
}
