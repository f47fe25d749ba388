package policy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/policy"
)

var today = civic.MustDate("2026-11-22")

func book(t testing.TB) *policy.Book {
	t.Helper()
	b, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// eligibility asks with a JSON query, as an API would.
func eligibility(t testing.TB, b *policy.Book, query string) policy.EligibilityAnswer {
	t.Helper()
	var q policy.EligibilityQuery
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
	return policy.Eligibility(r, status, q)
}

func TestEligibilityExample(t *testing.T) {
	b := book(t)
	got := eligibility(t, b, `{"jurisdiction":"350600","ruleset":"zhangzhou-2016","on":"2026-11-22","hukou_division":"410102","residence_division":"350602",
		"registered_on":"2026-05-22","grounds":["employment"],"intends_half_year":true,"grounds_3y":["business_licence"]}`)
	for i := range got.Reasons {
		if got.Reasons[i].Text.Zh == "" || got.Reasons[i].Text.En == "" {
			t.Errorf("reason %s has no text", got.Reasons[i].Rule)
		}
		got.Reasons[i].Text = civic.Text{Zh: "…", En: "…"}
	}
	sameJSON(t, got, `{"ruleset":"zhangzhou-2016","ruleset_status":"in_force","verdict":"eligible","tiers":["residence_permit"],"eligible_on":"2026-11-22",
		"reasons":[{"rule":"scope","met":true,"clause":"二(二)","text":{"zh":"…","en":"…"}},{"rule":"half_year","met":true,"clause":"二(二)","text":{"zh":"…","en":"…"}},
		{"rule":"ground","met":true,"clause":"二(二)","text":{"zh":"…","en":"…"}}],"missing":[],"optional":[]}`)
}

// sameJSON compares an answer with the text of a contract, to the character but for white space.
func sameJSON(t *testing.T, got any, want string) {
	t.Helper()
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if bare := strings.NewReplacer("\n", "", "\t", "").Replace(want); string(raw) != bare {
		t.Errorf("got  %s\nwant %s", raw, bare)
	}
}

func TestEligibilityVerdicts(t *testing.T) {
	b := book(t)
	const zz, zb, zn = `"jurisdiction":"350600"`, `"jurisdiction":"370300","ruleset":"zibo-2014"`, `"jurisdiction":"370300"`
	const here, zibo = `,"hukou_division":"410102","residence_division":"350602"`, `,"hukou_division":"410102","residence_division":"370303"`
	for _, c := range []struct{ name, query, verdict, tiers, on, missing, optional, met string }{
		{"nothing said", zz, "need_more", "", "", "hukou_division residence_division registered_on grounds", "", "null null null"},
		{"null is absent", zz + `,"hukou_division":null,"residence_division":null,"registered_on":null,"grounds":null,"on":null,"ruleset":null`,
			"need_more", "", "", "hukou_division residence_division registered_on grounds", "", "null null null"},
		{"no ground", zz + here + `,"registered_on":"2026-05-22","grounds":[]`, "not_eligible", "", "", "", "", "true true false"},
		{"no ground, the rest absent", zz + `,"grounds":[]`, "not_eligible", "", "", "", "", "null null false"},
		{"no ground asked yet", zz + here + `,"registered_on":"2026-05-22"`, "need_more", "", "", "grounds", "", "true true null"},
		{"too early", zz + here + `,"registered_on":"2026-05-23","grounds":["dwelling"]`, "not_yet", "", "2026-11-23", "", "", "true false true"},
		{"too early and no ground yet", zz + here + `,"registered_on":"2026-05-23"`, "need_more", "", "", "grounds", "", "true false null"},
		{"registered at month end", zz + here + `,"on":"2026-02-28","registered_on":"2025-08-31","grounds":["schooling"]`, "eligible", "residence_permit", "2026-02-28", "", "", "true true true"},
		{"registered today", zz + here + `,"registered_on":"2026-11-22","grounds":["schooling"]`, "not_yet", "", "2027-05-22", "", "", "true false true"},
		{"two grounds", zz + here + `,"registered_on":"2026-01-01","grounds":["employment","dwelling"]`, "eligible", "residence_permit", "2026-07-01", "", "", "true true true"},

		{"nothing said in Zibo", zb, "need_more", "", "", "hukou_division residence_division intends_half_year", "grounds_3y", "null null null"},
		{"intends", zb + zibo + `,"intends_half_year":true`, "eligible", "permit_1y", "2026-11-22", "", "grounds_3y", "true true null"},
		{"intends, no 3-year ground", zb + zibo + `,"intends_half_year":true,"grounds_3y":[]`, "eligible", "permit_1y", "2026-11-22", "", "", "true true false"},
		{"intends, 3-year ground", zb + zibo + `,"intends_half_year":true,"grounds_3y":["other_3y"]`, "eligible", "permit_1y permit_3y", "2026-11-22", "", "", "true true true"},
		{"does not intend", zb + `,"intends_half_year":false`, "not_eligible", "", "", "", "", "null false null"},
		{"3-year ground without intention", zb + zibo + `,"grounds_3y":["other_3y"]`, "need_more", "", "", "intends_half_year", "", "true null true"},
		{"unused fields", zb + zibo + `,"intends_half_year":true,"grounds":[],"registered_on":"2026-11-22","grounds_3y":[]`, "eligible", "permit_1y", "2026-11-22", "", "", "true true false"},

		{"successor", zn + zibo + `,"registered_on":"2026-01-31","grounds":["employment"]`, "eligible", "residence_permit", "2026-07-31", "", "", "true true true"},
		{"successor ignores intention", zn + zibo + `,"registered_on":"2026-01-31","grounds":["employment"],"intends_half_year":false`, "eligible", "residence_permit", "2026-07-31", "", "", "true true true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := eligibility(t, b, "{"+c.query+"}")
			on := ""
			if a.EligibleOn != nil {
				on = a.EligibleOn.String()
			}
			var met []string
			for _, reason := range a.Reasons {
				met = append(met, reason.Met.String())
			}
			got := []string{string(a.Verdict), strings.Join(a.Tiers, " "), on, strings.Join(a.Missing, " "), strings.Join(a.Optional, " "), strings.Join(met, " ")}
			want := []string{c.verdict, c.tiers, c.on, c.missing, c.optional, c.met}
			if strings.Join(got, "|") != strings.Join(want, "|") {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestScope(t *testing.T) {
	b := book(t)
	for _, c := range []struct{ jurisdiction, hukou, residence, met, missing, says string }{
		{"350600", "410102", "350602", "true", "", ""},
		{"350600", "350602", "350602", "false", "", "no residence permit is needed"},
		{"350600", "350602", "350603", "false", "", "municipal districts"},  // 芗城 -> 龙文
		{"350600", "350681", "350602", "false", "", "municipal districts"},  // 龙海市, now a district
		{"350600", "350604", "350625", "false", "", "municipal districts"},  // 龙海 -> 长泰县, now a district
		{"350600", "350681", "350604", "false", "", "no residence permit"},  // one county, two codes
		{"350600", "350622", "350602", "true", "", ""},                      // 云霄县 -> 芗城: across counties
		{"350600", "350602", "350622", "true", "", ""},                      // and back
		{"350600", "350622", "350623", "true", "", ""},                      // county to county
		{"350600", "350203", "350602", "true", "", ""},                      // a district of Xiamen
		{"350600", "441900", "350602", "true", "", ""},                      // a city without counties
		{"350600", "410102", "370303", "false", "", "outside Zhangzhou"},    // residence elsewhere
		{"350600", "410102", "410102", "false", "", "outside"},              //
		{"350600", "", "370303", "false", "", "outside"},                    // whatever the hukou
		{"350600", "", "350602", "null", "hukou_division", ""},              //
		{"350600", "410102", "", "null", "residence_division", ""},          // it could lie outside
		{"350600", "350602", "", "null", "residence_division", ""},          // a county would do
		{"350600", "810000", "350602", "false", "", "Hong Kong, Macao and"}, //
		{"350600", "820000", "", "false", "", "Hong Kong, Macao and"},       // whatever the residence
		{"350600", "710000", "350602", "false", "", "Hong Kong, Macao and"}, //
		{"350600", "830000", "370303", "false", "", "Hong Kong, Macao and"}, //
		{"370300", "410102", "370303", "true", "", ""},                      //
		{"370300", "370321", "370303", "false", "", "moving between its"},   // 桓台县 -> 张店: one city
		{"370300", "370321", "", "false", "", "moving between its"},         // wherever in Zibo
		{"370300", "370102", "370303", "true", "", ""},                      // Jinan
		{"370300", "370303", "370303", "false", "", "no residence permit"},  //
		{"370300", "", "", "null", "hukou_division residence_division", ""}, //
	} {
		query := `{"jurisdiction":"` + c.jurisdiction + `","registered_on":"2020-01-01","grounds":["employment"]`
		if c.hukou != "" {
			query += `,"hukou_division":"` + c.hukou + `"`
		}
		if c.residence != "" {
			query += `,"residence_division":"` + c.residence + `"`
		}
		a := eligibility(t, b, query+"}")
		scope := a.Reasons[0]
		verdict := map[string]policy.Verdict{"true": policy.Eligible, "false": policy.NotEligible, "null": policy.NeedMore}[c.met]
		if scope.Rule != "scope" || scope.Met.String() != c.met || strings.Join(a.Missing, " ") != c.missing ||
			!strings.Contains(scope.Text.En, c.says) || a.Verdict != verdict || scope.Clause == "" {
			t.Errorf("%s: hukou %q residence %q: %s %+v missing %v", c.jurisdiction, c.hukou, c.residence, a.Verdict, scope, a.Missing)
		}
	}
}

func TestRulesetOfADay(t *testing.T) {
	b := book(t)
	until := []policy.Extension{{Ruleset: "zibo-2014", Until: civic.MustDate("2026-12-31"), Document: "演示〔2026〕1号"}}
	for _, c := range []struct {
		jurisdiction, on string
		extensions       []policy.Extension
		ruleset, status  string
	}{
		{"350600", "2016-11-30", nil, "zhangzhou-2016", "not_yet"},
		{"350600", "2016-12-01", nil, "zhangzhou-2016", "in_force"},
		{"350600", "2099-01-01", nil, "zhangzhou-2016", "in_force"},
		{"370300", "2000-01-01", nil, "zibo-2014", "not_yet"},
		{"370300", "2014-09-30", nil, "zibo-2014", "not_yet"},
		{"370300", "2014-10-01", nil, "zibo-2014", "in_force"},
		{"370300", "2017-06-01", nil, "zibo-2014", "in_force"}, // two in force: the older while it lasts
		{"370300", "2018-12-31", nil, "zibo-2014", "in_force"},
		{"370300", "2019-01-01", nil, "zibo-2017", "in_force"},
		{"370300", "2018-12-31", until, "zibo-2014", "in_force"},
		{"370300", "2019-01-01", until, "zibo-2014", "extended"},
		{"370300", "2026-12-31", until, "zibo-2014", "extended"},
		{"370300", "2027-01-01", until, "zibo-2017", "in_force"},
	} {
		r, status := b.InForce(c.jurisdiction, civic.MustDate(c.on), c.extensions)
		if r.ID != c.ruleset || string(status) != c.status {
			t.Errorf("%s on %s: %s %s, want %s %s", c.jurisdiction, c.on, r.ID, status, c.ruleset, c.status)
		}
	}
	named := "zibo-2014"
	if r, status := b.Choose("370300", &named, today, nil); r.ID != named || status != policy.Expired {
		t.Errorf("the named ruleset: %s %s", r.ID, status)
	}
	if r, _ := b.Choose("350600", &named, today, nil); r != nil {
		t.Errorf("the ruleset of another city: %s", r.ID)
	}
	if r, _ := b.InForce("999999", today, nil); r != nil {
		t.Errorf("an unknown city: %s", r.ID)
	}
	a := eligibility(t, b, `{"jurisdiction":"370300","ruleset":"zibo-2014","hukou_division":"410102","residence_division":"370303","intends_half_year":true}`)
	if a.Verdict != policy.Eligible || a.RulesetStatus != policy.Expired {
		t.Errorf("a named ruleset is evaluated whatever its status: %s %s", a.Verdict, a.RulesetStatus)
	}
}

func TestEligibilityFaults(t *testing.T) {
	b := book(t)
	for query, want := range map[string]string{
		`{}`:                        "jurisdiction:required",
		`{"jurisdiction":"350602"}`: "jurisdiction:unknown",
		`{"jurisdiction":"350600","ruleset":"zibo-1999"}`:                                                                              "ruleset:unknown",
		`{"jurisdiction":"350600","ruleset":"zibo-2014"}`:                                                                              "ruleset:other",
		`{"jurisdiction":"350600","on":"1899-12-31"}`:                                                                                  "on:date_range",
		`{"jurisdiction":"350600","on":"1900-01-01"}`:                                                                                  "",
		`{"jurisdiction":"350600","on":"2100-12-31"}`:                                                                                  "",
		`{"jurisdiction":"350600","on":"2101-01-01"}`:                                                                                  "on:date_range",
		`{"jurisdiction":"350600","hukou_division":"000000"}`:                                                                          "hukou_division:unknown",
		`{"jurisdiction":"350600","hukou_division":""}`:                                                                                "hukou_division:unknown",
		`{"jurisdiction":"350600","hukou_division":"350000"}`:                                                                          "hukou_division:unknown",
		`{"jurisdiction":"350600","hukou_division":"350600"}`:                                                                          "hukou_division:unknown",
		`{"jurisdiction":"350600","hukou_division":"350601"}`:                                                                          "hukou_division:unknown",
		`{"jurisdiction":"350600","hukou_division":"81"}`:                                                                              "hukou_division:unknown",
		`{"jurisdiction":"350600","hukou_division":"３５０６０２"}`:                                                                          "hukou_division:unknown",
		`{"jurisdiction":"350600","residence_division":"810000"}`:                                                                      "residence_division:unknown",
		`{"jurisdiction":"350600","residence_division":"350602001"}`:                                                                   "residence_division:unknown",
		`{"jurisdiction":"350600","registered_on":"2026-11-23"}`:                                                                       "registered_on:after_on",
		`{"jurisdiction":"350600","on":"2020-01-01","registered_on":"2020-01-02"}`:                                                     "registered_on:after_on",
		`{"jurisdiction":"350600","registered_on":"1066-10-14"}`:                                                                       "registered_on:date_range",
		`{"jurisdiction":"350600","grounds":["tourism"]}`:                                                                              "grounds:unknown",
		`{"jurisdiction":"350600","grounds":["business_licence"]}`:                                                                     "grounds:unknown",
		`{"jurisdiction":"350600","grounds_3y":["employment"]}`:                                                                        "grounds_3y:unknown",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","grounds":["x"],"registered_on":"2027-01-01"}`:                                 "registered_on:after_on grounds:unknown",
		`{"jurisdiction":"350600","on":"2026-11-30","registered_on":"2026-11-30","hukou_division":"810000","grounds_3y":["other_3y"]}`: "",
	} {
		var q policy.EligibilityQuery
		if err := json.Unmarshal([]byte(query), &q); err != nil {
			t.Fatal(err)
		}
		if got := faults(q.Check(b, today)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func faults(list []policy.Fault) string {
	var said []string
	for _, f := range list {
		said = append(said, f.Field+":"+string(f.Code))
	}
	return strings.Join(said, " ")
}

func TestKnownReadsOnlyTrueFalseAndNull(t *testing.T) {
	for _, bad := range []string{`1`, `"true"`, `[]`, `{}`} {
		var q policy.EligibilityQuery
		err := json.Unmarshal([]byte(`{"intends_half_year":`+bad+`}`), &q)
		typed, ok := err.(*json.UnmarshalTypeError)
		if !ok || typed.Field != "intends_half_year" {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
