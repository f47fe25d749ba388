package permit

import (
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Status is what a permit is worth. It changes only by a named decision or a named rule, never by being looked at.
type Status string

// The statuses. A permit is made when the application is issued; the later ones belong to its further life.
const (
	Active     Status = "active"
	Suspended  Status = "suspended"
	Expired    Status = "expired"
	Lost       Status = "lost"
	Cancelled  Status = "cancelled"
	Superseded Status = "superseded"
)

// Permit is a residence permit.
type Permit struct {
	Jurisdiction string
	Number       string
	Application  string // application id
	Person       string
	Follows      string // number of the permit in whose place it came; empty for a first one
	Ruleset      string
	Tier         string
	Division     string // county of issue
	Issuer       civic.Text
	IssuedOn     civic.Date
	ValidUntil   civic.Date // zero where the permit has no term (Zhangzhou)
	EndorseFrom  civic.Date // from which endorsement years count: the issue, or the last late endorsement; zero where there is none (Zibo)
	EndorseBy    civic.Date // next yearly endorsement; zero where there is none
	Residence    string     // residence address as printed; sealed at rest
	Status       Status
	StatusSince  civic.Date // the day of the event that led to it
	Version      int        // rises with every event
	StatusList   int        // Token Status List and place in it
	StatusIndex  int
	Token        [16]byte // of the token code
}

// Issue hands the permit over (发放): the application ends and the permit begins, on the day of issue.
func Issue(a Application, p Permit, by Officer, r *policy.Ruleset, now time.Time) (Application, Permit, Event, error) {
	a, event, err := a.step(VerbIssue, ToCollect, Issued, by, now)
	if err != nil {
		return a, p, event, err
	}
	a.IssuedOn, a.Permit = event.On, p.Number
	p.Jurisdiction, p.Application, p.Person, p.Ruleset, p.Tier = a.Jurisdiction, a.ID, a.Person, a.Ruleset, a.Tier
	p.Division, p.Status, p.IssuedOn = a.Particulars.County, Active, event.On
	p.StatusSince, p.Version = event.On, 1
	p.ValidUntil = r.ValidUntil(a.Tier, event.On)
	if _, due, ok := r.EndorsementWindow(event.On); ok { // Decree 663 Art. 10; Fujian Order 175 Art. 11: each full year from issue
		p.EndorseFrom, p.EndorseBy = event.On, due
	}
	return a, p, event, nil
}

// StatusOn is the status on a day: a term that has run out needs no decision to have ended (Zibo 二: one or three years).
func (p Permit) StatusOn(day civic.Date) Status {
	if p.Status == Active && !p.ValidUntil.IsZero() && day.After(p.ValidUntil) {
		return Expired
	}
	return p.Status
}
