package main

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// wait waits until an expression of the page is true, also across a navigation.
func (tb *tab) wait(expression string) {
	tb.t.Helper()
	var err error
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		var ok bool
		if ok, err = chromedp.Run(tb, chromedp.Evaluate[bool]("!!("+expression+")")); ok && err == nil {
			return
		}
	}
	tb.t.Fatalf("waited in vain at %s for %s: %v\n%s", tb.where(), expression, err, tb.text("body"))
}

// leave does something that leads to another page and waits for that page.
func (tb *tab) leave(action chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	if _, err := chromedp.Run(tb, chromedp.Evaluate[bool](`window.anjuOldPage = true`)); err != nil {
		tb.t.Fatal(err)
	}
	tb.do(action)
	tb.wait(`!window.anjuOldPage && document.readyState === 'complete'`)
}

// press presses the page's one primary button.
func (tb *tab) press() {
	tb.t.Helper()
	tb.click("main .button.primary")
}

// click presses something that leads to another page.
func (tb *tab) click(selector string) {
	tb.t.Helper()
	tb.leave(chromedp.Click(chromedp.CSS(selector)))
}

// tick chooses a radio or a check box.
func (tb *tab) tick(name, value string) {
	tb.t.Helper()
	tb.do(chromedp.Click(chromedp.CSS(`input[name="` + name + `"][value="` + value + `"]`)))
}

// fill types into a field, in place of what is there.
func (tb *tab) fill(id, value string) {
	tb.t.Helper()
	if _, err := chromedp.Run(tb, chromedp.Evaluate[string](`document.getElementById(`+quote(id)+`).value = ''`)); err != nil {
		tb.t.Fatalf("no field %s at %s: %v", id, tb.where(), err)
	}
	tb.do(chromedp.SendKeys(chromedp.CSS("#"+id), value))
}

// choose chooses from a select. In a cascade the next select follows: by script, or by the button beside it.
func (tb *tab) choose(name, value, next string) {
	tb.t.Helper()
	tb.wait(`[...document.querySelectorAll('select[name="` + name + `"] option')].some(o => o.value === ` + quote(value) + `)`)
	if next != "" && tb.script { // a change before the script has come is not seen by it; a person would press the button
		tb.wait(`document.querySelector('select[name="` + name + `"]').closest('[data-cascade]').hasAttribute('data-live')`)
	}
	script := `(() => { const s = document.querySelector('select[name="` + name + `"]'); s.value = ` + quote(value) + `; s.dispatchEvent(new Event('change', {bubbles: true})); return s.value })()`
	if got, err := chromedp.Run(tb, chromedp.Evaluate[string](script)); err != nil || got != value {
		tb.t.Fatalf("%s has no choice %s at %s: %v", name, value, tb.where(), err)
	}
	if next != "" && !tb.script {
		tb.click(`button[value="` + next + `"].show`)
	}
}

// upload chooses a file.
func (tb *tab) upload(selector, file string) {
	tb.t.Helper()
	tb.do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

// path is the path of the page.
func (tb *tab) path() string {
	return strings.TrimPrefix(strings.SplitN(tb.where(), "?", 2)[0], tb.city.origin)
}

// signIn signs a citizen in by phone and code.
func (tb *tab) signIn(phone string) {
	tb.t.Helper()
	tb.fill("phone", phone)
	tb.press()
	tb.fill("code", tb.city.lastCode(tb.t, phone))
	tb.press()
}

// staff opens a window of the console and signs a colleague in.
func (tb *tab) signInStaff(login string) {
	tb.t.Helper()
	tb.open("/console/sign-in")
	tb.fill("login", login)
	tb.fill("password", tb.city.password)
	tb.press()
}

// residence answers the address step with the main station's street.
func (tb *tab) residence(c scene.City) {
	tb.t.Helper()
	tb.choose("residence_county", c.County, "street")
	tb.choose("residence_street", c.Street, "community")
	tb.wait(`document.querySelector('select[name="residence_community"]')?.options.length > 1`)
	first, err := chromedp.Run(tb, chromedp.Evaluate[string](`document.querySelector('select[name="residence_community"]').options[1].value`))
	if err != nil {
		tb.t.Fatal(err)
	}
	tb.choose("residence_community", first, "")
	tb.fill("detail", "胜利路 18 号 3 栋 502 室")
}
