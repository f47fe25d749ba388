package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/web"
)

var noon = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)

// signedOut is what the office answers for a cookie of nobody.
var signedOut = &web.Error{What: "not_found", Why: "signed_out"}

// sessions is a memory of who is signed in, as the office would tell.
type sessions struct {
	byToken map[string]access.Session
	actors  map[string]access.Actor
	down    error
}

func (s *sessions) Resume(_ context.Context, kind access.Kind, token string) (access.Session, access.Actor, error) {
	if s.down != nil {
		return access.Session{}, access.Actor{}, s.down
	}
	session, ok := s.byToken[token]
	if !ok || session.Kind != kind {
		return access.Session{}, access.Actor{}, signedOut
	}
	if !session.Alive(noon) {
		return session, access.Actor{}, signedOut
	}
	return session, s.actors[token], nil
}

func (s *sessions) add(kind access.Kind, token string, seen time.Time, roles ...access.Role) {
	_, hash := access.NewToken()
	s.byToken[token] = access.Session{Hash: hash, Kind: kind, Subject: "subject-" + token, CreatedAt: seen, SeenAt: seen}
	actor := access.Actor{Kind: kind, ID: "subject-" + token}
	for _, role := range roles {
		actor.Posts = append(actor.Posts, access.Post{Jurisdiction: "350600", Station: "a", Role: role})
	}
	s.actors[token] = actor
}

// lockedBuffer collects the log of requests that run at the same time.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type house struct {
	*web.Site
	sessions *sessions
	log      *lockedBuffer
}

// open makes a site with the addresses that the tests of this package need.
func open(t testing.TB, change func(*web.Config)) *house {
	t.Helper()
	h := &house{sessions: &sessions{byToken: map[string]access.Session{}, actors: map[string]access.Actor{}}, log: &lockedBuffer{}}
	config := web.Config{
		Origin: "http://example.com", Log: slog.New(slog.NewJSONHandler(h.log, nil)), Sessions: h.sessions,
		ErrorPage: func(v *web.Visit, _ int, kind, reason string) templ.Component {
			return templ.Raw("<h1>" + kind + "</h1><p>" + reason + "</p><i>" + v.ID + "</i><b>" + v.Counter + "</b>")
		},
	}
	if change != nil {
		change(&config)
	}
	site, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	h.Site = site
	return h
}

func say(words string) fiber.Handler {
	return func(c *fiber.Ctx) error { return web.Render(c, 200, templ.Raw(words)) }
}

// ask sends one request; heads are "Name: value".
func (h *house) ask(t *testing.T, method, path, body string, heads ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, head := range heads {
		name, value, _ := strings.Cut(head, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	answer, err := h.App().Test(r, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

func words(t *testing.T, answer *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// listen serves on a real port and returns its address. The port is the origin, so the site is made by the caller afterwards.
func listen(t *testing.T, build func(address string) *house) (string, *house) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := build(ln.Addr().String())
	done := start(func() error { return h.Serve(ln) })
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = h.Shutdown(ctx)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String(), h
}

func start(f func() error) chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

func TestAddressWithoutGuardStopsTheStart(t *testing.T) {
	for name, slip := range map[string]func(*house){
		"past the table": func(h *house) { h.App().Get("/secret", say("x")) },
		"no guard":       func(h *house) { h.Counter("portal").Get("/open", web.Guard{}, say("x")) },
		"middleware":     func(h *house) { h.App().Use(func(c *fiber.Ctx) error { return c.Next() }) },
	} {
		h := open(t, nil)
		h.Counter("portal").Get("/", web.Public, say("x"))
		if err := h.Seal(); err != nil {
			t.Fatalf("an honest site was refused: %v", err)
		}
		slip(h)
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Serve(ln); err == nil {
			t.Errorf("%s: the site started", name)
		}
		_ = ln.Close()
	}
}

func TestTableNamesEveryAddress(t *testing.T) {
	h := open(t, nil)
	h.Counter("console").Post("/console/cases/:reference/decision", web.Staff(access.Reviewer), say("x"))
	h.Counter("portal").Upload("/apply/photo", web.Citizen(nil), 8<<20, say("x"))
	var got []string
	for _, r := range h.Table() {
		got = append(got, r.Counter+" "+r.Method+" "+r.Path+" "+string(r.Guard.Kind))
	}
	want := "assets GET /assets/* anyone|console POST /console/cases/:reference/decision staff|portal POST /apply/photo citizen"
	if strings.Join(got, "|") != want {
		t.Errorf("table %v", got)
	}
}

func TestOriginAndProxiesMustBeReadable(t *testing.T) {
	for _, c := range []web.Config{{Origin: ""}, {Origin: "example.com"}, {Origin: "https://example.com/path"}, {Origin: "ftp://example.com"}, {Origin: "https://example.com", TrustedProxies: []string{"proxy"}}} {
		if _, err := web.New(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

func TestFiberIsSetAgainstItsDefaults(t *testing.T) {
	h := open(t, nil)
	c, server := h.App().Config(), h.App().Server()
	if !c.Immutable || !c.CaseSensitive || !c.StrictRouting || !c.EnableTrustedProxyCheck || len(c.TrustedProxies) > 0 || c.Prefork || c.ServerHeader != "" {
		t.Errorf("settings %+v", c)
	}
	if server.ReadTimeout != 5*time.Second || server.WriteTimeout != 10*time.Second || server.IdleTimeout != 30*time.Second || server.ReadBufferSize != 16<<10 || server.Concurrency != 8192 {
		t.Errorf("limits: read %v write %v idle %v header %d connections %d", server.ReadTimeout, server.WriteTimeout, server.IdleTimeout, server.ReadBufferSize, server.Concurrency)
	}
}

func TestShutdownLetsARequestEnd(t *testing.T) {
	begun, release := make(chan bool), make(chan bool)
	var h *house
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h = open(t, func(c *web.Config) { c.Origin = "http://" + ln.Addr().String() })
	h.Counter("portal").Get("/slow", web.Public, func(c *fiber.Ctx) error {
		close(begun)
		<-release
		return web.Render(c, 200, templ.Raw("the end"))
	})
	served := start(func() error { return h.Serve(ln) })
	got := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + ln.Addr().String() + "/slow")
		if err != nil {
			got <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		got <- string(body)
	}()
	<-begun
	stopped := start(func() error { return h.Shutdown(context.Background()) })
	time.Sleep(50 * time.Millisecond)
	close(release)
	if s := <-got; s != "the end" {
		t.Errorf("the request under way got %q", s)
	}
	if err := errors.Join(<-stopped, <-served); err != nil {
		t.Error(err)
	}
}
