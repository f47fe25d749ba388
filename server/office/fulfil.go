package office

import (
	"context"
	"encoding/json"
	"errors"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
)

// concerned locks the permit that an application is about, and refuses what it no longer allows. Nil for a first permit.
func (o *Office) concerned(ctx context.Context, tx Tx, actor access.Actor, a permit.Application) (*PermitCase, error) {
	if a.OfPermit == "" {
		return nil, nil
	}
	found, err := tx.LockPermit(ctx, PermitFinder{Jurisdiction: a.Jurisdiction, Number: a.OfPermit, Anyone: true}, o.entry(actor, ledger.Viewed, "decision"))
	if err != nil {
		return nil, err
	}
	return &found, a.Needs(found.Permit, o.now())
}

// movedOn allows to end a case because of its permit only where the permit no longer allows the business.
func (o *Office) movedOn(ctx context.Context, tx Tx, actor access.Actor, a permit.Application, reason string) error {
	if reason != permit.ReasonPermitMoved || a.OfPermit == "" {
		return nil
	}
	_, err := o.concerned(ctx, tx, actor, a)
	var refused permit.Refusal
	switch {
	case errors.As(err, &refused): // which is the reason
		return nil
	case err == nil:
		return permit.Refusal{Code: "permit_stands"}
	}
	return err
}

// fulfil does at the grant what a business without a card is about: the new address is entered into the permit. What is signed about it is
// signed anew where that has changed.
func (o *Office) fulfil(ctx context.Context, tx Tx, actor access.Actor, a permit.Application, of PermitCase, by permit.Officer) error {
	own, err := o.Ruleset(of.Permit.Ruleset)
	if err != nil {
		return err
	}
	before, err := tx.FindApplication(ctx, Finder{Jurisdiction: a.Jurisdiction, Reference: of.Reference, IDNumber: of.Holder.IDNumber}, o.entry(actor, ledger.Viewed, "decision"))
	if err != nil {
		return err
	}
	c, err := permit.ChangeAddress(a, of.Permit, permit.Move{Residence: AddressLine(a.Particulars), County: before.Application.Particulars.County}, by, own, o.now())
	if err != nil {
		return err
	}
	var claims []byte
	if c.Permit.IssuedOn != of.Permit.IssuedOn {
		if claims, err = json.Marshal(claimsOf(c.Permit, of.Holder)); err != nil {
			return err
		}
	}
	if err := tx.SavePermit(ctx, c); err != nil {
		return err
	}
	if err := tx.MovePermit(ctx, c.Permit, a.ID, claims); err != nil {
		return err
	}
	return tx.Record(ctx, o.lifeEntries(actor, a.Account, a.Station, c)...)
}

// follow ends the permit in whose place another comes.
func (o *Office) follow(ctx context.Context, tx Tx, actor access.Actor, old permit.Change, account, station string) error {
	if len(old.Events) == 0 {
		return nil
	}
	if err := tx.SavePermit(ctx, old); err != nil {
		return err
	}
	return tx.Record(ctx, o.lifeEntries(actor, account, station, old)...)
}
