package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
)

// AppointmentChange names the appointment that is to be changed, as it was when the page was made.
type AppointmentChange struct {
	Reference string
	Version   int    // that was seen
	Counter   string // of the person; empty for an officer
}

// appointmentFinder finds the appointment as the actor may see it.
func (o *Office) appointmentFinder(actor access.Actor, reference string) (AppointmentFinder, error) {
	switch actor.Kind {
	case access.Citizen:
		return o.ownAppointment(actor, reference)
	case access.Staff:
		return staffAppointment(actor, reference)
	}
	return AppointmentFinder{}, &Error{What: Forbidden, Why: "role"}
}

// appointmentVerb is what the law makes of an appointment.
type appointmentVerb func(tx Tx, a permit.Appointment, by permit.Doer) (permit.Appointment, permit.AppointmentEvent, error)

// change is what every verb of an appointment has in common: one transaction that locks it as the actor may see it, asks the law, and saves
// appointment, history, ledger and the text to the person. done: a second tap, which finds done what it asks for.
func (o *Office) change(ctx context.Context, actor access.Actor, d AppointmentChange, f AppointmentFinder, done func(permit.Appointment) bool, verb appointmentVerb) (c AppointmentCase, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if c, err = tx.LockAppointment(ctx, f, o.entry(actor, ledger.Viewed, "appointment")); err != nil {
			return err
		}
		if c.Station, err = tx.Station(ctx, c.Appointment.Jurisdiction, c.Appointment.Station); err != nil {
			return err
		}
		if done(c.Appointment) {
			return nil
		}
		if c.Appointment.Version != d.Version {
			return ErrStale
		}
		next, event, err := verb(tx, c.Appointment, doer(actor, d.Counter))
		if err != nil {
			return judged(err)
		}
		if err := tx.SaveAppointment(ctx, next, event); err != nil {
			return err
		}
		c.Appointment = next
		return o.appointed(ctx, tx, actor, next, event, c.Station)
	})
	return c, err
}

// Reschedule moves an appointment to another free slot of its station.
func (o *Office) Reschedule(ctx context.Context, actor access.Actor, d AppointmentChange, to permit.Slot) (AppointmentCase, error) {
	f, err := o.appointmentFinder(actor, d.Reference)
	if err != nil {
		return AppointmentCase{}, err
	}
	there := func(a permit.Appointment) bool { return a.Slot == to && a.Version == d.Version+1 }
	return o.change(ctx, actor, d, f, there, func(tx Tx, a permit.Appointment, by permit.Doer) (permit.Appointment, permit.AppointmentEvent, error) {
		open, err := o.openings(ctx, tx, a.Jurisdiction, a.Station, true)
		if err != nil {
			return a, permit.AppointmentEvent{}, err
		}
		if open.Closed { // hours are never taken back whole, so there were some when it was booked
			return a, permit.AppointmentEvent{}, errors.New("office: an appointment at a station without hours")
		}
		if by.Officer.ID != "" {
			open.Diary = open.Diary.AtWindow()
		}
		return permit.Reschedule(a, to, open.Diary, by, o.now())
	})
}

// CallOff takes an appointment back.
func (o *Office) CallOff(ctx context.Context, actor access.Actor, d AppointmentChange) (AppointmentCase, error) {
	f, err := o.appointmentFinder(actor, d.Reference)
	if err != nil {
		return AppointmentCase{}, err
	}
	off := func(a permit.Appointment) bool { return a.State == permit.AppointmentCancelled }
	return o.change(ctx, actor, d, f, off, func(_ Tx, a permit.Appointment, by permit.Doer) (permit.Appointment, permit.AppointmentEvent, error) {
		return permit.CallOff(a, by, o.now())
	})
}
