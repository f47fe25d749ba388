package permit

import (
	"slices"
	"time"

	"anju/server/civic"
)

// Why a registration ends.
const (
	EndWithdrawn      = "withdrawn"       // before it was confirmed, by whoever declared it
	EndMovedAway      = "moved_away"      // out of the city
	EndMovedElsewhere = "moved_elsewhere" // to another address in it: by the next registration
	EndHukouMovedIn   = "hukou_moved_in"
	EndDeceased       = "deceased"
	EndMistaken       = "mistaken" // it should not have been made
)

// EndReasons are those that an officer may give.
func EndReasons() []string { return []string{EndMovedAway, EndHukouMovedIn, EndDeceased, EndMistaken} }

// EndRegistration ends a registration: on a day that is not after today and not before the registration, or takes a declaration back that nobody has
// confirmed. The person gives no reason: having moved away is the only one.
func EndRegistration(reg Registration, reason string, on civic.Date, by Doer, now time.Time) (Registration, RegistrationEvent, error) {
	today := civic.DateOf(now)
	if reg.State == RegistrationDeclared && by.Officer.ID == "" {
		reg, event := reg.endOn(EndWithdrawn, today, by, now)
		return reg, event, nil
	}
	if err := reg.from(RegistrationConfirmed); err != nil {
		return reg, RegistrationEvent{}, err
	}
	var faults Faults
	if by.Officer.ID == "" {
		reason = EndMovedAway
	} else if !slices.Contains(EndReasons(), reason) {
		faults = append(faults, Fault{"reason", "reason_choose"})
	}
	switch {
	case on.IsZero():
		faults = append(faults, Fault{"ended_on", "ended_on_empty"})
	case on.After(today):
		faults = append(faults, Fault{"ended_on", "ended_on_future"})
	case on.Before(reg.On):
		faults = append(faults, Fault{"ended_on", "ended_on_early"})
	}
	if len(faults) > 0 {
		return reg, RegistrationEvent{}, faults
	}
	reg, event := reg.endOn(reason, on, by, now)
	return reg, event, nil
}

func (r Registration) endOn(reason string, on civic.Date, by Doer, now time.Time) (Registration, RegistrationEvent) {
	r, event := r.step(VerbEnd, RegistrationEnded, by, reason, "", now)
	r.EndedOn, r.EndedFor = on, reason
	return r, event
}
