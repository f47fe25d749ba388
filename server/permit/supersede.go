package permit

import (
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// IssueAfter hands over the card that takes the place of another (换领, 补领). What the permit shows travels on: its tier and term, the
// endorsement that is due, also one that was missed, so that a new card neither prolongs nor restores anything. A renewal that rests on a
// right examined anew begins like a first permit. The old permit becomes void now, not before.
func IssueAfter(a Application, p, old Permit, by Officer, r *policy.Ruleset, now time.Time) (Application, Permit, Event, Change, error) {
	fail := func(err error) (Application, Permit, Event, Change, error) {
		return a, p, Event{}, Change{Permit: old}, err
	}
	if err := a.Needs(old, now); err != nil {
		return fail(err)
	}
	today := civic.DateOf(now)
	status := old.Found(today)
	if status == Expired && !a.Particulars.anew() {
		return fail(Refusal{Code: "permit_expired"})
	}
	a, next, event, err := Issue(a, p, by, r, now)
	if err != nil {
		return fail(err)
	}
	next.Follows = old.Number
	if a.Particulars.anew() {
		if a.Particulars.Why == WhyTerm && old.ValidUntil.After(today) { // nobody loses days by coming early
			next.ValidUntil = r.ValidUntil(next.Tier, old.ValidUntil)
		}
	} else {
		next.Ruleset, next.Tier, next.Status = old.Ruleset, old.Tier, status
		next.ValidUntil, next.EndorseFrom, next.EndorseBy = old.ValidUntil, old.EndorseFrom, old.EndorseBy
	}
	return a, next, event, supersede(old, Doer{Officer: by}, now), nil
}

// supersede ends the permit in whose place another one has come. One whose term has run out has ended already.
func supersede(p Permit, by Doer, now time.Time) Change {
	c := Settle(p, now)
	if c.Permit.Status == Expired {
		return c
	}
	today := civic.DateOf(now)
	if c.Permit.Status == Lost {
		c.Loss = &LossReport{State: LossReplaced, EndedOn: today}
	}
	c.step(VerbSupersede, Superseded, by, today, now, "", "")
	return c
}

// CarriedInterval is the line of residence of a permit that follows another: the count goes on as it stands. A count that was never written
// begins as for a first permit.
func CarriedInterval(a Application, p Permit, lines Residence, r *policy.Ruleset) Interval {
	line := FirstInterval(a, p, r)
	if since := lines.Since(p.IssuedOn); !since.IsZero() {
		line.From = since
	}
	return line
}
