package policy

import (
	"math/rand/v2"
	"testing"

	"anju/server/civic"
)

// TestPausesAndExtensions are sums that were done by hand with the calendar of 2026: 25-27 September and 1-7 October are holidays, 10 October a working Saturday.
func TestPausesAndExtensions(t *testing.T) {
	b, cal := loadOrFail(t), civic.DefaultCalendar()
	pause := func(days ...string) (list []Pause) {
		for i := 0; i < len(days); i += 2 {
			list = append(list, Pause{civic.MustDate(days[i]), civic.MustDate(days[i+1])})
		}
		return list
	}
	for _, c := range []struct {
		name, ruleset, accepted string
		pauses                  []Pause
		extended                bool
		statutory, promised     string
	}{
		{"no pause", "zhangzhou-2016", "2026-11-02", nil, false, "2026-11-17", "2026-11-11"},
		{"stopped and started on one day", "zhangzhou-2016", "2026-11-02", pause("2026-11-04", "2026-11-04"), false, "2026-11-17", "2026-11-11"},
		{"three calendar days are added", "zhangzhou-2016", "2026-11-02", pause("2026-11-03", "2026-11-06"), false, "2026-11-20", "2026-11-16"},
		{"a weekend counts for calendar days only", "zhangzhou-2016", "2026-11-02", pause("2026-11-07", "2026-11-09"), false, "2026-11-19", "2026-11-11"},
		{"on the last day", "zhangzhou-2016", "2026-11-02", pause("2026-11-17", "2026-11-20"), false, "2026-11-20", "2026-11-11"},
		{"after the last day nothing is added", "zhangzhou-2016", "2026-11-02", pause("2026-11-18", "2026-11-30"), false, "2026-11-17", "2026-11-11"},
		{"two pauses", "zhangzhou-2016", "2026-11-02", pause("2026-11-03", "2026-11-04", "2026-11-10", "2026-11-12"), false, "2026-11-20", "2026-11-16"},
		{"over a holiday, calendar days", "zhangzhou-2016", "2026-09-16", pause("2026-09-28", "2026-10-09"), false, "2026-10-12", "2026-09-24"},
		{"while the last day waits for its working day", "zhangzhou-2016", "2026-09-16", pause("2026-10-05", "2026-10-20"), false, "2026-10-20", "2026-09-24"},
		{"over a holiday, working days", "zibo-2017", "2026-09-24", pause("2026-09-28", "2026-10-09"), false, "2026-10-21", "2026-10-16"},
		{"only holidays", "zibo-2017", "2026-09-24", pause("2026-10-01", "2026-10-08"), false, "2026-10-15", "2026-10-12"},
		{"thirty days", "zhangzhou-2016", "2026-11-02", nil, true, "2026-12-02", "2026-12-02"},
		{"thirty days and a pause", "zhangzhou-2016", "2026-11-02", pause("2026-11-03", "2026-11-06"), true, "2026-12-07", "2026-12-07"}, // 5 December is a Saturday
		{"no rule, no extension", "zibo-2017", "2026-09-24", nil, true, "2026-10-15", "2026-10-15"},
	} {
		clock := Clock{civic.MustDate(c.accepted), c.pauses, c.extended}
		statutory, err := ruleset(t, b, c.ruleset).StatutoryBy(clock, cal)
		if err != nil || statutory.String() != c.statutory {
			t.Errorf("%s: statutory %s (%v), want %s", c.name, statutory, err, c.statutory)
		}
		promised, err := ruleset(t, b, c.ruleset).PromisedBy(clock, cal)
		if err != nil || promised.String() != c.promised {
			t.Errorf("%s: promised %s (%v), want %s", c.name, promised, err, c.promised)
		}
	}
	long := Clock{Accepted: civic.MustDate("2026-11-02"), Pauses: pause("2026-11-03", "2031-01-06")}
	for _, id := range []string{"zhangzhou-2016", "zibo-2017"} {
		if day, err := ruleset(t, b, id).StatutoryBy(long, cal); err == nil {
			t.Errorf("%s: a day past the known holidays is guessed: %s", id, day)
		}
	}
}

// TestTheClockNeverRunsLonger tries random pauses: up to the statutory day the clock has run exactly its days, not counting those on which
// a last day only waited for an office that was closed, or for the end of a pause.
func TestTheClockNeverRunsLonger(t *testing.T) {
	b, cal := loadOrFail(t), civic.DefaultCalendar()
	random := rand.New(rand.NewPCG(4, 663))
	for n := range 3000 {
		r := ruleset(t, b, []string{"zhangzhou-2016", "zibo-2014", "zibo-2017"}[n%3])
		c := Clock{Accepted: civic.MustDate("2026-01-05").AddDays(random.IntN(200)), Extended: n%2 == 0}
		from := c.Accepted
		for range random.IntN(4) {
			from = from.AddDays(random.IntN(9))
			p := Pause{from, from.AddDays(random.IntN(12))}
			c.Pauses, from = append(c.Pauses, p), p.To
		}
		d := r.IssueDeadline.Statutory
		if e := r.IssueDeadline.Extended; e != nil && c.Extended {
			d = e.Deadline
		}
		by, err := r.StatutoryBy(c, cal)
		if err != nil {
			t.Fatal(err)
		}
		promised, err := r.PromisedBy(c, cal)
		if err != nil || promised.After(by) || !promised.After(c.Accepted) {
			t.Fatalf("%+v: promised %s, statutory %s, %v", c, promised, by, err)
		}
		ran, waited := 0, false
		for day := c.Accepted.AddDays(1); !day.After(by); day = day.AddDays(1) {
			working, err := cal.IsWorkingDay(day)
			if err != nil {
				t.Fatal(err)
			}
			_, paused := c.paused(day)
			switch {
			case ran == d.N: // the last day has passed and waits; nobody could have decided since
				waited = true
				if working && !paused && day != by {
					t.Fatalf("%s %+v: %s was a day to decide on, yet the last day is %s", r.ID, c, day, by)
				}
			case paused || d.Unit == "working" && !working:
			default:
				ran++
			}
		}
		if ran != d.N || waited && !d.RollHoliday {
			t.Fatalf("%s %+v: the clock ran %d days until %s", r.ID, c, ran, by)
		}
	}
}
