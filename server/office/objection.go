package office

import (
	"context"
	"errors"
	"slices"
	"strings"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// OwnConfirmations returns what other systems have confirmed of a citizen, as far as an officer has compared an application with the ID card,
// and how each stands.
func (o *Office) OwnConfirmations(ctx context.Context, actor access.Actor) (list []OwnConfirmation, states map[string]permit.ConfirmationState, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.ConfirmationsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "confirmations"))
		return err
	})
	return list, o.confirmationStates(list), err
}

// confirmationStates judges the confirmations of each person by themselves.
func (o *Office) confirmationStates(list []OwnConfirmation) map[string]permit.ConfirmationState {
	states := map[string]permit.ConfirmationState{}
	people := map[string][]permit.SystemConfirmation{}
	for _, one := range list {
		people[one.Person] = append(people[one.Person], one.SystemConfirmation)
	}
	for _, theirs := range people {
		for id, state := range permit.StatesOn(theirs, o.Today()) {
			states[id] = state
		}
	}
	return states
}

// Object takes a citizen's word that a confirmation is wrong to the station of the residence. Until it is answered, the confirmation counts
// for nothing.
func (o *Office) Object(ctx context.Context, actor access.Actor, confirmation, note string) error {
	note = strings.TrimSpace(note)
	if faults := checkWords("note", note, MaxObjection, "objection"); len(faults) > 0 {
		return judged(faults)
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		list, err := tx.ConfirmationsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "confirmations"))
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(one OwnConfirmation) bool { return one.ID == confirmation })
		if i < 0 {
			return ErrNotFound
		}
		again, err := tx.CreateObjection(ctx, list[i], actor.ID, note, o.now())
		if err != nil || again {
			return err
		}
		e := o.entry(actor, ledger.Objected, list[i].What)
		e.Jurisdiction, e.Person, e.Account, e.Object = list[i].Jurisdiction, list[i].Person, actor.ID, "confirmation/"+confirmation
		return tx.Record(ctx, e)
	})
}

// objectionRoles answer objections of their stations.
var objectionRoles = []access.Role{access.Reviewer, access.Supervisor}

// shownObjections is how many objections of the stations are shown.
const shownObjections = 200

// Objections lists the objections of the officer's stations, open ones first.
func (o *Office) Objections(ctx context.Context, actor access.Actor) (list []ObjectionCase, err error) {
	scope := actor.Scope(objectionRoles...)
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.Objections(ctx, scope, shownObjections, o.entry(actor, ledger.Listed, "objections"))
		return err
	})
	return list, err
}

// Objection returns one of them.
func (o *Office) Objection(ctx context.Context, actor access.Actor, confirmation string) (c ObjectionCase, err error) {
	scope := actor.Scope(objectionRoles...)
	err = o.Store.Within(ctx, func(tx Tx) error {
		c, err = tx.LockObjection(ctx, scope, confirmation, o.entry(actor, ledger.Viewed, "objection"))
		return err
	})
	return c, err
}

// AnswerObjection says whether the confirmation was wrong, with reasons, and sends the citizen word.
func (o *Office) AnswerObjection(ctx context.Context, actor access.Actor, confirmation, verdict, words string) error {
	if !actor.Holds(objectionRoles...) {
		return &Error{What: Forbidden, Why: "role"}
	}
	words = strings.TrimSpace(words)
	faults := checkWords("answer", words, MaxObjection, "objection_answer")
	if verdict != "wrong" && verdict != "right" {
		faults = append(permit.Faults{{Field: "verdict", Code: "objection_verdict"}}, faults...)
	}
	if len(faults) > 0 {
		return judged(faults)
	}
	scope := actor.Scope(objectionRoles...)
	return o.Store.Within(ctx, func(tx Tx) error {
		c, err := tx.LockObjection(ctx, scope, confirmation, o.entry(actor, ledger.Viewed, "objection"))
		if err != nil {
			return err
		}
		if !c.Objection.Open() {
			if c.Objection.By.ID == actor.ID && c.Objection.Answer == words && c.Objection.Upheld == (verdict == "wrong") {
				return nil // the second of two taps
			}
			return ErrStale
		}
		c.Objection.AnsweredAt, c.Objection.By, c.Objection.Upheld, c.Objection.Answer = o.now(), permit.Officer{ID: actor.ID, Name: actor.Name}, verdict == "wrong", words
		if err := tx.AnswerObjection(ctx, c); err != nil {
			return err
		}
		e := o.entry(actor, ledger.Objected, "answered")
		e.Jurisdiction, e.Station, e.Person, e.Account, e.Object = c.Jurisdiction, c.Station, c.Holder.ID, c.Account, "confirmation/"+confirmation
		if err := tx.Record(ctx, e); err != nil {
			return err
		}
		to, err := tx.Account(ctx, c.Account)
		if err != nil {
			return err
		}
		m := o.message(to.Phone, to.Lang, "objection_answered")
		m.NotBefore = daytime(o.now())
		return tx.Send(ctx, m)
	})
}

// Confirmations returns what other systems have confirmed of the person of a case, and how each stands.
func (o *Office) Confirmations(ctx context.Context, actor access.Actor, c Case) (list []permit.SystemConfirmation, states map[string]permit.ConfirmationState, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.ConfirmationsAbout(ctx, c.Person.Jurisdiction, c.Person.IDNumber, c.Person.Name, o.entry(actor, ledger.Viewed, "confirmations"))
		return err
	})
	return list, permit.StatesOn(list, o.Today()), err
}

// limitIdentities keeps one account from trying number after number: which paper is not asked for tells something of a person.
func (o *Office) limitIdentities(ctx context.Context, tx Tx, actor access.Actor, before, now string) error {
	if actor.Kind != access.Citizen || before == now {
		return nil
	}
	err := o.throttle(ctx, tx, access.IdentitiesPerAccount, actor.ID)
	if reached := (access.ErrThrottled{}); errors.As(err, &reached) {
		return &Error{What: Throttled, Why: "try_later"}
	}
	return err
}

// confirmedPapers are the papers of a draft that a system has confirmed.
func (o *Office) confirmedPapers(ctx context.Context, tx Tx, p PreApplication) ([]permit.SystemConfirmation, error) {
	id, err := civic.ParseCitizenID(p.Draft.IDNumber, p.Today)
	name, problem := civic.ParseName(p.Draft.Name)
	if err != nil || problem != nil {
		return nil, nil
	}
	list, err := tx.ConfirmationsAbout(ctx, p.Jurisdiction, id, name, o.entry(access.Actor{Kind: p.OwnerKind, ID: p.Owner}, ledger.Viewed, "draft"))
	return p.Draft.ConfirmedPapers(p.Ruleset, list, p.Today), err
}

// confirmedFacts are what systems have confirmed of the holder of a permit.
func (o *Office) confirmedFacts(ctx context.Context, actor access.Actor, r *policy.Ruleset, c PermitCase) (facts map[string]policy.Known, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err := tx.ConfirmationsAbout(ctx, c.Permit.Jurisdiction, c.Holder.IDNumber, c.Holder.Name, o.entry(actor, ledger.Viewed, "confirmations"))
		facts = permit.ConfirmedFacts(r, list, o.Today())
		return err
	})
	return facts, err
}
