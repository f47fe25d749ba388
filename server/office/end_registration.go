package office

import (
	"context"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// EndRegistration ends a registration at the window, with those of the children that were made with it and still live there.
func (o *Office) EndRegistration(ctx context.Context, actor access.Actor, d RegistrationDecision, reason string, on civic.Date) error {
	return o.decideRegistration(ctx, actor, d, func(tx Tx, all []RegistrationCase, by permit.Officer, _ *policy.Ruleset) error {
		return o.endHousehold(ctx, tx, actor, all, reason, on, permit.Doer{Officer: by})
	}, registrars...)
}

// EndOwnRegistration ends the citizen's own registration, or takes a declaration back. Done twice it does nothing.
func (o *Office) EndOwnRegistration(ctx context.Context, actor access.Actor, number string, on civic.Date) error {
	return o.endRegistrationBy(ctx, actor, RegistrationFinder{Number: number, Account: actor.ID}, on, "portal")
}

func (o *Office) endRegistrationBy(ctx context.Context, actor access.Actor, f RegistrationFinder, on civic.Date, counter string) error {
	f, err := f.parsed()
	if err != nil {
		return err
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		all, err := tx.LockHousehold(ctx, f, o.entry(actor, ledger.Viewed, "decision"))
		if err != nil {
			return err
		}
		if all[0].State == permit.RegistrationEnded {
			return nil
		}
		return judged(o.endHousehold(ctx, tx, actor, all, "", on, permit.Doer{Counter: counter}))
	})
}

func (o *Office) endHousehold(ctx context.Context, tx Tx, actor access.Actor, all []RegistrationCase, reason string, on civic.Date, by permit.Doer) error {
	for i, c := range all {
		if i > 0 && (c.State != all[0].State || c.On.After(on) && c.Live()) {
			continue // what became of a child's since is its own
		}
		next, event, err := permit.EndRegistration(c.Registration, reason, on, by, o.now())
		if err != nil {
			return err
		}
		if err := o.saveRegistration(ctx, tx, actor, next, event); err != nil {
			return err
		}
	}
	return nil
}
