package kiosk_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

var refusalReference = regexp.MustCompile(`R[0-9A-Y]{3}(-[0-9A-Y]{4}){3}`)

// reports are what the city's supervisor sees.
func (h hall) reports(city scene.City) []permit.RefusalReport {
	h.t.Helper()
	actor, err := h.Actor(context.Background(), city.Prefix+".supervise")
	if err != nil {
		h.t.Fatal(err)
	}
	page, err := h.Office.RefusalQueue(context.Background(), actor, office.RefusalQuery{Size: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	return page.Reports
}

// TestARefusalIsReportedByTouchAlone answers every page by choosing, and takes the reference away.
func TestARefusalIsReportedByTouchAlone(t *testing.T) {
	h := open(t)
	p := h.begins("refusals")
	has(t, p.get("/kiosk/refusals", 200).body, `value="350600"`, "查看答复")
	p.goes("/kiosk/refusals/service", "/kiosk/refusals", "city", "350600")
	has(t, p.get("/kiosk/refusals/service", 200).body, `value="zz.bs.01"`, "基本公共服务", "第 1 步，共 6 步", `value="none"`)
	p.goes("/kiosk/refusals/what", "/kiosk/refusals/service", "service", "zz.bs.01")
	p.goes("/kiosk/refusals/where", "/kiosk/refusals/what", "kind", "local_hukou", "day", "yesterday")
	p.goes("/kiosk/refusals/more", "/kiosk/refusals/where", "county", "350602")
	p.goes("/kiosk/refusals/check", "/kiosk/refusals/more", "phone", "", "permit_number", "", "words", "")
	check := p.get("/kiosk/refusals/check", 200).body
	has(t, check, "要求本地户口", "2026年11月23日", "芗城区", "答复满 2 年后")
	twice := p.copyOf()
	p.goes("/kiosk/refusals/sent", "/kiosk/refusals/submission")
	twice.goes("/kiosk/refusals/sent", "/kiosk/refusals/submission") // the second of two taps
	if made := h.reports(scene.Zhangzhou); len(made) != 1 || made[0].Department != "edu" || made[0].Counter != "kiosk" || made[0].County != "350602" {
		t.Fatalf("%+v", made)
	}
	sent := p.get("/kiosk/refusals/sent", 200).body
	reference := refusalReference.FindString(plain(sent))
	if _, ok := permit.ParseRefusalReference(reference); !ok {
		t.Fatalf("no reference: %q", reference)
	}
	has(t, sent, "教育局", "2026年12月15日前答复")
	receipt := p.get("/kiosk/refusals/sent/print", 200).body
	has(t, receipt, `class="receipt"`, reference, "漳州市", "2026年12月15日前答复", "演示凭条")
	old := p.copyOf()
	p.post("/kiosk/end", 303)
	for _, path := range []string{"/kiosk/refusals/sent", "/kiosk/refusals/sent/print", "/kiosk/refusals/check"} {
		if a := old.copyOf().get(path, 303); a.to != "/kiosk" {
			t.Errorf("%s after the end: to %s", path, a.to)
		}
	}
	p = h.begins("refusals") // the next person finds nothing of it
	if a := p.get("/kiosk/refusals/sent", 303); a.to != "/kiosk/refusals" {
		t.Error("a slip of nothing:", a.to)
	}

	// The answer is read at the kiosk too, by whoever knows the reference.
	if a := p.get("/kiosk/refusals/answer/report", 303); a.to != "/kiosk/refusals/answer" {
		t.Error("a report that nobody asked for:", a.to)
	}
	wrong := []byte(strings.ReplaceAll(reference, "-", ""))
	if wrong[5] = '2'; reference[6] == '2' {
		wrong[5] = '3'
	}
	has(t, p.post("/kiosk/refusals/answer", 422, "reference", string(wrong)).body, "以 R 开头")
	has(t, p.post("/kiosk/refusals/answer", 422, "reference", permit.NewRefusalReference()).body, "没有查到这个编号")
	p.goes("/kiosk/refusals/answer/report", "/kiosk/refusals/answer", "reference", strings.ToLower(reference))
	has(t, p.get("/kiosk/refusals/answer/report", 200).body, "等待答复", "承诺于")
	ctx := context.Background()
	actor, err := h.Actor(ctx, "zz.window")
	if err != nil {
		t.Fatal(err)
	}
	err = h.Office.AnswerRefusal(ctx, actor, office.RefusalDecision{ID: h.reports(scene.Zhangzhou)[0].ID, Version: 1}, permit.RefusalAnswer{Outcome: permit.Redressed, Words: "请带证到招生办"})
	if err != nil {
		t.Fatal(err)
	}
	shown := p.get("/kiosk/refusals/answer/report", 200).body
	has(t, shown, "已经改正", "请带证到招生办")
	hasNot(t, shown, reference, actor.Name)
}

func TestARefusalWithoutAServiceAsksForTheDepartment(t *testing.T) {
	h := open(t)
	p := h.begins("refusals")
	p.goes("/kiosk/refusals/service", "/kiosk/refusals", "city", "370300")
	p.goes("/kiosk/refusals/department", "/kiosk/refusals/service", "service", "none")
	has(t, p.get("/kiosk/refusals/department", 200).body, "不清楚")
	p.goes("/kiosk/refusals/what", "/kiosk/refusals/department", "department", "none")
	p.goes("/kiosk/refusals/where", "/kiosk/refusals/what", "kind", "permit_kept", "day", "earlier", "happened_on_year", "2026", "happened_on_month", "11", "happened_on_day", "2")
	p.goes("/kiosk/refusals/more", "/kiosk/refusals/where", "county", "none", "place", "3 号窗口")
	p.goes("/kiosk/refusals/check", "/kiosk/refusals/more", "phone", "13800005678", "permit_number", "", "words", "")
	check := p.get("/kiosk/refusals/check?lang=en", 200).body
	has(t, check, "They kept or took the permit", "2 November 2026", "Not known yet", "138****5678")
	p.goes("/kiosk/refusals/sent", "/kiosk/refusals/submission")
	has(t, p.get("/kiosk/refusals/sent", 200).body, "supervisor decides", "text message")
	if made := h.reports(scene.Zibo); len(made) != 1 || made[0].Department != "" || made[0].Lang != "en" || made[0].HappenedOn.String() != "2026-11-02" {
		t.Fatalf("%+v", made)
	}
}

func TestWhatIsWrongIsSaidOnItsPage(t *testing.T) {
	h := open(t)
	p := h.begins("refusals")
	has(t, p.post("/kiosk/refusals", 422, "city", "110000").body, "请选择您要办理的城市")
	if a := p.get("/kiosk/refusals/what", 303); a.to != "/kiosk/refusals/sent" {
		t.Error("a page before its city:", a.to)
	}
	p.goes("/kiosk/refusals/service", "/kiosk/refusals", "city", "350600")
	for what, test := range map[string]struct {
		page  string
		form  []string
		field string
		says  string
	}{
		"another city's service": {"service", []string{"service", "zb.t1.05"}, "service", "从这座城市的服务里选"},
		"one that only assists":  {"department", []string{"department", "landlord"}, "department", "请从列表里选一个单位"},
		"no kind":                {"what", []string{"day", "today"}, "kind", "请选择发生了什么"},
		"no day":                 {"what", []string{"kind", "other"}, "day", "请填写发生在哪一天"},
		"tomorrow":               {"what", []string{"kind", "other", "day", "earlier", "happened_on_year", "2026", "happened_on_month", "11", "happened_on_day", "25"}, "happened_on", "不能在今天之后"},
		"30 February":            {"what", []string{"kind", "other", "day", "earlier", "happened_on_year", "2026", "happened_on_month", "2", "happened_on_day", "30"}, "happened_on", "没有这一天"},
		"before 1900":            {"what", []string{"kind", "other", "day", "earlier", "happened_on_year", "1899", "happened_on_month", "1", "happened_on_day", "1"}, "happened_on", "还没有施行"},
		"after 2100":             {"what", []string{"kind", "other", "day", "earlier", "happened_on_year", "2101", "happened_on_month", "1", "happened_on_day", "1"}, "happened_on", "不能在今天之后"},
		"nowhere":                {"where", []string{"county", "none"}, "county", "或写下地点的名称"},
		"another city's county":  {"where", []string{"county", "370303"}, "county", "从这座城市的县"},
		"a long place":           {"where", []string{"county", "350602", "place", strings.Repeat("长", 10_000)}, "place", "最多 100 个字"},
		"a permit mistyped":      {"more", []string{"permit_number", "350602-2026-0000043-Q"}, "permit_number", "逐位核对"},
		"10,000 characters":      {"more", []string{"words", strings.Repeat("长", 10_000)}, "words", "最多 2000 个字"},
		"half a phone":           {"more", []string{"phone", "138"}, "phone", "11 位手机号码"},
	} {
		a := p.post("/kiosk/refusals/"+test.page, 422, test.form...)
		has(t, a.body, test.says, `href="#`+test.field+`"`, `id="`+test.field+`"`)
		if strings.Count(a.body, `class="problem"`) != 1 {
			t.Errorf("%s: not one problem", what)
		}
	}
	if a := p.get("/kiosk/refusals/check", 303); a.to != "/kiosk/refusals/what" {
		t.Error("unfinished, the check page leads to", a.to)
	}
	p.goes("/kiosk/refusals/check", "/kiosk/refusals/submission")
	if made := h.reports(scene.Zhangzhou); len(made) != 0 {
		t.Errorf("%d reports", len(made))
	}
}

// TestAReportEndsWithItsVisit: nobody reports without a visit, with a forged one or after it, and what was answered is gone with it.
func TestAReportEndsWithItsVisit(t *testing.T) {
	h := open(t)
	forged := h.person()
	forged.cookies["anju_kiosk"], _ = access.NewToken()
	for _, path := range []string{"/kiosk/refusals", "/kiosk/refusals/service", "/kiosk/refusals/check", "/kiosk/refusals/sent", "/kiosk/refusals/sent/print", "/kiosk/refusals/answer", "/kiosk/refusals/answer/report"} {
		for _, who := range []*person{h.person(), forged.copyOf()} {
			if a := who.get(path, 303); a.to != "/kiosk" {
				t.Errorf("%s leads to %s", path, a.to)
			}
		}
	}
	for _, path := range []string{"/kiosk/refusals", "/kiosk/refusals/what", "/kiosk/refusals/submission", "/kiosk/refusals/answer"} {
		forged.copyOf().goes("/kiosk", path, "city", "350600")
	}
	p := h.begins("refusals")
	p.goes("/kiosk/refusals/service", "/kiosk/refusals", "city", "350600")
	p.goes("/kiosk/refusals/what", "/kiosk/refusals/service", "service", "zz.bs.01")
	_, actor, err := h.Office.Resume(context.Background(), access.Kiosk, p.cookies["anju_kiosk"])
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Office.RefusalInVisit(context.Background(), actor); err != nil {
		t.Fatal(err)
	}
	h.Clock.Add(91 * time.Second)
	if a := p.get("/kiosk/refusals/what", 303); a.to != "/kiosk" {
		t.Error("after 91 seconds:", a.to)
	}
	if _, _, err := h.Office.RefusalInVisit(context.Background(), actor); err == nil {
		t.Error("what was answered lives on")
	}
	if made := h.reports(scene.Zhangzhou); len(made) != 0 {
		t.Errorf("%d reports", len(made))
	}
}
