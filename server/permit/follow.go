package permit

import (
	"time"

	"anju/server/civic"
)

// Follow says what becomes of an open appointment when its application has moved on to next: it stays while the person still has to come
// there for it, it has served its purpose when the deed was done at it or the person had come, and else it ends, with the reason. False when it stays as it is.
func Follow(a Appointment, next Application, by Doer, now time.Time) (Appointment, AppointmentEvent, bool) {
	if !a.State.Open() || a.Application != next.ID || a.Station == next.Station && a.Purpose.Fits(next) {
		return a, AppointmentEvent{}, false
	}
	if over, event, ok := CloseDay(a, now); ok { // its day had passed before
		return over, event, true
	}
	done := next.State.Open() == (a.Purpose == HandIn) // accepted or supplemented, issued
	if a.State == AppointmentArrived || done && by.Officer.ID != "" && a.Slot.Day == civic.DateOf(now) {
		a, event := a.step(VerbServe, AppointmentServed, by, now)
		return a, event, true
	}
	reason := "not_needed"
	switch {
	case next.State == Declined || next.State == Refused:
		reason = "case_closed"
	case a.Station != next.Station:
		reason = "other_station"
	}
	a, event := a.step(VerbObviate, AppointmentEnded, by, now)
	event.Reason = reason
	return a, event, true
}
