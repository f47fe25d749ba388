package main

import (
	"os"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var axeSource = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile("../assets/node_modules/axe-core/axe.min.js")
	return string(source), err
})

// axe looks for faults of accessibility on the page as it is, against WCAG 2.2 AA, and fails the test on any.
func (tb *tab) axe() {
	tb.t.Helper()
	source, err := axeSource()
	if err != nil {
		tb.t.Fatalf("axe-core is missing (make setup): %v", err)
	}
	if !tb.script { // axe is a script too: the page's own stay off, since it has been loaded without them
		tb.scripts(true)
		defer tb.scripts(false)
	}
	if _, err := chromedp.Run(tb, chromedp.Evaluate[chromedp.Void](source+";0")); err != nil {
		tb.t.Fatal(err)
	}
	found, err := chromedp.Run(tb, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
		.then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')))`, chromedp.EvalAwaitPromise))
	if err != nil {
		tb.t.Fatal(err)
	}
	for _, v := range found {
		tb.t.Errorf("axe at %s: %s", strings.TrimPrefix(tb.where(), tb.city.origin), v)
	}
}

func (tb *tab) scripts(on bool) {
	tb.t.Helper()
	if _, err := chromedp.Call(tb, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		tb.t.Fatal(err)
	}
}

// check looks at a page as a visitor would: axe in both languages, no wider than the window, and a picture of each. The page comes back
// in the language in which it was. A page that answers a form is only looked at as it is.
func (tb *tab) check(name string) {
	tb.t.Helper()
	tb.axe()
	tb.narrow(name)
	tb.shot(name)
}

// checkBoth is check in both languages, for a page that can be opened again.
func (tb *tab) checkBoth(name, path string) {
	tb.t.Helper()
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	lang := "zh"
	if strings.HasPrefix(tb.attribute("html", "lang"), "en") {
		lang = "en"
	}
	for _, l := range []string{"en", "zh"} {
		tb.open(path + join + "lang=" + l)
		tb.check(name + "-" + l)
	}
	if lang == "en" {
		tb.open(path + join + "lang=en")
	}
}

// narrow fails when a page is wider than its window: nobody scrolls sideways.
func (tb *tab) narrow(name string) {
	tb.t.Helper()
	if !tb.script {
		tb.scripts(true)
		defer tb.scripts(false)
	}
	wide, err := chromedp.Run(tb, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil {
		tb.t.Fatal(err)
	}
	if wide > 0 {
		tb.t.Errorf("%s is %d px wider than the window", name, wide)
	}
}

func (tb *tab) attribute(selector, name string) string {
	tb.t.Helper()
	value, err := chromedp.Run(tb, chromedp.Evaluate[string](`document.querySelector(`+quote(selector)+`)?.getAttribute(`+quote(name)+`) ?? ''`))
	if err != nil {
		return ""
	}
	return value
}
