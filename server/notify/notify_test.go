package notify_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"anju/server/notify"
	"anju/server/office"
	"anju/server/scene"
	"anju/server/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// gateway is an SMS gateway that refuses while it is down, and remembers every text by its id.
type gateway struct {
	mu    sync.Mutex
	down  bool
	taken map[string]int
	texts []string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var body struct{ ID, To, Text string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.ID == "" || body.ID != r.Header.Get("Idempotency-Key") {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	if g.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	g.taken[body.ID]++
	g.texts = append(g.texts, body.To+" "+body.Text)
}

// TestEveryTextIsHandedOverOnce has the gateway down for a while: nothing is lost, nothing is sent twice, and each text is in the
// language of its person.
func TestEveryTextIsHandedOverOnce(t *testing.T) {
	ctx := t.Context()
	house, err := scene.NewHouse(ctx, storetest.Open(t), "http://example.com", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o, clock := house.Office, house.Clock
	g := &gateway{down: true, taken: map[string]int{}}
	server := httptest.NewServer(g)
	defer server.Close()
	sender := notify.Gateway{URL: server.URL, Client: server.Client()}
	for _, p := range []struct{ phone, lang string }{{"13800138001", "zh"}, {"13800138002", "en"}} {
		if _, err := o.SendCode(ctx, p.phone, "sign-in", p.lang, "peer"); err != nil {
			t.Fatal(err)
		}
	}
	if sent, err := o.Deliver(ctx, sender); sent != 0 || err == nil {
		t.Fatalf("the gateway is down, and %d texts were sent: %v", sent, err)
	}
	g.mu.Lock()
	g.down = false
	g.mu.Unlock()
	if sent, err := o.Deliver(ctx, sender); sent != 0 || err != nil {
		t.Fatalf("tried again at once: %d, %v", sent, err)
	}
	clock.Add(2 * time.Minute)
	if sent, err := o.Deliver(ctx, sender); sent != 2 || err != nil {
		t.Fatalf("%d texts were sent: %v", sent, err)
	}
	clock.Add(time.Hour)
	if sent, err := o.Deliver(ctx, sender); sent != 0 || err != nil {
		t.Fatalf("sent again: %d, %v", sent, err)
	}
	all := strings.Join(g.texts, "\n")
	if len(g.taken) != 2 || !strings.Contains(all, "13800138001 【安居】您的验证码是") || !strings.Contains(all, "13800138002 [Anju] Your code is") {
		t.Errorf("the gateway took %v", g.texts)
	}
}

// TestWordsWritesDatesOut says a promise in both languages.
func TestWordsWritesDatesOut(t *testing.T) {
	m := office.Message{Kind: "accepted", Lang: "zh", Args: map[string]string{"Reference": "3506-7K2M-9QXT", "By": "2026-12-03"}}
	if got := notify.Words(m); !strings.Contains(got, "2026年12月3日") || !strings.Contains(got, "3506-7K2M-9QXT") {
		t.Error(got)
	}
	m.Lang = "en"
	if got := notify.Words(m); !strings.Contains(got, "3 December 2026") {
		t.Error(got)
	}
}
