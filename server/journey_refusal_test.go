package main

import (
	"regexp"
	"strings"
	"testing"

	"anju/server/scene"
)

// refusalReference is the reference of a report, as the page shows it.
var refusalReference = regexp.MustCompile(`R[0-9A-Y]{3}(-[0-9A-Y]{4}){3}`)

// TestJourneyRefusal reports at home, in English and without script, that a school refused the permit; the department answers on the
// console; the answer is read with the reference. Then the same at the kiosk, in Chinese and by touch alone.
func TestJourneyRefusal(t *testing.T) {
	home := openTab(t, phone, false)
	home.open("/refusals?lang=en")
	home.check("refusal-en")
	home.open("/refusals?service=zz.bs.01")
	home.check("refusal-form-en")
	home.press()
	home.check("refusal-form-wrong-en")
	home.tick("kind", "local_hukou")
	home.fill("happened_on", "2026")
	home.fill("happened_on-month", "11")
	home.fill("happened_on-day", "20")
	home.fill("place", "丹霞路小学招生处")
	home.fill("words", "They wanted a local hukou and did not look at the permit.")
	home.press()
	home.see("We have your report")
	home.check("refusal-sent-en")
	reference := refusalReference.FindString(home.text("main"))
	if strings.Contains(home.where(), reference) || reference == "" {
		t.Fatalf("reference %q at %s", reference, home.where())
	}

	desk := openTab(t, desktop, true)
	desk.signInStaff("zz.edit")
	desk.open("/console?lang=zh")
	desk.check("refusal-duties-zh")
	desk.click(`main a[href="/console/refusals"]`)
	desk.checkBoth("refusal-list", "/console/refusals")
	desk.click(`main table tr:last-child a`)
	desk.see("丹霞路小学招生处")
	desk.tick("outcome", "not_covered")
	desk.choose("basis", "zz.bs.01", "")
	desk.check("refusal-answering-zh")
	desk.tick("outcome", "redressed")
	desk.fill("words", "Please take your permit to the school office; they know.")
	desk.click(`form[action$="/answer"] .button.primary`)
	desk.see("报告人现在可以看到")
	desk.check("refusal-answered-zh")

	home.open("/refusals")
	home.fill("reference", strings.ToLower(reference))
	home.press()
	home.see("Please take your permit to the school office")
	home.check("refusal-answer-en")

	chief := openTab(t, phone, true)
	chief.signInStaff("zb.supervise")
	chief.open("/console/refusals?lang=en")
	chief.check("refusal-list-phone")
	chief.open("/console/refusals?show=overdue")
	chief.click(`main table a`)
	chief.check("refusal-overdue-phone")

	tb := openTab(t, totem, true)
	tb.open("/kiosk?lang=zh")
	tb.checkBoth("refusal-kiosk-start", "/kiosk")
	tb.wait(`document.documentElement.scrollHeight <= innerHeight`) // every job is seen without scrolling
	tb.click(`button.job[value="refusals"]`)
	tb.check("refusal-kiosk")
	tb.tick("city", scene.Zibo.Jurisdiction)
	tb.press()
	tb.check("refusal-kiosk-service")
	tb.tick("service", "none")
	tb.press()
	tb.check("refusal-kiosk-department")
	tb.tick("department", "health")
	tb.press()
	tb.tick("kind", "fee_or_paper")
	tb.tick("day", "earlier")
	tb.check("refusal-kiosk-what")
	tb.tick("day", "today")
	tb.press()
	tb.tick("county", scene.Zibo.County)
	tb.check("refusal-kiosk-where")
	tb.press()
	tb.check("refusal-kiosk-more")
	tb.press()
	tb.check("refusal-kiosk-check")
	tb.click(`form[action="/kiosk/refusals/submission"] .button.primary`)
	tb.see("报告已收到")
	tb.check("refusal-kiosk-sent")
	reference = refusalReference.FindString(tb.text("main"))
	tb.click(`a[href="/kiosk/refusals/sent/print"]`)
	tb.see(reference)
	tb.check("refusal-kiosk-print")

	tb.open("/kiosk")
	tb.click(`button.job[value="refusals"]`)
	tb.click(`main a[href="/kiosk/refusals/answer"]`)
	tb.check("refusal-kiosk-ask")
	tb.fill("reference", reference)
	tb.click(`form[action="/kiosk/refusals/answer"] .button.primary`)
	tb.see("等待答复")
	tb.check("refusal-kiosk-answer")
}
