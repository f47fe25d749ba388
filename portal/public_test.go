package portal_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"anju/assets"
	"anju/portal"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/scene"
	"anju/server/store/storetest"
	"anju/server/web"
)

const origin = "http://example.com"

// counter is the portal over a house of its own.
type counter struct {
	t     *testing.T
	house scene.House
	app   *fiber.App
	site  *web.Site
	logs  *bytes.Buffer
}

// open builds a portal on a database of its own, in which the scenes of people have been played.
func open(t *testing.T, extended bool, people ...string) (counter, map[string]scene.Played) {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	clock := scene.NewClock(scene.Morning)
	logs := &bytes.Buffer{}
	config := office.Config{Clock: clock, Book: book, Store: storetest.Open(t), Calendar: civic.DefaultCalendar(), Origin: origin, CodeKey: []byte("codes"), Demo: true, Log: slog.New(slog.NewJSONHandler(logs, nil))}
	if extended {
		config.Extensions = []policy.Extension{{Ruleset: "zibo-2014", Until: civic.MustDate("2027-12-31"), Document: "淄政办字〔2026〕1号"}}
	}
	o := office.New(config)
	site, err := web.New(web.Config{Origin: origin, Demo: true, Log: config.Log, Sessions: o})
	if err != nil {
		t.Fatal(err)
	}
	c := counter{t: t, house: scene.House{Office: o, Store: config.Store, Clock: clock}, app: site.App(), site: site, logs: logs}
	p := portal.New(o, config.Log)
	p.Routes(site.Counter("portal"))
	p.Demo(site.Counter("portal"))
	if len(people) == 0 {
		return c, nil
	}
	if err := o.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.house.Furnish(t.Context(), "password of the test"); err != nil {
		t.Fatal(err)
	}
	played := map[string]scene.Played{}
	for _, key := range people {
		if played[key], err = c.house.Play(t.Context(), scene.PersonOf(key)); err != nil {
			t.Fatal(err)
		}
	}
	return c, played
}

func (c counter) do(req *http.Request) (int, string, http.Header) {
	c.t.Helper()
	res, err := c.app.Test(req, 20_000)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, string(body), res.Header
}

// get asks for a page, which must be there.
func (c counter) get(path string) string {
	c.t.Helper()
	status, body, _ := c.do(httptest.NewRequest("GET", path, nil))
	if status != 200 {
		c.t.Fatalf("GET %s: %d\n%s", path, status, body)
	}
	return body
}

func (c counter) post(path string, form url.Values) (int, string, http.Header) {
	c.t.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	return c.do(req)
}

// upload sends a file as a browser does.
func (c counter) upload(path, field, name string, content []byte) (int, string, http.Header) {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	req := httptest.NewRequest("POST", path, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return c.do(req)
}

// holds fails unless all pieces stand on the page.
func holds(t *testing.T, page string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if !strings.Contains(page, piece) {
			t.Errorf("the page lacks %q:\n%s", piece, plain(page))
		}
	}
}

// lacks fails when any piece stands on the page.
func lacks(t *testing.T, page string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if strings.Contains(page, piece) {
			t.Errorf("the page holds %q:\n%s", piece, plain(page))
		}
	}
}

var markup = regexp.MustCompile(`(?s)<head>.*?</head>|<svg.*?</svg>|<[^>]*>`)

// plain is the text of a page.
func plain(page string) string {
	return strings.Join(strings.Fields(markup.ReplaceAllString(page, " ")), " ")
}

// TestPublicPagesAreLight holds the first visit to its budget: 15 KB before something is painted (page and style sheet), 50 KB in all.
func TestPublicPagesAreLight(t *testing.T) {
	c, _ := open(t, true)
	for _, path := range []string{"/", "/eligibility", "/eligibility?city=350600", "/eligibility?city=370300", "/services?city=350600", "/services?city=370300", "/services?city=370300&ruleset=zibo-2017", "/verify", "/refusals", "/refusals?city=350600", "/refusals?city=370300", "/help", "/privacy",
		"/entitlements", "/entitlements?city=350600", "/entitlements?city=350600&for=self&permit=residence_permit", "/entitlements?city=350600&for=self&permit=residence_permit&result=1",
		"/entitlements?city=370300&for=self&permit=permit_3y&since=2026-03-01&result=1", "/entitlements/receipt?city=350600&for=child&permit=none", "/comparison", "/services?q=school", "/services/zz.bs.01"} {
		for _, lang := range []string{"zh", "en"} {
			weighs(t, c, path, lang)
		}
	}
}

var loaded = regexp.MustCompile(`(?:href|src|data-module)="(/assets/[^"]+)"`)

// weighs holds a page with all that it loads to the budget.
func weighs(t *testing.T, c counter, path, lang string) {
	t.Helper()
	page := c.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=" + lang)
	first := zipped(t, []byte(page))
	all, seen := first, map[string]bool{}
	for _, found := range loaded.FindAllStringSubmatch(page, -1) {
		for _, address := range strings.Fields(found[1]) {
			if seen[address] {
				continue
			}
			seen[address] = true
			body, kind, small, ok := assets.Open(address)
			if !ok {
				t.Fatalf("%s names %s, which is not there", path, address)
			}
			size := len(small)
			if small == nil {
				size = len(body)
			}
			all += size
			if strings.HasPrefix(kind, "text/css") {
				first += size
			}
		}
	}
	t.Logf("%s (%s): %d bytes before the first paint, %d in all", path, lang, first, all)
	if first > 15<<10 || all > 50<<10 {
		t.Errorf("%s (%s): %d bytes before the first paint, %d in all", path, lang, first, all)
	}
}

func zipped(t *testing.T, body []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestHomeLeadsEverywhere(t *testing.T) {
	c, _ := open(t, true)
	for _, lang := range []string{"zh", "en"} {
		page := c.get("/?lang=" + lang)
		for _, href := range []string{"/eligibility", "/apply", "/services", "/track", "/verify", "/help", "/privacy", "/sign-in"} {
			holds(t, page, `href="`+href+`"`)
		}
		lacks(t, page, `href="/account"`)
		for _, key := range []string{"zz.issued", "zb.issued"} { // the hints lead to people who are there
			holds(t, page, scene.PersonOf(key).Phone)
		}
	}
}
