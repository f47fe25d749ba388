package permit

import "time"

// CallOff takes an appointment back; its place is free for others.
func CallOff(a Appointment, by Doer, now time.Time) (Appointment, AppointmentEvent, error) {
	if err := a.changeable(by, now); err != nil {
		return a, AppointmentEvent{}, err
	}
	a, event := a.step(VerbCallOff, AppointmentCancelled, by, now)
	return a, event, nil
}
