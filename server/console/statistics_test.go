package console_test

import (
	"net/http"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/scene"
)

// TestASupervisorSeesHowTheCityDoes counts the scenes: what was sent, accepted, issued, refused, and what was in time.
func TestASupervisorSeesHowTheCityDoes(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.in_review", "zz.to_collect", "zz.issued", "zz.declined", "zz.refused", "zz.kiosk", "zb.issued")
	d.house.Clock.Set(civic.MustDate("2026-12-15").Start().Add(10 * 3600e9)) // the deadlines of November's cases have passed
	b := d.as("zz.supervise")
	d.says(b.get("/console"), "统计")
	got := b.get("/console/statistics")
	// Seven were sent in Zhangzhou; three permits lay ready or were refused in time, one is still in review past its day.
	d.says(got, "漳州市", "2026-11 7", "2026-12 75.0 %", "芗城区 7 4 1 1 1 1 75.0 % 3/4", "待受理 2", "审核中 1", "待领取 1", "证明材料不能证明申领理由 不予发放 1", "2027-11 1")
	for _, name := range []string{"intake", "on-time", "kiosk"} {
		picture := b.get("/console/statistics/" + name + ".svg")
		if picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(picture.body, "<svg") || !strings.Contains(picture.body, "26-11") {
			t.Errorf("%s: %d %.80s", name, picture.status, picture.body)
		}
	}
	d.status(b.get("/console/statistics/gold.svg"), http.StatusNotFound, "an unknown plot")
	for _, login := range []string{"zz.accept", "zz.audit", "zz.edit"} {
		d.status(d.as(login).get("/console/statistics"), http.StatusForbidden, login)
	}
	d.says(d.as("zb.supervise").get("/console/statistics"), "淄博市", "2026-11 1")
	if p := scene.PersonOf("zz.issued"); strings.Contains(got.body, p.Name) || strings.Contains(got.body, p.ID) {
		t.Error("the statistics name somebody")
	}
}
