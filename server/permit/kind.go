package permit

import (
	"cmp"
	"slices"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Kind is the kind of business that an application is about.
type Kind string

// The kinds. Endorsement, loss report and cancellation are done to a permit at once, without an application.
const (
	KindIssue   Kind = "issue"   // 申领, also anew after a term has run out
	KindRenew   Kind = "renew"   // 换领: a new card for one that is handed back (Decree 663 Art. 11)
	KindReplace Kind = "replace" // 补领: a new card for one that was lost
	KindChange  Kind = "change"  // 变更 of the address of residence: no new card
)

// The reasons of a renewal.
const (
	WhyDamaged     = "damaged"     // the card is damaged or cannot be read
	WhyParticulars = "particulars" // name, ethnic group or hukou have changed
	WhyTerm        = "term"        // its term ends
	WhyStep        = "step"        // from a one-year permit to a three-year one
)

// Kinds lists them in the order in which they are shown.
func Kinds() []Kind { return []Kind{KindIssue, KindRenew, KindReplace, KindChange} }

// Cards reports whether the business ends with a card that is handed over.
func (k Kind) Cards() bool { return k != KindChange }

// Business is the kind of business that the draft is about. Drafts that were sealed before there were kinds are about a first permit.
func (d Draft) Business() Kind { return cmp.Or(d.Kind, KindIssue) }

// anew reports whether the business rests on a right that is examined again, not on the one that the permit shows already.
func (d Draft) anew() bool {
	return d.Business() == KindIssue || d.Why == WhyTerm || d.Why == WhyStep
}

// AsksLaw reports whether the law is asked about the answers. For a new card in the place of another nothing of the right is examined
// (Decree 663 Art. 11 asks for the old card or the loss alone).
func (d Draft) AsksLaw() bool { return d.anew() || d.Business() == KindChange }

// Lawful reports whether an answer of the law lets the business go on. An address is changed by whoever holds a permit: only where the holder
// lives and on which ground is new.
func (d Draft) Lawful(law policy.EligibilityAnswer) bool {
	switch {
	case !d.AsksLaw():
		return true
	case d.Business() == KindChange:
		return !slices.ContainsFunc(law.Reasons, func(r policy.Reason) bool {
			return r.Met == policy.No && (r.Rule == "scope" || r.Rule == "ground" || r.Rule == "ground_3y")
		})
	}
	return law.Verdict == policy.Eligible && slices.Contains(law.Tiers, d.Tier) // Zhangzhou 二(二), Zibo 二
}

// Opening is a kind of business that can be done with a permit, now or later.
type Opening struct {
	Kind Kind
	Why  string     // of a renewal
	Code string     // why it is not open; empty when it is
	From civic.Date // the day on which it opens, where only time is missing
}

// Open reports whether it can be applied for now.
func (o Opening) Open() bool { return o.Code == "" }

// Openings lists what can be applied for with a permit that has not ended. own is the ruleset under which it was issued, r the one in force, by
// which a new right is judged: they differ once a permit outlives its document (Decree 663 Art. 23).
func Openings(p Permit, own, r *policy.Ruleset, now time.Time) []Opening {
	p = Settle(p, now).Permit
	offer := func(kind Kind, why string, statuses ...Status) Opening {
		o := Opening{Kind: kind, Why: why}
		if err := p.needs(statuses...); err != nil {
			o.Code = err.(Refusal).Code
		}
		return o
	}
	if p.needs(Active, Suspended, Lost) != nil {
		return nil
	}
	list := []Opening{offer(KindRenew, WhyDamaged, Active, Suspended), offer(KindRenew, WhyParticulars, Active, Suspended)}
	if from, ok := p.renewable(own); ok {
		term := offer(KindRenew, WhyTerm, Active, Suspended)
		if civic.DateOf(now).Before(from) && term.Open() {
			term.Code, term.From = "early", from
		}
		list = append(list, term)
	}
	if _, ok := p.Above(r); ok {
		list = append(list, offer(KindRenew, WhyStep, Active, Suspended))
	}
	// An address is changed while the permit is in use: across counties the day of issue may begin anew, which must not undo a suspension.
	return append(list, offer(KindReplace, "", Active, Suspended, Lost), offer(KindChange, "", Active))
}

// OpeningOf is one of the offers; one that does not exist for the permit is a Refusal.
func OpeningOf(p Permit, kind Kind, why string, own, r *policy.Ruleset, now time.Time) (Opening, error) {
	for _, o := range Openings(p, own, r, now) {
		if o.Kind == kind && o.Why == why {
			if !o.Open() {
				return o, Refusal{Code: o.Code}
			}
			return o, nil
		}
	}
	if err := Settle(p, now).Permit.needs(Active, Suspended, Lost); err != nil {
		return Opening{}, err
	}
	return Opening{}, Refusal{Code: "not_offered"}
}

// renewable is the day from which a permit that runs out is renewed; ok is false for one without term.
func (p Permit) renewable(own *policy.Ruleset) (from civic.Date, ok bool) {
	if p.ValidUntil.IsZero() || own.TermRenewal == nil {
		return civic.Date{}, false
	}
	return p.ValidUntil.AddMonths(-own.TermRenewal.WindowMonths), true
}

// Above is the tier that the holder of a permit may step up to at any time, on one of the three-year grounds (Zibo 二).
func (p Permit) Above(r *policy.Ruleset) (policy.Tier, bool) {
	at := slices.IndexFunc(r.Tiers, func(t policy.Tier) bool { return t.Code == p.Tier })
	if at < 0 {
		return policy.Tier{}, false
	}
	for _, t := range r.Tiers[at+1:] {
		if t.Granted() && t.ThreeYearGround {
			return t, true
		}
	}
	return policy.Tier{}, false
}

// Needs refuses a decision on an application whose permit has meanwhile become something that the business cannot be done to: cancelled,
// replaced by another, found again, or lost.
func (a Application) Needs(p Permit, now time.Time) error {
	p = Settle(p, now).Permit
	switch {
	case a.Kind == KindReplace:
		return p.needs(Lost)
	case a.Kind == KindChange:
		return p.needs(Active)
	case a.Kind == KindRenew && a.Particulars.anew(): // applied for in time, and the term may run out meanwhile
		return p.needs(Active, Suspended, Expired)
	case a.Kind == KindRenew:
		return p.needs(Active, Suspended)
	}
	return nil
}
