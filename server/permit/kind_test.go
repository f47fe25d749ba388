package permit_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"anju/server/permit"
	"anju/server/policy"
)

// A draft that was sealed before there were kinds is about a first permit.
func TestADraftWithoutKindIsAboutAFirstPermit(t *testing.T) {
	var d permit.Draft
	if err := json.Unmarshal([]byte(`{"jurisdiction":"350600","ruleset":"zhangzhou-2016","name":"张小明"}`), &d); err != nil || d.Business() != permit.KindIssue {
		t.Errorf("%v, %v", d.Business(), err)
	}
	d.Kind = permit.KindRenew
	if d.Business() != permit.KindRenew {
		t.Errorf("%v", d.Business())
	}
}

// applied is an application for a business on a permit that was issued half a year ago.
func applied(t *testing.T, kind permit.Kind) permit.Application {
	t.Helper()
	r, d := ruleset(t, "zhangzhou-2016"), draft()
	d.Kind, d.Permit = kind, issued(r, "residence_permit", "2026-05-24").Number
	if kind == permit.KindRenew {
		d.Why = permit.WhyDamaged
	}
	evidence := paper
	if kind != permit.KindChange {
		evidence = nil // nothing has to be shown again
	}
	a, _, err := permit.Submit(permit.Submission{Draft: d, Evidence: evidence, Declared: true, Notice: "1", Counter: "portal",
		Law: policy.Eligibility(r, r.StatusOn(today, nil), d.Query(r, today))}, r, morning)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// about is the permit that such an application is about, lost where it is to be replaced.
func about(t *testing.T, a permit.Application) permit.Permit {
	t.Helper()
	p := issued(ruleset(t, "zhangzhou-2016"), "residence_permit", "2026-05-24")
	if a.Kind == permit.KindReplace {
		p.Status, p.StatusSince = permit.Lost, day("2026-11-20")
	}
	return p
}

// ready is an application whose card waits to be handed over.
func ready(t *testing.T, d permit.Draft, r *policy.Ruleset, now time.Time) permit.Application {
	t.Helper()
	return permit.Application{Jurisdiction: r.Jurisdiction, ID: "a", Ruleset: r.ID, Kind: d.Business(), OfPermit: "n", Tier: d.Tier, Particulars: d, State: permit.ToCollect, SubmittedAt: now,
		AcceptedBy: chen.ID, Version: 4}
}

// A new card for another prolongs and restores nothing: term and endorsement travel on, a missed one too.
func TestWhatANewCardTakesOver(t *testing.T) {
	zz, zb, zb17 := ruleset(t, "zhangzhou-2016"), ruleset(t, "zibo-2014"), ruleset(t, "zibo-2017")
	for _, one := range []struct {
		name                   string
		own, r                 *policy.Ruleset
		tier, issued           string
		lost                   string
		kind                   permit.Kind
		why, applied, handed   string
		status                 permit.Status
		newTier, until, by, of string // of the new permit; of: its ruleset
		old                    permit.Status
		refused                string
	}{
		{name: "a damaged card", own: zz, r: zz, tier: "residence_permit", issued: "2026-01-10", kind: permit.KindRenew, why: permit.WhyDamaged, handed: "2026-11-24",
			status: permit.Active, newTier: "residence_permit", by: "2027-01-10", of: "zhangzhou-2016", old: permit.Superseded},
		{name: "a damaged card of a suspended permit", own: zz, r: zz, tier: "residence_permit", issued: "2025-11-01", kind: permit.KindRenew, why: permit.WhyDamaged, handed: "2026-11-24",
			status: permit.Suspended, newTier: "residence_permit", by: "2026-11-01", of: "zhangzhou-2016", old: permit.Superseded},
		{name: "a lost card", own: zz, r: zz, tier: "residence_permit", issued: "2026-01-10", lost: "2026-11-01", kind: permit.KindReplace, handed: "2026-11-24",
			status: permit.Active, newTier: "residence_permit", by: "2027-01-10", of: "zhangzhou-2016", old: permit.Superseded},
		{name: "a lost card whose endorsement was missed since", own: zz, r: zz, tier: "residence_permit", issued: "2025-11-10", lost: "2026-11-01", kind: permit.KindReplace, handed: "2026-11-24",
			status: permit.Suspended, newTier: "residence_permit", by: "2026-11-10", of: "zhangzhou-2016", old: permit.Superseded},
		{name: "a lost card that was found", own: zz, r: zz, tier: "residence_permit", issued: "2026-01-10", kind: permit.KindReplace, handed: "2026-11-24", refused: "permit_active"},
		{name: "a damaged card that was lost since", own: zz, r: zz, tier: "residence_permit", issued: "2026-01-10", lost: "2026-11-20", kind: permit.KindRenew, why: permit.WhyDamaged, handed: "2026-11-24", refused: "permit_lost"},
		{name: "a damaged card with a term", own: zb, r: zb, tier: "permit_1y", issued: "2026-02-01", kind: permit.KindRenew, why: permit.WhyDamaged, handed: "2026-11-24",
			status: permit.Active, newTier: "permit_1y", until: "2027-02-01", of: "zibo-2014", old: permit.Superseded},
		{name: "a damaged card whose term ran out since", own: zb, r: zb, tier: "permit_1y", issued: "2025-11-20", kind: permit.KindRenew, why: permit.WhyDamaged, handed: "2026-11-24", refused: "permit_expired"},
		{name: "a lost card whose term ran out since", own: zb, r: zb, tier: "permit_1y", issued: "2025-11-20", lost: "2026-11-01", kind: permit.KindReplace, handed: "2026-11-24", refused: "permit_expired"},
		{name: "the end of a term, early", own: zb, r: zb, tier: "permit_1y", issued: "2025-12-10", kind: permit.KindRenew, why: permit.WhyTerm, handed: "2026-11-24",
			status: permit.Active, newTier: "permit_1y", until: "2027-12-10", of: "zibo-2014", old: permit.Superseded},
		{name: "the end of a term that has passed meanwhile", own: zb, r: zb, tier: "permit_3y", issued: "2023-11-20", kind: permit.KindRenew, why: permit.WhyTerm, handed: "2026-11-24",
			status: permit.Active, newTier: "permit_3y", until: "2029-11-24", of: "zibo-2014", old: permit.Expired},
		{name: "from one to three years", own: zb, r: zb, tier: "permit_1y", issued: "2026-02-01", kind: permit.KindRenew, why: permit.WhyStep, handed: "2026-11-24",
			status: permit.Active, newTier: "permit_3y", until: "2029-11-24", of: "zibo-2014", old: permit.Superseded},
		{name: "a permit of a document that has ended, damaged", own: zb, r: zb17, tier: "permit_3y", issued: "2024-02-01", kind: permit.KindRenew, why: permit.WhyDamaged, handed: "2026-11-24",
			status: permit.Active, newTier: "permit_3y", until: "2027-02-01", of: "zibo-2014", old: permit.Superseded},
		{name: "the end of a term of a document that has ended", own: zb, r: zb17, tier: "permit_3y", issued: "2023-12-01", kind: permit.KindRenew, why: permit.WhyTerm, handed: "2026-11-24",
			status: permit.Active, newTier: "residence_permit", by: "2027-11-24", of: "zibo-2017", old: permit.Superseded},
	} {
		t.Run(one.name, func(t *testing.T) {
			old := issued(one.own, one.tier, one.issued)
			if one.lost != "" {
				c, err := permit.ReportLoss(old, holder, "", at(one.lost))
				if err != nil {
					t.Fatal(err)
				}
				old = c.Permit
			}
			d := draft()
			d.Kind, d.Why, d.Tier = one.kind, one.why, one.tier
			if one.newTier != "" {
				d.Tier = one.newTier
			}
			_, p, event, c, err := permit.IssueAfter(ready(t, d, one.r, at(one.handed)), permit.Permit{Number: "new"}, old, chen, one.r, at(one.handed))
			if one.refused != "" {
				if refusedAs(err) != one.refused {
					t.Fatalf("%v, want %s", err, one.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.Status != one.status || p.Tier != one.newTier || p.Ruleset != one.of || p.ValidUntil.String() != one.until || p.EndorseBy.String() != one.by || p.IssuedOn != event.On || p.Follows != old.Number {
				t.Errorf("%+v", p)
			}
			if c.Permit.Status != one.old || (c.Loss != nil) != (one.lost != "") || c.Loss != nil && c.Loss.State != permit.LossReplaced {
				t.Errorf("the old one: %+v, %+v", c.Permit, c.Loss)
			}
			if _, err := permit.WithdrawLoss(c.Permit, holder, "", at(one.handed)); err == nil {
				t.Error("the loss of a permit that was replaced was withdrawn")
			}
		})
	}
}

// The count of residence goes on under a new card, wherever it began.
func TestResidenceGoesOnUnderANewCard(t *testing.T) {
	r, d := ruleset(t, "zhangzhou-2016"), draft()
	d.RegisteredOn = day("2023-01-10")
	lines := permit.Residence{{Reason: permit.ReasonRegistered, From: day("2023-01-10"), On: day("2023-08-01")},
		{Reason: permit.ReasonLateEndorsement, From: day("2025-03-01"), Until: day("2024-08-01"), On: day("2025-03-01")}}
	a, p := ready(t, d, r, morning), permit.Permit{Number: "new", IssuedOn: today}
	line := permit.CarriedInterval(a, p, lines, r)
	if line.From != day("2025-03-01") || line.Permit != "new" {
		t.Errorf("%+v", line)
	}
	after := append(slices.Clone(lines), line)
	if after.Since(today) != lines.Since(today) || after.CumulativeYearsOn(today) != lines.CumulativeYearsOn(today) {
		t.Errorf("the count moved: %s, %s", lines.Since(today), after.Since(today))
	}
	if line := permit.CarriedInterval(a, p, nil, r); line.From != d.RegisteredOn {
		t.Errorf("a count that was never written: %+v", line)
	}
}

// What can be applied for, and why not, by how the permit stands.
func TestOffers(t *testing.T) {
	zz, zb, zb17 := ruleset(t, "zhangzhou-2016"), ruleset(t, "zibo-2014"), ruleset(t, "zibo-2017")
	lost := func(p permit.Permit) permit.Permit {
		p.Status = permit.Lost
		return p
	}
	for _, one := range []struct {
		name   string
		p      permit.Permit
		own, r *policy.Ruleset
		on     string
		want   string
	}{
		{"in use", issued(zz, "residence_permit", "2026-01-10"), zz, zz, "2026-11-24", "renew damaged, renew particulars, replace, change"},
		{"suspended by the rule that has not run yet", issued(zz, "residence_permit", "2025-11-10"), zz, zz, "2026-11-24", "renew damaged, renew particulars, replace, change: permit_suspended"},
		{"lost", lost(issued(zz, "residence_permit", "2026-01-10")), zz, zz, "2026-11-24", "renew damaged: permit_lost, renew particulars: permit_lost, replace, change: permit_lost"},
		{"with a term that lasts", issued(zb, "permit_1y", "2026-01-10"), zb, zb, "2026-12-09", "renew damaged, renew particulars, renew term: early from 2026-12-10, renew step, replace, change"},
		{"with a term that ends", issued(zb, "permit_1y", "2026-01-10"), zb, zb, "2026-12-10", "renew damaged, renew particulars, renew term, renew step, replace, change"},
		{"at the top", issued(zb, "permit_3y", "2024-03-31"), zb, zb, "2027-02-28", "renew damaged, renew particulars, renew term, replace, change"},
		{"of a document that has ended", issued(zb, "permit_1y", "2026-01-10"), zb, zb17, "2026-11-24", "renew damaged, renew particulars, renew term: early from 2026-12-10, replace, change"},
		{"run out", issued(zb, "permit_1y", "2025-01-10"), zb, zb, "2026-11-24", ""},
	} {
		got := ""
		for _, o := range permit.Openings(one.p, one.own, one.r, at(one.on)) {
			if got != "" {
				got += ", "
			}
			got += string(o.Kind)
			if o.Why != "" {
				got += " " + o.Why
			}
			if !o.Open() {
				got += ": " + o.Code
			}
			if !o.From.IsZero() {
				got += " from " + o.From.String()
			}
			_, err := permit.OpeningOf(one.p, o.Kind, o.Why, one.own, one.r, at(one.on))
			if (err == nil) != o.Open() {
				t.Errorf("%s: %s %s: %v", one.name, o.Kind, o.Why, err)
			}
		}
		if got != one.want {
			t.Errorf("%s: %s, want %s", one.name, got, one.want)
		}
	}
	if _, err := permit.OpeningOf(issued(zz, "residence_permit", "2026-01-10"), permit.KindRenew, permit.WhyTerm, zz, zz, morning); refusedAs(err) != "not_offered" {
		t.Error(err)
	}
	if _, err := permit.OpeningOf(issued(zb, "permit_1y", "2025-01-10"), permit.KindReplace, "", zb, zb, morning); refusedAs(err) != "permit_expired" {
		t.Error(err)
	}
}

// What a move begins anew is data: in Zhangzhou the day of issue, in Zibo nothing, the years nowhere; inside a county nothing at all.
func TestAChangeOfAddress(t *testing.T) {
	resets := *ruleset(t, "zhangzhou-2016")
	resets.ResidenceYears.CrossCountyResets = true
	for _, one := range []struct {
		r       *policy.Ruleset
		tier    string
		county  string // before
		issued  string // of the permit afterwards
		by      string
		restart bool
	}{
		{ruleset(t, "zhangzhou-2016"), "residence_permit", "350602", "2026-01-10", "2027-01-10", false},
		{ruleset(t, "zhangzhou-2016"), "residence_permit", "350603", "2026-11-24", "2027-11-24", false},
		{&resets, "residence_permit", "350603", "2026-11-24", "2027-11-24", true},
		{ruleset(t, "zibo-2014"), "permit_1y", "350603", "2026-01-10", "", false},
	} {
		a, p := applied(t, permit.KindChange), issued(one.r, one.tier, "2026-01-10")
		c, err := permit.ChangeAddress(a, p, permit.Move{Residence: "新址", County: one.county}, chen, one.r, at("2026-11-24"))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Permit; got.Residence != "新址" || got.IssuedOn.String() != one.issued || got.EndorseBy.String() != one.by || got.ValidUntil != p.ValidUntil || got.Status != permit.Active || got.StatusSince.Before(got.IssuedOn) {
			t.Errorf("%s from %s: %+v", one.r.ID, one.county, got)
		}
		if (c.Interval != nil) != one.restart || c.Interval != nil && (c.Interval.Reason != permit.ReasonCrossCounty || c.Interval.From != day("2026-11-24")) {
			t.Errorf("%s from %s: %+v", one.r.ID, one.county, c.Interval)
		}
	}
	a, p := applied(t, permit.KindChange), issued(ruleset(t, "zhangzhou-2016"), "residence_permit", "2025-11-10")
	if _, err := permit.ChangeAddress(a, p, permit.Move{}, chen, ruleset(t, "zhangzhou-2016"), at("2026-11-24")); refusedAs(err) != "permit_suspended" {
		t.Error("a move restored a permit whose endorsement was missed:", err)
	}
}

// A fee is owed for a card in the place of another and for nothing else; it is paid once, and given back when the application was refused.
func TestAFee(t *testing.T) {
	zz, zb := ruleset(t, "zhangzhou-2016"), ruleset(t, "zibo-2014")
	for _, kind := range permit.Kinds() {
		fee, ok := permit.FeeOf(kind, zz, today)
		if want := kind == permit.KindRenew || kind == permit.KindReplace; ok != want || ok && fee.Yuan != 20 {
			t.Errorf("%s: %+v, %t", kind, fee, ok)
		}
		if _, ok := permit.FeeOf(kind, zb, today); ok {
			t.Errorf("%s costs something in Zibo", kind)
		}
	}
	a, due := applied(t, permit.KindRenew), permit.Fee{Yuan: 20, DueOn: today}
	if _, err := permit.Pay(a, due, "A-1", chen, today); refusedAs(err) != "fee_due" {
		t.Error("paid before acceptance:", err)
	}
	a.State, a.AcceptedOn = permit.InReview, today
	for _, bad := range []string{"", "a-1", "票据1", string(make([]byte, 41))} {
		if _, err := permit.Pay(a, due, bad, chen, today); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	paid, err := permit.Pay(a, due, permit.NormalReference(" zz 2026-001 "), chen, today)
	if err != nil || paid.Reference != "ZZ2026-001" || paid.State(a) != permit.FeePaid {
		t.Fatalf("%+v, %v", paid, err)
	}
	if _, err := permit.Pay(a, paid, "B-2", chen, today); refusedAs(err) != "fee_paid" {
		t.Error("paid twice:", err)
	}
	if _, err := permit.Refund(a, paid, "R-1", chen, today); refusedAs(err) != "fee_no_refund" {
		t.Error("given back while the case is open:", err)
	}
	a.State = permit.Refused
	if due.State(a) != permit.FeeWaived {
		t.Error("a refused application still owes")
	}
	back, err := permit.Refund(a, paid, "R-1", chen, today)
	if err != nil || back.State(a) != permit.FeeRefunded {
		t.Fatalf("%+v, %v", back, err)
	}
	if _, err := permit.Refund(a, back, "R-2", chen, today); refusedAs(err) != "fee_refunded" {
		t.Error("given back twice:", err)
	}
}
