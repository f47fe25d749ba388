package permit

import (
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Move is where the holder of a permit lives now.
type Move struct {
	Residence string // address in one line
	County    string // before the move
}

// ChangeAddress enters the new address into the permit (变更); no new card is made (Fujian Order 175 Art. 12). Inside a county nothing begins
// anew. In another county of the city the day of issue, and with it the endorsement year, begins on the day of the change where the ruleset
// says so; whether the years of residence do is a rule of their own.
func ChangeAddress(a Application, p Permit, in Move, by Officer, r *policy.Ruleset, now time.Time) (Change, error) {
	c := Settle(p, now)
	if err := a.Needs(c.Permit, now); err != nil {
		return c, err
	}
	today := civic.DateOf(now)
	c.Permit.Residence = in.Residence
	if a.Particulars.County != in.County {
		if r.AddressChange.IssueDateRestarts {
			c.Permit.IssuedOn, c.Permit.StatusSince = today, today
			if _, due, ok := r.EndorsementWindow(today); ok {
				c.Permit.EndorseFrom, c.Permit.EndorseBy = today, due
			}
		}
		if r.ResidenceYears.CrossCountyResets {
			c.Interval = &Interval{Reason: ReasonCrossCounty, From: today, On: today}
		}
	}
	c.step(VerbChange, Active, Doer{Officer: by}, today, now, "", "")
	return c, nil
}
