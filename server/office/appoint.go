package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// BookingOrder is an appointment as a counter asks for it.
type BookingOrder struct {
	Jurisdiction string
	Station      string // of a purpose without an application
	Case         string // reference of the application, of the others
	Purpose      permit.Purpose
	Slot         permit.Slot
	Name         string // of whoever comes, without an application
	Phone        string // typed by an officer, without an application; optional
	Key          string // idempotency key of the form (UUID): two taps make one appointment
	Counter      string // of the person; empty when an officer books
}

// Appoint makes an appointment: for a citizen, or by an officer for somebody at the window or on the phone. The same key again returns the one
// that was made.
func (o *Office) Appoint(ctx context.Context, actor access.Actor, order BookingOrder) (permit.Appointment, error) {
	f := Finder{Jurisdiction: order.Jurisdiction, Reference: order.Case}
	switch actor.Kind {
	case access.Citizen:
		f.Account = actor.ID
	case access.Staff:
		scope := appointmentScope(actor)
		if order.Case == "" {
			scope = scope.At(order.Station)
		}
		if len(scope.Stations) == 0 || scope.Jurisdiction != order.Jurisdiction {
			return permit.Appointment{}, ErrNotFound
		}
		f.Scope = &scope
	default:
		return permit.Appointment{}, &Error{What: Forbidden, Why: "role"}
	}
	return o.appoint(ctx, actor, order, f)
}

func (o *Office) appoint(ctx context.Context, actor access.Actor, order BookingOrder, f Finder) (a permit.Appointment, err error) {
	if !isUUID(order.Key) {
		return a, &Error{What: Invalid, Why: "key_missing"}
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		in := permit.Booking{Purpose: order.Purpose, Station: order.Station, Name: order.Name, Slot: order.Slot}
		if actor.Kind == access.Citizen {
			in.Account = actor.ID
		}
		station := order.Station
		if order.Case != "" {
			c, err := tx.LockApplication(ctx, f, o.entry(actor, ledger.Viewed, "appointment"))
			if err != nil {
				return err
			}
			in.Application, in.Account, station = &c.Application, c.Application.Account, c.Application.Station
		} else if order.Phone != "" {
			if in.Account, err = o.accountByPhone(ctx, tx, order.Phone); err != nil {
				return err
			}
		}
		if in.Account != "" {
			if in.Before, err = tx.OpenAppointments(ctx, order.Jurisdiction, in.Account); err != nil {
				return err
			}
		}
		open, err := o.openings(ctx, tx, order.Jurisdiction, station, true)
		if err != nil {
			return err
		}
		a, err = tx.BookedWith(ctx, order.Jurisdiction, order.Key) // known now that the first of two taps has been waited for
		if err == nil && actor.Kind == access.Citizen && a.Account != actor.ID {
			return ErrNotFound // another citizen's, of which we say nothing
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		a, err = o.appointAt(ctx, tx, actor, order, in, open)
		return err
	})
	return a, err
}

func (o *Office) appointAt(ctx context.Context, tx Tx, actor access.Actor, order BookingOrder, in permit.Booking, open Openings) (permit.Appointment, error) {
	if open.Closed {
		return permit.Appointment{}, &Error{What: Denied, Why: "no_hours"}
	}
	by := doer(actor, order.Counter)
	if by.Officer.ID != "" {
		open.Diary = open.Diary.AtWindow()
	}
	a, event, err := permit.Book(in, open.Diary, by, o.now())
	if err != nil {
		return a, judged(err)
	}
	a.Jurisdiction, a.ID, a.Reference = order.Jurisdiction, newID(), permit.NewReference(order.Jurisdiction)
	if err := tx.CreateAppointment(ctx, a, event, order.Key); err != nil {
		return a, err
	}
	return a, o.appointed(ctx, tx, actor, a, event, open.Station)
}

// accountByPhone is the account of a phone that an officer typed, made when there is none; the language of one that is known stays.
func (o *Office) accountByPhone(ctx context.Context, tx Tx, typed string) (string, error) {
	phone, err := civic.ParsePhone(typed)
	if err != nil {
		return "", judged(permit.Faults{{Field: "phone", Code: codeOf(err)}})
	}
	known, err := tx.KnownAccount(ctx, phone)
	if errors.Is(err, ErrNotFound) {
		known, err = tx.AccountOf(ctx, phone, "zh", o.now())
	}
	return known.ID, err
}

// doer is who does something to an appointment.
func doer(actor access.Actor, counter string) permit.Doer {
	if actor.Kind == access.Staff {
		return permit.Doer{Officer: permit.Officer{ID: actor.ID, Name: actor.Name}}
	}
	return permit.Doer{Counter: counter}
}

// appointmentActions are the entries that events make in the ledger.
var appointmentActions = map[string]ledger.Action{
	permit.VerbBook: ledger.Booked, permit.VerbReschedule: ledger.Rescheduled, permit.VerbCallOff: ledger.CalledOff, permit.VerbArrive: ledger.Arrived,
	permit.VerbServe: ledger.Served, permit.VerbMiss: ledger.Missed, permit.VerbObviate: ledger.CalledOff,
}

// appointed writes what happened to an appointment into the ledger, and tells the person what has to be known: when to come, or that it is no
// longer so.
func (o *Office) appointed(ctx context.Context, tx Tx, actor access.Actor, a permit.Appointment, event permit.AppointmentEvent, station Station) error {
	entry := o.entry(actor, appointmentActions[event.Verb], string(a.Purpose))
	entry.Jurisdiction, entry.Station, entry.Person, entry.Account, entry.Object = a.Jurisdiction, "", a.Person, a.Account, "appointment/"+a.Reference
	if actor.Kind == access.Staff {
		entry.Station = a.Station
	}
	if err := tx.Record(ctx, entry); err != nil {
		return err
	}
	kind := map[string]string{permit.VerbBook: "appointment_booked", permit.VerbReschedule: "appointment_moved", permit.VerbCallOff: "appointment_cancelled"}[event.Verb]
	if event.Verb == permit.VerbObviate {
		kind = "appointment_" + event.Reason
	}
	if kind == "" || a.Account == "" {
		return nil
	}
	to, err := tx.Account(ctx, a.Account)
	if err != nil {
		return err
	}
	return tx.Send(ctx, o.message(to.Phone, to.Lang, kind, appointmentWords(a, station, to.Lang)...))
}

// appointmentWords are the variables of a text about an appointment: when and where, and nothing of the person.
func appointmentWords(a permit.Appointment, station Station, lang string) []string {
	name := station.Name.Zh
	if lang == "en" && station.Name.En != "" {
		name = station.Name.En
	}
	return []string{"On", a.Slot.Day.String(), "Time", a.Slot.Time(), "Station", name}
}
