package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// Answering is a supplement as the applicant sends it from the portal.
type Answering struct {
	Reference string
	Version   int                 // of the application, as the page showed it
	Answer    func(*permit.Draft) // writes what was typed over the answers of the steps concerned
	Words     string
	Key       string // idempotency key of the form (UUID): two taps make one supplement
	Counter   string
}

// Supplement sends the applicant's answer to the open notice. The case comes back to whoever waits for it, under the person and at the
// station that the answers now name.
func (o *Office) Supplement(ctx context.Context, actor access.Actor, in Answering) error {
	ref, ok := permit.ParseReference(in.Reference)
	if !ok {
		return ErrNotFound
	}
	if !isUUID(in.Key) {
		return &Error{What: Invalid, Why: "key_missing"}
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		f := Finder{Jurisdiction: permit.JurisdictionOf(ref), Reference: ref, Account: actor.ID}
		c, err := tx.LockApplication(ctx, f, o.entry(actor, ledger.Viewed, "supplement"))
		if err != nil {
			return err
		}
		was, err := tx.Course(ctx, c.Application.Jurisdiction, c.Application.ID)
		if err != nil {
			return err
		}
		for _, n := range was.Notices {
			if n.Supplement != nil && n.Supplement.Key == in.Key { // the second of two taps
				return nil
			}
		}
		if c.Application.Version != in.Version {
			return ErrStale
		}
		next, event, now, err := o.supply(ctx, tx, c, was, in)
		if err != nil {
			return judged(err)
		}
		if err := o.saveCase(ctx, tx, actor, next, event); err != nil {
			return err
		}
		if err := tx.SaveCourse(ctx, next, was, now); err != nil {
			return err
		}
		entry := o.entry(actor, ledger.Supplemented, "")
		entry.Jurisdiction, entry.Person, entry.Account, entry.Object = next.Jurisdiction, next.Person, next.Account, "application/"+next.Reference
		return tx.Record(ctx, entry)
	})
}

func (o *Office) supply(ctx context.Context, tx Tx, c Case, was permit.Course, in Answering) (permit.Application, permit.Event, permit.Course, error) {
	a := c.Application
	fail := func(err error) (permit.Application, permit.Event, permit.Course, error) {
		return a, permit.Event{}, was, err
	}
	r, err := o.Ruleset(a.Ruleset)
	if err != nil {
		return fail(err)
	}
	calendar, err := o.calendar(ctx, tx)
	if err != nil {
		return fail(err)
	}
	sent, err := tx.EvidenceOf(ctx, a.Jurisdiction, a.ID)
	if err != nil {
		return fail(err)
	}
	notice, _ := was.Open()
	answer := permit.Answer{Draft: a.Particulars, Added: AddedSince(notice, sent), Words: in.Words, Key: in.Key, Counter: in.Counter}
	in.Answer(&answer.Draft)
	next, event, now, err := permit.Supply(a, was, answer, permit.Officer{}, r, o.law(r), calendar, o.now())
	if err != nil {
		return fail(err)
	}
	if next, err = o.rehome(ctx, tx, a, next); err != nil {
		return fail(err)
	}
	return next, event, now, nil
}

// rehome finds the station and the person that changed answers name. After acceptance the case stays with the station that accepted it.
func (o *Office) rehome(ctx context.Context, tx Tx, was, next permit.Application) (permit.Application, error) {
	if next.Particulars.Street != was.Particulars.Street {
		station, err := tx.StationFor(ctx, next.Jurisdiction, next.Particulars.Street)
		switch {
		case errors.Is(err, ErrNotFound):
			return next, &Error{What: Denied, Why: "no_station"}
		case err != nil:
			return next, err
		case station.Code != was.Station && !was.AcceptedOn.IsZero():
			return next, permit.Faults{{Field: "street", Code: "supplement_station"}}
		}
		next.Station = station.Code
	}
	if next.Particulars.IDNumber == was.Particulars.IDNumber {
		return next, nil
	}
	account, err := tx.Account(ctx, was.Account)
	if err != nil {
		return next, err
	}
	d := next.Particulars
	person, err := tx.PersonOf(ctx, permit.Person{ID: newID(), Jurisdiction: next.Jurisdiction, Name: d.Name, IDNumber: civic.CitizenID(d.IDNumber), EthnicGroup: d.EthnicGroup, Phone: account.Phone}, o.now())
	if err != nil {
		return next, err
	}
	if person.ID != was.Person {
		if was.OfPermit != "" { // another person has no business with the permit
			return next, permit.Faults{{Field: "id_number", Code: "id_number_of_permit"}}
		}
		if _, err := tx.OpenApplication(ctx, next.Jurisdiction, person.ID, next.Kind); err == nil {
			return next, &Error{What: Denied, Why: "open_application"} // naming the other application would tell a stranger about the person
		} else if !errors.Is(err, ErrNotFound) {
			return next, err
		}
	}
	next.Person = person.ID
	return next, nil
}
