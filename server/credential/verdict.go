package credential

import (
	"errors"
	"time"

	"anju/server/civic"
)

// Verdict is the answer to somebody who checks a code.
type Verdict string

// The twelve verdicts.
const (
	Valid       Verdict = "valid"
	Suspended   Verdict = "suspended" // endorsement overdue (Decree 663, Art. 10)
	Expired     Verdict = "expired"
	Lost        Verdict = "lost"
	Cancelled   Verdict = "cancelled"
	Superseded  Verdict = "superseded" // a newer permit has taken its place
	NotYetValid Verdict = "not_yet_valid"
	StaleCode   Verdict = "stale_code" // a live code too old: a screenshot
	Forged      Verdict = "forged"
	Unknown     Verdict = "unknown"
	Foreign     Verdict = "foreign"     // another site's or another kind of code: warn of phishing
	Unconfirmed Verdict = "unconfirmed" // genuine, but the status known here is too old
)

// Verdicts lists all twelve.
func Verdicts() []Verdict {
	return []Verdict{Valid, Suspended, Expired, Lost, Cancelled, Superseded, NotYetValid, StaleCode, Forged, Unknown, Foreign, Unconfirmed}
}

// Shows says whether the permit may be shown with the verdict: nothing is shown of a code that is not proven ours.
func (v Verdict) Shows() bool { return v != Forged && v != Unknown && v != Foreign }

// Status is what the record says about the permit behind a code.
type Status uint8

// The states of a permit, as far as a checker must know them.
const (
	NoRecord Status = iota // no permit belongs to the code
	StatusActive
	StatusSuspended
	StatusExpired
	StatusLost
	StatusCancelled
	StatusSuperseded
)

// MaxStatusAge is how long a status list counts on a machine without network.
const MaxStatusAge = 24 * time.Hour

// Finding is all that a verdict rests on.
type Finding struct {
	Err        error // from Parse or Check; nil for a token that parsed
	Status     Status
	StatusAge  time.Duration // 0 when the record itself was asked
	IssuedOn   civic.Date
	ValidUntil civic.Date // zero: no term
}

// Judge gives the verdict on the day on. What is wrong with the code comes first, then what is wrong for good with the permit, then
// its dates, then what its holder can put right.
func Judge(f Finding, on civic.Date) Verdict {
	switch {
	case errors.Is(f.Err, ErrForeign):
		return Foreign
	case errors.Is(f.Err, ErrUnknown):
		return Unknown
	case errors.Is(f.Err, ErrStale):
		return StaleCode
	case f.Err != nil:
		return Forged
	case f.Status == StatusCancelled:
		return Cancelled
	case f.Status == StatusSuperseded:
		return Superseded
	case f.Status == StatusLost:
		return Lost
	case f.Status == StatusExpired || f.Status != NoRecord && !f.ValidUntil.IsZero() && f.ValidUntil.Before(on):
		return Expired
	case f.Status == StatusSuspended:
		return Suspended
	case f.Status != StatusActive:
		return Unknown
	case on.Before(f.IssuedOn):
		return NotYetValid
	case f.StatusAge > MaxStatusAge:
		return Unconfirmed
	}
	return Valid
}
