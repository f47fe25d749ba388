package civic_test

import (
	"testing"

	"anju/server/civic"
)

func TestWorkingDays(t *testing.T) {
	c := civic.DefaultCalendar()
	for s, want := range map[string]bool{
		"2026-11-24": true,  // Tuesday
		"2026-11-22": false, // Sunday
		"2026-10-01": false,
		"2026-10-10": true,  // Saturday worked in exchange
		"2026-02-14": true,  // Saturday worked in exchange
		"2026-02-23": false, // Monday off in exchange
		"2015-09-03": false, // 70th anniversary, once only
		"2014-01-31": false,
	} {
		if got, err := c.IsWorkingDay(civic.MustDate(s)); err != nil || got != want {
			t.Errorf("%s: %t, %v", s, got, err)
		}
	}
}

func TestDeadlines(t *testing.T) {
	c := civic.DefaultCalendar()
	for _, v := range []struct{ from, want string }{
		{"2026-09-16", "2026-10-08"}, // 15 days end on 1 October
		{"2026-11-01", "2026-11-16"}, // ends on a working day
		{"2026-11-07", "2026-11-23"}, // ends on a Sunday
		{"2026-09-05", "2026-09-20"}, // ends on a Sunday that is worked
	} {
		last := civic.MustDate(v.from).AddDays(15)
		if got, err := c.RollForward(last); err != nil || got.String() != v.want {
			t.Errorf("15 days after %s: %s, %v, want %s", v.from, got, err, v.want)
		}
	}
	for _, v := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-24", 10, "2026-10-15"},
		{"2026-09-24", 15, "2026-10-22"},
		{"2026-02-10", 10, "2026-03-02"},
		{"2026-11-20", 1, "2026-11-23"},
		{"2026-11-21", 1, "2026-11-23"},
		{"2026-11-21", 0, "2026-11-21"},
	} {
		if got, err := c.AddWorkingDays(civic.MustDate(v.from), v.n); err != nil || got.String() != v.want {
			t.Errorf("%d working days after %s: %s, %v, want %s", v.n, v.from, got, err, v.want)
		}
	}
}

func TestCalendarNeverGuesses(t *testing.T) {
	c := civic.DefaultCalendar()
	for _, d := range []civic.Date{civic.MustDate("2027-01-04"), civic.MustDate("2013-12-31"), {}} {
		_, err := c.IsWorkingDay(d)
		wantCode(t, "IsWorkingDay "+d.String(), err, "calendar_horizon")
		_, err = c.RollForward(d)
		wantCode(t, "RollForward "+d.String(), err, "calendar_horizon")
	}
	if _, err := c.AddWorkingDays(civic.MustDate("2026-12-25"), 4); err != nil {
		t.Errorf("4 working days after 2026-12-25: %v", err)
	}
	got, err := c.AddWorkingDays(civic.MustDate("2026-12-25"), 5)
	wantCode(t, "into 2027", err, "calendar_horizon")
	if !got.IsZero() {
		t.Errorf("%s beside an error", got)
	}
	_, err = civic.Calendar{}.IsWorkingDay(today)
	wantCode(t, "the zero Calendar", err, "calendar_horizon")
}

func TestNewCalendar(t *testing.T) {
	c, err := civic.NewCalendar([]civic.CalendarYear{{
		Year:     2027,
		Holidays: []civic.Date{civic.MustDate("2027-01-01")},
		Workdays: []civic.Date{civic.MustDate("2027-01-03")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]bool{"2027-01-01": false, "2027-01-02": false, "2027-01-03": true, "2027-01-04": true} {
		if got, err := c.IsWorkingDay(civic.MustDate(s)); err != nil || got != want {
			t.Errorf("%s: %t, %v", s, got, err)
		}
	}
	day := []civic.Date{civic.MustDate("2027-01-01")}
	for _, bad := range []civic.CalendarYear{{Year: 2026, Holidays: day}, {Year: 2028, Workdays: day}, {Year: 2027, Holidays: day, Workdays: day}} {
		_, err := civic.NewCalendar([]civic.CalendarYear{bad})
		wantCode(t, "table", err, "calendar_table")
	}
}

func TestEnteredYearsTakeThePlaceOfKnownOnes(t *testing.T) {
	base := civic.DefaultCalendar()
	year := base.Days(2026)
	if len(year.Holidays) != 33 || len(year.Workdays) != 6 || len(year.Check()) != 0 {
		t.Fatalf("%d days off, %d worked, %v", len(year.Holidays), len(year.Workdays), year.Check())
	}
	year.Workdays = year.Workdays[1:] // 4 January is worked no more
	changed, err := base.Replaced(year, civic.CalendarYear{Year: 2027, Holidays: []civic.Date{civic.MustDate("2027-01-01")}})
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{"2026-01-04": false, "2026-02-14": true, "2025-10-01": false, "2025-09-28": true, "2027-01-01": false, "2027-01-04": true} {
		if got, err := changed.IsWorkingDay(civic.MustDate(day)); err != nil || got != want {
			t.Errorf("%s: %v %v", day, got, err)
		}
	}
	if worked, _ := base.IsWorkingDay(civic.MustDate("2026-01-04")); !worked {
		t.Error("the calendar it was made of has changed")
	}
	if base.Horizon(civic.MustDate("2026-05-01")) != 2026 || changed.Horizon(civic.MustDate("2020-05-01")) != 2027 || base.Horizon(civic.MustDate("2027-05-01")) != 0 {
		t.Error("the horizon is wrong")
	}
	for _, y := range []int{2014, 2024, 2025} {
		if wrong := base.Days(y).Check(); len(wrong) > 0 {
			t.Errorf("%d: %v", y, wrong)
		}
	}
}
