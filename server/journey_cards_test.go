package main

import "testing"

// TestJourneyCards looks at the stock of blank cards.
func TestJourneyCards(t *testing.T) {
	tb := openTab(t, desktop, true)
	tb.signInStaff("zz.issue")
	tb.checkBoth("cards", "/console/cards")
}
