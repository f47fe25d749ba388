package office

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// cardWait is how long the nonce of a card read is good: longer than the reader waits for a card.
const cardWait = 2 * time.Minute

// cardPurpose marks the challenges that are answered with a card.
const cardPurpose = "card"

// AskCard makes the nonce for one card read of a visit. A read that was signed for it can be used once, and in this visit only.
func (o *Office) AskCard(ctx context.Context, actor access.Actor) (nonce []byte, err error) {
	nonce = make([]byte, 32)
	rand.Read(nonce)
	hash := access.HashToken(string(nonce))
	c := access.Challenge{Hash: hash, Purpose: cardPurpose, CodeHash: access.HashCode(o.CodeKey, hash, actor.ID), ExpiresAt: o.now().Add(cardWait)}
	err = o.Store.Within(ctx, func(tx Tx) error { return tx.CreateChallenge(ctx, c) })
	return nonce, err
}

// TakeCard strikes a nonce out, whatever becomes of the read that came with it. It is refused when it was not made for this visit, has
// been used or is too old.
func (o *Office) TakeCard(ctx context.Context, actor access.Actor, nonce []byte) error {
	refused := error(&Error{What: Denied, Why: "card_nonce"})
	var judgement error
	err := o.Store.Within(ctx, func(tx Tx) error {
		c, err := tx.Challenge(ctx, access.HashToken(string(nonce)))
		if errors.Is(err, ErrNotFound) || err == nil && c.Purpose != cardPurpose {
			judgement = refused
			return nil
		}
		if err != nil {
			return err
		}
		if c.Try(o.CodeKey, actor.ID, o.now()) != nil {
			judgement = refused
		}
		return tx.SaveChallenge(ctx, c)
	})
	if err != nil {
		return err
	}
	return judgement
}

// ConfirmPhone checks the code that was sent to a phone at a kiosk (purpose "kiosk") and binds the phone's account to the draft of the
// visit: the application will stand on the portal under that number.
func (o *Office) ConfirmPhone(ctx context.Context, actor access.Actor, challenge, code, lang string) (p PreApplication, err error) {
	account, err := o.EnterCode(ctx, challenge, "kiosk", code, lang)
	if err != nil {
		return p, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		if p, err = o.draft(ctx, tx, actor); err != nil {
			return err
		}
		p.Draft.Account, p.UpdatedAt = account.ID, o.now()
		return tx.SaveDraft(ctx, p.DraftRecord)
	})
	return p, err
}

// DraftPhone returns the number that was confirmed for a draft, masked, or "" when there is none yet.
func (o *Office) DraftPhone(ctx context.Context, p PreApplication) (masked string, err error) {
	if p.Draft.Account == "" {
		return "", nil
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		account, err := tx.Account(ctx, p.Draft.Account)
		masked = civic.MaskPhone(account.Phone)
		return err
	})
	return masked, err
}

// What a visit remembers until it ends, sealed like a form that somebody left: the code of one case each, no number and no name.
const (
	slipOfVisit    = "visit/slip"
	trackedInVisit = "visit/tracked"
)

// SubmitInVisit is Submit at a kiosk; the visit remembers the application for its slip.
func (o *Office) SubmitInVisit(ctx context.Context, actor access.Actor, s Submission) (permit.Application, error) {
	a, err := o.Submit(ctx, actor, s)
	if err != nil {
		return a, err
	}
	p, err := o.progress(ctx, Finder{Jurisdiction: a.Jurisdiction, Reference: a.Reference, Account: a.Account}, actor, "slip")
	if err != nil {
		return a, err
	}
	return a, o.remember(ctx, actor, slipOfVisit, p.Token)
}

// Slip returns what the visit has sent, to nobody but the visit. ErrNotFound when it has sent nothing.
func (o *Office) Slip(ctx context.Context, actor access.Actor) (Progress, error) {
	return o.recall(ctx, actor, slipOfVisit, "slip")
}

// TrackInVisit is Track at a kiosk; the visit remembers the case, so that its page needs neither number in its address.
func (o *Office) TrackInVisit(ctx context.Context, actor access.Actor, reference, idNumber, peer string) error {
	p, err := o.Track(ctx, actor, reference, idNumber, peer)
	if err != nil {
		return err
	}
	return o.remember(ctx, actor, trackedInVisit, p.Token)
}

// Tracked returns the case that the visit has asked for, as it stands now. ErrNotFound when it has asked for none.
func (o *Office) Tracked(ctx context.Context, actor access.Actor) (Progress, error) {
	return o.recall(ctx, actor, trackedInVisit, "track")
}

func (o *Office) remember(ctx context.Context, actor access.Actor, what string, token [16]byte) error {
	until := o.now().Add(access.LimitsOf(access.Kiosk).Absolute)
	form := ParkedForm{Account: actor.ID, Path: what, Values: map[string][]string{"token": {hex.EncodeToString(token[:])}}, Until: until}
	return o.Store.Within(ctx, func(tx Tx) error { return tx.Park(ctx, form) })
}

// tokenInVisit is the code of the case that a visit remembers.
func (o *Office) tokenInVisit(ctx context.Context, tx Tx, actor access.Actor, what string) (token [16]byte, err error) {
	form, err := tx.Unpark(ctx, actor.ID, what, o.now())
	if err != nil {
		return token, err
	}
	if values := form.Values["token"]; len(values) != 1 || hex.DecodedLen(len(values[0])) != len(token) {
		return token, ErrNotFound
	} else if _, err := hex.Decode(token[:], []byte(values[0])); err != nil {
		return token, ErrNotFound
	}
	return token, tx.Park(ctx, form)
}

func (o *Office) recall(ctx context.Context, actor access.Actor, what, purpose string) (Progress, error) {
	var token [16]byte
	err := o.Store.Within(ctx, func(tx Tx) (err error) {
		token, err = o.tokenInVisit(ctx, tx, actor, what)
		return err
	})
	if err != nil {
		return Progress{}, err
	}
	return o.progress(ctx, Finder{Token: token}, actor, purpose)
}

// EndVisit ends a visit at a kiosk and forgets what it left: the draft with its documents, and what it had sent or asked for. It serves a
// visit that has ended by time too.
func (o *Office) EndVisit(ctx context.Context, actor access.Actor, session access.Session) error {
	actor.Kind, actor.ID = access.Kiosk, session.Subject
	return o.Store.Within(ctx, func(tx Tx) error {
		record, err := tx.DraftOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "draft"))
		if err == nil {
			err = tx.DeleteDraft(ctx, record)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		for _, what := range []string{slipOfVisit, trackedInVisit, refusalOfVisit, refusalSent, refusalAskedFor, permitsInVisit} {
			if _, err := tx.Unpark(ctx, actor.ID, what, o.now()); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		if err := tx.EndSession(ctx, session.Hash, o.now()); err != nil {
			return err
		}
		return tx.Record(ctx, o.entry(actor, ledger.SignedOut, ""))
	})
}
