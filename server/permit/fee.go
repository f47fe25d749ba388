package permit

import (
	"strings"

	"anju/server/civic"
	"anju/server/policy"
)

// FeeState is how a fee stands.
type FeeState string

// The states.
const (
	FeeDue      FeeState = "due"
	FeePaid     FeeState = "paid"
	FeeRefunded FeeState = "refunded"
	FeeWaived   FeeState = "waived" // the application ended against the applicant before it was paid
)

// Fee is the cost fee of a card (证件工本费) that an application owes. A first permit, an endorsement and a change of address owe none
// (Decree 663 Art. 21), so there is no fee of them at all.
type Fee struct {
	Yuan            int
	DueOn           civic.Date // of the acceptance
	PaidOn          civic.Date
	PaidBy          Officer
	Reference       string // of the payment: the number of the fiscal receipt, once in a city
	RefundedOn      civic.Date
	RefundedBy      Officer
	RefundReference string
}

// FeeOf is what an application costs by the ruleset in force on the day on which it was made; ok is false where it is free.
func FeeOf(kind Kind, r *policy.Ruleset, applied civic.Date) (policy.Fee, bool) {
	if kind != KindRenew && kind != KindReplace {
		return policy.Fee{}, false
	}
	fee, ok := r.FeeFor(string(kind), applied)
	return fee, ok && fee.Yuan > 0
}

// State is how the fee of an application stands.
func (f Fee) State(a Application) FeeState {
	switch {
	case !f.RefundedOn.IsZero():
		return FeeRefunded
	case !f.PaidOn.IsZero():
		return FeePaid
	case a.State == Refused:
		return FeeWaived
	}
	return FeeDue
}

// MaxPaymentReference is the longest reference of a payment, in characters.
const MaxPaymentReference = 40

// checkReference takes what stands on a fiscal receipt or a terminal's slip: letters, digits and hyphens.
func checkReference(s string) Faults {
	switch {
	case s == "":
		return Faults{{"reference", "payment_reference_empty"}}
	case len(s) > MaxPaymentReference || strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "":
		return Faults{{"reference", "payment_reference_form"}}
	}
	return nil
}

// NormalReference writes a payment reference as it is kept: in upper case, without blanks.
func NormalReference(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }

// Pay records that the fee was paid at the window, until the card is handed over.
func Pay(a Application, f Fee, reference string, by Officer, today civic.Date) (Fee, error) {
	if faults := checkReference(reference); len(faults) > 0 {
		return f, faults
	}
	switch state := f.State(a); {
	case state != FeeDue || a.AcceptedOn.IsZero() || !a.State.Open():
		return f, Refusal{Code: "fee_" + string(state)}
	}
	f.PaidOn, f.PaidBy, f.Reference = today, by, reference
	return f, nil
}

// Refund records that a fee that was paid has been given back, because the application ended against the applicant.
func Refund(a Application, f Fee, reference string, by Officer, today civic.Date) (Fee, error) {
	if faults := checkReference(reference); len(faults) > 0 {
		return f, faults
	}
	switch state := f.State(a); {
	case state != FeePaid:
		return f, Refusal{Code: "fee_" + string(state)}
	case a.State != Refused:
		return f, Refusal{Code: "fee_no_refund"}
	}
	f.RefundedOn, f.RefundedBy, f.RefundReference = today, by, reference
	return f, nil
}
