package permit

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"anju/server/civic"
)

// diaryOf is a station that takes one person every half hour on Monday mornings, make-up days and, by exception, on some days.
func diaryOf() Diary {
	morning := OpenDay{{9 * 60, 10*60 + 45}} // a quarter of an hour is left over
	h := Hours{MakeUp: OpenDay{{14 * 60, 15 * 60}}, SlotMinutes: 30, Capacity: 1, NoticeMinutes: 60, AheadDays: 60, OpenEach: 1}
	h.Week[0], h.Week[5], h.Week[3] = morning, OpenDay{{8 * 60, 9 * 60}}, morning
	return Diary{Hours: h, Version: 1, Calendar: civic.DefaultCalendar(), Exceptions: map[civic.Date]Exception{
		civic.MustDate("2026-10-05"): {Day: civic.MustDate("2026-10-05"), Open: OpenDay{{9 * 60, 10 * 60}}}, civic.MustDate("2026-10-12"): {Day: civic.MustDate("2026-10-12")},
		civic.MustDate("2027-01-04"): {Day: civic.MustDate("2027-01-04"), Open: morning}}}
}

func TestSlotsFollowWeekHolidaysAndExceptions(t *testing.T) {
	d := diaryOf()
	for day, want := range map[string]int{
		"2026-09-21": 3, // a Monday
		"2026-09-22": 0, // a Tuesday
		"2026-09-26": 0, // a Saturday within a holiday
		"2026-09-19": 2, // an ordinary Saturday
		"2026-10-10": 2, // a Saturday worked in exchange: its own line
		"2026-10-01": 0, // a Thursday that is a holiday
		"2026-10-05": 2, // a holiday that is opened
		"2026-10-12": 0, // a Monday that is closed
		"2027-01-04": 3, // beyond the calendar, but said for that day
	} {
		if slots, err := d.Slots(civic.MustDate(day)); err != nil || len(slots) != want {
			t.Errorf("%s: %v %v", day, slots, err)
		}
	}
	problem := new(civic.Problem)
	if _, err := d.Slots(civic.MustDate("2027-01-11")); !errors.As(err, &problem) || problem.Code != "calendar_horizon" {
		t.Errorf("a day that nobody has announced: %v", err)
	}
	now := civic.MustDate("2026-12-20").Start()
	days, horizon := d.FreeDays(now)
	if horizon != civic.MustDate("2027-01-01") || days[len(days)-1] != civic.MustDate("2027-01-04") {
		t.Errorf("%v from %s on unknown", days, horizon)
	}
}

func TestAPlaceIsOneThatIsOffered(t *testing.T) {
	d, now := diaryOf(), civic.MustDate("2026-09-18").Start().Add(12*time.Hour)
	at := func(s string) Slot {
		slot, ok := ParseSlot(s)
		if !ok {
			t.Fatal(s)
		}
		return slot
	}
	in := Booking{Purpose: Advice, Station: "S", Name: "张三", Slot: at("2026-09-21T09:30")}
	a, _, err := Book(in, d, Doer{Counter: "portal"}, now)
	if err != nil || a.Place != 1 || a.Until != 10*60 || a.State != AppointmentBooked {
		t.Fatal(a, err)
	}
	d.Held = []Held{a.Held()}
	code := func(err error) string {
		var faults Faults
		var refusal Refusal
		switch {
		case errors.As(err, &faults):
			return faults[0].Code
		case errors.As(err, &refusal):
			return refusal.Code
		}
		return ""
	}
	if _, _, err := Book(in, d, Doer{Counter: "portal"}, now); code(err) != "slot_taken" {
		t.Error(err)
	}
	// Slots of another length meet it where they overlap, and nowhere else.
	shorter := d
	shorter.Hours.SlotMinutes = 20
	for slot, want := range map[string]string{"2026-09-21T09:00": "", "2026-09-21T09:20": "slot_taken", "2026-09-21T09:40": "slot_taken", "2026-09-21T10:00": ""} {
		in.Slot = at(slot)
		if _, _, err := Book(in, shorter, Doer{Counter: "portal"}, now); code(err) != want {
			t.Errorf("%s: %v, want %s", slot, err, want)
		}
	}
	// A second place is free, then the capacity is lowered again: nobody is dropped, and nobody more comes in.
	wider := d
	wider.Hours.Capacity = 2
	in.Slot = at("2026-09-21T09:30")
	b, _, err := Book(in, wider, Doer{Counter: "portal"}, now)
	if err != nil || b.Place != 2 {
		t.Fatal(b, err)
	}
	d.Held = []Held{b.Held()} // the first was called off
	if _, _, err := Book(in, d, Doer{Counter: "portal"}, now); code(err) != "slot_taken" {
		t.Error(err)
	}
	if d.Overbooked(b.Held()) {
		t.Error("one of one is not too many")
	}
	d.Held = []Held{a.Held(), b.Held()}
	if !d.Overbooked(b.Held()) || d.Misfits()[b.Slot.Day] != 2 {
		t.Error("two of one are too many")
	}
	moved, event, err := Reschedule(a, at("2026-09-21T10:00"), d, Doer{Counter: "portal"}, now)
	if err != nil || moved.Slot.Time() != "10:00" || event.Verb != VerbReschedule || moved.Version != 2 {
		t.Error(moved, err)
	}
	if _, _, err := Reschedule(a, at("2026-09-21T10:00"), d, Doer{Counter: "portal"}, a.Slot.Start()); code(err) != "appointment_begun" {
		t.Error(err)
	}
}

// TestEveryVerbInEveryState tries each verb of an appointment in each state: what does not start from it is refused, and says which it is.
func TestEveryAppointmentVerbInEveryState(t *testing.T) {
	d, officer := diaryOf().AtWindow(), Doer{Officer: Officer{ID: "clerk"}}
	base := Appointment{ID: "a", Purpose: Advice, Slot: Slot{civic.MustDate("2026-09-21"), 9 * 60}, Until: 9*60 + 30, Place: 1, Version: 1}
	after := base.End()
	verbs := map[string]func(Appointment) (Appointment, error){
		"move": func(a Appointment) (Appointment, error) {
			a, _, err := Reschedule(a, Slot{base.Slot.Day, 10 * 60}, d, officer, after)
			return a, err
		},
		"call_off": func(a Appointment) (Appointment, error) { a, _, err := CallOff(a, officer, after); return a, err },
		"arrive":   func(a Appointment) (Appointment, error) { a, _, err := Arrive(a, 3, officer, after); return a, err },
		"serve":    func(a Appointment) (Appointment, error) { a, _, err := Serve(a, officer, after); return a, err },
		"miss":     func(a Appointment) (Appointment, error) { a, _, err := Miss(a, officer, after); return a, err },
	}
	want := map[string]map[AppointmentState]AppointmentState{
		"move": {AppointmentBooked: AppointmentBooked}, "call_off": {AppointmentBooked: AppointmentCancelled}, "arrive": {AppointmentBooked: AppointmentArrived, AppointmentMissed: AppointmentArrived},
		"serve": {AppointmentArrived: AppointmentServed}, "miss": {AppointmentBooked: AppointmentMissed},
	}
	for name, verb := range verbs {
		for _, from := range AppointmentStates() {
			a := base
			a.State = from
			got, err := verb(a)
			to, allowed := want[name][from]
			refusal := Refusal{}
			switch {
			case allowed && (err != nil || got.State != to || got.Version != 2):
				t.Errorf("%s from %s: %s %v", name, from, got.State, err)
			case !allowed && (!errors.As(err, &refusal) || refusal.Code != "appointment_"+string(from)):
				t.Errorf("%s from %s: %s %v", name, from, got.State, err)
			}
		}
	}
}

func TestFollowSaysWhatBecomesOfAnAppointment(t *testing.T) {
	now := civic.MustDate("2026-09-21").Start().Add(10 * time.Hour)
	officer := Doer{Officer: Officer{ID: "clerk"}}
	for _, c := range []struct {
		what    string
		purpose Purpose
		state   AppointmentState
		day     string
		next    Application
		by      Doer
		want    AppointmentState
		reason  string
	}{
		{"notified before acceptance", HandIn, AppointmentBooked, "2026-09-28", Application{State: ToSupplement}, officer, AppointmentBooked, ""},
		{"notified in review", HandIn, AppointmentBooked, "2026-09-28", Application{State: InReview, PausedFor: PauseSupplement}, officer, AppointmentBooked, ""},
		{"accepted on the day", HandIn, AppointmentBooked, "2026-09-21", Application{State: InReview}, officer, AppointmentServed, ""},
		{"accepted before the day", HandIn, AppointmentBooked, "2026-09-28", Application{State: InReview}, officer, AppointmentEnded, "not_needed"},
		{"declined on the day", HandIn, AppointmentBooked, "2026-09-21", Application{State: Declined}, officer, AppointmentEnded, "case_closed"},
		{"declined after the arrival", HandIn, AppointmentArrived, "2026-09-21", Application{State: Declined}, officer, AppointmentServed, ""},
		{"refused", HandIn, AppointmentBooked, "2026-09-28", Application{State: Refused}, officer, AppointmentEnded, "case_closed"},
		{"supplemented from home", HandIn, AppointmentBooked, "2026-09-21", Application{State: InReview}, Doer{Counter: "portal"}, AppointmentEnded, "not_needed"},
		{"another station", HandIn, AppointmentBooked, "2026-09-28", Application{State: PreApplied, Station: "T"}, Doer{Counter: "portal"}, AppointmentEnded, "other_station"},
		{"issued on the day", Collect, AppointmentBooked, "2026-09-21", Application{State: Issued}, officer, AppointmentServed, ""},
		{"issued before it", Collect, AppointmentBooked, "2026-09-28", Application{State: Issued}, officer, AppointmentEnded, "not_needed"},
		{"issued after it", Collect, AppointmentBooked, "2026-09-14", Application{State: Issued}, officer, AppointmentMissed, ""},
	} {
		if c.next.Station == "" {
			c.next.Station = "S"
		}
		a := Appointment{Station: "S", Purpose: c.purpose, State: c.state, Slot: Slot{civic.MustDate(c.day), 9 * 60}, Until: 9*60 + 30, Version: 1}
		got, event, changed := Follow(a, c.next, c.by, now)
		if got.State != c.want || event.Reason != c.reason || changed != (c.want != c.state) {
			t.Errorf("%s: %s %q %v", c.what, got.State, event.Reason, changed)
		}
	}
}

func FuzzParseOpenDay(f *testing.F) {
	for _, s := range []string{"8:30-12:00 14:30-17:30", "８:30-12:00", "00:00-24:00", "9-5", "-", "8：30－12：00，13：00～14：00", "8:30-8:30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		day, ok := ParseOpenDay(s)
		if !ok {
			return
		}
		again, ok := ParseOpenDay(day.String())
		if !ok || !reflect.DeepEqual(day, again) {
			t.Errorf("%q is %v, and then %v", s, day, again)
		}
	})
}

func FuzzParseSlot(f *testing.F) {
	for _, s := range []string{"2026-12-01T09:00", "2026-12-01T24:00", "2026-02-30T09:00", "T", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if slot, ok := ParseSlot(s); ok && slot.String() != s {
			t.Errorf("%q is %s", s, slot)
		}
	})
}
