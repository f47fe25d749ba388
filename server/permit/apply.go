package permit

import (
	"cmp"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Submission is what the applicant sends: the draft with its evidence, the declaration and the notice that was shown.
type Submission struct {
	Draft    Draft
	Evidence []EvidenceKind
	Declared bool    // "what I say is true" (Decree 663 Art. 9(4), 18, 19)
	Notice   string  // version of the privacy notice
	Counter  string  // "portal", or "kiosk" where evidence follows by phone; empty when an officer sends it for the holder
	By       Officer // who sends it for the holder and has seen the evidence on paper
	Law      policy.EligibilityAnswer
}

// Submit turns a complete draft into a pre-application (预申请). It starts no clock: that is what acceptance does.
func Submit(s Submission, r *policy.Ruleset, now time.Time) (Application, Event, error) {
	today := civic.DateOf(now)
	var faults Faults
	for _, f := range s.Draft.Check(StepCheck, r, s.Evidence, today) {
		if s.Counter != "portal" && f.Field == "evidence" {
			continue // a kiosk has no scanner: the slip asks for the documents by phone or at the window, where the officer sees them
		}
		faults = append(faults, f)
	}
	if !s.Declared {
		faults = append(faults, Fault{"declared", "declare"})
	}
	if len(faults) > 0 {
		return Application{}, Event{}, faults
	}
	if !s.Draft.Lawful(s.Law) {
		return Application{}, Event{}, Refusal{Code: "not_eligible", Clause: "二"}
	}
	a := Application{Jurisdiction: s.Draft.Jurisdiction, Ruleset: r.ID, Kind: s.Draft.Business(), OfPermit: s.Draft.Permit, Tier: s.Draft.Tier, Particulars: s.Draft, Counter: cmp.Or(s.Counter, "window"), Notice: s.Notice,
		State: PreApplied, SubmittedAt: now, Version: 1}
	return a, Event{Verb: VerbSubmit, State: PreApplied, At: now, On: today, By: s.By, Counter: s.Counter}, nil
}
