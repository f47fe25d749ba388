package policy

import (
	"strings"
	"testing"

	"anju/server/civic"
)

// spoiled loads the rulesets with one passage of one file changed.
func spoiled(t *testing.T, name, old, now string) *Book {
	t.Helper()
	files := rulesetFiles(t)
	before := string(files[name].Data)
	files[name].Data = []byte(strings.Replace(before, old, now, 1))
	if string(files[name].Data) == before {
		t.Fatalf("%s has no %q", name, old)
	}
	b, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Everything is found by its own code and by no other.
func TestEverythingIsFoundByItsCode(t *testing.T) {
	b := loadOrFail(t)
	for _, j := range b.Jurisdictions() {
		if found, ok := b.Jurisdiction(j.Code); !ok || found.Code != j.Code {
			t.Error(j.Code)
		}
		for _, r := range j.Rulesets {
			if found, ok := b.Ruleset(r.ID); !ok || found != r {
				t.Error(r.ID)
			}
			for i := range r.Services {
				if found, ok := r.Service(r.Services[i].ID); !ok || found != &r.Services[i] {
					t.Error(r.Services[i].ID)
				}
			}
			for i := range r.Departments {
				if found, ok := r.Department(r.Departments[i].Code); !ok || found != &r.Departments[i] {
					t.Error(r.ID, r.Departments[i].Code)
				}
			}
			for i := range r.Tiers {
				if found, ok := r.Tier(r.Tiers[i].Code); !ok || found != &r.Tiers[i] {
					t.Error(r.ID, r.Tiers[i].Code)
				}
			}
			for _, rule := range []*GroundRule{r.Grounds, r.ThreeYearGrounds} {
				for i := 0; rule != nil && i < len(rule.List); i++ {
					if found, ok := r.Ground(rule.List[i].Code); !ok || found != &rule.List[i] {
						t.Error(r.ID, rule.List[i].Code)
					}
				}
			}
			for _, code := range []string{"", "x"} {
				_, service := r.Service(code)
				_, department := r.Department(code)
				_, tier := r.Tier(code)
				_, ground := r.Ground(code)
				if service || department || tier || ground {
					t.Errorf("%s: something is called %q", r.ID, code)
				}
			}
		}
	}
	for i := range b.conditions {
		if found, ok := b.Condition(b.conditions[i].Code); !ok || found != &b.conditions[i] {
			t.Error(b.conditions[i].Code)
		}
	}
	for i := range b.offices {
		if found, ok := b.Office(b.offices[i].Code); !ok || found != &b.offices[i] {
			t.Error(b.offices[i].Code)
		}
	}
	_, condition := b.Condition("x")
	_, office := b.Office("x")
	_, city := b.Jurisdiction("x")
	_, ruleset := b.Ruleset("x")
	if condition || office || city || ruleset {
		t.Error("something is called x")
	}
}

// Between two texts the nearest in time is chosen, before and after it.
func TestNearestRulesetInAGap(t *testing.T) {
	b := spoiled(t, "zibo-2017/ruleset.yaml", "from: 2017-01-01", "from: 2025-01-01")
	for day, want := range map[string]struct {
		id     string
		status Status
	}{
		"2010-01-01": {"zibo-2014", NotYet}, "2018-12-31": {"zibo-2014", InForce}, "2019-01-01": {"zibo-2014", Expired}, "2021-12-31": {"zibo-2014", Expired},
		"2022-01-02": {"zibo-2017", NotYet}, "2024-12-31": {"zibo-2017", NotYet}, "2025-01-01": {"zibo-2017", InForce},
	} {
		if r, status := b.InForce("370300", civic.MustDate(day), nil); r.ID != want.id || status != want.status {
			t.Errorf("on %s: %s %s", day, r.ID, status)
		}
	}
}

// A tier that residence reaches keeps what the permit it grew from has, and nothing of another permit.
func TestAReachedTierKeepsWhatItGrewFrom(t *testing.T) {
	for tiers, want := range map[string]ItemVerdict{"[permit_3y]": Entitled, "[permit_1y]": Later} {
		b := spoiled(t, "zibo-2014/services.yaml", "tiers: [permit_1y, permit_3y]", "tiers: "+tiers)
		r := ruleset(t, b, "zibo-2014")
		a := Entitlements(r, InForce, EntitlementQuery{On: civic.MustDate("2016-11-22"), Permit: &PermitFacts{Tier: "permit_3y"}, ResidentSince: civic.MustDate("2014-11-22")})
		if *a.Tier != "permit_3y_resided_1y" || a.Services[0].Items[1].Verdict != want {
			t.Errorf("%s: %s, %s", tiers, *a.Tier, a.Services[0].Items[1].Verdict)
		}
	}
}

// A ground of another text is no ground here.
func TestAGroundOfAnotherTextIsNone(t *testing.T) {
	b := spoiled(t, "zibo-2017/ruleset.yaml", "code: schooling", "code: study")
	r := ruleset(t, b, "zibo-2017")
	home, here := "410102", "370303"
	q := EligibilityQuery{On: civic.MustDate("2026-11-22"), HukouDivision: &home, ResidenceDivision: &here, RegisteredOn: civic.MustDate("2025-01-01"), Grounds: []string{"schooling"}}
	if a := Eligibility(r, InForce, q); a.Verdict != NotEligible {
		t.Errorf("by a ground of Zhangzhou: %s", a.Verdict)
	}
	q.Grounds = []string{"schooling", "study"}
	if a := Eligibility(r, InForce, q); a.Verdict != Eligible {
		t.Errorf("by its own ground: %s", a.Verdict)
	}
}

// TestElsewhere tells a clause of the ruleset's own document from one of another.
func TestElsewhere(t *testing.T) {
	for clause, want := range map[string]bool{"《居住证暂行条例》第九条": true, "国务院令第663号第九条": true, "二(二)1": false, "第九条": false} {
		if got := (Basis{Clause: clause}).Elsewhere(); got != want {
			t.Errorf("%s: %t", clause, got)
		}
	}
}
