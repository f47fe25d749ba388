package portal_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// refusalForm is a report that is well filled in.
func refusalForm(key string) url.Values {
	return url.Values{"key": {key}, "city": {"350600"}, "service": {"zz.bs.01"}, "kind": {"local_hukou"}, "happened_on_year": {"2026"}, "happened_on_month": {"11"}, "happened_on_day": {"20"},
		"county": {"350602"}, "place": {"延安北路小学招生处"}, "words": {"说必须有本地户口。\n不看居住证。"}, "permit_number": {refusedPermit}, "phone": {"138 0000 5678"}}
}

// refusedPermit is that of the permit in the form.
var refusedPermit = permit.NewNumber("350602", 2026, 1)

// reports is how many reports the city has: a supervisor sees all.
func (c counter) reports(city string) int {
	c.t.Helper()
	actor, err := c.house.Actor(c.t.Context(), city+".supervise")
	if err != nil {
		c.t.Fatal(err)
	}
	page, err := c.house.Office.RefusalQueue(c.t.Context(), actor, office.RefusalQuery{Size: 100})
	if err != nil {
		c.t.Fatal(err)
	}
	return page.Counts[office.ShowOpen] + page.Counts[office.ShowAnswered]
}

var refusalReference = regexp.MustCompile(`R[0-9A-Y]{3}(-[0-9A-Y]{4}){3}`)

// answered answers the newest report of the city as its supervisor.
func (c counter) answers(city string, answer permit.RefusalAnswer) {
	c.t.Helper()
	ctx := c.t.Context()
	actor, err := c.house.Actor(ctx, city+".supervise")
	if err != nil {
		c.t.Fatal(err)
	}
	page, err := c.house.Office.RefusalQueue(ctx, actor, office.RefusalQuery{Size: 100})
	if err != nil || len(page.Reports) == 0 {
		c.t.Fatal("nothing to answer", err)
	}
	r := page.Reports[len(page.Reports)-1]
	if err := c.house.Office.AnswerRefusal(ctx, actor, office.RefusalDecision{ID: r.ID, Version: r.Version}, answer); err != nil {
		c.t.Fatal(err)
	}
}

func TestARefusalIsReportedAndItsAnswerRead(t *testing.T) {
	c, _ := open(t, true, "zz.draft")
	b := c.browser()
	holds(t, b.page("/refusals"), `href="/refusals?city=350600"`, `href="/refusals?city=370300"`, `action="/refusals/answer"`, "15 个工作日")
	form := b.page("/refusals?service=zz.bs.01")
	holds(t, form, "相关单位部门不得拒绝", `value="zz.bs.01" selected`, `<optgroup label="基本公共服务"`, "卫计委（现卫生健康委员会）", "答复满 2 年后")
	lacks(t, form, "其他有关部门", "房屋出租人") // who cannot answer
	lacks(t, b.page("/refusals?city=370300"), "不得拒绝")
	b.send("/refusals", refusalForm(keyOf(t, form))).goes(t, "/refusals/sent")
	sent := b.page("/refusals/sent")
	reference := refusalReference.FindString(plain(sent))
	holds(t, sent, "报告已收到", "由教育局答复", "2026年12月15日", "有答复时会发短信")
	if _, ok := permit.ParseRefusalReference(reference); !ok {
		t.Fatalf("the page shows no reference: %q", reference)
	}
	lacks(t, sent, "13800005678")

	stranger := c.browser() // whoever knows the reference reads the answer, and nothing of what was written
	look := func(typed string) answer { return stranger.send("/refusals/answer", url.Values{"reference": {typed}}) }
	a := look(strings.ToLower(strings.ReplaceAll(reference, "-", " ")))
	a.shows(t, 200, "已收到，等待答复", "还没有答复", "要求本地户口")
	lacks(t, a.page, "延安北路小学", "不看居住证", "350602-2026-0000001", "13800005678", reference)
	c.house.Clock.Add(31 * 24 * time.Hour)
	look(reference).shows(t, 200, "overdue")
	c.answers("zz", permit.RefusalAnswer{Outcome: permit.NotCovered, Basis: "zz.bs.01", Words: "已向学校说明。\n请下周一带证再去。"})
	a = look(reference)
	a.shows(t, 200, "规定没有给予这一项", "请下周一带证再去。", "三(二)1(1)", "申请行政复议", "已答复")
	texts, err := c.house.Office.MessagesTo(t.Context(), "13800005678")
	if err != nil || len(texts) != 1 || texts[0].Kind != "refusal_answered" || len(texts[0].Args) != 0 {
		t.Errorf("texts %+v %v", texts, err)
	}

	c.browser().visit("/refusals/sent").goes(t, "/refusals")
	for _, typed := range []string{reference[:len(reference)-1] + map[bool]string{true: "3", false: "2"}[strings.HasSuffix(reference, "2")], "3506-7K2M-9QXT", "", strings.Repeat("R", 10_000)} {
		look(typed).shows(t, 422, "以 R 开头")
	}
	unknown := permit.NewRefusalReference()
	look(unknown).shows(t, 422, "没有查到这个编号", unknown)
	for range 30 {
		look(permit.NewRefusalReference())
	}
	if a := look(reference); a.status != 429 {
		t.Errorf("after thirty look-ups: %d", a.status)
	}
	lacks(t, c.logs.String(), reference, "延安北路小学", "13800005678")
}

func TestARefusalIsReportedOnce(t *testing.T) {
	c, _ := open(t, true, "zz.draft")
	form := refusalForm(office.NewKey())
	var wait sync.WaitGroup
	shown := make([]string, 4)
	for i := range shown {
		wait.Go(func() {
			b := c.browser()
			b.send("/refusals", form).goes(t, "/refusals/sent")
			shown[i] = refusalReference.FindString(b.page("/refusals/sent"))
		})
	}
	wait.Wait()
	for _, reference := range shown {
		if reference == "" || reference != shown[0] {
			t.Errorf("one form gave %v", shown)
		}
	}
	b := c.browser()
	if a := b.send("/refusals", with(form, "place", "另一个地方")); a.status != 409 {
		t.Errorf("a form that was changed after it had been sent: %d", a.status)
	}
	if a := b.send("/refusals", with(form, "city", "370300", "service", "", "county", "")); a.status != 409 {
		t.Errorf("the same form for another city: %d", a.status)
	}
	if a := b.send("/refusals", with(form, "key", "mine")); a.status != 422 {
		t.Errorf("a key that is none: %d", a.status)
	}
	if n := c.reports("zz"); n != 1 {
		t.Errorf("%d reports", n)
	}
}

func TestWhatCannotBeReportedIsSaidBesideItsField(t *testing.T) {
	c, _ := open(t, true, "zz.draft")
	b := c.browser()
	good := refusalForm(office.NewKey())
	day := func(year, month, day string) []string {
		return []string{"happened_on_year", year, "happened_on_month", month, "happened_on_day", day}
	}
	for what, test := range map[string]struct {
		change []string
		field  string
		says   string
	}{
		"tomorrow":                     {day("2026", "11", "25"), "happened_on", "不能在今天之后"},
		"after 2100":                   {day("2101", "1", "1"), "happened_on", "不能在今天之后"},
		"before 1900":                  {day("1899", "12", "31"), "happened_on", "还没有施行"},
		"before the rules":             {day("2016", "11", "30"), "happened_on", "还没有施行"},
		"30 February":                  {day("2026", "2", "30"), "happened_on", "没有这一天"},
		"no figures":                   {day("x", "y", "z"), "happened_on", "没有这一天"},
		"no day":                       {day("", "", ""), "happened_on", "请填写发生在哪一天"},
		"no kind":                      {[]string{"kind", ""}, "kind", "请选择发生了什么"},
		"unknown kind":                 {[]string{"kind", "rude"}, "kind", "请选择发生了什么"},
		"another city's service":       {[]string{"service", "zb.t1.05"}, "service", "从这座城市的服务里选"},
		"another city's county":        {[]string{"county", "370303"}, "county", "从这座城市的县"},
		"a street":                     {[]string{"county", "350602001"}, "county", "从这座城市的县"},
		"unknown department":           {[]string{"department", "navy"}, "department", "请从列表里选一个单位"},
		"one that only assists":        {[]string{"department", "landlord"}, "department", "请从列表里选一个单位"},
		"no place":                     {[]string{"place", "  "}, "place", "请填写地点或窗口的名称"},
		"a long place":                 {[]string{"place", strings.Repeat("长", 101)}, "place", "最多 100 个字"},
		"a place on two lines":         {[]string{"place", "一\n二"}, "place", "写成一行"},
		"10,000 characters":            {[]string{"words", strings.Repeat("长", 10_000)}, "words", "最多 2000 个字"},
		"turned-round text":            {[]string{"words", "a\u202eb"}, "words", "特殊控制符"},
		"a permit mistyped by a digit": {[]string{"permit_number", strings.Replace(refusedPermit, "0000001", "0000002", 1)}, "permit_number", "逐位核对"},
		"an ID number":                 {[]string{"permit_number", number(t, 1)}, "permit_number", "这是公民身份号码"},
		"half a phone":                 {[]string{"phone", "1380000"}, "phone", "11 位手机号码"},
	} {
		form := with(good, test.change...)
		a := b.send("/refusals", form)
		a.shows(t, 422, `href="#`+test.field+`"`, test.says, `value="`+form.Get("phone")+`"`, html.EscapeString(form.Get("words")), `value="`+form.Get("happened_on_year"))
		if n := strings.Count(a.page, `class="problem"`); n != 1 {
			t.Errorf("%s: %d problems are named", what, n)
		}
		if keyOf(t, a.page) != good.Get("key") {
			t.Errorf("%s: the form has another key", what)
		}
	}
	b.send("/refusals", with(good, "city", "110000")).shows(t, 422, `href="#city"`, "请选择您要办理的城市")
	if n := c.reports("zz"); n != 0 {
		t.Errorf("%d reports were stored", n)
	}
	for what, change := range map[string][]string{
		"today, little said":           append(day("2026", "11", "24"), "service", "", "county", "", "words", "", "permit_number", "", "phone", ""),
		"the first day":                day("2016", "12", "1"),
		"a number without hyphens":     {"permit_number", strings.ToLower("3506022026 0000001" + refusedPermit[len(refusedPermit)-1:])},
		"2000 characters":              {"words", strings.Repeat("长", 2000)},
		"a department, not the first":  {"department", "health"},
		"full-width figures in a date": day("２０２６", "１１", "２０"),
	} {
		if a := b.send("/refusals", with(good, append(change, "key", office.NewKey())...)); a.status != 303 {
			t.Errorf("%s: %d\n%s", what, a.status, plain(a.page))
		}
	}
	if n := c.reports("zz"); n != 6 {
		t.Errorf("%d reports were stored, want 6", n)
	}
}

func TestACitizenFindsOwnReportsInTheAccount(t *testing.T) {
	c, played := open(t, true, "zz.issued", "zb.issued")
	holder := c.browser().signIn(played["zz.issued"].Phone)
	lacks(t, holder.page("/account"), "我报告的拒用情况")
	holds(t, holder.page("/permit"), `href="/refusals?city=350600"`)
	form := holder.page("/refusals?city=350600")
	holds(t, form, `value="`+played["zz.issued"].Permit+`"`, "想提供可以删去")
	lacks(t, holder.page("/refusals?city=370300"), played["zz.issued"].Permit)
	holder.send("/refusals", with(refusalForm(keyOf(t, form)), "permit_number", played["zz.issued"].Permit)).goes(t, "/refusals/sent")
	holds(t, holder.page("/refusals/sent"), "也在“我的办理”里")
	page := holder.page("/account")
	holds(t, page, "我报告的拒用情况", "要求本地户口，居住证不行")
	own := regexp.MustCompile(`/account/refusals/[0-9a-f-]{36}`).FindString(page)
	holds(t, holder.page(own), "延安北路小学招生处", "不看居住证。", played["zz.issued"].Permit)

	other := c.browser().signIn(played["zb.issued"].Phone)
	for _, path := range []string{own, "/account/refusals/none", "/account/refusals/" + office.NewKey()} {
		if a := other.visit(path); a.status != 404 {
			t.Errorf("%s to somebody else: %d", path, a.status)
		}
	}
	c.browser().visit(own).goes(t, "/sign-in?next="+url.QueryEscape(own))
	c.answers("zz", permit.RefusalAnswer{Outcome: permit.Redressed, Words: "请到窗口"})
	entries, err := c.house.Office.AccessLog(t.Context(), access.Actor{Kind: access.Citizen, ID: played["zz.issued"].Account.ID})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, e := range entries {
		if strings.HasPrefix(e.Object, "refusal/") {
			found[e.ActorKind+" "+string(e.Action)] = true
		}
	}
	for _, want := range []string{"citizen reported", "citizen viewed", "staff listed", "staff viewed", "staff answered"} {
		if !found[want] {
			t.Errorf("the ledger has no %q: %v", want, found)
		}
	}
	holds(t, holder.page("/access-log"), "答复居住证被拒的报告", "提交或转交居住证被拒的报告")
	holder.page("/refusals/sent")
	holder.send("/sign-out", nil).goes(t, "/")
	holder.visit("/refusals/sent").goes(t, "/refusals") // the next person at this browser
}

// TestAReportIsNotLostWhereTheCalendarEnds: next year's holidays are not announced, so no day is promised.
func TestAReportIsNotLostWhereTheCalendarEnds(t *testing.T) {
	c, _ := open(t, true, "zz.draft")
	c.house.Clock.Set(scene.Morning.AddDate(0, 0, 25))
	b := c.browser()
	b.send("/refusals", with(refusalForm(office.NewKey()), "service", "", "department", "")).goes(t, "/refusals/sent")
	page := b.page("/refusals/sent?lang=en")
	holds(t, page, "As soon as possible", "supervisor decides who answers")
	lacks(t, page, "Promised by")
	if n := c.reports("zz"); n != 1 {
		t.Error(n)
	}
}

func TestReportsOfOneAddressAreCounted(t *testing.T) {
	c, _ := open(t, true, "zz.draft")
	b := c.browser()
	for range 30 {
		b.send("/refusals", refusalForm(office.NewKey()))
	}
	if a := b.send("/refusals", refusalForm(office.NewKey())); a.status != 429 {
		t.Errorf("the 31st report of an hour: %d", a.status)
	}
}
