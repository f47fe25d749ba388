package policy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"anju/server/policy"
)

func entitlements(t testing.TB, b *policy.Book, query string) (*policy.Ruleset, policy.EntitlementAnswer) {
	t.Helper()
	var q policy.EntitlementQuery
	if err := json.Unmarshal([]byte(query), &q); err != nil {
		t.Fatal(err)
	}
	if faults := q.Check(b, today); len(faults) > 0 {
		t.Fatalf("%s: %v", query, faults)
	}
	if q.On.IsZero() {
		q.On = today
	}
	r, status := b.Choose(q.Jurisdiction, q.Ruleset, q.On, nil)
	return r, policy.Entitlements(r, status, q)
}

func item(t testing.TB, a policy.EntitlementAnswer, id string) policy.ItemAnswer {
	t.Helper()
	for _, s := range a.Services {
		for _, it := range s.Items {
			if it.ID == id {
				return it
			}
		}
	}
	t.Fatalf("no item %s", id)
	return policy.ItemAnswer{}
}

// short writes an item's verdict in one line: verdict, reason, from, missing.
func short(it policy.ItemAnswer) string {
	reason, from := "-", "-"
	if it.Reason != nil {
		reason = string(*it.Reason)
	}
	if it.From != nil {
		from = it.From.String()
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", it.Verdict, reason, from, strings.Join(it.Missing, ",")))
}

const (
	zb3y = `"jurisdiction":"370300","ruleset":"zibo-2014","on":"2016-11-22","permit":{"tier":"permit_3y","issued_on":"2016-01-10","status":"active"}`
	zb1y = `"jurisdiction":"370300","ruleset":"zibo-2014","on":"2016-11-22","permit":{"tier":"permit_1y"}`
	zz   = `"jurisdiction":"350600","permit":{"tier":"residence_permit"}`
)

func TestEntitlementsExample(t *testing.T) {
	_, a := entitlements(t, book(t), `{`+zb3y+`,"resident_since":"2016-06-01","facts":{"employee_in_service":true,"hpf_normal_contribution_1y":null}}`)
	n := slices.IndexFunc(a.Services, func(s policy.ServiceAnswer) bool { return s.ID == "zb.t1.05" })
	a.Services = a.Services[n : n+1]
	a.Services[0].Items = a.Services[0].Items[1:]
	sameJSON(t, a, `{"ruleset":"zibo-2014","ruleset_status":"in_force","tier":"permit_3y","counts":{"entitled":48,"conditional":4,"not_yet":18,"not_entitled":0},
		"services":[{"id":"zb.t1.05","clause":"三(一)5","items":[{"id":"zb.t1.05.b","verdict":"conditional","reason":null,"missing":["hpf_normal_contribution_1y"],"from":null,
		"conditions":[{"code":"employee_in_service","met":true,"by_office":false},{"code":"hpf_normal_contribution_1y","met":null,"by_office":false}]}]}],
		"next":{"tier":"permit_3y_resided_1y","on":"2017-06-01","adds":["zb.t3.01","zb.t3.02","zb.t3.03","zb.t3.04"]},"notes":[]}`)
}

func TestItemVerdicts(t *testing.T) {
	b := book(t)
	const resided = `,"resident_since":"2015-11-22"`
	for _, c := range []struct{ query, item, want string }{
		// one tier
		{zz, "zz.bs.03.a", "entitled - -"},
		{zz, "zz.bs.03.z", "entitled - -"},
		{zz, "zz.bs.02.a", "entitled - -"}, // the office's condition never changes a verdict
		{zz, "zz.bs.02.f", "conditional - - employment_difficulty"},
		{zz + `,"facts":{"employment_difficulty":true}`, "zz.bs.02.f", "entitled - -"},
		{zz + `,"facts":{"employment_difficulty":false}`, "zz.bs.02.f", "not_entitled condition -"},
		{zz + `,"facts":{"full_3y_study":true}`, "zz.bs.01.c", "conditional - - fj_senior_enrolment,graduate"},
		{zz + `,"facts":{"full_3y_study":false}`, "zz.bs.01.c", "not_entitled condition -"},
		{zz + `,"facts":{"full_3y_study":true,"graduate":true,"fj_senior_enrolment":true}`, "zz.bs.01.c", "entitled - -"},
		{zz, "zz.cv.01.c", "conditional - - not_settling_in_taiwan"},
		// the fact of another ruleset is ignored
		{zz + `,"facts":{"hpf_normal_contribution_1y":false}`, "zz.bs.08.a", "entitled - -"},
		// no permit: nothing reached, but a failed fact says more
		{`"jurisdiction":"350600"`, "zz.bs.03.a", "not_yet tier -"},
		{`"jurisdiction":"350600"`, "zz.bs.02.f", "not_yet tier - employment_difficulty"},
		{`"jurisdiction":"350600","facts":{"employment_difficulty":false}`, "zz.bs.02.f", "not_entitled condition -"},
		{`"jurisdiction":"350600","permit":null,"resident_since":null,"facts":null`, "zz.bs.03.a", "not_yet tier -"},
		// a permit that is not active comes first
		{`"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"suspended"}`, "zz.bs.02.f", "not_entitled permit_suspended -"},
		{`"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"expired"},"facts":{"employment_difficulty":false}`, "zz.bs.02.f", "not_entitled permit_expired -"},
		{`"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"lost"}`, "zz.bs.03.a", "not_entitled permit_lost -"},
		{`"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"cancelled"}`, "zz.bs.03.a", "not_entitled permit_cancelled -"},
		{`"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_3y","status":"suspended"},"resident_since":"2026-10-01"`, "zb.t3.03.d", "not_entitled permit_suspended -"},
		{`"jurisdiction":"350600","permit":{"tier":"residence_permit","status":null,"issued_on":"2001-01-01"}`, "zz.bs.03.a", "entitled - -"},
		// Zibo's tiers
		{zb1y, "zb.t1.03.a", "entitled - -"},
		{zb1y, "zb.t3.03.d", "not_yet tier -"},
		{zb1y + resided, "zb.t3.02.a", "not_yet tier - wants_to_start_business"},
		{zb1y + `,"facts":{"wants_to_start_business":false}`, "zb.t3.02.a", "not_entitled condition -"},
		{zb3y, "zb.t1.03.a", "entitled - -"},
		{zb3y, "zb.t3.03.d", "not_yet residence - resident_since"},
		{zb3y, "zb.t3.02.a", "not_yet residence - wants_to_start_business,resident_since"},
		{zb3y + `,"resident_since":"2015-11-23"`, "zb.t3.03.d", "not_yet residence 2016-11-23"},
		{zb3y + `,"resident_since":"2015-11-23"`, "zb.t3.02.a", "not_yet residence 2016-11-23 wants_to_start_business"},
		{zb3y + resided, "zb.t3.03.d", "entitled - -"},
		{zb3y + resided, "zb.t3.02.a", "conditional - - wants_to_start_business"},
		{zb3y + resided, "zb.t1.03.a", "entitled - -"}, // 三(二) "除享有上述基本公共服务外"
		{zb3y + resided, "zb.t3.01.b", "conditional - - holders_child"},
		// the successor
		{`"jurisdiction":"370300","permit":{"tier":"residence_permit"}`, "cn.bs.06.z", "entitled - -"},
		{`"jurisdiction":"370300","permit":{"tier":"residence_permit"}`, "cn.bs.01.a", "entitled - -"},
	} {
		_, a := entitlements(t, b, "{"+c.query+"}")
		if got := short(item(t, a, c.item)); got != c.want {
			t.Errorf("{%s}\n%s: %s, want %s", c.query, c.item, got, c.want)
		}
	}
}

func TestTiersAndWhatComesNext(t *testing.T) {
	b := book(t)
	const t3, t1 = "zb.t3.01 zb.t3.02 zb.t3.03 zb.t3.04", "zb.t1.01 zb.t1.02 zb.t1.03 zb.t1.04 zb.t1.05 zb.t1.06 zb.t1.07 zb.t1.08 zb.t1.09 zb.t1.10 zb.t1.11"
	for _, c := range []struct{ query, tier, next, on, adds, notes string }{
		{zz, "residence_permit", "", "", "", ""},
		{`"jurisdiction":"350600"`, "", "", "", "", ""},
		{`"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"suspended"}`, "residence_permit", "", "", "", "suspended"},
		{`"jurisdiction":"370300","ruleset":"zibo-2014"`, "", "permit_1y", "", t1, "applied for first"},
		{zb1y, "permit_1y", "permit_3y_resided_1y", "", t3, "three-year permit and one full year"},
		{zb1y + `,"resident_since":"2010-01-01"`, "permit_1y", "permit_3y_resided_1y", "", t3, "three-year permit and one full year"},
		{zb3y, "permit_3y", "permit_3y_resided_1y", "", t3, "day on which residence began"},
		{zb3y + `,"resident_since":"2016-02-29"`, "permit_3y", "permit_3y_resided_1y", "2017-02-28", t3, ""},
		{zb3y + `,"resident_since":"2015-11-22"`, "permit_3y_resided_1y", "", "", "", ""},
		{`"jurisdiction":"370300","ruleset":"zibo-2014","on":"2016-11-22","permit":{"tier":"permit_3y","status":"lost"},"resident_since":"2016-06-01"`,
			"permit_3y", "permit_3y_resided_1y", "", t3, "lost"},
	} {
		_, a := entitlements(t, b, "{"+c.query+"}")
		var tier, next, on, adds string
		if a.Tier != nil {
			tier = *a.Tier
		}
		if a.Next != nil {
			next, adds = a.Next.Tier, strings.Join(a.Next.Adds, " ")
			if a.Next.On != nil {
				on = a.Next.On.String()
			}
		}
		if tier != c.tier || next != c.next || on != c.on || adds != c.adds {
			t.Errorf("{%s}: tier %q next %q on %q adds %q", c.query, tier, next, on, adds)
		}
		if (c.notes == "") != (len(a.Notes) == 0) || len(a.Notes) > 0 && !strings.Contains(a.Notes[0].En, c.notes) {
			t.Errorf("{%s}: notes %v, want %q", c.query, a.Notes, c.notes)
		}
	}
}

func TestEveryItemIsInTheAnswerInOrder(t *testing.T) {
	b := book(t)
	for _, j := range b.Jurisdictions() {
		for _, r := range j.Rulesets {
			_, a := entitlements(t, b, `{"jurisdiction":"`+j.Code+`","ruleset":"`+r.ID+`"}`)
			n := 0
			for i, s := range r.Services {
				if a.Services[i].ID != s.ID || a.Services[i].Clause != s.Clause {
					t.Fatalf("%s: service %d is %s", r.ID, i, a.Services[i].ID)
				}
				for k, it := range s.Items {
					n++
					got := a.Services[i].Items[k]
					var codes []string
					for _, c := range got.Conditions {
						codes = append(codes, c.Code)
						known, _ := b.Condition(c.Code)
						if c.ByOffice != known.ByOffice || c.ByOffice && slices.Contains(got.Missing, c.Code) {
							t.Errorf("%s: %+v", it.ID, c)
						}
					}
					if got.ID != it.ID || !slices.Equal(codes, it.Conditions) {
						t.Errorf("%s: got %s with %v", it.ID, got.ID, codes)
					}
				}
			}
			if sum := a.Counts.Entitled + a.Counts.Conditional + a.Counts.NotYet + a.Counts.NotEntitled; sum != n {
				t.Errorf("%s: %d items counted, %d there", r.ID, sum, n)
			}
			raw, err := json.Marshal(a)
			if err != nil || strings.Contains(string(raw), `"missing":null`) || strings.Contains(string(raw), `"conditions":null`) {
				t.Errorf("%s: a list is null in %.200s (%v)", r.ID, raw, err)
			}
		}
	}
}

func TestEntitlementFaults(t *testing.T) {
	b := book(t)
	for query, want := range map[string]string{
		`{}`:                                    "jurisdiction:required",
		`{"jurisdiction":"370300","permit":{}}`: "permit.tier:required",
		`{"jurisdiction":"370300","permit":{"tier":"gold"}}`:                                                        "permit.tier:unknown",
		`{"jurisdiction":"370300","permit":{"tier":"permit_1y"}}`:                                                   "permit.tier:other", // zibo-2017 on that day
		`{"jurisdiction":"370300","on":"2018-12-31","permit":{"tier":"permit_1y"}}`:                                 "",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_1y"}}`:                             "",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_3y_resided_1y"}}`:                  "permit.tier:reached",
		`{"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"valid"}}`:                           "permit.status:unknown",
		`{"jurisdiction":"350600","permit":{"tier":"residence_permit","issued_on":"1066-10-14"}}`:                   "permit.issued_on:date_range",
		`{"jurisdiction":"350600","resident_since":"2101-01-01"}`:                                                   "resident_since:date_range",
		`{"jurisdiction":"350600","facts":{"per_rules":true}}`:                                                      "facts.per_rules:by_office",
		`{"jurisdiction":"350600","facts":{"gov_allocation":null}}`:                                                 "facts.gov_allocation:by_office",
		`{"jurisdiction":"350600","facts":{"rich":true,"child":true}}`:                                              "facts.rich:unknown",
		`{"jurisdiction":"350600","facts":{"holders_child":true}}`:                                                  "",
		`{"jurisdiction":"350600","ruleset":"zibo-2014","permit":{"tier":"permit_1y"}}`:                             "ruleset:other",
		`{"jurisdiction":"350600","on":"2100-12-31","permit":{"tier":"permit_1y","status":"x"},"facts":{"x":null}}`: "permit.tier:other permit.status:unknown facts.x:unknown",
	} {
		var q policy.EntitlementQuery
		if err := json.Unmarshal([]byte(query), &q); err != nil {
			t.Fatal(err)
		}
		if got := faults(q.Check(b, today)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for code := range strings.FieldsSeq("per_rules per_law local_housing_rules zb_prh_measures gov_allocation by_residence_zone at_county_psb") {
		if c, ok := b.Condition(code); !ok || !c.ByOffice {
			t.Errorf("%s is not the office's to apply", code)
		}
	}
}

func TestQuestionsMostDecisiveFirst(t *testing.T) {
	b := book(t)
	codes := func(query string, who policy.Beneficiary, limit int) string {
		r, a := entitlements(t, b, "{"+query+"}")
		var list []string
		for _, q := range r.Questions(a, who, limit) {
			if q.Text.Zh == "" || q.Text.En == "" {
				t.Errorf("%s has no question", q.Code)
			}
			list = append(list, fmt.Sprintf("%s/%d", q.Code, q.Items))
		}
		return strings.Join(list, " ")
	}
	for _, c := range []struct {
		query string
		who   policy.Beneficiary
		limit int
		want  string
	}{
		{zz, policy.Self, 3, "knowledge_skill_ability/3 junior_grad_local_schooling/1 fj_senior_enrolment/1"},
		{zz, policy.Parent, 0, "knowledge_skill_ability/3 employment_difficulty/1 older_person/1 disabled_person/1 not_settling_in_taiwan/1"},
		// what opens now comes before what opens later, though that is more
		{zb3y, policy.Self, 4, "childbearing_age/1 employee_in_service/1 hpf_normal_contribution_1y/1 wants_to_start_business/4"},
		// a fact that fails makes the other conditions of its item pointless
		{zb3y + `,"facts":{"employee_in_service":false}`, policy.Self, 2, "childbearing_age/1 wants_to_start_business/4"},
		{zb3y, policy.Child, 2, "holders_child/3 child/1"},
		{`"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"lost"}`, policy.Self, 0, ""},
		{`"jurisdiction":"370300","permit":{"tier":"residence_permit"}`, policy.Self, 0, ""},
	} {
		if got := codes(c.query, c.who, c.limit); got != c.want {
			t.Errorf("{%s} for %s: %s\nwant %s", c.query, c.who, got, c.want)
		}
	}
}
