package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
)

func TestJurisdictionsWithTheStatusOfToday(t *testing.T) {
	d := open(t, nil)
	same(t, d.get("/api/v1/jurisdictions").body, `[
		{"code":"350600","name":{"zh":"漳州市","en":"Zhangzhou"},"rulesets":[
			{"id":"zhangzhou-2016","in_force_from":"2016-12-01","in_force_to":null,"status":"in_force","document":"漳州市居住证制度实施方案"}]},
		{"code":"370300","name":{"zh":"淄博市","en":"Zibo"},"rulesets":[
			{"id":"zibo-2014","in_force_from":"2014-10-01","in_force_to":"2018-12-31","status":"expired","document":"…"},
			{"id":"zibo-2017","in_force_from":"…","in_force_to":null,"status":"in_force","document":"…"}]}]`)
}

func TestJurisdictionsTurnAtMidnightInShanghai(t *testing.T) {
	d := open(t, nil)
	for at, want := range map[string]string{"2016-11-30T15:59:59Z": "not_yet", "2016-11-30T16:00:00Z": "in_force"} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		d.clock.Set(now)
		if got := string(d.get("/api/v1/jurisdictions").body); !strings.Contains(got, `"in_force_to":null,"status":"`+want+`","document":"漳州`) {
			t.Errorf("at %s: %s", at, got)
		}
	}
}

func TestEligibilityExampleOfTheContract(t *testing.T) {
	a := open(t, nil).post("/api/v1/eligibility", `{"jurisdiction":"350600","ruleset":"zhangzhou-2016","on":"2026-11-22","hukou_division":"410102","residence_division":"350602",
 "registered_on":"2026-05-22","grounds":["employment"],"intends_half_year":true,"grounds_3y":["business_licence"]}`)
	same(t, a.body, `{"ruleset":"zhangzhou-2016","ruleset_status":"in_force","verdict":"eligible","tiers":["residence_permit"],"eligible_on":"2026-11-22",
 "reasons":[{"rule":"scope","met":true,"clause":"二(二)","text":{"zh":"…","en":"…"}},{"rule":"half_year","met":true,"clause":"二(二)","text":{"zh":"…","en":"…"}},
   {"rule":"ground","met":true,"clause":"二(二)","text":{"zh":"…","en":"…"}}],"missing":[],"optional":[]}`)
}

func TestEntitlementsExampleOfTheContract(t *testing.T) {
	a := open(t, nil).post("/api/v1/entitlements", `{"jurisdiction":"370300","ruleset":"zibo-2014","on":"2016-11-22","permit":{"tier":"permit_3y","issued_on":"2016-01-10","status":"active"},
 "resident_since":"2016-06-01","facts":{"employee_in_service":true,"hpf_normal_contribution_1y":null}}`)
	whole := into[map[string]json.RawMessage](t, a)
	shown := map[string]json.RawMessage{}
	for name := range whole {
		if name != "services" {
			shown[name] = whole[name]
		}
	}
	rest, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	same(t, rest, `{"ruleset":"zibo-2014","ruleset_status":"in_force","tier":"permit_3y","counts":{"entitled":48,"conditional":4,"not_yet":18,"not_entitled":0},
 "next":{"tier":"permit_3y_resided_1y","on":"2017-06-01","adds":["zb.t3.01","zb.t3.02","zb.t3.03","zb.t3.04"]},"notes":[]}`)

	answer := into[policy.EntitlementAnswer](t, a)
	items := 0
	for _, s := range answer.Services {
		for _, it := range s.Items {
			items++
			if it.ID != "zb.t1.05.b" {
				continue
			}
			got, err := json.Marshal(it)
			if err != nil {
				t.Fatal(err)
			}
			if s.ID != "zb.t1.05" || s.Clause != "三(一)5" {
				t.Errorf("it stands in %s, %s", s.ID, s.Clause)
			}
			same(t, got, `{"id":"zb.t1.05.b","verdict":"conditional","reason":null,"missing":["hpf_normal_contribution_1y"],"from":null,
   "conditions":[{"code":"employee_in_service","met":true,"by_office":false},{"code":"hpf_normal_contribution_1y","met":null,"by_office":false}]}`)
		}
	}
	if items != 48+4+18 {
		t.Errorf("%d items", items)
	}
}

func TestAnAbsentDayIsToday(t *testing.T) {
	d := open(t, nil)
	const question = `{"jurisdiction":"350600","hukou_division":"410102","residence_division":"350602","registered_on":"2026-05-23","grounds":["employment"]}`
	for day, want := range map[string]string{"2026-11-22": "not_yet", "2026-11-23": "eligible"} {
		d.clock.Set(civic.MustDate(day).Start())
		if got := into[policy.EligibilityAnswer](t, d.post("/api/v1/eligibility", question)); string(got.Verdict) != want || got.EligibleOn.String() != "2026-11-23" {
			t.Errorf("on %s: %+v", day, got)
		}
	}
	// Null is absent, an empty list is not.
	nulls := d.post("/api/v1/eligibility", `{"jurisdiction":"350600","ruleset":null,"on":null,"hukou_division":null,"residence_division":null,"registered_on":null,"grounds":null,"intends_half_year":null,"grounds_3y":null}`)
	if got := into[policy.EligibilityAnswer](t, nulls); got.Verdict != policy.NeedMore || len(got.Missing) != 4 {
		t.Errorf("%+v", got)
	}
	if got := into[policy.EligibilityAnswer](t, d.post("/api/v1/eligibility", `{"jurisdiction":"350600","grounds":[]}`)); got.Verdict != policy.NotEligible {
		t.Errorf("%+v", got)
	}
	none := into[policy.EntitlementAnswer](t, d.post("/api/v1/entitlements", `{"jurisdiction":"370300","on":"2016-11-22","permit":null,"facts":null,"resident_since":null}`))
	if none.Ruleset != "zibo-2014" || none.Tier != nil || none.Counts.Entitled != 0 {
		t.Errorf("%+v", none)
	}
}

// A ruleset that an administrator has prolonged decides which tiers a question may name.
func TestAProlongedRulesetAnswers(t *testing.T) {
	d := open(t, func(c *office.Config) {
		c.Extensions = []policy.Extension{{Ruleset: "zibo-2014", Until: civic.MustDate("2027-12-31"), Document: "test"}}
	})
	got := into[policy.EntitlementAnswer](t, d.post("/api/v1/entitlements", `{"jurisdiction":"370300","permit":{"tier":"permit_3y"}}`))
	if got.Ruleset != "zibo-2014" || got.RulesetStatus != policy.Extended || got.Tier == nil || *got.Tier != "permit_3y" {
		t.Errorf("%s %s %v", got.Ruleset, got.RulesetStatus, got.Tier)
	}
	refused := d.send(http.MethodPost, "/api/v1/entitlements", `{"jurisdiction":"370300","permit":{"tier":"residence_permit"}}`)
	if refused.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(refused.body), `"field":"permit.tier"`) {
		t.Errorf("%d %s", refused.StatusCode, refused.body)
	}
	if list := string(d.get("/api/v1/jurisdictions").body); !strings.Contains(list, `"in_force_to":"2018-12-31","status":"extended"`) {
		t.Error(list)
	}
	catalogue := string(d.get("/api/v1/jurisdictions/370300/services").body)
	if !strings.HasPrefix(catalogue, `{"jurisdiction":"370300","ruleset":"zibo-2014","ruleset_status":"extended"`) {
		t.Error(catalogue[:100])
	}
}
