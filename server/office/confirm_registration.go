package office

import (
	"context"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

// RegistrationConfirmation is an officer's decision to take a declaration into the record.
type RegistrationConfirmation struct {
	IdentitySeen bool // the declared identity was compared with the ID card, or with the population register
	EarlierSeen  bool // what shows the earlier beginning that was asked for was seen in the original; else the day of the declaration counts
}

// ConfirmRegistration takes a declaration into the record, with those of the children that came along.
func (o *Office) ConfirmRegistration(ctx context.Context, actor access.Actor, d RegistrationDecision, in RegistrationConfirmation) error {
	return o.decideRegistration(ctx, actor, d, func(tx Tx, all []RegistrationCase, by permit.Officer, r *policy.Ruleset) error {
		if !in.IdentitySeen {
			return permit.Faults{{Field: "identity_seen", Code: "identity_seen"}}
		}
		if in.EarlierSeen && !actor.Holds(access.Acceptor) {
			return &Error{What: Forbidden, Why: "role"}
		}
		for i := range all {
			one := all[i].Registration
			if i > 0 && one.State != permit.RegistrationDeclared {
				continue // a child's was withdrawn meanwhile
			}
			if err := o.confirmRegistration(ctx, tx, actor, &one, permit.Doer{Officer: by}, r); err != nil {
				return err
			}
			if in.EarlierSeen && one.Particulars.Earlier.Asked() {
				if err := o.backdateRegistration(ctx, tx, actor, &one, one.Particulars.Earlier, true, by, r); err != nil {
					return err
				}
			}
			all[i].Registration = one
		}
		return o.tellRegistered(ctx, tx, all[0].Registration, "registered")
	}, registrars...)
}

// confirmRegistration takes one registration into the record, ends the one before it, and brings the person up to date: the ID card was compared.
func (o *Office) confirmRegistration(ctx context.Context, tx Tx, actor access.Actor, one *permit.Registration, by permit.Doer, r *policy.Ruleset) error {
	others, err := otherRegistrations(ctx, tx, *one)
	if err != nil {
		return err
	}
	by.Officer.Station = one.Station
	next, event, left, err := permit.ConfirmRegistration(*one, others, by, r, o.now())
	if err != nil {
		return judged(err)
	}
	if left != nil {
		if err := o.saveRegistration(ctx, tx, actor, left.Registration, left.Event); err != nil {
			return err
		}
	}
	if err := o.saveRegistration(ctx, tx, actor, next, event); err != nil {
		return err
	}
	*one = next
	if next.Particulars.IDNumber == "" {
		return nil
	}
	return tx.RenewPerson(ctx, permit.Person{Jurisdiction: next.Jurisdiction, Name: next.Particulars.Name, IDNumber: civic.CitizenID(next.Particulars.IDNumber),
		EthnicGroup: next.Particulars.EthnicGroup, Phone: next.Particulars.Phone}, o.now())
}

// RejectRegistration refuses a declaration, with those of the children that came along.
func (o *Office) RejectRegistration(ctx context.Context, actor access.Actor, d RegistrationDecision, reason, note string) error {
	return o.decideRegistration(ctx, actor, d, func(tx Tx, all []RegistrationCase, by permit.Officer, _ *policy.Ruleset) error {
		for i, c := range all {
			if i > 0 && c.State != permit.RegistrationDeclared {
				continue
			}
			next, event, err := permit.RejectRegistration(c.Registration, reason, note, by, o.now())
			if err != nil {
				return err
			}
			if err := o.saveRegistration(ctx, tx, actor, next, event); err != nil {
				return err
			}
		}
		return o.tellRegistered(ctx, tx, all[0].Registration, "registration_rejected")
	}, registrars...)
}
