package console_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

// everybody are the keys of a city's people.
func everybody(prefix string) []string {
	var keys []string
	for _, p := range scene.People() {
		if strings.HasPrefix(p.Key, prefix+".") {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

func TestTheQueueShowsEachOfficerTheirStepWithMaskedPeople(t *testing.T) {
	d := furnish(t, true, everybody("zz")...)
	for login, states := range map[string][]permit.State{
		"zz.accept": {permit.PreApplied}, "zz.review": {permit.InReview}, "zz.issue": {permit.InProduction, permit.ToCollect},
	} {
		got := d.as(login).get("/console")
		d.status(got, http.StatusOK, login)
		for _, p := range d.people {
			if p.Reference == "" {
				continue
			}
			wanted := false
			for _, state := range states {
				wanted = wanted || p.Stage == state
			}
			if has := strings.Contains(got.body, p.Reference); has != wanted {
				t.Errorf("%s sees %s: %v, want %v", login, p.Key, has, wanted)
			}
		}
	}
	b := d.as("zz.accept")
	all := b.get("/console?state=all")
	for _, p := range d.people {
		if p.Reference == "" {
			d.silent(all, p.Name)
			continue
		}
		d.says(all, p.Reference, civic.MaskName(p.Name), civic.CitizenID(p.ID).Masked())
		d.silent(all, p.Name, p.ID, p.Phone)
		one := b.get("/console?state=" + string(p.Stage))
		d.says(one, p.Reference)
		d.ledgered(p, "listed")
	}
	d.says(all, "待我办理 2", "待受理 2", "审核中 1", "制证中 1", "待领取 1", "已发放 1", "不予受理 1", "不予发放 1", "全部 8", "东铺头派出所", "已 9 天")
	d.says(b.get("/console?state=<b>&page=-3"), "待我办理 2", "共 2 件") // an unknown filter is the first page of one's own queue
	d.says(b.get("/console?lang=en"), "For me 2", "9 days ago", "To accept 2")
}

func TestPromisesTurnAmberAndRed(t *testing.T) {
	d := furnish(t, true, "zz.in_review", "zz.pre_applied")
	look := func(on string) page {
		d.house.Clock.Set(civic.MustDate(on).Start().Add(10 * time.Hour))
		return d.as("zz.review").get("/console")
	}
	// accepted on 2026-11-16 and promised in seven working days
	d.says(look("2026-11-22"), "2026年11月25日")
	d.silent(look("2026-11-22"), "还剩", "今天到期", "超期")
	d.says(look("2026-11-23"), "还剩 2 天")
	d.says(look("2026-11-25"), "今天到期")
	d.says(look("2026-11-26"), "超期 1 天")
	if got := look("2026-11-26"); !strings.Contains(got.body, `class="tag stop"`) {
		t.Error("a broken promise is not red")
	}
	d.says(d.as("zz.review").get(casePath(d.people["zz.in_review"])), "超期 1 天")
	d.says(d.as("zz.accept").get("/console"), "受理后起算")
}

func TestSearchFindsByEachKeyAndNothingPersonalStandsInTheAddress(t *testing.T) {
	d := furnish(t, true, "zz.issued", "zz.in_review", "zz.pre_applied", "zz.in_production")
	b := d.as("zz.accept")
	issued, double := d.people["zz.issued"], d.people["zz.in_review"]
	find := func(term string) (page, string) {
		got := b.post("/console/search", "term", term)
		return b.follow(got), got.location
	}
	for what, one := range map[string]struct {
		term string
		want scene.Played
	}{
		"reference":              {issued.Reference, issued},
		"reference as people do": {" " + strings.ToLower(strings.ReplaceAll(issued.Reference, "-", " ")) + " ", issued},
		"ID number":              {issued.ID, issued},
		"name":                   {"张启明", issued},
		"surname":                {"张", issued},
		"pinyin initials":        {"ZQM", issued},
		"compound surname":       {"欧阳", double},
		"rare character":         {"欧阳䶮", double},
		"middle dot":             {"阿卜杜•热西提", d.people["zz.in_production"]},
	} {
		got, address := find(one.term)
		d.says(got, one.want.Reference, "共 1 件")
		got.body = strings.ReplaceAll(got.body, `value="`+strings.TrimSpace(one.term)+`"`, "") // what the officer typed stands in its field
		d.silent(got, one.want.ID, one.want.Phone)
		if strings.Contains(address, one.want.ID) || strings.Contains(address, "%") || !strings.HasPrefix(address, "/console?search=") {
			t.Errorf("%s: the address is %s", what, address)
		}
		if again := b.get(address); !strings.Contains(again.body, one.want.Reference) {
			t.Errorf("%s: the address cannot be reloaded", what)
		}
	}
	_, address := find("张启明")
	if got := d.as("zz.review").get(address); strings.Contains(text(got.body), issued.Reference) {
		t.Error("a search of one officer opened for another")
	}
	for _, term := range []string{"王", permit.NewNumber("350602", 2026, 9999999), "'; drop table application; --", "%", "\U0001F600", strings.Repeat("张", 5000), "110101199003070011", permit.NewReference("350600")} {
		got, _ := find(term)
		d.status(got, http.StatusOK, term[:min(len(term), 30)])
		d.says(got, "没有找到")
	}
	if got := b.post("/console/search", "term", "  "); got.location != "/console" {
		t.Errorf("an empty search leads to %s", got.location)
	}
	for _, bad := range []string{"x", "!!", "AAAA", strings.Repeat("A", 1500)} {
		d.says(b.get("/console?search="+bad), "待我办理 1")
	}
	other := d.as("zz.other")
	got := other.follow(other.post("/console/search", "term", issued.Reference))
	d.says(got, "没有找到")
}

func TestALongQueueHasPages(t *testing.T) {
	d := furnish(t, true)
	for i := range 27 {
		p := scene.PersonOf("zz.pre_applied")
		number, err := civic.NewCitizenID("510107", civic.MustDate("1993-09-03"), 100+i)
		if err != nil {
			t.Fatal(err)
		}
		p.ID, p.Phone = string(number), fmt.Sprintf("139506007%02d", i)
		p.AtKiosk = true // no picture to encode
		if _, err := d.house.Play(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	b := d.as("zz.accept")
	first := b.get("/console")
	next := html.UnescapeString(regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.body)[1])
	second := b.get(next)
	d.says(first, "共 27 件", "第 1 页")
	d.says(second, "第 2 页", `rel="prev" href="/console?before=`)
	if n, m := strings.Count(first.body, `href="/console/cases/`), strings.Count(second.body, `href="/console/cases/`); n != 25 || m != 2 {
		t.Errorf("%d and %d lines", n, m)
	}
	d.silent(first, `rel="prev"`)
	d.silent(second, `rel="next"`)
	d.says(b.get("/console?page=99999&after=%27"), "第 1 页") // no place: the beginning
	found := b.follow(b.post("/console/search", "term", "周"))
	d.says(found, "共 27 件", "&amp;search=")
}

func TestAnOfficerOfTwoStationsSeesBoth(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied")
	d.hire("zz.two", access.Post{Jurisdiction: "350600", Station: "S350602002", Role: access.Acceptor}, post(access.Issuer))
	two, p := d.as("zz.two"), d.people["zz.pre_applied"]
	d.says(two.get("/console"), "东铺头派出所", "西桥派出所", p.Reference)
	got := two.get(casePath(p))
	d.says(got, "这一步不在您的岗位") // accepts at the other station only
	d.silent(got, casePath(p)+"/acceptance")
	d.status(two.post(casePath(p)+"/acceptance", "version", "1", "seen", "identity", "seen", "evidence"), http.StatusNotFound, "accepts at another station")
}

// TestTheQueueIsExportedAsItIsFiltered opens the file that a browser gets.
func TestTheQueueIsExportedAsItIsFiltered(t *testing.T) {
	d := course(t, "zz.to_supplement", "zz.paused")
	p := d.people["zz.to_supplement"]
	b := d.as("zz.accept")
	d.says(b.get("/console?state=to_supplement"), `href="/console/export?state=to_supplement"`)
	got := b.get("/console/export?state=to_supplement")
	d.status(got, http.StatusOK, "the file")
	if kind := got.header.Get("Content-Disposition"); !strings.Contains(kind, `filename="cases-2026-11-24.xlsx"`) || !strings.Contains(kind, "filename*=UTF-8''%E6%A1%88%E4%BB%B6") {
		t.Error(kind)
	}
	rows := cellsOf(t, got.body)
	if len(rows) != 2 || rows[0][0] != "编号" || rows[1][0] != p.Reference || rows[1][3] != "待补正" {
		t.Fatalf("%q", rows)
	}
	all := strings.Join(rows[1], " ")
	if !strings.Contains(all, civic.MaskName(p.Name)) || strings.Contains(all, p.Name) || strings.Contains(all, p.ID) {
		t.Errorf("%q", all)
	}
	if rows := cellsOf(t, b.get("/console/export?state=all&lang=en").body); len(rows) != 3 || rows[0][0] != "Reference" {
		t.Errorf("%q", rows)
	}
	if rows := cellsOf(t, d.as("zz.other").get("/console/export?state=all").body); len(rows) > 1 {
		t.Errorf("another station: %q", rows)
	}
	d.status(d.as("zz.audit").get("/console/export"), http.StatusForbidden, "an auditor")
	if ledger := string(d.dump()); !strings.Contains(ledger, "export/queue/1") || !strings.Contains(ledger, "export/queue/2") {
		t.Error("the ledger does not know how many lines were given out")
	}
	if rows := cellsOf(t, d.as("zz.supervise").get("/console/export/refusals").body); len(rows) > 1 {
		t.Errorf("%q", rows)
	}
}

func cellsOf(t *testing.T, body string) [][]string {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
