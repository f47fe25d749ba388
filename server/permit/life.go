package permit

import (
	"time"

	"anju/server/civic"
)

// Doer is who did something to a permit: an officer, the holder at a counter, or, as the zero Doer, the house by a rule.
type Doer struct {
	Officer Officer
	Counter string // of the holder: "portal" or "kiosk"
}

// LifeEvent is one line of the history of a permit: who did what, when and why.
type LifeEvent struct {
	Verb    string // "issue", "endorse", …
	Status  Status // the status after it
	At      time.Time
	On      civic.Date // the day from which it counts: of At, but for a rule the day on which the rule took effect
	By      Officer
	Counter string
	Reason  string // a ground of cancellation
	Note    string // what the officer wrote; sealed at rest
}

// ByHouse reports whether a rule did it and nobody decided.
func (e LifeEvent) ByHouse() bool { return e.By.ID == "" && e.Counter == "" }

// The verbs of a permit's life.
const (
	VerbEndorse            = "endorse"
	VerbSuspend            = "suspend"
	VerbExpire             = "expire"
	VerbReportLoss         = "report_loss"
	VerbWithdrawLoss       = "withdraw_loss"
	VerbCancel             = "cancel"
	VerbProposeCancelling  = "propose_cancelling"
	VerbRejectCancellation = "reject_cancellation"
	VerbSupersede          = "supersede"
	VerbChange             = "change"
)

// Change is what a verb makes of a permit: its new state, what has led to it, and the records that the verb adds. It is saved as a whole.
type Change struct {
	Permit      Permit
	Events      []LifeEvent // in their order; the last one has led to Permit.Version
	Endorsement *Endorsement
	Loss        *LossReport
	Proposal    *Proposal
	Interval    *Interval
}

// Seen is the version of the permit before the change.
func (c Change) Seen() int { return c.Permit.Version - len(c.Events) }

// step adds an event. The status is dated by the event that changed it.
func (c *Change) step(verb string, status Status, by Doer, on civic.Date, now time.Time, reason, note string) {
	if c.Permit.Status != status {
		c.Permit.Status, c.Permit.StatusSince = status, on
	}
	c.Permit.Version++
	c.Events = append(c.Events, LifeEvent{Verb: verb, Status: status, At: now, On: on, By: by.Officer, Counter: by.Counter, Reason: reason, Note: note})
}

// Begin is the first line of a permit's life, and the first stretch of residence that it counts.
func Begin(p Permit, event Event, interval Interval) Change {
	return Change{Permit: p, Interval: &interval,
		Events: []LifeEvent{{Verb: VerbIssue, Status: p.Status, At: event.At, On: event.On, By: event.By}}}
}

// Settle does to a permit what the rules of the day say: an endorsement that was missed suspends it, a term that has run out ends it. Each
// takes effect on its own day, however late the house comes to it, so that a late run and a punctual one leave the same record. Every verb
// settles first, and so does the daily job; a change without events says that there is nothing to do.
func Settle(p Permit, now time.Time) Change {
	c := Change{Permit: p}
	today := civic.DateOf(now)
	missed, over := c.Permit.missed(today), c.Permit.over(today)
	if missed && over && !c.Permit.ValidUntil.After(c.Permit.EndorseBy) {
		missed = false // it had ended before the endorsement was due
	}
	if missed {
		suspend(&c, now)
	}
	if over {
		expire(&c, now)
	}
	return c
}

// needs refuses what the status of a permit does not allow, and says which status it is.
func (p Permit) needs(statuses ...Status) error {
	for _, s := range statuses {
		if p.Status == s {
			return nil
		}
	}
	return Refusal{Code: "permit_" + string(p.Status)}
}
