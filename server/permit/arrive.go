package permit

import (
	"time"

	"anju/server/civic"
)

// Arrive notes that somebody has come, on the day of the appointment, and gives the next number of the queue. Who was marked as missing and
// comes after all on that day is not sent away.
func Arrive(a Appointment, queue int, by Doer, now time.Time) (Appointment, AppointmentEvent, error) {
	if err := a.needs(AppointmentBooked, AppointmentMissed); err != nil {
		return a, AppointmentEvent{}, err
	}
	if a.Slot.Day != civic.DateOf(now) {
		return a, AppointmentEvent{}, Refusal{Code: "appointment_other_day"}
	}
	a.Queue = queue
	a, event := a.step(VerbArrive, AppointmentArrived, by, now)
	return a, event, nil
}

// Serve notes that whoever had come has been served.
func Serve(a Appointment, by Doer, now time.Time) (Appointment, AppointmentEvent, error) {
	if err := a.needs(AppointmentArrived); err != nil {
		return a, AppointmentEvent{}, err
	}
	a, event := a.step(VerbServe, AppointmentServed, by, now)
	return a, event, nil
}
