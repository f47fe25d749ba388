package console_test

import (
	"net/http"
	"testing"

	"anju/server/scene"
)

// TestAReleaseIsReportedOnce records that a version was reported to the government's office.
func TestAReleaseIsReportedOnce(t *testing.T) {
	d := furnish(t, true)
	editor, publisher := d.as("zz.edit"), d.as("zz.publish")
	editor.handOver(zzCity, scene.Entry("周一"))
	publisher.follow(publisher.release(zzCity, "首次公布。"))
	d.house.Clock.Add(48 * 3600e9) // the release is of 24 November, today is the 26th
	publisher = d.as("zz.publish")
	const path = "/console/catalogue/releases/350600/1"
	report := func(b *browser, year, month, day, document string) page {
		return b.post(path+"/report", "reported_on_year", year, "reported_on_month", month, "reported_on_day", day, "document", document)
	}
	for _, c := range []struct{ name, year, month, day, document, field, says string }{
		{"before the release", "2026", "11", "23", "漳教〔2026〕1号", "reported_on", "不能早于公布日期"},
		{"in the future", "2026", "11", "27", "漳教〔2026〕1号", "reported_on", "不能在今天之后"},
		{"impossible", "2026", "11", "31", "漳教〔2026〕1号", "reported_on", "没有这一天"},
		{"no day", "", "", "", "漳教〔2026〕1号", "reported_on", "没有这一天"},
		{"no number of a day", "二〇二六", "11", "25", "漳教〔2026〕1号", "reported_on", "没有这一天"},
		{"no document", "2026", "11", "25", " ", "document", "请填写报送文号"},
		{"two lines", "2026", "11", "25", "漳教\n号", "document", "控制符"},
	} {
		got := report(publisher, c.year, c.month, c.day, c.document)
		d.status(got, http.StatusUnprocessableEntity, c.name)
		d.says(got, `href="#`+c.field+`"`, c.says)
		if c.day != "" {
			d.says(got, `value="`+c.day+`"`)
		}
	}
	d.status(report(d.as("zz.publish.county"), "2026", "11", "25", "区教1号"), http.StatusNotFound, "the county's publisher")
	d.status(report(d.as("zz.edit"), "2026", "11", "25", "教1号"), http.StatusForbidden, "an editor")
	for _, number := range []string{"0", "2", "01", "+1", "x", "99999999999"} {
		d.status(publisher.post("/console/catalogue/releases/350600/"+number+"/report", "reported_on_year", "2026"), http.StatusNotFound, "version "+number)
		d.status(publisher.get("/console/catalogue/releases/350600/"+number), http.StatusNotFound, "version "+number)
	}

	for range 2 { // the second is another tap
		d.says(publisher.follow(report(publisher, "2026", "11", "25", "漳教〔2026〕1号")), "报送已登记", "2026年11月25日", "漳教〔2026〕1号")
	}
	got := report(publisher, "2026", "11", "26", "漳教〔2026〕1号")
	d.status(got, http.StatusUnprocessableEntity, "another day")
	d.says(got, "已经登记过，不能修改", "2026年11月25日")
	d.says(d.as("zz.supervise").get("/console/catalogue"), "漳教〔2026〕1号")
	if n := d.recorded("filed", "catalogue_report") + d.recorded("released", "catalogue"); n != 2 {
		t.Errorf("%d ledger entries for a release and its report", n)
	}
}
