package policy

import (
	"errors"
	"fmt"
	"slices"

	"anju/server/civic"
)

// ConfirmationRules say which kinds of systems confirm what about a person, so that nobody has to bring a paper for it.
type ConfirmationRules struct {
	Basis `yaml:",inline"` // that the systems share what they know
	// Replaces is why what is confirmed need not be brought as a paper.
	Replaces Basis
	// KeepDays is how many days a confirmation is kept for somebody the house does not know.
	KeepDays int `yaml:"keep_days"`
	Kinds    []ConfirmationKind
}

// ConfirmationKind is one kind of system, with what it can confirm: papers that show a ground or a relation, and conditions of services.
type ConfirmationKind struct {
	Code       string
	Name       civic.Text
	Papers     []string // codes of Evidence
	Conditions []string // codes of conditions.yaml that are asked, not the office's
}

// Kind returns the kind of system of a code.
func (r ConfirmationRules) Kind(code string) (ConfirmationKind, bool) {
	i := slices.IndexFunc(r.Kinds, func(k ConfirmationKind) bool { return k.Code == code })
	if i < 0 {
		return ConfirmationKind{}, false
	}
	return r.Kinds[i], true
}

// Confirms reports whether a system of the kind can confirm something, and whether that is a paper.
func (k ConfirmationKind) Confirms(what string) (paper, ok bool) {
	paper = slices.Contains(k.Papers, what)
	return paper, paper || slices.Contains(k.Conditions, what)
}

// Confirmable is the name of what can be confirmed: a paper of the ruleset, or a condition.
func (r *Ruleset) Confirmable(what string) (civic.Text, bool) {
	for _, e := range r.papers() {
		if e.Code == what {
			return e.Name, true
		}
	}
	if c, ok := r.book.Condition(what); ok {
		return c.Label, true
	}
	return civic.Text{}, false
}

// papers are those that show a ground or a relation.
func (r *Ruleset) papers() (list []Evidence) {
	for _, rule := range []*GroundRule{r.Grounds, r.ThreeYearGrounds} {
		if rule != nil {
			for _, g := range rule.List {
				list = append(list, g.Evidence...)
			}
		}
	}
	return append(list, r.Proxies.PapersFor("")...)
}

func (b *Book) checkConfirmations(doc *document, r *Ruleset) error {
	var faults []error
	var codes []string
	if r.Confirmations.KeepDays < 1 {
		faults = append(faults, doc.at("$.confirmations.keep_days", "something is kept for a day at least"))
	}
	for i, k := range r.Confirmations.Kinds {
		at := fmt.Sprintf("$.confirmations.kinds[%d]", i)
		codes = append(codes, k.Code)
		if len(k.Papers)+len(k.Conditions) == 0 {
			faults = append(faults, doc.at(at, "%s confirms nothing", k.Code))
		}
		for n, code := range k.Papers {
			if !slices.ContainsFunc(r.papers(), func(e Evidence) bool { return e.Code == code }) {
				faults = append(faults, doc.at(fmt.Sprintf("%s.papers[%d]", at, n), "no paper of this ruleset is called %q", code))
			}
		}
		for n, code := range k.Conditions {
			if c, ok := b.Condition(code); !ok || c.ByOffice {
				faults = append(faults, doc.at(fmt.Sprintf("%s.conditions[%d]", at, n), "%q is no condition that is asked", code))
			}
		}
		faults = append(faults, once(doc, at+".papers", "", k.Papers), once(doc, at+".conditions", "", k.Conditions))
	}
	return errors.Join(append(faults, once(doc, "$.confirmations.kinds", "code", codes))...)
}
