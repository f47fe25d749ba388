package civic_test

import (
	"encoding/json"
	"testing"
	"time"

	"anju/server/civic"
)

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2026-11-22", "2024-02-29", "0001-01-01", "9999-12-31"} {
		d, err := civic.ParseDate(s)
		if err != nil || d.String() != s {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-1-2", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01",
		"2026-11-22 ", " 2026-11-22", "20261122", "2026/11/22", "+026-11-22", "２０２６-１１-２２", "2026-11-22T00:00:00Z"} {
		d, err := civic.ParseDate(s)
		wantCode(t, "ParseDate("+s+")", err, "date")
		if !d.IsZero() {
			t.Errorf("ParseDate(%q) gave %v beside its error", s, d)
		}
	}
}

func TestDateOfIsShanghai(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-21T15:59:59Z":      "2026-11-21",
		"2026-11-21T16:00:00Z":      "2026-11-22",
		"2026-11-22T23:59:59+08:00": "2026-11-22",
	} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := civic.DateOf(at).String(); got != want {
			t.Errorf("DateOf(%s) = %s, want %s", in, got, want)
		}
	}
	d := civic.MustDate("2026-11-22")
	if got := d.Start().UTC().Format(time.RFC3339); got != "2026-11-21T16:00:00Z" {
		t.Errorf("Start = %s", got)
	}
	if got := civic.DateOf(d.Start()); got != d {
		t.Errorf("DateOf(Start) = %s", got)
	}
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-15", 6, "2026-07-15"},
		{"2025-08-31", 6, "2026-02-28"},
		{"2026-03-31", 6, "2026-09-30"},
		{"2025-03-31", 11, "2026-02-28"}, {"2025-03-31", 12, "2026-03-31"},
		{"2024-02-29", 11, "2025-01-29"}, {"2024-02-29", 12, "2025-02-28"},
		{"2025-02-28", -1, "2025-01-28"},
		{"2025-11-30", 11, "2026-10-30"}, {"2025-11-30", 12, "2026-11-30"},
		{"2026-01-31", -2, "2025-11-30"},
		{"2026-11-24", 0, "2026-11-24"},
		{"9999-06-01", 12, "9999-12-31"}, {"0001-06-01", -12, "0001-01-01"},
	} {
		if got := civic.MustDate(c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestAddDaysAndDaysSince(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-15", 183, "2026-07-17"},
		{"2025-08-31", 183, "2026-03-02"},
		{"2026-03-31", 183, "2026-09-30"},
		{"2026-09-16", 15, "2026-10-01"},
		{"2026-03-01", -1, "2026-02-28"},
		{"1999-12-31", 1, "2000-01-01"},
	} {
		from := civic.MustDate(c.from)
		got := from.AddDays(c.n)
		if got.String() != c.want {
			t.Errorf("%s + %d days = %s, want %s", c.from, c.n, got, c.want)
		}
		if back := got.DaysSince(from); back != c.n {
			t.Errorf("%s since %s = %d, want %d", got, from, back, c.n)
		}
	}
	if got := civic.MustDate("9999-12-31").AddDays(1).String(); got != "9999-12-31" {
		t.Errorf("past the end: %s", got)
	}
	if got := (civic.Date{}).AddDays(5); !got.IsZero() {
		t.Errorf("no date + 5 days = %s", got)
	}
	if got := (civic.Date{}).AddMonths(5); !got.IsZero() {
		t.Errorf("no date + 5 months = %s", got)
	}
}

func TestYearsSince(t *testing.T) {
	for _, c := range []struct {
		born, on string
		want     int
	}{
		{"1990-03-07", "2026-03-06", 35},
		{"1990-03-07", "2026-03-07", 36},
		{"2008-02-29", "2026-02-27", 17},
		{"2008-02-29", "2026-02-28", 18},
		{"2026-03-07", "2024-03-07", -2},
		{"2026-03-07", "2026-03-06", 0},
	} {
		if got := civic.MustDate(c.on).YearsSince(civic.MustDate(c.born)); got != c.want {
			t.Errorf("%s on %s: %d, want %d", c.born, c.on, got, c.want)
		}
	}
}

func TestDateOrder(t *testing.T) {
	sorted := []civic.Date{{}, civic.MustDate("2025-12-31"), civic.MustDate("2026-01-30"), civic.MustDate("2026-02-01")}
	for i, a := range sorted {
		for j, b := range sorted {
			if a.Before(b) != (i < j) || a.After(b) != (i > j) || (a == b) != (i == j) {
				t.Errorf("order of %q and %q", a, b)
			}
		}
	}
	if got := civic.MustDate("2026-11-24").Weekday(); got != time.Tuesday {
		t.Errorf("weekday %s", got)
	}
}

func TestDateJSON(t *testing.T) {
	type record struct {
		On    civic.Date            `json:"on"`
		Until civic.Date            `json:"until"`
		By    map[civic.Date]string `json:"by"`
	}
	in := record{On: civic.MustDate("2026-11-22"), By: map[civic.Date]string{civic.MustDate("2026-01-02"): "x"}}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"on":"2026-11-22","until":null,"by":{"2026-01-02":"x"}}`; string(data) != want {
		t.Fatalf("got %s", data)
	}
	out := record{Until: civic.MustDate("2020-01-01")}
	if err := json.Unmarshal(data, &out); err != nil || out.On != in.On || !out.Until.IsZero() || len(out.By) != 1 {
		t.Fatalf("read back %+v, %v", out, err)
	}
	for _, bad := range []string{`{"on":""}`, `{"on":20261122}`, `{"on":"2026-02-30"}`, `{"on":{}}`} {
		if err := json.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	var text civic.Date
	if err := text.UnmarshalText([]byte("2026-11-22")); err != nil || text != in.On {
		t.Errorf("text: %s, %v", text, err)
	}
	if err := text.UnmarshalText(nil); err != nil || !text.IsZero() {
		t.Errorf("empty text: %s, %v", text, err)
	}
}
