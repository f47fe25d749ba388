package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestJourneyFinding looks for a case, moves through the list with the short keys, and looks at a document of it.
func TestJourneyFinding(t *testing.T) {
	tb := openTab(t, desktop, true)
	tb.signInStaff("zz.accept")
	tb.checkBoth("console-filter", "/console?state=all&age=amber&sort=due")
	tb.checkBoth("console-help", "/console/help")
	tb.open("/console?lang=zh")
	tb.wait(`document.querySelector('script[src*="keys.js"]')`)
	tb.key("/")
	tb.wait(`document.activeElement.id === 'term'`)
	tb.fill("term", "350602-2026-0000001-0")
	tb.click(`form[action="/console/search"] button[type="submit"]`)
	tb.see("校验码")
	tb.check("console-search-slip")
	tb.fill("term", "周晓梅")
	tb.click(`form[action="/console/search"] button[type="submit"]`)
	tb.key("j")
	tb.wait(`document.activeElement.closest('tbody tr') !== null`)
	tb.leave(chromedp.KeyEvent("\r"))
	tb.see("周晓梅")
	tb.check("console-case-jumps")
	tb.click(`a[href$="/view"]`)
	tb.wait(`document.querySelector('.viewer.live img').style.width !== ''`)
	tb.check("console-evidence")
	before, _ := chromedp.Run(tb, chromedp.Evaluate[float64](`document.querySelector('.viewer img').getBoundingClientRect().width`))
	tb.do(chromedp.Focus(chromedp.CSS("[data-stage]")))
	tb.key("+")
	tb.key("r")
	tb.wait(`document.querySelector('.viewer img').getBoundingClientRect().width > 0 && document.querySelector('[data-said]').textContent === '125 %' && document.querySelector('.viewer img').style.transform.includes('90deg')`)
	tb.check("console-evidence-turned")
	if before <= 0 {
		t.Error("the picture had no width")
	}

	plain := openTab(t, phone, false)
	plain.signInStaff("zz.accept")
	plain.open("/console?state=all")
	plain.check("console-filter-phone")
	plain.click(`td a[href^="/console/cases/"]`)
	plain.check("console-case-phone")
}

// key presses one key.
func (tb *tab) key(k string) {
	tb.t.Helper()
	tb.do(chromedp.KeyEvent(k))
}
