package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// FeeTx keeps what applications owe.
type FeeTx interface {
	// Fee returns what an application owes, ErrNotFound where it owes nothing.
	Fee(ctx context.Context, jurisdiction, application string) (permit.Fee, error)
	AddFee(ctx context.Context, a permit.Application, f permit.Fee) error
	// SaveFee stores a payment or a refund; a reference that was used in the city before is Conflict "payment_known".
	SaveFee(ctx context.Context, a permit.Application, f permit.Fee) error
}

// owe writes down, at acceptance, what an application costs, and returns the yuan.
func (o *Office) owe(ctx context.Context, tx Tx, a permit.Application, r *policy.Ruleset) (int, error) {
	fee, ok := permit.FeeOf(a.Kind, r, civic.DateOf(a.SubmittedAt))
	if !ok {
		return 0, nil
	}
	return fee.Yuan, tx.AddFee(ctx, a, permit.Fee{Yuan: fee.Yuan, DueOn: a.AcceptedOn})
}

// feeOf is what an application owes; nil where it owes nothing.
func feeOf(ctx context.Context, tx Tx, a permit.Application) (*permit.Fee, error) {
	f, err := tx.Fee(ctx, a.Jurisdiction, a.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return &f, err
}

// paid refuses to hand over a card that has not been paid for.
func (o *Office) paid(ctx context.Context, tx Tx, a permit.Application) error {
	f, err := feeOf(ctx, tx, a)
	if err == nil && f != nil && f.State(a) == permit.FeeDue {
		err = permit.Refusal{Code: "fee_unpaid", Clause: "Decree 663 Art. 21"}
	}
	return err
}

// feeRoles take payments at the window and give them back.
var feeRoles = []access.Role{access.Acceptor, access.Issuer}

// Pay records that the fee of an application was paid, with the reference of the payment. The same reference again is the second of two taps.
func (o *Office) Pay(ctx context.Context, actor access.Actor, reference, payment string) error {
	payment = permit.NormalReference(payment)
	return o.charge(ctx, actor, reference, ledger.Paid, func(a permit.Application, f permit.Fee, by permit.Officer) (permit.Fee, bool, error) {
		if f.Reference == payment && payment != "" {
			return f, true, nil
		}
		f, err := permit.Pay(a, f, payment, by, o.Today())
		return f, false, err
	})
}

// Refund records that the fee was given back, because the application ended against the applicant.
func (o *Office) Refund(ctx context.Context, actor access.Actor, reference, payment string) error {
	payment = permit.NormalReference(payment)
	return o.charge(ctx, actor, reference, ledger.Refunded, func(a permit.Application, f permit.Fee, by permit.Officer) (permit.Fee, bool, error) {
		if f.RefundReference == payment && payment != "" {
			return f, true, nil
		}
		f, err := permit.Refund(a, f, payment, by, o.Today())
		return f, false, err
	})
}

// charge is what both have in common: one transaction that locks the case at the officer's stations, asks the law, saves and enters.
func (o *Office) charge(ctx context.Context, actor access.Actor, reference string, action ledger.Action,
	verb func(permit.Application, permit.Fee, permit.Officer) (_ permit.Fee, again bool, _ error)) error {
	if !actor.Holds(feeRoles...) {
		return &Error{What: Forbidden, Why: "role"}
	}
	scope := actor.Scope(feeRoles...)
	err := o.Store.Within(ctx, func(tx Tx) error {
		c, err := tx.LockApplication(ctx, Finder{Jurisdiction: scope.Jurisdiction, Reference: reference, Scope: &scope}, o.entry(actor, ledger.Viewed, "fee"))
		if err != nil {
			return err
		}
		a := c.Application
		fee, err := tx.Fee(ctx, a.Jurisdiction, a.ID)
		if err != nil {
			return err
		}
		fee, again, err := verb(a, fee, permit.Officer{ID: actor.ID, Name: actor.Name, Station: a.Station})
		if err != nil || again {
			return judged(err)
		}
		if err := tx.SaveFee(ctx, a, fee); err != nil {
			return err
		}
		e := o.entry(actor, action, "")
		e.Jurisdiction, e.Station, e.Person, e.Account, e.Object = a.Jurisdiction, a.Station, a.Person, a.Account, "application/"+a.Reference
		return tx.Record(ctx, e)
	})
	if errors.Is(err, &Error{What: Conflict, Why: "payment_known"}) {
		return judged(permit.Faults{{Field: "reference", Code: "payment_known"}})
	}
	return err
}
