package permit

import (
	"time"

	"anju/server/policy"
)

// ConfirmRegistration takes a declared registration into the record. It counts from the day of its declaration, however long the office took. others are
// the person's registrations in the city: one that counts still is ended by the move, and hands its count on where the ruleset lets a move
// inside the city keep it (Fujian Order 175 Art. 12).
func ConfirmRegistration(reg Registration, others []Registration, by Doer, r *policy.Ruleset, now time.Time) (confirmed Registration, event RegistrationEvent, left *RegistrationMove, err error) {
	if err := reg.from(RegistrationDeclared); err != nil {
		return reg, event, nil, err
	}
	since := reg.On
	if before, ok := live(others); ok {
		if before.On.After(reg.On) || before.DeclaredOn.After(reg.DeclaredOn) {
			return reg, event, nil, Refusal{Code: "registration_newer"}
		}
		if before.Particulars.County == reg.Particulars.County || !r.ResidenceYears.CrossCountyResets {
			since = before.Since
		}
		left = &RegistrationMove{}
		left.Registration, left.Event = before.endOn(EndMovedElsewhere, reg.On, by, now)
	}
	reg, event = reg.step(VerbConfirm, RegistrationConfirmed, by, "", "", now)
	reg.DecidedOn = event.On
	reg.counts(since, r)
	return reg, event, left, nil
}

// RegistrationMove is a registration that another one has ended, with the event.
type RegistrationMove struct {
	Registration Registration
	Event        RegistrationEvent
}
