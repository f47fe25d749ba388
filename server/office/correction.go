package office

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// CorrectionTx keeps corrections by two persons, and writes what they have agreed to.
type CorrectionTx interface {
	// CreateCorrection stores a proposal; a second one for the same value is a Conflict "correction_open".
	CreateCorrection(ctx context.Context, c permit.Correction) error
	// LockCorrection locks a correction of the scope until the transaction ends; DecideCorrection stores the decision.
	LockCorrection(ctx context.Context, scope access.Scope, id string, view ledger.Entry) (permit.Correction, error)
	DecideCorrection(ctx context.Context, c permit.Correction) error
	CorrectionsOf(ctx context.Context, scope access.Scope, person string, view ledger.Entry) ([]permit.Correction, error)
	OpenCorrections(ctx context.Context, scope access.Scope, limit int, view ledger.Entry) ([]permit.Correction, error)

	LockPerson(ctx context.Context, jurisdiction, id string) (permit.Person, error)
	// CorrectPerson writes a person's particulars; a number that belongs to another person is a Conflict "id_number_taken".
	CorrectPerson(ctx context.Context, p permit.Person, now time.Time) error
	CorrectResidence(ctx context.Context, jurisdiction, number, residence string) error
	// PrepareAgain has a permit's credential signed anew with other claims.
	PrepareAgain(ctx context.Context, jurisdiction, number string, claims []byte) error
}

// CorrectionOrder proposes a correction of a person, or with a number of the line of residence on a permit of theirs.
type CorrectionOrder struct {
	Person, Permit, Field string
	Value                 string
	Reason, Evidence      string
}

// supervised are the stations at which the actor may correct.
func supervised(actor access.Actor) (access.Scope, error) {
	scope := actor.Scope(access.Supervisor)
	if len(scope.Stations) == 0 {
		return scope, &Error{What: Forbidden, Why: "role"}
	}
	return scope, nil
}

// ProposeCorrection proposes to correct a record of the actor's stations: nothing changes before another supervisor has agreed. The same
// proposal again, such as of a second tap, is taken once.
func (o *Office) ProposeCorrection(ctx context.Context, actor access.Actor, order CorrectionOrder) error {
	scope, err := supervised(actor)
	if err != nil {
		return err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		view := o.entry(actor, ledger.Viewed, "correction")
		cases, err := tx.CasesOfPerson(ctx, scope, order.Person, view)
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			return ErrNotFound
		}
		c := permit.Correction{ID: newID(), Jurisdiction: scope.Jurisdiction, Station: cases[0].Application.Station, Person: order.Person, Permit: order.Permit, Field: order.Field,
			New: order.Value, Reason: order.Reason, Evidence: order.Evidence}
		if c.Old, err = o.presentValue(ctx, tx, scope, c, cases[0].Person, view); err != nil {
			return err
		}
		open, err := tx.CorrectionsOf(ctx, scope, order.Person, view)
		if err != nil {
			return err
		}
		if c, err = permit.ProposeCorrection(c, permit.Officer{ID: actor.ID, Name: actor.Name}, o.now()); err != nil {
			return judged(err)
		}
		if slices.ContainsFunc(open, func(one permit.Correction) bool {
			return one.State == permit.CorrectionOpen && one.ProposedBy.ID == actor.ID && one.Permit == c.Permit && one.Field == c.Field && one.New == c.New
		}) {
			return nil
		}
		if err := tx.CreateCorrection(ctx, c); err != nil {
			return err
		}
		return tx.Record(ctx, o.correctionEntry(actor, c, ledger.CorrectionProposed))
	})
	return correctionFault(err)
}

// correctionFault says what stands against a value beside its field.
func correctionFault(err error) error {
	var known *Error
	if errors.As(err, &known) && known.What == Conflict && (known.Why == "correction_open" || known.Why == "id_number_taken") {
		return judged(permit.Faults{{Field: "value", Code: known.Why}})
	}
	return err
}

func (o *Office) correctionEntry(actor access.Actor, c permit.Correction, action ledger.Action) ledger.Entry {
	e := o.entry(actor, action, c.Field)
	e.Jurisdiction, e.Station, e.Person, e.Object = c.Jurisdiction, c.Station, c.Person, "correction/"+c.ID
	return e
}

// presentValue is what the record has of what a correction is about.
func (o *Office) presentValue(ctx context.Context, tx Tx, scope access.Scope, c permit.Correction, p permit.Person, view ledger.Entry) (string, error) {
	switch c.Field {
	case permit.FieldName:
		return p.Name, nil
	case permit.FieldIDNumber:
		return string(p.IDNumber), nil
	case permit.FieldEthnicGroup:
		return p.EthnicGroup, nil
	case permit.FieldPhone:
		return p.Phone, nil
	case permit.FieldResidence:
		found, err := tx.LockPermit(ctx, PermitFinder{Jurisdiction: scope.Jurisdiction, Number: c.Permit, Scope: &scope}, view)
		if err == nil && found.Permit.Person != c.Person {
			err = ErrNotFound
		}
		return found.Permit.Residence, err
	}
	return "", nil // of no field that we know: the law refuses it
}

// Corrections lists the corrections of a person, newest first: to supervisors only, because the old values stand in them.
func (o *Office) Corrections(ctx context.Context, actor access.Actor, person string) (list []permit.Correction, err error) {
	scope, err := supervised(actor)
	if err != nil {
		return nil, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.CorrectionsOf(ctx, scope, person, o.entry(actor, ledger.Viewed, "correction"))
		return err
	})
	return list, err
}

// shownCorrections is how many open corrections are listed; each of them waits for somebody, so there are few.
const shownCorrections = 200

// OpenCorrections lists what waits for a second person at the actor's stations, the oldest first.
func (o *Office) OpenCorrections(ctx context.Context, actor access.Actor) (list []permit.Correction, err error) {
	scope, err := supervised(actor)
	if err != nil {
		return nil, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.OpenCorrections(ctx, scope, shownCorrections, o.entry(actor, ledger.Listed, "correction"))
		return err
	})
	return list, err
}

// DecideCorrection confirms or rejects a correction; confirmed, it is written, and a permit's credential that says something else now is signed
// anew. It returns the person.
func (o *Office) DecideCorrection(ctx context.Context, actor access.Actor, id string, confirm bool, note string) (person string, err error) {
	scope, err := supervised(actor)
	if err != nil {
		return "", err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		view := o.entry(actor, ledger.Viewed, "correction")
		c, err := tx.LockCorrection(ctx, scope, id, view)
		if err != nil {
			return err
		}
		person = c.Person
		by := permit.Officer{ID: actor.ID, Name: actor.Name}
		if !confirm {
			if c, err = permit.RejectCorrection(c, note, by, o.now()); err != nil {
				return judged(err)
			}
			if err := tx.DecideCorrection(ctx, c); err != nil {
				return err
			}
			return tx.Record(ctx, o.correctionEntry(actor, c, ledger.CorrectionRejected))
		}
		p, err := tx.LockPerson(ctx, c.Jurisdiction, c.Person)
		if err != nil {
			return err
		}
		present, err := o.presentValue(ctx, tx, scope, c, p, view)
		if err != nil {
			return err
		}
		if c, err = permit.ConfirmCorrection(c, present, by, o.now()); err != nil {
			return judged(err)
		}
		if err := o.correct(ctx, tx, scope, c, p, view); err != nil {
			return err
		}
		if err := tx.DecideCorrection(ctx, c); err != nil {
			return err
		}
		return tx.Record(ctx, o.correctionEntry(actor, c, ledger.Corrected))
	})
	if err != nil {
		return person, correctionFault(err)
	}
	if err := o.SignPrepared(ctx); err != nil {
		o.Log.Error("a permit waits to be signed", "err", err)
	}
	return person, nil
}

// correct writes what was agreed to.
func (o *Office) correct(ctx context.Context, tx Tx, scope access.Scope, c permit.Correction, p permit.Person, view ledger.Entry) error {
	switch c.Field {
	case permit.FieldResidence:
		return tx.CorrectResidence(ctx, c.Jurisdiction, c.Permit, c.New)
	case permit.FieldName:
		p.Name = c.New
	case permit.FieldIDNumber:
		p.IDNumber = civic.CitizenID(c.New)
	case permit.FieldEthnicGroup:
		p.EthnicGroup = c.New
	case permit.FieldPhone:
		p.Phone = c.New
	}
	if err := tx.CorrectPerson(ctx, p, o.now()); err != nil {
		return err
	}
	if c.Field != permit.FieldName && c.Field != permit.FieldIDNumber {
		return nil // no code says it
	}
	permits, err := tx.PermitsOfNumber(ctx, []string{scope.Jurisdiction}, p.IDNumber, view)
	if err != nil {
		return err
	}
	for _, one := range permits {
		claims, err := json.Marshal(claimsOf(one.Permit, p))
		if err != nil {
			return err
		}
		if err := tx.PrepareAgain(ctx, one.Permit.Jurisdiction, one.Permit.Number, claims); err != nil {
			return err
		}
	}
	return nil
}
