package main

import (
	"testing"

	"anju/server/scene"
)

// TestJourneyRating rates an application on a phone, in English and without script; the supervisor answers on the console; the answer is read
// at home.
func TestJourneyRating(t *testing.T) {
	p := scene.PersonOf("zb.issued_1y")
	home := openTab(t, phone, false)
	home.open("/sign-in?lang=en")
	home.signIn(p.Phone)
	home.click(`main a[href^="/applications/"]`)
	home.check("rating-application-en")
	home.click(`a[href$="/rating"]`)
	home.press()
	home.check("rating-wrong-en")
	home.checkBoth("rating-form", home.path())
	home.open(home.path() + "?lang=en")
	home.tick("level", "dissatisfied")
	home.tick("tag", "told_clearly")
	home.fill("comment", "The text said the old police station.")
	home.press()
	home.see("We have your rating")
	home.check("rating-sent-en")
	path := home.path()

	desk := openTab(t, desktop, true)
	desk.signInStaff("zb.supervise")
	desk.open("/console?lang=zh")
	desk.checkBoth("ratings-list", "/console/ratings?show=all")
	desk.open("/console/ratings?lang=zh&show=overdue")
	desk.check("ratings-overdue")
	desk.open("/console/ratings")
	desk.click(`main table tr:last-child a`)
	desk.see("The text said the old police station.")
	desk.press()
	desk.check("rating-answer-wrong")
	desk.tick("outcome", "corrected")
	desk.fill("words", "短信里的地址已经改过来。")
	desk.press()
	desk.see("已答复")
	desk.check("rating-answered")
	phoneDesk := openTab(t, phone, true)
	phoneDesk.signInStaff("zz.supervise")
	phoneDesk.open("/console/ratings?lang=en&show=all")
	phoneDesk.check("ratings-phone")
	phoneDesk.click(`main table a`)
	phoneDesk.check("rating-phone")

	home.open(path + "?lang=zh")
	home.see("短信里的地址已经改过来。")
	home.checkBoth("rating-answer", path)
	home.checkBoth("rating-public", "/statistics")
}
