package kiosk_test

import (
	"html"
	"strings"
	"testing"

	"anju/server/text"
)

// TestEveryServiceIsThere: every service and item of the ruleset in force stands in the catalogue with its clause, in both languages.
func TestEveryServiceIsThere(t *testing.T) {
	h := open(t)
	p := h.begins("services")
	cities := p.get("/kiosk/services", 200).body
	for _, j := range h.Office.Book.Jurisdictions() {
		has(t, cities, j.Name.Zh, `href="/kiosk/services/`+j.Code+`"`)
		r, _, err := h.Office.InForce(j.Code)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range text.Langs() {
			list := p.get("/kiosk/services/"+j.Code+"?lang="+string(lang), 200).body
			for _, s := range r.Services {
				has(t, list, `href="/kiosk/services/`+j.Code+"/"+s.ID+`"`)
				has(t, words(list), joined(s.Clause))
				page := words(p.get("/kiosk/services/"+j.Code+"/"+s.ID, 200).body)
				has(t, page, joined(s.Quote), joined(s.Clause))
				for _, it := range s.Items {
					label := it.Label.Zh
					if lang == text.English {
						label = it.Label.En
					}
					has(t, page, joined(label))
				}
			}
		}
	}
	p.get("/kiosk/services/999999", 404)
	p.get("/kiosk/services/350600/zb.bs.01", 404)
}

// words is the text of a page and joined a text, both without spaces: a page marks the Chinese in an English text.
func words(body string) string { return joined(html.UnescapeString(plain(body))) }

func joined(s string) string { return strings.Join(strings.Fields(s), "") }
