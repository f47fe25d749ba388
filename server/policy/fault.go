package policy

import (
	"maps"
	"regexp"
	"slices"

	"anju/server/civic"
)

// Fault is one bad value of a query: the field as it stands in the JSON ("permit.tier") and why.
type Fault struct {
	Field string
	Code  FaultCode
}

// FaultCode says why a value is refused.
type FaultCode string

// The reasons for refusing a value.
const (
	FaultRequired  FaultCode = "required"   // absent, though nothing can be said without it
	FaultUnknown   FaultCode = "unknown"    // outside its list
	FaultOther     FaultCode = "other"      // known, but of another city or ruleset
	FaultReached   FaultCode = "reached"    // a tier that residence reaches; no permit bears it
	FaultOffice    FaultCode = "by_office"  // a condition that the office applies; it is no fact of a person
	FaultAfter     FaultCode = "after_on"   // a day after the day asked about
	FaultDateRange FaultCode = "date_range" // outside 1900-01-01 to 2100-12-31
)

var (
	earliest = civic.MustDate("1900-01-01")
	latest   = civic.MustDate("2100-12-31")
)

// dateFault is empty for no date and for one of the two centuries in which the law is asked.
func dateFault(field string, d civic.Date) []Fault {
	if d.IsZero() || !d.Before(earliest) && !d.After(latest) {
		return nil
	}
	return []Fault{{field, FaultDateRange}}
}

// checkRulesetName finds what is wrong with the city and ruleset of a query, and the ruleset.
func (b *Book) checkRulesetName(jurisdiction string, name *string, on civic.Date) (*Ruleset, []Fault) {
	if jurisdiction == "" {
		return nil, []Fault{{"jurisdiction", FaultRequired}}
	}
	if _, ok := b.Jurisdiction(jurisdiction); !ok {
		return nil, []Fault{{"jurisdiction", FaultUnknown}}
	}
	if name != nil {
		if _, ok := b.Ruleset(*name); !ok {
			return nil, []Fault{{"ruleset", FaultUnknown}}
		}
	}
	r, _ := b.Choose(jurisdiction, name, on, nil)
	if r == nil {
		return nil, []Fault{{"ruleset", FaultOther}}
	}
	return r, nil
}

// Check returns every bad value of the query, in the order of its fields; none means that
// Eligibility may be asked. Fields that the ruleset does not use are checked too. today stands for an
// absent day.
func (q *EligibilityQuery) Check(b *Book, today civic.Date) []Fault {
	on := q.On
	if on.IsZero() {
		on = today
	}
	_, faults := b.checkRulesetName(q.Jurisdiction, q.Ruleset, on)
	faults = append(faults, dateFault("on", q.On)...)
	if !isHome(q.HukouDivision) {
		faults = append(faults, Fault{"hukou_division", FaultUnknown})
	}
	if q.ResidenceDivision != nil && !isCounty(*q.ResidenceDivision) {
		faults = append(faults, Fault{"residence_division", FaultUnknown})
	}
	if registered := dateFault("registered_on", q.RegisteredOn); registered != nil {
		faults = append(faults, registered...)
	} else if q.RegisteredOn.After(on) {
		faults = append(faults, Fault{"registered_on", FaultAfter})
	}
	faults = append(faults, checkCodes("grounds", q.Grounds, b.grounds)...)
	return append(faults, checkCodes("grounds_3y", q.Grounds3Y, b.threeYear)...)
}

func checkCodes(field string, codes []string, known map[string]bool) []Fault {
	if slices.ContainsFunc(codes, func(code string) bool { return !known[code] }) {
		return []Fault{{field, FaultUnknown}}
	}
	return nil
}

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

// isHome accepts no answer, a county of the nation, or Hong Kong, Macao or Taiwan.
func isHome(code *string) bool {
	return code == nil || isCounty(*code) || sixDigits.MatchString(*code) && hasOwnPermit(*code)
}

// isCounty accepts the code of a county-level unit, of today or from before a renaming. A city
// without counties (东莞市, 中山市) is its own.
func isCounty(code string) bool {
	if !sixDigits.MatchString(code) {
		return false
	}
	current := civic.CurrentDivision(code)
	return slices.ContainsFunc(civic.Counties(current[:4]+"00"), func(d civic.Division) bool { return d.Code == current })
}

// Check returns every bad value of the query, in the order of its fields and, within facts, of
// their codes; none means that Entitlements may be asked. today stands for an absent day.
func (q *EntitlementQuery) Check(b *Book, today civic.Date) []Fault {
	on := q.On
	if on.IsZero() {
		on = today
	}
	r, faults := b.checkRulesetName(q.Jurisdiction, q.Ruleset, on)
	faults = append(faults, dateFault("on", q.On)...)
	if q.Permit != nil {
		faults = append(faults, q.Permit.check(r)...)
	}
	faults = append(faults, dateFault("resident_since", q.ResidentSince)...)
	for _, code := range slices.Sorted(maps.Keys(q.Facts)) {
		c, ok := b.Condition(code)
		switch {
		case !ok:
			faults = append(faults, Fault{"facts." + code, FaultUnknown})
		case c.ByOffice:
			faults = append(faults, Fault{"facts." + code, FaultOffice})
		}
	}
	return faults
}

func (p *PermitFacts) check(r *Ruleset) []Fault {
	faults := p.checkTier(r)
	faults = append(faults, dateFault("permit.issued_on", p.IssuedOn)...)
	if p.Status != nil && !p.Status.known() {
		faults = append(faults, Fault{"permit.status", FaultUnknown})
	}
	return faults
}

func (p *PermitFacts) checkTier(r *Ruleset) []Fault {
	if p.Tier == "" {
		return []Fault{{"permit.tier", FaultRequired}}
	}
	if r == nil { // the ruleset itself is refused; nothing can be said about its tiers
		return nil
	}
	t, ok := r.Tier(p.Tier)
	switch {
	case ok && !t.Granted():
		return []Fault{{"permit.tier", FaultReached}}
	case !ok && r.book.hasTier(p.Tier):
		return []Fault{{"permit.tier", FaultOther}}
	case !ok:
		return []Fault{{"permit.tier", FaultUnknown}}
	}
	return nil
}

func (b *Book) hasTier(code string) bool {
	for _, j := range b.jurisdictions {
		for _, r := range j.Rulesets {
			if _, ok := r.Tier(code); ok {
				return true
			}
		}
	}
	return false
}
