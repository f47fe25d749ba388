package office_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// town is a furnished house with residents.
func town(t *testing.T, keys ...string) (scene.House, map[string]scene.Played) {
	t.Helper()
	h, played := house(t), map[string]scene.Played{}
	if err := h.Furnish(t.Context(), "password of the test"); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		p, err := h.PlayLife(t.Context(), scene.ResidentOf(key))
		if err != nil {
			t.Fatal(err)
		}
		played[key] = p
	}
	return h, played
}

// file is a resident's permit as the holder sees it.
func file(t *testing.T, h scene.House, p scene.Played) office.PermitFile {
	t.Helper()
	f, err := h.Office.OwnPermitFile(t.Context(), p.Citizen())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var stillWorks = permit.Confirmation{Confirmed: true, Ground: "employment"}

// TestEveryResidentStandsWhereTheStoryEnds also scans everybody's code: the verdict follows the status.
func TestEveryResidentStandsWhereTheStoryEnds(t *testing.T) {
	var keys []string
	for _, r := range scene.Residents() {
		keys = append(keys, r.Key)
	}
	h, played := town(t, keys...)
	today := civic.DateOf(scene.Morning)
	for key, want := range map[string]struct {
		status  permit.Status
		since   civic.Date
		timing  permit.Timing
		verdict credential.Verdict
	}{
		"zz.endorse_open": {permit.Active, today.AddMonths(-12).AddDays(10), permit.InTime, credential.Valid},
		"zz.endorse_card": {permit.Active, today.AddMonths(-12).AddDays(25), permit.InTime, credential.Valid},
		"zz.suspended":    {permit.Suspended, today.AddDays(-19), permit.Late, credential.Suspended},
		"zz.lost":         {permit.Lost, today, permit.Early, credential.Lost},
		"zb.expired_1y":   {permit.Expired, today.AddDays(-14), permit.NotEndorsed, credential.Expired},
		"zb.cancelled":    {permit.Cancelled, today, permit.NotEndorsed, credential.Cancelled},
	} {
		f := file(t, h, played[key])
		if f.Permit.Status != want.status || f.Permit.StatusSince != want.since || f.Timing != want.timing {
			t.Errorf("%s: %s since %s, %s", key, f.Permit.Status, f.Permit.StatusSince, f.Timing)
		}
		v, err := h.Office.Verify(t.Context(), access.Actor{Kind: access.Anyone}, credential.SignedText("http://example.com", f.Signed))
		if err != nil || v.Verdict != want.verdict {
			t.Errorf("%s: the code is %s, %v", key, v.Verdict, err)
		}
	}
}

// TestTheDailyJob runs it on time, twice, late and in two programs at once; the record is the same.
func TestTheDailyJob(t *testing.T) {
	h, played := town(t, "zz.endorse_open", "zb.cancelled")
	ctx := t.Context()
	p := played["zz.endorse_open"]
	due := file(t, h, p).Permit.EndorseBy
	sum := func(counts []office.DailyCount, err error) (suspended, expired int) {
		t.Helper()
		if err != nil || len(counts) != 2 {
			t.Fatal(counts, err)
		}
		for _, c := range counts {
			suspended, expired = suspended+c.Suspended, expired+c.Expired
		}
		return suspended, expired
	}
	h.Clock.Set(due.AddDays(1).Start().Add(-time.Second)) // 23:59:59 of the day
	if suspended, expired := sum(h.Office.Daily(ctx)); suspended+expired != 0 {
		t.Errorf("on the last day: %d, %d", suspended, expired)
	}
	h.Clock.Set(due.AddDays(9).Start().Add(10 * time.Minute)) // eight days late
	var wait sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 4 {
		wait.Go(func() {
			counts, err := h.Office.Daily(ctx)
			suspended, _ := sum(counts, err)
			mu.Lock()
			total += suspended
			mu.Unlock()
		})
	}
	wait.Wait()
	if total != 1 {
		t.Errorf("four programs suspended %d permits, want 1", total)
	}
	f := file(t, h, p)
	if last := f.Events[len(f.Events)-1]; len(f.Events) != 2 || last.Verb != permit.VerbSuspend || last.On != due.AddDays(1) || civic.DateOf(last.At) != due.AddDays(9) {
		t.Errorf("%+v", f.Events)
	}
	entries, err := h.Office.AccessLog(ctx, p.Citizen())
	if err != nil || !slices.ContainsFunc(entries, func(e office.LogEntry) bool {
		return e.Action == "suspended" && e.ActorKind == "system" && e.Object == "permit/"+p.Permit
	}) {
		t.Errorf("the suspension is not in the ledger: %v", err)
	}
	if f := file(t, h, played["zb.cancelled"]); f.Permit.Status != permit.Cancelled {
		t.Error("the daily job touched a cancelled permit")
	}
	if _, expired := sum(h.Office.Daily(ctx)); expired != 0 {
		t.Error("a second run found something to do")
	}
}

// TestTwoTapsMakeOneEndorsement at the same instant, and again later; and another form finds it done.
func TestTwoTapsMakeOneEndorsement(t *testing.T) {
	h, played := town(t, "zz.endorse_open")
	p := played["zz.endorse_open"]
	form := office.EndorsementForm{Confirmation: stillWorks, Due: file(t, h, p).Permit.EndorseBy}
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			if _, err := h.Office.EndorseOwn(context.Background(), p.Citizen(), p.Permit, form); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	f := file(t, h, p)
	if len(f.Endorsements) != 1 || len(f.Events) != 2 || f.Permit.EndorseBy != form.Due.AddMonths(12) || f.Permit.Version != 2 {
		t.Errorf("%+v %+v", f.Endorsements, f.Permit)
	}
	if len(f.Residence) != 1 {
		t.Errorf("an endorsement in time moved the residence: %+v", f.Residence)
	}
	h.Clock.Add(time.Hour)
	again, err := h.Office.EndorseOwn(t.Context(), p.Citizen(), p.Permit, form)
	if err != nil || again != f.Endorsements[0] {
		t.Errorf("%+v, %v", again, err)
	}
	form.Due = f.Permit.EndorseBy
	if _, err := h.Office.EndorseOwn(t.Context(), p.Citizen(), p.Permit, form); !errors.Is(err, &office.Error{What: office.Denied, Why: "endorsement_early"}) {
		t.Errorf("endorsed a year early: %v", err)
	}
	form.Due = civic.Date{}
	if _, err := h.Office.EndorseOwn(t.Context(), p.Citizen(), p.Permit, form); !errors.Is(err, office.ErrStale) {
		t.Errorf("a form without its day: %v", err)
	}
}

// TestALateEndorsementRestartsWhatServicesCount: the entitlements of the holder begin anew too.
func TestALateEndorsementRestartsWhatServicesCount(t *testing.T) {
	h, played := town(t, "zz.suspended")
	p := played["zz.suspended"]
	before := file(t, h, p)
	today := h.Office.Today()
	if since := before.Residence.Since(today); since.IsZero() || !since.Before(before.Permit.IssuedOn) {
		t.Fatalf("residence counts from %s, issued on %s", since, before.Permit.IssuedOn)
	}
	if _, err := h.Office.EndorseOwn(t.Context(), p.Citizen(), p.Permit, office.EndorsementForm{Confirmation: stillWorks, Due: before.Permit.EndorseBy}); err != nil {
		t.Fatal(err)
	}
	after := file(t, h, p)
	if after.Permit.Status != permit.Active || after.Permit.EndorseBy != today.AddMonths(12) || after.Residence.Since(today) != today || after.Residence.YearsOn(today) != 0 {
		t.Errorf("%+v %+v", after.Permit, after.Residence)
	}
	_, inquiry, err := h.Office.OwnInquiry(t.Context(), p.Citizen())
	if err != nil || inquiry.ResidentSince != today {
		t.Errorf("services count from %s, %v", inquiry.ResidentSince, err)
	}
}

// TestNobodyElsesPermit: another account, another card, another station, an unknown number.
func TestNobodyElsesPermit(t *testing.T) {
	h, played := town(t, "zz.endorse_open", "zz.lost")
	ctx := t.Context()
	p, other := played["zz.endorse_open"], played["zz.lost"]
	form := office.EndorsementForm{Confirmation: stillWorks, Due: file(t, h, p).Permit.EndorseBy}
	visit := access.Actor{Kind: access.Kiosk, ID: office.NewKey()}
	tries := map[string]func(number string) error{
		"another account": func(n string) error { _, err := h.Office.EndorseOwn(ctx, other.Citizen(), n, form); return err },
		"no card":         func(n string) error { return h.Office.ReportLossInVisit(ctx, visit, n) },
	}
	for name, try := range tries {
		for _, number := range []string{p.Permit, "", "350602-2026-0000001-0", "x"} {
			if err := try(number); !errors.Is(err, office.ErrNotFound) {
				t.Errorf("%s, %q: %v", name, number, err)
			}
		}
	}
	if err := h.Office.ShowCard(ctx, visit, other.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.Office.ReportLossInVisit(ctx, visit, p.Permit); !errors.Is(err, office.ErrNotFound) {
		t.Errorf("another card: %v", err)
	}
	elsewhere, err := h.Actor(ctx, "zz.other")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Office.Cancel(ctx, elsewhere, office.PermitDecision{Number: p.Permit, Version: 1}, permit.GroundOwnRequest, ""); !errors.Is(err, office.ErrNotFound) {
		t.Errorf("another station: %v", err)
	}
	if f := file(t, h, p); f.Permit.Version != 1 {
		t.Errorf("%+v", f.Events)
	}
}
