package office

import (
	"context"
	"slices"

	"anju/server/access"
	"anju/server/policy"
)

// GovernmentDuty is how the duty of a government to publish stands today.
type GovernmentDuty struct {
	Government string
	Ruleset    *policy.Ruleset
	Duty       policy.Duty
	Last       *Release // without entries; nil when none is known
}

// PublicationDuties says how the duties of a city's governments stand, the city's own first.
func (o *Office) PublicationDuties(ctx context.Context, jurisdiction string) (list []GovernmentDuty, err error) {
	r, _, err := o.InForce(jurisdiction)
	if err != nil {
		return nil, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		latest, err := tx.LatestReleases(ctx, jurisdiction)
		for _, government := range r.Governments() {
			d := GovernmentDuty{Government: government, Ruleset: r}
			if i := slices.IndexFunc(latest, func(one Release) bool { return one.Government == government }); i >= 0 {
				d.Last = &latest[i]
				d.Duty.Last = latest[i].ReleasedOn
			}
			d.Duty = r.PublicationDuty(government, d.Duty.Last, o.Today())
			list = append(list, d)
		}
		return err
	})
	return list, err
}

// PressingDuties are those of the actor's governments that are due soon or overdue.
func (o *Office) PressingDuties(ctx context.Context, actor access.Actor) (list []GovernmentDuty, err error) {
	desks := o.Desks(actor)
	var cities []string
	for _, d := range desks {
		if slices.Contains(cities, d.Jurisdiction) {
			continue
		}
		cities = append(cities, d.Jurisdiction)
		all, err := o.PublicationDuties(ctx, d.Jurisdiction)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			if one.Duty.Pressing() && slices.ContainsFunc(desks, func(d Desk) bool { return d.Government == one.Government }) {
				list = append(list, one)
			}
		}
	}
	return list, nil
}
