package web_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"anju/assets"
	"anju/server/access"
	"anju/server/text"
	"anju/server/web"
)

// dressed fails when one of the headers that every answer wears is missing.
func dressed(t *testing.T, name string, h http.Header) {
	t.Helper()
	for head, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; ", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=()", "Cache-Control": "no-store",
	} {
		if !strings.HasPrefix(h.Get(head), want) {
			t.Errorf("%s: %s is %q", name, head, h.Get(head))
		}
	}
	policy := h.Get("Content-Security-Policy")
	for _, must := range []string{"style-src 'self';", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, must) {
			t.Errorf("%s: the policy lacks %s: %s", name, must, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || h.Get("Server") != "" || h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s: policy %s, server %q, ACAO %q", name, policy, h.Get("Server"), h.Get("Access-Control-Allow-Origin"))
	}
}

// withErrors declares one address for every way in which a handler can fail.
func withErrors(h *house) {
	r := h.Counter("portal")
	r.Get("/", web.Public, say("home"))
	r.Get("/panic", web.Public, func(*fiber.Ctx) error { panic("index of 350602199001010015 张小明") })
	r.Get("/defect", web.Public, func(*fiber.Ctx) error {
		return errors.New("pq: password is x at 13800001234 of 张小明\nforged line")
	})
	r.Get("/late", web.Public, func(*fiber.Ctx) error { return fmt.Errorf("query: %w", context.DeadlineExceeded) })
	r.Get("/half", web.Public, func(c *fiber.Ctx) error {
		return web.Render(c, 200, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "half a page")
			return errors.New("the rest failed")
		}))
	})
	r.Get("/fails/:kind", web.Public, func(c *fiber.Ctx) error {
		c.Set("Content-Disposition", "attachment")
		return fmt.Errorf("office: %w", &web.Error{What: c.Params("kind"), Why: "why", At: "name"})
	})
	r.Post("/", web.Public, say("sent"))
	h.Counter("api").Get("/api/v1/fails/:kind", web.Public, func(c *fiber.Ctx) error { return &web.Error{What: c.Params("kind"), Why: "why", At: "permit.tier"} })
}

func TestErrorsBecomePagesAtOneBoundary(t *testing.T) {
	h := open(t, nil)
	withErrors(h)
	for _, c := range []struct {
		method, path string
		status       int
		kind         string
		heads        []string
	}{
		{"GET", "/fails/invalid", 422, "invalid", nil}, {"GET", "/fails/malformed", 400, "malformed", nil}, {"GET", "/fails/not_found", 404, "not_found", nil},
		{"GET", "/fails/forbidden", 403, "forbidden", nil}, {"GET", "/fails/conflict", 409, "conflict", nil}, {"GET", "/fails/refused", 422, "refused", nil},
		{"GET", "/fails/unavailable", 503, "unavailable", nil}, {"GET", "/fails/too_large", 413, "too_large", nil}, {"GET", "/fails/throttled", 429, "throttled", nil},
		{"GET", "/fails/unauthorised", 401, "unauthorised", nil}, {"GET", "/fails/nonsense", 500, "defect", nil},
		{"GET", "/panic", 500, "defect", nil}, {"GET", "/defect", 500, "defect", nil}, {"GET", "/late", 503, "unavailable", nil}, {"GET", "/half", 500, "defect", nil},
		{"GET", "/nowhere", 404, "not_found", nil}, {"GET", "/Fails/invalid", 404, "not_found", nil}, {"GET", "/fails/invalid/", 404, "not_found", nil}, {"GET", "//fails/invalid", 404, "not_found", nil},
		{"PUT", "/", 405, "malformed", nil}, {"TRACE", "/", 405, "malformed", nil}, {"OPTIONS", "/", 405, "malformed", nil}, {"BREW", "/", 405, "malformed", nil},
		{"POST", "/", 403, "forbidden", []string{"Sec-Fetch-Site: cross-site"}}, {"GET", "/", 421, "malformed", []string{"Host: evil.example"}},
		{"GET", "/?q=%00", 400, "malformed", nil}, {"GET", "/?q=%ff", 400, "malformed", nil}, {"GET", "/?q=%zz", 400, "malformed", nil},
	} {
		name := c.method + " " + c.path
		answer := h.ask(t, c.method, c.path, "", c.heads...)
		body := words(t, answer)
		if answer.StatusCode != c.status || !strings.Contains(body, "<h1>"+c.kind+"</h1>") || !strings.Contains(body, "<b>portal</b>") {
			t.Errorf("%s: %d %q, want %d %s", name, answer.StatusCode, body, c.status, c.kind)
		}
		dressed(t, name, answer.Header)
		if answer.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: the error page is offered as a download", name)
		}
		if c.status == 503 && answer.Header.Get("Retry-After") == "" {
			t.Errorf("%s: says not when to come back", name)
		}
		for _, secret := range []string{"password", "pq:", "goroutine", "half a page", "小明", "evil"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s: the page shows %q", name, secret)
			}
		}
	}
	log := h.log.String()
	for _, secret := range []string{"350602199001010015", "13800001234", "小明", "\nforged"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log shows %q", secret)
		}
	}
	if !strings.Contains(log, "password is x") || !strings.Contains(log, "goroutine") {
		t.Error("the log does not say what went wrong")
	}
	if allow := h.ask(t, "PUT", "/", "").Header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("Allow: %q", allow)
	}
}

func TestErrorPageCarriesTheIdOfTheLog(t *testing.T) {
	h := open(t, nil)
	withErrors(h)
	body := words(t, h.ask(t, "GET", "/defect", "", "X-Request-Id: mine"))
	id := regexp.MustCompile(`<i>([a-z2-7]{16})</i>`).FindStringSubmatch(body)
	if id == nil || !strings.Contains(h.log.String(), `"id":"`+id[1]+`"`) {
		t.Errorf("page %q, log %s", body, h.log)
	}
}

func TestErrorPageThatFailsIsReplaced(t *testing.T) {
	for name, page := range map[string]templ.Component{
		"error": templ.ComponentFunc(func(context.Context, io.Writer) error { return errors.New("no") }),
		"panic": templ.ComponentFunc(func(context.Context, io.Writer) error { panic("no") }),
	} {
		h := open(t, func(c *web.Config) {
			c.ErrorPage = func(*web.Visit, int, string, string) templ.Component { return page }
		})
		withErrors(h)
		answer := h.ask(t, "GET", "/nowhere?lang=en", "")
		if title, advice := web.ErrorWords(text.For(text.English), "not_found"); answer.StatusCode != 404 {
			t.Errorf("%s: %d", name, answer.StatusCode)
		} else if body := words(t, answer); !strings.Contains(body, title) || !strings.Contains(body, advice) {
			t.Errorf("%s: %q", name, body)
		}
	}
}

func TestProgramsGetProblems(t *testing.T) {
	h := open(t, nil)
	withErrors(h)
	for _, path := range []string{"/api/v1/fails/invalid", "/fails/invalid"} {
		answer := h.ask(t, "GET", path, "", "Accept: application/json")
		var p struct {
			Status                       int
			Kind, Reason, Field, Request string
		}
		if err := json.Unmarshal([]byte(words(t, answer)), &p); err != nil || answer.Header.Get("Content-Type") != "application/problem+json" || p.Status != 422 || p.Kind != "invalid" || p.Reason != "why" || p.Field == "" {
			t.Errorf("%s: %v %s %+v", path, err, answer.Header.Get("Content-Type"), p)
		}
	}
	if answer := h.ask(t, "GET", "/api/v1/nothing", "", "Accept: text/html"); answer.Header.Get("Content-Type") != "application/problem+json" || answer.StatusCode != 404 {
		t.Errorf("an address of the API that does not exist: %d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
}

func TestUnsafeMethodsComeFromOurOwnPages(t *testing.T) {
	plain, demo := open(t, nil), open(t, func(c *web.Config) { c.Demo = true })
	withErrors(plain)
	withErrors(demo)
	for _, c := range []struct {
		h      *house
		status int
		heads  []string
	}{
		{plain, 200, nil}, {plain, 200, []string{"Sec-Fetch-Site: same-origin"}}, {plain, 200, []string{"Sec-Fetch-Site: same-origin", "Origin: null"}},
		{plain, 200, []string{"Sec-Fetch-Site: none"}}, {plain, 200, []string{"Origin: http://example.com"}},
		{plain, 403, []string{"Sec-Fetch-Site: cross-site"}}, {plain, 403, []string{"Sec-Fetch-Site: same-site"}}, {plain, 403, []string{"Sec-Fetch-Site: cross-site", "Origin: http://example.com"}},
		{plain, 403, []string{"Origin: https://example.com"}}, {plain, 403, []string{"Origin: http://evil.example"}}, {plain, 403, []string{"Origin: null"}},
		{plain, 403, []string{"Origin: http://example.com.evil.example"}}, {plain, 403, []string{"Origin: http://example.com:81"}},
		{demo, 200, []string{"Host: localhost:9000", "Origin: http://localhost:9000"}}, {demo, 403, []string{"Host: localhost:9000", "Origin: http://localhost:9001"}},
		{demo, 403, []string{"Host: 127.0.0.1:9000", "Origin: http://evil.example"}}, {demo, 200, []string{"Host: [::1]:9000"}},
		{plain, 421, []string{"Host: localhost:9000"}}, {demo, 421, []string{"Host: evil.example"}}, {demo, 421, []string{"Host: localhost.evil.example"}},
	} {
		if answer := c.h.ask(t, "POST", "/", "", c.heads...); answer.StatusCode != c.status {
			t.Errorf("%v: %d, want %d", c.heads, answer.StatusCode, c.status)
		}
	}
}

func TestForwardedHeadersOfAVisitorAreNotBelieved(t *testing.T) {
	peer := func(c *fiber.Ctx) error {
		return c.SendString(web.VisitOf(c).Peer + " " + c.Hostname() + " " + c.Protocol())
	}
	spoofed := []string{"X-Forwarded-For: 203.0.113.9, 198.51.100.7", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Real-Ip: 203.0.113.9"}
	for _, c := range []struct {
		proxies []string
		want    string
	}{
		{nil, "0.0.0.0"},                                     // the address of a request without a connection
		{[]string{"10.0.0.0/8"}, "0.0.0.0"},                  // comes from elsewhere
		{[]string{"0.0.0.0"}, "198.51.100.7"},                // the last one, which our proxy wrote
		{[]string{"0.0.0.0", "198.51.100.7"}, "203.0.113.9"}, // two proxies of ours
	} {
		h := open(t, func(config *web.Config) { config.TrustedProxies = c.proxies })
		h.Counter("portal").Get("/", web.Public, peer)
		if got := words(t, h.ask(t, "GET", "/", "", spoofed...)); got != c.want+" example.com http" {
			t.Errorf("behind %v: %q, want %q", c.proxies, got, c.want)
		}
		if log := h.log.String(); strings.Contains(log, "198.51.100.7") || strings.Contains(log, "203.0.113.9") {
			t.Errorf("the log holds a whole address: %s", log)
		}
	}
}

func TestLogHoldsPatternsAndNobody(t *testing.T) {
	h := open(t, nil)
	h.Counter("portal").Get("/V/:token", web.Public, say("verdict"))
	h.ask(t, "GET", "/V/SECRETTOKEN?name=zhang", "", "Cookie: anju_citizen=SECRETCOOKIE", "User-Agent: spy")
	h.ask(t, "GET", "/lost/SECRETTOKEN", "")
	log := h.log.String()
	for _, secret := range []string{"SECRET", "zhang", "spy"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s: %s", secret, log)
		}
	}
	for _, part := range []string{`"route":"/V/:token"`, `"method":"GET"`, `"status":200`, `"counter":"portal"`, `"ms":`, `"route":"-"`, `"status":404`} {
		if !strings.Contains(log, part) {
			t.Errorf("the log lacks %s: %s", part, log)
		}
	}
}

func TestStringsOutliveTheirRequest(t *testing.T) {
	h := open(t, nil)
	var mu sync.Mutex
	var kept [][]string
	h.Counter("portal").Post("/keep/:id", web.Public, func(c *fiber.Ctx) error {
		f, err := web.ReadForm(c)
		mu.Lock()
		defer mu.Unlock()
		kept = append(kept, []string{c.Params("id"), web.Query(c).Get("q"), web.Cookie(c, "size"), f.Get("name"), c.Get("X-Own"), web.VisitOf(c).Path})
		return err
	})
	for i := range 50 {
		id := fmt.Sprintf("id%04d", i)
		h.ask(t, "POST", "/keep/"+id+"?q="+id, "name="+id, "Cookie: anju_size="+id, "X-Own: "+id)
	}
	if len(kept) != 50 {
		t.Fatalf("%d requests were handled", len(kept))
	}
	for i, got := range kept {
		id := fmt.Sprintf("id%04d", i)
		if !slices.Equal(got, []string{id, id, id, id, id, "/keep/" + id + "?q=" + id}) {
			t.Fatalf("request %d turned into %v", i, got)
		}
	}
}

func TestBusySiteSaysSoAtOnce(t *testing.T) {
	h := open(t, func(c *web.Config) { c.Active = 1 })
	begun, release := make(chan bool), make(chan bool)
	h.Counter("portal").Get("/slow", web.Public, func(c *fiber.Ctx) error {
		close(begun)
		<-release
		return c.SendString("slow")
	})
	h.Counter("portal").Get("/", web.Public, say("home"))
	done := start(func() error {
		h.ask(t, "GET", "/slow", "")
		return nil
	})
	<-begun
	before := time.Now()
	answer := h.ask(t, "GET", "/", "")
	if took := time.Since(before); answer.StatusCode != 503 || answer.Header.Get("Retry-After") == "" || took > time.Second {
		t.Errorf("while busy: %d after %v", answer.StatusCode, took)
	}
	close(release)
	<-done
	if answer := h.ask(t, "GET", "/", ""); answer.StatusCode != 200 {
		t.Errorf("afterwards: %d", answer.StatusCode)
	}
}

func TestHandlersHaveADeadline(t *testing.T) {
	h := open(t, nil)
	h.Counter("portal").Get("/", web.Public, func(c *fiber.Ctx) error {
		until, ok := c.UserContext().Deadline()
		return c.SendString(fmt.Sprint(ok && time.Until(until) > 14*time.Second && time.Until(until) <= 15*time.Second))
	})
	if got := words(t, h.ask(t, "GET", "/", "")); got != "true" {
		t.Error("the context of a handler does not end after 15 seconds")
	}
}

func TestPagesArePackedAndAssetsKept(t *testing.T) {
	h := open(t, nil)
	long := strings.Repeat("居住证 ", 1000)
	h.Counter("portal").Get("/", web.Public, say(long))
	unpack := map[string]func(io.Reader) io.Reader{
		"br":   func(r io.Reader) io.Reader { return brotli.NewReader(r) },
		"gzip": func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"":     func(r io.Reader) io.Reader { return r },
	}
	for coding, open := range unpack {
		for _, path := range []string{"/", assets.URL("portal.css")} {
			answer := h.ask(t, "GET", path, "", "Accept-Encoding: "+coding)
			body, err := io.ReadAll(open(answer.Body))
			if err != nil || answer.Header.Get("Content-Encoding") != coding || answer.Header.Get("Vary") != "Accept-Encoding" || path == "/" && string(body) != long || path != "/" && !strings.Contains(string(body), "@layer") {
				t.Errorf("%s as %q: %v, %d bytes, headers %v", path, coding, err, len(body), answer.Header)
			}
		}
	}
	answer := h.ask(t, "GET", assets.URL("portal.css")+"?lang=en", "", "Cookie: anju_citizen=x")
	if answer.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || answer.Header.Get("Set-Cookie") != "" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers of an asset: %v", answer.Header)
	}
	for _, path := range []string{"/assets/aaaaaaaaaaaa/portal.css", "/assets/", "/assets/../assets.go"} {
		if answer := h.ask(t, "GET", path, ""); answer.StatusCode != 404 || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", path, answer.StatusCode, answer.Header.Get("Cache-Control"))
		}
	}
	head, get := h.ask(t, "HEAD", "/", ""), h.ask(t, "GET", "/", "")
	if head.StatusCode != 200 || head.ContentLength != get.ContentLength || words(t, head) != "" {
		t.Errorf("HEAD: %d, %d bytes announced, GET has %d", head.StatusCode, head.ContentLength, get.ContentLength)
	}
}

func TestPoliciesWidenOnlyWhereAPageNeedsIt(t *testing.T) {
	h := open(t, func(c *web.Config) { c.Origin = "https://example.com" })
	kiosk := h.Counter("kiosk")
	kiosk.Connect("http://127.0.0.1:18650")
	kiosk.Get("/kiosk", web.Public, say("kiosk"))
	h.Counter("portal").Get("/", web.Public, say("home"))
	h.Counter("portal").Get("/verify", web.Public, func(c *fiber.Ctx) error {
		web.Camera(c)
		return c.SendString("scan")
	})
	has := func(path, head, part string, want bool) {
		t.Helper()
		if got := h.ask(t, "GET", path, "").Header.Get(head); strings.Contains(got, part) != want {
			t.Errorf("%s: %s is %q", path, head, got)
		}
	}
	for path, agent := range map[string]bool{"/kiosk": true, "/kiosk/nowhere": true, "/": false, "/verify": false} {
		has(path, "Content-Security-Policy", "connect-src 'self' http://127.0.0.1:18650;", agent)
	}
	for path, camera := range map[string]bool{"/verify": true, "/": false, "/kiosk": false, "/nowhere": false} {
		has(path, "Permissions-Policy", "camera=(self)", camera)
		has(path, "Content-Security-Policy", "'wasm-unsafe-eval'", camera)
		has(path, "Strict-Transport-Security", "max-age=31536000; includeSubDomains", true)
	}
	if plain := open(t, nil).ask(t, "GET", "/", ""); plain.Header.Get("Strict-Transport-Security") != "" {
		t.Error("a site on plain HTTP promises HTTPS")
	}
}

func TestLanguageSticks(t *testing.T) {
	h := open(t, nil)
	h.Counter("portal").Get("/", web.Public, func(c *fiber.Ctx) error { return c.SendString(string(web.VisitOf(c).Printer.Lang())) })
	for _, c := range []struct{ path, cookie, accept, want, kept string }{
		{"/", "", "", "zh", ""}, {"/", "", "en-GB,en;q=0.9", "en", ""}, {"/?lang=zh", "", "en", "zh", "zh"}, {"/?lang=en", "zh", "", "en", "en"},
		{"/", "en", "zh", "en", ""}, {"/?lang=fr", "", "", "zh", ""}, {"/?lang=en&lang=zh", "", "", "zh", ""}, {"/?lang=en", "en", "", "en", ""}, {"/", "xx", "", "zh", ""},
	} {
		answer := h.ask(t, "GET", c.path, "", "Cookie: anju_lang="+c.cookie, "Accept-Language: "+c.accept)
		kept := ""
		for _, cookie := range answer.Cookies() {
			kept = cookie.Value
		}
		if got := words(t, answer); got != c.want || kept != c.kept {
			t.Errorf("%+v: page in %s, kept %q", c, got, kept)
		}
	}
}

func TestActorCarriesTheRequest(t *testing.T) {
	h := open(t, nil)
	h.sessions.add(access.Citizen, "token", noon)
	h.Counter("portal").Get("/", web.Public, func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		return c.SendString(fmt.Sprintf("%s %v", v.Actor.Kind, v.Actor.RequestID == v.ID && v.ID != ""))
	})
	for cookie, want := range map[string]string{"token": "citizen true", "": "anyone true"} {
		if got := words(t, h.ask(t, "GET", "/", "", "Cookie: anju_citizen="+cookie)); got != want {
			t.Errorf("with %q: %s", cookie, got)
		}
	}
}
