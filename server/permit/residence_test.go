package permit_test

import (
	"os"
	"strings"
	"testing"

	"anju/server/permit"
)

func TestResidenceYears(t *testing.T) {
	registered := permit.Interval{Reason: permit.ReasonRegistered, From: day("2024-02-29")}
	late := permit.Interval{Reason: permit.ReasonLateEndorsement, From: day("2026-04-01"), Until: day("2026-02-28")}
	legacy := permit.Interval{Reason: permit.ReasonLegacyPermit, From: day("2020-05-31"), Until: day("2024-02-28")}
	for name, one := range map[string]struct {
		lines       permit.Residence
		on          string
		since       string
		years, sums int
	}{
		"nothing":                          {nil, "2026-01-01", "", 0, 0},
		"the day before a year":            {permit.Residence{registered}, "2025-02-27", "2024-02-29", 0, 0},
		"no corresponding day":             {permit.Residence{registered}, "2025-02-28", "2024-02-29", 1, 1},
		"before the beginning":             {permit.Residence{registered}, "2024-02-28", "", 0, 0},
		"a late endorsement":               {permit.Residence{registered, late}, "2027-03-30", "2026-04-01", 0, 2},
		"a year after it":                  {permit.Residence{registered, late}, "2027-04-01", "2026-04-01", 1, 3},
		"a temporary permit before":        {permit.Residence{registered, legacy}, "2026-05-31", "2020-05-31", 6, 6},
		"one that ended too early":         {permit.Residence{registered, {Reason: permit.ReasonLegacyPermit, From: day("2020-05-31"), Until: day("2022-05-30")}}, "2026-05-31", "2024-02-29", 2, 4},
		"not joined after a late one":      {permit.Residence{registered, legacy, late}, "2026-05-31", "2026-04-01", 0, 5},
		"cancelled":                        {permit.Residence{registered, {Reason: permit.ReasonCancelled, Until: day("2026-03-01")}}, "2027-01-01", "", 0, 2},
		"another permit, same residence":   {permit.Residence{registered, late, registered}, "2027-04-01", "2026-04-01", 1, 3},
		"another permit, later residence":  {permit.Residence{registered, {Reason: permit.ReasonRegistered, From: day("2026-03-01")}}, "2026-11-24", "2026-03-01", 0, 2},
		"another permit after a cancelled": {permit.Residence{registered, {Reason: permit.ReasonCancelled, Until: day("2025-03-01")}, {Reason: permit.ReasonRegistered, From: day("2025-09-01")}}, "2026-09-01", "2025-09-01", 1, 2},
		"moved from another city":          {permit.Residence{registered, {Reason: permit.ReasonOtherPrefecture, From: day("2026-01-15")}}, "2026-11-24", "2026-01-15", 0, 2},
	} {
		on := day(one.on)
		if since, years, sums := one.lines.Since(on).String(), one.lines.YearsOn(on), one.lines.CumulativeYearsOn(on); since != one.since || years != one.years || sums != one.sums {
			t.Errorf("%s: since %s, %d years, %d in all; want %s, %d, %d", name, since, years, sums, one.since, one.years, one.sums)
		}
	}
}

func TestTheFirstIntervalFollowsTheRuleset(t *testing.T) {
	r := *ruleset(t, "zhangzhou-2016")
	a, p := permit.Application{Particulars: draft()}, issued(&r, "residence_permit", "2026-09-16")
	if got := permit.FirstInterval(a, p, &r); got.From != a.Particulars.RegisteredOn || got.Reason != permit.ReasonRegistered {
		t.Errorf("%+v", got)
	}
	r.ResidenceYears.CountedFrom = "permit_issue"
	if got := permit.FirstInterval(a, p, &r); got.From != p.IssuedOn {
		t.Errorf("%+v", got)
	}
}

// The penalties are quoted word for word.
func TestPenaltiesAreVerbatim(t *testing.T) {
	raw, err := os.ReadFile("../policy/sources/decree-663.txt")
	if err != nil {
		t.Fatal(err)
	}
	source := strings.ReplaceAll(string(raw), "\n", "")
	for _, b := range permit.Penalties() {
		if !strings.Contains(source, b.Clause+" "+b.Quote) {
			t.Errorf("%s is not quoted as it stands", b.Clause)
		}
	}
}
