package permit

import (
	"slices"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Extension is a request to extend the deadline (延长时限) and what a supervisor decided on it.
type Extension struct {
	Ground      string // of the ruleset's ExtensionRule
	Document    string // the implementing rule that allows it (Decree 663 Art. 9: "在实施办法中可以…作出延长规定")
	RequestedOn civic.Date
	RequestedBy string // staff id
	Requested   int    // version of the application: the event of the request
	DecidedOn   civic.Date
	DecidedBy   string
	Decided     int
	Granted     bool
}

// ExtensionRequest is what a reviewer asks a supervisor for.
type ExtensionRequest struct{ Ground, Document, Note string }

// MaxExtensionDocument is the longest name of an implementing rule, in characters.
const MaxExtensionDocument = 100

// RequestExtension asks a supervisor to extend the deadline, once, within the ruleset's rule and while it has not passed.
func RequestExtension(a Application, c Course, in ExtensionRequest, by Officer, r *policy.Ruleset, now time.Time) (Application, Event, Course, error) {
	rule := r.IssueDeadline.Extended
	switch {
	case a.State != InReview:
		return a, Event{}, c, Refusal{Code: "state_moved_on"}
	case rule == nil:
		return a, Event{}, c, Refusal{Code: "no_extension_rule"}
	}
	var faults Faults
	if !slices.ContainsFunc(rule.Grounds, func(g policy.ExtensionGround) bool { return g.Code == in.Ground }) {
		faults = append(faults, Fault{"ground", "extension_ground"})
	}
	if !rule.Confirmed { // nobody but the officer knows the rule that makes use of Art. 9
		faults = append(faults, checkLine("document", in.Document, MaxExtensionDocument, true)...)
	}
	faults = append(faults, checkLine("note", in.Note, MaxNote, true)...)
	if len(faults) > 0 {
		return a, Event{}, c, faults
	}
	if _, waiting := c.Waiting(); waiting || c.Extended() {
		return a, Event{}, c, Refusal{Code: "extension_once", Clause: "第九条"}
	}
	if a.Paused() {
		return a, Event{}, c, Refusal{Code: "clock_paused"}
	}
	if a.Overdue(a.StatutoryBy, civic.DateOf(now)) {
		return a, Event{}, c, Refusal{Code: "extension_late"}
	}
	a, event, err := a.step(VerbRequestExtension, InReview, InReview, by, now)
	event.Reason, event.Note = in.Ground, in.Note
	c.Extensions = append(slices.Clone(c.Extensions), Extension{Ground: in.Ground, Document: in.Document, RequestedOn: event.On, RequestedBy: by.ID, Requested: a.Version})
	return a, event, c, err
}

// DecideExtension is the supervisor's consent to the request, or its refusal with a note (four eyes).
func DecideExtension(a Application, c Course, consent bool, note string, by Officer, r *policy.Ruleset, calendar civic.Calendar, now time.Time) (Application, Event, Course, error) {
	if faults := checkLine("note", note, MaxNote, !consent); len(faults) > 0 {
		return a, Event{}, c, faults
	}
	request, waiting := c.Waiting()
	switch {
	case a.State != InReview:
		return a, Event{}, c, Refusal{Code: "state_moved_on"}
	case !waiting:
		return a, Event{}, c, Refusal{Code: "no_extension_request"}
	case request.RequestedBy == by.ID:
		return a, Event{}, c, Refusal{Code: "extension_same_person"}
	case consent && a.Overdue(a.StatutoryBy, civic.DateOf(now)):
		return a, Event{}, c, Refusal{Code: "extension_late"}
	}
	verb := VerbDenyExtension
	if consent {
		verb = VerbExtend
	}
	a, event, err := a.step(verb, InReview, InReview, by, now)
	if err != nil {
		return a, event, c, err
	}
	event.Note = note
	c.Extensions = slices.Clone(c.Extensions)
	last := &c.Extensions[len(c.Extensions)-1]
	last.DecidedOn, last.DecidedBy, last.Decided, last.Granted = event.On, by.ID, a.Version, consent
	if consent {
		a, err = a.counted(r, c.clock(a.AcceptedOn), calendar)
	}
	return a, event, c, err
}
