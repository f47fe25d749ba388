package policy

import (
	"slices"

	"anju/server/civic"
)

// Question is a condition worth asking a person about.
type Question struct {
	Code string
	Text civic.Text
	// Items is how many items the answer can still change; Services are those they belong to.
	Items    int
	Services []*Service
}

// Questions returns the conditions that can still change an answer when looked up for someone, most
// decisive first: those that stand between the person and the most items they could use now, then
// those of items that open later, then the order of the text. limit < 1 returns all.
func (r *Ruleset) Questions(a EntitlementAnswer, who Beneficiary, limit int) []Question {
	type weight struct {
		now, later int
		services   []*Service
	}
	weights := map[string]*weight{}
	var codes []string
	for i := range a.Services {
		for k := range a.Services[i].Items {
			it := &a.Services[i].Items[k]
			if !slices.Contains(r.Services[i].Items[k].For, who) {
				continue
			}
			for _, code := range it.Missing {
				if _, condition := r.codes[code]; !condition {
					continue // resident_since is asked with the permit, not as a condition
				}
				w, seen := weights[code]
				if !seen {
					w = &weight{}
					weights[code] = w
					codes = append(codes, code)
				}
				if service := &r.Services[i]; !slices.Contains(w.services, service) {
					w.services = append(w.services, service)
				}
				if it.Verdict == Conditional {
					w.now++
				} else {
					w.later++
				}
			}
		}
	}
	slices.SortStableFunc(codes, func(a, b string) int {
		if d := weights[b].now - weights[a].now; d != 0 {
			return d
		}
		return weights[b].later - weights[a].later
	})
	if limit > 0 && len(codes) > limit {
		codes = codes[:limit]
	}
	questions := make([]Question, len(codes))
	for i, code := range codes {
		c, _ := r.book.Condition(code)
		w := weights[code]
		questions[i] = Question{code, *c.Question, w.now + w.later, w.services}
	}
	return questions
}
