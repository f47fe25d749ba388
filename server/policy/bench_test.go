package policy_test

import (
	"testing"

	"anju/server/civic"
	"anju/server/policy"
)

// BenchmarkEntitlements is one full answer: 70 items of zibo-2014 with their conditions and reasons.
func BenchmarkEntitlements(b *testing.B) {
	r, _ := book(b).Ruleset("zibo-2014")
	q := policy.EntitlementQuery{
		On: civic.MustDate("2016-11-22"), Permit: &policy.PermitFacts{Tier: "permit_3y"},
		ResidentSince: civic.MustDate("2016-06-01"), Facts: map[string]policy.Known{"employee_in_service": policy.Yes},
	}
	b.ReportAllocs()
	for b.Loop() {
		policy.Entitlements(r, policy.InForce, q)
	}
}

// BenchmarkLoad is what the start of the server pays.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := policy.Load(); err != nil {
			b.Fatal(err)
		}
	}
}
