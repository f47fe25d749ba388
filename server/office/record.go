package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// restOnRecord takes the date of a draft from the registration on record: of the account's own on the portal, of whoever's card was read at a
// kiosk. Whoever only types a number learns nothing of its owner.
func (o *Office) restOnRecord(ctx context.Context, tx Tx, p *PreApplication) error {
	var account string
	if p.OwnerKind == access.Citizen {
		account = p.Owner
	}
	p.Registration = nil
	if p.Draft.IDNumber != "" && (account != "" || p.Draft.ReadByDevice != "") {
		view := o.entry(access.Actor{Kind: p.OwnerKind, ID: p.Owner}, ledger.Viewed, "draft")
		reg, err := tx.LiveRegistration(ctx, p.Jurisdiction, civic.CitizenID(p.Draft.IDNumber), account, view)
		if err == nil {
			p.Registration = &reg
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	p.Draft = p.Draft.RestingOn(p.Registration)
	return nil
}

// recordOf is the registration of an applicant that counts, for the officers of the case; nil where there is none.
func (o *Office) recordOf(ctx context.Context, actor access.Actor, a permit.Application) (found *permit.Registration, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		reg, err := tx.LiveRegistration(ctx, a.Jurisdiction, civic.CitizenID(a.Particulars.IDNumber), "", o.entry(actor, ledger.Viewed, "case"))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		found = &reg
		return err
	})
	return found, err
}

// OwnRegistration returns the citizen's registration in a city that counts, for questions that need its date. ErrNotFound where there is none
// or, because children are registered along, where it is not plain whose is asked about.
func (o *Office) OwnRegistration(ctx context.Context, actor access.Actor, city string) (permit.Registration, error) {
	list, err := o.OwnRegistrations(ctx, actor)
	if err != nil {
		return permit.Registration{}, err
	}
	for _, f := range list {
		if f.Jurisdiction == city && f.Live() && f.Household == f.ID {
			return f.Registration, nil
		}
	}
	return permit.Registration{}, ErrNotFound
}
