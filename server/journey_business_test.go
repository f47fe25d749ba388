package main

import (
	"testing"

	"anju/server/scene"
)

// TestJourneyBusiness follows what is applied for with a permit: a holder renews a damaged card on the phone without script and sees the fee;
// another one, in English, sees a move begin with the new address; at the console a fee is paid, with a reference that was wrong first.
func TestJourneyBusiness(t *testing.T) {
	home := openTab(t, phone, false)
	home.open("/permit?lang=zh")
	home.signIn(scene.PersonOf("zz.issued").Phone)
	home.checkBoth("business-permit", "/permit")
	home.click(`main a[href="/permit/renewal?why=damaged"]`)
	home.checkBoth("business-renewal", "/permit/renewal")
	home.press()
	home.see("请选一项换领的理由")
	home.check("business-renewal-wrong-zh")
	home.checkBoth("business-replacement", "/permit/replacement")
	home.checkBoth("business-change", "/permit/change")
	home.open("/permit/change?lang=zh")
	home.press()
	home.see("您的居住地址")
	home.check("business-change-address-zh")
	home.open("/permit/renewal?lang=zh")
	home.see("那一份会被删去")
	home.tick("why", "damaged")
	home.press()
	home.see("20 元（本市标准待核实）")
	home.checkBoth("business-check", "/apply/check")
	home.open("/apply/check?lang=zh")
	home.tick("declared", "yes")
	home.press()
	home.see("预申请已提交")
	home.check("business-sent-zh")

	paid := openTab(t, phone, false)
	paid.open("/account?lang=en")
	paid.signIn(scene.BusinessStoryOf("zz.replacing").Phone)
	paid.see("Replacement")
	paid.click(`main a[href^="/applications/"]`)
	paid.see("Cost fee of CNY 20, paid")
	paid.check("business-application-en")
	paid.click(`main a[href$="/receipt"]`)
	paid.see("Receipt of the cost fee")
	paid.check("business-receipt-en")
}
