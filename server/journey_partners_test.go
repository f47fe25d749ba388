package main

import "testing"

// TestJourneyPartners looks at the partners of a city, at one of them and at what it may do.
func TestJourneyPartners(t *testing.T) {
	tb := openTab(t, desktop, true)
	tb.signInStaff("zz.administer")
	tb.checkBoth("partners", "/console/partners")
	tb.checkBoth("partner", "/console/partners/big-data")
	tb.checkBoth("partner-scope", "/console/partners/big-data/scope?name=changes")
}
