package portal_test

import (
	"html"
	"net/http/httptest"
	"strings"
	"testing"

	"anju/server/policy"
)

func TestEveryServiceIsListedWithItsClauseAndItems(t *testing.T) {
	c, _ := open(t, false)
	holds(t, c.get("/services"), `href="/services?city=350600"`, `href="/services?city=370300"`)
	book := c.house.Office.Book
	for _, j := range book.Jurisdictions() {
		for _, r := range j.Rulesets {
			for _, lang := range []string{"zh", "en"} {
				page := c.get("/services?city=" + j.Code + "&ruleset=" + r.ID + "&lang=" + lang)
				words := html.UnescapeString(plain(page))
				for _, s := range r.Services {
					holds(t, page, `href="/services/`+s.ID+`"`, s.Clause)
					for _, code := range s.Departments {
						d, _ := r.Department(code)
						holds(t, words, map[string]string{"zh": d.Name.Zh, "en": d.Name.En}[lang])
					}
					for _, item := range s.Items {
						label := item.Label.Zh
						if lang == "en" {
							label = item.Label.En
						}
						holds(t, solid(words), solid(label))
					}
				}
				for _, right := range r.Rights {
					holds(t, page, right.Quote)
				}
			}
		}
	}
	if status, _, _ := c.do(httptest.NewRequest("GET", "/services?city=350600&ruleset=zibo-2014", nil)); status != 404 {
		t.Errorf("another city's ruleset: %d", status)
	}
}

func TestEveryServiceHasItsPage(t *testing.T) {
	c, _ := open(t, true)
	book, pages := c.house.Office.Book, 0
	for _, j := range book.Jurisdictions() {
		for _, r := range j.Rulesets {
			for _, s := range r.Services {
				for _, lang := range []string{"zh", "en"} {
					page := c.get("/services/" + s.ID + "?lang=" + lang)
					where, _ := book.Office(s.Office)
					holds(t, page, s.Quote, s.Clause, map[string]string{"zh": where.Name.Zh, "en": where.Name.En}[lang])
					lacks(t, page, "services.")
					free := strings.Contains(page, map[string]string{"zh": "<b>免费</b>", "en": "<b>free</b>"}[lang])
					if free != saysFree(s) {
						t.Errorf("%s: free is said %v, the text says %v", s.ID, free, saysFree(s))
					}
					inferred := strings.Contains(page, map[string]string{"zh": "原文没有写明责任单位", "en": "The text names no department"}[lang])
					if inferred != (s.DepartmentsSource == "inferred") {
						t.Errorf("%s: departments are %s", s.ID, s.DepartmentsSource)
					}
				}
				pages++
			}
		}
	}
	if pages != 46 {
		t.Errorf("%d services, want 46", pages)
	}
	for _, id := range []string{"zz.bs.99", "ZZ.BS.01", "..", "x"} {
		if status, _, _ := c.do(httptest.NewRequest("GET", "/services/"+id, nil)); status != 404 {
			t.Errorf("/services/%s: %d", id, status)
		}
	}
}

func saysFree(s policy.Service) bool {
	for _, item := range s.Items {
		if item.Free == policy.Yes {
			return true
		}
	}
	return false
}

func TestServicePageNamesConditionsOfficesAndNamesOfToday(t *testing.T) {
	c, _ := open(t, true)
	page := c.get("/services/zz.bs.01")
	holds(t, page, "适龄儿童", "按（有关）规定（由办理单位掌握）", "教育局", "义务教育入学", "责任单位办事窗口")
	holds(t, c.get("/services/zz.bs.11"), "规定未列明")
	lacks(t, c.get("/services/zb.t1.08"), "请带上身份证") // nothing has to be applied for
	page = c.get("/services/zz.bs.03")              // 卫计委 has become 卫生健康委员会
	holds(t, page, "卫计委", "现在的名称：卫生健康委员会")
}

// solid leaves out spaces, which stand where a part marks Chinese words in an English page.
func solid(s string) string { return strings.ReplaceAll(s, " ", "") }
