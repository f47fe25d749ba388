package policy_test

import (
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// BenchmarkEntitlements is one full answer: 70 items of zibo-2014 with their conditions and reasons. Its reference, in the same run, is
// the same rules written by hand as plain Go: ratio/plain above 1 says that the engine is the faster one.
func BenchmarkEntitlements(b *testing.B) {
	r, _ := book(b).Ruleset("zibo-2014")
	q := policy.EntitlementQuery{
		On: civic.MustDate("2016-11-22"), Permit: &policy.PermitFacts{Tier: "permit_3y"},
		ResidentSince: civic.MustDate("2016-06-01"), Facts: map[string]policy.Known{"employee_in_service": policy.Yes},
	}
	var ours, plain time.Duration
	for b.Loop() { // by turns of ten, so that what else the machine does falls on both
		start := time.Now()
		for range 10 {
			policy.Entitlements(r, policy.InForce, q)
		}
		middle := time.Now()
		for range 10 {
			handwritten(q)
		}
		ours, plain = ours+middle.Sub(start), plain+time.Since(middle)
	}
	b.ReportMetric(float64(plain)/float64(ours), "ratio/plain")
	b.ReportMetric(10*float64(b.N)/ours.Seconds(), "answers/s")
	b.ReportMetric(testing.AllocsPerRun(100, func() { policy.Entitlements(r, policy.InForce, q) }), "allocs/answer")
	b.ReportMetric(testing.AllocsPerRun(100, func() { handwritten(q) }), "allocs/plain")
}

// BenchmarkLoad is what the start of the server pays.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := policy.Load(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSearch is one search of a city's services as somebody types.
func BenchmarkSearch(b *testing.B) {
	r, _ := book(b).Ruleset("zhangzhou-2016")
	for b.Loop() {
		r.Search("gongjijin")
	}
}
