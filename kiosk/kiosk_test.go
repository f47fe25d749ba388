package kiosk_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"anju/kiosk"
	"anju/kiosk/device"
	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/scene"
	"anju/server/store/storetest"
	"anju/server/web"
)

func TestMain(m *testing.M) { storetest.Main(m, closeChromium) }

// hall is a kiosk over a furnished house, with the key of its reader.
type hall struct {
	scene.House
	t   *testing.T
	app *fiber.App
	key ed25519.PrivateKey
}

func open(t *testing.T) hall {
	t.Helper()
	t.Parallel()
	h, _ := openAt(t, "http://example.com", "127.0.0.1:18650")
	return h
}

// openAt opens a hall with an origin and an agent of its own.
func openAt(t *testing.T, origin, agent string) (hall, *web.Site) {
	t.Helper()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	house := scene.House{Store: storetest.Open(t), Clock: scene.NewClock(scene.Morning)}
	house.Office = office.New(office.Config{Store: house.Store, Clock: house.Clock, Book: book, Calendar: civic.DefaultCalendar(), Origin: origin,
		CodeKey: []byte("a key of a test"), Demo: true, Log: quiet,
		Extensions: []policy.Extension{{Ruleset: "zibo-2014", Until: civic.MustDate("2030-12-31"), Document: "test"}}})
	if err := house.Office.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := house.Furnish(t.Context(), "password of a test"); err != nil {
		t.Fatal(err)
	}
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := device.Trust(public)
	if err != nil {
		t.Fatal(err)
	}
	site, err := web.New(web.Config{Origin: origin, Log: quiet, Sessions: house.Office, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	kiosk.New(kiosk.Config{Office: house.Office, AgentAddr: agent, Keys: keys, Log: quiet}).Routes(site.Counter("kiosk"))
	if err := site.Seal(); err != nil {
		t.Fatal(err)
	}
	return hall{house, t, site.App(), key}, site
}

// person stands before the screen: a browser with its cookies.
type person struct {
	hall
	cookies map[string]string
}

func (h hall) person() *person { return &person{h, map[string]string{}} }

// begins opens the start page and begins a job.
func (h hall) begins(job string) *person {
	h.t.Helper()
	p := h.person()
	p.get("/kiosk", 200)
	if to := p.post("/kiosk/visits", 303, "job", job).to; to != "/kiosk/"+job {
		h.t.Fatalf("%s begins at %s", job, to)
	}
	return p
}

// answer is what the server said.
type answer struct {
	status int
	to     string
	body   string
	header http.Header
}

func (p *person) send(r *http.Request) answer {
	p.t.Helper()
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := p.app.Test(r, 20_000)
	if err != nil {
		p.t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range response.Cookies() {
		if c.Value == "" || c.MaxAge < 0 {
			delete(p.cookies, c.Name)
		} else {
			p.cookies[c.Name] = c.Value
		}
	}
	return answer{response.StatusCode, response.Header.Get("Location"), string(body), response.Header}
}

func (p *person) get(path string, status int) answer {
	p.t.Helper()
	a := p.send(httptest.NewRequest("GET", path, nil))
	if a.status != status {
		p.t.Fatalf("GET %s: %d to %q, want %d\n%s", path, a.status, a.to, status, plain(a.body))
	}
	if a.header.Get("Cache-Control") != "no-store" {
		p.t.Errorf("GET %s may be kept: %q", path, a.header.Get("Cache-Control"))
	}
	if n := len(a.body); n > 120<<10 {
		p.t.Errorf("GET %s: %d bytes", path, n)
	}
	return a
}

func (p *person) post(path string, status int, pairs ...string) answer {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := p.send(r)
	if a.status != status {
		p.t.Fatalf("POST %s: %d to %q, want %d\n%s", path, a.status, a.to, status, plain(a.body))
	}
	return a
}

// goes posts and expects to be led to a page.
func (p *person) goes(to, path string, pairs ...string) {
	p.t.Helper()
	if a := p.post(path, 303, pairs...); a.to != to {
		p.t.Fatalf("POST %s leads to %s, want %s", path, a.to, to)
	}
}

var tags = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>|\s+`)

// plain is the text of a page.
func plain(body string) string { return tags.ReplaceAllString(body, " ") }

func has(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("the page lacks %q", w)
		}
	}
}

func hasNot(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if w != "" && strings.Contains(body, w) {
			t.Errorf("the page shows %q", w)
		}
	}
}

// code is the one-time code that was last sent to a phone.
func (h hall) code(phone string) string {
	h.t.Helper()
	messages, err := h.Office.MessagesTo(context.Background(), phone)
	if err != nil || len(messages) == 0 {
		h.t.Fatal("no message", err)
	}
	return messages[0].Args["Code"]
}

// lays lays a card on the reader: asks for a nonce, reads and signs. Change may spoil the read.
func (p *person) lays(card device.Card, change func(*device.Read)) (nonce, read string) {
	p.t.Helper()
	a := p.send(httptest.NewRequest("POST", "/kiosk/apply/nonces", nil))
	var asked struct{ Nonce string }
	if err := json.Unmarshal([]byte(a.body), &asked); err != nil {
		p.t.Fatal(a.status, err)
	}
	raw, err := unbase64(asked.Nonce)
	if err != nil {
		p.t.Fatal(err)
	}
	r := device.Read{Nonce: raw, At: p.Clock.Now(), Card: card}
	if change != nil {
		change(&r)
	}
	text, err := r.Sign(p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	return asked.Nonce, text
}

// cardOf is the identity card of somebody in a scene.
func cardOf(p scene.Person) device.Card {
	id := civic.CitizenID(p.ID)
	return device.Card{Kind: device.Resident, Name: p.Name, Sex: id.Sex(), Ethnic: p.Ethnic, Born: id.Born(), Address: "某省某市", Number: p.ID, Authority: "某市公安局",
		From: civic.MustDate("2020-01-01"), To: civic.MustDate("2040-01-01")}
}

// copyOf is the same browser at another time: whoever kept its cookies.
func (p *person) copyOf() *person { return &person{p.hall, maps.Clone(p.cookies)} }

// alive asks the record whether the visit of this browser is alive.
func (p *person) alive() bool {
	_, _, err := p.Office.Resume(context.Background(), access.Kiosk, p.cookies["anju_kiosk"])
	return err == nil
}
