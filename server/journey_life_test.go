package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

// TestJourneyLife follows permits after their issue: a holder endorses on the phone without script, another one late and in English; a third
// endorses at the kiosk with the identity card; a fourth has lost the permit, and an officer cancels it.
func TestJourneyLife(t *testing.T) {
	home := openTab(t, phone, false)
	home.open("/permit?lang=zh")
	home.signIn(scene.ResidentOf("zz.endorse_open").Phone)
	home.checkBoth("life-permit-open", "/permit")
	home.click(`main a[href="/permit/endorsement"]`)
	home.checkBoth("life-endorsement", "/permit/endorsement")
	home.press()
	home.see("请先阅读并勾选声明")
	home.check("life-endorsement-wrong-zh")
	home.tick("ground", "employment")
	home.tick("confirmed", "yes")
	home.press()
	home.see("下一次签注最晚2027年12月4日")
	home.check("life-endorsed-zh")

	late := openTab(t, phone, false)
	late.open("/permit?lang=en")
	late.signIn(scene.ResidentOf("zz.suspended").Phone)
	late.checkBoth("life-permit-suspended", "/permit")
	late.open("/permit/endorsement?lang=en")
	late.see("start anew from 24 November 2026")
	late.check("life-endorsement-late-en")
	late.tick("ground", "dwelling")
	late.tick("confirmed", "yes")
	late.press()
	late.see("counted from 24 November 2026")
	late.check("life-endorsed-late-en")

	tb := openTab(t, totem, true)
	tb.open("/kiosk?lang=zh")
	tb.wait(`document.documentElement.scrollHeight <= innerHeight`) // every job is seen without scrolling
	tb.check("life-kiosk-start")
	tb.click(`button.job[value="permit"]`)
	tb.checkBoth("life-kiosk-doors", "/kiosk/permit")
	tb.click(`main a[href="/kiosk/endorsement"]`)
	tb.lay("zz.endorse_card", "life-kiosk-card")
	who := scene.ResidentOf("zz.endorse_card")
	tb.see("现在可以签注")
	if body := tb.text("body"); strings.Contains(body, who.ID) || strings.Contains(body, who.Name) {
		t.Error("the kiosk shows the whole name or number")
	}
	tb.checkBoth("life-kiosk-endorsement", "/kiosk/endorsement")
	tb.tick("ground", "dwelling")
	tb.tick("confirmed", "yes")
	tb.press()
	tb.see("已签注")
	tb.check("life-kiosk-endorsed")
	tb.click(`main a[href^="/kiosk/endorsement/print"]`)
	tb.check("life-kiosk-print")
	tb.open("/kiosk/loss-report")
	tb.checkBoth("life-kiosk-loss", "/kiosk/loss-report")

	lost := openTab(t, phone, true)
	lost.open("/permit/loss-report?lang=en")
	lost.signIn(scene.ResidentOf("zz.lost").Phone)
	lost.checkBoth("life-permit-lost", "/permit")
	lost.checkBoth("life-loss-withdrawal", "/permit/loss-report")

	desk := openTab(t, desktop, true)
	desk.signInStaff("zz.accept")
	desk.open("/console?lang=zh")
	desk.fill("term", "黎晓彤")
	desk.click(`form[action="/console/search"] button[type="submit"]`)
	desk.click(`main table a`)
	desk.click(`main a[href^="/console/permits/"]`)
	desk.checkBoth("life-console-permit", desk.path())
	desk.do(chromedp.Click(chromedp.CSS(`details:has(form[action$="/cancellation"]) > summary`)))
	desk.tick("ground", "left_city")
	desk.check("life-console-cancelling-zh")
	desk.click(`form[action$="/cancellation"] button[type="submit"]`)
	desk.see("已注销")
	desk.check("life-console-cancelled-zh")
	lost.open("/permit?lang=zh")
	lost.see("已离开本市")
	lost.check("life-permit-cancelled-zh")
	small := openTab(t, phone, true)
	small.signInStaff("zz.review")
	small.open(desk.path() + "?lang=en")
	small.check("life-console-phone-en")
}

// lay lays a resident's card on the emulated reader and waits for the page that follows.
func (tb *tab) lay(key, name string) {
	tb.t.Helper()
	at := len(scene.Cards())
	for _, r := range scene.Residents() {
		if r.City != scene.Zhangzhou {
			continue
		}
		at++
		if r.Key == key {
			break
		}
	}
	tb.wait(`document.querySelectorAll('#card [data-cards] button').length > 0`)
	tb.check(name)
	tb.leave(chromedp.Click(chromedp.CSS(fmt.Sprintf(`#card [data-cards] button:nth-of-type(%d)`, at))))
}
