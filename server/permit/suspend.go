package permit

import (
	"time"

	"anju/server/civic"
)

// missed reports whether the yearly endorsement was not made in time: through 24:00 of its day it is.
func (p Permit) missed(today civic.Date) bool {
	return p.Status == Active && !p.EndorseBy.IsZero() && today.After(p.EndorseBy)
}

// suspend is the rule that suspends (使用功能中止) from the day after the endorsement was due (Decree 663 Art. 10: 逾期未办理签注手续的，居住证使用功能中止).
func suspend(c *Change, now time.Time) {
	c.step(VerbSuspend, Suspended, Doer{}, c.Permit.EndorseBy.AddDays(1), now, "", "")
}
