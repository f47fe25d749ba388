package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"anju/server/civic"
	"anju/server/policy"
)

// handwritten is zibo-2014 as somebody would write it in plain Go, without rulesets: the reference of BenchmarkEntitlements. It knows
// permits of one and three years that are in use, and says all that the engine says of them.
func handwritten(q policy.EntitlementQuery) policy.EntitlementAnswer {
	a := policy.EntitlementAnswer{Ruleset: "zibo-2014", RulesetStatus: policy.InForce, Notes: []civic.Text{}}
	var three, resided bool
	var from *civic.Date
	switch tier := q.Permit.Tier; tier {
	case "permit_1y":
		a.Tier = &tier
	case "permit_3y":
		three, a.Tier = true, &tier
		if !q.ResidentSince.IsZero() {
			on := q.ResidentSince.AddMonths(12)
			if resided = !q.On.Before(on); resided {
				reached := "permit_3y_resided_1y"
				a.Tier = &reached
			} else {
				from = &on
			}
		}
	}
	law := func(code string) policy.ConditionAnswer { return policy.ConditionAnswer{Code: code, ByOffice: true} }
	fact := func(code string) policy.ConditionAnswer {
		return policy.ConditionAnswer{Code: code, Met: q.Facts[code]}
	}
	count := func(it policy.ItemAnswer) policy.ItemAnswer {
		switch it.Verdict {
		case policy.Entitled:
			a.Counts.Entitled++
		case policy.Conditional:
			a.Counts.Conditional++
		case policy.Later:
			a.Counts.NotYet++
		case policy.NotEntitled:
			a.Counts.NotEntitled++
		}
		return it
	}
	judge := func(id string, conditions []policy.ConditionAnswer) policy.ItemAnswer {
		it := policy.ItemAnswer{ID: id, Verdict: policy.Entitled, Missing: []string{}, Conditions: conditions}
		if conditions == nil {
			it.Conditions = []policy.ConditionAnswer{}
		}
		for _, c := range conditions {
			switch {
			case c.ByOffice:
			case c.Met == policy.No:
				reason := policy.ReasonCondition
				it.Verdict, it.Reason = policy.NotEntitled, &reason
			case c.Met == policy.Unknown:
				it.Missing = append(it.Missing, c.Code)
			}
		}
		if it.Verdict == policy.NotEntitled {
			it.Missing = []string{}
		} else if len(it.Missing) > 0 {
			it.Verdict = policy.Conditional
		}
		return it
	}
	first := func(id string, conditions ...policy.ConditionAnswer) policy.ItemAnswer {
		return count(judge(id, conditions))
	}
	third := func(id string, conditions ...policy.ConditionAnswer) policy.ItemAnswer {
		it := judge(id, conditions)
		if resided || it.Verdict == policy.NotEntitled {
			return count(it)
		}
		reason := policy.ReasonTier
		if three {
			reason, it.From = policy.ReasonResidence, from
			if from == nil {
				it.Missing = append(it.Missing, "resident_since")
			}
		}
		it.Verdict, it.Reason = policy.Later, &reason
		return count(it)
	}
	a.Services = []policy.ServiceAnswer{
		{"zb.t1.01", "三(一)1", []policy.ItemAnswer{
			first("zb.t1.01.a", fact("holders_child"), law("gov_allocation")),
			first("zb.t1.01.b", law("per_rules")),
			first("zb.t1.01.c", law("per_rules")),
			first("zb.t1.01.d", law("per_rules")),
		}},
		{"zb.t1.02", "三(一)2", []policy.ItemAnswer{
			first("zb.t1.02.a"),
			first("zb.t1.02.b"),
			first("zb.t1.02.c"),
			first("zb.t1.02.d"),
			first("zb.t1.02.e"),
			first("zb.t1.02.f"),
			first("zb.t1.02.g"),
			first("zb.t1.02.h"),
			first("zb.t1.02.i"),
			first("zb.t1.02.j"),
			first("zb.t1.02.k"),
			first("zb.t1.02.l"),
		}},
		{"zb.t1.03", "三(一)3", []policy.ItemAnswer{
			first("zb.t1.03.a"),
			first("zb.t1.03.b"),
		}},
		{"zb.t1.04", "三(一)4", []policy.ItemAnswer{
			first("zb.t1.04.a"),
			first("zb.t1.04.b"),
			first("zb.t1.04.c"),
			first("zb.t1.04.d", fact("child")),
			first("zb.t1.04.e", fact("childbearing_age")),
		}},
		{"zb.t1.05", "三(一)5", []policy.ItemAnswer{
			first("zb.t1.05.a", law("zb_prh_measures")),
			first("zb.t1.05.b", fact("employee_in_service"), fact("hpf_normal_contribution_1y")),
		}},
		{"zb.t1.06", "三(一)6", []policy.ItemAnswer{
			first("zb.t1.06.a"),
			first("zb.t1.06.b"),
			first("zb.t1.06.c"),
			first("zb.t1.06.d"),
			first("zb.t1.06.e"),
		}},
		{"zb.t1.07", "三(一)7", []policy.ItemAnswer{
			first("zb.t1.07.a"),
			first("zb.t1.07.b"),
			first("zb.t1.07.c"),
			first("zb.t1.07.d"),
			first("zb.t1.07.e"),
		}},
		{"zb.t1.08", "三(一)8", []policy.ItemAnswer{
			first("zb.t1.08.a"),
			first("zb.t1.08.b"),
			first("zb.t1.08.c"),
			first("zb.t1.08.d"),
			first("zb.t1.08.e"),
			first("zb.t1.08.f"),
			first("zb.t1.08.g"),
		}},
		{"zb.t1.09", "三(一)9", []policy.ItemAnswer{
			first("zb.t1.09.a"),
			first("zb.t1.09.b"),
			first("zb.t1.09.c"),
			first("zb.t1.09.d"),
			first("zb.t1.09.e"),
			first("zb.t1.09.f"),
			first("zb.t1.09.g"),
		}},
		{"zb.t1.10", "三(一)10", []policy.ItemAnswer{
			first("zb.t1.10.a", law("per_rules")),
		}},
		{"zb.t1.11", "三(一)11", []policy.ItemAnswer{
			first("zb.t1.11.a", law("per_law")),
			first("zb.t1.11.b", law("per_law")),
		}},
		{"zb.t3.01", "三(二)1", []policy.ItemAnswer{
			third("zb.t3.01.a", fact("holders_child")),
			third("zb.t3.01.b", fact("holders_child"), law("by_residence_zone")),
		}},
		{"zb.t3.02", "三(二)2", []policy.ItemAnswer{
			third("zb.t3.02.a", fact("wants_to_start_business")),
			third("zb.t3.02.b", fact("wants_to_start_business")),
			third("zb.t3.02.c", fact("wants_to_start_business")),
			third("zb.t3.02.d", fact("eligible")),
			third("zb.t3.02.e", fact("eligible")),
			third("zb.t3.02.f", fact("eligible")),
			third("zb.t3.02.g", fact("eligible")),
			third("zb.t3.02.h", fact("wants_to_start_business")),
			third("zb.t3.02.i", fact("eligible_worker_or_trainee")),
			third("zb.t3.02.j", fact("eligible_worker_or_trainee")),
		}},
		{"zb.t3.03", "三(二)3", []policy.ItemAnswer{
			third("zb.t3.03.a", fact("holder_or_minor_child")),
			third("zb.t3.03.b", fact("holder_or_minor_child")),
			third("zb.t3.03.c", fact("holder_or_minor_child")),
			third("zb.t3.03.d"),
			third("zb.t3.03.e"),
		}},
		{"zb.t3.04", "三(二)4", []policy.ItemAnswer{
			third("zb.t3.04.a", fact("low_income_housing_difficulty_family")),
		}},
	}
	if !resided {
		a.Next = &policy.NextTier{Tier: "permit_3y_resided_1y", On: from, Adds: []string{"zb.t3.01", "zb.t3.02", "zb.t3.03", "zb.t3.04"}}
	}
	return a
}

// The reference says what the engine says, notes aside; else it would be no reference.
func TestTheReferenceSaysWhatTheEngineSays(t *testing.T) {
	b := book(t)
	r, _ := b.Ruleset("zibo-2014")
	var codes []string
	for _, s := range r.Services {
		for _, it := range s.Items {
			for _, code := range it.Conditions {
				if c, _ := b.Condition(code); !c.ByOffice {
					codes = append(codes, code)
				}
			}
		}
	}
	random := rand.New(rand.NewPCG(2014, 87))
	for range rounds {
		q := policy.EntitlementQuery{On: civic.MustDate("2016-11-22"), Permit: &policy.PermitFacts{Tier: pick(random, "permit_1y", "permit_3y")}, Facts: map[string]policy.Known{}}
		if random.IntN(3) > 0 {
			q.ResidentSince = q.On.AddDays(-random.IntN(800))
		}
		for _, code := range codes {
			q.Facts[code] = anyKnown(random)
		}
		want := policy.Entitlements(r, policy.InForce, q)
		want.Notes = []civic.Text{}
		engine, _ := json.Marshal(want)
		plain, _ := json.Marshal(handwritten(q))
		if string(engine) != string(plain) {
			t.Fatalf("the engine says\n%s\nthe reference\n%s", engine, plain)
		}
	}
}
