package policy

import (
	"errors"
	"fmt"
)

// checkPublication demands that a cycle has its first day and its warnings, and that every document has somebody who owes it.
func checkPublication(doc *document, r *Ruleset) error {
	p := &r.Publication
	var faults []error
	switch cycle := p.EveryYears != 0; {
	case p.EveryYears < 0, cycle && p.FirstDue.IsZero():
		faults = append(faults, doc.at("$.publication.every_years", "a cycle has years and a first day"))
	case !cycle && !p.FirstDue.IsZero():
		faults = append(faults, doc.at("$.publication.first_due", "a first day stands beside a cycle only"))
	case cycle && len(p.WarnDays) == 0:
		faults = append(faults, doc.at("$.publication.every_years", "nobody is warned"))
	case !cycle && len(p.WarnDays) > 0:
		faults = append(faults, doc.at("$.publication.warn_days", "there is no due day to warn of"))
	}
	if len(p.Levels) == 0 {
		faults = append(faults, doc.at("$.publication.levels", "nobody publishes"))
	}
	for i, level := range p.Levels {
		faults = append(faults, one(doc, fmt.Sprintf("$.publication.levels[%d]", i), level, CityLevel, CountyLevel))
	}
	for i, n := range p.WarnDays {
		if n < 1 || i > 0 && n >= p.WarnDays[i-1] {
			faults = append(faults, doc.at(fmt.Sprintf("$.publication.warn_days[%d]", i), "warnings are days before the due day, the longest first"))
		}
	}
	return errors.Join(append(faults, checkDocuments(doc, r))...)
}

func checkDocuments(doc *document, r *Ruleset) error {
	var faults []error
	var codes []string
	for i, d := range r.Documents {
		at := fmt.Sprintf("$.documents[%d]", i)
		codes = append(codes, d.Code)
		faults = append(faults, one(doc, at+".publisher", d.Publisher, CountyGovernment, CityDepartment, CountyDepartment, AnyDepartment))
		if d.Publisher == CountyGovernment {
			faults = append(faults, one(doc, at+".departments_of", d.DepartmentsOf, ""))
			continue
		}
		faults = append(faults, one(doc, at+".departments_of", d.DepartmentsOf, "services", "duties"))
	}
	return errors.Join(append(faults, once(doc, "$.documents", "code", codes))...)
}
