package api_test

import (
	"slices"
	"strings"
	"testing"

	"anju/server/civic"
)

type service struct {
	ID, Clause, Quote, Wording string
	Title                      civic.Text
	Tiers, Departments         []string
	Source                     string `json:"departments_source"`
	Office                     string
	Items                      []struct {
		ID         string
		Label      civic.Text
		Free       *bool
		Office     string
		Conditions []string
	}
}

type coded struct {
	Code     string
	ByOffice bool `json:"by_office"`
	Question *civic.Text
}

type catalogue struct {
	Jurisdiction, Ruleset                   string
	Status                                  string `json:"ruleset_status"`
	Services                                []service
	Tiers, Departments, Conditions, Offices []coded
}

// Every service and item of every ruleset comes word for word, and every code in it is explained beside it.
func TestServicesOfEveryRuleset(t *testing.T) {
	d := open(t, nil)
	for _, j := range book().Jurisdictions() {
		for _, r := range j.Rulesets {
			got := into[catalogue](t, d.get("/api/v1/jurisdictions/"+j.Code+"/services?ruleset="+r.ID))
			if got.Jurisdiction != j.Code || got.Ruleset != r.ID || len(got.Services) != len(r.Services) {
				t.Fatalf("%s: %s %s, %d services", r.ID, got.Jurisdiction, got.Ruleset, len(got.Services))
			}
			explained := func(list []coded, code string) {
				t.Helper()
				if !slices.ContainsFunc(list, func(c coded) bool { return c.Code == code }) {
					t.Errorf("%s: nothing explains %s", r.ID, code)
				}
			}
			for i, s := range got.Services {
				want := r.Services[i]
				if s.ID != want.ID || s.Quote != want.Quote || s.Clause != want.Clause || s.Source != want.DepartmentsSource || !slices.Equal(s.Departments, want.Departments) ||
					s.Wording == "" || s.Title != want.Title || len(s.Items) != len(want.Items) {
					t.Errorf("%s: %+v", want.ID, s)
				}
				explained(got.Offices, s.Office)
				for _, code := range s.Departments {
					explained(got.Departments, code)
				}
				for _, code := range s.Tiers {
					explained(got.Tiers, code)
				}
				for k, it := range s.Items {
					from := want.Items[k]
					if it.ID != from.ID || it.Label != from.Label || !slices.Equal(it.Conditions, from.Conditions) {
						t.Errorf("%s: %+v", from.ID, it)
					}
					explained(got.Offices, it.Office)
					for _, code := range it.Conditions {
						explained(got.Conditions, code)
					}
				}
			}
			for i, c := range got.Conditions {
				if c.ByOffice != (c.Question == nil) || slices.ContainsFunc(got.Conditions[:i], func(earlier coded) bool { return earlier.Code == c.Code }) {
					t.Errorf("%s: condition %+v", r.ID, c)
				}
			}
		}
	}
}

func TestServicesKnowTheirRuleset(t *testing.T) {
	d := open(t, nil)
	for target, want := range map[string]string{
		"350600/services":                   "zhangzhou-2016 in_force",
		"350600/services?ruleset=&lang=":    "zhangzhou-2016 in_force",
		"370300/services":                   "zibo-2017 in_force",
		"370300/services?ruleset=zibo-2014": "zibo-2014 expired",
	} {
		got := into[catalogue](t, d.get("/api/v1/jurisdictions/"+target))
		if got.Ruleset+" "+got.Status != want {
			t.Errorf("%s: %s %s", target, got.Ruleset, got.Status)
		}
	}
	if got := into[catalogue](t, d.get("/api/v1/jurisdictions/370300/services")); len(got.Services) != 13 || got.Services[5].Items[0].ID != "cn.bs.06.z" {
		t.Errorf("%d services", len(got.Services))
	}
}

func TestServicesInOneLanguage(t *testing.T) {
	d := open(t, nil)
	for lang, other := range map[string]string{"zh": "en", "en": "zh"} {
		body := string(d.get("/api/v1/jurisdictions/350600/services?lang=" + lang).body)
		if strings.Contains(body, `"`+other+`":`) || !strings.Contains(body, `"title":{"`+lang+`":"`) || !strings.Contains(body, `"quote":"教育服务。`) {
			t.Errorf("%s: %.400s", lang, body)
		}
	}
}
