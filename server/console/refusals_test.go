package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// report sends a report as somebody at home would, and returns it.
func (d *desk) report(change func(*permit.RefusalReport)) permit.RefusalReport {
	d.t.Helper()
	r := permit.RefusalReport{Jurisdiction: "350600", County: "350602", Service: "zz.bs.01", Kind: "local_hukou", HappenedOn: d.house.Office.Today().AddDays(-1),
		Place: "延安北路小学招生处", Words: "说要本地户口。\n不看居住证。", Permit: "", Phone: "13800005678", Lang: "en", Counter: "portal"}
	if change != nil {
		change(&r)
	}
	made, err := d.house.Office.ReportRefusal(d.t.Context(), access.Actor{Kind: access.Anyone}, r, office.NewKey(), "peer")
	if err != nil {
		d.t.Fatal(err)
	}
	return made
}

func refusalPath(r permit.RefusalReport) string { return "/console/refusals/" + r.ID }

func TestEachPostSeesItsReports(t *testing.T) {
	d := furnish(t, true)
	d.hire("zz.health", access.Post{Jurisdiction: "350600", Role: access.Editor, Government: "350600", Department: "health"})
	d.hire("zz.edu.other", access.Post{Jurisdiction: "350600", Role: access.Editor, Government: "350603", Department: "edu"})
	d.hire("zz.verifier", post(access.Verifier)) // at a station: of no department
	school := d.report(nil)
	elsewhere := d.report(func(r *permit.RefusalReport) { r.County = "350603" })
	hospital := d.report(func(r *permit.RefusalReport) { r.Service, r.Department = "", "health" })
	nobodys := d.report(func(r *permit.RefusalReport) { r.Service = "" })
	zibo := d.report(func(r *permit.RefusalReport) {
		r.Jurisdiction, r.County, r.Service, r.Department = "370300", "370303", "", "edu"
	})
	all := []permit.RefusalReport{school, elsewhere, hospital, nobodys, zibo}
	for login, sees := range map[string][]permit.RefusalReport{
		"zz.supervise": {school, elsewhere, hospital, nobodys}, "zz.edit": {school, elsewhere}, "zz.edit.county": {school}, "zz.window": {school, elsewhere},
		"zz.health": {hospital}, "zz.edu.other": {elsewhere}, "zb.supervise": {zibo}, "zb.edit": {zibo},
	} {
		b := d.as(login)
		list := b.get("/console/refusals")
		d.status(list, http.StatusOK, login)
		for _, r := range all {
			mine := false
			for _, one := range sees {
				mine = mine || one.ID == r.ID
			}
			if has := strings.Contains(list.body, refusalPath(r)); has != mine {
				t.Errorf("%s sees %s of %s in the list: %v", login, r.Department, r.County, has)
			}
			want := http.StatusNotFound
			if mine {
				want = http.StatusOK
			}
			d.status(b.get(refusalPath(r)), want, login+" reads")
			if !mine {
				d.status(b.post(refusalPath(r)+"/answer", "version", "1", "outcome", "redressed", "words", "x"), want, login+" answers")
			}
		}
		d.silent(list, "延安北路小学", "本地户口。", "13800005678", school.Reference)
	}
	for _, login := range []string{"zz.accept", "zz.publish", "zz.audit", "zz.verifier"} {
		b := d.as(login)
		d.status(b.get("/console/refusals"), http.StatusForbidden, login)
		d.status(b.get(refusalPath(school)), http.StatusForbidden, login)
		d.silent(b.get("/console"), "/console/refusals")
	}
	d.status(d.as("zz.edit").post(refusalPath(school)+"/department", "version", "1", "department", "health"), http.StatusForbidden, "an editor passes on")
	for _, id := range []string{"none", office.NewKey(), school.Reference} {
		d.status(d.as("zz.supervise").get("/console/refusals/"+id), http.StatusNotFound, id)
	}
	for _, login := range []string{"zz.edit", "zz.window"} { // who has no cases finds the way on the first page
		d.says(d.as(login).get("/console"), `href="/console/refusals"`, "您可以打开")
	}
	d.says(d.as("zz.supervise").get("/console"), `href="/console/refusals"`)
}

func TestAReportIsPassedOnAndAnswered(t *testing.T) {
	d := furnish(t, true)
	r := d.report(func(r *permit.RefusalReport) { r.Service = "" })
	chief, edu := d.as("zz.supervise"), d.as("zz.window")
	got := chief.get(refusalPath(r))
	d.says(got, "未定单位", "延安北路小学招生处", "不看居住证。", "2026年12月15日", "相关单位部门不得拒绝", "等待答复", "报告人会收到短信")
	d.silent(got, "13800005678", r.Reference)
	d.status(edu.get(refusalPath(r)), http.StatusNotFound, "a report of no department")

	path := refusalPath(r) + "/department"
	d.status(chief.post(path, "version", "1", "department", "landlord"), http.StatusUnprocessableEntity, "to one that only assists")
	d.says(chief.follow(chief.post(path, "version", "1", "department", "edu")), "已转给该单位", "转给教育局", "庄慧玲")
	d.says(chief.follow(chief.post(path, "version", "1", "department", "edu")), "已转给该单位") // the second of two taps
	got = chief.post(path, "version", "1", "department", "health")
	d.status(got, http.StatusConflict, "passed on from an old page")
	d.says(got, "转给教育局")

	path = refusalPath(r) + "/answer"
	for what, form := range map[string][]string{
		"nothing":           {},
		"no words":          {"outcome", "redressed", "words", " "},
		"no clause":         {"outcome", "not_covered", "words", "不在范围内"},
		"unknown outcome":   {"outcome", "maybe", "words", "不在范围内"},
		"10,000 characters": {"outcome", "redressed", "words", strings.Repeat("长", 10_000)},
	} {
		got := edu.post(path, append(form, "version", "2")...)
		d.status(got, http.StatusUnprocessableEntity, what)
		if what != "nothing" && what != "no words" {
			d.says(got, form[3]) // what was typed is kept
		}
	}
	good := []string{"version", "2", "outcome", "not_covered", "basis", "zz.bs.01", "words", "请到教育局办事窗口。\n带上居住证。"}
	d.status(edu.post(path, append([]string{"version", "1"}, good[2:]...)...), http.StatusConflict, "an answer from an old page")
	d.says(edu.follow(edu.post(path, good...)), "报告人现在可以看到", "带上居住证。", "三(二)1(1)", "已答复", "苏静怡")
	d.says(edu.follow(edu.post(path, good...)), "报告人现在可以看到") // the second of two taps
	got = chief.post(path, "version", "2", "outcome", "redressed", "words", "另一个答复")
	d.status(got, http.StatusConflict, "a second answer")
	d.says(got, "刚刚已由同事办理", "苏静怡", "另一个答复")
	d.silent(got, `action="`+path+`"`)
	d.status(chief.post(refusalPath(r)+"/department", "version", "3", "department", "health"), http.StatusConflict, "passed on after the answer")

	file, err := d.house.Office.SentRefusal(t.Context(), access.Actor{Kind: access.Anyone}, r.Reference)
	if err != nil || len(file.Events) != 3 || file.State != permit.RefusalAnswered || file.Phone != "" {
		t.Fatalf("%+v %v", file, err)
	}
	texts, err := d.house.Office.MessagesTo(t.Context(), "13800005678")
	if err != nil || len(texts) != 1 || texts[0].Kind != "refusal_answered" || texts[0].Lang != "en" {
		t.Errorf("texts %+v %v", texts, err)
	}
}

// TestTwoAnswersAtOnce: one is taken, the other sees it.
func TestTwoAnswersAtOnce(t *testing.T) {
	d := furnish(t, true)
	r := d.report(nil)
	browsers := []*browser{d.as("zz.edit"), d.as("zz.window"), d.as("zz.supervise"), d.as("zz.edit.county")}
	answers := every(browsers, func(b *browser) page {
		return b.post(refusalPath(r)+"/answer", "version", "1", "outcome", "redressed", "words", "答复")
	})
	if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusConflict]) != len(browsers)-1 {
		t.Errorf("%d taken, %d refused", len(answers[http.StatusSeeOther]), len(answers[http.StatusConflict]))
	}
}

func TestOverdueReportsAreSeen(t *testing.T) {
	d := furnish(t, true)
	if err := d.house.PlayRefusals(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.house.PlayRefusals(t.Context()); err != nil { // a second time tells nothing new
		t.Fatal(err)
	}
	for prefix, school := range map[string]string{"zz": "胜利路小学招生办", "zb": "胜利路小学招生办"} {
		chief := d.as(prefix + ".supervise")
		got := chief.get("/console/refusals")
		d.says(got, "待答复 2", "已超期 1", "已答复 1", "超期", "未定单位")
		if n := strings.Count(got.body, `href="/console/refusals/`); n != 2 {
			t.Errorf("%d open reports in the list", n)
		}
		d.says(chief.get("/console/refusals?show=overdue"), "共 1 份超期")
		d.says(chief.get("/console/refusals?show=answered"), "2026年11月21日已答复")
		desk := d.as(prefix + ".edit")
		got = desk.get("/console/refusals?show=nonsense&page=-1")
		d.says(got, "待答复 1")
		d.says(desk.get(regexp.MustCompile(`/console/refusals/[0-9a-f-]{36}`).FindString(got.body)), school)
	}
	undated := d.report(func(r *permit.RefusalReport) { r.Place = "x" })
	d.house.Clock.Set(civic.MustDate("2026-12-13").Start().Add(10 * time.Hour))
	d.says(d.as("zz.supervise").get(refusalPath(undated)), "还剩 2 天")
	d.house.Clock.Set(civic.MustDate("2026-12-20").Start().Add(10 * time.Hour))
	undated = d.report(nil)
	if !undated.DueOn.IsZero() {
		t.Fatal("the calendar knows 2027")
	}
	d.says(d.as("zz.supervise").get(refusalPath(undated)), "尽快")
	d.house.Clock.Add(22 * 24 * time.Hour)
	d.says(d.as("zz.supervise").get(refusalPath(undated)), "已 22 天")
}

// TestAnAnswerOutlivesTheSession: what was typed when the session had ended comes back, to the same colleague.
func TestAnAnswerOutlivesTheSession(t *testing.T) {
	d := furnish(t, true)
	r := d.report(nil)
	b := d.as("zz.window")
	d.house.Clock.Add(16 * time.Minute)
	got := b.post(refusalPath(r)+"/answer", "version", "1", "outcome", "redressed", "words", "写了很久的答复")
	if got.status != http.StatusSeeOther || got.location != "/console/sign-in?next=%2Fconsole%2Frefusals%2F"+r.ID {
		t.Fatal(got.status, got.location)
	}
	b = d.as("zz.window")
	d.says(b.get(refusalPath(r)), "写了很久的答复", "已恢复")
	d.silent(b.get(refusalPath(r)), "写了很久的答复") // once
	for _, path := range []string{"/console/refusals/..%2F..%2Fx/answer", "/console/refusals//evil/answer"} {
		if got := d.browser().post(path, "version", "1"); strings.Contains(got.location, "evil") && !strings.HasPrefix(got.location, "/console/sign-in") {
			t.Errorf("%s leads to %s", path, got.location)
		}
	}
}
