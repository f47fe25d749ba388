package notify_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"anju/server/notify"
	"anju/server/office"
	"anju/server/scene"
	"anju/server/store"
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

// TestEveryTextIsHandedOverOnce has the gateway down for a while, and two processes that deliver: nothing is lost, nothing is sent twice, each
// text is in the language of its person, and what the night holds back goes out in the morning. A code that has lapsed is not sent any more.
func TestEveryTextIsHandedOverOnce(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s := storetest.Open(t)
	house, err := scene.NewHouse(ctx, s, "http://example.com", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	o, clock := house.Office, house.Clock
	g := &gateway{down: true, taken: map[string]int{}}
	server := httptest.NewServer(g)
	defer server.Close()
	sender := notify.Gateway{URL: server.URL, Client: server.Client()}
	send := func(phone, lang string) {
		t.Helper()
		if _, err := o.SendCode(ctx, phone, "sign-in", lang, "peer"); err != nil {
			t.Fatal(err)
		}
	}
	send("13800138003", "zh")
	clock.Add(6 * time.Minute)
	send("13800138001", "zh")
	send("13800138002", "en")
	morning := clock.Now().Add(2 * time.Minute)
	err = s.Within(ctx, func(tx office.Tx) error {
		return tx.Send(ctx, office.Message{ID: uuid.NewString(), Phone: "13800138004", Lang: "en", Kind: "submitted", Args: map[string]string{"Reference": "3506-7K2M-9QXT"},
			CreatedAt: clock.Now(), NotBefore: morning})
	})
	if err != nil {
		t.Fatal(err)
	}
	var looked atomic.Int64 // how often a text was looked at
	outbox := store.Outbox{Log: slog.New(slog.DiscardHandler), Poll: 5 * time.Millisecond, Pause: func(time.Duration) time.Duration { return time.Millisecond },
		Deliver: func(ctx context.Context, id string) (time.Duration, error) {
			looked.Add(1)
			return o.Deliver(ctx, sender, id)
		}}
	var processes sync.WaitGroup
	for range 2 {
		processes.Go(func() {
			if err := outbox.Run(ctx, s); err != nil {
				t.Error(err)
			}
		})
	}
	more := func() { // every text has been looked at meanwhile, most of them more than once
		t.Helper()
		for from, n := looked.Load(), 0; looked.Load() < from+8; n++ {
			if time.Sleep(10 * time.Millisecond); n == 3000 {
				t.Fatal("the outbox stands still")
			}
		}
	}
	more()
	if _, texts := g.seen(); len(texts) != 0 {
		t.Fatalf("the gateway is down and took %v", texts)
	}
	g.mu.Lock()
	g.down = false
	g.mu.Unlock()
	g.wait(t, 2)
	more() // the one of the morning is looked at, and waits
	_, texts := g.seen()
	all := strings.Join(texts, "\n")
	if len(texts) != 2 || !strings.Contains(all, "13800138001 【安居】您的验证码是") || !strings.Contains(all, "13800138002 [Anju] Your code is") {
		t.Errorf("the gateway took %v", texts)
	}
	clock.Set(morning)
	g.wait(t, 3)
	stop()
	processes.Wait()
	if taken, texts := g.seen(); len(taken) != 3 || len(texts) != 3 {
		t.Errorf("sent again, or too much: %v", texts)
	}
}

// seen is what the gateway has taken.
func (g *gateway) seen() (taken map[string]int, texts []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.taken), slices.Clone(g.texts)
}

// wait waits until the gateway has taken a number of texts.
func (g *gateway) wait(t *testing.T, n int) {
	t.Helper()
	for range 3000 {
		if _, texts := g.seen(); len(texts) >= n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the gateway has not taken %d texts", n)
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
