package permit

import (
	"slices"
	"time"

	"anju/server/civic"
)

// State is where an application stands: the step that is being waited for, or the end.
type State string

// The states; doc.go draws how they follow each other.
const (
	PreApplied   State = "pre_applied"
	ToSupplement State = "to_supplement"
	InReview     State = "in_review"
	InProduction State = "in_production"
	ToCollect    State = "to_collect"
	Issued       State = "issued"
	Completed    State = "completed" // done without a card: a change of address
	Declined     State = "declined"
	Refused      State = "refused"
)

// States lists every state in the order of the main path, then the two refusals.
func States() []State {
	return []State{PreApplied, ToSupplement, InReview, InProduction, ToCollect, Issued, Completed, Declined, Refused}
}

// WaitingSince is the day from which a pre-application waits for the office.
func (a Application) WaitingSince() civic.Date {
	if !a.SupplementedOn.IsZero() {
		return a.SupplementedOn
	}
	return civic.DateOf(a.SubmittedAt)
}

// Open reports whether somebody still has to act.
func (s State) Open() bool { return s != Issued && s != Completed && s != Declined && s != Refused }

// Person is whom an application or a permit is about.
type Person struct {
	ID           string // UUID
	Jurisdiction string
	Name         string
	IDNumber     civic.CitizenID
	EthnicGroup  string
	Phone        string

	ChildOf string     // of a child without a number: who declared it; to find it again, not stored beside it
	Born    civic.Date // of such a child
}

// Application is a request for a permit with all its dates.
type Application struct {
	Jurisdiction string
	ID           string // UUID
	Reference    string
	Ruleset      string
	Kind         Kind
	OfPermit     string // number of the permit that another kind than KindIssue is about
	Tier         string
	Station      string // whose case it is
	Person       string // person id
	Account      string // the account that sent it; empty when it was made at a kiosk and no phone has claimed it
	Particulars  Draft  // as declared; sealed at rest
	Counter      string // "portal", "kiosk", or "window" when an officer sent it for the holder
	Notice       string // version of the privacy notice that was shown (PIPL Art. 17)

	State          State
	SubmittedAt    time.Time
	SupplementedOn civic.Date // the last supplement came; zero when none did
	AcceptedOn     civic.Date
	AcceptedBy     string // staff id
	StatutoryBy    civic.Date
	PromisedBy     civic.Date
	PausedOn       civic.Date // the clock stands still since then; zero while it runs, or does not run yet
	PausedFor      string     // why it stands still
	DecidedOn      civic.Date
	DecidedBy      string // staff id
	ProducedOn     civic.Date
	IssuedOn       civic.Date
	Permit         string // permit number once in production
	Version        int    // rises with every decision
}

// Event is one line of the history of an application: who did what, when and why.
type Event struct {
	Verb    string // "submit", "accept", …
	State   State  // the state after it
	At      time.Time
	On      civic.Date
	By      Officer
	Counter string // for a deed of the citizen: the counter
	Reason  string // a code: of Reasons for declined and refused, of PauseReasons, of an extension's ground
	Note    string // what the officer wrote, or the applicant with a supplement; sealed at rest
}

// Against reports whether the event ended the case against the applicant, who reads its reason and note.
func (e Event) Against() bool { return e.Verb == VerbDecline || e.Verb == VerbRefuse }

// Officer is the staff member who decides. The zero Officer stands for the applicant or the house.
type Officer struct {
	ID      string
	Name    string
	Station string
}

// Refusal says that the law, or the state of the case, does not allow what was asked. Code names the sentence to show.
type Refusal struct {
	Code   string
	Clause string // of the ruleset or the Decree; empty when it is a matter of order
}

func (r Refusal) Error() string { return "permit: refused: " + r.Code }

// Reason is why an application is declined or refused, with the clause that it rests on.
type Reason struct {
	Code   string
	Clause string
}

// ReasonPermitMoved is why an application ends whose permit has meanwhile become one that the business cannot be done to.
const ReasonPermitMoved = "permit_moved"

// Reasons lists the reasons that an officer may give: the two sets differ because an application is declined before the clock
// starts and refused after it. What is not examined for a kind of business cannot end it.
func (a Application) Reasons(verb string) []Reason {
	var list []Reason
	if verb == VerbDecline {
		list = []Reason{{"outside_scope", "二"}, {"half_year_not_reached", "二"}, {"other_station", ""}, {"duplicate", ""}, {"withdrawn", ""}}
	} else {
		list = []Reason{{"evidence_does_not_show_ground", "二"}, {"false_particulars", "Decree 663 Art. 18"}, {"half_year_not_reached", "二"}, {"outside_scope", "二"}, {"duplicate", ""}}
	}
	if a.OfPermit == "" {
		return list
	}
	if a.granted() {
		return []Reason{{ReasonPermitMoved, ""}}
	}
	d := a.Particulars
	return append(slices.DeleteFunc(list, func(r Reason) bool {
		switch r.Code {
		case "half_year_not_reached":
			return !d.anew()
		case "outside_scope", "evidence_does_not_show_ground":
			return !d.AsksLaw()
		}
		return false
	}), Reason{ReasonPermitMoved, ""})
}

func (a Application) knownReason(verb, code string) bool {
	return slices.ContainsFunc(a.Reasons(verb), func(r Reason) bool { return r.Code == code })
}

// The verbs.
const (
	VerbSubmit  = "submit"
	VerbAccept  = "accept"
	VerbDecline = "decline"
	VerbGrant   = "grant"
	VerbRefuse  = "refuse"
	VerbProduce = "produce"
	VerbIssue   = "issue"

	VerbNotify           = "notify"            // the one notice of everything that is missing
	VerbAllowNotice      = "allow_notice"      // a supervisor agrees to a further one
	VerbSupplement       = "supplement"        // the applicant's answer
	VerbPause            = "pause"             // the clock stops
	VerbResume           = "resume"            // and runs again
	VerbRequestExtension = "request_extension" // of the deadline
	VerbExtend           = "extend"            // a supervisor consents
	VerbDenyExtension    = "deny_extension"    // or does not
)

// Verbs returns what an officer may decide next on an application in this state, the main path first. What stops or lengthens the course
// is CourseVerbs.
func (s State) Verbs() []string {
	switch s {
	case PreApplied:
		return []string{VerbAccept, VerbDecline}
	case ToSupplement:
		return []string{VerbDecline}
	case InReview:
		return []string{VerbGrant, VerbRefuse}
	case InProduction:
		return []string{VerbProduce}
	case ToCollect:
		return []string{VerbIssue}
	}
	return nil
}

// Verbs returns what an officer may decide next on the application. One whose card is made or waits can still end because its permit has
// meanwhile become one that it cannot follow.
func (a Application) Verbs() []string {
	if a.granted() && a.OfPermit != "" {
		return append(a.State.Verbs(), VerbRefuse)
	}
	return a.State.Verbs()
}

// MaxNote is the longest note to the applicant, in characters.
const MaxNote = 300

// step moves the application if it stands where the verb starts from.
func (a Application) step(verb string, from, to State, by Officer, now time.Time) (Application, Event, error) {
	if a.State != from {
		return a, Event{}, Refusal{Code: "state_moved_on"}
	}
	a.State = to
	a.Version++
	return a, Event{Verb: verb, State: to, At: now, On: civic.DateOf(now), By: by}, nil
}

// end closes the application with a reason and a note that the applicant reads.
func (a Application) end(verb string, from, to State, by Officer, reason, note string, now time.Time) (Application, Event, error) {
	if !a.knownReason(verb, reason) {
		return a, Event{}, Faults{{"reason", "reason_choose"}}
	}
	if faults := checkLine("note", note, MaxNote, false); len(faults) > 0 {
		return a, Event{}, faults
	}
	a, event, err := a.step(verb, from, to, by, now)
	event.Reason, event.Note = reason, note
	return a, event, err
}
