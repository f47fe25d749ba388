package permit

import (
	"slices"
	"time"

	"anju/server/civic"
)

// Reschedule moves an appointment to another free slot of its station. The history keeps the old one; reminders are counted anew.
func Reschedule(a Appointment, to Slot, d Diary, by Doer, now time.Time) (Appointment, AppointmentEvent, error) {
	if err := a.changeable(by, now); err != nil {
		return a, AppointmentEvent{}, err
	}
	if to == a.Slot { // nothing to change, and its own place must not be in its way
		return a, AppointmentEvent{}, Faults{{"slot", "slot_same"}}
	}
	d.Held = slices.DeleteFunc(slices.Clone(d.Held), func(h Held) bool { return h == a.Held() })
	next, faults, err := a.take(to, d, now)
	if err != nil {
		return a, AppointmentEvent{}, err
	}
	if len(faults) > 0 {
		return a, AppointmentEvent{}, faults
	}
	next.BookedOn = civic.DateOf(now)
	next, event := next.step(VerbReschedule, AppointmentBooked, by, now)
	return next, event, nil
}

// changeable refuses what is no longer to be changed: whoever did not come in time books anew, and only an officer, who knows why, may still
// change or call off the old one.
func (a Appointment) changeable(by Doer, now time.Time) error {
	if err := a.needs(AppointmentBooked); err != nil {
		return err
	}
	if by.Officer.ID == "" && !now.Before(a.Slot.Start()) {
		return Refusal{Code: "appointment_begun"}
	}
	return nil
}
