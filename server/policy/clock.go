package policy

import "anju/server/civic"

// HalfYearOn is the first day on which a residence registered on a day has lasted half a year: the
// corresponding day six months later, the month's last day where there is none (Civil Code 202), or
// 183 days later in a ruleset that counts days. Zero where a half year is only intended (zibo-2014).
func (r *Ruleset) HalfYearOn(registered civic.Date) civic.Date {
	switch {
	case registered.IsZero():
		return civic.Date{}
	case r.HalfYear.Months > 0:
		return registered.AddMonths(r.HalfYear.Months)
	case r.HalfYear.Days > 0:
		return registered.AddDays(r.HalfYear.Days)
	}
	return civic.Date{}
}

// EndorsementAnchor is the day from which endorsement years count, by the ruleset's rule: the day
// of issue, or that on which residence began. Zero where permits are not endorsed.
func (r *Ruleset) EndorsementAnchor(issued, residentSince civic.Date) civic.Date {
	if r.Endorsement == nil {
		return civic.Date{}
	}
	if r.Endorsement.Anchor.CountedFrom == "residence" {
		return residentSince
	}
	return issued
}

// EndorsementWindow is when the first endorsement after the anchor is made: from one month before
// the full year to that day, both included (Decree 663 第十条 "每满1年之日前1个月内"). ok is false
// where permits are not endorsed (zibo-2014).
func (r *Ruleset) EndorsementWindow(anchor civic.Date) (opens, due civic.Date, ok bool) {
	return r.endorsementWindow(anchor, 1)
}

// EndorsementWindowAfter is the first window whose due day lies after a day. Every due day is
// counted from the anchor, so that 29 February keeps its day in leap years.
func (r *Ruleset) EndorsementWindowAfter(anchor, after civic.Date) (opens, due civic.Date, ok bool) {
	n := 1
	for opens, due, ok = r.endorsementWindow(anchor, n); ok && !due.After(after); n++ {
		opens, due, ok = r.endorsementWindow(anchor, n+1)
	}
	return opens, due, ok
}

func (r *Ruleset) endorsementWindow(anchor civic.Date, n int) (opens, due civic.Date, ok bool) {
	if r.Endorsement == nil || anchor.IsZero() {
		return civic.Date{}, civic.Date{}, false
	}
	due = anchor.AddMonths(n * r.Endorsement.EveryMonths)
	return due.AddMonths(-r.Endorsement.WindowMonths), due, true
}

// ValidUntil is the last day of a permit's term, the corresponding day of its last year (zibo-2014
// 二 "有效期限分别为1年、3年"). Zero for a permit without term and for an unknown tier.
func (r *Ruleset) ValidUntil(tier string, issued civic.Date) civic.Date {
	t, ok := r.Tier(tier)
	if !ok || t.TermYears == 0 || issued.IsZero() {
		return civic.Date{}
	}
	return issued.AddMonths(12 * t.TermYears)
}

// FeeFor is the fee of one kind of business on a day; ok is false where none is laid down.
func (r *Ruleset) FeeFor(kind string, on civic.Date) (fee Fee, ok bool) {
	for _, f := range r.Fees {
		if f.Kind == kind && !on.Before(f.From) && (f.To.IsZero() || !on.After(f.To)) {
			return f, true
		}
	}
	return Fee{}, false
}
