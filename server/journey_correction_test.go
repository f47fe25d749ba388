package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestJourneyCorrection has two supervisors correct a phone number.
func TestJourneyCorrection(t *testing.T) {
	first := openTab(t, desktop, true)
	first.signInStaff("zb.supervise")
	first.open("/console?state=issued&lang=zh")
	first.click(`td a[href^="/console/persons/"]`)
	path := first.path()
	first.do(chromedp.Click(chromedp.CSS("main details summary")))
	first.check("correction-form")
	first.click(`form[action$="/corrections"] button[type="submit"]`)
	first.check("correction-error")
	first.choose("field", "phone", "")
	first.fill("value", "13853300999")
	first.tick("reason", "typing")
	first.fill("evidence", "窗口核对居民身份证")
	first.click(`form[action$="/corrections"] button[type="submit"]`)
	first.see("由另一位主管决定")

	second := openTab(t, phone, false)
	second.signInStaff("zb.supervise.second")
	second.checkBoth("corrections", "/console/corrections")
	second.checkBoth("correction-decide", path)
	second.click(`form[action$="/confirmation"] button[type="submit"]`)
	second.see("13853300999")
	second.check("correction-done")
}
