package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/permit"
)

// saveCase stores the state that an event has led to, and settles what becomes of the appointment that the application had: so neither ever
// says something that the other does not know.
func (o *Office) saveCase(ctx context.Context, tx Tx, actor access.Actor, next permit.Application, event permit.Event) error {
	if err := o.followAppointment(ctx, tx, actor, next, permit.Doer{Officer: event.By, Counter: event.Counter}); err != nil {
		return err
	}
	return tx.SaveApplication(ctx, next, event)
}

func (o *Office) followAppointment(ctx context.Context, tx Tx, actor access.Actor, next permit.Application, by permit.Doer) error {
	a, err := tx.OpenAppointment(ctx, next.Jurisdiction, next.ID, true)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	followed, event, changed := permit.Follow(a, next, by, o.now())
	if !changed {
		return nil
	}
	station, err := tx.Station(ctx, a.Jurisdiction, a.Station)
	if err != nil {
		return err
	}
	if err := tx.SaveAppointment(ctx, followed, event); err != nil {
		return err
	}
	return o.appointed(ctx, tx, actor, followed, event, station)
}

// openAppointment is the open appointment of an application, nil when there is none.
func openAppointment(ctx context.Context, tx Tx, a permit.Application) (*permit.Appointment, error) {
	open, err := tx.OpenAppointment(ctx, a.Jurisdiction, a.ID, false)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return &open, err
}
