package permit

import (
	"slices"
	"strings"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Supplement is what an applicant sent back to a notice (补正).
type Supplement struct {
	Version    int // of the application: the event that brought it
	ReceivedOn civic.Date
	Changed    []Subject // what is new through it: answers that are others than before, documents that came
	Before     Draft     // the answers as they were; sealed at rest
	Key        string    // idempotency key of the form; empty when an officer took it at the window
}

// Answer is a supplement as it is sent.
type Answer struct {
	Draft   Draft          // answers of the steps concerned; the other steps keep what they had
	Added   []EvidenceKind // documents that came since the notice, or were seen on paper
	Words   string         // why an answer stays as it was
	Key     string
	Counter string // of the applicant; empty when an officer takes it at the window
}

// MaxWords is the longest explanation, in characters.
const MaxWords = MaxNote

// Supply takes the applicant's answer to the open notice: everything that was asked for, in one go. The case is in the queue again; the
// clock, if it ran, runs on.
func Supply(a Application, c Course, in Answer, by Officer, r *policy.Ruleset, law func(Draft) policy.EligibilityAnswer, calendar civic.Calendar, now time.Time) (Application, Event, Course, error) {
	notice, open := c.Open()
	switch {
	case !a.awaits():
		return a, Event{}, c, Refusal{Code: "state_moved_on"}
	case !open:
		return a, Event{}, c, Refusal{Code: "nothing_to_supplement"}
	}
	before, steps := a.Particulars, notice.Steps(a.Subjects(r))
	next := before
	for _, step := range steps {
		next.take(step, in.Draft)
	}
	changed := changedBy(before, next, in.Added)
	if faults := checkSupplement(notice, steps, before, next, changed, in, r, civic.DateOf(now)); len(faults) > 0 {
		return a, Event{}, c, faults
	}
	if !next.Lawful(law(next)) { // as when it was sent first
		return a, Event{}, c, Refusal{Code: "not_eligible", Clause: "二"}
	}
	to := PreApplied
	if a.State == InReview {
		to = InReview
	}
	a, event, err := a.step(VerbSupplement, a.State, to, by, now)
	if err != nil {
		return a, event, c, err
	}
	event.Counter, event.Note = in.Counter, strings.TrimSpace(in.Words)
	a.Particulars, a.Tier, a.SupplementedOn = next, next.Tier, event.On
	c.Notices = slices.Clone(c.Notices)
	c.Notices[len(c.Notices)-1].Supplement = &Supplement{Version: a.Version, ReceivedOn: event.On, Changed: changed, Before: before, Key: in.Key}
	if a.Paused() && a.PausedFor == PauseSupplement {
		a, c, err = a.run(c, r, calendar, event)
	}
	return a, event, c, err
}

// checkSupplement demands that the answers hold, and that nothing that was asked for is left out: there is one notice, so there is one
// answer. An answer that was right stays, with a word why.
func checkSupplement(n DeficiencyNotice, steps []Step, before, next Draft, changed []Subject, in Answer, r *policy.Ruleset, today civic.Date) Faults {
	var faults Faults
	for _, step := range steps {
		if step != StepEvidence {
			faults = append(faults, next.Check(step, r, nil, today)...)
		}
	}
	if !next.sameMandate(before, r, today) {
		faults = append(faults, Fault{"id_number", "agent_changed"})
	}
	for _, d := range n.Deficiencies {
		switch field := d.Subject.Field(); {
		case slices.Contains(changed, d.Subject):
		case field != "" && strings.TrimSpace(in.Words) == "" && !slices.ContainsFunc(faults, func(f Fault) bool { return f.Field == field }):
			faults = append(faults, Fault{field, "supplement_unchanged"})
		case field == "" && !slices.Contains(faults, Fault{"evidence", "supplement_evidence"}):
			faults = append(faults, Fault{"evidence", "supplement_evidence"})
		}
	}
	return append(faults, checkLine("words", in.Words, MaxWords, false)...)
}

// take copies the answers of one step.
func (d *Draft) take(step Step, from Draft) {
	switch step {
	case StepIdentity:
		d.Name, d.IDNumber, d.EthnicGroup = from.Name, from.IDNumber, from.EthnicGroup
	case StepAgent:
		d.Agent = from.Agent
	case StepHukou:
		d.HukouDivision = from.HukouDivision
	case StepResidence:
		d.County, d.Street, d.Community, d.Detail = from.County, from.Street, from.Community, from.Detail
	case StepStay:
		d.RegisteredOn, d.Intends, d.Tier, d.Workplace = from.RegisteredOn, from.Intends, from.Tier, from.Workplace
	case StepGrounds:
		d.Grounds = slices.Clone(from.Grounds)
	}
}

// changedBy lists the answers that differ between two drafts and the documents that came, each once.
func changedBy(before, next Draft, added []EvidenceKind) []Subject {
	var changed []Subject
	for _, one := range []struct {
		field    string
		was, now string
	}{
		{"name", before.Name, next.Name}, {"id_number", before.IDNumber, next.IDNumber}, {"ethnic_group", before.EthnicGroup, next.EthnicGroup},
		{"hukou_division", before.HukouDivision, next.HukouDivision}, {"residence", before.Residence(), next.Residence()}, {"detail", before.Detail, next.Detail},
		{"registered_on", before.RegisteredOn.String(), next.RegisteredOn.String()}, {"intends", before.Intends, next.Intends}, {"tier", before.Tier, next.Tier},
		{"workplace", before.Workplace, next.Workplace}, {"grounds", strings.Join(before.Grounds, " "), strings.Join(next.Grounds, " ")},
		{"agent_name", before.agent().Name, next.agent().Name}, {"agent_id_number", before.agent().IDNumber, next.agent().IDNumber},
		{"agent_relation", string(before.agent().Relation), string(next.agent().Relation)},
	} {
		if strings.TrimSpace(one.was) != strings.TrimSpace(one.now) {
			changed = append(changed, Subject(fieldSubject+one.field))
		}
	}
	for _, kind := range added {
		if s := Subject(evidenceSubject + kind); !slices.Contains(changed, s) {
			changed = append(changed, s)
		}
	}
	return changed
}
