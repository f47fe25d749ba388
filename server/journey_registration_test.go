package main

import (
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

// TestJourneyRegistration declares a residence on a phone without script, has it confirmed by an assistant, and prints the receipt; another
// one is registered at the window, and a third counts from an earlier day.
func TestJourneyRegistration(t *testing.T) {
	home := openTab(t, phone, false)
	home.open("/registration?lang=zh")
	home.signIn("13950600091")
	home.checkBoth("registration-none", "/registration")
	home.click(`main a[href="/registration/new?city=350600"]`)
	home.checkBoth("registration-new", "/registration/new?city=350600")
	home.press()
	home.check("registration-wrong-zh")
	home.fill("name", "谈小路")
	home.fill("id_number", scene.Newcomer())
	home.choose("ethnic_group", "01", "")
	home.choose("hukou_province", "410000", "prefecture")
	home.choose("hukou_prefecture", "410100", "county")
	home.choose("hukou_county", "410102", "")
	home.residence(scene.Zhangzhou)
	for id, value := range map[string]string{"arrived_on": "2026", "arrived_on-month": "11", "arrived_on-day": "20", "phone": "13950600091"} {
		home.fill(id, value)
	}
	home.tick("declared", "yes")
	home.press()
	home.see("待核实")
	home.checkBoth("registration-declared", "/registration")

	desk := openTab(t, desktop, true)
	desk.signInStaff("zz.assist")
	desk.open("/console/registrations?lang=zh")
	desk.checkBoth("registration-console-list", "/console/registrations")
	desk.fill("term", "谈小路")
	desk.click(`form[action="/console/registrations/search"] button[type="submit"]`)
	desk.click(`main table a`)
	desk.checkBoth("registration-console", desk.path())
	desk.tick("identity_seen", "yes")
	desk.click(`form[action$="/confirmation"] button[type="submit"]`)
	desk.see("有效")
	desk.check("registration-console-confirmed-zh")
	desk.open("/console/registrations/new?lang=zh")
	desk.checkBoth("registration-console-new", "/console/registrations/new")

	acceptor := openTab(t, desktop, true)
	acceptor.signInStaff("zz.accept")
	acceptor.open("/console/registrations?lang=zh")
	acceptor.fill("term", "庄一舟")
	acceptor.click(`form[action="/console/registrations/search"] button[type="submit"]`)
	acceptor.click(`main table a`)
	acceptor.tick("identity_seen", "yes")
	acceptor.check("registration-console-earlier-zh")
	acceptor.click(`form[action$="/confirmation"] button[type="submit"]`)
	acceptor.see("补充")
	acceptor.do(chromedp.Click(chromedp.CSS(`details:has(form[action$="/backdating"]) > summary`)))
	acceptor.tick("seen", "yes")
	acceptor.check("registration-console-backdating-zh")
	acceptor.click(`form[action$="/backdating"] button[type="submit"]`)
	acceptor.see("写明起止日期的劳动合同")

	home.open("/registration?lang=zh")
	home.see("有效")
	home.checkBoth("registration-confirmed", "/registration")
	home.click(`main a[href$="/receipt"]`)
	home.checkBoth("registration-receipt", home.path())
	home.open(home.path() + "?paper=80&lang=zh")
	home.check("registration-receipt-80-zh")
}
