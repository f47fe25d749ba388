package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

// TestAMonthIsClosedAndCorrected: what was closed stays, a later change of the record shows, and a correction says why.
func TestAMonthIsClosedAndCorrected(t *testing.T) {
	d := furnish(t, true, "zz.issued", "zz.refused", "zz.in_review", "zb.issued")
	resident, err := d.house.PlayLife(t.Context(), scene.ResidentOf("zz.endorse_open")) // to be endorsed by 4 December
	if err != nil {
		t.Fatal(err)
	}
	d.rated("zz.refused", permit.Dissatisfied, "")
	const path = "/console/statistics/monthly/2026-11"
	b := d.as("zz.supervise")
	got := b.get(path)
	d.says(got, "芗城区 2026-11 月报", "申领 · 收到 3 0 1", "申领 · 不予发放 1", "评价 · 不满意 1", "窗口 · 接待人数 3", "本月还没有结束")
	d.silent(got, "锁定本月数字", d.people["zz.issued"].Name, resident.Name)
	b.post(path+"/closing", "county", "350602", "seen", "0")
	d.says(b.get(path), "本月还没有结束") // a month that runs is not closed

	d.house.Clock.Set(civic.MustDate("2027-01-04").Start().Add(10 * time.Hour))
	b = d.as("zz.supervise")
	d.says(b.get("/console/statistics"), "月报")
	const december = "/console/statistics/monthly/2026-12"
	if got := b.get("/console/statistics/monthly"); got.location != december {
		t.Errorf("the last month is %s", got.location)
	}
	d.says(b.follow(b.post(december+"/closing", "county", "350602", "seen", "0")), "已锁定", "庄慧玲", "第 1 版", "下面是锁定时的数字", "居住证 · 中止使用功能 0 0")
	d.says(b.follow(b.post(december+"/closing", "county", "350602", "seen", "0")), "没有锁定", "第 1 版") // the second of two taps
	d.silent(b.get(december), "锁定后有变化", `action="`+december+`/closing"`)
	if _, err := d.house.Office.Daily(t.Context()); err != nil { // it comes late: the permit was suspended in December
		t.Fatal(err)
	}
	d.says(b.get(december), "锁定后有变化", "居住证 · 中止使用功能 0 1", "居住证 · 中止使用功能 0 0")
	for what, reason := range map[string]string{"no reason": " ", "a long one": strings.Repeat("长", 201)} {
		got := b.post(december+"/closing", "county", "350602", "seen", "1", "reason", reason)
		d.status(got, http.StatusUnprocessableEntity, what)
	}
	d.says(b.follow(b.post(december+"/closing", "county", "350602", "seen", "1", "reason", "每日任务晚跑")), "第 2 版", "更正原因：每日任务晚跑", "居住证 · 中止使用功能 1 0")
	d.silent(b.get(december), "锁定后有变化")

	auditor := d.as("zz.audit")
	d.says(auditor.get(december), "芗城区 2026-12 月报", "第 2 版")
	d.status(auditor.post(december+"/closing", "county", "350602", "seen", "2", "reason", "x"), http.StatusForbidden, "an auditor closes")
	d.says(auditor.get("/console"), `href="/console/statistics/monthly"`)
	d.status(b.post(december+"/closing", "county", "350603", "seen", "0"), http.StatusNotFound, "another county")
	zibo := d.as("zb.supervise")
	d.says(zibo.get(path), "张店区 2026-11 月报", "申领 · 收到 1")
	d.silent(zibo.get(path), "第 2 版")
	for _, login := range []string{"zz.accept", "zz.edit", "zz.window"} {
		d.status(d.as(login).get(path), http.StatusForbidden, login)
	}
	for _, bad := range []string{"2026-13", "2027-02", "1999-01", "x"} {
		d.status(b.get("/console/statistics/monthly/"+bad), http.StatusNotFound, bad)
	}
	rows := cellsOf(t, b.get(december+"/export").body)
	if len(rows) < 40 || rows[1][0] != "芗城区" || !strings.Contains(rows[1][len(rows[1])-1], "第 2 版") {
		t.Errorf("the file: %v", rows[:2])
	}
	if dump := string(d.dump()); strings.Contains(dump, "每日任务晚跑") || !strings.Contains(dump, "monthly/2026-12/350602") {
		t.Error("the reason is not sealed, or the ledger does not know of the closing")
	}
	d.hire("zz.city", access.Post{Jurisdiction: "350600", Role: access.Supervisor})
	whole := d.as("zz.city")
	d.says(whole.get(path), "漳州市 2026-11 月报", "合计", "龙海区")
	d.says(whole.get(path+"?county=350603"), "龙文区 2026-11 月报", "锁定本月数字")
}
