package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// diary opens a portal at whose main stations appointments are taken, with the people named, and signs the first in.
func diary(t *testing.T, people ...string) (counter, map[string]scene.Played, *browser) {
	t.Helper()
	c, played := open(t, true, people...)
	for _, city := range scene.Cities() {
		if err := c.house.OpenDiary(t.Context(), city); err != nil {
			t.Fatal(err)
		}
	}
	return c, played, c.browser().signIn(played[people[0]].Phone)
}

// bookingForm is the form of the page at an address, with a time.
func (b *browser) bookingForm(path, slot string, pairs ...string) url.Values {
	b.t.Helper()
	page := b.page(path)
	form := url.Values{"key": {keyOf(b.t, page)}, "slot": {slot}}
	for _, name := range []string{"case", "purpose", "city", "station"} {
		if _, rest, found := strings.Cut(page, `name="`+name+`" value="`); found {
			value, _, _ := strings.Cut(rest, `"`)
			form.Set(name, value)
		}
	}
	return with(form, pairs...)
}

// lastText is the kind of the newest text to a phone.
func (c counter) lastText(phone string) office.Message {
	c.t.Helper()
	sent, err := c.house.Office.MessagesTo(c.t.Context(), phone)
	if err != nil || len(sent) == 0 {
		c.t.Fatalf("no text to %s: %v", phone, err)
	}
	return sent[0]
}

func TestAnApplicantBooksMovesAndCancels(t *testing.T) {
	c, played, b := diary(t, "zz.pre_applied", "zz.issued")
	p := played["zz.pre_applied"]
	path := "/applications/" + p.Reference
	holds(t, b.page("/account"), `href="/appointments"`)
	holds(t, b.page("/appointments"), "您现在没有预约")
	holds(t, b.page(path), "预约到窗口办理的时间", `href="/appointments/new?case=`+p.Reference+`"`)
	holds(t, b.page("/appointments/new"), "为您的申请预约", p.Reference)

	address := "/appointments/new?case=" + p.Reference
	page := b.page(address)
	holds(t, page, "11月24日 周二", "2026年11月24日 周二，选几点", `aria-current="date"`, "11:30", "还可约 2 人", "再看后面", "东铺头派出所")
	lacks(t, page, `value="2026-11-24T09:30"`, `value="2026-11-24T11:00"`, "11月29日", "name=\"name\"") // too near; a Sunday; who comes is known
	page = b.page(address + "&day=2026-12-01&lang=en")
	holds(t, page, "Tuesday 1 December 2026: choose a time", "2 places left", "08:30", "17:00")
	b.page(address + "&lang=zh")

	form := b.bookingForm(address, "2026-12-01T09:00")
	a := b.send("/appointments", form)
	if a.status != 303 || !strings.HasPrefix(a.to, "/appointments/3506-") {
		t.Fatalf("%d to %q\n%s", a.status, a.to, plain(a.page))
	}
	at := a.to
	holds(t, b.page(at), "已预约", "2026年12月1日 周二 09:00", "身份证", "加到日历")
	b.send("/appointments", form).goes(t, at) // the second of two taps
	if m := c.lastText(p.Phone); m.Kind != "appointment_booked" || m.Args["On"] != "2026-12-01" || m.Args["Time"] != "09:00" || m.Args["Station"] == "" || len(m.Args) != 3 {
		t.Errorf("%s %v", m.Kind, m.Args)
	}
	holds(t, b.page(path), "您预约了 2026年12月1日 周二 09:00", `href="`+at+`"`)
	b.send("/appointments", with(form, "key", office.NewKey(), "slot", "2026-12-01T10:00")).shows(t, 422, "已经有一个预约", `href="#slot"`)

	file := b.visit(at + "/calendar")
	holds(t, file.page, "BEGIN:VEVENT\r\n", "DTSTART:20261201T010000Z\r\n", "DTEND:20261201T013000Z\r\n", "SUMMARY:到派出所的预约\r\n", "LOCATION:")
	lacks(t, file.page, p.Name, p.Reference, p.Phone, p.ID)
	if file.status != 200 || file.header.Get("Content-Type") != "text/calendar; charset=utf-8" || strings.Contains(strings.ReplaceAll(file.page, "\r\n", ""), "\n") {
		t.Errorf("%d %v", file.status, file.header)
	}

	page = b.page(at + "/time")
	holds(t, page, "现在约的是 2026年12月1日 周二 09:00", "2026年12月1日 周二，选几点", `name="version" value="1"`)
	change := url.Values{"version": {"1"}, "slot": {"2026-12-01T09:00"}}
	b.send(at+"/time", change).shows(t, 422, "您现在约的就是这个时间")
	b.send(at+"/time", with(change, "slot", "2026-12-02T14:30")).goes(t, at)
	b.send(at+"/time", with(change, "slot", "2026-12-02T14:30")).goes(t, at) // the second of two taps
	page = b.page(at)
	holds(t, page, "2026年12月2日 周三 14:30", "改时间", "2026年12月1日 周二 09:00") // the old time stays in the history
	if m := c.lastText(p.Phone); m.Kind != "appointment_moved" {
		t.Errorf("told %s", m.Kind)
	}
	b.send(at+"/time", with(change, "slot", "2026-12-03T14:30")).goes(t, at) // of a page that is out of date
	holds(t, b.page(at), "刚刚有变化", "2026年12月2日 周三 14:30")

	b.send(at+"/cancellation", url.Values{"version": {"2"}}).goes(t, at)
	holds(t, b.page(at), "预约已取消", "重新预约")
	b.send(at+"/cancellation", url.Values{"version": {"2"}}).goes(t, at)
	holds(t, b.page(path), "预约到窗口办理的时间")
	b.visit(at+"/time").goes(t, at)
	if a := b.visit(at + "/calendar"); a.status != http.StatusNotFound {
		t.Errorf("the calendar of one that was cancelled: %d", a.status)
	}
	other := c.browser().signIn(played["zz.issued"].Phone)
	for _, one := range []answer{other.visit(at), other.visit(at + "/time"), other.send(at+"/cancellation", url.Values{"version": {"3"}}), other.send(at+"/time", change), other.visit(address), other.send("/appointments", form), b.visit("/appointments/x")} {
		if one.status != http.StatusNotFound {
			t.Errorf("%d to %q", one.status, one.to)
		}
	}
	log, err := c.house.Office.AccessLog(t.Context(), p.Citizen())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, e := range log {
		seen[string(e.Action)]++
	}
	if seen["booked"] != 1 || seen["rescheduled"] != 1 || seen["called_off"] != 1 {
		t.Errorf("the access log: %v", seen)
	}
	holds(t, b.page("/access-log"), "改预约时间", "取消预约")
}

func TestAPlaceIsGivenOnce(t *testing.T) {
	c, played, _ := diary(t, "zz.pre_applied", "zz.kiosk", "zz.issued", "zz.declined", "zz.refused")
	var wait sync.WaitGroup
	var mu sync.Mutex
	taken, refused := 0, 0
	for _, key := range []string{"zz.issued", "zz.declined", "zz.refused", "zz.kiosk", "zz.pre_applied"} {
		b := c.browser().signIn(played[key].Phone)
		form := b.bookingForm("/appointments/new?purpose=advice&city=350600&station=S350602001&day=2026-12-01", "2026-12-01T09:00", "name", "张三")
		wait.Go(func() {
			a := b.send("/appointments", form)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case a.status == 303:
				taken++
			case a.status == 422 && strings.Contains(a.page, "刚刚约满") && strings.Contains(a.page, `value="2026-12-01T09:30"`) && strings.Contains(a.page, `value="张三"`):
				refused++
			default:
				t.Errorf("%d to %q\n%s", a.status, a.to, plain(a.page))
			}
		})
	}
	wait.Wait()
	if taken != 2 || refused != 3 { // two places
		t.Errorf("%d booked, %d told that it is taken", taken, refused)
	}
}

func TestBadBookingsAreAnsweredInWords(t *testing.T) {
	c, played, b := diary(t, "zz.issued", "zz.pre_applied", "zz.in_review")
	address := "/appointments/new?purpose=register&city=350600&station=S350602001"
	good := b.bookingForm(address, "2026-12-01T09:00", "name", "张启明")
	for _, bad := range []struct{ slot, name, says string }{
		{"", "张启明", "请选一个时间"}, {"2026-11-24T08:30", "张启明", "已经过去"}, {"2026-11-24T10:00", "张启明", "太近了"}, {"2026-11-24T11:00", "张启明", "太近了"},
		{"2026-12-01T09:07", "张启明", "不接受预约"}, {"2026-12-01T13:00", "张启明", "不接受预约"}, {"2026-11-29T09:00", "张启明", "不接受预约"}, // forged; noon; a Sunday
		{"2027-03-01T09:00", "张启明", "这么远"}, {"2027-01-04T09:00", "张启明", "节假日安排还没有公布"}, {"2026-02-30T09:00", "张启明", "请选一个时间"}, {"2026-12-01T9:00", "张启明", "请选一个时间"},
		{"2026-12-01T09:00", "", "name"}, {"2026-12-01T09:00", "John 1", "name"}, {"2026-12-01T09:00", strings.Repeat("长", 500), "name"},
	} {
		a := b.send("/appointments", with(good, "slot", bad.slot, "name", bad.name))
		a.shows(t, 422, "error-summary", bad.says)
		if bad.name != "" && !strings.Contains(a.page, `value="`+bad.name+`"`) {
			t.Errorf("%s: what was typed is gone", bad.slot)
		}
	}
	for _, odd := range []url.Values{with(good, "purpose", "collect"), with(good, "purpose", "party"), with(good, "station", "S999"), with(good, "city", "110000")} {
		if a := b.send("/appointments", odd); a.status != http.StatusNotFound {
			t.Errorf("%v: %d", odd, a.status)
		}
	}
	if a := b.send("/appointments", with(good, "key", "x")); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a key that is none: %d", a.status)
	}
	b.send("/appointments", good)
	b.send("/appointments", with(good, "key", office.NewKey(), "slot", "2026-12-02T09:00"))
	b.send("/appointments", with(good, "key", office.NewKey(), "slot", "2026-12-03T09:00")).shows(t, 422, "到了上限")

	// An application that needs nobody to come, and a station that takes no appointments.
	r := c.browser().signIn(played["zz.in_review"].Phone)
	holds(t, r.page("/appointments/new?case="+played["zz.in_review"].Reference), "现在不需要您到派出所来")
	holds(t, b.page("/appointments/new?purpose=advice&city=350600&station=S350602002"), "不用预约", "直接去")
	b.send("/appointments", with(good, "key", office.NewKey(), "station", "S350602002")).shows(t, 422, "不用预约")
	lacks(t, r.page("/applications/"+played["zz.in_review"].Reference), "/appointments/new")

	// The holidays of a year that is not announced: its days are not guessed.
	c.house.Clock.Set(time.Date(2026, 12, 20, 9, 0, 0, 0, civic.Zone))
	late := c.browser().signIn(played["zz.pre_applied"].Phone)
	page := late.page("/appointments/new?case=" + played["zz.pre_applied"].Reference)
	holds(t, page, "2027年1月1日起的日子要等节假日安排公布后才能预约", "12月21日 周一")
	lacks(t, page, ">1月4日 周一")
}

func TestAMissedAppointmentDeniesNothing(t *testing.T) {
	c, played, _ := diary(t, "zz.pre_applied")
	p := played["zz.pre_applied"]
	made, err := c.house.Appoint(t.Context(), p, civic.MustDate("2026-11-25"), 0)
	if err != nil {
		t.Fatal(err)
	}
	c.house.Clock.Set(civic.MustDate("2026-11-26").Start().Add(9 * time.Hour))
	for range 2 {
		if _, err := c.house.Office.Daily(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b := c.browser().signIn(p.Phone)
	holds(t, b.page("/appointments/"+made.Reference), "未到场", "没有到场")
	address := "/appointments/new?case=" + p.Reference
	holds(t, b.page(address), "上次预约您没有到")
	if a := b.send("/appointments", b.bookingForm(address, "2026-11-27T09:00")); a.status != 303 {
		t.Errorf("%d", a.status)
	}
	if progress, err := c.house.Office.Application(t.Context(), p.Citizen(), p.Reference); err != nil || progress.Application.State != permit.PreApplied {
		t.Errorf("%v %v", progress.Application.State, err)
	}
}
