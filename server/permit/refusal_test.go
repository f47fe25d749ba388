package permit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

func TestRefusalReference(t *testing.T) {
	seen := map[string]bool{}
	for range 500 {
		s := permit.NewRefusalReference()
		if seen[s] || len(s) != 19 || s[0] != 'R' {
			t.Fatal(s)
		}
		seen[s] = true
		for _, typed := range []string{s, strings.ToLower(s), strings.ReplaceAll(s, "-", ""), " " + strings.ReplaceAll(s, "-", " "), strings.ReplaceAll(strings.ReplaceAll(s, "0", "O"), "1", "l")} {
			if got, ok := permit.ParseRefusalReference(typed); !ok || got != s {
				t.Fatalf("%q is read as %q %v", typed, got, ok)
			}
		}
		if _, ok := permit.ParseReference(s); ok {
			t.Fatal("taken for an application:", s)
		}
		bare := strings.ReplaceAll(s, "-", "")
		for i := 1; i < len(bare); i++ {
			wrong := []byte(bare)
			if wrong[i] = 'X'; bare[i] == 'X' {
				wrong[i] = '7'
			}
			if _, ok := permit.ParseRefusalReference(string(wrong)); ok {
				t.Fatalf("%s with a wrong character %d is taken", s, i)
			}
			if swapped := []byte(bare); i > 1 && bare[i] != bare[i-1] {
				swapped[i], swapped[i-1] = bare[i-1], bare[i]
				if _, ok := permit.ParseRefusalReference(string(swapped)); ok {
					t.Fatalf("%s with %d and %d swapped is taken", s, i-1, i)
				}
			}
		}
	}
	if _, ok := permit.ParseRefusalReference(permit.NewReference("350600")); ok {
		t.Error("an application's reference is taken for a report's")
	}
}

func TestRefusalNamesItsDepartment(t *testing.T) {
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, civic.Zone)
	for _, j := range book.Jurisdictions() {
		for _, rules := range j.Rulesets {
			for _, s := range rules.Services {
				r := permit.RefusalReport{Service: s.ID, Kind: "other", HappenedOn: civic.DateOf(now), Place: "x", Counter: "portal"}
				r, event, err := permit.Report(r, rules, civic.DefaultCalendar(), now)
				want := ""
				if len(s.Departments) > 0 {
					want = s.Departments[0]
				}
				if err != nil || r.Department != want || event.Department != want {
					t.Errorf("%s goes to %q, not to %q: %v", s.ID, r.Department, want, err)
				}
			}
			for _, d := range permit.RefusalDepartments(rules) {
				if d.Role == "assisting" || d.Code == "others" {
					t.Errorf("%s: %s answers for nothing", rules.ID, d.Code)
				}
			}
		}
	}
}

func TestRefusalIsAnsweredInFifteenWorkingDaysWhereTheCalendarKnowsThem(t *testing.T) {
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules, _ := book.Ruleset("zhangzhou-2016")
	for now, want := range map[string]string{"2026-11-24": "2026-12-15", "2026-09-24": "2026-10-22", "2026-12-11": ""} { // Mid-Autumn, National Day, a Saturday worked; 2027 is not announced
		at := civic.MustDate(now).Start().Add(time.Hour)
		r, _, err := permit.Report(permit.RefusalReport{Kind: "other", HappenedOn: civic.MustDate(now), Place: "x", Counter: "portal"}, rules, civic.DefaultCalendar(), at)
		if err != nil || r.DueOn.String() != want || r.State != permit.RefusalReceived {
			t.Errorf("of %s: due %q, want %q: %v", now, r.DueOn, want, err)
		}
	}
}

func TestRefusalAnswersAndAssignments(t *testing.T) {
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules, _ := book.Ruleset("zhangzhou-2016")
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, civic.Zone)
	r := permit.RefusalReport{State: permit.RefusalReceived, Department: "edu", Phone: "13800005678", Version: 1}
	by := permit.Officer{ID: "x"}
	faults := func(err error) (fields []string) {
		var list permit.Faults
		errors.As(err, &list)
		for _, f := range list {
			fields = append(fields, f.Field)
		}
		return fields
	}
	for what, test := range map[string]struct {
		answer permit.RefusalAnswer
		wrong  []string
	}{
		"good":                {permit.RefusalAnswer{Outcome: "redressed", Words: "请带证到窗口办理"}, nil},
		"several lines":       {permit.RefusalAnswer{Outcome: "redressed", Words: "一\r\n二"}, nil},
		"nothing":             {permit.RefusalAnswer{}, []string{"outcome", "words"}},
		"only spaces":         {permit.RefusalAnswer{Outcome: "redressed", Words: " \n "}, []string{"words"}},
		"no clause":           {permit.RefusalAnswer{Outcome: permit.NotCovered, Words: "x"}, []string{"basis"}},
		"another city's":      {permit.RefusalAnswer{Outcome: permit.NotCovered, Basis: "zb.t1.05", Words: "x"}, []string{"basis"}},
		"with its clause":     {permit.RefusalAnswer{Outcome: permit.NotCovered, Basis: "zz.bs.01", Words: "x"}, nil},
		"with a right":        {permit.RefusalAnswer{Outcome: permit.NotCovered, Basis: "no_refusal", Words: "x"}, nil},
		"unknown outcome":     {permit.RefusalAnswer{Outcome: "maybe", Words: "x"}, []string{"outcome"}},
		"10,000 characters":   {permit.RefusalAnswer{Outcome: "redressed", Words: strings.Repeat("长", 10_000)}, []string{"words"}},
		"a control character": {permit.RefusalAnswer{Outcome: "redressed", Words: "x\x07"}, []string{"words"}},
	} {
		next, event, err := r.Answer(test.answer, by, rules, now)
		if got := faults(err); !slices.Equal(got, test.wrong) {
			t.Errorf("%s: wrong are %v, want %v", what, got, test.wrong)
		}
		if err == nil && (next.State != permit.RefusalAnswered || next.Phone != "" || next.Version != 2 || event.Words == "" || strings.Contains(event.Words, "\r")) {
			t.Errorf("%s: %+v %+v", what, next, event)
		}
	}
	answered, _, _ := r.Answer(permit.RefusalAnswer{Outcome: "redressed", Words: "x"}, by, rules, now)
	if _, _, err := answered.Answer(permit.RefusalAnswer{Outcome: "other_body", Words: "y"}, by, rules, now); !errors.Is(err, permit.Refusal{Code: "state_moved_on"}) {
		t.Error("a second answer:", err)
	}
	if _, _, err := answered.Assign("health", by, rules, now); !errors.Is(err, permit.Refusal{Code: "state_moved_on"}) {
		t.Error("moved after the answer:", err)
	}
	for department, ok := range map[string]bool{"health": true, "edu": false, "": false, "landlord": false, "others": false, "hpf": false} {
		next, event, err := r.Assign(department, by, rules, now)
		if (err == nil) != ok || ok && (next.Department != department || event.Department != department) {
			t.Errorf("assigned to %q: %v", department, err)
		}
	}
}
