package device

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const page = "http://127.0.0.1:8080"

// logs collects what an agent logs; requests write to it side by side.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func config(e *Emulator, log io.Writer) AgentConfig {
	return AgentConfig{Origin: page, Key: seedKey, Reader: NewReader(e.Open, clock), Emulator: e, Version: "test", Now: clock,
		Log: slog.New(slog.NewTextHandler(log, nil))}
}

func newAgent(t testing.TB, c AgentConfig) *Agent {
	t.Helper()
	a, err := NewAgent(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Reader.Close)
	return a
}

// ask is the kiosk's page.
func ask(a http.Handler, method, path, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:18650"+path, strings.NewReader(body))
	r.Header.Set("Origin", page)
	r.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func nonceBody() string {
	return `{"nonce":"` + encodeText(nonce) + `"}`
}

// From a browser's point of view: a real connection, a card laid while the request waits, the read opened as the
// server opens it, and nothing of the person in the log.
func TestAgentReadsCard(t *testing.T) {
	var log logs
	e := drawer(t)
	server := httptest.NewServer(newAgent(t, config(e, &log)))
	defer server.Close()
	time.AfterFunc(300*time.Millisecond, func() { e.Place("resident") })

	r, _ := http.NewRequest("POST", server.URL+"/card-reads", strings.NewReader(nonceBody()))
	r.Header.Set("Origin", page)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body struct{ Read string }
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil || answer.StatusCode != 200 {
		t.Fatal(answer.Status, err)
	}
	if answer.Header.Get("Access-Control-Allow-Origin") != page || answer.Header.Get("Cache-Control") != "no-store" {
		t.Error(answer.Header)
	}
	got, err := OpenRead(body.Read, trust(t, seedKey.Public()), nonce, clock())
	if err != nil || got.Card != resident {
		t.Fatalf("%+v, %v", got, err)
	}
	if text := log.String(); !strings.Contains(text, "card read") {
		t.Error("nothing logged")
	} else {
		for _, secret := range []string{resident.Name, resident.Number, resident.Address, "1990", "male", "resident", body.Read[:20]} {
			if strings.Contains(text, secret) {
				t.Errorf("%q in the log: %s", secret, text)
			}
		}
	}
}

// A page that goes away frees the reader for the next one.
func TestAgentPageLeaves(t *testing.T) {
	e := drawer(t)
	server := httptest.NewServer(newAgent(t, config(e, io.Discard)))
	defer server.Close()
	post := func(ctx context.Context) (*http.Response, error) {
		r, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/card-reads", strings.NewReader(nonceBody()))
		r.Header.Set("Origin", page)
		r.Header.Set("Content-Type", "application/json")
		return http.DefaultClient.Do(r)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	if _, err := post(ctx); err == nil {
		t.Fatal("answered without a card")
	}
	e.Place("hkmt")
	answer, err := post(context.Background())
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
}

func TestAgentRefuses(t *testing.T) {
	agent := newAgent(t, config(drawer(t), io.Discard))
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	noOrigin := func(r *http.Request) { r.Header.Del("Origin") }
	for name, x := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		status             int
		code               string
	}{
		"other origin":         {"POST", "/card-reads", nonceBody(), header("Origin", "https://evil.example"), 403, "request_origin"},
		"same host other port": {"GET", "/status", "", header("Origin", "http://127.0.0.1:8081"), 403, "request_origin"},
		"null origin":          {"POST", "/emulator/card", `{"name":""}`, header("Origin", "null"), 403, "request_origin"},
		"no origin":            {"POST", "/card-reads", nonceBody(), noOrigin, 403, "request_origin"},
		"preflight of another": {"OPTIONS", "/card-reads", "", header("Origin", "https://evil.example"), 403, "request_origin"},
		"rebound name":         {"GET", "/status", "", host("evil.example:18650"), 421, "request_host"},
		"other machine":        {"GET", "/status", "", host("192.168.1.5:18650"), 421, "request_host"},
		"no host":              {"GET", "/status", "", host(""), 421, "request_host"},
		"form":                 {"POST", "/card-reads", nonceBody(), header("Content-Type", "text/plain"), 415, "request_type"},
		"not JSON":             {"POST", "/card-reads", `nonce`, nil, 400, "request_json"},
		"two values":           {"POST", "/card-reads", nonceBody() + nonceBody(), nil, 400, "request_json"},
		"unknown field":        {"POST", "/card-reads", `{"nonce":"MDEyMzQ1Njc4OWFiY2RlZg","device":"x"}`, nil, 400, "request_json"},
		"large":                {"POST", "/card-reads", `{"nonce":"` + strings.Repeat("A", maxBody) + `"}`, nil, 413, "request_size"},
		"no nonce":             {"POST", "/card-reads", `{}`, nil, 422, "request_nonce"},
		"short nonce":          {"POST", "/card-reads", `{"nonce":"MDEy"}`, nil, 422, "request_nonce"},
		"long nonce":           {"POST", "/card-reads", `{"nonce":"` + strings.Repeat("A", 88) + `"}`, nil, 422, "request_nonce"},
		"nonce not base64url":  {"POST", "/card-reads", `{"nonce":"MDEyMzQ1Njc4OWFiY2RlZg=="}`, nil, 422, "request_nonce"},
		"unknown card":         {"POST", "/emulator/card", `{"name":"nobody"}`, nil, 422, "request_card"},
		"unknown path":         {"GET", "/print", "", nil, 404, "request_path"},
	} {
		var change []func(*http.Request)
		if x.change != nil {
			change = append(change, x.change)
		}
		got := ask(agent, x.method, x.path, x.body, change...)
		var body struct {
			Status int
			Code   string
		}
		_ = json.Unmarshal(got.Body.Bytes(), &body)
		if got.Code != x.status || body.Status != x.status || body.Code != x.code {
			t.Errorf("%s: %d %s", name, got.Code, got.Body)
		}
		if got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %v", name, got.Header())
		}
		if x.status == 403 && got.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: let in by CORS", name)
		}
	}
}

func TestAgentPreflight(t *testing.T) {
	agent := newAgent(t, config(drawer(t), io.Discard))
	got := ask(agent, "OPTIONS", "/card-reads", "", func(r *http.Request) {
		r.Header.Set("Access-Control-Request-Private-Network", "true")
	})
	for name, want := range map[string]string{"Access-Control-Allow-Origin": page, "Access-Control-Allow-Headers": "Content-Type",
		"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Private-Network": "true", "Vary": "Origin"} {
		if got.Code != 204 || got.Header().Get(name) != want {
			t.Errorf("%d, %s: %q", got.Code, name, got.Header().Get(name))
		}
	}
}

func TestAgentStatus(t *testing.T) {
	agent := newAgent(t, config(drawer(t), io.Discard))
	for _, name := range []string{"127.0.0.1:18650", "localhost:18650", "[::1]:18650", "[::1]", "localhost"} {
		got := ask(agent, "GET", "/status", "", func(r *http.Request) { r.Host = name; r.Header.Del("Origin") })
		const want = `{"device":"kgopc76ixmmcqpnve","version":"test","clock":"2026-11-24T09:00:00+08:00","reader":"ready","emulator":true}`
		if strings.TrimSpace(got.Body.String()) != want {
			t.Errorf("%s: %d %s", name, got.Code, got.Body)
		}
	}
}

func TestAgentEmulator(t *testing.T) {
	e := drawer(t)
	c := config(e, io.Discard)
	agent := newAgent(t, c)
	const cards = `{"cards":["resident","hkmt","foreigner","foreigner_23"],"placed":`
	for _, x := range []struct{ method, path, body, want string }{
		{"GET", "/emulator/cards", "", cards + `""}`},
		{"POST", "/emulator/card", `{"name":"hkmt"}`, cards + `"hkmt"}`},
		{"GET", "/emulator/cards", "", cards + `"hkmt"}`},
		{"POST", "/emulator/card", `{"name":""}`, cards + `""}`},
	} {
		if got := ask(agent, x.method, x.path, x.body); strings.TrimSpace(got.Body.String()) != x.want {
			t.Errorf("%s %s: %s", x.method, x.path, got.Body)
		}
	}
	c.Emulator = nil
	real := newAgent(t, c)
	for _, path := range []string{"/emulator/cards", "/emulator/card"} {
		if got := ask(real, "POST", path, `{"name":"hkmt"}`); got.Code != 404 || e.Placed() != "" {
			t.Errorf("%s without emulator: %d", path, got.Code)
		}
	}
}

// What stands in the way reaches the page as a code, after the whole wait or at once.
func TestAgentFaults(t *testing.T) {
	for want, x := range map[Code]struct {
		open   Opener
		status int
		after  time.Duration
	}{
		CardNone:    {drawer(t).Open, 409, CardWait},
		ReaderOff:   {peer(nil), 503, replyLimit},
		ReaderFault: {peer(map[command][]byte{samStatus: statusSelfTest.frame()}), 503, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log logs
			c := config(drawer(t), &log)
			c.Reader = NewReader(x.open, clock)
			agent := newAgent(t, c)
			started := time.Now()
			got := ask(agent, "POST", "/card-reads", nonceBody())
			if got.Code != x.status || !strings.Contains(got.Body.String(), `"`+string(want)+`"`) {
				t.Errorf("%s: %d %s", want, got.Code, got.Body)
			}
			if took := time.Since(started); took < x.after || took > x.after+time.Second {
				t.Errorf("%s after %s", want, took)
			}
			if !strings.Contains(log.String(), string(want)) {
				t.Errorf("%s not in the log: %s", want, log.String())
			}
		})
	}
}

func TestNewAgentRefuses(t *testing.T) {
	for name, change := range map[string]func(*AgentConfig){
		"no origin":             func(c *AgentConfig) { c.Origin = "" },
		"any origin":            func(c *AgentConfig) { c.Origin = "*" },
		"origin with path":      func(c *AgentConfig) { c.Origin = page + "/kiosk" },
		"origin without TLS":    func(c *AgentConfig) { c.Origin, c.Emulator = "http://anju.example", nil },
		"emulator for far page": func(c *AgentConfig) { c.Origin = "https://anju.example" },
		"no key":                func(c *AgentConfig) { c.Key = nil },
		"no reader":             func(c *AgentConfig) { c.Reader = nil },
		"no clock":              func(c *AgentConfig) { c.Now = nil },
	} {
		c := config(drawer(t), io.Discard)
		change(&c)
		if _, err := NewAgent(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	far := config(drawer(t), io.Discard)
	far.Origin, far.Emulator = "https://anju.example", nil
	if _, err := NewAgent(far); err != nil {
		t.Error(err)
	}
}

func TestServe(t *testing.T) {
	agent := newAgent(t, config(drawer(t), io.Discard))
	open, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if err := agent.Serve(context.Background(), open); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Fatal(err)
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- agent.Serve(ctx, listener) }()
	answered := make(chan string, 1)
	go func() {
		r, _ := http.NewRequest("POST", "http://"+listener.Addr().String()+"/card-reads", strings.NewReader(nonceBody()))
		r.Header.Set("Origin", page)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		answered <- string(body)
	}()
	for agent.config.Reader.State() != Reading {
		time.Sleep(10 * time.Millisecond)
	}
	started := time.Now()
	cancel()
	if body := <-answered; !strings.Contains(body, `"card_none"`) {
		t.Error("the waiting page got", body)
	}
	if err := <-served; err != nil || time.Since(started) > 2*time.Second {
		t.Fatal(err, time.Since(started))
	}
}
