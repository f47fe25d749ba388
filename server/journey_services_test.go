package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/policy"
)

// TestJourneyServices asks what can be used: on a phone without script in Chinese for a child in Zhangzhou, at a desk in English for
// oneself in Zibo, and on the kiosk's screen. Axe looks at each step, and nothing is wider than its window.
func TestJourneyServices(t *testing.T) {
	t.Run("phone", func(t *testing.T) {
		tb := openTab(t, phone, false)
		tb.open("/entitlements?lang=zh")
		tb.check("services-city")
		tb.click(`a[href="/entitlements?city=350600"]`)
		tb.tick("for", "child")
		tb.tick("permit", "residence_permit")
		tb.check("services-situation")
		tb.press()
		tb.answerAll("services-zh")
		tb.see("现在可以享受")
		tb.check("services-answer-zh")
		tb.click(`a[href^="/entitlements/receipt"]`)
		tb.check("services-receipt-zh")

		tb.open("/services?city=350600")
		tb.do(chromedp.SendKeys(chromedp.CSS("#q"), "孩子上学"))
		tb.click(`form[action="/services"] button`)
		tb.see("找到")
		tb.check("services-found")
		tb.open("/comparison")
		tb.check("comparison-phone")
	})
	t.Run("desktop", func(t *testing.T) {
		tb := openTab(t, desktop, true)
		tb.open("/entitlements?city=370300&lang=en")
		tb.tick("for", "self")
		tb.tick("permit", "permit_3y")
		tb.fill("since", "2026")
		tb.fill("since-month", "2")
		tb.fill("since-day", "30")
		tb.press()
		tb.see("Enter a date that exists")
		tb.check("services-situation-wrong")
		tb.fill("since-day", "28")
		tb.press()
		tb.answerAll("services-en")
		tb.see("From 28 February 2027")
		tb.check("services-answer-en")
		tb.do(chromedp.Click(chromedp.CSS(".share button")))
		tb.checkBoth("comparison", "/comparison")
	})
	for _, lang := range []string{"zh", "en"} {
		t.Run("kiosk-"+lang, func(t *testing.T) {
			tb := openTab(t, totem, true)
			tb.open("/kiosk?lang=" + lang)
			tb.click(`button.job[value="services"]`)
			tb.check("kiosk-entitlements-city-" + lang)
			tb.click(`a[href="/kiosk/entitlements?city=370300"]`)
			tb.tick("for", "self")
			tb.tick("permit", "permit_1y")
			tb.check("kiosk-entitlements-situation-" + lang)
			tb.press()
			tb.answerAll("kiosk-entitlements-" + lang)
			tb.check("kiosk-entitlements-answer-" + lang)
			tb.click(`a[href^="/kiosk/entitlements/receipt"]`)
			tb.check("kiosk-entitlements-receipt-" + lang)
			if content := readQR(t, tb.codePicture("svg.qr")); !strings.HasPrefix(content, tb.city.origin+"/entitlements?") {
				t.Errorf("the receipt's code leads to %s", content)
			}
			tb.open("/kiosk/services/370300")
			tb.do(chromedp.Focus(chromedp.CSS("#q")))
			tb.check("kiosk-services-keys-" + lang)
			for _, key := range "gjj" {
				tb.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`.keypad [data-key=%q]`, string(key)))))
			}
			tb.click(`search button[type="submit"]`)
			tb.check("kiosk-services-found-" + lang)
		})
	}
}

// answerAll answers the questions by turns with yes, no and I do not know, until there are none.
func (tb *tab) answerAll(name string) {
	tb.t.Helper()
	for put := 0; strings.Contains(tb.text("main"), map[bool]string{true: "最多", false: "at most 6"}[tb.chinese()]); put++ {
		if put == policy.MaxQuestions {
			tb.t.Fatal("a question too many")
		}
		if put == 0 {
			tb.check(name + "-question")
		}
		tb.click(fmt.Sprintf(`.answers li:nth-child(%d) a`, put%3+1))
	}
}

// chinese tells the language of the page.
func (tb *tab) chinese() bool { return strings.HasPrefix(tb.attribute("html", "lang"), "zh") }
