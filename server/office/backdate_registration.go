package office

import (
	"context"

	"anju/server/access"
	"anju/server/permit"
	"anju/server/policy"
)

// BackdateRegistration lets a confirmed registration count from an earlier day (补充居住登记), on evidence that the officer has seen in the original. It is
// decided for this registration alone.
func (o *Office) BackdateRegistration(ctx context.Context, actor access.Actor, d RegistrationDecision, e permit.Earlier, seen bool) error {
	return o.decideRegistration(ctx, actor, d, func(tx Tx, all []RegistrationCase, by permit.Officer, r *policy.Ruleset) error {
		one := all[0].Registration
		if err := o.backdateRegistration(ctx, tx, actor, &one, e, seen, by, r); err != nil {
			return err
		}
		return o.tellRegistered(ctx, tx, one, "registration_earlier", "Since", one.Since.String())
	}, access.Acceptor)
}

func (o *Office) backdateRegistration(ctx context.Context, tx Tx, actor access.Actor, one *permit.Registration, e permit.Earlier, seen bool, by permit.Officer, r *policy.Ruleset) error {
	others, err := otherRegistrations(ctx, tx, *one)
	if err != nil {
		return err
	}
	next, event, err := permit.BackdateRegistration(*one, e, seen, others, by, r, o.now())
	if err != nil {
		return judged(err)
	}
	*one = next
	return o.saveRegistration(ctx, tx, actor, next, event)
}
