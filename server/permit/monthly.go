package permit

import "strings"

// MaxMonthlyReason is how long the reason for correcting a month's closed figures may be, in characters.
const MaxMonthlyReason = 200

// MonthlyReason tidies and checks that reason: what was fixed is never corrected without one.
func MonthlyReason(s string) (string, Faults) {
	s = strings.TrimSpace(s)
	var faults Faults
	for _, f := range checkLine("reason", s, MaxMonthlyReason, true) {
		faults = append(faults, Fault{f.Field, "monthly_" + f.Code})
	}
	return s, faults
}
