package office

import (
	"context"

	"anju/server/access"
	"anju/server/permit"
)

// Arrive notes at the window that somebody has come, and gives the next number of the queue.
func (o *Office) Arrive(ctx context.Context, actor access.Actor, d AppointmentChange) (AppointmentCase, error) {
	f, err := o.appointmentFinder(actor, d.Reference)
	if err != nil {
		return AppointmentCase{}, err
	}
	return o.arrive(ctx, actor, d, f)
}

func (o *Office) arrive(ctx context.Context, actor access.Actor, d AppointmentChange, f AppointmentFinder) (AppointmentCase, error) {
	here := func(a permit.Appointment) bool { return a.Queue > 0 }
	return o.change(ctx, actor, d, f, here, func(tx Tx, a permit.Appointment, by permit.Doer) (permit.Appointment, permit.AppointmentEvent, error) {
		fail := func(err error) (permit.Appointment, permit.AppointmentEvent, error) {
			return a, permit.AppointmentEvent{}, err
		}
		if a.State == permit.AppointmentMissed && a.Application != "" { // what it was for may have been settled since
			stands, err := tx.Stands(ctx, a.Jurisdiction, a.Application)
			if err != nil {
				return fail(err)
			}
			if !a.Purpose.Fits(stands) || stands.Station != a.Station {
				return fail(permit.Refusal{Code: "appointment_not_now"})
			}
		}
		queue, err := tx.NextInQueue(ctx, a.Jurisdiction, a.Station, a.Slot.Day)
		if err != nil {
			return fail(err)
		}
		return permit.Arrive(a, queue, by, o.now())
	})
}

// Serve notes that whoever had come has been served.
func (o *Office) Serve(ctx context.Context, actor access.Actor, d AppointmentChange) (AppointmentCase, error) {
	f, err := staffAppointment(actor, d.Reference)
	if err != nil {
		return AppointmentCase{}, err
	}
	served := func(a permit.Appointment) bool { return a.State == permit.AppointmentServed }
	return o.change(ctx, actor, d, f, served, func(_ Tx, a permit.Appointment, by permit.Doer) (permit.Appointment, permit.AppointmentEvent, error) {
		return permit.Serve(a, by, o.now())
	})
}

// Miss notes that nobody came.
func (o *Office) Miss(ctx context.Context, actor access.Actor, d AppointmentChange) (AppointmentCase, error) {
	f, err := staffAppointment(actor, d.Reference)
	if err != nil {
		return AppointmentCase{}, err
	}
	missed := func(a permit.Appointment) bool { return a.State == permit.AppointmentMissed }
	return o.change(ctx, actor, d, f, missed, func(_ Tx, a permit.Appointment, by permit.Doer) (permit.Appointment, permit.AppointmentEvent, error) {
		return permit.Miss(a, by, o.now())
	})
}

// closeDays does what the rule says of appointments whose day is over: who was expected and not noted has not come.
func (o *Office) closeDays(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	past, err := tx.PastAppointments(ctx, count.Jurisdiction, o.Today(), dailyBatch)
	if err != nil {
		return 0, err
	}
	for _, a := range past {
		next, event, over := permit.CloseDay(a, o.now())
		if !over {
			continue
		}
		if err := tx.SaveAppointment(ctx, next, event); err != nil {
			return 0, err
		}
		if err := o.appointed(ctx, tx, house, next, event, Station{}); err != nil {
			return 0, err
		}
		count.Closed++
	}
	return len(past), nil
}
