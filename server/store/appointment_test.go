package store_test

import (
	"strings"
	"sync"
	"testing"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// takes has the station xq take two people at a time.
func (d desk) takes(c cast) {
	d.t.Helper()
	h := permit.Hours{SlotMinutes: 30, Capacity: 2, NoticeMinutes: 60, AheadDays: 30, OpenEach: 2, HintDays: 90}
	h.Week[0] = permit.OpenDay{{From: 540, To: 720}, {From: 840, To: 1020}}
	d.do(func(tx office.Tx) error {
		return tx.SaveHours(d.t.Context(), office.HoursEntry{Jurisdiction: city, Station: "xq", Hours: h, By: c.acceptor.ID, At: now})
	})
}

func appointment(place int, application permit.Application) (permit.Appointment, permit.AppointmentEvent) {
	slot := permit.Slot{Day: civic.DateOf(now).AddDays(6), Minute: 540}
	a := permit.Appointment{Jurisdiction: city, ID: id(), Reference: permit.NewReference(city), Station: "xq", Purpose: permit.HandIn, Application: application.ID, Person: application.Person, Account: application.Account,
		Slot: slot, Until: 570, Place: place, Hours: 1, Capacity: 2, State: permit.AppointmentBooked, BookedOn: civic.DateOf(now), Version: 1}
	if application.ID == "" {
		a.Purpose, a.Name = permit.Advice, "访客"
	}
	return a, permit.AppointmentEvent{Verb: permit.VerbBook, State: a.State, At: now, By: permit.Doer{Counter: "portal"}, Slot: slot, Station: "xq"}
}

// The database itself keeps the capacity and what an appointment stands on, whoever writes it.
func TestAppointmentsAreHeldByTheDatabase(t *testing.T) {
	d := open(t)
	c := d.cast()
	d.takes(c)
	pre := d.submit(c.account.ID, "张小明", citizen(t, 1))
	create := func(a permit.Appointment, e permit.AppointmentEvent) error {
		return d.try(func(tx office.Tx) error { return tx.CreateAppointment(t.Context(), a, e, id()) })
	}
	held, event := appointment(1, pre.Application)
	if err := create(held, event); err != nil {
		t.Fatal(err)
	}
	refused(t, create(appointment(1, permit.Application{})), conflict("slot_taken"))
	refused(t, create(appointment(2, pre.Application)), conflict("appointment_exists"))
	if err := create(appointment(3, permit.Application{})); err == nil || !strings.Contains(err.Error(), "appointment_place_offered") {
		t.Errorf("a third place of two: %v", err)
	}
	more, e := appointment(3, permit.Application{})
	more.Capacity = 3 // that no hours offer
	if err := create(more, e); err == nil || !strings.Contains(err.Error(), "appointment_hours") {
		t.Errorf("a capacity that nobody has set: %v", err)
	}
	if err := create(appointment(2, permit.Application{})); err != nil {
		t.Error(err)
	}
	// Twenty at once want the two places of another time.
	var wait sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for i := range 20 {
		wait.Go(func() {
			a, e := appointment(1+i%2, permit.Application{})
			a.Slot.Minute, a.Until, e.Slot.Minute = 570, 600, 570
			if create(a, e) == nil {
				mu.Lock()
				made++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if made != 2 {
		t.Errorf("%d in two places", made)
	}

	for _, test := range []struct{ constraint, set, of string }{
		{"appointment_purpose_fits", `purpose = 'collect'`, held.ID},
		{"appointment_stands_while_open", `stands_on = null`, held.ID},
		{"appointment_stands_while_open", `state = 'cancelled'`, held.ID},
		{"appointment_stands", `stands_on = 'to_supplement'`, held.ID},
		{"appointment_stands", `station = 'lw', hours = 1`, held.ID},
		{"appointment_of_application", `purpose = 'advice', stands_on = null, state = 'cancelled'`, held.ID},
		{"appointment_times", `until_minute = minute`, held.ID},
		{"appointment_times", `booked_on = day + 1`, held.ID},
		{"appointment_queue", `queue = 1`, held.ID},
		{"appointment_queue", `state = 'arrived'`, held.ID},
		{"appointment_named", `name = 'x'`, held.ID},
		{"opening_day_in_order", `monday = '{720,540}'`, ""},
		{"opening_day_in_order", `monday = '{540}'`, ""},
		{"opening_day_in_order", `monday = '{540,720,700,800}'`, ""},
		{"opening_day_in_order", `monday = '{540,1441}'`, ""},
		{"opening_hours_bounds", `capacity = 0`, ""},
	} {
		sql, args := `update appointment set `+test.set+` where id = $1`, []any{test.of}
		if test.of == "" {
			sql, args = `update opening_hours set `+test.set, nil
		}
		_, err := d.asOwner(sql, args...)
		if err == nil || !strings.Contains(err.Error(), test.constraint) && !(test.constraint == "appointment_stands" && strings.Contains(err.Error(), "appointment_hours")) {
			t.Errorf("%s: not refused by %s: %v", test.set, test.constraint, err)
		}
	}
	// An application does not move on under its appointment, nor to another station.
	for _, set := range []string{`state = 'declined', decided_on = '2026-11-24', decided_by = '` + c.reviewer.ID + `'`, `station = 'lw'`} {
		if _, err := d.asOwner(`update application set `+set+` where id = $1`, pre.ID); err == nil || !strings.Contains(err.Error(), "appointment_stands") {
			t.Errorf("%s: %v", set, err)
		}
	}
	// Who forgets the appointment fails; a state that its purpose fits is followed.
	a, moved := pre.Application, permit.Event{Verb: permit.VerbNotify, State: permit.ToSupplement, At: now, On: civic.DateOf(now), By: c.acceptor}
	a.State, a.Version = permit.ToSupplement, 2
	d.do(func(tx office.Tx) error { return tx.SaveApplication(t.Context(), a, moved) })
	if got := d.owner(`select stands_on from appointment where id = $1`, held.ID); len(got) != 1 || got[0] != "to_supplement" {
		t.Errorf("it stands on %v", got)
	}
	a.State, a.Version, a.DecidedOn, a.DecidedBy = permit.Declined, 3, civic.DateOf(now), c.acceptor.ID
	moved = permit.Event{Verb: permit.VerbDecline, State: permit.Declined, At: now, On: civic.DateOf(now), By: c.acceptor, Reason: "duplicate"}
	if err := d.try(func(tx office.Tx) error { return tx.SaveApplication(t.Context(), a, moved) }); err == nil || !strings.Contains(err.Error(), "appointment_purpose_fits") {
		t.Errorf("declined under its appointment: %v", err)
	}
}
