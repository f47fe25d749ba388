package kiosk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/scene"
)

func TestStartOffersEveryJobInBothLanguages(t *testing.T) {
	h := open(t)
	p := h.person()
	zh := p.get("/kiosk", 200)
	has(t, zh.body, "申领居住证", "查办理进度", "能享受哪些服务", `lang="en"`, `value="apply"`, `value="progress"`, `value="services"`, "size=huge", "theme=contrast", "low=on")
	hasNot(t, zh.body, "data-wipe") // nothing to wipe
	if csp := zh.header.Get("Content-Security-Policy"); !strings.Contains(csp, "http://127.0.0.1:18650") {
		t.Error("the page may not reach the agent:", csp)
	}
	has(t, p.get("/kiosk?lang=en", 200).body, "Apply for a residence permit", `data-mode="silent"`)
	has(t, p.get("/kiosk", 200).body, "Follow an application")
	has(t, p.get("/kiosk/help", 200).body, "police station")
	has(t, p.get("/kiosk/privacy", 200).body, "Your rights")
}

func TestHowAPersonReadsStaysUntilTheEnd(t *testing.T) {
	h := open(t)
	p := h.begins("services")
	p.get("/kiosk/services?size=huge", 200)
	p.get("/kiosk/services?theme=contrast", 200)
	p.get("/kiosk/services?low=on&lang=en", 200)
	has(t, p.get("/kiosk/services", 200).body, `data-size="huge"`, `data-theme="contrast"`, `class="low"`, `lang="en"`)
	p.get("/kiosk/services?size=enormous", 200)
	has(t, p.get("/kiosk/services?size=normal", 200).body, `data-theme="contrast"`)
	hasNot(t, p.get("/kiosk/services", 200).body, "data-size")

	a := p.post("/kiosk/end", 303)
	if a.to != "/kiosk" || !strings.Contains(a.header.Get("Clear-Site-Data"), `"storage"`) {
		t.Error("the end leads to", a.to, a.header.Get("Clear-Site-Data"))
	}
	if len(p.cookies) != 0 {
		t.Error("cookies stay:", p.cookies)
	}
	start := p.get("/kiosk", 200).body
	has(t, start, `lang="zh-CN"`)
	hasNot(t, start, "data-theme", `class="low"`, "data-wipe")
}

func TestNothingButTheStartWithoutAVisit(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/kiosk/progress", "/kiosk/progress/case", "/kiosk/services", "/kiosk/services/350600", "/kiosk/apply", "/kiosk/apply/identity",
		"/kiosk/apply/check", "/kiosk/apply/phone", "/kiosk/slip", "/kiosk/slip/print"} {
		if a := h.person().get(path, 303); a.to != "/kiosk" {
			t.Errorf("%s leads to %s", path, a.to)
		}
	}
	for _, path := range []string{"/kiosk/alive", "/kiosk/apply", "/kiosk/apply/nonces", "/kiosk/apply/card", "/kiosk/apply/submission", "/kiosk/progress"} {
		h.person().goes("/kiosk", path)
	}
	h.person().goes("/kiosk", "/kiosk/visits", "job", "nothing")
}

// TestEndForgets: what was typed is gone from the record, and an old cookie, or the way back, shows nothing of it.
func TestEndForgets(t *testing.T) {
	h := open(t)
	p := h.begins("apply")
	who := scene.PersonOf("zz.pre_applied")
	typesIdentity(p, who)
	_, actor, err := h.Office.Resume(context.Background(), access.Kiosk, p.cookies["anju_kiosk"])
	if err != nil {
		t.Fatal(err)
	}
	old := p.copyOf()
	p.post("/kiosk/end", 303)
	if old.alive() {
		t.Error("the session lives on")
	}
	if _, err := h.Office.Draft(context.Background(), actor); err == nil {
		t.Error("the draft lives on")
	}
	for _, path := range []string{"/kiosk/apply/identity", "/kiosk/apply/hukou", "/kiosk/apply/check"} {
		if a := old.copyOf().get(path, 303); a.to != "/kiosk" || strings.Contains(a.body, who.Name) {
			t.Errorf("%s after the end: to %s", path, a.to)
		}
	}
	hasNot(t, old.get("/kiosk", 200).body, who.Name, who.ID, "继续填写")
}

// TestVisitDiesByItself: without script, or when the screen loses power, the server ends the visit, and what is left of it goes with the
// next sign of the browser.
func TestVisitDiesByItself(t *testing.T) {
	h := open(t)
	p := h.begins("apply")
	who := scene.PersonOf("zz.pre_applied")
	typesIdentity(p, who)
	h.Clock.Add(80 * time.Second)
	p.post("/kiosk/alive", 204) // a touch in time
	h.Clock.Add(80 * time.Second)
	p.get("/kiosk/apply/hukou", 200)
	_, actor, err := h.Office.Resume(context.Background(), access.Kiosk, p.cookies["anju_kiosk"])
	if err != nil {
		t.Fatal(err)
	}
	h.Clock.Add(91 * time.Second)
	a := p.get("/kiosk/apply/hukou", 303)
	if a.to != "/kiosk" || a.header.Get("Clear-Site-Data") == "" || len(p.cookies) != 0 {
		t.Error("after 91 seconds:", a.to, p.cookies)
	}
	if _, err := h.Office.Draft(context.Background(), actor); err == nil {
		t.Error("the draft lives on")
	}
}

// TestTheNextPersonBeginsAnew: a visit that was left open is never continued by a new job.
func TestTheNextPersonBeginsAnew(t *testing.T) {
	h := open(t)
	p := h.begins("apply")
	who := scene.PersonOf("zz.pre_applied")
	typesIdentity(p, who)
	start := p.get("/kiosk", 200).body
	has(t, start, "继续填写", `href="/kiosk/apply/hukou"`, `data-mode="warn"`)
	hasNot(t, start, who.Name, who.ID)
	first := p.copyOf()
	p.goes("/kiosk/apply", "/kiosk/visits", "job", "apply")
	if first.alive() || p.cookies["anju_kiosk"] == first.cookies["anju_kiosk"] {
		t.Error("the first visit goes on")
	}
	if a := p.get("/kiosk/apply/hukou", 303); a.to != "/kiosk/slip" {
		t.Error("the draft was handed on:", a.to)
	}
	if a := p.get("/kiosk/slip", 303); a.to != "/kiosk/apply" {
		t.Error("a slip of nothing:", a.to)
	}
}

func TestIdleClockIsOnEveryPageOfAVisit(t *testing.T) {
	h := open(t)
	p := h.begins("apply")
	p.goes("/kiosk/apply/identity", "/kiosk/apply", "city", scene.Zhangzhou.Jurisdiction)
	for _, path := range []string{"/kiosk/apply", "/kiosk/apply/identity", "/kiosk/progress", "/kiosk/services", "/kiosk/services/370300", "/kiosk/help", "/kiosk/privacy"} {
		has(t, p.get(path, 200).body, `data-mode="warn"`, `data-warn="60"`, `data-wipe="80"`, "继续办理", `action="/kiosk/end"`)
	}
}
