package main

import "testing"

// TestJourneyMonthly looks at the report of last month, closes it as a supervisor, and reads it as an auditor.
func TestJourneyMonthly(t *testing.T) {
	chief := openTab(t, desktop, true)
	chief.signInStaff("zb.supervise")
	chief.open("/console/statistics?lang=zh")
	chief.click(`main a[href="/console/statistics/monthly"]`)
	chief.checkBoth("monthly-open", chief.path())
	path := chief.path()
	chief.press()
	chief.see("第 1 版")
	chief.check("monthly-closed-zh")
	auditor := openTab(t, phone, false)
	auditor.signInStaff("zb.audit")
	auditor.open(path + "?lang=en")
	auditor.see("revision 1")
	auditor.check("monthly-phone-en")
}
