package console_test

import (
	"net/http"
	"strings"
	"testing"

	"anju/server/office"
)

// wrong is a number with one of its characters mistyped.
func wrong(number string, at int) string {
	b := []byte(number)
	if b[at]++; b[at] > '9' {
		b[at] = '0'
	}
	return string(b)
}

// TestAMistypedNumberIsSaidToBeOne types each kind of number with one wrong digit: the page says so, keeps it, and does not claim that there is
// no such case.
func TestAMistypedNumberIsSaidToBeOne(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	b, p := d.as("zz.accept"), d.people["zz.issued"]
	for what, one := range map[string]struct{ term, says string }{
		"permit number":         {wrong(p.Permit, 15), "证号与校验码不符"},
		"its check character":   {p.Permit[:len(p.Permit)-1] + map[bool]string{true: "B", false: "A"}[p.Permit[len(p.Permit)-1] == 'A'], "证号与校验码不符"},
		"reference":             {wrong(p.Reference, 3), "编号与校验码不符"},
		"reference with spaces": {strings.ReplaceAll(wrong(p.Reference, 3), "-", " "), "编号与校验码不符"},
		"ID number":             {wrong(p.ID, 15), "校验"},
		"ID number, no date":    {p.ID[:10] + "13" + p.ID[12:], "第 7 至 14 位"},
	} {
		got := b.post("/console/search", "term", one.term)
		d.status(got, http.StatusUnprocessableEntity, what)
		d.says(got, one.says, "error-summary", `value="`+one.term+`"`)
		d.silent(got, "没有找到")
	}
	found := b.post("/console/search", "term", p.Permit)
	if found.location != "/console/permits/"+p.Permit {
		t.Errorf("the right number leads to %q", found.location)
	}
}

// TestTheQueueIsNarrowedByClockAndOfficer filters and sorts, and every link keeps what was chosen.
func TestTheQueueIsNarrowedByClockAndOfficer(t *testing.T) {
	d := furnish(t, true, "zz.in_review", "zz.pre_applied", "zz.issued")
	b := d.as("zz.review")
	review, waiting, issued := d.people["zz.in_review"].Reference, d.people["zz.pre_applied"].Reference, d.people["zz.issued"].Reference
	mine := b.get("/console?by=me")
	d.says(mine, issued, `value="me" selected`)
	d.silent(mine, review, waiting)
	amber := b.get("/console?state=all&age=amber") // sent nine days ago, promised for tomorrow
	d.says(amber, review, waiting, "/console/export?age=amber&amp;state=all")
	d.silent(amber, issued)
	d.silent(b.get("/console?state=all&age=red"), review, waiting, issued)
	first := func(path string) int { return strings.Index(b.get(path).body, review) }
	if due := b.get("/console?state=all&sort=due").body; strings.Index(due, waiting) < strings.Index(due, review) || first("/console?state=all&sort=due") < 0 {
		t.Error("the nearest promise is not first")
	}
	d.says(b.get("/console?state=all&sort=newest&age=amber"), "/console?age=amber&amp;sort=newest&amp;state=in_review")
	rows := cellsOf(t, b.get("/console/export?age=amber&state=all").body)
	if len(rows) != 3 {
		t.Errorf("the file has %d rows", len(rows))
	}
	d.says(b.get("/console?state=all&kind=issue"), review, waiting, issued)
	d.says(b.get("/console?state=all&kind=renew"), "/console?kind=renew&amp;state=in_review", "这里没有案件")
	d.says(b.get("/console?age=purple&by=you&sort=up"), "共 1 件")
}

// TestAPersonsPageGathersTheirCasesAndPermits opens it as those who may and may not.
func TestAPersonsPageGathersTheirCasesAndPermits(t *testing.T) {
	d := furnish(t, true, "zz.issued", "zz.pre_applied")
	b, p := d.as("zz.accept"), d.people["zz.issued"]
	list := b.follow(b.post("/console/search", "term", p.Name))
	at := strings.Index(list.body, "/console/persons/")
	if at < 0 {
		t.Fatal("the list does not lead to the person")
	}
	path := list.body[at : at+len("/console/persons/")+36]
	d.says(list, "/console/permits/"+p.Permit)
	got := b.get(path)
	d.says(got, p.Name, p.ID, p.Reference, p.Permit, "有效")
	if !strings.Contains(string(d.dump()), "\tperson\t") {
		t.Error("the ledger does not know of the look")
	}
	assistant := d.as("zz.assist").get(path)
	d.says(assistant, p.Reference)
	d.silent(assistant, p.Permit)
	for _, login := range []string{"zz.other", "zb.accept"} {
		d.status(d.as(login).get(path), http.StatusNotFound, login)
	}
	for _, none := range []string{office.NewKey(), "x", "' or 1=1"} {
		d.status(b.get("/console/persons/"+strings.ReplaceAll(none, " ", "%20")), http.StatusNotFound, none)
	}
}
