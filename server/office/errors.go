package office

import (
	"errors"

	"anju/server/civic"
	"anju/server/permit"
)

// Kind is what went wrong, as far as a counter must know: it becomes a status and a page.
type Kind string

// The kinds of error. Anything else that reaches a counter is a defect and answered as such.
const (
	Invalid     Kind = "invalid"
	NotFound    Kind = "not_found"
	Forbidden   Kind = "forbidden"
	Conflict    Kind = "conflict"
	Denied      Kind = "refused"
	Unavailable Kind = "unavailable"
	Throttled   Kind = "throttled"

	Unauthorised Kind = "unauthorised" // a key belongs to nobody
	Gone         Kind = "gone"         // it was there, and is not kept any more
)

// Error is an expected error. Reason names the sentence to show.
type Error struct {
	What   Kind
	Why    string
	Faults permit.Faults // of the fields, when What is Invalid
}

func (e *Error) Error() string { return "office: " + string(e.What) + ": " + e.Why }

// Kind and Reason are what the HTTP kit asks of an error.
func (e *Error) Kind() string   { return string(e.What) }
func (e *Error) Reason() string { return e.Why }

// Is makes errors of one kind and reason equal to errors.Is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.What == e.What && (t.Why == "" || t.Why == e.Why)
}

// Errors that the store reports, and that tests compare with.
var (
	ErrNotFound = &Error{What: NotFound}
	ErrStale    = &Error{What: Conflict, Why: "changed_meanwhile"} // another officer was faster
	ErrReused   = &Error{What: Conflict, Why: "key_reused"}        // an idempotency key came with another body
)

// judged turns what the law says into the errors of the house.
func judged(err error) error {
	var faults permit.Faults
	var refusal permit.Refusal
	var problem *civic.Problem
	switch {
	case errors.As(err, &faults):
		return &Error{What: Invalid, Why: "faults", Faults: faults}
	case errors.As(err, &refusal) && refusal.Code == "state_moved_on":
		return ErrStale
	case errors.As(err, &problem): // a deadline past the announced holidays: never a guess
		return &Error{What: Unavailable, Why: problem.Code}
	case errors.As(err, &refusal):
		return &Error{What: Denied, Why: refusal.Code}
	}
	return err
}

// FaultsOf returns the faults in an error, if it carries any.
func FaultsOf(err error) permit.Faults {
	var e *Error
	if errors.As(err, &e) {
		return e.Faults
	}
	return nil
}
