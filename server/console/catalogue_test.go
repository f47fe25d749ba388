package console_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/scene"
)

const (
	zzCity, zzCounty = "350600", "350602"
	schooling        = "/console/catalogue/zz.bs.01"
)

// entryAt is the page of the education department's entry on schooling.
func entryAt(government string) string {
	return schooling + "?department=edu&government=" + government
}

// entryForm are the fields of that entry.
func entryForm(government, version string, e policy.Entry) []string {
	fields := []string{"government", government, "department", "edu", "version", version}
	for _, f := range policy.EntryFields() {
		fields = append(fields, string(f)+"_zh", e.Text(f).Zh, string(f)+"_en", e.Text(f).En)
	}
	return fields
}

// handOver has an editor hand the entry over, from the page as it stands.
func (b *browser) handOver(government string, e policy.Entry) page {
	b.d.t.Helper()
	got := b.post(schooling+"/hand-over", entryForm(government, b.d.version(b.get(entryAt(government))), e)...)
	b.d.status(got, http.StatusSeeOther, "hand over")
	return got
}

var seenField = regexp.MustCompile(`name="seen" value="([^"]+)"`)

// order is the form of a release as it stands on the publisher's page.
func (b *browser) order(government, note string) []string {
	b.d.t.Helper()
	got := b.get("/console/catalogue?government=" + government)
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(got.body)
	if key == nil {
		b.d.t.Fatalf("no form to release: %s", text(got.body))
	}
	fields := []string{"government", government, "note", note, "key", key[1]}
	for _, seen := range seenField.FindAllStringSubmatch(got.body, -1) {
		fields = append(fields, "seen", seen[1])
	}
	return fields
}

func (b *browser) release(government, note string) page {
	b.d.t.Helper()
	return b.post("/console/catalogue/releases", b.order(government, note)...)
}

// releases are the versions of a government as the record has them.
func (d *desk) releases(government string) []office.Release {
	d.t.Helper()
	list, err := d.house.Office.Releases(context.Background(), government)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// TestAnEntryGoesItsWay walks an entry from the first draft to the second version: saved unfinished, handed over, returned, released,
// changed, released again.
func TestAnEntryGoesItsWay(t *testing.T) {
	d := furnish(t, true)
	editor, publisher := d.as("zz.edit"), d.as("zz.publish")
	e := scene.Entry("周一至周五9:00-17:00")

	got := editor.get("/console/catalogue")
	d.says(got, "共 1 项", "教育服务", "未填写", "未公布", "漳州市")
	d.silent(got, "基本公共就业服务", "发布新版本")
	got = editor.get(entryAt(zzCity))
	d.says(got, "适龄儿童就读居住地义务教育阶段学校", "三(二)1(1)", "凭父母（其他法定监护人）居住证", "办事窗口")

	part := policy.Entry{Scope: e.Scope}
	got = editor.follow(editor.post(schooling, entryForm(zzCity, "0", part)...))
	d.says(got, "草稿已保存", "填写中", e.Scope.Zh, "林秋实")
	got = editor.post(schooling+"/hand-over", entryForm(zzCity, "1", part)...)
	d.status(got, http.StatusUnprocessableEntity, "unfinished")
	d.says(got, e.Scope.Zh, `href="#conditions_zh"`, `href="#windows_zh"`, "条件：请填写这一项", "办事窗口：请填写这一项")
	d.silent(got, `href="#scope_zh"`)
	d.says(publisher.get("/console/catalogue"), "现在没有等您发布的内容", "填写中")
	if got := publisher.get("/console/catalogue"); strings.Contains(got.body, "/console/catalogue/releases\"") {
		t.Error("there is a form to release nothing")
	}

	editor.handOver(zzCity, e)
	got = publisher.get("/console/catalogue")
	d.says(got, "教育服务（教育局）", "林秋实提交", e.Windows.Zh, "增加")
	got = publisher.get(entryAt(zzCity))
	d.says(got, e.Process.Zh[:20], "退回部门")
	d.silent(got, `name="scope_zh"`) // the publisher does not write it
	got = publisher.post(schooling+"/return", "government", zzCity, "department", "edu", "version", "2", "reason", " ")
	d.status(got, http.StatusUnprocessableEntity, "no reason")
	d.says(got, `href="#reason"`, "请写明退回理由")
	got = publisher.follow(publisher.post(schooling+"/return", "government", zzCity, "department", "edu", "version", "2", "reason", "请写明窗口的电话。"))
	d.says(got, "已退回部门", "请写明窗口的电话。")
	d.says(editor.get(entryAt(zzCity)), "发布人退回", "请写明窗口的电话。", "沈若谷")
	d.says(editor.get("/console/catalogue"), "已退回")

	e.Windows.Zh += "\n电话 0596-2023456"
	editor.handOver(zzCity, e)
	got = publisher.release(zzCity, "")
	d.status(got, http.StatusUnprocessableEntity, "no note")
	d.says(got, `href="#note"`, "请写明这一版改了什么")
	got = publisher.follow(publisher.release(zzCity, "首次公布。"))
	d.says(got, "新版本已发布", "第 1 版", "2026年11月24日", "首次公布。", e.Materials.Zh[:12], "未登记报送")
	d.says(editor.get("/console/catalogue"), "已发布", "已公布", "第 1 版")
	d.says(publisher.get("/console/catalogue"), "现在没有等您发布的内容")

	e.Process.Zh = "全程网上办理。"
	editor.handOver(zzCity, e)
	d.says(publisher.get("/console/catalogue"), "全程网上办理。", "删去")
	d.says(publisher.follow(publisher.release(zzCity, "可以全程网上办理。")), "第 2 版")
	all := d.releases(zzCity)
	if len(all) != 2 || all[0].Number != 2 || all[1].Number != 1 {
		t.Fatalf("releases: %+v", all)
	}
	first, _, err := d.house.Office.ReleaseOf(t.Context(), zzCity, 1)
	if err != nil || len(first.Entries) != 1 || strings.Contains(first.Entries[0].Entry.Process.Zh, "全程网上办理。") || !strings.Contains(first.Entries[0].Entry.Windows.Zh, "2023456") {
		t.Errorf("the first version has changed: %+v %v", first.Entries, err)
	}
	d.says(editor.get(entryAt(zzCity)), "保存草稿", "提交发布人", "退回", "发布") // its history

	editor.handOver(zzCity, e)
	got = publisher.release(zzCity, "没有改。")
	d.status(got, http.StatusUnprocessableEntity, "nothing changed")
	d.says(got, "与上一版相比没有任何改动", "没有改。")
	if len(d.releases(zzCity)) != 2 {
		t.Error("a version without a change was released")
	}
}

// TestAnUnchangedCatalogueIsPublishedAnewInTime: the text asks for a publication every three years, changed or not. Before the first warning
// a version without a change is refused, from it on it is released, and the next is due three years later.
func TestAnUnchangedCatalogueIsPublishedAnewInTime(t *testing.T) {
	d := furnish(t, true)
	d.as("zz.edit").handOver(zzCity, scene.Entry("周一至周五9:00-17:00"))
	d.status(d.as("zz.publish").release(zzCity, "首次公布。"), http.StatusSeeOther, "the first")
	for day, renewable := range map[string]bool{"2029-05-27": false, "2029-05-28": true} { // due on 2029-11-24
		d.house.Clock.Set(civic.MustDate(day).Start().Add(10 * time.Hour))
		if got := d.as("zz.publish").get("/console/catalogue"); strings.Contains(text(got.body), "内容没有变化也可以重新公布一次") != renewable {
			t.Errorf("on %s: %.300s", day, text(got.body))
		}
	}
	d.house.Clock.Set(civic.MustDate("2029-05-28").Start().Add(10 * time.Hour))
	publisher := d.as("zz.publish")
	d.says(publisher.follow(publisher.release(zzCity, "内容不变，重新公布。")), "第 2 版", "2029年5月28日")
	d.silent(publisher.get("/console/catalogue"), "内容没有变化也可以重新公布一次")
	d.says(publisher.get("/console/catalogue"), "2032年5月28日")
	if got := d.releases(zzCity); len(got) != 2 {
		t.Errorf("%d releases", len(got))
	}
}

func TestWhatIsWithdrawnLeavesTheNextVersion(t *testing.T) {
	d := furnish(t, true)
	editor, publisher := d.as("zz.edit"), d.as("zz.publish")
	withdraw := func(version string) page {
		return editor.post(schooling+"/withdrawal", "government", zzCity, "department", "edu", "version", version)
	}
	got := withdraw("0")
	d.status(got, http.StatusUnprocessableEntity, "never published")
	d.says(got, "没有公布，不用撤下")
	editor.handOver(zzCity, scene.Entry("周一"))
	publisher.follow(publisher.release(zzCity, "首次公布。"))
	d.says(editor.get(entryAt(zzCity)), "从目录中撤下")
	d.says(editor.follow(withdraw("2")), "已提交撤下", "待撤下")
	d.says(publisher.get("/console/catalogue"), "将从目录中撤下", "删去")
	publisher.follow(publisher.release(zzCity, "撤下教育服务。"))
	second, before, err := d.house.Office.ReleaseOf(t.Context(), zzCity, 2)
	if err != nil || len(second.Entries) != 0 || len(before.Entries) != 1 {
		t.Errorf("after the withdrawal: %+v, %+v, %v", second.Entries, before.Entries, err)
	}
	d.says(editor.get("/console/catalogue"), "已撤下", "未公布")
}

// TestOnlyTheOwnCatalogue knocks at what belongs to others: another department, another government, another role.
func TestOnlyTheOwnCatalogue(t *testing.T) {
	d := furnish(t, true)
	e := scene.Entry("周一")
	d.as("zz.edit").handOver(zzCity, e)
	d.as("zz.edit.county").handOver(zzCounty, scene.Addition())

	for _, c := range []struct{ login, government string }{{"zz.edit.county", zzCity}, {"zz.edit", zzCounty}, {"zb.edit", zzCity}, {"zz.edit", "350603"}, {"zz.edit", ""}, {"zz.edit", "x"}} {
		b := d.as(c.login)
		for _, step := range []string{"", "/hand-over", "/withdrawal"} {
			d.status(b.post(schooling+step, entryForm(c.government, "1", e)...), http.StatusNotFound, c.login+" writes for "+c.government+step)
		}
		if c.government != "" {
			d.status(b.get(entryAt(c.government)), http.StatusNotFound, c.login+" reads "+c.government)
			d.status(b.get("/console/catalogue?government="+c.government), http.StatusNotFound, c.login+" lists "+c.government)
			d.status(b.get("/console/register?government="+c.government), http.StatusNotFound, c.login+" lists documents of "+c.government)
		}
	}
	editor := d.as("zz.edit")
	for _, c := range []struct{ service, department string }{{"zz.bs.02", "hrss"}, {"zz.bs.02", "edu"}, {"zz.bs.01", "hrss"}, {"zz.bs.01", ""}, {"zz.bs.11", ""}, {"zb.t1.01", "edu"}, {"zz.bs.99", "edu"}} {
		fields := append([]string{"government", zzCity, "department", c.department, "version", "0"}, entryForm(zzCity, "0", e)[6:]...)
		d.status(editor.post("/console/catalogue/"+c.service, fields...), http.StatusNotFound, c.service+"/"+c.department)
		d.status(editor.get("/console/catalogue/"+c.service+"?government="+zzCity+"&department="+c.department), http.StatusNotFound, "reads "+c.service+"/"+c.department)
	}
	county := d.as("zz.publish.county")
	fields := d.as("zz.publish").order(zzCity, "不是我的。")
	d.status(county.post("/console/catalogue/releases", fields...), http.StatusNotFound, "the county's publisher releases the city's")
	d.status(county.post(schooling+"/return", "government", zzCity, "department", "edu", "version", "1", "reason", "不行"), http.StatusNotFound, "the county's publisher returns the city's")
	d.status(editor.post("/console/catalogue/releases", fields...), http.StatusForbidden, "an editor releases")
	d.status(editor.post(schooling+"/return", "government", zzCity, "department", "edu", "version", "1", "reason", "不行"), http.StatusForbidden, "an editor returns")
	d.status(d.as("zz.publish").post(schooling, entryForm(zzCity, "1", e)...), http.StatusNotFound, "a publisher writes for a department")

	supervisor := d.as("zz.supervise")
	for _, government := range []string{zzCity, zzCounty, "350627"} {
		d.status(supervisor.get("/console/catalogue?government="+government), http.StatusOK, "a supervisor reads "+government)
	}
	got := supervisor.get(entryAt(zzCity))
	d.says(got, "孩子年满6周岁")
	d.silent(got, `name="scope_zh"`, `name="reason"`)
	d.status(supervisor.get("/console/catalogue?government=370300"), http.StatusNotFound, "a supervisor of another city")
	d.status(supervisor.post(schooling, entryForm(zzCity, "1", e)...), http.StatusForbidden, "a supervisor writes")
	d.status(supervisor.post("/console/catalogue/releases", fields...), http.StatusForbidden, "a supervisor releases")
	for _, login := range []string{"zz.accept", "zz.audit", "zz.window"} {
		for _, path := range []string{"/console/catalogue", entryAt(zzCity), "/console/register", "/console/catalogue/releases/350600/1"} {
			d.status(d.as(login).get(path), http.StatusForbidden, login+" at "+path)
		}
	}
	if len(d.releases(zzCity))+len(d.releases(zzCounty)) != 0 {
		t.Error("something was released")
	}
}

// TestTheServiceWithoutADepartmentIsThePublishers: the text names nobody, so a publisher writes it and another one releases it.
func TestTheServiceWithoutADepartmentIsThePublishers(t *testing.T) {
	d := furnish(t, true)
	d.hire("zz.publish2", access.Post{Jurisdiction: zzCity, Role: access.Publisher, Government: zzCity})
	writer, other := d.as("zz.publish"), d.as("zz.publish2")
	path := "/console/catalogue/zz.bs.11"
	d.says(writer.get("/console/catalogue"), "原文没有写明责任单位，由发布人填写")
	fields := entryForm(zzCity, "0", scene.Entry("周一"))
	fields[3] = ""
	d.says(writer.follow(writer.post(path+"/hand-over", fields...)), "已提交发布人")
	d.says(writer.get("/console/catalogue"), "要由另一位发布人发布")
	got := writer.release(zzCity, "我自己写的。")
	d.status(got, http.StatusUnprocessableEntity, "the own draft")
	d.says(got, "请由另一位发布人发布", "我自己写的。")
	d.says(other.follow(other.release(zzCity, "首次公布。")), "第 1 版")
}

// TestFourEyes has somebody who is editor and publisher at once: the own draft stays behind, the others' go out.
func TestFourEyes(t *testing.T) {
	d := furnish(t, true)
	d.hire("zz.both", access.Post{Jurisdiction: zzCity, Role: access.Publisher, Government: zzCity}, access.Post{Jurisdiction: zzCity, Role: access.Editor, Government: zzCity, Department: "hrss"})
	both, editor := d.as("zz.both"), d.as("zz.edit")
	fields := entryForm(zzCity, "0", scene.Entry("周二"))
	fields[3] = "hrss"
	both.follow(both.post("/console/catalogue/zz.bs.02/hand-over", fields...))
	got := both.release(zzCity, "只有我的。")
	d.status(got, http.StatusUnprocessableEntity, "only the own draft")
	d.says(got, "请由另一位发布人发布")
	if len(d.releases(zzCity)) != 0 {
		t.Fatal("the own draft was released")
	}
	editor.handOver(zzCity, scene.Entry("周一"))
	both.follow(both.release(zzCity, "教育服务。"))
	first, _, err := d.house.Office.ReleaseOf(t.Context(), zzCity, 1)
	if err != nil || len(first.Entries) != 1 || first.Entries[0].Department != "edu" {
		t.Errorf("released: %+v %v", first.Entries, err)
	}
	// A word of the editor's own does not make the draft somebody else's: whoever has worked on it since the last release is out.
	d.hire("zz.edit2", access.Post{Jurisdiction: zzCity, Role: access.Editor, Government: zzCity, Department: "hrss"})
	second := d.as("zz.edit2")
	fields = entryForm(zzCity, "1", scene.Entry("周三"))
	fields[3] = "hrss"
	second.follow(second.post("/console/catalogue/zz.bs.02/hand-over", fields...))
	d.says(both.release(zzCity, "别人改过一个字。"), "请由另一位发布人发布")
	publisher := d.as("zz.publish")
	d.says(publisher.follow(publisher.release(zzCity, "就业服务。")), "第 2 版")
}

// TestADraftThatMovedIsNotReleased: a publisher releases what was on the page, and nothing that nobody has seen.
func TestADraftThatMovedIsNotReleased(t *testing.T) {
	d := furnish(t, true)
	editor, publisher := d.as("zz.edit"), d.as("zz.publish")
	editor.handOver(zzCity, scene.Entry("周一"))
	order := publisher.order(zzCity, "我看过的。")
	editor.handOver(zzCity, scene.Entry("周日"))
	got := publisher.post("/console/catalogue/releases", order...)
	d.status(got, http.StatusConflict, "changed meanwhile")
	d.says(got, "有内容刚刚被改动", "周日", "我看过的。")
	if len(d.releases(zzCity)) != 0 {
		t.Fatal("released unseen")
	}
	// Forged or empty lists release nothing.
	for _, seen := range [][]string{nil, {"seen", "x"}, {"seen", "zz.bs.01/edu/x"}, {"seen", "zz.bs.02/hrss/1"}, {"seen", "zz.bs.01/edu/99"}} {
		got := publisher.post("/console/catalogue/releases", append([]string{"government", zzCity, "note", "说明", "key", office.NewKey()}, seen...)...)
		if got.status != http.StatusUnprocessableEntity && got.status != http.StatusConflict {
			t.Errorf("%v: status %d", seen, got.status)
		}
	}
	d.status(publisher.post("/console/catalogue/releases", "government", zzCity, "note", "说明", "key", "x", "seen", "zz.bs.01/edu/2"), http.StatusUnprocessableEntity, "no key")
	if len(d.releases(zzCity)) != 0 {
		t.Error("something was released")
	}
}
