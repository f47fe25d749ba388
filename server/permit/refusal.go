package permit

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"anju/server/civic"
	"anju/server/policy"
)

// RefusalReport says that somebody did not honour a permit (Zhangzhou 二(一) "相关单位部门不得拒绝"; elsewhere the clause of the service
// itself). Whoever reports need not sign in, so all that is known of the person is what the person chose to say.
type RefusalReport struct {
	Jurisdiction string
	ID           string // UUID: names the report to staff
	Reference    string // the reporter's: whoever knows it may read the answer; sealed at rest
	Ruleset      string

	County     string // where it happened; empty when not said
	Service    string // of the ruleset; empty when not said
	Department string // of the ruleset: who answers; empty while nobody knows
	Kind       RefusalKind
	HappenedOn civic.Date
	Place      string // name of the place; this and the next three are sealed at rest
	Words      string // what happened
	Permit     string // permit number
	Phone      string // for the text that says that there is an answer; forgotten once it has been sent

	Lang    string // in which the text is written
	Account string // whoever was signed in
	Counter string // "portal" or "kiosk"

	State      RefusalState
	ReceivedAt time.Time
	DueOn      civic.Date // zero when the holidays of that time are not announced yet
	AnsweredAt time.Time
	Version    int // rises with every deed
}

// RefusalState is where a report stands.
type RefusalState string

// The states of a report.
const (
	RefusalReceived RefusalState = "received"
	RefusalAnswered RefusalState = "answered"
)

// RefusalKind is what was done to the holder.
type RefusalKind string

// RefusalKinds lists the kinds in the order in which they are offered.
func RefusalKinds() []RefusalKind {
	return []RefusalKind{"service_refused", "local_hukou", "fee_or_paper", "not_accepted", "permit_kept", "other"}
}

// RefusalOutcome is what came of a report.
type RefusalOutcome string

// The two outcomes that are more than a word: NotCovered says that the text does not give what was asked for, so it needs the passage that
// it rests on; Redressed is good news.
const (
	Redressed  RefusalOutcome = "redressed"
	NotCovered RefusalOutcome = "not_covered"
)

// RefusalOutcomes lists the outcomes in the order in which they are offered.
func RefusalOutcomes() []RefusalOutcome {
	return []RefusalOutcome{Redressed, NotCovered, "no_refusal_found", "other_body"}
}

// The verbs of a report's history.
const (
	VerbReport = "report"
	VerbAssign = "assign"
	VerbAnswer = "answer"
)

// RefusalEvent is one line of the history of a report: it is only added to.
type RefusalEvent struct {
	Verb       string
	State      RefusalState // after it
	At         time.Time
	By         Officer // zero for the reporter
	Counter    string  // of the reporter
	Department string  // to which it went, when it did
	RefusalAnswer
}

// RefusalAnswer is what the reporter reads.
type RefusalAnswer struct {
	Outcome RefusalOutcome
	Basis   string // a code of RefusalBases
	Words   string // sealed at rest
}

// Limits of the free text fields, in characters.
const (
	MaxRefusalPlace = 100
	MaxRefusalWords = 2000
)

// RefusalDays is how many working days an answer takes at most. No text gives a time: this one is the house's (docs/divergences.md).
const RefusalDays = 15

// RefusalDepartments lists who can be named for a refusal: the bodies of the ruleset that exist as an office today. Those who only help
// with applications, and "others concerned", are none.
func RefusalDepartments(r *policy.Ruleset) []policy.Department {
	return slices.DeleteFunc(slices.Clone(r.Departments), func(d policy.Department) bool { return d.Role == "assisting" || d.Successor == nil })
}

func refusalDepartment(r *policy.Ruleset, code string) bool {
	return slices.ContainsFunc(RefusalDepartments(r), func(d policy.Department) bool { return d.Code == code })
}

// RefusalBasis is a passage that an answer can rest on.
type RefusalBasis struct {
	Code  string // a service's id or a right's code
	Title civic.Text
	policy.Basis
}

// RefusalBases lists the passages of a ruleset: its services, then its rights.
func RefusalBases(r *policy.Ruleset) []RefusalBasis {
	var list []RefusalBasis
	for _, s := range r.Services {
		list = append(list, RefusalBasis{s.ID, s.Title, s.Basis})
	}
	for _, right := range r.Rights {
		list = append(list, RefusalBasis{right.Code, right.Text, right.Basis})
	}
	return list
}

// RefusalBasisOf finds a passage by its code.
func RefusalBasisOf(r *policy.Ruleset, code string) (RefusalBasis, bool) {
	list := RefusalBases(r)
	i := slices.IndexFunc(list, func(b RefusalBasis) bool { return b.Code == code })
	if i < 0 {
		return RefusalBasis{}, false
	}
	return list[i], true
}

// Tidy brings what was typed into its stored form, as far as it can be read; Check says what cannot.
func (r RefusalReport) Tidy() RefusalReport {
	r.Place, r.Words = strings.TrimSpace(r.Place), tidyText(r.Words)
	if number, ok := parseTypedNumber(r.Permit); ok {
		r.Permit = number
	}
	if phone, err := civic.ParsePhone(r.Phone); err == nil {
		r.Phone = phone
	}
	return r
}

// parseTypedNumber reads a permit number with or without its hyphens. Without them a citizen ID number looks like one.
func parseTypedNumber(s string) (string, bool) {
	if number, ok := ParseNumber(s); ok {
		return number, true
	}
	s = strings.NewReplacer("-", "", " ", "", "－", "", "—", "").Replace(strings.ToUpper(strings.TrimSpace(s)))
	if len(s) != 18 {
		return "", false
	}
	return ParseNumber(s[:6] + "-" + s[6:10] + "-" + s[10:17] + "-" + s[17:])
}

// tidyText gives lines one kind of end, and takes the space around the whole away.
func tidyText(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

// Check returns what is wrong with a report that has been tidied, in the order of the questions.
func (r RefusalReport) Check(rules *policy.Ruleset, today civic.Date) Faults {
	var faults Faults
	wrong := func(field, code string, is bool) {
		if is {
			faults = append(faults, Fault{field, code})
		}
	}
	_, known := rules.Service(r.Service)
	wrong("service", "refusal_service", r.Service != "" && !known)
	wrong("department", "refusal_department", r.Department != "" && !refusalDepartment(rules, r.Department))
	wrong("kind", "refusal_kind", !slices.Contains(RefusalKinds(), r.Kind))
	switch {
	case r.HappenedOn.IsZero():
		faults = append(faults, Fault{"happened_on", "refusal_day_empty"})
	case r.HappenedOn.After(today):
		faults = append(faults, Fault{"happened_on", "refusal_day_future"})
	case r.HappenedOn.Before(rules.InForce.From):
		faults = append(faults, Fault{"happened_on", "refusal_day_early"})
	}
	counties := civic.Counties(rules.Jurisdiction)
	wrong("county", "refusal_county", r.County != "" && !slices.ContainsFunc(counties, func(c civic.Division) bool { return c.Code == r.County }))
	// A kiosk has no keys for Chinese: there the county is enough to find the place.
	wrong("county", "refusal_county_or_place", r.Counter == "kiosk" && r.Place == "" && r.County == "")
	for _, f := range checkLine("place", r.Place, MaxRefusalPlace, r.Counter != "kiosk") {
		faults = append(faults, Fault{f.Field, "refusal_" + f.Code})
	}
	faults = append(faults, checkText("words", r.Words)...)
	if r.Permit != "" {
		_, ok := ParseNumber(r.Permit)
		_, idErr := civic.ParseCitizenID(r.Permit, today)
		wrong("permit_number", "refusal_permit", !ok && idErr != nil)
		wrong("permit_number", "refusal_permit_id", !ok && idErr == nil)
	}
	if r.Phone != "" {
		_, err := civic.ParsePhone(r.Phone)
		wrong("phone", "phone", err != nil)
	}
	return faults
}

// lineOf writes several lines as one, for checkLine.
func lineOf(s string) string { return strings.NewReplacer("\n", " ", "\t", " ").Replace(s) }

// checkText checks free text of several lines.
func checkText(field, s string) Faults {
	for _, f := range checkLine(field, lineOf(s), MaxRefusalWords, false) {
		return Faults{{field, "refusal_" + f.Code}}
	}
	return nil
}

// Report takes a report: it goes to the department named, or to the first one of the service named, and the time for the answer runs.
func Report(r RefusalReport, rules *policy.Ruleset, calendar civic.Calendar, now time.Time) (RefusalReport, RefusalEvent, error) {
	r = r.Tidy()
	today := civic.DateOf(now)
	if faults := r.Check(rules, today); len(faults) > 0 {
		return r, RefusalEvent{}, faults
	}
	if service, ok := rules.Service(r.Service); ok && r.Department == "" {
		for _, code := range service.Departments {
			if refusalDepartment(rules, code) {
				r.Department = code
				break
			}
		}
	}
	// Past the announced holidays no day is known, and a report is not turned away for that: it is answered as soon as possible.
	r.DueOn, _ = calendar.AddWorkingDays(today, RefusalDays)
	r.Jurisdiction, r.Ruleset = rules.Jurisdiction, rules.ID
	r.State, r.ReceivedAt, r.Version = RefusalReceived, now, 1
	return r, RefusalEvent{Verb: VerbReport, State: r.State, At: now, Counter: r.Counter, Department: r.Department}, nil
}

// Assign sends a report that is not answered yet to a department.
func (r RefusalReport) Assign(department string, by Officer, rules *policy.Ruleset, now time.Time) (RefusalReport, RefusalEvent, error) {
	if department == r.Department || !refusalDepartment(rules, department) {
		return r, RefusalEvent{}, Faults{{"department", "refusal_assign"}}
	}
	if r.State != RefusalReceived {
		return r, RefusalEvent{}, Refusal{Code: "state_moved_on"}
	}
	r.Department = department
	r.Version++
	return r, RefusalEvent{Verb: VerbAssign, State: r.State, At: now, By: by, Department: department}, nil
}

// Answer ends a report. A report is answered once: what the reporter has read does not change.
func (r RefusalReport) Answer(answer RefusalAnswer, by Officer, rules *policy.Ruleset, now time.Time) (RefusalReport, RefusalEvent, error) {
	answer = answer.Tidy()
	if faults := answer.check(rules); len(faults) > 0 {
		return r, RefusalEvent{}, faults
	}
	if r.State != RefusalReceived {
		return r, RefusalEvent{}, Refusal{Code: "state_moved_on"}
	}
	r.State, r.AnsweredAt, r.Phone = RefusalAnswered, now, ""
	r.Version++
	return r, RefusalEvent{Verb: VerbAnswer, State: r.State, At: now, By: by, RefusalAnswer: answer}, nil
}

// Tidy brings an answer into its stored form: only NotCovered rests on a passage.
func (a RefusalAnswer) Tidy() RefusalAnswer {
	a.Words = tidyText(a.Words)
	if a.Outcome != NotCovered {
		a.Basis = ""
	}
	return a
}

func (a RefusalAnswer) check(rules *policy.Ruleset) Faults {
	var faults Faults
	if !slices.Contains(RefusalOutcomes(), a.Outcome) {
		faults = append(faults, Fault{"outcome", "refusal_outcome"})
	}
	if _, ok := RefusalBasisOf(rules, a.Basis); a.Outcome == NotCovered && !ok {
		faults = append(faults, Fault{"basis", "refusal_basis"})
	}
	if utf8.RuneCountInString(a.Words) == 0 {
		return append(faults, Fault{"words", "refusal_answer_empty"})
	}
	return append(faults, checkText("words", a.Words)...)
}
