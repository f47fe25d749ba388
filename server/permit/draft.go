package permit

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"anju/server/civic"
	"anju/server/policy"
)

// Draft is what an applicant is asked: the same questions and checks at every counter, which only lay them out.
// It is stored sealed as a whole, so its JSON names are part of the stored format.
type Draft struct {
	Jurisdiction string `json:"jurisdiction"`
	Ruleset      string `json:"ruleset"`

	Kind   Kind   `json:"kind,omitempty"`   // empty is KindIssue; ask Business
	Permit string `json:"permit,omitempty"` // number of the permit that another kind than KindIssue is about
	Why    string `json:"why,omitempty"`    // of a renewal
	Was    string `json:"was,omitempty"`    // of a change: the address on the permit

	Name        string `json:"name,omitempty"`
	IDNumber    string `json:"id_number,omitempty"`
	EthnicGroup string `json:"ethnic_group,omitempty"` // GB/T 3304 code

	HukouDivision string `json:"hukou_division,omitempty"` // county level, GB/T 2260; province code for Hong Kong, Macao and Taiwan

	County    string `json:"county,omitempty"`    // residence, six digits
	Street    string `json:"street,omitempty"`    // nine digits
	Community string `json:"community,omitempty"` // twelve digits
	Detail    string `json:"detail,omitempty"`    // the free line: road, building, room

	RegisteredOn civic.Date `json:"registered_on"`            // date on the registration receipt; zero when not asked or not given
	Registration string     `json:"registration,omitempty"`   // number of the registration on record that the date was taken from
	Intends      string     `json:"intends,omitempty"`        // "yes" or "no": will live there for half a year (Zibo 二)
	Tier         string     `json:"tier,omitempty"`           // what is applied for
	Grounds      []string   `json:"grounds,omitempty"`        // of the ruleset
	Workplace    string     `json:"workplace,omitempty"`      // employer or school, optional
	Account      string     `json:"account,omitempty"`        // at a kiosk: the account whose phone was checked with a code
	ReadByDevice string     `json:"read_by_device,omitempty"` // kiosk device that read the identity from the card; empty when typed
	Agent        *Agent     `json:"agent,omitempty"`          // who applies for the person; nil when the person does
}

// SetResidence takes a division of the city, as deep as it has been chosen: county, street or community.
func (d *Draft) SetResidence(code string) {
	d.County, d.Street, d.Community = "", "", ""
	if len(code) >= 6 && code != d.Jurisdiction {
		d.County = code[:6]
	}
	if len(code) >= 9 {
		d.Street = code[:9]
	}
	if len(code) == 12 {
		d.Community = code
	}
}

// Tidied brings identity and free lines into their written form; what cannot be read stays as it was typed.
func (d Draft) Tidied(today civic.Date) Draft {
	if name, err := civic.ParseName(d.Name); err == nil {
		d.Name = name
	}
	if id, err := civic.ParseCitizenID(d.IDNumber, today); err == nil {
		d.IDNumber = string(id)
	}
	d.Detail, d.Workplace = strings.TrimSpace(d.Detail), strings.TrimSpace(d.Workplace)
	return d
}

// Residence is the deepest division chosen.
func (d Draft) Residence() string { return cmp.Or(d.Community, d.Street, d.County) }

// Step is one page of the pre-application.
type Step string

// The steps, in the order in which they are asked.
const (
	StepIdentity  Step = "identity"
	StepAgent     Step = "agent" // of whoever applies for somebody else; left out when the person does
	StepHukou     Step = "hukou"
	StepResidence Step = "residence"
	StepStay      Step = "stay"    // since when or how long, and which permit
	StepGrounds   Step = "grounds" // left out when neither the ruleset nor the tier asks for one
	StepEvidence  Step = "evidence"
	StepCheck     Step = "check"
)

// Limits of the free text fields, in characters.
const (
	MaxDetail    = 100
	MaxWorkplace = 60
)

// Fault is one thing that is wrong with an answer: the field, and a code that names the sentence to show.
type Fault struct{ Field, Code string }

// Faults is a list of them; as an error it says which fields they are in, and nothing of the values.
type Faults []Fault

func (f Faults) Error() string {
	fields := make([]string, len(f))
	for i, one := range f {
		fields[i] = one.Field + ": " + one.Code
	}
	return strings.Join(fields, ", ")
}

// Steps returns the steps that this draft goes through. With a permit only what has changed is asked; the rest is on record.
func (d Draft) Steps(r *policy.Ruleset) []Step {
	var steps []Step
	switch kind := d.Business(); {
	case kind == KindIssue:
		steps = []Step{StepIdentity}
		if d.Agent != nil {
			steps = append(steps, StepAgent)
		}
		steps = append(steps, StepHukou, StepResidence, StepStay)
	case kind == KindChange:
		steps = []Step{StepResidence}
	case d.Why == WhyParticulars:
		steps = []Step{StepIdentity, StepHukou}
	case d.Why == WhyTerm:
		steps = []Step{StepStay}
	}
	if d.Agent != nil && d.Business() != KindIssue {
		steps = append([]Step{StepAgent}, steps...)
	}
	grounds := d.AsksLaw() && len(d.GroundChoices(r)) > 0
	if grounds {
		steps = append(steps, StepGrounds)
	}
	if grounds || d.Business() == KindIssue {
		steps = append(steps, StepEvidence)
	}
	return append(steps, StepCheck)
}

// GroundChoices returns the grounds that are asked for the tier applied for: the three of Zhangzhou 二(二), or the five of
// Zibo 二 for a three-year permit. A one-year permit of Zibo needs the intention only.
func (d Draft) GroundChoices(r *policy.Ruleset) []policy.Ground {
	tier, ok := r.Tier(d.Tier)
	switch {
	case !ok:
		return nil
	case tier.ThreeYearGround && r.ThreeYearGrounds != nil:
		return r.ThreeYearGrounds.List
	case !tier.ThreeYearGround && r.Grounds != nil:
		return r.Grounds.List
	}
	return nil
}

// TierChoices returns the tiers that can be applied for: those that a permit exists for.
func TierChoices(r *policy.Ruleset) []policy.Tier {
	return slices.DeleteFunc(slices.Clone(r.Tiers), func(t policy.Tier) bool { return !t.Granted() })
}

// AsksRegistration reports whether the half year counts from a registration already held (Zhangzhou 二(二)); otherwise the applicant
// intends to live there for half a year (Zibo 二).
func AsksRegistration(r *policy.Ruleset) bool { return r.HalfYear.Rule == "registered" }

// Next returns the first step that has not been answered well: how far the applicant may go.
func (d Draft) Next(r *policy.Ruleset, evidence []EvidenceKind, today civic.Date) Step {
	for _, step := range d.Steps(r) {
		if len(d.Check(step, r, evidence, today)) > 0 {
			return step
		}
	}
	return StepCheck
}

// Reachable reports whether a step may be shown now: every step before it has been answered well.
func (d Draft) Reachable(step Step, r *policy.Ruleset, evidence []EvidenceKind, today civic.Date) bool {
	steps := d.Steps(r)
	return slices.Contains(steps, step) && slices.Index(steps, step) <= slices.Index(steps, d.Next(r, evidence, today))
}

// Check returns what is wrong with the answers of one step. StepCheck has no answers of its own: it gathers all of them.
func (d Draft) Check(step Step, r *policy.Ruleset, evidence []EvidenceKind, today civic.Date) Faults {
	switch step {
	case StepIdentity:
		return d.checkIdentity(r, today)
	case StepAgent:
		return d.checkAgent(r, today)
	case StepHukou:
		return d.checkHukou()
	case StepResidence:
		return d.checkResidence(r)
	case StepStay:
		return d.checkStay(r, today)
	case StepGrounds:
		return d.checkGrounds(r)
	case StepEvidence:
		return d.checkEvidence(r, evidence)
	}
	var all Faults
	for _, s := range d.Steps(r) {
		if s != StepCheck {
			all = append(all, d.Check(s, r, evidence, today)...)
		}
	}
	return all
}

// problem turns the error of a civic parser into a fault of a field.
func problem(field string, err error) Faults {
	if err == nil {
		return nil
	}
	if p, ok := err.(*civic.Problem); ok {
		return Faults{{field, p.Code}}
	}
	return Faults{{field, "unreadable"}}
}

func (d Draft) checkIdentity(r *policy.Ruleset, today civic.Date) Faults {
	_, err := civic.ParseName(d.Name)
	faults := problem("name", err)
	_, err = civic.ParseCitizenID(d.IDNumber, today)
	faults = append(faults, problem("id_number", err)...)
	if d.needsGuardian(r, today) {
		faults = append(faults, Fault{"id_number", "child_needs_guardian"})
	}
	if _, ok := civic.EthnicByCode(d.EthnicGroup); !ok {
		faults = append(faults, Fault{"ethnic_group", "ethnic_choose"})
	}
	return faults
}

func (d Draft) checkHukou() Faults {
	if d.HukouDivision == "" {
		return Faults{{"hukou_division", "division_choose"}}
	}
	if d.FromHMT() {
		return Faults{{"hukou_division", "division_hmt"}}
	}
	if len(d.HukouDivision) != 6 || !slices.ContainsFunc(civic.Counties(d.HukouDivision[:4]+"00"), func(c civic.Division) bool { return c.Code == d.HukouDivision }) {
		return Faults{{"hukou_division", "division_county"}}
	}
	return nil
}

// FromHMT reports a household in Hong Kong, Macao or Taiwan: those residents have a permit of their own (国办发〔2018〕81号).
func (d Draft) FromHMT() bool {
	return slices.ContainsFunc([]string{"71", "81", "82", "83"}, func(p string) bool { return strings.HasPrefix(d.HukouDivision, p) })
}

func (d Draft) checkResidence(r *policy.Ruleset) Faults {
	var faults Faults
	under := func(field, code, parent string, children []civic.Division) {
		if code == "" || parent == "" || !slices.ContainsFunc(children, func(c civic.Division) bool { return c.Code == code }) {
			faults = append(faults, Fault{field, "address_" + field})
		}
	}
	under("county", d.County, r.Jurisdiction, civic.Counties(r.Jurisdiction))
	under("street", d.Street, d.County, civic.Streets(d.County))
	under("community", d.Community, d.Street, civic.Communities(d.Street))
	return append(faults, checkLine("detail", d.Detail, MaxDetail, true)...)
}

// checkLine checks a line of free text: one line, without control characters, at most max characters.
func checkLine(field, s string, max int, required bool) Faults {
	s = strings.TrimSpace(s)
	switch {
	case s == "" && required:
		return Faults{{field, field + "_empty"}}
	case utf8.RuneCountInString(s) > max:
		return Faults{{field, field + "_long"}}
	case strings.ContainsFunc(s, func(c rune) bool {
		return c < ' ' || c == 0x7f || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069
	}):
		return Faults{{field, field + "_characters"}}
	}
	return nil
}

func (d Draft) checkStay(r *policy.Ruleset, today civic.Date) Faults {
	var faults Faults
	if AsksRegistration(r) {
		switch {
		case d.RegisteredOn.IsZero():
			faults = append(faults, Fault{"registered_on", "registered_on_empty"})
		case d.RegisteredOn.After(today):
			faults = append(faults, Fault{"registered_on", "registered_on_future"})
		case r.HalfYearOn(d.RegisteredOn).After(today):
			faults = append(faults, Fault{"registered_on", "registered_on_early"})
		}
	} else {
		switch d.Intends {
		case "yes":
		case "no":
			faults = append(faults, Fault{"intends", "intends_no"})
		default:
			faults = append(faults, Fault{"intends", "intends_choose"})
		}
	}
	if tier, ok := r.Tier(d.Tier); !ok || !tier.Granted() {
		faults = append(faults, Fault{"tier", "tier_choose"})
	}
	return append(faults, checkLine("workplace", d.Workplace, MaxWorkplace, false)...)
}

func (d Draft) checkGrounds(r *policy.Ruleset) Faults {
	choices := d.GroundChoices(r)
	if len(choices) == 0 {
		return nil
	}
	if len(d.Grounds) == 0 {
		return Faults{{"grounds", "grounds_choose"}}
	}
	for _, g := range d.Grounds {
		if !slices.ContainsFunc(choices, func(c policy.Ground) bool { return c.Code == g }) {
			return Faults{{"grounds", "grounds_choose"}}
		}
	}
	return nil
}

// checkEvidence asks for one document at least that shows a ground, where one must be shown (Decree 663 Art. 9). What was sent for a
// ground that is no longer chosen shows nothing.
func (d Draft) checkEvidence(r *policy.Ruleset, evidence []EvidenceKind) Faults {
	shows := func(kind EvidenceKind) bool {
		return slices.ContainsFunc(d.groundEvidence(r), func(e policy.Evidence) bool { return e.Code == string(kind) })
	}
	if len(d.GroundChoices(r)) > 0 && !slices.ContainsFunc(evidence, shows) {
		return Faults{{"evidence", "evidence_missing"}}
	}
	return nil
}

// Query returns the facts of the draft as the question that the law is asked.
func (d Draft) Query(r *policy.Ruleset, today civic.Date) policy.EligibilityQuery {
	given := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	q := policy.EligibilityQuery{Jurisdiction: d.Jurisdiction, Ruleset: &r.ID, On: today, HukouDivision: given(d.HukouDivision),
		ResidenceDivision: given(d.County), RegisteredOn: d.RegisteredOn}
	if d.Intends != "" {
		q.IntendsHalfYear = policy.KnownOf(d.Intends == "yes")
	}
	if tier, ok := r.Tier(d.Tier); ok && tier.ThreeYearGround {
		q.Grounds3Y = slices.Clone(d.Grounds)
	} else {
		q.Grounds = slices.Clone(d.Grounds)
	}
	return q
}

// EvidenceKind names what a document is: a code of the ruleset's evidence list.
type EvidenceKind string

// EvidenceChoices returns the kinds of documents that can be added: what shows the grounds of the draft, and that the agent may act.
func (d Draft) EvidenceChoices(r *policy.Ruleset) []policy.Evidence {
	kinds := d.groundEvidence(r)
	if d.Agent != nil {
		kinds = append(kinds, r.Proxies.PapersFor(cmp.Or(d.Agent.Reason, policy.Minor))...)
	}
	return kinds
}

// groundEvidence returns the kinds of documents that show the grounds of the draft, each once; without a ground, none.
func (d Draft) groundEvidence(r *policy.Ruleset) []policy.Evidence {
	var kinds []policy.Evidence
	for _, g := range d.GroundChoices(r) {
		if !slices.Contains(d.Grounds, g.Code) {
			continue
		}
		for _, e := range g.Evidence {
			if !slices.Contains(kinds, e) {
				kinds = append(kinds, e)
			}
		}
	}
	return kinds
}

// CheckEvidenceKind refuses a kind of document that shows nothing in this draft.
func (d Draft) CheckEvidenceKind(r *policy.Ruleset, kind EvidenceKind) Faults {
	if !slices.ContainsFunc(d.EvidenceChoices(r), func(e policy.Evidence) bool { return e.Code == string(kind) }) {
		return Faults{{"kind", "evidence_kind"}}
	}
	return nil
}
