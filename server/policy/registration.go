package policy

import (
	"errors"

	"anju/server/civic"
)

// RegistrationRule is what the texts say of the residence registration (居住登记, earlier 暂住登记) and its receipt, which is free.
type RegistrationRule struct {
	Basis `yaml:",inline"`
	// Advice is when a text asks people to register and offices to answer. It is shown and blocks nobody.
	Advice []RegistrationAdvice
	// Backdating is nil where no text was found by which a registration counts from before the day on which it was declared.
	Backdating *BackdatingRule `yaml:",omitempty"`
	// LegacyPermit is nil where temporary permits (暂住证) are not recognised.
	LegacyPermit *LegacyPermitRule `yaml:"legacy_permit,omitempty"`
}

// RegistrationAdvice is one such sentence with its place.
type RegistrationAdvice struct {
	Text  civic.Text
	Basis `yaml:",inline"`
}

// BackdatingRule is the supplementary registration (补充居住登记): evidence of its own kind shows that the residence began earlier.
type BackdatingRule struct {
	// Months is how far before the declaration the beginning may lie, at most.
	Months   int
	Evidence []Evidence
	// Confirmed is false where no text with the limit was found.
	Confirmed bool
	Basis     `yaml:",inline"`
}

// Shows reports whether a kind of document is evidence for an earlier beginning.
func (b *BackdatingRule) Shows(kind string) bool {
	for _, e := range b.Evidence {
		if e.Code == kind {
			return true
		}
	}
	return false
}

// Earliest is the first day from which a registration that is declared on a day may count.
func (b *BackdatingRule) Earliest(declared civic.Date) civic.Date {
	return declared.AddMonths(-b.Months)
}

// LegacyPermitRule says what an unexpired temporary permit (暂住证) is still good for. Whether its years count is a matter of
// ResidenceYearRule.LegacyPermitCounts.
type LegacyPermitRule struct {
	Text  civic.Text
	Basis `yaml:",inline"`
	// IssuedUntil is the last day on which such permits were issued.
	IssuedUntil civic.Date `yaml:"issued_until"`
}

// Floating says whether somebody of a household who lives in a county is of the floating population here, and in what words.
func (r *Ruleset) Floating(hukou, residence string) (Known, civic.Text) {
	s := r.scope(&hukou, &residence)
	return s.met, s.text
}

// checkRegistration demands that an earlier beginning has a limit and something that shows it.
func checkRegistration(doc *document, r *Ruleset) error {
	b := r.Registration.Backdating
	if b == nil {
		return nil
	}
	var faults []error
	if b.Months < 1 {
		faults = append(faults, doc.at("$.registration.backdating.months", "at least one month"))
	}
	if len(b.Evidence) == 0 {
		faults = append(faults, doc.at("$.registration.backdating.evidence", "nothing shows an earlier beginning"))
	}
	var codes []string
	for _, e := range b.Evidence {
		codes = append(codes, e.Code)
	}
	return errors.Join(append(faults, once(doc, "$.registration.backdating.evidence", "code", codes))...)
}
