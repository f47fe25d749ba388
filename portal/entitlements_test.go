package portal_test

import (
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"anju/server/policy"
)

var answerHref = regexp.MustCompile(`<a class="answer" href="([^"]+)"`)

// answerLinks are the addresses that a question leads to: yes, no, skip.
func answerLinks(page string) []string {
	var list []string
	for _, found := range answerHref.FindAllStringSubmatch(page, -1) {
		list = append(list, html.UnescapeString(found[1]))
	}
	return list
}

// TestWhatCanIUse goes from the home page to the answer by links alone, once for each way of answering, in both cities and languages.
func TestWhatCanIUse(t *testing.T) {
	c, _ := open(t, true)
	holds(t, c.get("/"), `href="/entitlements"`)
	holds(t, c.get("/entitlements"), `href="/entitlements?city=350600"`, `href="/entitlements?city=370300"`)
	for _, situation := range []string{"city=350600&permit=residence_permit", "city=370300&permit=permit_3y&since_year=2026&since_month=1&since_day=10", "city=370300&ruleset=zibo-2017&permit=residence_permit"} {
		for _, who := range []string{"self", "child", "parent"} {
			for _, lang := range []string{"zh", "en"} {
				for way := range 3 {
					page := c.get("/entitlements?ask=1&lang=" + lang + "&for=" + who + "&" + situation)
					put := 0
					for ; ; put++ {
						links := answerLinks(page)
						if len(links) == 0 {
							break
						}
						if len(links) != 3 || put == policy.MaxQuestions {
							t.Fatalf("question %d of %s for %s has %d answers", put+1, situation, who, len(links))
						}
						page = c.get(links[way] + "&lang=" + lang)
					}
					lacks(t, page, "entitlements.")
					holds(t, page, `id="group-a"`, `id="share"`, "/entitlements/receipt?")
					if way == 1 && put > 0 && !strings.Contains(page, map[string]string{"zh": "因为不符合", "en": "Because this is not met"}[lang]) {
						t.Errorf("%s for %s in %s: every no is silent", situation, who, lang)
					}
					if way == 2 { // whoever skips everything loses nothing
						lacks(t, page, map[string]string{"zh": "不适用", "en": "Not for you"}[lang])
					}
				}
			}
		}
	}
}

func TestTheAnswerStandsInGroupsWithWhereAndWhatToBring(t *testing.T) {
	c, _ := open(t, true)
	page := plain(c.get("/entitlements?city=370300&for=self&permit=permit_3y&since=2026-03-01&no=employee_in_service&result=1"))
	holds(t, page, "现在可以享受", "从2027年3月1日起可以享受", "要看情况", "不适用", "因为不符合：在职职工", "从2027年3月1日起，再增加 4 类服务", "推断", "这个规定的有效期已过")
	page = plain(c.get("/entitlements?city=350600&for=child&permit=residence_permit&result=1"))
	holds(t, page, "教育局", "责任单位办事窗口", "孩子的户口簿或出生医学证明", "三(二)1(1)", "凭父母（其他法定监护人）居住证，由居住地县级人民政府", "卫计委（现为卫生健康委员会）",
		"不是派出所：到县（市、区）公安局或市公安局的出入境窗口", "不是派出所：到车辆管理所或交警大队的窗口", "就是平时办户口、居住登记的派出所")
	lacks(t, page, "劳动模范评选") // not for a child
	page = plain(c.get("/entitlements?city=350600&for=self&permit=suspended"))
	holds(t, page, "现在还不能享受", "补办签注手续后，使用功能恢复", "居住证恢复使用后才可以享受")
	page = plain(c.get("/entitlements?city=370300&for=self&permit=none&result=1"))
	holds(t, page, "有了居住证", "有了这样的居住证就可以享受：1年期居住证", "3年期居住证")
	page = plain(c.get("/entitlements?city=350600&for=self&permit=residence_permit&result=1&lang=en"))
	holds(t, page, "You can use 47 services now", "It depends", "Service window of the responsible department")
}

// TestTheLinkIsTheAnswer: the address that may be passed on gives the same answer, and nothing in it says who asked.
func TestTheLinkIsTheAnswer(t *testing.T) {
	c, _ := open(t, true)
	page := c.get("/entitlements?city=350600&for=self&permit=residence_permit&yes=older_person&skip=disabled_person&result=1")
	share := regexp.MustCompile(`id="share"[^>]* value="([^"]+)"`).FindStringSubmatch(page)
	if share == nil {
		t.Fatal("no link")
	}
	link := html.UnescapeString(share[1])
	if !strings.HasPrefix(link, origin+"/entitlements?") {
		t.Fatal(link)
	}
	if again := c.get(strings.TrimPrefix(link, origin)); answerPart(again) != answerPart(page) {
		t.Error("the link gives another answer")
	}
	receipt := c.get(strings.Replace(strings.TrimPrefix(link, origin), "/entitlements?", "/entitlements/receipt?", 1))
	holds(t, plain(receipt), "老年人、残疾人优待", "扫一扫", "三(二)1(10)")
	holds(t, receipt, `class="qr"`)
}

// answerPart is what stands between the heading and the link.
func answerPart(page string) string {
	_, page, _ = strings.Cut(page, "<h1>")
	page, _, _ = strings.Cut(page, `class="share"`)
	return page
}

// TestAnExpiredTextSaysSo: without an extension Zibo's opinion can be read and asked, and every page says plainly that it has ended.
func TestAnExpiredTextSaysSo(t *testing.T) {
	c, _ := open(t, false)
	for _, path := range []string{"/entitlements?city=370300&ruleset=zibo-2014", "/entitlements?city=370300&ruleset=zibo-2014&for=self&permit=permit_1y&result=1"} {
		holds(t, plain(c.get(path)), "这个规定已于2018年12月31日到期，仅供参考")
	}
	lacks(t, plain(c.get("/entitlements?city=370300")), "已到期") // the successor is the default
}

func TestBadInquiriesAreAnsweredInWords(t *testing.T) {
	c, _ := open(t, true)
	const zb = "/entitlements?city=370300&ask=1&for=self&permit=permit_3y"
	for _, bad := range []struct{ path, says, keeps string }{
		{"/entitlements?city=350600&ask=1", "请选择为谁查", ""},
		{"/entitlements?city=350600&ask=1&for=self", "请选择有没有居住证", `value="self" type="radio" checked`},
		{"/entitlements?city=350600&ask=1&for=dog&permit=gold", "请选择为谁查", ""},
		{zb + "&since_year=2026&since_month=2&since_day=30", "请填写一个存在的日期", `value="30"`},
		{zb + "&since_year=1899&since_month=12&since_day=31", "请填写一个存在的日期", `value="1899"`},
		{zb + "&since_year=2101&since_month=1&since_day=1", "请填写今天或更早的日期", `value="2101"`},
		{zb + "&since_year=2026", "请填写一个存在的日期", `value="2026"`},
	} {
		status, page, _ := c.do(httptest.NewRequest("GET", bad.path, nil))
		if status != 422 {
			t.Errorf("%s: %d", bad.path, status)
		}
		holds(t, page, bad.says, bad.keeps, `class="error-summary`)
		if strings.Count(page, bad.says) < 2 {
			t.Errorf("%s: said once, not beside the field and in the summary", bad.path)
		}
	}
	// What a link says that the law does not know is left out; yes and no to one question is no answer.
	clean := c.get("/entitlements?city=350600&for=self&permit=residence_permit&result=1")
	for _, odd := range []string{"&yes=per_rules", "&no=per_law", "&yes=gold", "&yes=older_person&no=older_person", "&since=2026-02-30", "&no=%00x", "&skip=older_person"} {
		status, page, _ := c.do(httptest.NewRequest("GET", "/entitlements?city=350600&for=self&permit=residence_permit&result=1"+odd, nil))
		if odd == "&no=%00x" {
			if status != 400 {
				t.Errorf("%s: %d", odd, status)
			}
			continue
		}
		if status != 200 || count(page) != count(clean) {
			t.Errorf("%s: %d, %s", odd, status, count(page))
		}
	}
	for _, path := range []string{"/entitlements?city=999999", "/entitlements/receipt", "/entitlements/receipt?city=350600"} {
		if status, _, header := c.do(httptest.NewRequest("GET", path, nil)); status != 200 && !strings.HasPrefix(header.Get("Location"), "/entitlements") {
			t.Errorf("%s: %d %s", path, status, header.Get("Location"))
		}
	}
	if status, _, _ := c.do(httptest.NewRequest("GET", "/entitlements?city=350600&ruleset=zibo-2014", nil)); status != 404 {
		t.Errorf("another city's ruleset: %d", status)
	}
}

var titleCount = regexp.MustCompile(`现在可以享受 \d+ 项服务</h1>`)

func count(page string) string { return titleCount.FindString(page) }

// TestAHolderFindsTheOwnFactsFilledIn: who is signed in comes from the permit to the answer for it, age and residence included.
func TestAHolderFindsTheOwnFactsFilledIn(t *testing.T) {
	c, played := open(t, true, "zz.issued", "zb.issued", "zb.issued_1y")
	for key, want := range map[string]url.Values{
		"zz.issued":    {"city": {"350600"}, "ruleset": {"zhangzhou-2016"}, "permit": {"residence_permit"}, "for": {"self"}, "no": {"older_person"}},
		"zb.issued":    {"city": {"370300"}, "ruleset": {"zibo-2014"}, "permit": {"permit_3y"}, "for": {"self"}, "no": {"older_person"}},
		"zb.issued_1y": {"city": {"370300"}, "ruleset": {"zibo-2014"}, "permit": {"permit_1y"}, "for": {"self"}, "no": {"older_person"}},
	} {
		b := c.browser().signIn(played[key].Phone)
		a := b.visit("/permit/services")
		target, err := url.Parse(a.header.Get("Location"))
		if err != nil || a.status != 303 || target.Path != "/entitlements" {
			t.Fatalf("%s: %d %s", key, a.status, a.header.Get("Location"))
		}
		got := target.Query()
		if since := got.Get("since"); since == "" || since > "2026-11-24" {
			t.Errorf("%s: since %q", key, since)
		}
		got.Del("since")
		if got.Encode() != want.Encode() {
			t.Errorf("%s: %s, want %s", key, got.Encode(), want.Encode())
		}
		b.page(a.header.Get("Location"))
		holds(t, b.page("/access-log"), "我") // the look is on record
	}
}
