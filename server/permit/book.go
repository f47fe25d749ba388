package permit

import (
	"errors"
	"slices"
	"time"

	"anju/server/civic"
)

// Booking is an appointment as it is asked for.
type Booking struct {
	Purpose     Purpose
	Application *Application // of a purpose that belongs to one; its station is where to come
	Station     string       // of a purpose that needs none
	Account     string
	Name        string // of whoever comes, where there is no application
	Slot        Slot
	Before      []Appointment // that the same person has open in the city
}

// AtWindow is the diary as an officer books by it for somebody who stands there or calls: also for the next minutes.
func (d Diary) AtWindow() Diary {
	d.Hours.NoticeMinutes = 0
	return d
}

// Book makes an appointment in a slot that is free.
func Book(in Booking, d Diary, by Doer, now time.Time) (Appointment, AppointmentEvent, error) {
	fail := func(err error) (Appointment, AppointmentEvent, error) { return Appointment{}, AppointmentEvent{}, err }
	a := Appointment{Purpose: in.Purpose, Station: in.Station, Account: in.Account, BookedOn: civic.DateOf(now)}
	var faults Faults
	switch {
	case !slices.Contains(Purposes(), in.Purpose) || in.Purpose.OfApplication() != (in.Application != nil):
		faults = append(faults, Fault{"purpose", "purpose_choose"})
	case in.Application == nil:
		name, err := civic.ParseName(in.Name)
		if problem := new(civic.Problem); errors.As(err, &problem) {
			faults = append(faults, Fault{"name", problem.Code})
		}
		a.Name = name
	case !in.Purpose.Fits(*in.Application):
		return fail(Refusal{Code: "appointment_not_now"})
	default:
		c := in.Application
		a.Application, a.Person, a.Account, a.Station = c.ID, c.Person, c.Account, c.Station
	}
	for _, one := range in.Before {
		if a.Application != "" && one.Application == a.Application {
			return fail(Refusal{Code: "appointment_exists"})
		}
	}
	if by.Officer.ID == "" && len(in.Before) >= d.Hours.OpenEach {
		return fail(Refusal{Code: "appointment_many"})
	}
	a, wrong, err := a.take(in.Slot, d, now)
	if err != nil {
		return fail(err)
	}
	if faults = append(faults, wrong...); len(faults) > 0 {
		return fail(faults)
	}
	a, event := a.step(VerbBook, AppointmentBooked, by, now)
	return a, event, nil
}

// take gives the appointment a free place in a slot. The faults say why not, in words that lead to another slot; the error is the calendar's
// problem with a day beyond the announced holidays.
func (a Appointment) take(s Slot, d Diary, now time.Time) (Appointment, Faults, error) {
	wrong := func(code string) (Appointment, Faults, error) { return a, Faults{{"slot", code}}, nil }
	switch {
	case s.Day.IsZero():
		return wrong("slot_choose")
	case s.Start().Before(now):
		return wrong("slot_past")
	case s.Start().Before(d.first(now)):
		return wrong("slot_soon")
	case s.Day.After(d.LastDay(civic.DateOf(now))):
		return wrong("slot_far")
	}
	slots, err := d.Slots(s.Day)
	if err != nil {
		return a, nil, err
	}
	if !slices.Contains(slots, s) {
		return wrong("slot_unknown")
	}
	place, free := d.place(s)
	if !free {
		return wrong("slot_taken")
	}
	a.Slot, a.Until, a.Place, a.Hours, a.Capacity = s, s.Minute+d.Hours.SlotMinutes, place, d.Version, d.Hours.Capacity
	return a, nil, nil
}
