//go:build soak

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

// TestMatrix looks at every page that opens by its address, in both languages, light and dark, on a phone, a desk, and at 400 % zoom
// (1280 px divided by four): axe finds nothing and nobody scrolls sideways. It belongs to the long runs: make soak.
func TestMatrix(t *testing.T) {
	public := []string{"/", "/help", "/privacy", "/eligibility", "/eligibility?city=350600", "/eligibility?city=370300", "/services", "/services?city=350600", "/services?city=370300",
		"/services/zz.bs.01", "/services/zb.t1.05", "/catalogue", "/catalogue/350600", "/catalogue/350600/2", "/catalogue/350600/2/changes", "/catalogue/350602/services/zz.bs.01", "/register",
		"/register?government=350602", "/track", "/refusals", "/refusals?city=370300", "/entitlements?city=350600", "/entitlements?city=350600&for=self&permit=residence_permit",
		"/entitlements?city=370300&for=self&permit=permit_3y&since=2026-03-01&result=1", "/entitlements/receipt?city=350600&for=child&permit=none", "/comparison", "/services?q=school", "/verify", "/V", "/sign-in", "/parts", "/console/sign-in", "/nothing-here"}
	citizen := []string{"/account", "/apply", "/permit", "/permit/print", "/permit/services", "/access-log"}
	staff := []string{"/console", "/console/refusals"}
	for _, one := range []struct {
		name  string
		pages []string
		enter func(*tab)
	}{
		{"anyone", public, func(*tab) {}},
		{"citizen", citizen, func(tb *tab) { tb.open("/sign-in?next=/account"); tb.signIn(scene.PersonOf("zz.issued").Phone) }},
		{"staff", staff, func(tb *tab) { tb.signInStaff("zz.supervise") }},
		{"editor", []string{"/console", "/console/catalogue", "/console/catalogue/zz.bs.01?department=edu&government=350600", "/console/register"}, func(tb *tab) { tb.signInStaff("zz.edit") }},
		{"publisher", []string{"/console/catalogue", "/console/catalogue/releases/350600/1", "/console/register"}, func(tb *tab) { tb.signInStaff("zz.publish") }},
	} {
		t.Run(one.name, func(t *testing.T) {
			tb := openTab(t, desktop, true)
			one.enter(tb)
			for _, s := range []size{phone, desktop, {320, 256}} {
				tb.do(chromedp.EmulateViewport(s.width, s.height))
				for _, theme := range []string{"light", "dark"} {
					scheme := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
					if _, err := chromedp.Call(tb, emulation.SetEmulatedMedia, scheme); err != nil {
						t.Fatal(err)
					}
					for _, page := range one.pages {
						for _, lang := range []string{"zh", "en"} {
							join := map[bool]string{true: "&", false: "?"}[strings.Contains(page, "?")]
							tb.open(page + join + "lang=" + lang)
							tb.axe()
							tb.narrow(fmt.Sprintf("%s %s %s at %d", page, lang, theme, s.width))
						}
					}
				}
			}
		})
	}
}
