package permit

import (
	"slices"
	"time"

	"anju/server/civic"
)

// The grounds on which a permit is cancelled (注销). The Decree has no list; these are those of Shandong's, Tianjin's and Hainan's rules.
const (
	GroundLeftCity       = "left_city"
	GroundHukouMovedIn   = "hukou_moved_in"
	GroundHukouCancelled = "hukou_cancelled" // or death
	GroundOwnRequest     = "own_request"
	GroundFalseMaterials = "false_materials" // needs a second person
)

// CancellationGrounds lists them. What rests on a clause of the Decree names it.
func CancellationGrounds() []Reason {
	return []Reason{{GroundLeftCity, ""}, {GroundHukouMovedIn, ""}, {GroundHukouCancelled, ""}, {GroundOwnRequest, ""}, {GroundFalseMaterials, "Decree 663 Art. 18"}}
}

// ProposalState is how a proposed cancellation stands.
type ProposalState string

// The states.
const (
	ProposalOpen      ProposalState = "open"
	ProposalConfirmed ProposalState = "confirmed"
	ProposalRejected  ProposalState = "rejected"
)

// Proposal is a cancellation for false materials that waits for, or has found, a second person: it says that the holder committed an offence
// (Decree 663 Art. 18), so nobody decides it alone.
type Proposal struct {
	State      ProposalState
	ProposedOn civic.Date
	ProposedBy Officer
	Note       string // what was false, and how it was found; sealed at rest
	DecidedOn  civic.Date
	DecidedBy  Officer
}

// pending returns the proposal that waits, if there is one.
func pending(p *Proposal) bool { return p != nil && p.State == ProposalOpen }

// Cancel ends a permit on a ground that one officer may decide. While a proposal waits, that is decided first.
func Cancel(p Permit, proposal *Proposal, ground, note string, by Doer, now time.Time) (Change, error) {
	c, err := cancellable(p, proposal, ground, note, false, now)
	if err == nil && ground == GroundFalseMaterials {
		err = Refusal{Code: "second_person", Clause: "Decree 663 Art. 18"}
	}
	if err == nil {
		cancel(&c, ground, note, by, now)
	}
	return c, err
}

// ProposeCancelling proposes to cancel for false materials; nothing of the permit changes yet.
func ProposeCancelling(p Permit, proposal *Proposal, note string, by Doer, now time.Time) (Change, error) {
	c, err := cancellable(p, proposal, GroundFalseMaterials, note, true, now)
	if err == nil {
		today := civic.DateOf(now)
		c.Proposal = &Proposal{State: ProposalOpen, ProposedOn: today, ProposedBy: by.Officer, Note: note}
		c.step(VerbProposeCancelling, c.Permit.Status, by, today, now, GroundFalseMaterials, note)
	}
	return c, err
}

// ConfirmCancelling decides a proposal: another person than who proposed it cancels the permit.
func ConfirmCancelling(p Permit, proposal *Proposal, by Doer, now time.Time) (Change, error) {
	c := Settle(p, now)
	if err := c.decide(proposal, ProposalConfirmed, by, now); err != nil {
		return c, err
	}
	if err := c.Permit.needs(Active, Suspended, Lost); err != nil {
		return c, err
	}
	cancel(&c, GroundFalseMaterials, "", by, now)
	return c, nil
}

// RejectCancelling decides a proposal the other way: the permit stays what it is.
func RejectCancelling(p Permit, proposal *Proposal, note string, by Doer, now time.Time) (Change, error) {
	c := Settle(p, now)
	if faults := checkLine("note", note, MaxNote, false); len(faults) > 0 {
		return c, faults
	}
	if err := c.decide(proposal, ProposalRejected, by, now); err != nil {
		return c, err
	}
	c.step(VerbRejectCancellation, c.Permit.Status, by, civic.DateOf(now), now, "", note)
	return c, nil
}

// cancellable is what both ways of cancelling begin with.
func cancellable(p Permit, proposal *Proposal, ground, note string, required bool, now time.Time) (Change, error) {
	c := Settle(p, now)
	if err := c.Permit.needs(Active, Suspended, Lost); err != nil {
		return c, err
	}
	if pending(proposal) {
		return c, Refusal{Code: "cancelling_proposed"}
	}
	var faults Faults
	if !slices.ContainsFunc(CancellationGrounds(), func(r Reason) bool { return r.Code == ground }) {
		faults = append(faults, Fault{"ground", "cancel_ground"})
	}
	if required && note == "" {
		faults = append(faults, Fault{"note", "cancel_note"})
	}
	if faults = append(faults, checkLine("note", note, MaxNote, false)...); len(faults) > 0 {
		return c, faults
	}
	return c, nil
}

// cancel ends the permit, and with it the count of residence and a loss report that is open.
func cancel(c *Change, ground, note string, by Doer, now time.Time) {
	today := civic.DateOf(now)
	c.Interval = &Interval{Reason: ReasonCancelled, Until: today, On: today}
	if c.Permit.Status == Lost {
		c.Loss = &LossReport{State: LossCancelled, EndedOn: today}
	}
	c.step(VerbCancel, Cancelled, by, today, now, ground, note)
}

// decide closes the proposal that waits, by another person than who made it.
func (c *Change) decide(proposal *Proposal, state ProposalState, by Doer, now time.Time) error {
	if !pending(proposal) {
		return Refusal{Code: "state_moved_on"}
	}
	if proposal.ProposedBy.ID == by.Officer.ID {
		return Refusal{Code: "same_person"}
	}
	decided := *proposal
	decided.State, decided.DecidedOn, decided.DecidedBy = state, civic.DateOf(now), by.Officer
	c.Proposal = &decided
	return nil
}
