package console_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// hoursForm are the fields of the hours as the scenes have them, with changes.
func hoursForm(version string, pairs ...string) []string {
	form := []string{"station", "S350602001", "version", version}
	values := map[string]string{"saturday": "9:00-11:30", "sunday": "", "make_up": "8:30-12:00 14:30-17:30", "slot_minutes": "30", "capacity": "2", "notice_minutes": "120", "ahead_days": "45", "open_each": "2", "hint_days": "180"}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday"} {
		values[day] = "8:30-12:00 14:30-17:30"
	}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	for name, value := range values {
		form = append(form, name, value)
	}
	return form
}

// booked makes appointments at the window through the form and returns their paths.
func (b *browser) booked(slot, name string, more ...string) string {
	b.d.t.Helper()
	key := keyField.FindStringSubmatch(b.get("/console/appointments/new").body)
	if key == nil {
		b.d.t.Fatal("no form")
	}
	got := b.post("/console/appointments", append([]string{"key", key[1], "station", "S350602001", "purpose", "advice", "slot", slot, "name", name}, more...)...)
	if got.status != http.StatusSeeOther {
		b.d.t.Fatalf("%s: %d %s", slot, got.status, text(got.body))
	}
	return got.location
}

func TestHoursAreSetAndChangedWithoutDroppingAnybody(t *testing.T) {
	d := furnish(t, true)
	chief, clerk := d.as("zz.supervise"), d.as("zz.accept")
	d.says(clerk.get("/console/appointments"), "没有设置预约时间")
	d.says(clerk.get("/console/appointments/new"), "没有设置预约时间")
	d.status(clerk.get("/console/appointments/hours"), http.StatusForbidden, "an acceptor")
	d.says(chief.get("/console/appointments/hours"), "预约时间", "东铺头派出所")
	for _, bad := range []struct{ field, value, says string }{
		{"monday", "8-12", "周一的时间看不懂"}, {"monday", "12:00-8:30", "周一的时间看不懂"}, {"sunday", "8:30-12:00 11:00-13:00", "周日的时间看不懂"}, {"make_up", "00:00-24:01", "调休上班的周末的时间看不懂"},
		{"slot_minutes", "0", "请填 5 到 240"}, {"capacity", "51", "请填 1 到 50"}, {"capacity", "两人", "请填 1 到 50"}, {"ahead_days", "-1", "请填 1 到 90"}, {"notice_minutes", "99999", "请填 0 到 10080"}, {"open_each", "", "请填 1 到 10"},
	} {
		got := chief.post("/console/appointments/hours", hoursForm("0", bad.field, bad.value)...)
		d.status(got, http.StatusUnprocessableEntity, bad.field+" "+bad.value)
		d.says(got, bad.says, "error-summary")
		if bad.value != "" {
			d.says(got, `value="`+bad.value+`"`)
		}
	}
	d.says(chief.follow(chief.post("/console/appointments/hours", hoursForm("0", "monday", "8：30－12:00，14:30～17:30")...)), "已保存", "08:30-12:00 14:30-17:30", "庄慧玲")
	got := chief.post("/console/appointments/hours", hoursForm("0", "capacity", "3")...)
	d.status(got, http.StatusConflict, "hours that somebody has set meanwhile")
	d.says(got, "别人刚刚改过预约时间", `name="capacity" type="text" value="3"`)

	first, second := clerk.booked("2026-12-01T09:00", "张三"), clerk.booked("2026-12-01T09:00", "李四")
	d.status(clerk.post("/console/appointments", "key", office.NewKey(), "station", "S350602001", "purpose", "advice", "slot", "2026-12-01T09:00", "name", "王五"), http.StatusUnprocessableEntity, "a third in two places")
	clerk.booked("2026-12-02T16:30", "赵六")
	d.says(chief.follow(chief.post("/console/appointments/hours", hoursForm("1", "capacity", "1", "wednesday", "8:30-12:00")...)), "有预约和现在的时间对不上", "2026年12月1日 周二：2 个", "2026年12月2日 周三：1 个")
	page := clerk.get("/console/appointments?day=2026-12-01")
	d.says(page, "张*", "李*", "超过现在每次可约的人数", "东铺头派出所，2 个预约")
	d.silent(page, "张三", "李四")
	d.says(clerk.get("/console/appointments?day=2026-12-02"), "这个时间现在不办公")
	d.says(clerk.get(first), "张三")
	d.says(clerk.follow(clerk.post(second+"/time", "version", "1", "slot", "2026-12-01T10:00")), "已改时间", "10:00-10:30")
	page = clerk.get("/console/appointments?day=2026-12-01")
	if strings.Contains(page.body, "超过现在") {
		t.Error("one at a time is no longer too many")
	}

	for _, bad := range []struct{ year, times, reason, says string }{{"2026", "", "", "请写明原因"}, {"2020", "", "停电", "请填今天以后"}, {"2026", "9-5", "停电", "看不懂"}, {"", "", "停电", "请填今天以后"}} {
		got := chief.post("/console/appointments/exceptions", "station", "S350602001", "day_year", bad.year, "day_month", "12", "day_day", "1", "times", bad.times, "exception_reason", bad.reason)
		d.status(got, http.StatusUnprocessableEntity, bad.says)
		d.says(got, bad.says)
	}
	d.says(chief.follow(chief.post("/console/appointments/exceptions", "station", "S350602001", "day_year", "2026", "day_month", "12", "day_day", "1", "times", "", "exception_reason", "停电检修")), "2026年12月1日 周二 不接受预约 · 停电检修", "2026年12月1日 周二：2 个")
	d.says(clerk.get("/console/appointments?day=2026-12-01"), "张*", "这个时间现在不办公")
	page = clerk.get("/console/appointments/new?day=2026-12-01")
	d.silent(page, `value="2026-12-01T`)
	d.says(chief.follow(chief.post("/console/appointments/exceptions", "station", "S350602001", "withdraw", "2026-12-01")), "没有设置特别的日子")
	d.says(chief.follow(chief.post("/console/appointments/exceptions", "station", "S350602001", "day_year", "2026", "day_month", "12", "day_day", "6", "times", "9:00-10:00", "exception_reason", "便民周日")), "09:00-10:00 · 便民周日")
	d.says(clerk.get("/console/appointments/new?day=2026-12-06"), "2026年12月6日 周日，选几点", "09:30")
	for _, other := range []string{"S350602002", "S999", ""} {
		d.status(chief.post("/console/appointments/hours", append(hoursForm("2"), "station", other)...), http.StatusNotFound, "a station that is named twice or is another's")
	}
}

func TestADayAtTheWindow(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.to_collect")
	if err := d.house.OpenDiary(t.Context(), scene.Zhangzhou); err != nil {
		t.Fatal(err)
	}
	b := d.as("zz.accept")
	now := b.booked("2026-11-24T10:00", "张三", "phone", "13800000001") // for the next half hour: an officer may
	late := b.booked("2026-11-24T11:00", "李四")
	if m, err := d.house.Office.MessagesTo(t.Context(), "13800000001"); err != nil || len(m) != 1 || m[0].Kind != "appointment_booked" || m[0].Lang != "zh" {
		t.Errorf("%v %v", m, err)
	}
	hand, err := d.house.Appoint(t.Context(), d.people["zz.pre_applied"], civic.MustDate("2026-11-24"), 0)
	if err != nil {
		t.Fatal(err)
	}
	page := b.get("/console/appointments")
	d.says(page, "2026年11月24日 周二", "3 个预约", "张*", d.people["zz.pre_applied"].Reference, "到窗口核对身份、交材料")
	d.silent(page, "张三", d.people["zz.pre_applied"].Name, d.people["zz.pre_applied"].ID)
	d.says(b.follow(b.post(now+"/arrival", "version", "1")), "已登记到场", "D001")
	d.says(b.follow(b.post(now+"/arrival", "version", "1")), "D001") // the second of two taps
	got := b.post(late+"/absence", "version", "1")
	d.status(got, http.StatusUnprocessableEntity, "before the slot is over")
	d.says(got, "时间还没有过")
	d.status(b.post(now+"/absence", "version", "2"), http.StatusUnprocessableEntity, "who has come")
	d.status(b.post(late+"/service", "version", "1"), http.StatusUnprocessableEntity, "who has not")
	d.says(b.follow(b.post(now+"/service", "version", "2")), "已登记办完", "已办理")
	d.house.Clock.Set(scene.Morning.Add(2*time.Hour + 5*time.Minute)) // 11:35
	b = d.as("zz.accept")
	d.says(b.get("/console/appointments"), "没有来")
	d.says(b.follow(b.post(late+"/absence", "version", "1")), "已登记没有来", "未到场")
	d.says(b.follow(b.post(late+"/arrival", "version", "2")), "D002") // late, and not sent away
	d.status(b.post(late+"/arrival", "version", "1"), http.StatusSeeOther, "again")
	got = b.post("/console/appointments/"+hand.Reference+"/cancellation", "version", "7")
	d.status(got, http.StatusConflict, "as it never was")
	d.says(got, "别人刚刚改过这个预约")

	// Search by number, other stations, other roles, the file.
	d.status(b.get("/console/appointments?reference="+strings.ToLower(strings.ReplaceAll(hand.Reference, "-", ""))), http.StatusSeeOther, "search")
	d.status(b.get("/console/appointments?reference=3506-0000-0000"), http.StatusUnprocessableEntity, "a number that nobody has")
	other := d.as("zz.other")
	for _, path := range []string{"/console/appointments/" + hand.Reference, "/console/appointments?station=S350602001", "/console/appointments/export?station=S350602001", "/console/appointments/new?station=S350602001", "/console/appointments/new?case=" + d.people["zz.to_collect"].Reference} {
		d.status(other.get(path), http.StatusNotFound, path)
	}
	for _, deed := range []string{"arrival", "service", "absence", "cancellation", "time"} {
		d.status(other.post("/console/appointments/"+hand.Reference+"/"+deed, "version", "1", "slot", "2026-12-01T09:00"), http.StatusNotFound, deed)
		d.status(d.as("zz.audit").post("/console/appointments/"+hand.Reference+"/"+deed, "version", "1"), http.StatusForbidden, deed+" by an auditor")
	}
	got = b.get("/console/appointments/export")
	book, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Sheet1")
	if err != nil || len(rows) != 4 || rows[1][0] != "东铺头派出所" || rows[1][4] != "张*" || strings.Contains(strings.Join(rows[3], " "), d.people["zz.pre_applied"].Name) {
		t.Errorf("%q %v", rows, err)
	}
	if dump := string(d.dump()); strings.Contains(dump, "张三") || strings.Contains(dump, "李四") {
		t.Error("a name stands open in the database")
	}
}

// TestACaseAndItsAppointment lets every decision meet an open appointment.
func TestACaseAndItsAppointment(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.in_review", "zz.to_collect", "zz.kiosk", "zz.issued")
	if err := d.house.OpenDiary(t.Context(), scene.Zhangzhou); err != nil {
		t.Fatal(err)
	}
	clerk, issuer := d.as("zz.accept"), d.as("zz.issue")
	state := func(reference string) permit.AppointmentState {
		c, err := d.house.Office.StaffAppointment(t.Context(), mustActor(t, d, "zz.accept"), reference)
		if err != nil {
			t.Fatal(err)
		}
		return c.Appointment.State
	}
	told := func(key string) string {
		m, err := d.house.Office.MessagesTo(t.Context(), d.people[key].Phone)
		if err != nil || len(m) == 0 {
			t.Fatal(key, err)
		}
		kinds := ""
		for _, one := range m[:2] {
			kinds += one.Kind + " "
		}
		return kinds
	}
	tomorrow := civic.DateOf(scene.Morning).AddDays(1)
	appoint := func(key string, on civic.Date) permit.Appointment {
		t.Helper()
		a, err := d.house.Appoint(t.Context(), d.people[key], on, 0)
		if err != nil {
			t.Fatal(key, err)
		}
		return a
	}
	early, closed, collect := appoint("zz.pre_applied", tomorrow), appoint("zz.kiosk", tomorrow), appoint("zz.to_collect", civic.DateOf(scene.Morning))

	d.says(clerk.get(casePath(d.people["zz.pre_applied"])), "预约 2026年11月25日 周三 08:30")
	d.says(d.pass(clerk, d.people["zz.pre_applied"], "acceptance", "seen", "identity", "seen", "evidence"), "审核中")
	if s := state(early.Reference); s != permit.AppointmentEnded || !strings.Contains(told("zz.pre_applied"), "appointment_not_needed") {
		t.Errorf("accepted before the day: %s, told %s", s, told("zz.pre_applied"))
	}
	d.says(d.pass(clerk, d.people["zz.kiosk"], "declination", "reason", "duplicate"), "不予受理")
	if s := state(closed.Reference); s != permit.AppointmentEnded || !strings.Contains(told("zz.kiosk"), "appointment_case_closed") {
		t.Errorf("declined: %s, told %s", s, told("zz.kiosk"))
	}
	d.says(d.pass(issuer, d.people["zz.to_collect"], "issue", onPaper...), "已发放")
	if s := state(collect.Reference); s != permit.AppointmentServed {
		t.Errorf("issued on the day: %s", s)
	}
	for key, says := range map[string]string{"zz.in_review": "现在不需要您到派出所来", "zz.issued": "现在不需要您到派出所来"} {
		d.says(clerk.get("/console/appointments/new?case="+d.people[key].Reference), says)
		got := clerk.post("/console/appointments", "key", office.NewKey(), "case", d.people[key].Reference, "slot", "2026-12-01T09:00")
		d.status(got, http.StatusUnprocessableEntity, key)
	}
	if again := regexp.MustCompile(`/console/appointments/new\?case=`); again.MatchString(clerk.get(casePath(d.people["zz.pre_applied"])).body) {
		t.Error("a case in review offers an appointment")
	}
}

func mustActor(t *testing.T, d *desk, login string) access.Actor {
	t.Helper()
	a, err := d.house.Actor(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
