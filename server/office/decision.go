package office

import (
	"cmp"
	"context"
	"strconv"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// Decision names the case that an officer decides on, as it was when the page was made.
type Decision struct {
	Reference string
	Version   int // the version that the officer saw; another one means somebody was faster

	HandedBack bool // at a hand-over in a renewal: the old card was handed back
}

// decide is what every verb of the console has in common: one transaction that locks the case, checks role, station and version, asks
// the law, and saves state, history, ledger and the text to the applicant.
func (o *Office) decide(ctx context.Context, actor access.Actor, d Decision, role access.Role, action ledger.Action,
	verb func(Tx, Case, permit.Officer, *policy.Ruleset) (permit.Application, permit.Event, error), tell string) (Case, error) {
	return o.decideAs(ctx, actor, d, action, verb, tell, role)
}

// decideAs is decide where one of several roles may act; which of them on this case is the verb's to say.
func (o *Office) decideAs(ctx context.Context, actor access.Actor, d Decision, action ledger.Action,
	verb func(Tx, Case, permit.Officer, *policy.Ruleset) (permit.Application, permit.Event, error), tell string, roles ...access.Role) (c Case, err error) {
	if !actor.Holds(roles...) {
		return c, &Error{What: Forbidden, Why: "role"}
	}
	scope := actor.Scope(roles...)
	err = o.Store.Within(ctx, func(tx Tx) error {
		f := Finder{Jurisdiction: scope.Jurisdiction, Reference: d.Reference, Scope: &scope}
		if c, err = tx.LockApplication(ctx, f, o.entry(actor, ledger.Viewed, "decision")); err != nil {
			return err
		}
		if c.Application.Version != d.Version {
			return ErrStale
		}
		r, err := o.Ruleset(c.Application.Ruleset)
		if err != nil {
			return err
		}
		by := permit.Officer{ID: actor.ID, Name: actor.Name, Station: c.Application.Station}
		next, event, err := verb(tx, c, by, r)
		if err != nil {
			return judged(err)
		}
		if err := o.saveCase(ctx, tx, actor, next, event); err != nil {
			return err
		}
		c.Application = next
		entry := o.entry(actor, action, cmp.Or(event.Reason, event.Verb))
		entry.Jurisdiction, entry.Station, entry.Person, entry.Account, entry.Object = next.Jurisdiction, next.Station, next.Person, next.Account, "application/"+next.Reference
		if err := tx.Record(ctx, entry); err != nil {
			return err
		}
		if tell == "" {
			return nil
		}
		return o.tell(ctx, tx, c, tell, "By", next.PromisedBy.String())
	})
	return c, err
}

// Accept takes a pre-application (受理): the clock starts.
func (o *Office) Accept(ctx context.Context, actor access.Actor, d Decision, in permit.Acceptance) (Case, error) {
	return o.decide(ctx, actor, d, access.Acceptor, ledger.Accepted, func(tx Tx, c Case, by permit.Officer, r *policy.Ruleset) (permit.Application, permit.Event, error) {
		if m, err := mandateOf(ctx, tx, c.Application); err != nil {
			return c.Application, permit.Event{}, err
		} else if m != nil && m.Acceptable() != nil {
			return c.Application, permit.Event{}, m.Acceptable()
		}
		calendar, err := o.calendar(ctx, tx)
		if err != nil {
			return c.Application, permit.Event{}, err
		}
		if _, err := o.concerned(ctx, tx, actor, c.Application); err != nil {
			return c.Application, permit.Event{}, err
		}
		a, event, err := permit.Accept(c.Application, in, by, r, calendar, o.now())
		if err != nil {
			return a, event, err
		}
		owed, err := o.owe(ctx, tx, a, r)
		if err != nil {
			return a, event, err
		}
		tell, pairs := "accepted", []string{"By", a.PromisedBy.String()}
		if owed > 0 {
			tell, pairs = "accepted_fee", append(pairs, "Yuan", strconv.Itoa(owed))
		}
		if err := o.tell(ctx, tx, Case{Application: a, Person: c.Person}, tell, pairs...); err != nil {
			return a, event, err
		}
		account, err := tx.Account(ctx, a.Account)
		if err != nil {
			return a, event, err
		}
		person := asDeclared(c).Person // the ID card has been compared with it
		person.Phone = account.Phone
		return a, event, tx.RenewPerson(ctx, person, o.now())
	}, "")
}

// Decline does not take a pre-application (不予受理).
func (o *Office) Decline(ctx context.Context, actor access.Actor, d Decision, reason, note string) (Case, error) {
	return o.decide(ctx, actor, d, access.Acceptor, ledger.Declined, func(tx Tx, c Case, by permit.Officer, _ *policy.Ruleset) (permit.Application, permit.Event, error) {
		if err := o.movedOn(ctx, tx, actor, c.Application, reason); err != nil {
			return c.Application, permit.Event{}, err
		}
		return permit.Decline(c.Application, by, reason, note, o.now())
	}, "declined")
}

// Grant decides that the permit is made (审核).
func (o *Office) Grant(ctx context.Context, actor access.Actor, d Decision) (Case, error) {
	c, err := o.decide(ctx, actor, d, access.Reviewer, ledger.Granted, func(tx Tx, c Case, by permit.Officer, _ *policy.Ruleset) (permit.Application, permit.Event, error) {
		of, err := o.concerned(ctx, tx, actor, c.Application)
		if err != nil {
			return c.Application, permit.Event{}, err
		}
		a, event, err := permit.Grant(c.Application, by, o.now())
		if err == nil && a.State == permit.Completed {
			if err = o.fulfil(ctx, tx, actor, c.Application, *of, by); err == nil {
				err = o.tell(ctx, tx, Case{Application: a, Person: c.Person}, "changed")
			}
		}
		return a, event, err
	}, "")
	if err == nil && c.Application.State == permit.Completed {
		o.signSoon(ctx)
	}
	return c, err
}

// Refuse decides that no permit is issued (不予发放).
func (o *Office) Refuse(ctx context.Context, actor access.Actor, d Decision, reason, note string) (Case, error) {
	return o.decide(ctx, actor, d, access.Reviewer, ledger.Refused, func(tx Tx, c Case, by permit.Officer, _ *policy.Ruleset) (permit.Application, permit.Event, error) {
		if err := o.movedOn(ctx, tx, actor, c.Application, reason); err != nil {
			return c.Application, permit.Event{}, err
		}
		return permit.Refuse(c.Application, by, reason, note, o.now())
	}, "refused")
}

// Produce records that the permit has been made (制证).
func (o *Office) Produce(ctx context.Context, actor access.Actor, d Decision) (Case, error) {
	return o.decide(ctx, actor, d, access.Issuer, ledger.Produced, func(tx Tx, c Case, by permit.Officer, _ *policy.Ruleset) (permit.Application, permit.Event, error) {
		a, event, err := permit.Produce(c.Application, by, o.now())
		if err != nil {
			return a, event, err
		}
		if err := o.useCard(ctx, tx, a, by); err != nil {
			return a, event, err
		}
		return a, event, tx.EndBatchLine(ctx, a.Jurisdiction, a.ID, permit.ItemMade, o.now())
	}, "produced")
}
