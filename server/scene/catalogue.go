package scene

import (
	"bytes"
	"context"
	"fmt"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
)

// Entry is what an education department writes about schooling in the scenes. The hours are those of its window.
func Entry(hours string) (e policy.Entry) {
	e.Scope = civic.Text{Zh: "持有本市居住证的人员的适龄子女，可在居住地申请义务教育阶段公办学校就读。", En: "Children of school age of permit holders may apply for a public school at the place of residence."}
	e.Conditions = civic.Text{Zh: "孩子年满6周岁。\n父母或其他法定监护人一方持有在使用期内的本市居住证。", En: "The child is 6 or older.\nA parent or guardian holds a valid permit of this city."}
	e.Process = civic.Text{Zh: "1. 每年5月至6月，到居住地学校或网上报名。\n2. 教育部门在10个工作日内核对居住证信息。\n3. 7月公布安排结果，电话通知。"}
	e.Materials = civic.Text{Zh: "户口簿原件。\n居住证（电子居住证可以）。\n预防接种证。", En: "Household register (original).\nResidence permit (the electronic one will do).\nVaccination record."}
	e.Windows = civic.Text{Zh: "政务服务中心三楼教育窗口，" + hours + "。", En: "Education window, third floor of the Government Service Centre."}
	return e
}

// Addition is what a county's education department adds to its city's entry.
func Addition() (e policy.Entry) {
	e.Scope = civic.Text{Zh: "与市级相同。"}
	e.Conditions = civic.Text{Zh: "与市级相同。"}
	e.Process = civic.Text{Zh: "报名前可先拨打咨询电话，了解所属学区和剩余学位。"}
	e.Materials = civic.Text{Zh: "除市级规定的材料外，请带租赁合同或房产证的复印件1份。"}
	e.Windows = civic.Text{Zh: "区行政服务中心一楼12号窗口，周一至周五8:30-12:00、14:30-17:30。"}
	return e
}

// schooling is the service about schooling of each city.
var schooling = map[string]string{Zhangzhou.Prefix: "zz.bs.01", Zibo.Prefix: "zb.t1.01"}

// PlayCatalogue has departments draft, governments release and somebody register documents. Zhangzhou's second version is due to be
// renewed within 90 days; its main county has published too, the others never have. One draft waits for its release, one was returned, one
// obligation of the county is overdue.
func (h House) PlayCatalogue(ctx context.Context) error {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	for _, city := range Cities() {
		c := &catalogueStory{House: h, ctx: ctx, city: city}
		renewed := civic.DateOf(present).AddMonths(-36).AddDays(80)
		c.on(renewed.AddMonths(-30))
		c.handOver("", Entry("周一至周五9:00-17:00"))
		c.release("", "首次公布：教育服务的范围、条件、流程、申请材料和办事窗口。")
		c.pass(6)
		c.report("", 1, "教综〔1〕号")
		c.on(renewed)
		c.handOver("", Entry("周一至周六9:00-17:00"))
		c.release("", "教育窗口周六也开放。")
		c.on(civic.DateOf(present).AddDays(-200))
		c.handOver(".county", Addition())
		c.release(".county", "首次公布：本区的咨询电话、补充材料和办事窗口。")
		c.pass(3)
		c.report(".county", 1, "教〔2〕号")
		c.on(civic.DateOf(present).AddDays(-2))
		c.handOver("", Entry("周一至周六8:30-17:30"))
		addition := Addition()
		addition.Process.Zh = "报名前请先拨打咨询电话。"
		c.handOver(".county", addition)
		c.sendBack(".county", "请写明咨询电话的号码和接听时间。")
		c.on(civic.DateOf(present))
		c.file()
		if c.err != nil {
			return fmt.Errorf("scene: catalogue of %s: %w", city.Prefix, c.err)
		}
	}
	return nil
}

// catalogueStory is told step by step; after the first error nothing more happens.
type catalogueStory struct {
	House
	ctx  context.Context
	city City
	err  error
}

// on puts the clock to the morning of a day, pass some days further.
func (c *catalogueStory) on(day civic.Date) {
	c.Clock.Set(day.Start().Add(Morning.Sub(civic.DateOf(Morning).Start())))
}

func (c *catalogueStory) pass(days int) { c.Clock.Set(c.Clock.Now().AddDate(0, 0, days)) }

// government is that of the colleagues whose login ends so.
func (c *catalogueStory) government(of string) string {
	if of == "" {
		return c.city.Jurisdiction
	}
	return c.city.County
}

// edit is what the education department does next to its entry.
func (c *catalogueStory) edit(of string, e policy.Entry) office.EntryEdit {
	edit := office.EntryEdit{Government: c.government(of), Service: schooling[c.city.Prefix], Department: "edu", Entry: e}
	actor, err := c.Actor(c.ctx, c.city.Prefix+".publish"+of)
	if err != nil {
		c.err = err
		return edit
	}
	file, err := c.Office.Entry(c.ctx, actor, edit.Government, edit.Service, edit.Department)
	if err != nil {
		c.err = err
	} else if file.Draft != nil {
		edit.Version = file.Draft.Version
	}
	return edit
}

func (c *catalogueStory) handOver(of string, e policy.Entry) {
	edit := c.edit(of, e)
	actor, err := c.Actor(c.ctx, c.city.Prefix+".edit"+of)
	if c.err == nil && err == nil {
		_, err = c.Office.HandOver(c.ctx, actor, edit)
	}
	c.failed(err)
}

func (c *catalogueStory) sendBack(of, reason string) {
	edit := c.edit(of, policy.Entry{})
	actor, err := c.Actor(c.ctx, c.city.Prefix+".publish"+of)
	if c.err == nil && err == nil {
		_, err = c.Office.ReturnEntry(c.ctx, actor, edit, reason)
	}
	c.failed(err)
}

func (c *catalogueStory) release(of, note string) {
	actor, err := c.Actor(c.ctx, c.city.Prefix+".publish"+of)
	if c.err != nil || err != nil {
		c.failed(err)
		return
	}
	list, err := c.Office.Catalogue(c.ctx, actor, c.government(of))
	order := office.ReleaseOrder{Government: c.government(of), Note: note, Key: office.NewKey()}
	for _, line := range list.Ready() {
		order.Seen = append(order.Seen, office.SeenDraft{Service: line.Service.ID, Department: line.Department, Version: line.Draft.Version})
	}
	if err == nil {
		_, err = c.Office.Release(c.ctx, actor, order)
	}
	c.failed(err)
}

func (c *catalogueStory) report(of string, number int, document string) {
	actor, err := c.Actor(c.ctx, c.city.Prefix+".publish"+of)
	if c.err == nil && err == nil {
		err = c.Office.ReportRelease(c.ctx, actor, c.government(of), number, civic.DateOf(c.Clock.Now()), document)
	}
	c.failed(err)
}

// file registers what was published: in Zhangzhou the county's plan in time and the city's measures late; in Zibo one department's measures.
func (c *catalogueStory) file() {
	filings := []office.Filing{
		{Government: Zhangzhou.County, Ruleset: "zhangzhou-2016", Obligation: "county_plan", Title: "芗城区居住证制度具体实施方案（演示文件）", Number: "芗政综〔2016〕号", PublishedOn: civic.MustDate("2016-11-23")},
		{Government: Zhangzhou.Jurisdiction, Department: "edu", Ruleset: "zhangzhou-2016", Obligation: "measures", Title: "漳州市居住证持有人教育服务实施办法（演示文件）", PublishedOn: civic.MustDate("2016-12-05"),
			ReportedOn: civic.MustDate("2016-12-06")},
		{Government: Zhangzhou.Jurisdiction, Department: "hrss", Ruleset: "zhangzhou-2016", Obligation: "measures", Title: "漳州市居住证持有人就业和社会保险服务实施办法（演示文件）", PublishedOn: civic.MustDate("2016-11-28"),
			ReportedOn: civic.MustDate("2016-11-28")},
		{Government: Zibo.Jurisdiction, Department: "edu", Ruleset: "zibo-2014", Obligation: "measures", Title: "淄博市居住证持有人子女就学办法（演示文件）", PublishedOn: civic.MustDate("2014-11-20")},
	}
	for _, f := range filings {
		login := c.city.Prefix + ".publish"
		if f.Government == c.city.County {
			login += ".county"
		} else if f.Government != c.city.Jurisdiction {
			continue
		}
		actor, err := c.Actor(c.ctx, login)
		f.Bytes, f.Key = PDF(f.Ruleset+" "+f.Obligation+" "+f.Department), office.NewKey()
		if c.err == nil && err == nil {
			_, err = c.Office.FileDocument(c.ctx, actor, f)
		}
		c.failed(err)
	}
}

func (c *catalogueStory) failed(err error) {
	if c.err == nil {
		c.err = err
	}
}

// PDF is a document of one page with a line in Latin letters.
func PDF(line string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	text := "BT /F1 18 Tf 72 760 Td (" + line + ") Tj ET"
	var offsets []int
	for i, object := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(text), text), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes()
}
