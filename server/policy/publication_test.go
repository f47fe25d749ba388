package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"anju/server/civic"
)

func TestPublicationDuty(t *testing.T) {
	b := loadOrFail(t)
	zz := ruleset(t, b, "zhangzhou-2016")
	last := "2025-11-28" // so that the next is due on 2028-11-28
	due := civic.MustDate("2028-11-28")
	for _, c := range []struct {
		left, warning     int
		overdue, pressing bool
		state             DutyState
	}{
		{1000, 0, false, false, DutyInTime}, {181, 0, false, false, DutyInTime}, {180, 180, false, true, DutySoon}, {91, 180, false, true, DutySoon},
		{90, 90, false, true, DutySoon}, {31, 90, false, true, DutySoon}, {30, 30, false, true, DutySoon}, {1, 30, false, true, DutySoon},
		{0, 30, false, true, DutyToday}, {-1, 0, true, true, DutyOverdue}, {-500, 0, true, true, DutyOverdue},
	} {
		for _, government := range []string{"350600", "350602"} {
			d := zz.PublicationDuty(government, civic.MustDate(last), due.AddDays(-c.left))
			if d.Due != due || d.Days != c.left || d.Warning != c.warning || d.Overdue() != c.overdue || d.Pressing() != c.pressing || d.State() != c.state || d.Last.String() != last {
				t.Errorf("%s, %d days left: %+v", government, c.left, d)
			}
		}
	}
	for _, c := range []struct{ last, today, due string }{
		{"", "2016-12-01", "2019-11-30"}, // nothing known: counted from the first due day
		{"", "2026-11-24", "2019-11-30"},
		{"2016-11-30", "2016-12-01", "2019-11-30"},
		{"2024-02-29", "2026-01-01", "2027-02-28"}, // no corresponding day: the month's last
		{"2026-11-24", "2026-11-24", "2029-11-24"},
	} {
		var last civic.Date
		if c.last != "" {
			last = civic.MustDate(c.last)
		}
		if d := zz.PublicationDuty("350600", last, civic.MustDate(c.today)); d.Due.String() != c.due {
			t.Errorf("last %q: due %s, want %s", c.last, d.Due, c.due)
		}
	}
	var days []string
	for _, day := range zz.Publication.DueDays(civic.MustDate("2026-11-24")) {
		days = append(days, day.String())
	}
	if got := strings.Join(days, " "); got != "2016-11-30 2019-11-30 2022-11-30 2025-11-30 2028-11-30" {
		t.Error(got)
	}
	for _, id := range []string{"zibo-2014", "zibo-2017"} { // 定期: no cycle, so nothing is ever due
		r := ruleset(t, b, id)
		for _, last := range []civic.Date{{}, civic.MustDate("2014-10-01")} {
			if d := r.PublicationDuty("370300", last, civic.MustDate("2026-11-24")); !d.Due.IsZero() || d.Pressing() || d.State() != DutyNone || d.Last != last {
				t.Errorf("%s: %+v", id, d)
			}
		}
		if days := r.Publication.DueDays(civic.MustDate("2026-11-24")); days != nil {
			t.Errorf("%s: %v", id, days)
		}
	}
}

func TestADutyOfOneLevelBindsNoOther(t *testing.T) {
	files := rulesetFiles(t)
	file := files["zhangzhou-2016/ruleset.yaml"]
	file.Data = []byte(strings.Replace(string(file.Data), "levels: [city, county]", "levels: [county]", 1))
	b, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	r, today := ruleset(t, b, "zhangzhou-2016"), civic.MustDate("2026-11-24")
	if d := r.PublicationDuty("350600", civic.Date{}, today); d.Pressing() {
		t.Errorf("the city: %+v", d)
	}
	if d := r.PublicationDuty("350602", civic.Date{}, today); !d.Overdue() {
		t.Errorf("the county: %+v", d)
	}
}

func TestGovernments(t *testing.T) {
	b := loadOrFail(t)
	for id, want := range map[string]int{"zhangzhou-2016": 1 + len(civic.Counties("350600")), "zibo-2014": 1 + len(civic.Counties("370300"))} {
		r := ruleset(t, b, id)
		if got := r.Governments(); len(got) != want || got[0] != r.Jurisdiction {
			t.Errorf("%s: %v", id, got)
		}
		for government, is := range map[string]bool{r.Jurisdiction: true, r.Governments()[1]: true, "350681": false, "110101": false, "": false, "350602001": false} {
			if r.Governs(government) != is {
				t.Errorf("%s governs %q: %v", id, government, !is)
			}
		}
	}
}

func TestObligations(t *testing.T) {
	b := loadOrFail(t)
	zz, zb := ruleset(t, b, "zhangzhou-2016"), ruleset(t, b, "zibo-2014")
	count := func(r *Ruleset, government string) map[string]int {
		n := map[string]int{}
		for _, o := range r.Obligations(government) {
			n[o.Rule.Code]++
			if o.Government != government || o.Ruleset != r || (o.Department == "") != (o.Rule.Publisher == CountyGovernment) {
				t.Errorf("%+v", o)
			}
			if _, ok := r.Department(o.Department); o.Department != "" && !ok {
				t.Errorf("no department %s", o.Department)
			}
		}
		return n
	}
	for _, c := range []struct {
		r          *Ruleset
		government string
		want       string
	}{
		{zz, "350600", "map[measures:13]"}, // the 13 departments that 三(二) names
		{zz, "350602", "map[county_plan:1 local_measures:1 measures:13]"},
		{zb, "370300", "map[measures:22]"}, // the 22 of 四(二), the city's
		{zb, "370303", "map[]"},
		{ruleset(t, b, "zibo-2017"), "370300", "map[]"},
	} {
		if got := fmt.Sprint(count(c.r, c.government)); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.r.ID, c.government, got, c.want)
		}
	}
	plan := zz.Obligations("350602")[0]
	for day, overdue := range map[string]bool{"2016-11-24": false, "2016-11-25": false, "2016-11-26": true} {
		if got := plan.Overdue(false, civic.MustDate(day)); got != overdue {
			t.Errorf("the county's plan on %s: overdue %v", day, got)
		}
		if plan.Overdue(true, civic.MustDate(day)) {
			t.Errorf("the county's plan is published, yet overdue on %s", day)
		}
	}
	last := zz.Obligations("350602")
	if local := last[len(last)-1]; local.Rule.Code != "local_measures" || local.Overdue(false, civic.MustDate("2100-01-01")) {
		t.Errorf("%s has no due day and can never be overdue", local.Rule.Code)
	}
}

func TestObligationsOfOneLevel(t *testing.T) {
	files := rulesetFiles(t)
	file := files["zhangzhou-2016/ruleset.yaml"]
	file.Data = []byte(strings.Replace(string(file.Data), "publisher: department\n", "publisher: county_department\n", 1))
	b, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	r := ruleset(t, b, "zhangzhou-2016")
	if got := r.Obligations("350600"); len(got) != 0 {
		t.Errorf("the city's departments owe %d documents", len(got))
	}
	if got := r.Obligations("350602"); len(got) != 15 || !slices.ContainsFunc(got, func(o Obligation) bool { return o.Department == "edu" }) {
		t.Errorf("the county's owe %d", len(got))
	}
}
