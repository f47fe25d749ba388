package permit_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

var (
	day       = civic.MustDate
	holder    = permit.Doer{Counter: "portal"}
	clerk     = permit.Doer{Officer: chen}
	confirmer = permit.Doer{Officer: huang}
	still     = permit.Confirmation{Confirmed: true, Ground: "employment"}
)

// at is nine in the morning of a day.
func at(s string) time.Time { return day(s).Start().Add(9 * time.Hour) }

// issued is a permit that was issued on a day.
func issued(r *policy.Ruleset, tier, on string) permit.Permit {
	p := permit.Permit{Jurisdiction: r.Jurisdiction, Number: permit.NewNumber(r.Jurisdiction[:5]+"2", 2024, 1), Ruleset: r.ID, Tier: tier, Status: permit.Active,
		IssuedOn: day(on), StatusSince: day(on), Version: 1, ValidUntil: r.ValidUntil(tier, day(on))}
	if _, due, ok := r.EndorsementWindow(day(on)); ok {
		p.EndorseFrom, p.EndorseBy = day(on), due
	}
	return p
}

func refusedAs(err error) string {
	var r permit.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return fmt.Sprint(err)
}

// The windows are those of the fact sheet: month ends and 29 February included.
func TestEndorsementInAndOutsideItsWindow(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	for _, one := range []struct {
		issued, on, next string
		timing           permit.Timing
		restarts         bool
	}{
		{"2025-03-31", "2026-02-27", "", permit.Early, false},
		{"2025-03-31", "2026-02-28", "2027-03-31", permit.InTime, false},
		{"2025-03-31", "2026-03-31", "2027-03-31", permit.InTime, false},
		{"2025-03-31", "2026-04-01", "2027-04-01", permit.Late, true},
		{"2024-02-29", "2025-01-27", "", permit.Early, false},
		{"2024-02-29", "2025-01-28", "2026-02-28", permit.InTime, false},
		{"2024-02-29", "2025-02-28", "2026-02-28", permit.InTime, false},
		{"2024-02-29", "2025-03-01", "2026-03-01", permit.Late, true},
		{"2025-11-30", "2026-10-29", "", permit.Early, false},
		{"2025-11-30", "2026-10-30", "2027-11-30", permit.InTime, false},
		{"2025-11-30", "2031-05-31", "2032-05-31", permit.Late, true}, // no limit for a late one
		{"2023-02-28", "2024-02-29", "2025-02-28", permit.Late, true}, // and the leap day is the new anchor
	} {
		p := issued(r, "residence_permit", one.issued)
		if timing, _ := p.EndorsementTiming(r, day(one.on)); timing != one.timing {
			t.Errorf("%s on %s is %s, want %s", one.issued, one.on, timing, one.timing)
		}
		c, err := permit.Endorse(p, still, holder, r, at(one.on))
		if one.timing == permit.Early {
			if refusedAs(err) != "endorsement_early" {
				t.Errorf("%s on %s: %v", one.issued, one.on, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s on %s: %v", one.issued, one.on, err)
		}
		if got := c.Permit; got.Status != permit.Active || got.EndorseBy.String() != one.next || c.Endorsement.NextDue != got.EndorseBy || c.Endorsement.DueOn != p.EndorseBy {
			t.Errorf("%s on %s: %+v", one.issued, one.on, got)
		}
		if c.Endorsement.Restarted != one.restarts || (c.Interval != nil) != one.restarts {
			t.Errorf("%s on %s: restarted %v, interval %v", one.issued, one.on, c.Endorsement.Restarted, c.Interval)
		}
		if one.timing != permit.Late {
			continue
		}
		if first := c.Events[0]; len(c.Events) != 2 || first.Verb != permit.VerbSuspend || first.On != p.EndorseBy.AddDays(1) || !first.ByHouse() {
			t.Errorf("the suspension before a late endorsement is not in the history: %+v", c.Events)
		}
		if i := c.Interval; i.From != day(one.on) || i.Until != p.EndorseBy {
			t.Errorf("the residence after a late endorsement: %+v", i)
		}
	}
	// The anniversary of a leap day comes back in the next leap year, as long as nobody is late.
	p := issued(r, "residence_permit", "2024-02-29")
	for _, due := range []string{"2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"} {
		if p.EndorseBy.String() != due {
			t.Fatalf("due on %s, want %s", p.EndorseBy, due)
		}
		c, err := permit.Endorse(p, still, clerk, r, p.EndorseBy.Start())
		if err != nil {
			t.Fatal(err)
		}
		p = c.Permit
	}
}

// What a late endorsement resets is data: in a city that says so it restarts the years, in another it does not.
func TestWhatALateEndorsementResetsIsData(t *testing.T) {
	r := *ruleset(t, "zhangzhou-2016")
	r.ResidenceYears.LateEndorsementRestarts = false
	c, err := permit.Endorse(issued(&r, "residence_permit", "2025-03-31"), still, holder, &r, at("2026-04-01"))
	if err != nil || c.Interval != nil || c.Endorsement.Restarted {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestEndorsementAsksForGroundAndConfirmation(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	p := issued(r, "residence_permit", "2025-11-30")
	_, err := permit.Endorse(p, permit.Confirmation{Ground: "beauty"}, holder, r, at("2026-11-24"))
	var faults permit.Faults
	if !errors.As(err, &faults) || !slices.Equal(faults, permit.Faults{{Field: "ground", Code: "endorse_ground"}, {Field: "confirmed", Code: "endorse_confirm"}}) {
		t.Errorf("%v", err)
	}
}

// The rule suspends on the day after, on its own day however late the house comes to it, and twice is once.
func TestTheRulesOfTheDay(t *testing.T) {
	zz, zb := ruleset(t, "zhangzhou-2016"), ruleset(t, "zibo-2014")
	for _, one := range []struct {
		p      permit.Permit
		now    time.Time
		verb   string
		status permit.Status
		on     string
	}{
		{issued(zz, "residence_permit", "2025-11-30"), day("2026-12-01").Start().Add(-time.Second), "", permit.Active, "2025-11-30"},
		{issued(zz, "residence_permit", "2025-11-30"), day("2026-12-01").Start(), permit.VerbSuspend, permit.Suspended, "2026-12-01"},
		{issued(zz, "residence_permit", "2025-11-30"), at("2029-07-07"), permit.VerbSuspend, permit.Suspended, "2026-12-01"},
		{issued(zz, "residence_permit", "2024-02-29"), at("2025-03-01"), permit.VerbSuspend, permit.Suspended, "2025-03-01"},
		{issued(zb, "permit_1y", "2025-11-24"), at("2026-11-24"), "", permit.Active, "2025-11-24"},
		{issued(zb, "permit_1y", "2025-11-24"), at("2026-11-25"), permit.VerbExpire, permit.Expired, "2026-11-25"},
		{issued(zb, "permit_3y", "2024-02-29"), at("2027-03-05"), permit.VerbExpire, permit.Expired, "2027-03-01"},
	} {
		c := permit.Settle(one.p, one.now)
		if c.Permit.Status != one.status || c.Permit.StatusSince.String() != one.on {
			t.Errorf("%s on %s: %s since %s", one.p.IssuedOn, one.now, c.Permit.Status, c.Permit.StatusSince)
		}
		if one.verb != "" && (len(c.Events) != 1 || c.Events[0].Verb != one.verb || !c.Events[0].At.Equal(one.now)) {
			t.Errorf("%+v", c.Events)
		}
		if again := permit.Settle(c.Permit, one.now.AddDate(1, 0, 0)); one.verb != "" && len(again.Events) != 0 {
			t.Errorf("a second run: %+v", again.Events)
		}
	}
}

func TestAWithdrawnLossReturnsToWhatTheRulesSay(t *testing.T) {
	zz, zb := ruleset(t, "zhangzhou-2016"), ruleset(t, "zibo-2014")
	for _, one := range []struct {
		p           permit.Permit
		lost, found string
		status      permit.Status
	}{
		{issued(zz, "residence_permit", "2025-11-30"), "2026-03-01", "2026-11-30", permit.Active},
		{issued(zz, "residence_permit", "2025-11-30"), "2026-03-01", "2026-12-01", permit.Suspended},
		{issued(zz, "residence_permit", "2025-11-30"), "2026-12-24", "2026-12-24", permit.Suspended},
		{issued(zb, "permit_1y", "2025-11-24"), "2026-03-01", "2026-11-24", permit.Active},
		{issued(zb, "permit_1y", "2025-11-24"), "2026-03-01", "2026-11-25", permit.Expired},
	} {
		lost, err := permit.ReportLoss(one.p, holder, "", at(one.lost))
		if err != nil || lost.Permit.Status != permit.Lost || lost.Loss.State != permit.LossOpen {
			t.Fatalf("%+v, %v", lost, err)
		}
		found, err := permit.WithdrawLoss(lost.Permit, clerk, "", at(one.found))
		if err != nil || found.Permit.Status != one.status || found.Loss.EndedOn.String() != one.found {
			t.Errorf("lost %s, found %s: %s, %v", one.lost, one.found, found.Permit.Status, err)
		}
	}
}

// deeds are all verbs of the life, as somebody would try them on any permit.
var deeds = []struct {
	verb string
	try  func(permit.Permit, *permit.Proposal, *policy.Ruleset, time.Time) (permit.Change, error)
}{
	{permit.VerbEndorse, func(p permit.Permit, _ *permit.Proposal, r *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.Endorse(p, still, holder, r, now)
	}},
	{permit.VerbReportLoss, func(p permit.Permit, _ *permit.Proposal, _ *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.ReportLoss(p, holder, "", now)
	}},
	{permit.VerbWithdrawLoss, func(p permit.Permit, _ *permit.Proposal, _ *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.WithdrawLoss(p, holder, "", now)
	}},
	{permit.VerbCancel, func(p permit.Permit, open *permit.Proposal, _ *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.Cancel(p, open, permit.GroundOwnRequest, "", clerk, now)
	}},
	{permit.VerbProposeCancelling, func(p permit.Permit, open *permit.Proposal, _ *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.ProposeCancelling(p, open, "合同是假的。", clerk, now)
	}},
	{"confirm", func(p permit.Permit, open *permit.Proposal, _ *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.ConfirmCancelling(p, open, confirmer, now)
	}},
	{permit.VerbRejectCancellation, func(p permit.Permit, open *permit.Proposal, _ *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.RejectCancelling(p, open, "", confirmer, now)
	}},
	{permit.VerbChange, func(p permit.Permit, _ *permit.Proposal, r *policy.Ruleset, now time.Time) (permit.Change, error) {
		a := permit.Application{Kind: permit.KindChange, OfPermit: p.Number, Particulars: permit.Draft{County: "350602"}}
		return permit.ChangeAddress(a, p, permit.Move{Residence: "新址", County: "35060" + string(rune('2'+p.Version%2))}, clerk.Officer, r, now)
	}},
	{"rules", func(p permit.Permit, _ *permit.Proposal, _ *policy.Ruleset, now time.Time) (permit.Change, error) {
		return permit.Settle(p, now), nil
	}},
}

// TestEveryVerbInEveryWrongState tries each verb in each status; what the table does not allow is refused with a code that says why.
func TestEveryVerbInEveryWrongState(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	open := &permit.Proposal{State: permit.ProposalOpen, ProposedBy: chen}
	for _, status := range []permit.Status{permit.Active, permit.Suspended, permit.Expired, permit.Lost, permit.Cancelled, permit.Superseded} {
		for _, proposal := range []*permit.Proposal{nil, open, {State: permit.ProposalRejected, ProposedBy: chen}} {
			p := issued(r, "residence_permit", "2025-11-30")
			p.Status, p.StatusSince = status, day("2026-11-24")
			now := at("2026-11-24")
			if status == permit.Suspended {
				now = at("2026-12-24")
			}
			for _, d := range deeds {
				waits := proposal == open
				want := ""
				switch d.verb {
				case permit.VerbEndorse, permit.VerbReportLoss:
					if status != permit.Active && status != permit.Suspended {
						want = "permit_" + string(status)
					}
				case permit.VerbChange:
					if status != permit.Active {
						want = "permit_" + string(status)
					}
				case permit.VerbWithdrawLoss:
					if status != permit.Lost {
						want = "permit_" + string(status)
					}
				case permit.VerbCancel, permit.VerbProposeCancelling:
					if waits {
						want = "cancelling_proposed"
					}
					if status != permit.Active && status != permit.Suspended && status != permit.Lost {
						want = "permit_" + string(status)
					}
				case "confirm":
					if status != permit.Active && status != permit.Suspended && status != permit.Lost {
						want = "permit_" + string(status)
					}
					if !waits {
						want = "state_moved_on"
					}
				case permit.VerbRejectCancellation:
					if !waits {
						want = "state_moved_on"
					}
				}
				c, err := d.try(p, proposal, r, now)
				switch {
				case want == "" && err != nil:
					t.Errorf("%s when %s: %v", d.verb, status, err)
				case want != "" && refusedAs(err) != want:
					t.Errorf("%s when %s: %v, want %s", d.verb, status, err, want)
				case want == "" && d.verb != "rules" && c.Permit.Version <= p.Version:
					t.Errorf("%s when %s left no event", d.verb, status)
				}
			}
		}
	}
	zb := ruleset(t, "zibo-2014")
	if _, err := permit.Endorse(issued(zb, "permit_1y", "2026-01-01"), still, holder, zb, at("2026-11-24")); refusedAs(err) != "not_endorsed" {
		t.Error("a permit that runs out was endorsed:", err)
	}
	p := issued(r, "residence_permit", "2026-01-01")
	if _, err := permit.Cancel(p, nil, permit.GroundFalseMaterials, "x", clerk, at("2026-02-01")); refusedAs(err) != "second_person" {
		t.Error("one officer alone cancelled for false materials:", err)
	}
	if _, err := permit.ConfirmCancelling(p, open, clerk, at("2026-02-01")); refusedAs(err) != "same_person" {
		t.Error("who proposed confirmed:", err)
	}
	for _, bad := range []struct{ ground, note, field string }{{"", "", "ground"}, {"expired", "", "ground"}, {permit.GroundLeftCity, "a\nb", "note"}, {permit.GroundFalseMaterials, "", "note"}} {
		_, err := permit.Cancel(p, nil, bad.ground, bad.note, clerk, at("2026-02-01"))
		if bad.ground == permit.GroundFalseMaterials {
			_, err = permit.ProposeCancelling(p, nil, bad.note, clerk, at("2026-02-01"))
		}
		var faults permit.Faults
		if !errors.As(err, &faults) || faults[0].Field != bad.field {
			t.Errorf("%q %q: %v", bad.ground, bad.note, err)
		}
	}
}
