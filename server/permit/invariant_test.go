package permit_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

// TestNoSequenceOfVerbsBreaksAnInvariant plays random lives: verbs in any order on days that lie anywhere, with a fondness for month ends
// and leap days, and checks after every step what doc.go promises.
func TestNoSequenceOfVerbsBreaksAnInvariant(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2026))
	begins := []string{"2023-02-28", "2024-02-29", "2024-01-31", "2025-03-31", "2025-12-31", "2024-08-30"}
	kinds := []struct{ ruleset, tier string }{{"zhangzhou-2016", "residence_permit"}, {"zibo-2017", "residence_permit"}, {"zibo-2014", "permit_1y"}, {"zibo-2014", "permit_3y"}}
	rulesets, did := map[string]*policy.Ruleset{}, map[string]int{}
	for _, kind := range kinds {
		rulesets[kind.ruleset] = ruleset(t, kind.ruleset)
	}
	for range 4000 {
		kind := kinds[random.IntN(len(kinds))]
		r := rulesets[kind.ruleset]
		l := &life{t: t, r: r, p: issued(r, kind.tier, begins[random.IntN(len(begins))]), endorsed: map[civic.Date]bool{}}
		l.today = l.p.IssuedOn
		l.residence = permit.Residence{{Reason: permit.ReasonRegistered, From: l.today.AddMonths(-7), On: l.today}}
		for range 25 {
			l.wait(random)
			if random.IntN(10) == 0 {
				l.succeed(did)
				continue
			}
			d := deeds[random.IntN(len(deeds))]
			before := l.p
			c, err := d.try(l.p, l.proposal, r, l.today.Start().Add(time.Duration(random.IntN(86400))*time.Second))
			if err != nil {
				continue
			}
			did[d.verb]++
			l.follow(before, c)
		}
	}
	for _, verb := range append([]string{permit.VerbSupersede}, verbsOf()...) {
		if did[verb] < 100 {
			t.Errorf("%s was played %d times: the lives do not reach it", verb, did[verb])
		}
	}
}

// life is a permit with everything that was written about it.
type life struct {
	t         *testing.T
	r         *policy.Ruleset
	p         permit.Permit
	today     civic.Date
	proposal  *permit.Proposal
	loss      bool // a report is open
	endorsed  map[civic.Date]bool
	residence permit.Residence
}

func verbsOf() (verbs []string) {
	for _, d := range deeds {
		verbs = append(verbs, d.verb)
	}
	return verbs
}

// succeed puts a new card in the place of the permit, if it may be renewed or replaced: it prolongs and restores nothing.
func (l *life) succeed(did map[string]int) {
	l.t.Helper()
	d := permit.Draft{Kind: permit.KindRenew, Why: permit.WhyDamaged, County: "350602", Tier: l.p.Tier}
	if l.p.Status == permit.Lost {
		d.Kind, d.Why = permit.KindReplace, ""
	}
	before, now := l.p, l.today.Start().Add(time.Hour)
	_, p, _, c, err := permit.IssueAfter(ready(l.t, d, l.r, now), permit.Permit{Number: before.Number}, before, chen, l.r, now)
	if err != nil {
		return
	}
	did[permit.VerbSupersede]++
	l.follow(before, c)
	missed := !before.EndorseBy.IsZero() && l.today.After(before.EndorseBy)
	if c.Permit.Status != permit.Superseded || p.EndorseBy != before.EndorseBy || p.EndorseFrom != before.EndorseFrom || p.ValidUntil != before.ValidUntil || p.Tier != before.Tier || (p.Status == permit.Suspended) != missed {
		l.t.Fatalf("on %s %+v was followed by %+v", l.today, before, p)
	}
	since, sum := l.residence.Since(l.today), l.residence.CumulativeYearsOn(l.today)
	l.residence = append(l.residence, permit.CarriedInterval(permit.Application{Particulars: d}, p, l.residence, l.r))
	if l.residence.Since(l.today) != since || l.residence.CumulativeYearsOn(l.today) != sum {
		l.t.Fatalf("on %s the count moved from %s to %s with the new card: %+v", l.today, since, l.residence.Since(l.today), l.residence)
	}
	l.p, l.proposal = p, nil
}

// wait lets days pass: none, a few, until a due day or around it, to a month's end.
func (l *life) wait(random *rand.Rand) {
	switch due := l.p.EndorseBy; random.IntN(6) {
	case 0:
	case 1:
		l.today = l.today.AddDays(random.IntN(40))
	case 2, 3:
		if near := due.AddDays(random.IntN(5) - 2); near.After(l.today) {
			l.today = near
		}
	case 4:
		if end := l.today.AddMonths(1); end.After(l.today) {
			l.today = end
		}
	case 5:
		if end := l.p.ValidUntil.AddDays(random.IntN(3)); end.After(l.today) {
			l.today = end
		} else {
			l.today = l.today.AddDays(random.IntN(400))
		}
	}
}

// follow takes a change and checks the invariants.
func (l *life) follow(before permit.Permit, c permit.Change) {
	l.t.Helper()
	fail := func(what string) {
		l.t.Helper()
		l.t.Fatalf("%s: on %s %+v became %+v by %+v", what, l.today, before, c.Permit, c.Events)
	}
	after := c.Permit
	if c.Seen() != before.Version || after.Status != before.Status && len(c.Events) == 0 {
		fail("a version is not one event")
	}
	if slices.Contains([]permit.Status{permit.Expired, permit.Cancelled, permit.Superseded}, before.Status) && after.Status != before.Status {
		fail("an end was left")
	}
	for i, e := range c.Events {
		if e.On.After(l.today) || i > 0 && e.On.Before(c.Events[i-1].On) {
			fail("an event on a day that has not come, or before the one before")
		}
		if e.ByHouse() != (e.Verb == permit.VerbSuspend || e.Verb == permit.VerbExpire) {
			fail("a rule that somebody decided, or a decision of nobody")
		}
	}
	switch after.Status {
	case permit.Suspended:
		if after.EndorseBy.IsZero() || !after.EndorseBy.Before(after.StatusSince) {
			fail("suspended without a missed endorsement")
		}
	case permit.Expired:
		if after.ValidUntil.IsZero() || !after.ValidUntil.Before(after.StatusSince) {
			fail("expired without a term that has run out")
		}
	case permit.Active:
		if !after.EndorseBy.IsZero() && l.today.After(after.EndorseBy) || !after.ValidUntil.IsZero() && l.today.After(after.ValidUntil) {
			fail("active against the rules of the day")
		}
	}
	if e := c.Endorsement; e != nil {
		if l.endorsed[e.DueOn] || !e.NextDue.After(e.On) || !e.NextDue.After(e.DueOn) || e.DueOn != before.EndorseBy {
			fail("two endorsements for one day, or no later day after one")
		}
		if !e.Late() && e.NextDue != before.EndorseFrom.AddMonths(12*(e.DueOn.YearsSince(before.EndorseFrom)+1)) {
			fail("the anniversary moved without lateness")
		}
		if e.Late() && e.NextDue != e.On.AddMonths(12) {
			fail("after a late endorsement the next is due in a year")
		}
		l.endorsed[e.DueOn] = true
	} else if after.EndorseBy != before.EndorseBy && (after.IssuedOn != l.today || after.EndorseBy != l.today.AddMonths(12)) {
		fail("a due day moved without an endorsement, and not with a new day of issue")
	}
	if moved := c.Events != nil && c.Events[len(c.Events)-1].Verb == permit.VerbChange; after.IssuedOn != before.IssuedOn && !(moved && l.r.AddressChange.IssueDateRestarts && after.Status == permit.Active) {
		fail("the day of issue moved without a move")
	}
	if c.Loss != nil {
		l.loss = c.Loss.State == permit.LossOpen
	}
	if (after.Status == permit.Lost) != l.loss {
		fail("lost without a report, or a report of a permit that is not lost")
	}
	if c.Proposal != nil {
		l.proposal = c.Proposal
		if c.Proposal.State != permit.ProposalOpen && c.Proposal.DecidedBy.ID == c.Proposal.ProposedBy.ID {
			fail("one person did both")
		}
	}
	since := l.residence.Since(l.today)
	if c.Interval != nil {
		l.residence = append(l.residence, *c.Interval)
	}
	switch got := l.residence.Since(l.today); {
	case got.After(l.today):
		fail("residence begins in the future")
	case c.Endorsement != nil && c.Endorsement.Restarted && got != l.today:
		fail("a late endorsement did not restart the years")
	case c.Interval == nil && got != since:
		fail("the count moved without a line")
	case after.Status == permit.Cancelled && l.residence.YearsOn(l.today) != 0:
		fail("a cancelled permit counts on")
	}
	if l.residence.CumulativeYearsOn(l.today) < l.residence.YearsOn(l.today) {
		fail("fewer years in all than without a break")
	}
	l.p = after
}
