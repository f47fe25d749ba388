package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/permit"
)

// Fee is what an application owes, ErrNotFound where it owes nothing.
func (t *tx) Fee(ctx context.Context, jurisdiction, application string) (f permit.Fee, err error) {
	if err := ids(application); err != nil {
		return f, err
	}
	rows, err := t.q.Query(ctx, `
		select yuan, due_on, paid_on, paid_by, paid_name, payment_reference, refunded_on, refunded_by, refunded_name, refund_reference
		from fee where jurisdiction = $1 and application = $2`, jurisdiction, application)
	if err != nil {
		return f, failed(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Yuan                                                  int
		DueOn                                                 time.Time
		PaidOn, RefundedOn                                    *time.Time
		PaidBy, PaymentReference, RefundedBy, RefundReference *string
		PaidName, RefundedName                                []byte
	}])
	if err != nil {
		return f, failed(err)
	}
	open := t.opener("fee", application)
	f = permit.Fee{Yuan: r.Yuan, DueOn: civil(&r.DueOn), PaidOn: civil(r.PaidOn), PaidBy: permit.Officer{ID: orZero(r.PaidBy), Name: open.text("paid_name", r.PaidName)}, Reference: orZero(r.PaymentReference),
		RefundedOn: civil(r.RefundedOn), RefundedBy: permit.Officer{ID: orZero(r.RefundedBy), Name: open.text("refunded_name", r.RefundedName)}, RefundReference: orZero(r.RefundReference)}
	return f, open.err
}

func (t *tx) AddFee(ctx context.Context, a permit.Application, f permit.Fee) error {
	_, err := t.q.Exec(ctx, `insert into fee (jurisdiction, application, kind, yuan, due_on) values ($1, $2, $3, $4, $5)`, a.Jurisdiction, a.ID, a.Kind, f.Yuan, day(f.DueOn))
	return failed(err)
}

// SaveFee stores a payment or a refund. The caller holds the application, so that of two at once the second finds the first.
func (t *tx) SaveFee(ctx context.Context, a permit.Application, f permit.Fee) error {
	name := func(column string, by permit.Officer) []byte {
		if by.ID == "" {
			return nil
		}
		return t.secrets.seal(place{"fee", a.ID, column}, []byte(by.Name))
	}
	return found(t.q.Exec(ctx, `
		update fee set paid_on = $3, paid_by = $4, paid_name = $5, payment_reference = $6, refunded_on = $7, refunded_by = $8, refunded_name = $9, refund_reference = $10
		where jurisdiction = $1 and application = $2`,
		a.Jurisdiction, a.ID, day(f.PaidOn), orNull(f.PaidBy.ID), name("paid_name", f.PaidBy), orNull(f.Reference), day(f.RefundedOn), orNull(f.RefundedBy.ID),
		name("refunded_name", f.RefundedBy), orNull(f.RefundReference)))
}

// MovePermit stores the address and the dates that a change has given to a permit, with the application that it stands on now and the claims
// that are going to be signed about it; the change itself is saved with SavePermit.
func (t *tx) MovePermit(ctx context.Context, p permit.Permit, application string, claims []byte) error {
	err := found(t.q.Exec(ctx, `update permit set residence = $3, issued_on = $4, stands_on = $5 where jurisdiction = $1 and number = $2`,
		p.Jurisdiction, p.Number, t.secrets.seal(place{"permit", p.Number, "residence"}, []byte(p.Residence)), day(p.IssuedOn), application))
	if err != nil || claims == nil {
		return err
	}
	return found(t.q.Exec(ctx, `update permit_credential set claims = $3, kid = null, signed = null, signed_at = null where jurisdiction = $1 and number = $2`,
		p.Jurisdiction, p.Number, t.secrets.seal(place{"permit_credential", p.Number, "claims"}, claims)))
}
