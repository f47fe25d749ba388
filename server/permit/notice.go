package permit

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Subject is what a deficiency is about: "field-detail" an answer of the draft, "evidence-labour_contract" a kind of document.
type Subject string

const (
	fieldSubject    = "field-"
	evidenceSubject = "evidence-"
)

// Field is the answer that the subject is, "" when it is a document.
func (s Subject) Field() string { return cut(s, fieldSubject) }

// Evidence is the kind of document that the subject is, "" when it is an answer.
func (s Subject) Evidence() EvidenceKind { return EvidenceKind(cut(s, evidenceSubject)) }

func cut(s Subject, prefix string) string {
	if rest, ok := strings.CutPrefix(string(s), prefix); ok {
		return rest
	}
	return ""
}

// StepSubjects are the subjects of one step.
type StepSubjects struct {
	Step     Step
	Subjects []Subject
}

// Subjects lists everything that a notice may be about: the answers of every step of the ruleset and all its kinds of evidence. Once the
// application is accepted the identity is no longer among them: the officer has compared it with the card.
func (a Application) Subjects(r *policy.Ruleset) []StepSubjects {
	var all []StepSubjects
	if a.AcceptedOn.IsZero() {
		all = append(all, StepSubjects{StepIdentity, fields("name", "id_number", "ethnic_group")})
		if a.Particulars.Agent != nil {
			all = append(all, StepSubjects{StepAgent, fields("agent_name", "agent_id_number", "agent_relation")})
		}
	}
	stay := fields("intends")
	if AsksRegistration(r) {
		stay = fields("registered_on")
	}
	if len(TierChoices(r)) > 1 {
		stay = append(stay, fields("tier")...)
	}
	all = append(all, StepSubjects{StepHukou, fields("hukou_division")}, StepSubjects{StepResidence, fields("residence", "detail")}, StepSubjects{StepStay, append(stay, fields("workplace")...)},
		StepSubjects{StepGrounds, fields("grounds")})
	evidence := StepSubjects{Step: StepEvidence}
	kinds := EvidenceKinds(r)
	if agent := a.Particulars.Agent; agent != nil {
		kinds = append(kinds, r.Proxies.PapersFor(cmp.Or(agent.Reason, policy.Minor))...)
	}
	for _, e := range kinds {
		evidence.Subjects = append(evidence.Subjects, Subject(evidenceSubject+e.Code))
	}
	return append(all, evidence)
}

func fields(names ...string) []Subject {
	list := make([]Subject, len(names))
	for i, name := range names {
		list[i] = Subject(fieldSubject + name)
	}
	return list
}

// EvidenceKinds lists every kind of document that a ruleset knows, each once.
func EvidenceKinds(r *policy.Ruleset) []policy.Evidence {
	var kinds []policy.Evidence
	for _, rule := range []*policy.GroundRule{r.Grounds, r.ThreeYearGrounds} {
		if rule == nil {
			continue
		}
		for _, g := range rule.List {
			for _, e := range g.Evidence {
				if !slices.ContainsFunc(kinds, func(k policy.Evidence) bool { return k.Code == e.Code }) {
					kinds = append(kinds, e)
				}
			}
		}
	}
	return kinds
}

// DocumentKinds lists every kind of document that an application of a ruleset may hold: evidence, and what shows that an agent may act.
func DocumentKinds(r *policy.Ruleset) []policy.Evidence {
	return append(EvidenceKinds(r), r.Proxies.PapersFor("")...)
}

// DeficiencyCodes lists what may be wrong with a subject.
func DeficiencyCodes(s Subject) []string {
	if s.Evidence() != "" {
		return []string{"absent", "illegible", "incomplete", "expired", "another_person", "differs"}
	}
	return []string{"unclear", "differs"}
}

// Deficiency is one thing that is missing or wrong, with a line of the officer that says more.
type Deficiency struct {
	Subject Subject
	Code    string
	Line    string // optional; sealed at rest
}

// MaxDeficiencyLine is the longest line of a deficiency, in characters.
const MaxDeficiencyLine = 120

// SupplementDays is how long an applicant is recommended to take; Decree 663 Art. 9 sets no day, so nothing lapses after it.
const SupplementDays = 15

// DeficiencyNotice is the one notice (一次性告知) of everything that must be supplemented (Decree 663 Art. 9).
type DeficiencyNotice struct {
	Number       int // 1, 2 … of the application
	Version      int // of the application: the event that gave it
	IssuedAt     time.Time
	BestBy       civic.Date
	Allowed      int // version of the event by which a supervisor agreed to a further notice; 0 where none was needed
	Deficiencies []Deficiency
	Supplement   *Supplement // nil while it is not answered
}

// Steps are the steps that the notice asks about, in the order in which they are asked.
func (n DeficiencyNotice) Steps(all []StepSubjects) []Step {
	var steps []Step
	asks := func(s Subject) bool {
		return slices.ContainsFunc(n.Deficiencies, func(d Deficiency) bool { return d.Subject == s })
	}
	grounds := asks("field-tier") // another tier may ask for other grounds
	for _, group := range all {
		if slices.ContainsFunc(group.Subjects, asks) || group.Step == StepGrounds && grounds {
			steps = append(steps, group.Step)
		}
	}
	return steps
}

// EvidenceAsked lists the kinds of documents that the notice asks for.
func (n DeficiencyNotice) EvidenceAsked() []EvidenceKind {
	var kinds []EvidenceKind
	for _, d := range n.Deficiencies {
		if kind := d.Subject.Evidence(); kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Allowance is that a supervisor agreed to a further notice.
type Allowance struct {
	Version int
	By      string // staff id
}

// Notify tells the applicant everything that must be supplemented. Before acceptance the application waits and no clock runs; in review
// the clock is paused. There is one notice: a further one may only name what is new through the supplement, unless a supervisor has agreed.
func Notify(a Application, c Course, list []Deficiency, by Officer, r *policy.Ruleset, now time.Time) (Application, Event, Course, error) {
	if faults := checkDeficiencies(a, list, r); len(faults) > 0 {
		return a, Event{}, c, faults
	}
	if a.State != PreApplied && a.State != InReview {
		return a, Event{}, c, Refusal{Code: "state_moved_on"}
	}
	if _, open := c.Open(); open {
		return a, Event{}, c, Refusal{Code: "notice_open"}
	}
	if a.Paused() {
		return a, Event{}, c, Refusal{Code: "clock_paused"}
	}
	notice := DeficiencyNotice{Number: len(c.Notices) + 1, Version: a.Version + 1, IssuedAt: now, BestBy: civic.DateOf(now).AddDays(SupplementDays), Deficiencies: list}
	if len(c.Notices) > 0 && !c.newThroughSupplement(list) {
		if c.Allowance == (Allowance{}) {
			return a, Event{}, c, Refusal{Code: "second_notice", Clause: "第九条"}
		}
		if c.Allowance.By == by.ID {
			return a, Event{}, c, Refusal{Code: "second_notice_same_person"}
		}
		notice.Allowed = c.Allowance.Version
	}
	to := ToSupplement
	if a.State == InReview {
		to = InReview
	}
	a, event, err := a.step(VerbNotify, a.State, to, by, now)
	if err != nil {
		return a, event, c, err
	}
	c.Notices, c.Allowance = append(slices.Clone(c.Notices), notice), Allowance{}
	if to == InReview {
		a, c = a.stop(c, PauseSupplement, event)
	}
	return a, event, c, nil
}

// newThroughSupplement reports whether nothing in the list could have been seen before: every subject was supplied or changed since, or is
// a document for a ground that was.
func (c Course) newThroughSupplement(list []Deficiency) bool {
	last := c.Notices[len(c.Notices)-1].Supplement
	return last != nil && !slices.ContainsFunc(list, func(d Deficiency) bool {
		return !slices.Contains(last.Changed, d.Subject) &&
			!(d.Subject.Evidence() != "" && (slices.Contains(last.Changed, "field-grounds") || slices.Contains(last.Changed, "field-tier")))
	})
}

func checkDeficiencies(a Application, list []Deficiency, r *policy.Ruleset) Faults {
	if len(list) == 0 {
		return Faults{{"deficiency", "deficiency_choose"}}
	}
	var known []Subject
	for _, group := range a.Subjects(r) {
		known = append(known, group.Subjects...)
	}
	var faults Faults
	for i, d := range list {
		twice := slices.ContainsFunc(list[:i], func(other Deficiency) bool { return other.Subject == d.Subject })
		if !slices.Contains(known, d.Subject) || twice {
			return Faults{{"deficiency", "deficiency_subject"}}
		}
		if !slices.Contains(DeficiencyCodes(d.Subject), d.Code) {
			faults = append(faults, Fault{"code-" + string(d.Subject), "deficiency_code"})
		}
		for _, f := range checkLine("line", d.Line, MaxDeficiencyLine, false) {
			faults = append(faults, Fault{"line-" + string(d.Subject), "deficiency_" + f.Code})
		}
	}
	return faults
}

// AllowNotice is a supervisor's agreement to one further notice, with the reason (four eyes: who agrees does not give the notice).
func AllowNotice(a Application, c Course, why string, by Officer, now time.Time) (Application, Event, Course, error) {
	if faults := checkLine("note", why, MaxNote, true); len(faults) > 0 {
		return a, Event{}, c, faults
	}
	if a.State != PreApplied && a.State != InReview {
		return a, Event{}, c, Refusal{Code: "state_moved_on"}
	}
	if _, open := c.Open(); open || len(c.Notices) == 0 || c.Allowance != (Allowance{}) {
		return a, Event{}, c, Refusal{Code: "nothing_to_allow"}
	}
	a, event, err := a.step(VerbAllowNotice, a.State, a.State, by, now)
	event.Note = why
	c.Allowance = Allowance{Version: a.Version, By: by.ID}
	return a, event, c, err
}
