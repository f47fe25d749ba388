package portal_test

import (
	"bytes"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
)

// openCatalogue is a portal over a house in which the catalogue's scenes have been played.
func openCatalogue(t *testing.T) counter {
	t.Helper()
	c, _ := open(t, true, "zz.issued")
	if err := c.house.PlayCatalogue(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// said is the text of a page as it is read.
func said(page string) string { return html.UnescapeString(plain(page)) }

func (c counter) status(path string, want int) {
	c.t.Helper()
	if status, _, _ := c.do(httptest.NewRequest("GET", path, nil)); status != want {
		c.t.Errorf("%s: %d, want %d", path, status, want)
	}
}

func TestEveryGovernmentsDutyIsPublic(t *testing.T) {
	c := openCatalogue(t)
	page := c.get("/catalogue")
	for _, j := range c.house.Office.Book.Jurisdictions() {
		for _, government := range j.Rulesets[0].Governments() {
			holds(t, page, `href="/catalogue/`+government+`"`)
		}
	}
	holds(t, page, "每三年至少对外更新公布一次", "定期向社会公布居住证持有人享受的公共服务和便利的范围", `href="/catalogue/350600/2"`)
	holds(t, said(page), "2027年2月12日 还有 80 天", "没有公布记录", "2019年11月30日 逾期 2551 天", "文本没有规定周期")
	holds(t, said(c.get("/catalogue?lang=en")), "12 February 2027 80 days left", "The text gives no cycle", "2551 days overdue", "No release recorded")

	page = said(c.get("/catalogue/350600?lang=zh"))
	holds(t, page, "上次公布：2024年2月12日。", "下次最迟 2027年2月12日公布，还有 80 天，已进入到期前 90 天的提醒。", "第 2 版 2024年2月12日", "第 1 版 2021年8月12日", "2021年8月18日 教综〔1〕号", "没有登记")
	if strings.Index(page, "第 2 版 2024") > strings.Index(page, "第 1 版 2021") {
		t.Error("the newest version does not stand first")
	}
	page = said(c.get("/catalogue/350603"))
	holds(t, page, "还没有公布记录。", "应在 2019年11月30日前公布，已逾期 2551 天。", "2016年11月30日、2019年11月30日、2022年11月30日、2025年11月30日、2028年11月30日", "还没有公布过。")
	page = said(c.get("/catalogue/370300"))
	holds(t, page, "文本没有规定更新周期", "上次公布：2024年2月12日。")
	lacks(t, page, "逾期", "还有")
}

// TestTheDutyDayByDay asks on the days around the one by which the next version is due.
func TestTheDutyDayByDay(t *testing.T) {
	c := openCatalogue(t)
	due := civic.MustDate("2027-02-12")
	for left, want := range map[int]string{181: "还有 181 天。", 180: "到期前 180 天的提醒", 90: "到期前 90 天的提醒", 30: "到期前 30 天的提醒", 1: "还有 1 天，已进入到期前 30 天的提醒", 0: "今天（2027年2月12日）是最迟的公布日",
		-1: "应在 2027年2月12日前公布，已逾期 1 天"} {
		c.house.Clock.Set(due.AddDays(-left).Start())
		holds(t, said(c.get("/catalogue/350600")), want)
	}
	c.house.Clock.Set(due.AddDays(1).Start())
	holds(t, said(c.get("/catalogue/350600?lang=en")), "It was due by 12 February 2027 and is 1 day overdue.")
}

func TestAVersionStaysReadable(t *testing.T) {
	c := openCatalogue(t)
	first, second := said(c.get("/catalogue/350600/1")), said(c.get("/catalogue/350600/2"))
	holds(t, first, "周一至周五9:00-17:00", "首次公布：教育服务", "这是旧版本。", "第 2 版", "教育局", "范围", "办事窗口", "三(二)1(1)")
	lacks(t, first, "周一至周六")
	holds(t, second, "周一至周六9:00-17:00", "教育窗口周六也开放。")
	lacks(t, second, "旧版本", "周一至周五9:00", "8:30-17:30", "林秋实", "沈若谷") // no draft, and nobody's name
	english := said(c.get("/catalogue/350600/2?lang=en"))
	holds(t, english, "The child is 6 or older.", "In Chinese only.", "每年5月至6月")
	for _, path := range []string{"/catalogue/350600/0", "/catalogue/350600/3", "/catalogue/350600/01", "/catalogue/350600/+1", "/catalogue/350600/x", "/catalogue/350600/99999999999999999999", "/catalogue/350600/1/",
		"/catalogue/350681", "/catalogue/35060", "/catalogue/x", "/catalogue/110100", "/catalogue/110100/1", "/catalogue/350603/1", "/catalogue/350603/1/changes", "/catalogue/350600/services/zz.bs.99",
		"/catalogue/370300/services/zz.bs.01", "/catalogue/350602001/services/zz.bs.01"} {
		c.status(path, 404)
	}
}

func TestTheChangeListShowsTheWords(t *testing.T) {
	c := openCatalogue(t)
	page := c.get("/catalogue/350600/2/changes")
	holds(t, page, "<del>政务服务中心三楼教育窗口，周一至周<mark>五</mark>9:00-17:00。</del>", "<ins>政务服务中心三楼教育窗口，周一至周<mark>六</mark>9:00-17:00。</ins>")
	holds(t, said(page), "与第 1 版（2021年8月12日）相比，2024年2月12日公布。", "教育窗口周六也开放。", "修改", "删去：", "增加：")
	lacks(t, said(page), "孩子年满6周岁", "申请材料") // what stayed is not told again
	page = said(c.get("/catalogue/350600/1/changes"))
	holds(t, page, "这是第一版，全部内容都是新增。", "孩子年满6周岁", "新增", "范围（英文）")
}

func TestACountyAddsToItsCity(t *testing.T) {
	c := openCatalogue(t)
	page := said(c.get("/catalogue/350602/services/zz.bs.01"))
	city, county := strings.Index(page, "漳州市 · 教育局"), strings.Index(page, "芗城区 · 教育局")
	if city < 0 || county < city {
		t.Errorf("the city's entry does not stand above the county's: %d %d", city, county)
	}
	holds(t, page, "周一至周六9:00-17:00", "区行政服务中心一楼12号窗口")
	lacks(t, page, "报名前请先拨打咨询电话。") // returned, so not public
	lacks(t, said(c.get("/catalogue/350600/services/zz.bs.01")), "芗城区")
	page = said(c.get("/catalogue/350603/services/zz.bs.01"))
	holds(t, page, "漳州市 · 教育局")
	lacks(t, page, "芗城区")
	holds(t, said(c.get("/catalogue/350602/services/zz.bs.02")), "部门还没有公布补充内容")

	all, err := c.house.Office.Published(t.Context(), "zz.bs.01")
	if err != nil || len(all) != 2 || all[0].Government != "350600" || all[0].Number != 2 || all[1].GovernmentName.Zh != "芗城区" || all[1].DepartmentName.Zh != "教育局" {
		t.Errorf("%+v %v", all, err)
	}
	if _, err := c.house.Office.Published(t.Context(), "zz.bs.99"); err == nil {
		t.Error("a service that is none")
	}
}

// TestALongVersionHasPages fills a catalogue to the brim: each page is light, and all pages together hold every entry.
func TestALongVersionHasPages(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	ctx, o := t.Context(), c.house.Office
	r, _ := o.Book.Ruleset("zhangzhou-2016")
	var posts []access.Post
	for _, d := range r.Departments {
		posts = append(posts, access.Post{Jurisdiction: "350600", Role: access.Editor, Government: "350600", Department: d.Code})
	}
	editor := access.Actor{Kind: access.Staff, ID: office.NewKey(), Posts: posts}
	if err := c.house.Store.Within(ctx, func(tx office.Tx) error {
		return tx.CreateStaff(ctx, access.StaffMember{ID: editor.ID, Login: "all", Name: "全部门", PasswordHash: access.HashPassword("x"), Posts: posts})
	}); err != nil {
		t.Fatal(err)
	}
	order := office.ReleaseOrder{Government: "350600", Note: "全部服务。", Key: office.NewKey()}
	for _, s := range r.Services {
		for _, department := range s.Departments {
			var e policy.Entry
			for _, f := range policy.EntryFields() {
				e.Text(f).Zh = strings.Repeat(fmt.Sprintf("%s%s%s各有各的办法。", s.ID, department, f), 40)[:1200] + "。"
			}
			e = e.Tidy()
			if _, err := o.HandOver(ctx, editor, office.EntryEdit{Government: "350600", Service: s.ID, Department: department, Entry: clean(e)}); err != nil {
				t.Fatal(err)
			}
			order.Seen = append(order.Seen, office.SeenDraft{Service: s.ID, Department: department, Version: 1})
		}
	}
	publisher, err := c.house.Actor(ctx, "zz.publish")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Release(ctx, publisher, order); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/catalogue/350600/1", "/catalogue/350600/1/changes"} {
		found := map[string]bool{}
		next, pages := path, 0
		for next != "" && pages < 30 {
			page := c.get(next)
			if n := zipped(t, []byte(page)); n > 12<<10 {
				t.Errorf("%s has %d bytes", next, n)
			}
			for _, s := range order.Seen {
				if strings.Contains(page, s.Service+s.Department+"windows") {
					found[s.Service+s.Department] = true
				}
			}
			link := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page)
			next, pages = "", pages+1
			if link != nil {
				next = html.UnescapeString(link[1])
			}
		}
		if len(found) != len(order.Seen) || pages < 2 {
			t.Errorf("%s: %d of %d entries on %d pages", path, len(found), len(order.Seen), pages)
		}
	}
	for _, asked := range []string{"0", "999", "x", "-1"} {
		c.status("/catalogue/350600/1?page="+asked, 200)
	}
}

// clean drops a character that was cut in half.
func clean(e policy.Entry) policy.Entry {
	for _, f := range policy.EntryFields() {
		e.Text(f).Zh = strings.ToValidUTF8(e.Text(f).Zh, "")
	}
	return e
}

func TestTheRegisterIsPublic(t *testing.T) {
	c := openCatalogue(t)
	page := said(c.get("/register"))
	holds(t, page, "漳州市 13 份 2 份 逾期 11 份", "芗城区 15 份 1 份 逾期 13 份", "龙文区 15 份 0 份 逾期 14 份", "淄博市 22 份 1 份 未登记")
	page = c.get("/register?government=350600")
	holds(t, said(page), "居住证持有人享有的基本公共服务和便利的具体实施办法", "2016年11月30日", "并报市、县政府办", "漳州市居住证持有人教育服务实施办法（演示文件）", "2016年12月5日", "2016年12月6日报送", "已公布，晚于期限", "逾期，未登记")
	holds(t, page, "制定的实施办法，于今年11月30日前向社会公布并报市、县政府办。")
	holds(t, said(c.get("/register?government=350602")), "芗城区居住证制度具体实施方案（演示文件）", "2016年11月25日", "县级人民政府要于11月25日前制定出台", "文本没有写明日期")
	holds(t, said(c.get("/register?government=370303")), "文本没有要求这一级政府公布文件")
	holds(t, said(c.get("/register?government=370300&lang=en")), "The text gives no day", "Education Bureau")

	link := regexp.MustCompile(`/register/[0-9a-f-]{36}/file`).FindString(page)
	status, body, header := c.do(httptest.NewRequest("GET", link, nil))
	if status != 200 || !bytes.HasPrefix([]byte(body), []byte("%PDF-")) || header.Get("Content-Type") != "application/pdf" || header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(header.Get("Content-Disposition"), `attachment; filename="`) || !strings.Contains(header.Get("Content-Disposition"), `filename*=UTF-8''`+url.PathEscape("漳州市居住证持有人")) {
		t.Errorf("%d, %d bytes, %v", status, len(body), header)
	}
	for _, path := range []string{"/register/x/file", "/register/" + office.NewKey() + "/file", "/register/%00/file", "/register?government=x", "/register?government=", "/register?government=350681", "/register?government=110100",
		"/register?government=350699"} {
		c.status(path, 404)
	}
}

func TestPublishedPagesAreLight(t *testing.T) {
	c := openCatalogue(t)
	for _, path := range []string{"/catalogue", "/catalogue/350600", "/catalogue/350600/2", "/catalogue/350600/2/changes", "/catalogue/350602/services/zz.bs.01", "/register", "/register?government=350602", "/register?government=370300"} {
		for _, lang := range []string{"zh", "en"} {
			weighs(t, c, path, lang)
		}
	}
	holds(t, c.get("/"), `href="/catalogue"`, `href="/register"`)
}
