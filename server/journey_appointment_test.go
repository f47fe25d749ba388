package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

// TestJourneyAppointment books, moves and cancels on a phone without script; an officer books for a visitor and notes the arrival; a supervisor
// sets the hours.
func TestJourneyAppointment(t *testing.T) {
	home := openTab(t, phone, false)
	home.open("/sign-in?lang=zh")
	home.signIn(scene.PersonOf("zb.kiosk").Phone)
	home.click(`a[href="/appointments"]`)
	home.check("appointment-none-zh")
	home.press()
	home.checkBoth("appointment-what-for", "/appointments/new")
	home.click(`main a[href^="/appointments/new?case="]`)
	home.check("appointment-times-zh")
	address := strings.TrimPrefix(home.where(), home.city.origin)
	home.checkBoth("appointment-times", address)
	home.press()
	home.see("请选一个时间")
	home.check("appointment-times-wrong")
	home.click(`.days .chips li:nth-child(3) a`)
	home.tick("slot", "2026-11-26T09:00")
	home.press()
	home.see("2026年11月26日 周四 09:00")
	home.check("appointment-made-zh")
	mine := home.path()
	home.checkBoth("appointment", mine)
	home.click(`a[href$="/time"]`)
	home.click(`.days .chips li:nth-child(4) a`)
	home.tick("slot", "2026-11-27T10:30")
	home.check("appointment-new-time-zh")
	home.press()
	home.see("2026年11月27日 周五 10:30")
	home.do(chromedp.Click(chromedp.CSS(`main details summary`)))
	home.check("appointment-cancel-zh")
	home.click(`form[action$="/cancellation"] button`)
	home.see("预约已取消")
	home.checkBoth("appointments", "/appointments")

	desk := openTab(t, desktop, true)
	desk.signInStaff("zz.accept")
	desk.open("/console?lang=zh")
	desk.click(`a[href="/console/appointments"]`)
	desk.checkBoth("appointment-day", "/console/appointments")
	desk.click(`a[href^="/console/appointments/new"]`)
	desk.checkBoth("appointment-window", "/console/appointments/new")
	desk.tick("slot", "2026-11-24T10:00")
	desk.press()
	desk.check("appointment-window-wrong")
	desk.tick("purpose", "advice")
	desk.fill("name", "汪小雨")
	desk.press()
	desk.see("汪小雨")
	desk.check("appointment-window-made")
	desk.checkBoth("appointment-case", desk.path())
	desk.click(`form[action$="/arrival"] button`)
	desk.see("已登记到场")
	desk.check("appointment-day-arrived")

	chief := openTab(t, desktop, true)
	chief.signInStaff("zz.supervise")
	chief.open("/console/appointments/hours?lang=zh")
	chief.checkBoth("appointment-hours", "/console/appointments/hours")
	chief.fill("monday", "8点到12点")
	chief.press()
	chief.see("周一的时间看不懂")
	chief.check("appointment-hours-wrong")

	small := openTab(t, phone, true)
	small.signInStaff("zz.accept")
	small.open("/console/appointments?lang=zh")
	small.check("appointment-day-phone")
}
