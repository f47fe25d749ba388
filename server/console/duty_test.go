package console_test

import (
	"testing"

	"anju/server/civic"
	"anju/server/scene"
)

// TestTheDutyIsWarnedOf puts the clock to the days before and after the day by which the next version is due.
func TestTheDutyIsWarnedOf(t *testing.T) {
	d := furnish(t, true)
	editor := d.as("zz.edit")
	editor.handOver(zzCity, scene.Entry("周一"))
	publisher := d.as("zz.publish")
	publisher.follow(publisher.release(zzCity, "首次公布。"))
	due := civic.MustDate("2029-11-24")
	for _, c := range []struct {
		left int
		says string
		warn bool
	}{
		{181, "还有 181 天。", false}, {180, "还有 180 天，已进入到期前 180 天的提醒", true}, {91, "到期前 180 天", true}, {90, "还有 90 天，已进入到期前 90 天的提醒", true},
		{30, "还有 30 天，已进入到期前 30 天的提醒", true}, {0, "今天（2029年11月24日）是最迟的公布日", true}, {-1, "应在 2029年11月24日前公布，已逾期 1 天", true},
	} {
		d.house.Clock.Set(due.AddDays(-c.left).Start())
		for _, login := range []string{"zz.edit", "zz.publish"} {
			b := d.as(login)
			d.says(b.get("/console/catalogue"), c.says)
			got := b.get("/console")
			if c.warn {
				d.says(got, "定期公布", c.says, "/console/catalogue?government=350600")
			} else {
				d.silent(got, "定期公布")
			}
		}
		got := d.as("zz.supervise").get("/console")
		if c.warn {
			d.says(got, c.says)
		}
		d.says(got, "应在 2019年11月30日前公布") // the counties, of which nothing is known
		d.silent(d.as("zz.accept").get("/console"), "定期公布")
	}
}

func TestADutyWithoutCycleIsNeverDue(t *testing.T) {
	d := furnish(t, true)
	for _, login := range []string{"zb.edit", "zb.publish", "zb.edit.county"} {
		b := d.as(login)
		d.says(b.get("/console/catalogue"), "文本没有规定更新周期", "还没有公布记录", "第十四条")
		d.silent(b.get("/console"), "定期公布")
		d.silent(b.get("/console/catalogue"), "逾期")
	}
}
