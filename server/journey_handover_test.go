package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestJourneyHandover hands a permit to its holder, who signs on the screen; the receipt shows the signature.
func TestJourneyHandover(t *testing.T) {
	tb := openTab(t, desktop, true)
	tb.signInStaff("zb.issue")
	tb.open("/console?state=to_collect&lang=zh")
	tb.click(`td a[href^="/console/cases/"]`)
	path := tb.path()
	tb.tick("collector", "agent")
	tb.tick("signing", "screen")
	tb.wait(`!document.querySelector('[data-pad]').hidden`)
	tb.check("handover-empty")
	tb.tick("collector", "holder")
	tb.tick("collected", "seen")
	tb.sign()
	tb.check("handover-signed")
	tb.click(`form[action$="/issue"] button[type="submit"]`)
	tb.see("居住证从今天起生效")
	tb.checkBoth("handover-receipt", path+"/handover")
	tb.wait(`document.querySelector('img.signed').naturalWidth === 900`)
}

// sign draws on the signature pad as a mouse does.
func (tb *tab) sign() {
	tb.t.Helper()
	type point struct{ X, Y float64 }
	box, err := chromedp.Run(tb, chromedp.Evaluate[point](`(() => { const c = document.querySelector('.signature canvas'); c.scrollIntoView({block: 'center'}); const r = c.getBoundingClientRect(); return {X: r.left, Y: r.top} })()`))
	if err != nil {
		tb.t.Fatal(err)
	}
	tb.do(chromedp.MouseEvent(chromedp.MousePressed, box.X+60, box.Y+60, chromedp.ButtonLeft))
	for i := range 30 {
		tb.do(chromedp.MouseEvent(chromedp.MouseMoved, box.X+60+float64(i)*6, box.Y+60+float64(i%7)*8, chromedp.ButtonLeft))
	}
	tb.do(chromedp.MouseEvent(chromedp.MouseReleased, box.X+240, box.Y+60, chromedp.ButtonLeft))
	tb.wait(`document.querySelector('input[name=signature]').value.length > 500`)
}
