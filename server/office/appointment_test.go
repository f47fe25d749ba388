package office_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// kinds are the texts that a person was sent of some kinds, the oldest first.
func kinds(t *testing.T, h scene.House, p scene.Played, of ...string) (list []string) {
	t.Helper()
	err := h.Office.Store.Within(t.Context(), func(tx office.Tx) error {
		all, err := tx.MessagesTo(t.Context(), p.Phone, 200)
		for _, m := range slices.Backward(all) {
			if slices.Contains(of, m.Kind) {
				list = append(list, m.Kind)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// stage furnishes a house and plays the scenes of the people named.
func stage(t *testing.T, keys ...string) (scene.House, map[string]scene.Played) {
	t.Helper()
	h, played := town(t)
	for _, key := range keys {
		p, err := h.Play(t.Context(), scene.PersonOf(key))
		if err != nil {
			t.Fatal(err)
		}
		played[key] = p
	}
	return h, played
}

// runDays runs the daily job twice a day up to a day.
func runDays(t *testing.T, h scene.House, until civic.Date) {
	t.Helper()
	for day := civic.DateOf(h.Clock.Now()).AddDays(1); !day.After(until); day = day.AddDays(1) {
		h.Clock.Set(day.Start().Add(10 * time.Minute))
		for range 2 {
			if _, err := h.Office.Daily(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAnAppointmentIsRemindedOfAndADayThatWaits(t *testing.T) {
	h, played := stage(t, "zz.pre_applied", "zz.to_collect", "zb.to_collect", "zz.kiosk")
	for _, city := range scene.Cities() {
		if err := h.OpenDiary(t.Context(), city); err != nil {
			t.Fatal(err)
		}
	}
	today := civic.DateOf(h.Clock.Now()) // 24 November
	far, err := h.Appoint(t.Context(), played["zz.pre_applied"], today.AddDays(33), 0)
	if err != nil {
		t.Fatal(err)
	}
	near, err := h.Appoint(t.Context(), played["zz.kiosk"], today.AddDays(7), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Appoint(t.Context(), played["zz.to_collect"], today.AddDays(30), 0); err != nil {
		t.Fatal(err)
	}
	waiting, err := h.PlayCourse(t.Context(), "zz.to_supplement") // told six days ago, best by the fifteenth day
	if err != nil {
		t.Fatal(err)
	}
	runDays(t, h, today.AddDays(4))
	if got := kinds(t, h, played["zz.pre_applied"], "appointment_soon"); len(got) != 1 { // on the 30th day before
		t.Errorf("%d reminders of a day in %d days", len(got), far.Slot.Day.DaysSince(today))
	}
	if got := kinds(t, h, played["zz.kiosk"], "appointment_soon"); len(got) != 0 { // agreed seven days before: those seven would only repeat it
		t.Errorf("%d reminders four days after the booking", len(got))
	}
	if got := kinds(t, h, waiting, "supplement_soon"); len(got) != 1 { // seven days before
		t.Errorf("%d reminders of the supplement", len(got))
	}

	// One that is moved is reminded of anew, one that is called off no more.
	open, err := h.Office.Openings(t.Context(), played["zz.pre_applied"].Citizen(), scene.Zhangzhou.Jurisdiction, scene.Zhangzhou.Station())
	if err != nil {
		t.Fatal(err)
	}
	to := open.Diary.Next(today.AddDays(14), h.Clock.Now(), 1)[0]
	moved, err := h.Office.Reschedule(t.Context(), played["zz.pre_applied"].Citizen(), office.AppointmentChange{Reference: far.Reference, Version: 1, Counter: "portal"}, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Office.CallOff(t.Context(), played["zz.kiosk"].Citizen(), office.AppointmentChange{Reference: near.Reference, Version: 1, Counter: "portal"}); err != nil {
		t.Fatal(err)
	}
	runDays(t, h, moved.Appointment.Slot.Day.AddDays(1))
	if got := kinds(t, h, played["zz.pre_applied"], "appointment_soon"); len(got) != 3 { // and now 7 and 1 days before the new day
		t.Errorf("%d reminders after the change", len(got))
	}
	if got := kinds(t, h, played["zz.kiosk"], "appointment_soon"); len(got) != 0 {
		t.Errorf("%d reminders of one that was called off", len(got))
	}
	runDays(t, h, today.AddDays(31))
	// The card lay ready three days before: best collected within 30 days. Who has an appointment for it is reminded of that.
	if got := kinds(t, h, played["zb.to_collect"], "collect_soon"); len(got) != 2 {
		t.Errorf("%d reminders to collect", len(got))
	}
	if got := kinds(t, h, played["zz.to_collect"], "collect_soon", "appointment_soon"); !slices.Equal(got, []string{"appointment_soon", "appointment_soon"}) {
		t.Errorf("with an appointment to collect: %v", got)
	}
	if got := kinds(t, h, waiting, "supplement_soon"); len(got) != 2 {
		t.Errorf("%d reminders of the supplement", len(got))
	}
}

// TestAppointmentAndApplicationNeverDisagree walks at random through the verbs of applications and appointments, in any state, at any time of
// the day and beyond it: whatever is refused is refused in words, and after each step every open appointment fits its application.
func TestAppointmentAndApplicationNeverDisagree(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h, played := stage(t, "zz.pre_applied", "zz.kiosk", "zz.to_collect", "zz.in_production")
			if err := h.OpenDiary(t.Context(), scene.Zhangzhou); err != nil {
				t.Fatal(err)
			}
			w := walk{t: t, h: h, random: rand.New(rand.NewPCG(seed, 7)), done: map[string]int{}}
			for _, key := range []string{"zz.pre_applied", "zz.kiosk", "zz.to_collect", "zz.in_production"} {
				w.people = append(w.people, played[key])
			}
			for range 150 {
				w.step()
				w.check()
			}
			if seed == 0 {
				t.Log(w.done)
			}
			for _, verb := range []string{"book", "arrive", "accept"} {
				if w.done[verb] == 0 {
					t.Errorf("the walk never came to %s: %v", verb, w.done)
				}
			}
		})
	}
}

type walk struct {
	t      *testing.T
	h      scene.House
	random *rand.Rand
	people []scene.Played
	done   map[string]int
}

func (w walk) actor(login string) access.Actor {
	w.t.Helper()
	a, err := w.h.Actor(w.t.Context(), login)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// step tries one verb on somebody.
func (w walk) step() {
	ctx, o := w.t.Context(), w.h.Office
	p := w.people[w.random.IntN(len(w.people))]
	progress, err := o.Application(ctx, p.Citizen(), p.Reference)
	if err != nil {
		w.t.Fatal(err)
	}
	d := office.Decision{Reference: p.Reference, Version: progress.Application.Version}
	list, err := o.Appointments(ctx, p.Citizen())
	if err != nil {
		w.t.Fatal(err)
	}
	change := office.AppointmentChange{Reference: "3506-0000-0000", Version: 1}
	if len(list) > 0 {
		a := list[w.random.IntN(len(list))].Appointment
		change = office.AppointmentChange{Reference: a.Reference, Version: a.Version}
	}
	clerk, reviewer, issuer := w.actor("zz.accept"), w.actor("zz.review"), w.actor("zz.issue")
	verbs := []struct {
		name string
		do   func() error
	}{
		{"book", func() error {
			_, err := w.h.Appoint(ctx, p, civic.DateOf(w.h.Clock.Now()), w.random.IntN(3))
			return err
		}},
		{"book", func() error {
			_, err := w.h.Appoint(ctx, p, civic.DateOf(w.h.Clock.Now()), 0)
			return err
		}},
		{"move", func() error {
			open, err := o.Openings(ctx, clerk, scene.Zhangzhou.Jurisdiction, scene.Zhangzhou.Station())
			if err != nil {
				return err
			}
			free := open.Diary.Next(civic.DateOf(w.h.Clock.Now()), w.h.Clock.Now(), 3)
			if len(free) == 0 {
				return nil
			}
			_, err = o.Reschedule(ctx, clerk, change, free[w.random.IntN(len(free))])
			return err
		}},
		{"call_off", func() error { _, err := o.CallOff(ctx, clerk, change); return err }},
		{"arrive", func() error { _, err := o.Arrive(ctx, clerk, change); return err }},
		{"serve", func() error { _, err := o.Serve(ctx, clerk, change); return err }},
		{"miss", func() error { _, err := o.Miss(ctx, clerk, change); return err }},
		{"accept", func() error {
			_, err := o.Accept(ctx, clerk, d, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true})
			return err
		}},
		{"notify", func() error {
			who := clerk
			if !progress.Application.AcceptedOn.IsZero() {
				who = reviewer
			}
			_, err := o.Notify(ctx, who, d, []permit.Deficiency{{Subject: "field-detail", Code: "unclear"}})
			return err
		}},
		{"supplement", func() error {
			who := clerk
			if !progress.Application.AcceptedOn.IsZero() {
				who = reviewer
			}
			_, err := o.TakeSupplement(ctx, who, d, nil, "地址没有变化")
			return err
		}},
		{"resume", func() error { _, err := o.ResumeClock(ctx, reviewer, d, ""); return err }},
		{"decline", func() error {
			if w.random.IntN(4) > 0 {
				return nil
			}
			_, err := o.Decline(ctx, clerk, d, "duplicate", "")
			return err
		}},
		{"grant", func() error { _, err := o.Grant(ctx, reviewer, d); return err }},
		{"produce", func() error { _, err := o.Produce(ctx, issuer, d); return err }},
		{"day", func() error {
			w.h.Clock.Set(w.h.Clock.Now().Add(time.Duration(w.random.IntN(40)) * time.Hour / 4))
			return nil
		}},
		{"day", func() error { _, err := o.Daily(ctx); return err }},
	}
	v := verbs[w.random.IntN(len(verbs))]
	known := new(office.Error)
	switch err := v.do(); {
	case err == nil:
		w.done[v.name]++
	case errors.As(err, &known), errors.Is(err, scene.ErrNoTime):
	default:
		w.t.Fatalf("%s of a case that is %s: %v", v.name, progress.Application.State, err)
	}
}

// check compares what is open with what it stands on.
func (w walk) check() {
	w.t.Helper()
	for _, p := range w.people {
		progress, err := w.h.Office.Application(w.t.Context(), p.Citizen(), p.Reference)
		if err != nil {
			w.t.Fatal(err)
		}
		list, err := w.h.Office.Appointments(w.t.Context(), p.Citizen())
		if err != nil {
			w.t.Fatal(err)
		}
		open := 0
		for _, one := range list {
			a := one.Appointment
			if !a.State.Open() {
				continue
			}
			open++
			if !a.Purpose.Fits(progress.Application) || a.Station != progress.Application.Station {
				w.t.Fatalf("%s at %s of a case that is %s at %s", a.Purpose, a.Station, progress.Application.State, progress.Application.Station)
			}
		}
		if open > 1 || (open == 1) != (progress.Appointment != nil) {
			w.t.Fatalf("%d open appointments of one case", open)
		}
	}
}
