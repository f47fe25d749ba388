package permit

import (
	"time"

	"anju/server/civic"
)

// Miss notes that nobody came, once the slot is over. It denies nobody anything: it is mentioned when the next appointment is booked.
func Miss(a Appointment, by Doer, now time.Time) (Appointment, AppointmentEvent, error) {
	if err := a.needs(AppointmentBooked); err != nil {
		return a, AppointmentEvent{}, err
	}
	if now.Before(a.End()) {
		return a, AppointmentEvent{}, Refusal{Code: "appointment_not_over"}
	}
	a, event := a.step(VerbMiss, AppointmentMissed, by, now)
	return a, event, nil
}

// CloseDay does to an appointment what the rule of the day says once its day is over: who was expected and not noted has not come, who had
// come has been served. False when its day is not over, or nothing is open.
func CloseDay(a Appointment, now time.Time) (Appointment, AppointmentEvent, bool) {
	if !a.State.Open() || !a.Slot.Day.Before(civic.DateOf(now)) {
		return a, AppointmentEvent{}, false
	}
	verb, to := VerbMiss, AppointmentMissed
	if a.State == AppointmentArrived {
		verb, to = VerbServe, AppointmentServed
	}
	a, event := a.step(verb, to, Doer{}, now)
	return a, event, true
}
