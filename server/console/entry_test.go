package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"anju/server/access"
	"anju/server/policy"
	"anju/server/scene"
)

// TestTwoEditorsAtOnce: the slower one is told what happened, keeps what was typed, and nothing is overwritten.
func TestTwoEditorsAtOnce(t *testing.T) {
	d := furnish(t, true)
	d.hire("zz.edit2", access.Post{Jurisdiction: zzCity, Role: access.Editor, Government: zzCity, Department: "edu"})
	first, second := d.as("zz.edit"), d.as("zz.edit2")
	e := scene.Entry("周一")
	first.follow(first.post(schooling, entryForm(zzCity, "0", e)...))
	mine := e
	mine.Scope.Zh = "第二位同事写的范围。"
	got := second.post(schooling, entryForm(zzCity, "0", mine)...)
	d.status(got, http.StatusConflict, "the slower one")
	d.says(got, "这一项刚刚已由同事改动", "林秋实：保存草稿", "第二位同事写的范围。", "您写的与现在保存的有什么不同")
	d.says(first.get(entryAt(zzCity)), e.Scope.Zh)
	d.silent(first.get(entryAt(zzCity)), mine.Scope.Zh)
	// The page opened again, in either language, still has it.
	for _, lang := range []string{"en", "zh"} {
		d.says(second.get(entryAt(zzCity)+"&lang="+lang), mine.Scope.Zh)
	}
	if d.version(second.get(entryAt(zzCity))) != "1" {
		t.Error("the page does not stand at the colleague's version")
	}
	d.says(second.follow(second.post(schooling, entryForm(zzCity, "1", mine)...)), "草稿已保存", mine.Scope.Zh)
	d.silent(second.get(entryAt(zzCity)), "还没有保存")

	answers := every([]*browser{first, second}, func(b *browser) page {
		e := e
		e.Windows.Zh = b.cookies["anju_staff"] // each writes something else
		return b.post(schooling, entryForm(zzCity, "2", e)...)
	})
	if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusConflict]) != 1 {
		t.Errorf("two at once: %d saved, %d told", len(answers[http.StatusSeeOther]), len(answers[http.StatusConflict]))
	}
}

func TestTwoTapsTakeOneStep(t *testing.T) {
	d := furnish(t, true)
	editor := d.as("zz.edit")
	e := scene.Entry("周一")
	taps := []*browser{editor, d.as("zz.edit"), d.as("zz.edit")}
	if saved := every(taps, func(b *browser) page { return b.post(schooling, entryForm(zzCity, "0", e)...) }); len(saved[http.StatusSeeOther]) != 3 {
		t.Errorf("three taps: %v", saved)
	}
	d.status(editor.post(schooling+"/hand-over", entryForm(zzCity, "1", e)...), http.StatusSeeOther, "first tap")
	d.status(editor.post(schooling+"/hand-over", entryForm(zzCity, "1", e)...), http.StatusSeeOther, "second tap")
	actor, err := d.house.Actor(t.Context(), "zz.publish")
	if err != nil {
		t.Fatal(err)
	}
	file, err := d.house.Office.Entry(t.Context(), actor, zzCity, "zz.bs.01", "edu")
	if err != nil || len(file.Events) != 2 {
		t.Errorf("%d steps, %v", len(file.Events), err)
	}

	publishers := []*browser{d.as("zz.publish"), d.as("zz.publish"), d.as("zz.publish")}
	order := publishers[0].order(zzCity, "首次公布。")
	answers := every(publishers, func(b *browser) page { return b.post("/console/catalogue/releases", order...) })
	if len(answers[http.StatusSeeOther]) != 3 {
		t.Errorf("three taps: %v", answers)
	}
	if all := d.releases(zzCity); len(all) != 1 {
		t.Errorf("%d releases of three taps", len(all))
	}
	order[slices.Index(order, "首次公布。")] = "另一份说明。"
	got := publishers[0].post("/console/catalogue/releases", order...)
	d.status(got, http.StatusUnprocessableEntity, "the key again with another note")
	d.says(got, "已经用来发布过另一个版本")
}

func TestBadTextsAreToldBesideTheirFields(t *testing.T) {
	d := furnish(t, true)
	editor := d.as("zz.edit")
	for _, c := range []struct {
		name   string
		change func(*policy.Entry)
		step   string
		field  string
		says   string
	}{
		{"too long", func(e *policy.Entry) { e.Scope.Zh = strings.Repeat("居", 2001) }, "", "scope_zh", "中文最多 2000 字"},
		{"far too long", func(e *policy.Entry) { e.Windows.Zh = strings.Repeat("居", 12000) }, "/hand-over", "windows_zh", "中文最多 2000 字"},
		{"English too long", func(e *policy.Entry) { e.Process.En = strings.Repeat("x", 4001) }, "", "process_en", "英文最多 4000"},
		{"control character", func(e *policy.Entry) { e.Materials.Zh = "身份证\x07" }, "", "materials_zh", "控制符"},
		{"empty", func(e *policy.Entry) { e.Conditions.Zh = "" }, "/hand-over", "conditions_zh", "请填写这一项"},
		{"blank", func(e *policy.Entry) { e.Conditions.Zh = " \r\n\u3000" }, "/hand-over", "conditions_zh", "请填写这一项"},
	} {
		e := scene.Entry("周一")
		c.change(&e)
		got := editor.post(schooling+c.step, entryForm(zzCity, "0", e)...)
		d.status(got, http.StatusUnprocessableEntity, c.name)
		d.says(got, `href="#`+c.field+`"`, c.says, "Vaccination record.", "Household register")
		if n := strings.Count(got.body, `aria-invalid="true"`); n != 1 {
			t.Errorf("%s: %d fields are marked", c.name, n)
		}
	}
	for _, version := range []string{"", "x", "7", "-1", "99999999999999999999"} {
		d.status(editor.post(schooling, entryForm(zzCity, version, scene.Entry("周一"))...), http.StatusConflict, "version "+version)
	}
	if got := editor.get("/console/catalogue"); !strings.Contains(text(got.body), "未填写") {
		t.Error("something bad was kept")
	}
}

// TestASessionThatEndsLosesNothing: five texts take longer than fifteen minutes.
func TestASessionThatEndsLosesNothing(t *testing.T) {
	d := furnish(t, true)
	editor := d.as("zz.edit")
	e := scene.Entry("周一至周五")
	d.house.Clock.Add(access.LimitsOf(access.Staff).Idle + 1)
	got := editor.post(schooling+"/hand-over", entryForm(zzCity, "0", e)...)
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/console/sign-in?next=") {
		t.Fatalf("%d %s", got.status, got.location)
	}
	d.says(editor.get(got.location), "刚才的操作没有办理")
	again := d.as("zz.edit")
	page := again.get(entryAt(zzCity))
	d.says(page, "还没有保存", e.Process.Zh[:12], e.Windows.Zh)
	d.silent(d.as("zz.edit.county").get(entryAt(zzCounty)), e.Windows.Zh)
	d.says(again.follow(again.post(schooling+"/hand-over", entryForm(zzCity, d.version(page), e)...)), "已提交发布人")
	d.silent(again.get(entryAt(zzCity)), "还没有保存")
}
