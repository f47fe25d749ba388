package permit

import (
	"fmt"
	"time"

	"anju/server/civic"
)

// Purpose is what somebody comes to a station for.
type Purpose string

// The purposes. The first two belong to an application; the others need none.
const (
	HandIn   Purpose = "hand_in"  // to show the ID card and hand in what an application needs
	Collect  Purpose = "collect"  // to collect the permit
	Register Purpose = "register" // residence registration (居住登记)
	Advice   Purpose = "advice"
)

// Purposes lists them.
func Purposes() []Purpose { return []Purpose{HandIn, Collect, Register, Advice} }

// OfApplication reports whether the purpose belongs to an application.
func (p Purpose) OfApplication() bool { return p == HandIn || p == Collect }

// Fits reports whether an application stands where somebody has to come for the purpose: to collect only what lies ready, to hand in before
// acceptance, and in review while a supplement is waited for.
func (p Purpose) Fits(a Application) bool {
	switch p {
	case HandIn:
		return a.State == PreApplied || a.State == ToSupplement || a.State == InReview && a.PausedFor == PauseSupplement
	case Collect:
		return a.State == ToCollect
	}
	return false
}

// PurposeOf is what the applicant has to come for as the application stands, "" when for nothing.
func PurposeOf(a Application) Purpose {
	for _, p := range Purposes() {
		if p.Fits(a) {
			return p
		}
	}
	return ""
}

// letter is what the marks of the queue begin with: staff call them by what they are for.
func (p Purpose) letter() string {
	return map[Purpose]string{HandIn: "A", Collect: "B", Register: "C", Advice: "D"}[p]
}

// AppointmentState is how an appointment stands.
type AppointmentState string

// The states; doc.go draws how they follow each other.
const (
	AppointmentBooked    AppointmentState = "booked"
	AppointmentArrived   AppointmentState = "arrived"
	AppointmentServed    AppointmentState = "served"
	AppointmentMissed    AppointmentState = "missed"
	AppointmentCancelled AppointmentState = "cancelled"
	AppointmentEnded     AppointmentState = "ended" // the application needs it no longer
)

// AppointmentStates lists them.
func AppointmentStates() []AppointmentState {
	return []AppointmentState{AppointmentBooked, AppointmentArrived, AppointmentServed, AppointmentMissed, AppointmentCancelled, AppointmentEnded}
}

// Open reports whether somebody is still expected, or waits.
func (s AppointmentState) Open() bool { return s == AppointmentBooked || s == AppointmentArrived }

// Appointment is a time at which a station expects somebody (预约).
type Appointment struct {
	Jurisdiction string
	ID           string // UUID
	Reference    string
	Station      string
	Purpose      Purpose
	Application  string // id; empty when the purpose needs none
	Person       string // of the application
	Account      string // of whoever it was booked for; empty when no phone is known
	Name         string // of whoever comes, when there is no application; sealed at rest

	Slot     Slot
	Until    int // minute at which the slot ends
	Place    int // 1 … Capacity: no two open appointments have the same place in a slot
	Hours    int // version of the hours by which it was booked
	Capacity int // of those hours

	State    AppointmentState
	BookedOn civic.Date // the day on which this time was agreed: of the booking, or of the last change
	Queue    int        // number of the arrival on that day, 0 before it
	Version  int        // rises with every event
}

// Held is the place that it takes.
func (a Appointment) Held() Held { return Held{a.Slot, a.Until, a.Place} }

// End is the instant at which its slot ends.
func (a Appointment) End() time.Time {
	return a.Slot.Day.Start().Add(time.Duration(a.Until) * time.Minute)
}

// Mark is what the person is called by after the arrival, such as A012; empty before it.
func (a Appointment) Mark() string {
	if a.Queue == 0 {
		return ""
	}
	return fmt.Sprintf("%s%03d", a.Purpose.letter(), a.Queue)
}

// AppointmentEvent is one line of the history of an appointment.
type AppointmentEvent struct {
	Verb    string
	State   AppointmentState // after it
	At      time.Time
	By      Doer
	Slot    Slot   // after it
	Station string // after it
	Reason  string // why the application needs it no longer: it was closed, went to another station, or what the person was to come for is done
}

// The verbs of an appointment.
const (
	VerbBook       = "book"
	VerbReschedule = "reschedule"
	VerbCallOff    = "call_off"
	VerbArrive     = "arrive"
	VerbServe      = "serve"
	VerbMiss       = "miss"
	VerbObviate    = "end"
)

// step adds an event.
func (a Appointment) step(verb string, to AppointmentState, by Doer, now time.Time) (Appointment, AppointmentEvent) {
	a.State = to
	a.Version++
	return a, AppointmentEvent{Verb: verb, State: to, At: now, By: by, Slot: a.Slot, Station: a.Station}
}

// needs refuses a verb in a state that it does not start from, and says which state it is.
func (a Appointment) needs(states ...AppointmentState) error {
	for _, s := range states {
		if a.State == s {
			return nil
		}
	}
	return Refusal{Code: "appointment_" + string(a.State)}
}
