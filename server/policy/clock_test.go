package policy

import (
	"strings"
	"testing"

	"anju/server/civic"
)

func ruleset(t *testing.T, b *Book, id string) *Ruleset {
	t.Helper()
	r, ok := b.Ruleset(id)
	if !ok {
		t.Fatalf("no ruleset %s", id)
	}
	return r
}

// inDays is zhangzhou-2016 with a half year of 183 days, as some districts count it.
func inDays(t *testing.T) *Ruleset {
	t.Helper()
	files := rulesetFiles(t)
	file := files["zhangzhou-2016/ruleset.yaml"]
	file.Data = []byte(strings.Replace(string(file.Data), "months: 6", "days: 183", 1))
	b, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	return ruleset(t, b, "zhangzhou-2016")
}

func TestHalfYear(t *testing.T) {
	b := loadOrFail(t)
	months, days := ruleset(t, b, "zhangzhou-2016"), inDays(t)
	for _, c := range []struct{ registered, inMonths, inDays string }{
		{"2026-01-15", "2026-07-15", "2026-07-17"},
		{"2025-08-31", "2026-02-28", "2026-03-02"},
		{"2026-03-31", "2026-09-30", "2026-09-30"},
	} {
		registered := civic.MustDate(c.registered)
		if got := months.HalfYearOn(registered).String(); got != c.inMonths {
			t.Errorf("%s in months: %s", c.registered, got)
		}
		if got := days.HalfYearOn(registered).String(); got != c.inDays {
			t.Errorf("%s in days: %s", c.registered, got)
		}
	}
	if got := ruleset(t, b, "zibo-2014").HalfYearOn(civic.MustDate("2016-01-15")); !got.IsZero() {
		t.Errorf("an intended half year ends on no day, not %s", got)
	}
	if got := months.HalfYearOn(civic.Date{}); !got.IsZero() {
		t.Errorf("no registration, yet %s", got)
	}
}

func TestDeadlines(t *testing.T) {
	b := loadOrFail(t)
	cal := civic.DefaultCalendar()
	for _, c := range []struct{ ruleset, accepted, statutory, promised string }{
		{"zhangzhou-2016", "2026-09-16", "2026-10-08", "2026-09-24"}, // 15 calendar days end in a holiday
		{"zhangzhou-2016", "2026-09-24", "2026-10-09", "2026-10-09"}, // 7 working days would end later
		{"zibo-2014", "2026-09-16", "2026-10-08", "2026-09-24"},
		{"zibo-2017", "2026-09-24", "2026-10-15", "2026-10-12"}, // with a make-up working Saturday
		{"zibo-2017", "2026-02-10", "2026-03-02", "2026-02-26"},
	} {
		r := ruleset(t, b, c.ruleset)
		accepted := civic.MustDate(c.accepted)
		statutory, err := r.StatutoryBy(Clock{Accepted: accepted}, cal)
		if err != nil || statutory.String() != c.statutory {
			t.Errorf("%s accepted %s: statutory %s (%v), want %s", c.ruleset, c.accepted, statutory, err, c.statutory)
		}
		promised, err := r.PromisedBy(Clock{Accepted: accepted}, cal)
		if err != nil || promised.String() != c.promised {
			t.Errorf("%s accepted %s: promised %s (%v), want %s", c.ruleset, c.accepted, promised, err, c.promised)
		}
	}
	fifteen := Deadline{N: 15, Unit: "working"}
	if got, err := fifteen.end(Clock{Accepted: civic.MustDate("2026-09-24")}, cal); err != nil || got.String() != "2026-10-22" {
		t.Errorf("15 working days: %s (%v)", got, err)
	}
	for _, id := range []string{"zhangzhou-2016", "zibo-2017"} {
		if _, err := ruleset(t, b, id).PromisedBy(Clock{Accepted: civic.MustDate("2098-01-01")}, cal); err == nil {
			t.Errorf("%s: a day past the calendar's horizon is promised", id)
		}
	}
}

func TestEndorsementWindow(t *testing.T) {
	b := loadOrFail(t)
	r := ruleset(t, b, "zhangzhou-2016")
	for _, c := range []struct{ issued, opens, due string }{
		{"2025-03-31", "2026-02-28", "2026-03-31"},
		{"2024-02-29", "2025-01-28", "2025-02-28"},
		{"2025-11-30", "2026-10-30", "2026-11-30"},
	} {
		anchor := r.EndorsementAnchor(civic.MustDate(c.issued), civic.MustDate("2000-01-01"))
		opens, due, ok := r.EndorsementWindow(anchor)
		if !ok || opens.String() != c.opens || due.String() != c.due {
			t.Errorf("issued %s: %s … %s %v", c.issued, opens, due, ok)
		}
	}
	for _, c := range []struct{ anchor, after, opens, due string }{
		{"2024-02-29", "2024-02-29", "2025-01-28", "2025-02-28"},
		{"2024-02-29", "2025-02-27", "2025-01-28", "2025-02-28"},
		{"2024-02-29", "2025-02-28", "2026-01-28", "2026-02-28"},
		{"2024-02-29", "2027-06-01", "2028-01-29", "2028-02-29"}, // the leap day comes back
	} {
		opens, due, ok := r.EndorsementWindowAfter(civic.MustDate(c.anchor), civic.MustDate(c.after))
		if !ok || opens.String() != c.opens || due.String() != c.due {
			t.Errorf("anchor %s after %s: %s … %s %v", c.anchor, c.after, opens, due, ok)
		}
	}
	zibo := ruleset(t, b, "zibo-2014")
	issued := civic.MustDate("2016-01-10")
	if _, _, ok := zibo.EndorsementWindow(issued); ok {
		t.Error("zibo-2014 permits are not endorsed")
	}
	if _, _, ok := zibo.EndorsementWindowAfter(issued, issued); ok {
		t.Error("zibo-2014 permits are not endorsed")
	}
	if got := zibo.EndorsementAnchor(issued, issued); !got.IsZero() {
		t.Errorf("zibo-2014 has no anchor, not %s", got)
	}
	if _, _, ok := r.EndorsementWindow(civic.Date{}); ok {
		t.Error("no anchor, no window")
	}
}

func TestEndorsementAnchoredToResidence(t *testing.T) {
	files := rulesetFiles(t)
	file := files["zibo-2017/ruleset.yaml"]
	file.Data = []byte(strings.Replace(string(file.Data), "    counted_from: issue", "    counted_from: residence", 1))
	b, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	since := civic.MustDate("2026-05-22")
	if got := ruleset(t, b, "zibo-2017").EndorsementAnchor(civic.MustDate("2026-11-22"), since); got != since {
		t.Errorf("anchor %s, want %s", got, since)
	}
}

func TestTermsAndFees(t *testing.T) {
	b := loadOrFail(t)
	issued := civic.MustDate("2016-02-29")
	for _, c := range []struct{ ruleset, tier, until string }{
		{"zibo-2014", "permit_1y", "2017-02-28"},
		{"zibo-2014", "permit_3y", "2019-02-28"},
		{"zibo-2014", "permit_3y_resided_1y", ""},
		{"zibo-2014", "gold", ""},
		{"zhangzhou-2016", "residence_permit", ""},
	} {
		if got := ruleset(t, b, c.ruleset).ValidUntil(c.tier, issued).String(); got != c.until {
			t.Errorf("%s %s: valid until %q, want %q", c.ruleset, c.tier, got, c.until)
		}
	}
	for _, c := range []struct {
		ruleset, kind string
		yuan          int
		confirmed, ok bool
	}{
		{"zhangzhou-2016", "issue", 0, true, true},
		{"zhangzhou-2016", "endorse", 0, true, true},
		{"zhangzhou-2016", "replace", 20, false, true},
		{"zibo-2014", "issue", 0, true, true},
		{"zibo-2014", "endorse", 0, false, false},
		{"zibo-2017", "renew", 0, false, true},
	} {
		fee, ok := ruleset(t, b, c.ruleset).FeeFor(c.kind, civic.MustDate("2026-11-22"))
		if ok != c.ok || fee.Yuan != c.yuan || fee.Confirmed != c.confirmed {
			t.Errorf("%s %s: %+v %v", c.ruleset, c.kind, fee, ok)
		}
	}
}

func TestFeesChangeOnTheirDay(t *testing.T) {
	files := rulesetFiles(t)
	file := files["zhangzhou-2016/ruleset.yaml"]
	file.Data = []byte(strings.Replace(string(file.Data), "  - kind: renew\n    yuan: 20\n",
		"  - kind: renew\n    yuan: 5\n    from: 2027-01-01\n    confirmed: true\n    clause: 一\n    quote: 一\n  - kind: renew\n    yuan: 20\n    to: 2026-12-31\n", 1))
	b, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	for day, yuan := range map[string]int{"2026-12-31": 20, "2027-01-01": 5} {
		if fee, ok := ruleset(t, b, "zhangzhou-2016").FeeFor("renew", civic.MustDate(day)); !ok || fee.Yuan != yuan {
			t.Errorf("%s: %+v %v", day, fee, ok)
		}
	}
}
