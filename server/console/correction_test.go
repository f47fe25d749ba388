package console_test

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/scene"
)

var (
	personLink = regexp.MustCompile(`/console/persons/[0-9a-f-]{36}`)
	confirming = regexp.MustCompile(`action="(/console/corrections/[0-9a-f-]{36})/confirmation"`)
)

// personOf is the address of somebody's page.
func (b *browser) personOf(p scene.Played) string {
	b.d.t.Helper()
	path := personLink.FindString(b.get(casePath(p)).body)
	if path == "" {
		b.d.t.Fatal("the case does not lead to its person")
	}
	return path
}

// propose sends the form of a person's page.
func (b *browser) propose(path, field, value string) page {
	return b.post(path+"/corrections", "field", field, "value", value, "reason", "typing", "evidence", "窗口核对居民身份证")
}

// decisionPath is where the open correction of a page is decided.
func (d *desk) decisionPath(p page) string {
	d.t.Helper()
	found := confirming.FindStringSubmatch(p.body)
	if found == nil {
		d.t.Fatalf("nothing to decide: %s", text(p.body))
	}
	return found[1]
}

// TestTwoSupervisorsCorrectAName: nobody alone, the old value is kept, the record is found by the new one, and the code is signed anew.
func TestTwoSupervisorsCorrectAName(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	p := d.people["zz.issued"]
	first, second := d.as("zz.supervise"), d.as("zz.supervise.second")
	path := first.personOf(p)
	before, err := d.house.Office.Permit(t.Context(), p.Citizen(), "")
	if err != nil {
		t.Fatal(err)
	}
	got := first.propose(path, "name", " 张启铭 ")
	d.says(first.follow(got), "由另一位主管决定", "等待第二人", "这项更正是您提出的")
	d.status(first.propose(path, "name", "张启铭"), http.StatusSeeOther, "the second tap")
	other := second.propose(path, "name", "张启名")
	d.status(other, http.StatusUnprocessableEntity, "another proposal meanwhile")
	d.says(other, "已有更正在等待决定", `value="张启名"`)
	d.says(second.get("/console/corrections"), "1 项更正等待决定", "您可以决定")
	d.silent(second.get("/console/corrections"), "张启铭", p.Name)

	decide := d.decisionPath(second.get(path))
	own := first.post(decide + "/confirmation")
	d.status(own, http.StatusConflict, "confirming one's own")
	d.says(own, "要由另一位主管决定")
	d.says(second.get(path), p.Name)
	d.says(second.follow(second.post(decide+"/confirmation")), "已更正", "张启铭", p.Name) // the old value stands in the correction
	late := second.post(decide + "/rejection")
	d.status(late, http.StatusConflict, "rejecting what was decided")

	b := d.as("zz.accept")
	find := func(term string) page { return b.follow(b.post("/console/search", "term", term)) }
	d.says(find("张启铭"), p.Reference)
	d.says(find("张启明"), "没有找到")
	after, err := d.house.Office.Permit(t.Context(), p.Citizen(), "")
	if err != nil || len(after.Signed) == 0 || bytes.Equal(after.Signed, before.Signed) || after.Holder.Name != "张启铭" {
		t.Errorf("the code was not signed anew: %v", err)
	}
	log, err := d.house.Office.AccessLog(t.Context(), p.Citizen())
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"correction_proposed", "corrected"} {
		if !slices.ContainsFunc(log, func(e office.LogEntry) bool { return string(e.Action) == action }) {
			t.Errorf("the holder does not read of %s", action)
		}
	}
	if dump := string(d.dump()); strings.Contains(dump, "张启铭") || strings.Contains(dump, "窗口核对") {
		t.Error("a value is not sealed")
	}
}

// TestANumberIsCorrectedUnlessItIsAnothersOwn keeps numbers apart, finds by the new one, and corrects the other fields.
func TestANumberIsCorrectedUnlessItIsAnothersOwn(t *testing.T) {
	d := furnish(t, true, "zz.issued", "zz.in_review")
	p, another := d.people["zz.issued"], d.people["zz.in_review"]
	first, second := d.as("zz.supervise"), d.as("zz.supervise.second")
	path := first.personOf(p)
	confirm := func() page { return second.post(d.decisionPath(second.get(path)) + "/confirmation") }
	d.status(first.propose(path, "id_number", another.ID), http.StatusSeeOther, "a proposal")
	got := confirm()
	d.status(got, http.StatusUnprocessableEntity, "another person's number")
	d.says(got, "本市已有另一人使用这个号码", "error-summary")
	d.says(second.follow(second.post(d.decisionPath(second.get(path))+"/rejection", "note", "是另一人")), "未更正", "是另一人")

	number, err := civic.NewCitizenID("410102", civic.MustDate("1990-03-07"), 3)
	if err != nil {
		t.Fatal(err)
	}
	right := string(number)
	for field, value := range map[string]string{"id_number": right, "ethnic_group": "维吾尔族", "phone": "139 5060 0999", "residence/" + p.Permit: "芗城区东铺头街道胜利路 20 号 101 室"} {
		d.status(first.propose(path, field, value), http.StatusSeeOther, field)
		d.status(confirm(), http.StatusSeeOther, "confirming "+field)
	}
	d.says(first.get(path), right, "维吾尔族", "13950600999")
	d.says(first.get("/console/permits/"+p.Permit), "胜利路 20 号 101 室", right)
	b := d.as("zz.accept")
	d.says(b.follow(b.post("/console/search", "term", right)), p.Reference)
	d.says(b.follow(b.post("/console/search", "term", p.ID)), "没有找到")
}

// TestABadProposalIsShownAgain and changes nothing; who corrects nothing sees no corrections.
func TestABadProposalIsShownAgain(t *testing.T) {
	d := furnish(t, true, "zz.issued", "zb.issued")
	p := d.people["zz.issued"]
	b := d.as("zz.supervise")
	path := b.personOf(p)
	for what, one := range map[string]struct{ field, value, says string }{
		"no field":               {"", "x", "请选择更正项目"},
		"no such field":          {"photo", "x", "请选择更正项目"},
		"a person's of a permit": {"name/" + p.Permit, "张三", "请选择更正项目"},
		"no name":                {"name", "", "请填写姓名"},
		"no change":              {"name", p.Name, "与现在的记录相同"},
		"a wrong number":         {"id_number", "410102199003070016", "校验"},
		"no ethnic group":        {"ethnic_group", "98", "请选择民族"},
		"no phone":               {"phone", "12345", "手机"},
		"no line":                {"residence/" + p.Permit, " ", "请填写完整的居住地址"},
	} {
		got := b.propose(path, one.field, one.value)
		d.status(got, http.StatusUnprocessableEntity, what)
		d.says(got, one.says, "error-summary", "窗口核对居民身份证")
	}
	got := b.post(path+"/corrections", "field", "name", "value", "张三")
	d.says(got, "请选择为什么有误", "请写明依据")
	d.status(b.propose(path, "residence/"+d.people["zb.issued"].Permit, "某处"), http.StatusNotFound, "a permit of another city")
	d.silent(d.as("zz.accept").get(path), "/corrections")
	for _, login := range []string{"zz.accept", "zz.review", "zz.audit"} {
		d.status(d.as(login).get("/console/corrections"), http.StatusForbidden, login)
		d.status(d.as(login).propose(path, "name", "张三"), http.StatusForbidden, login)
	}
	d.status(d.as("zb.supervise").propose(path, "name", "张三"), http.StatusNotFound, "another city")
	d.says(b.get("/console/corrections"), "没有等待决定的更正")
}

// TestTwoSupervisorsDecideAtOnce: one wins, the other is told and keeps the note.
func TestTwoSupervisorsDecideAtOnce(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	d.hire("zz.supervise3", post("supervisor"))
	first, second, third := d.as("zz.supervise"), d.as("zz.supervise.second"), d.as("zz.supervise3")
	path := first.personOf(d.people["zz.issued"])
	first.propose(path, "phone", "13950600998")
	decide := d.decisionPath(second.get(path))
	answers := every([]*browser{second, third}, func(b *browser) page { return b.post(decide+"/rejection", "note", "没有依据") })
	if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusConflict]) != 1 {
		t.Fatalf("%d taken, %d told", len(answers[http.StatusSeeOther]), len(answers[http.StatusConflict]))
	}
	d.says(answers[http.StatusConflict][0], "另一位主管刚刚作出了决定", "您刚才写的说明", "没有依据")
	d.status(second.post("/console/corrections/"+office.NewKey()+"/confirmation"), http.StatusNotFound, "no correction")
}
