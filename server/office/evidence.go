package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/picture"
)

// Limits of the evidence of one application.
const (
	MaxEvidence      = 6       // documents
	MaxEvidenceBytes = 8 << 20 // of one upload
)

// Upload is a document as it was sent. Its file name is not kept: it may hold a name.
type Upload struct {
	Kind  permit.EvidenceKind
	Bytes []byte
}

// examine decides what an upload is by its content. A photo is decoded and encoded anew, without its metadata; a PDF is checked and
// stays as it is.
func (o *Office) examine(u Upload) (Evidence, error) {
	e := Evidence{ID: newID(), Kind: u.Kind, AddedAt: o.now()}
	if picture.IsPDF(u.Bytes) {
		if err := picture.CheckPDF(u.Bytes); err != nil {
			return e, unreadable(err)
		}
		e.MediaType, e.Content = "application/pdf", u.Bytes
	} else {
		photo, err := picture.DecodePhoto(u.Bytes, picture.EvidenceLimits)
		if err != nil {
			return e, unreadable(err)
		}
		e.MediaType, e.Content = "image/jpeg", photo.JPEG
	}
	e.Size = len(e.Content)
	sum := sha256.Sum256(e.Content)
	e.SHA256 = sum[:]
	return e, nil
}

// unreadable turns what is wrong with a file into a fault of the field.
func unreadable(err error) error {
	var p *picture.Refusal
	if errors.As(err, &p) {
		return judged(permit.Faults{{Field: "evidence", Code: p.Code}})
	}
	return err
}

// AddEvidence adds a document to the draft.
func (o *Office) AddEvidence(ctx context.Context, actor access.Actor, u Upload) (p PreApplication, err error) {
	e, err := o.examine(u)
	if err != nil {
		return p, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		if p, err = o.draft(ctx, tx, actor); err != nil {
			return err
		}
		if faults := p.Draft.CheckEvidenceKind(p.Ruleset, u.Kind); len(faults) > 0 {
			return judged(faults)
		}
		e.Jurisdiction, e.Holder, e.HolderKind = p.Jurisdiction, p.ID, "draft"
		if p.Evidence, err = o.attach(ctx, tx, actor, p.Evidence, e, MaxEvidence); err != nil {
			return err
		}
		p.UpdatedAt = o.now()
		return tx.SaveDraft(ctx, p.DraftRecord)
	})
	return p, err
}

// attach stores a document unless it is there already: the same file again makes no second one.
func (o *Office) attach(ctx context.Context, tx Tx, actor access.Actor, have []Evidence, e Evidence, limit int) ([]Evidence, error) {
	if slices.ContainsFunc(have, func(h Evidence) bool { return slices.Equal(h.SHA256, e.SHA256) && h.Kind == e.Kind }) {
		return have, nil
	}
	if len(have) >= limit {
		return have, judged(permit.Faults{{Field: "evidence", Code: "evidence_many"}})
	}
	if err := tx.AddEvidence(ctx, e); err != nil {
		return have, err
	}
	entry := o.entry(actor, ledger.Attached, string(e.Kind))
	entry.Jurisdiction, entry.Account, entry.Object = e.Jurisdiction, accountOf(actor), e.HolderKind+"/"+e.Holder
	return append(have, e), tx.Record(ctx, entry)
}

// AddEvidenceTo adds a document to a pre-application that was sent without one, at a kiosk, or that lacks one.
func (o *Office) AddEvidenceTo(ctx context.Context, actor access.Actor, reference string, u Upload) error {
	e, err := o.examine(u)
	if err != nil {
		return err
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		c, err := tx.LockApplication(ctx, Finder{Jurisdiction: permit.JurisdictionOf(reference), Reference: reference, Account: actor.ID}, o.entry(actor, ledger.Viewed, "evidence"))
		if err != nil {
			return err
		}
		if s := c.Application.State; s != permit.PreApplied && s != permit.ToSupplement && s != permit.InReview {
			return &Error{What: Denied, Why: "evidence_closed"}
		}
		r, err := o.Ruleset(c.Application.Ruleset)
		if err != nil {
			return err
		}
		course, err := tx.Course(ctx, c.Application.Jurisdiction, c.Application.ID)
		if err != nil {
			return err
		}
		notice, _ := course.Open() // may ask for a document of a ground that is not chosen yet
		if faults := c.Application.Particulars.CheckEvidenceKind(r, u.Kind); len(faults) > 0 && !slices.Contains(notice.EvidenceAsked(), u.Kind) {
			return judged(faults)
		}
		have, err := tx.EvidenceOf(ctx, c.Application.Jurisdiction, c.Application.ID)
		if err != nil {
			return err
		}
		e.Jurisdiction, e.Holder, e.HolderKind = c.Application.Jurisdiction, c.Application.ID, "application"
		limit := MaxEvidence
		for _, old := range have { // what was there before the notice leaves room for what it asks for
			if old.AddedAt.Before(notice.IssuedAt) {
				limit++
			}
		}
		shared, err := tx.SharedEvidence(ctx, c.Application) // as it was before this one came
		if err != nil {
			return err
		}
		if _, err = o.attach(ctx, tx, actor, have, e, limit); err != nil {
			return err
		}
		if !slices.Contains(permit.HouseholdKinds(r), e.Kind) || slices.ContainsFunc(have, func(h Evidence) bool { return slices.Equal(h.SHA256, e.SHA256) && h.Kind == e.Kind }) {
			return nil
		}
		return o.passOn(ctx, tx, actor, e, shared)
	})
}

// RemoveEvidence takes a document out of the draft.
func (o *Office) RemoveEvidence(ctx context.Context, actor access.Actor, id string) error {
	return o.Store.Within(ctx, func(tx Tx) error {
		p, err := o.draft(ctx, tx, actor)
		if err != nil {
			return err
		}
		return tx.RemoveEvidence(ctx, p.Jurisdiction, p.ID, id)
	})
}

// DraftEvidence returns a document of the actor's own draft.
func (o *Office) DraftEvidence(ctx context.Context, actor access.Actor, id string) (e Evidence, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		p, err := o.draft(ctx, tx, actor)
		if err != nil {
			return err
		}
		e, err = tx.Evidence(ctx, p.Jurisdiction, p.ID, id, o.entry(actor, ledger.Viewed, "evidence"))
		return err
	})
	return e, err
}

// Evidence returns a document of a case, to the staff of its station.
func (o *Office) Evidence(ctx context.Context, actor access.Actor, reference, id string) (e Evidence, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		c, err := tx.FindApplication(ctx, o.staffFinder(actor, reference), o.entry(actor, ledger.Viewed, "evidence"))
		if err != nil {
			return err
		}
		e, err = tx.Evidence(ctx, c.Application.Jurisdiction, c.Application.ID, id, o.entry(actor, ledger.Viewed, "evidence"))
		return err
	})
	return e, err
}
