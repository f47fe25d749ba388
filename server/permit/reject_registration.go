package permit

import (
	"slices"
	"time"

	"anju/server/civic"
)

// RejectReasons are why a declaration is not taken into the record.
func RejectReasons() []string {
	return []string{"not_at_address", "particulars_wrong", "not_reached", "duplicate", "at_home"}
}

// RejectRegistration refuses a declaration with a reason, and what the person should do.
func RejectRegistration(reg Registration, reason, note string, by Officer, now time.Time) (Registration, RegistrationEvent, error) {
	if err := reg.from(RegistrationDeclared); err != nil {
		return reg, RegistrationEvent{}, err
	}
	var faults Faults
	if !slices.Contains(RejectReasons(), reason) {
		faults = append(faults, Fault{"reason", "reason_choose"})
	}
	if faults = append(faults, checkLine("note", note, MaxNote, false)...); len(faults) > 0 {
		return reg, RegistrationEvent{}, faults
	}
	reg, event := reg.step(VerbReject, RegistrationRejected, Doer{Officer: by}, reason, note, now)
	reg.DecidedOn = civic.DateOf(now)
	return reg, event, nil
}
