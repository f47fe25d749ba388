package permit

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// RegistrationState is where a residence registration stands.
type RegistrationState string

// The states; doc.go draws how they follow each other.
const (
	RegistrationDeclared  RegistrationState = "declared"
	RegistrationConfirmed RegistrationState = "confirmed"
	RegistrationRejected  RegistrationState = "rejected"
	RegistrationEnded     RegistrationState = "ended"
)

// RegistrationStates lists them.
func RegistrationStates() []RegistrationState {
	return []RegistrationState{RegistrationDeclared, RegistrationConfirmed, RegistrationRejected, RegistrationEnded}
}

// Where a registration comes from, beside the counters "portal" and "kiosk".
const (
	FromWindow   = "window"
	FromProvince = "province" // taken over from the provincial system
)

// Registration is a residence registration (居住登记): somebody lives at an address, since a day. It is no application and no permit.
type Registration struct {
	Jurisdiction string
	ID           string // UUID
	Number       string
	Ruleset      string
	Station      string // that serves the address
	Person       string
	Account      string // of whoever declared it on the portal, or has claimed it; empty while nobody has
	Household    string // the registration that it was made with, of a child that came along; else its own id
	Particulars  Declaration
	Source       string // "portal", "kiosk", FromWindow or FromProvince

	State      RegistrationState
	DeclaredOn civic.Date
	On         civic.Date // the first day of the registration: of the declaration, or an earlier one that evidence shows
	ShownBy    string     // kind of that evidence; empty when the registration counts from its declaration
	Since      civic.Date // the day from which residence counts without a break: On, or earlier after a move; zero until confirmed
	HalfYearOn civic.Date // the first day on which half a year is full; zero where the ruleset does not count it
	DecidedOn  civic.Date
	EndedOn    civic.Date
	EndedFor   string
	Version    int // rises with every event

	Token [16]byte // of the code on the receipt
}

// Live reports whether it counts.
func (r Registration) Live() bool { return r.State == RegistrationConfirmed }

// Counted reports whether it has ever counted: a declaration that was withdrawn or rejected never did.
func (r Registration) Counted() bool { return !r.Since.IsZero() }

// ReachedOn reports whether half a year is full on a day. Where a ruleset does not count it there is nothing to wait for.
func (r Registration) ReachedOn(day civic.Date) bool { return !r.HalfYearOn.After(day) }

// RegistrationEvent is one line of the history of a registration.
type RegistrationEvent struct {
	Verb    string
	State   RegistrationState
	At      time.Time
	On      civic.Date
	By      Officer
	Counter string
	Reason  string // a code: of a rejection, of an end, or the kind of evidence that shows an earlier beginning
	Note    string // sealed at rest
}

// The verbs of a registration's life.
const (
	VerbDeclare  = "declare"
	VerbRegister = "register" // at the window
	VerbImport   = "import"   // from the provincial system
	VerbConfirm  = "confirm"
	VerbReject   = "reject"
	VerbBackdate = "backdate"
	VerbEnd      = "end"
)

// step moves the registration.
func (r Registration) step(verb string, to RegistrationState, by Doer, reason, note string, now time.Time) (Registration, RegistrationEvent) {
	r.State = to
	r.Version++
	return r, RegistrationEvent{Verb: verb, State: to, At: now, On: civic.DateOf(now), By: by.Officer, Counter: by.Counter, Reason: reason, Note: note}
}

// from refuses what the state does not allow, as a page that is out of date.
func (r Registration) from(state RegistrationState) error {
	if r.State != state {
		return Refusal{Code: "state_moved_on"}
	}
	return nil
}

// live is the registration of a person that counts, among all of them in the city.
func live(all []Registration) (Registration, bool) {
	for _, r := range all {
		if r.Live() {
			return r, true
		}
	}
	return Registration{}, false
}

// counts sets from when the registration counts, and what follows.
func (r *Registration) counts(since civic.Date, rules *policy.Ruleset) {
	r.Since, r.HalfYearOn = since, rules.HalfYearOn(since)
}

// RestingOn takes the date of a draft from the registration on record, when it is of the person that the draft is about: what the office knows
// is not asked again (State Council Order 716 Art. 7). A date that was taken from a registration which no longer counts goes with it.
func (d Draft) RestingOn(reg *Registration) Draft {
	switch {
	case reg != nil && reg.Live() && reg.Particulars.IDNumber == d.IDNumber && d.IDNumber != "":
		d.Registration, d.RegisteredOn = reg.Number, reg.Since
	case d.Registration != "":
		d.Registration, d.RegisteredOn = "", civic.Date{}
	}
	return d
}

// Agreement says how the date that an applicant has declared agrees with the registration on record, nil where none counts.
type Agreement string

// The agreements.
const (
	FromRecord  Agreement = "record"  // it was taken from the record
	AsRecorded  Agreement = "agrees"  // it was typed, and is the record's
	UnlikeIt    Agreement = "differs" // the record has another one
	NotRecorded Agreement = "none"    // no registration counts here
	EndedSince  Agreement = "ended"   // it was taken from a registration that has ended since
)

// AgreesWith compares the declared date with the record.
func (d Draft) AgreesWith(reg *Registration) Agreement {
	switch {
	case reg == nil && d.Registration != "":
		return EndedSince
	case reg == nil:
		return NotRecorded
	case d.RegisteredOn != reg.Since:
		return UnlikeIt
	case d.Registration == reg.Number:
		return FromRecord
	}
	return AsRecorded
}

// NewReceiptNumber makes the number of a registration and its receipt (登记凭证): <county>-D<year>-<serial, seven digits>-<check character>.
// The D keeps it from being taken for a permit's.
func NewReceiptNumber(division string, year, serial int) string {
	body := fmt.Sprintf("%s-D%04d-%07d", division, year, serial)
	return body + "-" + string(mod3736(body))
}

var receiptForm = regexp.MustCompile(`^[0-9]{6}-D[0-9]{4}-[0-9]{7}-[0-9A-Z]$`)

// ParseReceiptNumber returns the number in its canonical form, or false when the form or the check character is wrong.
func ParseReceiptNumber(s string) (string, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if !receiptForm.MatchString(s) || mod3736(s[:len(s)-2]) != s[len(s)-1] {
		return "", false
	}
	return s, true
}
