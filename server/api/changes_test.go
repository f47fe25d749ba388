package api_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/scene"
)

type feed struct {
	Events []struct {
		Position, Type, Number, What, At, On string
		Version                              int
		Fields                               map[string]any
	}
	Next string
	More bool
}

// partners takes the partners of Zhangzhou up and returns their keys.
func (h furnished) partners() map[string]string {
	h.Helper()
	keys, err := scene.House{Office: h.office, Store: h.store, Clock: h.clock}.PlayPartners(h.Context(), scene.Zhangzhou)
	if err != nil {
		h.Fatal(err)
	}
	return keys
}

func (h furnished) changes(key, query string) feed {
	h.Helper()
	return into[feed](h, h.ok(h.send(http.MethodGet, "/api/v1/changes"+query, "", "Authorization", "Bearer "+key)))
}

// shared counts the lines of a person's access log that say that a partner was given something.
func (h furnished) shared(key string) (n int) {
	h.Helper()
	entries, err := h.office.AccessLog(h.Context(), h.all[key].Citizen())
	if err != nil {
		h.Fatal(err)
	}
	for _, e := range entries {
		if e.Action == "shared" {
			n++
		}
	}
	return n
}

func TestFeedTellsWhatHappenedInOrder(t *testing.T) {
	h := furnish(t, "zz.issued", "zb.issued")
	keys := h.partners()
	mine := h.permit("zz.issued").Permit.Number
	first := h.changes(keys["big-data"], "")
	if len(first.Events) != 1 || first.More || first.Next != "1" {
		t.Fatalf("%+v", first)
	}
	e := first.Events[0]
	if e.Type != "permit" || e.Number != mine || e.What != "issue" || e.Version != 1 || e.On != "2026-11-22" {
		t.Errorf("%+v", e)
	}
	if f := e.Fields; len(f) != 6 || f["name"] != "张启明" || f["id_number"] != h.all["zz.issued"].ID || f["status"] != "active" || f["endorse_by"] != "2027-11-22" || f["valid_until"] != nil {
		t.Errorf("%v", f)
	}
	citizen := h.all["zz.issued"].Citizen()
	if err := h.office.ReportOwnLoss(t.Context(), citizen, mine); err != nil {
		t.Fatal(err)
	}
	if err := h.office.WithdrawOwnLoss(t.Context(), citizen, mine); err != nil {
		t.Fatal(err)
	}
	next := h.changes(keys["big-data"], "?after=1&limit=1")
	if len(next.Events) != 1 || !next.More || next.Events[0].What != "report_loss" || next.Events[0].Fields["status"] != "lost" || next.Events[0].Version != 2 {
		t.Errorf("%+v", next)
	}
	last := h.changes(keys["big-data"], "?after="+next.Next)
	if len(last.Events) != 1 || last.More || last.Events[0].What != "withdraw_loss" || last.Events[0].Fields["status"] != "active" {
		t.Errorf("%+v", last)
	}
	if got := h.shared("zz.issued"); got != 3 {
		t.Errorf("%d deliveries in the holder's log, want 3", got)
	}
	for range 3 { // a partner that asks again is given it again, and the holder's log says it once
		if again := h.changes(keys["big-data"], "?after=0"); len(again.Events) != 3 {
			t.Errorf("%+v", again)
		}
	}
	if got := h.shared("zz.issued"); got != 3 {
		t.Errorf("%d deliveries in the holder's log after repeats, want 3", got)
	}
	// Another partner is another reader, with fewer fields: no name, no number.
	a := h.ok(h.send(http.MethodGet, "/api/v1/changes", "", "Authorization", "Bearer "+keys["education"]))
	if f := into[feed](t, a).Events[0].Fields; len(f) != 2 || f["status"] != "active" || f["county"] != "350602" {
		t.Errorf("%v", f)
	}
	for _, secret := range []string{h.all["zz.issued"].Name, h.all["zz.issued"].ID, "胜利路"} {
		if bytes.Contains(a.body, []byte(secret)) {
			t.Error("the answer holds", secret)
		}
	}
	if got := h.shared("zz.issued"); got != 6 {
		t.Errorf("%d deliveries in the holder's log, want 6", got)
	}
	if h.shared("zb.issued") != 0 {
		t.Error("a permit of another city was given out")
	}
	// With more fields than before, the same events are a new delivery.
	err := h.office.AllowPartner(t.Context(), access.Actor{Kind: access.System}, "350600", "education", office.PartnerScope{Scope: "changes", Basis: "协议", Fields: map[string]string{"status": "协议", "name": "协议"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.changes(keys["education"], ""); got.Events[0].Fields["name"] != "张启明" {
		t.Errorf("%+v", got)
	}
	if got := h.shared("zz.issued"); got != 9 {
		t.Errorf("%d deliveries in the holder's log, want 9", got)
	}
}

func TestFeedWithoutNewsIsShort(t *testing.T) {
	h := furnish(t, "zz.issued")
	auth := "Bearer " + h.partners()["education"]
	a := h.ok(h.send(http.MethodGet, "/api/v1/changes?after=1", "", "Authorization", auth))
	tag := a.Header.Get("ETag")
	if got := into[feed](t, a); len(got.Events) != 0 || got.Next != "1" || got.More || tag == "" {
		t.Fatalf("%+v %q", got, tag)
	}
	if a := h.send(http.MethodGet, "/api/v1/changes?after=1", "", "Authorization", auth, "If-None-Match", tag); a.StatusCode != http.StatusNotModified || len(a.body) > 0 {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if err := h.office.ReportOwnLoss(t.Context(), h.all["zz.issued"].Citizen(), h.permit("zz.issued").Permit.Number); err != nil {
		t.Fatal(err)
	}
	if a := h.send(http.MethodGet, "/api/v1/changes?after=1", "", "Authorization", auth, "If-None-Match", tag); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestFeedIsRefused(t *testing.T) {
	h := furnish(t, "zz.issued")
	keys := h.partners()
	get := func(query string, headers ...string) answer {
		return h.send(http.MethodGet, "/api/v1/changes"+query, "", headers...)
	}
	key := keys["education"]
	h.refused(get(""), 401, "key_missing", "")
	h.refused(get("", "Authorization", "Basic "+key), 401, "key_missing", "")
	h.refused(get("", "Authorization", "Bearer "), 401, "key_missing", "")
	for _, wrong := range []string{"x", key + "x", key[:len(key)-1], strings.Replace(key, "350600", "370300", 1), key[:len(key)-1] + "_", strings.Repeat("k", 5000)} {
		if wrong == key {
			continue
		}
		h.refused(get("", "Authorization", "Bearer "+wrong), 401, "key_unknown", "")
	}
	auth := []string{"Authorization", "Bearer " + key}
	for query, why := range map[string]string{"?after=x": "cursor", "?after=-1": "cursor", "?after=99": "cursor", "?after=01": "cursor", "?after=99999999999999999999": "cursor", "?after=%2B1": "cursor"} {
		h.refused(get(query, auth...), 422, why, "")
	}
	for _, limit := range []string{"0", "501", "-1", "x", "1e2"} {
		h.refused(get("?limit="+limit, auth...), 422, "unknown", "limit")
	}
	h.refused(get("?page=2", auth...), 400, "unknown_field", "page")
	h.refused(get("?after=0&after=1", auth...), 400, "duplicate_key", "after")

	admin := access.Actor{Kind: access.System}
	// A key that was revoked, one that expired, and a scope that was withdrawn.
	second, err := h.office.NewPartnerKey(t.Context(), admin, "350600", "education", office.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.office.NewPartnerKey(t.Context(), admin, "350600", "education", office.NewKey()); err == nil {
		t.Error("three keys are good at once")
	}
	h.changes(key, "")
	h.changes(second, "")
	_, name, _, _ := access.ParsePartnerKey(second)
	if err := h.office.RevokePartnerKey(t.Context(), admin, "350600", "education", name); err != nil {
		t.Fatal(err)
	}
	h.refused(get("", "Authorization", "Bearer "+second), 401, "key_ended", "")
	h.clock.Add(access.PartnerKeyOverlap - time.Second)
	h.changes(key, "")
	h.clock.Add(time.Second) // it was replaced two weeks ago
	h.refused(get("", auth...), 401, "key_ended", "")
	if err := h.office.WithdrawScope(t.Context(), admin, "350600", "big-data", "changes"); err != nil {
		t.Fatal(err)
	}
	h.refused(get("", "Authorization", "Bearer "+keys["big-data"]), 403, "scope", "")
}

func TestFeedHasAHorizon(t *testing.T) {
	h := furnish(t, "zz.issued")
	key := h.partners()["education"]
	h.changes(key, "")
	h.clock.Add(office.ChangesKept - 24*time.Hour)
	if err := h.office.ReportOwnLoss(t.Context(), h.all["zz.issued"].Citizen(), h.permit("zz.issued").Permit.Number); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(2 * 24 * time.Hour)
	if _, err := h.office.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.refused(h.send(http.MethodGet, "/api/v1/changes?after=0", "", "Authorization", "Bearer "+key), 410, "cursor", "")
	if got := h.changes(key, "?after=1"); len(got.Events) != 1 || got.Events[0].What != "report_loss" {
		t.Errorf("%+v", got)
	}
	if got := h.changes(key, ""); len(got.Events) != 1 || got.Next != "2" {
		t.Errorf("%+v", got)
	}
}

func TestKeysAreThrottled(t *testing.T) {
	h := furnish(t)
	key := h.partners()["education"]
	for range access.WrongKeysPerPeer.Max {
		h.refused(h.send(http.MethodGet, "/api/v1/changes", "", "Authorization", "Bearer x"), 401, "key_unknown", "")
	}
	h.refused(h.send(http.MethodGet, "/api/v1/changes", "", "Authorization", "Bearer x"), 429, "try_later", "")
	h.changes(key, "") // a good key from the same address still serves
	err := h.store.Within(t.Context(), func(tx office.Tx) (err error) {
		_, name, _, _ := access.ParsePartnerKey(key)
		for n := 0; n < access.RequestsPerKey.Max && err == nil; {
			n, _, err = tx.Count(t.Context(), access.RequestsPerKey, "350600/"+string(name), h.clock.Now())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.refused(h.send(http.MethodGet, "/api/v1/changes", "", "Authorization", "Bearer "+key), 429, "try_later", "")
}

// slow is a store whose transactions commit late and in any order.
type slow struct{ office.Store }

func (s slow) Within(ctx context.Context, work func(office.Tx) error) error {
	return s.Store.Within(ctx, func(tx office.Tx) error {
		err := work(tx)
		time.Sleep(time.Duration(rand.IntN(8)) * time.Millisecond)
		return err
	})
}

// TestFeedMissesNothing has eight writers work on four permits at once, each committing when it pleases, while a reader that is cut off again
// and again reads on from the last answer that it got whole. Nothing is missing, and the events of each permit come in their order.
func TestFeedMissesNothing(t *testing.T) {
	h := furnish(t)
	key := h.partners()["education"]
	house := scene.House{Office: h.office, Store: h.store, Clock: h.clock}
	citizens := map[string]access.Actor{}
	for i := range 4 {
		p := scene.PersonOf("zz.issued")
		p.Phone = fmt.Sprintf("139506010%02d", i)
		id, err := civic.NewCitizenID("410102", civic.MustDate("1990-03-07"), 600+i)
		if err != nil {
			t.Fatal(err)
		}
		p.ID = string(id)
		played, err := house.Play(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		citizens[played.Permit] = played.Citizen()
	}
	config := h.office.Config
	config.Store = slow{h.store}
	writers := office.New(config)
	if err := writers.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	var working sync.WaitGroup
	for range 8 {
		working.Go(func() {
			for range 6 {
				for permit, citizen := range citizens {
					// Whoever comes to a permit that is lost already finds it again.
					if err := writers.ReportOwnLoss(t.Context(), citizen, permit); err != nil {
						t.Error(err)
					}
					if err := writers.WithdrawOwnLoss(t.Context(), citizen, permit); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { working.Wait(); close(done) }()

	partner := access.Actor{Kind: access.Partner, ID: access.PartnerID("350600", "education")}
	seen := map[string][]int{}
	cursor, cut, read, finished := "", 0, 0, false
	for {
		patience := time.Minute
		if rand.IntN(3) == 0 {
			patience = time.Duration(rand.IntN(10)) * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		page, err := h.office.Changes(ctx, partner, cursor, 1+rand.IntN(20))
		cancel()
		if err != nil { // the answer did not come: ask again
			cut++
			continue
		}
		for _, c := range page.Changes {
			seen[c.Permit.Number] = append(seen[c.Permit.Number], c.Version)
		}
		if cursor != page.Next && !finished {
			read++
		}
		cursor = page.Next
		if finished && len(page.Changes) == 0 && !page.More {
			break
		}
		select {
		case <-done:
			finished = true
		default:
		}
	}
	if cut == 0 || read < 20 {
		t.Errorf("the reader was cut off %d times and read on %d times while there was writing", cut, read)
	}
	events := 0
	for permit, citizen := range citizens {
		file, err := h.office.OwnPermitFile(t.Context(), citizen)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(file.Events); len(seen[permit]) != n || !slices.IsSorted(seen[permit]) || seen[permit][0] != 1 || seen[permit][n-1] != n {
			t.Errorf("%s: %d events, read %v", permit, n, seen[permit])
		}
		events += len(file.Events)
		entries, err := h.office.AccessLog(t.Context(), citizen)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, e := range entries {
			if e.Action == "shared" {
				told++
			}
		}
		if told != len(file.Events) {
			t.Errorf("%s: %d events, %d in the holder's log", permit, len(file.Events), told)
		}
	}
	if events < 4+4*2*4 {
		t.Errorf("only %d events", events)
	}
	h.changes(key, "?after="+cursor)
}
