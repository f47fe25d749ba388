package office

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// Issue hands the permit over (发放): the permit begins, its credential is prepared, and then signed. How it changed hands is kept.
func (o *Office) Issue(ctx context.Context, actor access.Actor, d Decision, h permit.Handover) (Case, error) {
	c, err := o.decide(ctx, actor, d, access.Issuer, ledger.Issued, func(tx Tx, c Case, by permit.Officer, r *policy.Ruleset) (permit.Application, permit.Event, error) {
		kept, err := o.handed(h, c.Person.IDNumber)
		if err != nil {
			return c.Application, permit.Event{}, err
		}
		a, event, err := o.issue(ctx, tx, actor, c, d, by, r)
		if err != nil {
			return a, event, err
		}
		return a, event, tx.CreateHandover(ctx, a, kept)
	}, "issued")
	if err == nil {
		o.signSoon(ctx)
	}
	return c, err
}

// signSoon signs what a decision has prepared. The decision stands whether or not the signer answers now: what is prepared is signed at the
// next chance.
func (o *Office) signSoon(ctx context.Context) {
	if err := o.SignPrepared(ctx); err != nil {
		o.Log.Error("a permit waits to be signed", "err", err)
	}
}

func (o *Office) issue(ctx context.Context, tx Tx, actor access.Actor, c Case, d Decision, by permit.Officer, r *policy.Ruleset) (permit.Application, permit.Event, error) {
	a := c.Application
	of, err := o.concerned(ctx, tx, actor, a)
	if err != nil {
		return a, permit.Event{}, err
	}
	if err := o.paid(ctx, tx, a); err != nil {
		return a, permit.Event{}, err
	}
	if a.Kind == permit.KindRenew && !d.HandedBack && a.State == permit.ToCollect { // Decree 663 Art. 11: 应当交回原证
		return a, permit.Event{}, permit.Faults{{Field: "handed_back", Code: "handed_back"}}
	}
	station, err := tx.Station(ctx, a.Jurisdiction, a.Station)
	if err != nil {
		return a, permit.Event{}, err
	}
	p := permit.Permit{Issuer: station.Issuer, Residence: AddressLine(a.Particulars)}
	rand.Read(p.Token[:])
	if p.StatusList, p.StatusIndex, err = tx.NextStatusIndex(ctx, a.Jurisdiction); err != nil {
		return a, permit.Event{}, err
	}
	serial, err := tx.NextSerial(ctx, a.Jurisdiction, a.Particulars.County, o.Today().Year())
	if err != nil {
		return a, permit.Event{}, err
	}
	p.Number = permit.NewNumber(a.Particulars.County, o.Today().Year(), serial)
	lines, err := tx.ResidenceOf(ctx, a.Jurisdiction, a.Person)
	if err != nil {
		return a, permit.Event{}, err
	}
	var next permit.Application
	var event permit.Event
	if of == nil {
		next, p, event, err = permit.Issue(a, p, by, r, o.now())
	} else {
		var old permit.Change
		if next, p, event, old, err = permit.IssueAfter(a, p, of.Permit, by, r, o.now()); err == nil {
			err = o.follow(ctx, tx, actor, old, of.Account, of.Station)
		}
	}
	if err != nil {
		return a, event, err
	}
	line := permit.FirstInterval(next, p, r)
	if of != nil || !permit.AsksRegistration(r) { // a term that has run out ends no residence
		line = permit.CarriedInterval(next, p, lines, r)
	}
	claims, err := json.Marshal(claimsOf(p, c.Person))
	if err != nil {
		return a, event, err
	}
	return next, event, tx.CreatePermit(ctx, permit.Begin(p, event, line), claims)
}

// AddressLine writes a residence address in one line, from the county to the door.
func AddressLine(d permit.Draft) string {
	var b strings.Builder
	for _, code := range []string{d.County, d.Street, d.Community} {
		if division, ok := civic.DivisionByCode(code); ok {
			b.WriteString(division.Name)
		}
	}
	return b.String() + d.Detail
}

// Permits returns the permits of a citizen, the newest first.
func (o *Office) Permits(ctx context.Context, actor access.Actor) (permits []PermitCase, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		permits, err = tx.PermitsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "permit"))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, p := range permits {
		if len(p.Signed) > 0 {
			continue
		}
		if err := o.SignPrepared(ctx); err != nil {
			return permits, nil // shown without its code; the page says that it follows
		}
		return o.Permits(ctx, actor)
	}
	return permits, nil
}

// Permit returns the newest permit of a citizen, or the one with the number.
func (o *Office) Permit(ctx context.Context, actor access.Actor, number string) (PermitCase, error) {
	permits, err := o.Permits(ctx, actor)
	if err != nil {
		return PermitCase{}, err
	}
	for _, p := range permits {
		if number == "" || p.Permit.Number == number {
			return p, nil
		}
	}
	return PermitCase{}, ErrNotFound
}
