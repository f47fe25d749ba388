package policy

import "slices"

// Facts of one answer are kept in fixed arrays, tiers as bits of a byte.
const (
	maxConditions = 64
	maxTiers      = 8
)

// itemRule is an item with its conditions and tiers resolved once, at load.
type itemRule struct {
	conditions []conditionRule
	tiers      byte // bit i: Ruleset.Tiers[i] opens the item
}

type conditionRule struct {
	code     string
	index    int // into Book.conditions
	byOffice bool
}

// tierRule is a tier resolved once, at load.
type tierRule struct {
	bit         byte
	reachedFrom byte // bit of the tier it grows from; 0 for a granted tier
	opens       byte // bits of the tiers whose services it has: its own and those it grew from
}

// compile resolves codes to indexes. What it meets has been checked.
func (r *Ruleset) compile() {
	bits := map[string]byte{}
	for i, t := range r.Tiers {
		rule := tierRule{bit: 1 << i, opens: 1 << i}
		if !t.Granted() {
			rule.reachedFrom = bits[t.ReachedFrom]
			rule.opens |= r.tiers[slices.IndexFunc(r.Tiers, func(o Tier) bool { return o.Code == t.ReachedFrom })].opens
		}
		bits[t.Code] = rule.bit
		r.tiers = append(r.tiers, rule)
	}
	r.makeIndex()
	for _, s := range r.Services {
		var tiers byte
		for _, code := range s.Tiers {
			tiers |= bits[code]
		}
		for _, it := range s.Items {
			rule := itemRule{tiers: tiers}
			for _, code := range it.Conditions {
				index := r.codes[code]
				rule.conditions = append(rule.conditions, conditionRule{code, index, r.book.conditions[index].ByOffice})
			}
			r.items = append(r.items, rule)
			r.conditionCount += len(rule.conditions)
		}
	}
}
