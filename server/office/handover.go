package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/picture"
)

// HandoverTx keeps how permits changed hands.
type HandoverTx interface {
	// CreateHandover stores how the permit of an application that has just been issued changed hands.
	CreateHandover(ctx context.Context, a permit.Application, h permit.Handover) error
	// HandoverOf returns it; ErrNotFound where the record has none.
	HandoverOf(ctx context.Context, c Case, view ledger.Entry) (permit.Handover, error)
}

// handed checks a hand-over and makes its signature anew.
func (o *Office) handed(h permit.Handover, holder civic.CitizenID) (permit.Handover, error) {
	faults := h.Check(holder, o.Today())
	if h.Signing == permit.SignedOnScreen && len(h.Signature) > 0 {
		made, err := picture.DecodeSignature(h.Signature)
		var refusal *picture.Refusal
		if errors.As(err, &refusal) {
			faults = append(faults, permit.Fault{Field: "signing", Code: refusal.Code})
		}
		h.Signature = made
	} else {
		h.Signature = nil
	}
	if h.Collector != nil && len(faults) == 0 {
		id, err := civic.ParseCitizenID(string(h.Collector.IDNumber), o.Today())
		if err != nil {
			return h, err
		}
		name, err := civic.ParseName(h.Collector.Name)
		if err != nil {
			return h, err
		}
		h.Collector = &permit.Collector{Name: name, IDNumber: id}
	}
	if len(faults) > 0 {
		return h, faults
	}
	return h, nil
}

// HandoverFile is a case with how its permit changed hands; without one while it waits to be collected, or when it was issued before hand-overs
// were kept.
type HandoverFile struct {
	Progress
	Handover *permit.Handover
}

// HandoverFile returns the hand-over of a case of the actor's stations.
func (o *Office) HandoverFile(ctx context.Context, actor access.Actor, reference string) (file HandoverFile, err error) {
	if file.Progress, err = o.CaseFile(ctx, actor, reference); err != nil {
		return file, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		h, err := tx.HandoverOf(ctx, file.Case, o.entry(actor, ledger.Viewed, "handover"))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		file.Handover = &h
		return err
	})
	return file, err
}
