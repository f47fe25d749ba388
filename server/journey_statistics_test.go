package main

import "testing"

// TestJourneyStatistics looks at how the offices do, as a supervisor and as anybody.
func TestJourneyStatistics(t *testing.T) {
	officer := openTab(t, desktop, true)
	officer.signInStaff("zz.supervise")
	officer.checkBoth("statistics-console", "/console/statistics")
	anybody := openTab(t, phone, false)
	anybody.checkBoth("statistics-public", "/statistics")
}
