package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
)

// year2027 is a year as an administrator would type it; the days are made up, the notice has not come out.
var year2027 = []string{"holidays", "2027-01-01至2027-01-03\n2027-02-05..2027-02-11 2027-04-03..2027-04-05、2027-05-01..2027-05-05", "workdays", "2027-01-30\n2027-02-13",
	"document", "国办发明电〔2026〕9号（演示）"}

// TestAnAdministratorEntersTheNextYear: what cannot be accepted because its deadline passes the known years can be, once the year is entered,
// and the deadline is counted by it.
func TestAnAdministratorEntersTheNextYear(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied")
	d.hire("zz.admin", access.Post{Jurisdiction: "350600", Role: access.Administrator})
	d.house.Clock.Set(time.Date(2026, 12, 22, 9, 0, 0, 0, civic.Zone))
	p := d.people["zz.pre_applied"]
	officer := d.as("zz.accept")
	accept := func() page {
		return officer.post(casePath(p)+"/acceptance", "version", d.version(officer.get(casePath(p))), "seen", "identity", "seen", "evidence")
	}
	d.status(accept(), http.StatusServiceUnavailable, "an acceptance past the horizon")

	admin := d.as("zz.admin")
	d.says(admin.get("/console"), "节假日表")
	d.says(admin.get("/console/calendar"), "请录入 2027 年的安排", "2026", "系统自带", "还没有录入")
	form := admin.get("/console/calendar/2027")
	d.says(form, "2027 年的节假日安排")
	got := admin.follow(admin.post("/console/calendar/2027", append(year2027, "version", "0")...))
	d.says(got, "已保存", "时限可以算到 2027 年底", "国办发明电〔2026〕9号（演示）", "林试用于2026年12月22日录入")
	d.says(admin.get("/console/calendar/2027"), "2027-02-05..2027-02-11", "2027-01-30")

	if done := accept(); done.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", done.status, text(done.body))
	}
	d.says(officer.get(casePath(p)), "2027年1月6日", "2026年12月31日") // fifteen days, and seven working days
}

func TestBadYearsAreAnsweredInWords(t *testing.T) {
	d := furnish(t, true)
	d.hire("zz.admin", access.Post{Jurisdiction: "350600", Role: access.Administrator})
	b := d.as("zz.admin")
	for _, bad := range []struct{ field, typed, says string }{
		{"holidays", "2027-02-30", "不是日期"},
		{"holidays", "明天", "“明天”不是日期"},
		{"holidays", "2027-01-05..2027-01-01", "不是日期"},
		{"holidays", "2027-01-01..2027-12-31", "一段最长 31 天"},
		{"holidays", "2026-12-31..2027-01-13", "只填写这一年"},
		{"holidays", "2027-01-01", "太少"},
		{"holidays", "", "太少"},
		{"workdays", "2027-01-02", "不能既放假又上班"},
		{"workdays", "2027-01-04", "只能是星期六或星期日"},
		{"workdays", "2028-01-01", "只填写这一年"},
		{"document", " ", "请填写通知文号"},
		{"document", strings.Repeat("文", 10_000), "最多 100 字"},
	} {
		fields := []string{"version", "0"}
		for i := 0; i < len(year2027); i += 2 {
			value := year2027[i+1]
			if year2027[i] == bad.field {
				value = bad.typed
			}
			fields = append(fields, year2027[i], value)
		}
		got := b.post("/console/calendar/2027", fields...)
		d.status(got, http.StatusUnprocessableEntity, bad.field+" "+fmt.Sprintf("%.20s", bad.typed))
		d.says(got, bad.says, "error-summary")
		if strings.Count(text(got.body), bad.says) < 2 {
			t.Errorf("%.20s: not said beside the field and in the summary", bad.typed)
		}
	}
	for _, year := range []string{"2025", "2029", "x", "2027x"} {
		d.status(b.get("/console/calendar/"+year), http.StatusNotFound, year)
		d.status(b.post("/console/calendar/"+year, append(year2027, "version", "0")...), http.StatusNotFound, year)
	}
	d.says(b.get("/console/calendar"), "还没有录入") // nothing of all this was kept
}

// TestTwoAdministratorsAtOnce: one wins, the other sees what happened and keeps what was typed; a second tap changes nothing.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	d := furnish(t, true)
	d.hire("zz.admin", access.Post{Jurisdiction: "350600", Role: access.Administrator})
	d.hire("zb.admin", access.Post{Jurisdiction: "370300", Role: access.Administrator})
	one, other := d.as("zz.admin"), d.as("zb.admin")
	d.status(one.post("/console/calendar/2027", append(year2027, "version", "0")...), http.StatusSeeOther, "the first")
	late := append([]string{}, year2027...)
	late[len(late)-1] = "另一个文号"
	got := other.post("/console/calendar/2027", append(late, "version", "0")...)
	d.status(got, http.StatusConflict, "the second")
	d.says(got, "别人刚刚改过这一年", `value="另一个文号"`)
	d.says(other.get("/console/calendar"), "国办发明电〔2026〕9号（演示）")
	d.status(other.post("/console/calendar/2027", append(late, "version", d.version(got))...), http.StatusSeeOther, "the second, knowing")
	d.says(one.get("/console/calendar"), "另一个文号")
	for _, login := range []string{"zz.accept", "zz.edit", "zz.supervise"} {
		d.status(d.as(login).post("/console/calendar/2027", append(year2027, "version", "2")...), http.StatusForbidden, login)
	}
}
