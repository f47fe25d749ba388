package office_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// denied fails the test unless an error denies for that reason.
func denied(t *testing.T, err error, why string) {
	t.Helper()
	if !errors.Is(err, &office.Error{What: office.Denied, Why: why}) {
		t.Fatalf("%v, want denied for %s", err, why)
	}
}

// signedFor is how a card changes hands: the holder is there and signs.
var signedFor = permit.Handover{IdentitySeen: true, Signing: permit.SignedOnScreen, Signature: scene.Signature()}

// verdict scans the code of a permit.
func verdict(t *testing.T, h scene.House, signed []byte) credential.Verdict {
	t.Helper()
	v, err := h.Office.Verify(t.Context(), access.Actor{Kind: access.Anyone}, credential.SignedText("http://example.com", signed))
	if err != nil {
		t.Fatal(err)
	}
	return v.Verdict
}

// staff is a member of the staff.
func staff(t *testing.T, h scene.House, login string) access.Actor {
	t.Helper()
	a, err := h.Actor(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// plot brings stories to where they end.
func plot(t *testing.T, keys ...string) (scene.House, map[string]scene.Played) {
	t.Helper()
	h, played := town(t)
	for _, key := range keys {
		p, err := h.PlayBusiness(t.Context(), scene.BusinessStoryOf(key))
		if err != nil {
			t.Fatal(err)
		}
		played[key] = p
	}
	return h, played
}

// A card in the place of a damaged one: the fee before the card, the old card back, and nothing begins anew.
func TestARenewalFromTheApplicationToTheNewCard(t *testing.T) {
	h, played := plot(t, "zz.renewing")
	ctx, p := t.Context(), played["zz.renewing"]
	before := file(t, h, p)
	if before.Permit.Status != permit.Active || before.UnderWay != p.Reference {
		t.Fatalf("while it is under way: %+v, %q", before.Permit, before.UnderWay)
	}
	if _, err := h.Ask(ctx, p, permit.KindReplace, "", nil); !errors.Is(err, &office.Error{What: office.Denied, Why: "business_under_way"}) {
		t.Fatal("two applications at once:", err)
	}
	progress, err := h.Office.Application(ctx, p.Citizen(), p.Reference)
	if err != nil || progress.Fee == nil || progress.Fee.Yuan != 20 || progress.Fee.State(progress.Application) != permit.FeeDue {
		t.Fatalf("%+v, %v", progress.Fee, err)
	}
	c, err := h.Decide(ctx, p, permit.ToCollect, false)
	if err != nil {
		t.Fatal(err)
	}
	issuer, d := staff(t, h, "zz.issue"), office.Decision{Reference: p.Reference, Version: c.Application.Version}
	_, err = h.Office.Issue(ctx, issuer, d, signedFor)
	denied(t, err, "fee_unpaid")
	if err := h.Office.Pay(ctx, staff(t, h, "zz.review"), p.Reference, "ZZ-1"); !errors.Is(err, &office.Error{What: office.Forbidden}) {
		t.Fatal("a reviewer took money:", err)
	}
	if err := h.Office.Pay(ctx, staff(t, h, "zz.other"), p.Reference, "ZZ-1"); !errors.Is(err, office.ErrNotFound) {
		t.Fatal("another station took the money:", err)
	}
	for range 2 { // two taps
		if err := h.Office.Pay(ctx, issuer, p.Reference, " zz-1 "); err != nil {
			t.Fatal(err)
		}
	}
	denied(t, h.Office.Pay(ctx, issuer, p.Reference, "ZZ-2"), "fee_paid")
	if _, err := h.Office.Issue(ctx, issuer, d, signedFor); len(office.FaultsOf(err)) != 1 {
		t.Fatal("the old card was not asked for:", err)
	}
	if f := file(t, h, p); f.Permit.Number != before.Permit.Number || f.Permit.Status != permit.Active {
		t.Fatalf("the old card is void before the new one is there: %+v", f.Permit)
	}
	d.HandedBack = true
	var wait sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 3 { // whoever is first
		wait.Go(func() {
			_, err := h.Office.Issue(ctx, issuer, d, signedFor)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			} else if !errors.Is(err, office.ErrStale) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if made != 1 {
		t.Fatalf("%d new cards", made)
	}
	after := file(t, h, p)
	if after.Permit.Follows != before.Permit.Number || after.Permit.EndorseBy != before.Permit.EndorseBy || after.Permit.EndorseFrom != before.Permit.EndorseFrom ||
		after.Permit.IssuedOn != h.Office.Today() || after.Residence.Since(h.Office.Today()) != before.Residence.Since(h.Office.Today()) || after.UnderWay != "" {
		t.Fatalf("%+v after %+v, %v", after.Permit, before.Permit, after.Residence)
	}
	if verdict(t, h, before.Signed) != credential.Superseded || verdict(t, h, after.Signed) != credential.Valid {
		t.Errorf("the codes: %s, %s", verdict(t, h, before.Signed), verdict(t, h, after.Signed))
	}
	if line := after.Residence[len(after.Residence)-1]; line.Permit != after.Permit.Number {
		t.Errorf("the new permit has no line of residence: %+v", line)
	}
	if n, err := h.Office.Daily(ctx); err != nil || n[0].Reckoned != 0 {
		t.Errorf("%+v, %v", n, err)
	}
	// The next one follows the new card, not the old one.
	if _, err := h.Office.StartBusiness(ctx, p.Citizen(), office.Business{Number: before.Permit.Number, Kind: permit.KindRenew, Why: permit.WhyDamaged}); err == nil {
		t.Error("a permit that was replaced was renewed again")
	}
}

// A replacement reports the loss in the same step; found again before the card is handed over it ends, afterwards it cannot be withdrawn.
func TestAReplacementAndTheLossReport(t *testing.T) {
	h, played := plot(t, "zz.replacing")
	ctx, p := t.Context(), played["zz.replacing"]
	lost := file(t, h, p)
	if lost.Permit.Status != permit.Lost || len(lost.Losses) != 1 || lost.Losses[0].Counter != "portal" || verdict(t, h, lost.Signed) != credential.Lost {
		t.Fatalf("%+v, %+v", lost.Permit, lost.Losses)
	}
	d := office.Decision{Reference: p.Reference, Version: 4}
	if err := h.Office.WithdrawOwnLoss(ctx, p.Citizen(), p.Permit); err != nil {
		t.Fatal(err)
	}
	_, err := h.Office.Issue(ctx, staff(t, h, "zz.issue"), d, signedFor)
	denied(t, err, "permit_active")
	if _, err := h.Office.Refuse(ctx, staff(t, h, "zz.review"), d, "false_particulars", ""); len(office.FaultsOf(err)) == 0 {
		t.Fatal("a granted case was refused for another reason:", err)
	}
	if err := h.Office.ReportOwnLoss(ctx, p.Citizen(), p.Permit); err != nil {
		t.Fatal(err)
	}
	_, err = h.Office.Refuse(ctx, staff(t, h, "zz.review"), d, permit.ReasonPermitMoved, "")
	denied(t, err, "permit_stands")
	if _, err := h.Office.Issue(ctx, staff(t, h, "zz.issue"), d, signedFor); err != nil {
		t.Fatal(err)
	}
	denied(t, h.Office.WithdrawOwnLoss(ctx, p.Citizen(), p.Permit), "permit_superseded")
	now := file(t, h, p)
	if now.Permit.Number == p.Permit || now.Permit.Status != permit.Active || now.Permit.EndorseBy != lost.Permit.EndorseBy {
		t.Errorf("%+v", now.Permit)
	}
	old, err := h.Office.PermitFile(ctx, staff(t, h, "zz.accept"), p.Permit)
	if err != nil || old.Permit.Status != permit.Superseded || old.Losses[1].State != permit.LossReplaced {
		t.Errorf("%+v, %+v, %v", old.Permit, old.Losses, err)
	}
}

// A permit that is cancelled meanwhile: the card is never handed over, the case ends, and the fee goes back.
func TestAPermitThatEndsMeanwhile(t *testing.T) {
	h, played := plot(t, "zz.replacing")
	ctx, p := t.Context(), played["zz.replacing"]
	acceptor, d := staff(t, h, "zz.accept"), office.Decision{Reference: p.Reference, Version: 4}
	if err := h.Office.Cancel(ctx, acceptor, office.PermitDecision{Number: p.Permit, Version: file(t, h, p).Permit.Version}, permit.GroundLeftCity, ""); err != nil {
		t.Fatal(err)
	}
	_, err := h.Office.Issue(ctx, staff(t, h, "zz.issue"), d, signedFor)
	denied(t, err, "permit_cancelled")
	if err := h.Office.Refund(ctx, acceptor, p.Reference, "R-1"); !errors.Is(err, &office.Error{What: office.Denied, Why: "fee_no_refund"}) {
		t.Fatal(err)
	}
	c, err := h.Office.Refuse(ctx, staff(t, h, "zz.review"), d, permit.ReasonPermitMoved, "居住证已注销。")
	if err != nil || c.Application.State != permit.Refused {
		t.Fatalf("%+v, %v", c.Application, err)
	}
	for range 2 {
		if err := h.Office.Refund(ctx, acceptor, p.Reference, "R-1"); err != nil {
			t.Fatal(err)
		}
	}
	progress, err := h.Office.Application(ctx, p.Citizen(), p.Reference)
	if err != nil || progress.Fee.State(progress.Application) != permit.FeeRefunded {
		t.Errorf("%+v, %v", progress.Fee, err)
	}
	published, err := h.Office.PublicStatistics(ctx, "350600") // a card that lay ready in time was in time, whatever came of it
	if err != nil {
		t.Fatal(err)
	}
	recount, err := h.Office.Recount(ctx, "350600")
	for _, m := range published {
		if again := recount[m.Month]; err != nil || again.Deadlines != m.Deadlines || again.OnTime != m.OnTime {
			t.Errorf("%+v counted anew %+v, %v", m, again, err)
		}
	}
}

// An address is changed when the officers of the new address have agreed: no card, no fee, the same permit at another station.
func TestAChangeOfAddress(t *testing.T) {
	h, played := plot(t, "zz.changing")
	ctx, p := t.Context(), played["zz.changing"]
	before := file(t, h, p)
	progress, err := h.Office.Application(ctx, p.Citizen(), p.Reference)
	if err != nil || progress.Application.Station == before.Station {
		t.Fatalf("%+v, %v", progress.Application, err)
	}
	if _, err := h.Office.Accept(ctx, staff(t, h, "zz.accept"), office.Decision{Reference: p.Reference, Version: 1}, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true}); !errors.Is(err, office.ErrNotFound) {
		t.Fatal("the old station accepted:", err)
	}
	second := colleague(t, h, "zz.second", progress.Application.Station, access.Acceptor)
	c, err := h.Office.Accept(ctx, second, office.Decision{Reference: p.Reference, Version: 1}, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = h.Office.Grant(ctx, staff(t, h, "zz.other"), office.Decision{Reference: p.Reference, Version: c.Application.Version}); err != nil || c.Application.State != permit.Completed {
		t.Fatalf("%+v, %v", c.Application, err)
	}
	after := file(t, h, p)
	if after.Permit.Number != before.Permit.Number || after.Permit.Residence == before.Permit.Residence || after.Station != progress.Application.Station ||
		after.Permit.IssuedOn != before.Permit.IssuedOn || after.Permit.EndorseBy != before.Permit.EndorseBy || string(after.Signed) != string(before.Signed) {
		t.Errorf("%+v became %+v at %s", before.Permit, after.Permit, after.Station)
	}
	if last := after.Events[len(after.Events)-1]; last.Verb != permit.VerbChange || last.By.Name != "郑海峰" {
		t.Errorf("%+v", last)
	}
	if _, err := h.Office.PermitFile(ctx, staff(t, h, "zz.accept"), p.Permit); !errors.Is(err, office.ErrNotFound) {
		t.Error("the old station still sees the permit:", err)
	}
	// Moved on to another county: the day of issue begins anew, the years do not, and the code is signed anew.
	a, err := h.Ask(ctx, p, permit.KindChange, "", func(d *permit.Draft) {
		d.County, d.Street = "350603", civic.Streets("350603")[0].Code
		d.Community = civic.Communities(d.Street)[0].Code
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Clock.Set(h.Clock.Now().AddDate(0, 0, 3))
	third, fourth := colleague(t, h, "zz.third", a.Station, access.Acceptor), colleague(t, h, "zz.fourth", a.Station, access.Reviewer)
	if c, err = h.Office.Accept(ctx, third, office.Decision{Reference: a.Reference, Version: 1}, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true}); err == nil {
		_, err = h.Office.Grant(ctx, fourth, office.Decision{Reference: a.Reference, Version: c.Application.Version})
	}
	if err != nil {
		t.Fatal(err)
	}
	today, moved := h.Office.Today(), file(t, h, p)
	if moved.Permit.IssuedOn != today || moved.Permit.EndorseBy != today.AddMonths(12) || moved.Residence.Since(today) != before.Residence.Since(today) || moved.Permit.Division != "350602" {
		t.Errorf("%+v, %v", moved.Permit, moved.Residence)
	}
	if string(moved.Signed) == string(before.Signed) || verdict(t, h, moved.Signed) != credential.Valid {
		t.Error("the code was not signed anew")
	}
}

// colleague is one more member of the staff, at a station.
func colleague(t *testing.T, h scene.House, login, station string, role access.Role) access.Actor {
	t.Helper()
	m := access.StaffMember{ID: office.NewKey(), Login: login, Name: "同事", PasswordHash: access.HashPassword("x"), Posts: []access.Post{{Jurisdiction: "350600", Station: station, Role: role}}}
	if err := h.Store.Within(t.Context(), func(tx office.Tx) error { return tx.CreateStaff(t.Context(), m) }); err != nil {
		t.Fatal(err)
	}
	return staff(t, h, login)
}

// Zibo: the end of a term and the step to three years are judged anew, and the years of residence go on.
func TestZibosRenewals(t *testing.T) {
	h, played := plot(t, "zb.term_ending", "zb.stepping_up")
	ctx := t.Context()
	for key, tier := range map[string]string{"zb.term_ending": "permit_1y", "zb.stepping_up": "permit_3y"} {
		p := played[key]
		before := file(t, h, p)
		if _, err := h.Decide(ctx, p, permit.Issued, false); err != nil {
			t.Fatal(key, err)
		}
		after := file(t, h, p)
		until := h.Office.Today().AddMonths(36)
		if key == "zb.term_ending" {
			until = before.Permit.ValidUntil.AddMonths(12)
		}
		if after.Permit.Tier != tier || after.Permit.ValidUntil != until || after.Residence.Since(h.Office.Today()) != before.Residence.Since(h.Office.Today()) {
			t.Errorf("%s: %+v, %v", key, after.Permit, after.Residence)
		}
	}
}

// After its end a permit is applied for anew, and the years of residence go on.
func TestAPermitThatRanOutIsAppliedForAnew(t *testing.T) {
	h, played := town(t, "zb.expired_1y")
	ctx, p := t.Context(), played["zb.expired_1y"]
	last := file(t, h, p)
	_, err := h.Office.StartBusiness(ctx, p.Citizen(), office.Business{Number: last.Permit.Number, Kind: permit.KindRenew, Why: permit.WhyTerm})
	denied(t, err, "permit_expired")
	fresh, err := h.Play(ctx, p.Person)
	if err != nil {
		t.Fatal(err)
	}
	now := file(t, h, fresh)
	if now.Permit.Number != fresh.Permit || now.Permit.Follows != "" || now.Residence.Since(h.Office.Today()) != last.Residence.Since(h.Office.Today()) || now.Residence.YearsOn(h.Office.Today()) != 1 {
		t.Errorf("%+v, %v", now.Permit, now.Residence)
	}
}

// The window applies in one step; two taps make one application, and nobody does it at another station or in another role.
func TestBusinessInOneStep(t *testing.T) {
	h, played := town(t, "zz.endorse_open")
	ctx, p := t.Context(), played["zz.endorse_open"]
	b, key := office.Business{Number: p.Permit, Kind: permit.KindReplace}, office.NewKey()
	sent := office.Submission{Declared: true, Key: key, Body: []byte("form")}
	for _, one := range []struct {
		actor access.Actor
		want  error
	}{{staff(t, h, "zz.review"), &office.Error{What: office.Forbidden}}, {staff(t, h, "zz.other"), office.ErrNotFound}, {access.Actor{Kind: access.Kiosk, ID: office.NewKey()}, &office.Error{What: office.Forbidden}}} {
		if _, err := h.Office.SendBusiness(ctx, one.actor, b, sent, nil); !errors.Is(err, one.want) {
			t.Errorf("%s: %v, want %v", one.actor.Kind, err, one.want)
		}
	}
	acceptor := staff(t, h, "zz.accept")
	var wait sync.WaitGroup
	var mu sync.Mutex
	references := map[string]bool{}
	for range 3 {
		wait.Go(func() {
			a, err := h.Office.SendBusiness(ctx, acceptor, b, sent, nil)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			references[a.Reference] = true
		})
	}
	wait.Wait()
	if len(references) != 1 {
		t.Fatal(fmt.Sprint(references))
	}
	f := file(t, h, p)
	if f.Permit.Status != permit.Lost || len(f.Losses) != 1 || f.Losses[0].ReportedBy.Name != "陈晓岚" || f.UnderWay == "" {
		t.Errorf("%+v, %+v", f.Permit, f.Losses)
	}
	progress, err := h.Office.Application(ctx, p.Citizen(), f.UnderWay)
	if err != nil || progress.Application.Counter != "window" || progress.Events[0].By.Name != "陈晓岚" || progress.Events[0].Counter != "" {
		t.Errorf("%+v, %v", progress.Events, err)
	}
}
