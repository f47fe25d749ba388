package main

import "testing"

// TestJourneyProduction makes a batch, enters a spoiled card, and marks the batch.
func TestJourneyProduction(t *testing.T) {
	tb := openTab(t, desktop, true)
	tb.signInStaff("zz.issue")
	tb.checkBoth("production", "/console/production")
	tb.click(`form[action="/console/production"] button[type="submit"]`)
	path := tb.path()
	tb.checkBoth("production-batch", path)
	tb.checkBoth("production-list", path+"/print")
	tb.open(path)
	tb.click(`button[name="do"][value="made"]`) // nothing is chosen
	tb.check("production-error")
	small := openTab(t, phone, false)
	small.signInStaff("zz.issue")
	small.open(path)
	small.check("production-phone")
	tb.click(`button[name="do"][value="all"]`)
	tb.check("production-done")
}
