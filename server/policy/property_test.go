package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"anju/server/civic"
	"anju/server/policy"
)

const rounds = 4000

// pick returns one of the values.
func pick[T any](random *rand.Rand, of ...T) T { return of[random.IntN(len(of))] }

func anyKnown(random *rand.Rand) policy.Known {
	return pick(random, policy.Unknown, policy.No, policy.Yes)
}

// anyEligibility makes a query in which each answer is absent, good or bad for the person.
func anyEligibility(random *rand.Rand) policy.EligibilityQuery {
	code := func(codes ...string) *string {
		if random.IntN(3) == 0 {
			return nil
		}
		c := pick(random, codes...)
		return &c
	}
	q := policy.EligibilityQuery{
		On:                civic.MustDate("2016-12-01").AddDays(random.IntN(4000)),
		HukouDivision:     code("410102", "350602", "350681", "350604", "350622", "370303", "370321", "810000", "441900"),
		ResidenceDivision: code("350602", "350604", "350625", "350622", "370303", "370321", "110101"),
		Grounds:           pick(random, nil, []string{}, []string{"dwelling"}, []string{"employment", "schooling"}),
		IntendsHalfYear:   anyKnown(random),
		Grounds3Y:         pick(random, nil, []string{}, []string{"business_licence"}),
	}
	if random.IntN(3) > 0 {
		q.RegisteredOn = q.On.AddDays(-random.IntN(400))
	}
	return q
}

// filled answers every absent field of a query.
func filled(random *rand.Rand, q policy.EligibilityQuery) policy.EligibilityQuery {
	other := anyEligibility(random)
	for other.HukouDivision == nil || other.ResidenceDivision == nil || other.Grounds == nil || other.IntendsHalfYear == policy.Unknown {
		other = anyEligibility(random)
	}
	if q.HukouDivision == nil {
		q.HukouDivision = other.HukouDivision
	}
	if q.ResidenceDivision == nil {
		q.ResidenceDivision = other.ResidenceDivision
	}
	if q.Grounds == nil {
		q.Grounds = other.Grounds
	}
	if q.IntendsHalfYear == policy.Unknown {
		q.IntendsHalfYear = other.IntendsHalfYear
	}
	if q.RegisteredOn.IsZero() {
		q.RegisteredOn = q.On.AddDays(-random.IntN(400))
	}
	return q
}

func everyRuleset(t *testing.T, do func(r *policy.Ruleset, random *rand.Rand)) {
	t.Helper()
	for _, j := range book(t).Jurisdictions() {
		for _, r := range j.Rulesets {
			random := rand.New(rand.NewPCG(663, 2016))
			for range rounds {
				do(r, random)
			}
		}
	}
}

// A missing answer never leads to no: what is ruled out stays ruled out however the rest is answered, and
// what needs more is not decided yet: some answer to the missing fields changes it.
func TestNeverNoFromAMissingAnswer(t *testing.T) {
	everyRuleset(t, func(r *policy.Ruleset, random *rand.Rand) {
		q := anyEligibility(random)
		a := policy.Eligibility(r, policy.InForce, q)
		if (a.Verdict == policy.NeedMore) != (len(a.Missing) > 0) {
			t.Fatalf("%s %s with missing %v", r.ID, a.Verdict, a.Missing)
		}
		if (a.Verdict == policy.Eligible) != (len(a.Tiers) > 0) {
			t.Fatalf("%s %s with tiers %v", r.ID, a.Verdict, a.Tiers)
		}
		full := policy.Eligibility(r, policy.InForce, filled(random, q))
		if full.Verdict == policy.NeedMore {
			t.Fatalf("%s: all is answered, yet %v is missing", r.ID, full.Missing)
		}
		if a.Verdict != policy.NeedMore && full.Verdict != a.Verdict {
			t.Fatalf("%s: %s became %s by answers to fields that were not missing", r.ID, a.Verdict, full.Verdict)
		}
		if a.Verdict == policy.NeedMore {
			seen := map[policy.Verdict]bool{}
			for range 200 {
				seen[policy.Eligibility(r, policy.InForce, filled(random, q)).Verdict] = true
			}
			if len(seen) < 2 {
				t.Fatalf("%s: %v is missing, yet the verdict is always %v", r.ID, a.Missing, seen)
			}
		}
	})
}

func TestALaterDayNeverTurnsYesIntoNo(t *testing.T) {
	everyRuleset(t, func(r *policy.Ruleset, random *rand.Rand) {
		q := anyEligibility(random)
		before := policy.Eligibility(r, policy.InForce, q)
		q.On = q.On.AddDays(1 + random.IntN(1000))
		after := policy.Eligibility(r, policy.InForce, q)
		if before.Verdict == policy.Eligible && after.Verdict != policy.Eligible {
			t.Fatalf("%s: eligible became %s", r.ID, after.Verdict)
		}
		if before.Verdict == policy.TooEarly && (after.Verdict == policy.Eligible) != !q.On.Before(*before.EligibleOn) {
			t.Fatalf("%s: from %s, yet on %s it is %s", r.ID, before.EligibleOn, q.On, after.Verdict)
		}
	})
}

func TestOldAndNewDivisionCodesAgree(t *testing.T) {
	old := map[string]string{"350604": "350681", "350605": "350625"}
	swap := func(code *string) *string {
		if code != nil && old[*code] != "" {
			c := old[*code]
			return &c
		}
		return code
	}
	everyRuleset(t, func(r *policy.Ruleset, random *rand.Rand) {
		q := anyEligibility(random)
		if random.IntN(2) == 0 {
			code := pick(random, "350604", "350605")
			q.HukouDivision = &code
		}
		today := policy.Eligibility(r, policy.InForce, q)
		q.HukouDivision, q.ResidenceDivision = swap(q.HukouDivision), swap(q.ResidenceDivision)
		then := policy.Eligibility(r, policy.InForce, q)
		a, _ := json.Marshal(today)
		b, _ := json.Marshal(then)
		if string(a) != string(b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func anyEntitlement(r *policy.Ruleset, random *rand.Rand, codes []string) policy.EntitlementQuery {
	q := policy.EntitlementQuery{On: civic.MustDate("2017-01-01").AddDays(random.IntN(3000)), Facts: map[string]policy.Known{}}
	if random.IntN(4) > 0 {
		tier := pick(random, r.Tiers...)
		for !tier.Granted() {
			tier = pick(random, r.Tiers...)
		}
		status := pick(random, policy.PermitActive, policy.PermitActive, policy.PermitActive, policy.PermitSuspended)
		q.Permit = &policy.PermitFacts{Tier: tier.Code, Status: &status}
	}
	if random.IntN(2) == 0 {
		q.ResidentSince = q.On.AddDays(-random.IntN(800))
	}
	for _, code := range codes {
		q.Facts[code] = anyKnown(random)
	}
	return q
}

func everyItem(a policy.EntitlementAnswer) []policy.ItemAnswer {
	var all []policy.ItemAnswer
	for _, s := range a.Services {
		all = append(all, s.Items...)
	}
	return all
}

// Filling in one unknown fact changes only items that asked for it; yes never takes an item away, and
// what is open or closed for good stays so. A later day takes nothing away either.
func TestAnswersOnlySettleWhatWasOpen(t *testing.T) {
	b := book(t)
	everyRuleset(t, func(r *policy.Ruleset, random *rand.Rand) {
		if random.IntN(8) > 0 { // each round compares every item; an eighth of the rounds is plenty
			return
		}
		var codes []string
		for _, s := range r.Services {
			for _, it := range s.Items {
				for _, code := range it.Conditions {
					if c, _ := b.Condition(code); !c.ByOffice && !slices.Contains(codes, code) {
						codes = append(codes, code)
					}
				}
			}
		}
		q := anyEntitlement(r, random, codes)
		before := everyItem(policy.Entitlements(r, policy.InForce, q))
		for _, code := range codes {
			if q.Facts[code] != policy.Unknown {
				continue
			}
			for _, answer := range []policy.Known{policy.Yes, policy.No} {
				q.Facts[code] = answer
				for i, after := range everyItem(policy.Entitlements(r, policy.InForce, q)) {
					was := before[i]
					switch asked := slices.Contains(was.Missing, code); {
					case !asked && after.Verdict != was.Verdict:
						t.Fatalf("%s: %s became %s by %s, which was not missing", was.ID, was.Verdict, after.Verdict, code)
					case asked && answer == policy.No && after.Verdict != policy.NotEntitled:
						t.Fatalf("%s: %s is no, yet %s", was.ID, code, after.Verdict)
					case asked && answer == policy.Yes && after.Verdict == policy.NotEntitled:
						t.Fatalf("%s: yes to %s took it away", was.ID, code)
					}
				}
			}
			q.Facts[code] = policy.Unknown
		}
		q.On = q.On.AddDays(1 + random.IntN(800))
		for i, after := range everyItem(policy.Entitlements(r, policy.InForce, q)) {
			was := before[i]
			if was.Verdict != policy.Later && after.Verdict != was.Verdict {
				t.Fatalf("%s: time alone made %s of %s", was.ID, after.Verdict, was.Verdict)
			}
			if was.From != nil && (after.Verdict != policy.Later) != !q.On.Before(*was.From) {
				t.Fatalf("%s: from %s, yet on %s it is %s", was.ID, was.From, q.On, after.Verdict)
			}
		}
	})
}

// FuzzQueries feeds JSON as it may come from outside: what passes Check is answered without panic, and in
// every list that the contract promises there is a list.
func FuzzQueries(f *testing.F) {
	f.Add(`{"jurisdiction":"350600","hukou_division":"410102","residence_division":"350602","registered_on":"2026-05-22","grounds":["employment"]}`)
	f.Add(`{"jurisdiction":"370300","ruleset":"zibo-2014","on":"2016-11-22","permit":{"tier":"permit_3y"},"resident_since":"2016-06-01","facts":{"child":true}}`)
	f.Add(`{"jurisdiction":"370300","hukou_division":"71","grounds_3y":[null],"facts":{"":null},"permit":{"tier":"","status":""}}`)
	f.Add(`{"on":"9999-12-31","registered_on":"0001-01-01","jurisdiction":"350600","residence_division":"长泰"}`)
	b := book(f)
	f.Fuzz(func(t *testing.T, raw string) {
		var e policy.EligibilityQuery
		if json.Unmarshal([]byte(raw), &e) == nil && len(e.Check(b, today)) == 0 {
			if e.On.IsZero() {
				e.On = today
			}
			r, status := b.Choose(e.Jurisdiction, e.Ruleset, e.On, nil)
			if a := policy.Eligibility(r, status, e); a.Tiers == nil || a.Missing == nil || a.Optional == nil || len(a.Reasons) < 3 {
				t.Errorf("%+v", a)
			}
		}
		var q policy.EntitlementQuery
		if json.Unmarshal([]byte(raw), &q) == nil && len(q.Check(b, today)) == 0 {
			if q.On.IsZero() {
				q.On = today
			}
			r, status := b.Choose(q.Jurisdiction, q.Ruleset, q.On, nil)
			if a := policy.Entitlements(r, status, q); len(a.Services) != len(r.Services) || a.Notes == nil {
				t.Errorf("%+v", a)
			}
		}
	})
}
