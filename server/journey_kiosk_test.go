package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

// TestJourneyKiosk makes a pre-application at the kiosk with a card on the emulated reader, follows it there, sends the evidence by
// phone: in Zhangzhou in Chinese, in Zibo in English.
func TestJourneyKiosk(t *testing.T) {
	t.Run("zh", func(t *testing.T) { journeyKiosk(t, 0, "zh") })
	t.Run("en", func(t *testing.T) { journeyKiosk(t, 1, "en") })
}

func journeyKiosk(t *testing.T, which int, lang string) {
	card, prefix := scene.Cards()[which], "kiosk-"+lang+"-"
	tb := openTab(t, totem, true)
	tb.open("/kiosk?lang=" + lang)
	tb.check(prefix + "start")
	tb.click(`button.job[value="apply"]`)
	tb.check(prefix + "city")
	tb.tick("city", card.City.Jurisdiction)
	tb.press()

	tb.wait(`document.querySelectorAll('#card [data-cards] button').length > 0`)
	tb.check(prefix + "card")
	tb.leave(chromedp.Click(chromedp.CSS(fmt.Sprintf(`#card [data-cards] button:nth-of-type(%d)`, which+1))))
	tb.see(card.Name)
	if body := tb.text("body"); strings.Contains(body, card.ID) {
		t.Error("the kiosk shows the whole ID number after reading the card")
	}
	tb.check(prefix + "identity")
	tb.press()

	province := card.Hukou[:2] + "0000"
	tb.choose("hukou_province", province, "prefecture")
	tb.choose("hukou_prefecture", card.Hukou[:4]+"00", "county")
	tb.choose("hukou_county", card.Hukou, "")
	tb.check(prefix + "hukou")
	tb.press()
	tb.residence(card.City)
	tb.check(prefix + "residence")
	tb.press()
	if card.City == scene.Zhangzhou {
		tb.fill("registered_on", "2026")
		tb.fill("registered_on-month", "2")
		tb.fill("registered_on-day", "1")
	} else {
		tb.tick("intends", "yes")
		tb.tick("tier", "permit_3y")
	}
	tb.check(prefix + "stay")
	tb.press()
	tb.tick("grounds", map[scene.City]string{scene.Zhangzhou: "dwelling", scene.Zibo: "contract_and_insurance"}[card.City])
	tb.check(prefix + "grounds")
	tb.press()
	tb.fill("phone", card.Phone)
	tb.check(prefix + "phone")
	tb.click(`form[action="/kiosk/apply/phone"] .button.primary`)
	tb.fill("code", tb.city.lastCode(t, card.Phone))
	tb.check(prefix + "code")
	tb.click(`form[action="/kiosk/apply/code"] .button.primary`)
	tb.tick("declared", "yes")
	tb.check(prefix + "check")
	tb.click(`form[action="/kiosk/apply/submission"] .button.primary`)
	tb.check(prefix + "slip")
	reference := referenceIn(t, tb.text("main"))
	content := readQR(t, tb.codePicture("svg.qr"))
	if !strings.Contains(strings.ToUpper(content), "/V/") {
		t.Errorf("the slip's code is not a token: %s", content)
	}
	tb.open("/kiosk/slip/print")
	tb.check(prefix + "slip-print")

	tb.open("/kiosk")
	tb.click(`button.job[value="progress"]`)
	tb.fill("reference", strings.ToLower(reference))
	tb.fill("id_number", card.ID)
	tb.check(prefix + "progress")
	tb.click(`form[action="/kiosk/progress"] .button.primary`)
	tb.see(reference)
	if strings.Contains(tb.text("main"), card.Name) {
		t.Error("the progress page shows the whole name")
	}
	tb.check(prefix + "progress-case")

	tb.open("/kiosk")
	tb.click(`button.job[value="services"]`)
	tb.check(prefix + "services")
	tb.open("/kiosk/services/" + card.City.Jurisdiction)
	tb.check(prefix + "services-city")

	citizen := openTab(t, phone, true)
	citizen.open("/applications/" + reference + "/evidence?lang=" + lang)
	citizen.signIn(card.Phone)
	photo := t.TempDir() + "/lease.jpg"
	if err := os.WriteFile(photo, scene.Photo(), 0o600); err != nil {
		t.Fatal(err)
	}
	citizen.do(chromedp.Click(chromedp.CSS(`input[name="kind"]`)))
	citizen.upload("#evidence", photo)
	citizen.press()
	if got := citizen.path(); got != "/applications/"+reference {
		t.Errorf("after the upload the phone shows %s", got)
	}
}

// referenceIn finds an application's reference in a text.
func referenceIn(t *testing.T, s string) string {
	t.Helper()
	for word := range strings.FieldsSeq(s) {
		if parts := strings.Split(word, "-"); len(parts) == 3 && len(word) == 14 {
			return word
		}
	}
	t.Fatalf("no reference in %q", s)
	return ""
}

// fakeClock lets a test move the time of a page: Date.now, and every timer of a fifth of a second or more. Shorter ones stay real, so
// that axe still runs.
const fakeClock = `(() => {
	const real = { Date, set: setTimeout.bind(window), clear: clearTimeout.bind(window) };
	let now = real.Date.now(), next = 1e9;
	const waiting = new Map();
	const plan = (run, ms, every, args) => { waiting.set(++next, { at: now + ms, run, every, args }); return next; };
	window.setTimeout = (run, ms = 0, ...args) => ms < 200 ? real.set(run, ms, ...args) : plan(run, ms, 0, args);
	window.setInterval = (run, ms = 0, ...args) => plan(run, ms, Math.max(ms, 1), args);
	window.clearTimeout = window.clearInterval = id => { if (!waiting.delete(id)) real.clear(id); };
	window.Date = class extends real.Date { constructor(...a) { super(...(a.length ? a : [now])); } static now() { return now; } };
	window.tick = ms => {
		for (const end = now + ms; ; ) {
			const due = [...waiting].filter(([, w]) => w.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
			if (!due) { now = end; return waiting.size; }
			const [id, w] = due;
			now = Math.max(now, w.at);
			if (w.every) w.at = now + w.every; else waiting.delete(id);
			w.run(...w.args);
		}
	};
})()`

func (tb *tab) tickClock(d time.Duration) {
	tb.t.Helper()
	if _, err := chromedp.Run(tb, chromedp.Evaluate[int](fmt.Sprintf("tick(%d)", d.Milliseconds()))); err != nil {
		tb.t.Fatal(err)
	}
}

// TestKioskForgets leaves the kiosk in the middle of a pre-application: it warns after 60 seconds, wipes everything 20 seconds later, and
// Back shows nothing of the person.
func TestKioskForgets(t *testing.T) {
	tb := openTab(t, totem, true)
	if _, err := chromedp.Call(tb, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fakeClock}); err != nil {
		t.Fatal(err)
	}
	tb.open("/kiosk?lang=zh")
	tb.click(`button.job[value="apply"]`)
	tb.tick("city", scene.Zhangzhou.Jurisdiction)
	tb.press()
	tb.wait(`document.querySelectorAll('#card [data-cards] button').length > 0`)
	tb.leave(chromedp.Click(chromedp.CSS(`#card [data-cards] button`)))
	name := scene.Cards()[0].Name
	tb.see(name)

	tb.wait(`window.tick && document.querySelector('dialog')`)
	time.Sleep(300 * time.Millisecond) // the module that watches has come by then
	tb.tickClock(58 * time.Second)
	tb.wait(`!document.querySelector('dialog').open`)
	tb.tickClock(4 * time.Second)
	tb.wait(`document.querySelector('dialog').open`)
	tb.check("kiosk-idle-warning")
	tb.do(chromedp.Click(chromedp.CSS(`dialog [data-stay]`)))
	tb.wait(`!document.querySelector('dialog').open`)
	tb.tickClock(50 * time.Second)
	tb.see(name)
	tb.tickClock(32 * time.Second)
	tb.wait(`location.pathname === '/kiosk' && document.querySelector('button.job')`)
	if body := tb.text("body"); strings.Contains(body, name) {
		t.Error("the start page names the person who left")
	}
	if _, err := chromedp.Run(tb, chromedp.Evaluate[chromedp.Void](`history.back()`)); err != nil {
		t.Fatal(err)
	}
	tb.wait(`document.readyState === 'complete'`)
	time.Sleep(500 * time.Millisecond)
	if body := tb.text("body"); strings.Contains(body, name) {
		t.Errorf("Back shows the person who left, at %s", tb.where())
	}
	tb.open("/kiosk/apply/identity")
	if got := tb.path(); got != "/kiosk" {
		t.Errorf("the visit that was wiped still opens %s", got)
	}
}
