package permit

import (
	"time"

	"anju/server/civic"
)

// over reports whether the term of a permit has run out; its last day is the corresponding day, included.
func (p Permit) over(today civic.Date) bool {
	return (p.Status == Active || p.Status == Suspended) && !p.ValidUntil.IsZero() && today.After(p.ValidUntil)
}

// expire is the rule that ends a permit with its term (Zibo 二: 1年、3年; Decree 663 Art. 23: earlier permits stay valid to their end).
func expire(c *Change, now time.Time) {
	c.step(VerbExpire, Expired, Doer{}, c.Permit.ValidUntil.AddDays(1), now, "", "")
}
