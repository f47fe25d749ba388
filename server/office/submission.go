package office

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// Submission is how a pre-application is sent.
type Submission struct {
	Declared bool
	Key      string // idempotency key of the form (UUID): two taps, a retry or a refresh make one application
	Body     []byte // the form as it was sent; the same key with another body is refused
	Counter  string // "portal" or "kiosk"; empty when an officer sends it for the holder
}

// Submit sends the actor's draft to the station of the residence address. It returns the application, also when it was sent before
// with the same key.
func (o *Office) Submit(ctx context.Context, actor access.Actor, s Submission) (a permit.Application, err error) {
	if !isUUID(s.Key) {
		return a, &Error{What: Invalid, Why: "key_missing"}
	}
	bodyHash := sha256.Sum256(s.Body)
	err = o.Store.Within(ctx, func(tx Tx) error {
		p, err := o.draft(ctx, tx, actor) // locks the draft: the second of two taps waits here until the first has made it an application
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		// A key that was used means the application made with it, even when a new draft has been begun since.
		made, known := tx.SubmittedWith(ctx, s.Key, bodyHash[:])
		switch {
		case known == nil && actor.Kind == access.Citizen && made.Account != actor.ID: // another citizen's, of which we say nothing
			return ErrNotFound
		case known == nil:
			a = made
			return nil
		case !errors.Is(known, ErrNotFound) || err != nil:
			return known
		}
		a, err = o.submit(ctx, tx, actor, p, s, bodyHash[:])
		return err
	})
	return a, err
}

func (o *Office) submit(ctx context.Context, tx Tx, actor access.Actor, p PreApplication, s Submission, bodyHash []byte) (permit.Application, error) {
	accountID := p.Draft.Account
	if actor.Kind == access.Citizen {
		accountID = actor.ID
	}
	if accountID == "" {
		return permit.Application{}, judged(permit.Faults{{Field: "phone", Code: "phone_unchecked"}})
	}
	account, err := tx.Account(ctx, accountID)
	if err != nil {
		return permit.Application{}, err
	}
	by, station := permit.Officer{}, ""
	if p.Draft.Business() != permit.KindIssue {
		of, err := o.concern(ctx, tx, actor, p.Draft)
		if err != nil {
			return permit.Application{}, err
		}
		station = of.Station
	}
	if actor.Kind == access.Staff {
		by = permit.Officer{ID: actor.ID, Name: actor.Name, Station: station}
	}
	sent := permit.Submission{By: by, Draft: p.Draft, Evidence: p.Kinds(), Declared: s.Declared, Notice: NoticeVersion, Counter: s.Counter, Law: o.Eligibility(p)}
	a, event, err := permit.Submit(sent, p.Ruleset, o.now())
	if err != nil {
		return a, judged(err)
	}
	home, err := tx.StationFor(ctx, p.Jurisdiction, p.Draft.Street)
	if errors.Is(err, ErrNotFound) { // no station of the street has been set up: said in words, and the draft stays
		return a, &Error{What: Denied, Why: "no_station"}
	}
	if err != nil {
		return a, err
	}
	person, err := tx.PersonOf(ctx, permit.Person{ID: newID(), Jurisdiction: p.Jurisdiction, Name: p.Draft.Name, IDNumber: civic.CitizenID(p.Draft.IDNumber),
		EthnicGroup: p.Draft.EthnicGroup, Phone: account.Phone}, o.now())
	if err != nil {
		return a, err
	}
	if reference, err := tx.OpenApplication(ctx, p.Jurisdiction, person.ID, p.Draft.Business()); err == nil {
		_ = reference // naming the other application would tell a stranger about the person
		return a, &Error{What: Denied, Why: "open_application"}
	} else if !errors.Is(err, ErrNotFound) {
		return a, err
	}
	a.ID, a.Reference, a.Station, a.Person, a.Account = newID(), permit.NewReference(p.Jurisdiction), home.Code, person.ID, account.ID
	var token [16]byte
	rand.Read(token[:])
	made, again, err := tx.CreateApplication(ctx, a, token, event, s.Key, bodyHash)
	if err != nil || again {
		return made, err
	}
	if err := o.mandate(ctx, tx, actor, a, p); err != nil {
		return a, err
	}
	if p.ID != "" { // what was sent in one step was never a draft
		if err := tx.MoveEvidence(ctx, p.Jurisdiction, p.ID, a.ID); err != nil {
			return a, err
		}
		if err := tx.DeleteDraft(ctx, p.DraftRecord); err != nil {
			return a, err
		}
	}
	entry := o.entry(actor, ledger.Submitted, "")
	entry.Jurisdiction, entry.Person, entry.Account, entry.Object = a.Jurisdiction, a.Person, a.Account, "application/"+a.Reference
	if err := tx.Record(ctx, entry); err != nil {
		return a, err
	}
	return a, o.tell(ctx, tx, Case{Application: a, Person: person}, "submitted")
}
