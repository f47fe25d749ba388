package portal_test

import (
	"html"
	"strings"
	"testing"
)

// TestMovingFromZiboToZhangzhou compares the cities both ways, in both languages: rules with their clauses, every item of both texts.
func TestMovingFromZiboToZhangzhou(t *testing.T) {
	c, _ := open(t, true)
	page := plain(c.get("/comparison?from=370300&to=350600"))
	holds(t, page, "从淄博市搬到漳州市", "只有漳州市的规定写了", "居民身份证", "公共安全", "居住登记满 6 个月", "打算居住半年以上，不用等", "不用签注，到期重新申领", "每 12 个月签注一次",
		"居住证，没有有效期", "3年期居住证，3 年有效", "（待确认）", "20 元")
	for _, lang := range []string{"zh", "en"} {
		page := solid(html.UnescapeString(plain(c.get("/comparison?from=350600&to=370300&lang=" + lang))))
		for _, id := range []string{"zhangzhou-2016", "zibo-2014"} {
			r, _ := c.house.Office.Book.Ruleset(id)
			for _, s := range r.Services {
				for _, it := range s.Items {
					label := it.Label.Zh
					if lang == "en" {
						label = it.Label.En
					}
					holds(t, page, solid(label))
				}
			}
		}
		lacks(t, page, "comparison.")
	}
	holds(t, plain(c.get("/comparison?from=350600&to=350600")), "请选择两个不同的城市")
	holds(t, plain(c.get("/comparison?from=x&to=999999")), "从淄博市搬到漳州市")
}

// TestServicesAreFoundByWhatPeopleCallThem searches within a city and across both.
func TestServicesAreFoundByWhatPeopleCallThem(t *testing.T) {
	c, _ := open(t, true)
	found := func(query string) string {
		_, page, _ := strings.Cut(c.get("/services?"+query), `id="found"`)
		page, _, _ = strings.Cut(page, "</section>")
		return page
	}
	for query, want := range map[string]string{
		"city=350600&q=%E5%AD%A9%E5%AD%90%E4%B8%8A%E5%AD%A6": "found-zz.bs.01", // 孩子上学
		"city=350600&q=gjj":                      "found-zz.bs.08",
		"city=370300&q=passport":                 "found-zb.t1.09",
		"city=370300&ruleset=zibo-2017&q=school": "found-cn.bs.01",
		"q=housing":                              "found-zb.t3.04", // in both cities
	} {
		if got := found(query); !strings.Contains(got, want) {
			t.Errorf("%s does not find %s", query, want)
		}
	}
	if both := found("q=housing"); !strings.Contains(both, "found-zz.bs.08") || !strings.Contains(both, "漳州市") {
		t.Error("both cities are not searched")
	}
	holds(t, found("city=350600&q=zzzz"), "没有找到")
	holds(t, c.get("/services?city=350600&q=%3Cscript%3E"), "&lt;script&gt;", "没有找到")
	if got := found("city=350600&q=" + strings.Repeat("a", 5000)); !strings.Contains(got, "没有找到") {
		t.Error("a long word breaks the search")
	}
}
