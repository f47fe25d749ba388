package permit

import (
	"time"

	"anju/server/policy"
)

// BackdateRegistration lets a confirmed registration count from an earlier day (补充居住登记), which the officer has seen shown in the original. The day is
// judged by that of the declaration. others are the person's registrations in the city: what is shown cannot reach into the time of another
// one, and a count that a move has handed on begins where it began.
func BackdateRegistration(reg Registration, e Earlier, seen bool, others []Registration, by Officer, r *policy.Ruleset, now time.Time) (Registration, RegistrationEvent, error) {
	if err := reg.from(RegistrationConfirmed); err != nil {
		return reg, RegistrationEvent{}, err
	}
	if r.Registration.Backdating == nil {
		return reg, RegistrationEvent{}, Refusal{Code: "earlier_none"}
	}
	if reg.ShownBy != "" {
		return reg, RegistrationEvent{}, Refusal{Code: "earlier_already"}
	}
	if reg.Since.Before(reg.On) {
		return reg, RegistrationEvent{}, Refusal{Code: "earlier_moved"}
	}
	faults := reg.Particulars.checkEarlier(e, r, reg.DeclaredOn)
	for _, other := range others {
		if other.ID != reg.ID && other.Counted() && other.EndedOn.After(e.From) {
			faults = append(faults, Fault{"earlier", "earlier_other"})
			break
		}
	}
	if !seen {
		faults = append(faults, Fault{"seen", "earlier_seen"})
	}
	if len(faults) > 0 {
		return reg, RegistrationEvent{}, faults
	}
	reg, event := reg.step(VerbBackdate, RegistrationConfirmed, Doer{Officer: by}, e.Evidence, "", now)
	reg.On, reg.ShownBy = e.From, e.Evidence
	reg.counts(e.From, r)
	return reg, event, nil
}
