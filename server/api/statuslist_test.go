package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"anju/server/credential"
	"anju/server/office"
	"anju/server/scene"
)

// list fetches the list that a permit names, as a checker does, and checks it with the published keys.
func (h furnished) list(key string) (credential.StatusList, time.Time, answer) {
	h.Helper()
	id := office.StatusListID(h.permit(key).Permit.Jurisdiction, h.permit(key).Permit.StatusList)
	a := h.get("/api/v1/status-lists/" + id)
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/statuslist+cwt" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		h.Fatal(a.StatusCode, a.Header)
	}
	l, asOf, err := h.office.KeySet().CheckStatusList(a.body, origin+"/api/v1/status-lists/"+id)
	if err != nil {
		h.Fatal(err)
	}
	return l, asOf, a
}

// TestAStatusListFollowsTheRecord: a loss report is in the list after the next publication, at once and no other place; withdrawn, it is gone.
func TestAStatusListFollowsTheRecord(t *testing.T) {
	h := furnish(t, "zz.issued")
	for _, key := range []string{"zz.suspended", "zz.lost", "zb.cancelled"} {
		house := scene.House{Office: h.office, Store: h.store, Clock: h.clock}
		played, err := house.PlayLife(t.Context(), scene.ResidentOf(key))
		if err != nil {
			t.Fatal(err)
		}
		h.all[key] = played
	}
	publish := func(want int) {
		t.Helper()
		if n, err := h.office.PublishStatus(t.Context()); err != nil || n != want {
			t.Fatalf("%d lists were signed, want %d; %v", n, want, err)
		}
	}
	publish(2)
	_, asOf, first := h.list("zz.issued")
	for key, want := range map[string]credential.Standing{"zz.issued": credential.StandingValid, "zz.suspended": credential.StandingSuspended, "zz.lost": credential.StandingLost,
		"zb.cancelled": credential.StandingInvalid} {
		l, _, _ := h.list(key)
		if got, ok := l.At(h.permit(key).Permit.StatusIndex); !ok || got != want {
			t.Errorf("%s stands as %d, want %d", key, got, want)
		}
	}
	if !asOf.Equal(h.clock.Now().Truncate(time.Second)) {
		t.Error("as of", asOf)
	}
	publish(0) // what has not changed is not signed again
	again := h.send("GET", "/api/v1/status-lists/350600-1", "", "If-None-Match", `"other", W/`+first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || len(again.body) != 0 {
		t.Error("who has the list gets it again:", again.StatusCode)
	}

	h.clock.Add(30 * time.Second)
	if err := h.office.ReportOwnLoss(t.Context(), h.all["zz.issued"].Citizen(), h.permit("zz.issued").Permit.Number); err != nil {
		t.Fatal(err)
	}
	publish(1) // Zhangzhou's; nothing has changed in Zibo
	l, _, second := h.list("zz.issued")
	if got, _ := l.At(h.permit("zz.issued").Permit.StatusIndex); got != credential.StandingLost || second.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Error("the loss is not in the list:", got)
	}

	h.clock.Add(time.Hour) // nothing happened, and the lists say that they are fresh
	publish(2)
	if _, newer, _ := h.list("zz.issued"); newer.Sub(asOf) < time.Hour {
		t.Error("as of", newer)
	}
}

// TestTheListsAreNamed: the aggregation names the list of each city, and every one is there. What is no list is not found.
func TestTheListsAreNamed(t *testing.T) {
	h := furnish(t)
	body := string(h.get("/api/v1/status-lists").body)
	for _, id := range []string{"350600-1", "370300-1"} {
		if !strings.Contains(body, `"`+origin+"/api/v1/status-lists/"+id+`"`) || h.get("/api/v1/status-lists/"+id).StatusCode != http.StatusOK {
			t.Errorf("%s is not in %s, or not there", id, body)
		}
	}
	for _, id := range []string{"350600-2", "350600-01", "350600-0", "350600", "999999-1", "350600-1x", "350600-99999999999999999999"} {
		if a := h.send("GET", "/api/v1/status-lists/"+id, ""); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", id, a.StatusCode)
		}
	}
}
