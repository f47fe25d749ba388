package permit

import (
	"time"

	"anju/server/civic"
)

// LossState is how a loss report stands.
type LossState string

// The states. A report stays open until it is withdrawn, or the permit is replaced or cancelled.
const (
	LossOpen      LossState = "open"
	LossWithdrawn LossState = "withdrawn"
	LossReplaced  LossState = "replaced"
	LossCancelled LossState = "cancelled"
)

// LossReport is a report that a permit was lost (挂失). No statute asks for one; it shuts the code at once, so that a finder cannot use it.
type LossReport struct {
	State      LossState
	ReportedOn civic.Date
	ReportedBy Officer
	Counter    string     // at which it was reported by the holder
	EndedOn    civic.Date // zero while it is open
}

// ReportLoss shuts a permit that was lost.
func ReportLoss(p Permit, by Doer, note string, now time.Time) (Change, error) {
	c := Settle(p, now)
	if err := c.Permit.needs(Active, Suspended); err != nil {
		return c, err
	}
	if faults := checkLine("note", note, MaxNote, false); len(faults) > 0 {
		return c, faults
	}
	today := civic.DateOf(now)
	c.Loss = &LossReport{State: LossOpen, ReportedOn: today, ReportedBy: by.Officer, Counter: by.Counter}
	c.step(VerbReportLoss, Lost, by, today, now, "", note)
	return c, nil
}

// WithdrawLoss opens a permit that was found again. It returns to what the rules say today: an endorsement that was missed, or a term that ran
// out meanwhile, counts.
func WithdrawLoss(p Permit, by Doer, note string, now time.Time) (Change, error) {
	c := Change{Permit: p}
	if err := p.needs(Lost); err != nil {
		return c, err
	}
	if faults := checkLine("note", note, MaxNote, false); len(faults) > 0 {
		return c, faults
	}
	today := civic.DateOf(now)
	c.Loss = &LossReport{State: LossWithdrawn, EndedOn: today}
	c.step(VerbWithdrawLoss, p.Found(today), by, today, now, "", note)
	return c, nil
}

// Found is what a permit becomes when its loss report is taken back on a day.
func (p Permit) Found(today civic.Date) Status {
	p.Status = Active
	switch {
	case p.over(today):
		return Expired
	case p.missed(today):
		return Suspended
	}
	return Active
}
