package permit

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// SystemConfirmation is what another system says of a person.
type SystemConfirmation struct {
	ID           string
	Jurisdiction string
	Kind         string // of system
	What         string // a paper or a condition of the ruleset
	Met          bool   // whether the condition is met; a paper that is confirmed is always there
	Partner      string // who said it
	Document     string // its number there
	IssuedOn     civic.Date
	ValidUntil   civic.Date // last day; zero: no end
	ReceivedAt   time.Time
	WithdrawnAt  time.Time // zero while whoever said it stands by it
	SameName     bool      // it came with the name of the person as the house knows it
	Objection    *Objection
}

// Objection is that the person says that a confirmation is wrong.
type Objection struct {
	At         time.Time
	Note       string
	AnsweredAt time.Time // zero while it waits
	By         Officer
	Upheld     bool // the confirmation was wrong
	Answer     string
}

// Open reports whether the objection waits for its answer.
func (o *Objection) Open() bool { return o != nil && o.AnsweredAt.IsZero() }

// ConfirmationState is how a confirmation stands.
type ConfirmationState string

// The states. Only the first counts for anything.
const (
	Confirmed             ConfirmationState = "confirmed"
	ConfirmationDisputed  ConfirmationState = "disputed"
	ConfirmationWithdrawn ConfirmationState = "withdrawn"
	ConfirmationExpired   ConfirmationState = "expired"
	ConfirmationReplaced  ConfirmationState = "replaced" // a newer one says what is so
)

// stateOn is how a confirmation stands by itself.
func (c SystemConfirmation) stateOn(today civic.Date) ConfirmationState {
	switch {
	case !c.WithdrawnAt.IsZero() || c.Objection != nil && c.Objection.Upheld:
		return ConfirmationWithdrawn
	case c.Objection.Open():
		return ConfirmationDisputed
	case !c.ValidUntil.IsZero() && c.ValidUntil.Before(today):
		return ConfirmationExpired
	}
	return Confirmed
}

// StatesOn says how each of a person's confirmations stands. Of those about one thing the newest that was not withdrawn decides: when it has
// run out or is disputed, nothing older takes its place, or an objection to an unwelcome answer would bring the welcome one back.
func StatesOn(list []SystemConfirmation, today civic.Date) map[string]ConfirmationState {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b SystemConfirmation) int {
		return cmp.Or(b.IssuedOn.Compare(a.IssuedOn), b.ReceivedAt.Compare(a.ReceivedAt), strings.Compare(b.ID, a.ID))
	})
	states, decided := map[string]ConfirmationState{}, map[string]bool{}
	for _, c := range sorted {
		state := c.stateOn(today)
		subject := c.Jurisdiction + " " + c.What
		if state != ConfirmationWithdrawn {
			if decided[subject] {
				state = ConfirmationReplaced
			}
			decided[subject] = true
		}
		states[c.ID] = state
	}
	return states
}

// Standing returns the confirmations that count.
func Standing(list []SystemConfirmation, today civic.Date) []SystemConfirmation {
	states := StatesOn(list, today)
	return slices.DeleteFunc(slices.Clone(list), func(c SystemConfirmation) bool { return states[c.ID] != Confirmed })
}

// ConfirmedPapers returns the kinds of evidence of the draft that need not be uploaded because a system has confirmed them (State Council
// Order 716 Art. 7). Only what came with the name of the draft counts: whoever knows a number alone learns nothing.
func (d Draft) ConfirmedPapers(r *policy.Ruleset, list []SystemConfirmation, today civic.Date) (papers []SystemConfirmation) {
	for _, c := range Standing(list, today) {
		if c.Met && c.SameName && slices.ContainsFunc(d.EvidenceChoices(r), func(e policy.Evidence) bool { return e.Code == c.What }) {
			papers = append(papers, c)
		}
	}
	return papers
}

// ConfirmedFacts returns what the confirmations that count say of conditions.
func ConfirmedFacts(r *policy.Ruleset, list []SystemConfirmation, today civic.Date) map[string]policy.Known {
	facts := map[string]policy.Known{}
	for _, c := range Standing(list, today) {
		if kind, ok := r.Confirmations.Kind(c.Kind); ok {
			if paper, ok := kind.Confirms(c.What); ok && !paper {
				facts[c.What] = policy.KnownOf(c.Met)
			}
		}
	}
	return facts
}

// ConfirmationRow is one confirmation as a partner sends it. One that is withdrawn names what it confirmed and its document, no more.
type ConfirmationRow struct {
	IDNumber, Name, What, Document string
	Met, Withdrawn                 bool
	IssuedOn, ValidUntil           civic.Date
}

// MaxDocument is the longest number of a document, in characters.
const MaxDocument = 60

// Check returns what is wrong with a row of a kind of system, and puts number and name into their one form.
func (row *ConfirmationRow) Check(kind policy.ConfirmationKind, today civic.Date) Faults {
	id, err := civic.ParseCitizenID(row.IDNumber, today)
	faults := problem("id_number", err)
	name, err := civic.ParseName(row.Name)
	faults = append(faults, problem("name", err)...)
	paper, ok := kind.Confirms(row.What)
	if !ok {
		faults = append(faults, Fault{"confirms", "confirms_unknown"})
	}
	for _, f := range checkLine("proof", row.Document, MaxDocument, true) {
		faults = append(faults, Fault{"document", f.Code})
	}
	if !row.Withdrawn {
		if paper && !row.Met {
			faults = append(faults, Fault{"met", "met_paper"})
		}
		switch {
		case row.IssuedOn.IsZero():
			faults = append(faults, Fault{"issued_on", "issued_on_empty"})
		case row.IssuedOn.After(today):
			faults = append(faults, Fault{"issued_on", "issued_on_future"})
		case len(faults) == 0 && row.IssuedOn.Before(id.Born()):
			faults = append(faults, Fault{"issued_on", "issued_on_early"})
		}
		if !row.ValidUntil.IsZero() && (row.ValidUntil.Before(row.IssuedOn) || row.ValidUntil.Before(today)) {
			faults = append(faults, Fault{"valid_until", "valid_until_over"})
		}
	}
	if len(faults) == 0 {
		row.IDNumber, row.Name, row.Document = string(id), name, strings.TrimSpace(row.Document)
	}
	return faults
}
