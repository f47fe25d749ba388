package kiosk_test

import (
	"html"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"anju/server/policy"
)

var answerHref = regexp.MustCompile(`<a class="answer" href="([^"]+)"`)

// TestWhatCanIUseAtTheKiosk goes from the start screen to the receipt by touch alone, in both cities and languages. Nothing of it is kept.
func TestWhatCanIUseAtTheKiosk(t *testing.T) {
	h := open(t)
	p := h.begins("services")
	has(t, p.get("/kiosk/services", 200).body, `href="/kiosk/entitlements?city=350600"`, `href="/kiosk/entitlements?city=370300"`)
	for _, situation := range []string{"city=350600&for=child&permit=residence_permit", "city=370300&for=self&permit=permit_3y&since_year=2026&since_month=1&since_day=10"} {
		for _, lang := range []string{"zh", "en"} {
			page := p.get("/kiosk/entitlements?ask=1&"+situation+"&lang="+lang, 200).body
			put := 0
			for ; ; put++ {
				links := answerHref.FindAllStringSubmatch(page, -1)
				if len(links) == 0 {
					break
				}
				if len(links) != 3 || put == policy.MaxQuestions {
					t.Fatalf("question %d has %d answers", put+1, len(links))
				}
				page = p.get(html.UnescapeString(links[put%3][1]), 200).body
			}
			if put == 0 {
				t.Fatal("no question was put")
			}
			has(t, page, `id="group-a"`, `class="qr"`)
			receipt := regexp.MustCompile(`href="(/kiosk/entitlements/receipt[^"]+)"`).FindStringSubmatch(page)
			if receipt == nil {
				t.Fatal("no receipt")
			}
			has(t, p.get(html.UnescapeString(receipt[1]), 200).body, `class="receipt long"`, `class="qr"`, "三(")
		}
	}
	wrong := p.get("/kiosk/entitlements?ask=1&lang=zh&city=370300&for=self&since_year=2026&since_month=2&since_day=30", 422).body
	has(t, wrong, "请选择有没有居住证", "请填写一个存在的日期", `value="30"`)
	p.get("/kiosk/entitlements?city=999999", 303)
	p.get("/kiosk/entitlements/receipt?city=350600", 303)
	stranger, err := h.app.Test(httptest.NewRequest("GET", "/kiosk/entitlements", nil))
	if err != nil || stranger.StatusCode != 303 {
		t.Errorf("without a visit: %v %v", stranger, err)
	}
}

// TestServicesAreFoundByTheirInitials types what the keys on the screen can type.
func TestServicesAreFoundByTheirInitials(t *testing.T) {
	h := open(t)
	p := h.begins("services")
	page := p.get("/kiosk/services/350600?q=gjj", 200).body
	_, found, _ := strings.Cut(page, "找到 1 类")
	found, _, _ = strings.Cut(found, "</ul>")
	has(t, found, `href="/kiosk/services/350600/zz.bs.08"`)
	has(t, p.get("/kiosk/services/350600?q=qqq", 200).body, "没有找到")
}
