// Package policy holds the law: what the residence-permit policies of the cities say, as dated rulesets,
// and what follows from them for one person. It is pure: it reads nothing but its embedded files.
//
//	rulesets/jurisdictions.yaml        the cities
//	rulesets/conditions.yaml           what the texts ask, and the question put to a person
//	rulesets/offices.yaml, notes.yaml  where to go; what a permit that is not active needs
//	rulesets/themes.yaml               what services are about, to compare cities
//	rulesets/<id>/ruleset.yaml         scope, half year, grounds, tiers, endorsement, deadlines, fees, rights,
//	                                   what must be published and when
//	rulesets/<id>/departments.yaml     who is responsible, then and now
//	rulesets/<id>/services.yaml        every service and convenience, word for word, with its items
//	sources/                           the texts that the quotes are compared with, by a test
//
// Load refuses a file that is not complete to the last translation and clause. Eligibility says whether a
// permit may be applied for, Entitlements what a holder may use, Ruleset.Questions what is worth asking
// next. PublicationDuty and Obligations say what governments and departments must publish, Entry is what a department adds to a service
// and Differences what became of it from one release to the next. The clocks of clock.go take civil dates in Asia/Shanghai. Where a rule departs from a text,
// docs/divergences.md says so.
package policy
