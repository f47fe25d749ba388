package store_test

import (
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// What is free by law can owe nothing, whoever writes it; a payment is whole and its reference is used once in a city.
func TestWhatIsFreeOwesNoFee(t *testing.T) {
	d := open(t)
	ctx, c := t.Context(), d.cast()
	number := d.issue(d.submit(c.account.ID, "张小明", citizen(t, 1)), c).Number
	first := d.submit(c.account.ID, "李四", citizen(t, 2))
	of := func(kind permit.Kind, seq int) sent {
		return d.submit(c.account.ID, "王五", citizen(t, seq), func(a *permit.Application) { a.Kind, a.OfPermit = kind, number })
	}
	change, renew, replace := of(permit.KindChange, 3), of(permit.KindRenew, 4), of(permit.KindReplace, 5)
	fee := permit.Fee{Yuan: 20, DueOn: civic.DateOf(now)}
	for _, free := range []sent{first, change} {
		if err := d.try(func(tx office.Tx) error { return tx.AddFee(ctx, free.Application, fee) }); err == nil || !strings.Contains(err.Error(), "fee_kind_costs") {
			t.Errorf("%s owes a fee: %v", free.Kind, err)
		}
		if _, err := d.asOwner(`insert into fee (jurisdiction, application, kind, yuan, due_on) values ($1, $2, 'renew', 20, '2026-11-24')`, city, free.ID); err == nil || !strings.Contains(err.Error(), "fee_application") {
			t.Errorf("%s owes the fee of another kind: %v", free.Kind, err)
		}
	}
	paid := fee
	paid.PaidOn, paid.PaidBy, paid.Reference = fee.DueOn, c.acceptor, "ZZ-1"
	d.do(func(tx office.Tx) error {
		for _, a := range []sent{renew, replace} {
			if err := tx.AddFee(ctx, a.Application, fee); err != nil {
				return err
			}
		}
		return tx.SaveFee(ctx, renew.Application, paid)
	})
	refused(t, d.try(func(tx office.Tx) error { return tx.SaveFee(ctx, replace.Application, paid) }), conflict("payment_known"))
	var got permit.Fee
	d.do(func(tx office.Tx) (err error) { got, err = tx.Fee(ctx, city, renew.ID); return })
	if want := paid; got.PaidBy.Name != want.PaidBy.Name || got.Reference != want.Reference || got.PaidOn != want.PaidOn || got.Yuan != 20 {
		t.Errorf("%+v", got)
	}
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.Fee(ctx, city, first.ID); return err }), office.ErrNotFound)
	for set, constraint := range map[string]string{`yuan = 0`: "fee_yuan", `paid_by = null`: "fee_payment", `refund_reference = 'R'`: "fee_refund", `payment_reference = '票据'`: "fee_reference_form",
		`kind = 'issue'`: "fee_kind_costs", `paid_on = due_on - 1`: "fee_payment"} {
		if _, err := d.asOwner(`update fee set `+set+` where application = $1`, renew.ID); err == nil || !strings.Contains(err.Error(), constraint) {
			t.Errorf("%s: not refused by %s: %v", set, constraint, err)
		}
	}
}

// A permit is followed by one other; only what follows may carry days from before its issue.
func TestNamedChecksOfSuccession(t *testing.T) {
	d := open(t)
	c := d.cast()
	old, other := d.issue(d.submit(c.account.ID, "张小明", citizen(t, 1)), c).Number, d.issue(d.submit(c.account.ID, "李四", citizen(t, 2)), c).Number
	third := d.issue(d.submit(c.account.ID, "王五", citizen(t, 3)), c).Number
	d.owner(`update permit set follows = $1, endorse_from = issued_on - 100, endorse_by = issued_on + 100 where number = $2 returning number`, old, other)
	for _, one := range []struct{ constraint, set, of string }{
		{"permit_follows_once", `follows = '` + old + `'`, third},
		{"permit_follows_another", `follows = number`, third},
		{"permit_follows", `follows = '350602-2026-0999999-K'`, third},
		{"permit_endorsement_years", `endorse_from = issued_on - 1`, third},
		{"permit_stands_on", `stands_on = gen_random_uuid()`, third},
	} {
		if _, err := d.asOwner(`update permit set `+one.set+` where number = $1`, one.of); err == nil || !strings.Contains(err.Error(), one.constraint) {
			t.Errorf("%s: not refused by %s: %v", one.set, one.constraint, err)
		}
	}
}
