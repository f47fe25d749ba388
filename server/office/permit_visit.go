package office

import (
	"context"
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// permitsInVisit is where a visit at a kiosk keeps whose identity card was read: the ID number, sealed like a form that somebody left.
const permitsInVisit = "visit/permits"

// ShowCard takes the ID number that a card read has proved, and has the visit remember it.
func (o *Office) ShowCard(ctx context.Context, actor access.Actor, number string) error {
	id, err := civic.ParseCitizenID(number, o.Today())
	if err != nil {
		return judged(permit.Faults{{Field: "card", Code: codeOf(err)}})
	}
	until := o.now().Add(access.LimitsOf(access.Kiosk).Absolute)
	return o.Store.Within(ctx, func(tx Tx) error {
		return tx.Park(ctx, ParkedForm{Account: actor.ID, Path: permitsInVisit, Values: map[string][]string{"id": {string(id)}}, Until: until})
	})
}

// shownCard is the ID number that the visit remembers; ErrNotFound when no card was read.
func (o *Office) shownCard(ctx context.Context, tx Tx, actor access.Actor) (civic.CitizenID, error) {
	form, err := tx.Unpark(ctx, actor.ID, permitsInVisit, o.now())
	if err != nil {
		return "", err
	}
	if len(form.Values["id"]) != 1 {
		return "", ErrNotFound
	}
	return civic.CitizenID(form.Values["id"][0]), tx.Park(ctx, form)
}

// CardPermits returns the permits of whoever's card was read in the visit, in every city: those in use, or the newest when none is. No card:
// ErrNotFound; a card and no permit: an empty list.
func (o *Office) CardPermits(ctx context.Context, actor access.Actor) (files []PermitFile, err error) {
	var cities []string
	for _, j := range o.Book.Jurisdictions() {
		cities = append(cities, j.Code)
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		id, err := o.shownCard(ctx, tx, actor)
		if err != nil {
			return err
		}
		found, err := tx.PermitsOfNumber(ctx, cities, id, o.entry(actor, ledger.Viewed, "kiosk"))
		if err != nil {
			return err
		}
		for _, c := range found {
			file, err := o.opened(ctx, tx, c)
			if err != nil {
				return err
			}
			files = append(files, file)
		}
		return nil
	})
	inUse := slices.DeleteFunc(slices.Clone(files), func(f PermitFile) bool {
		return f.Permit.Status != permit.Active && f.Permit.Status != permit.Suspended && f.Permit.Status != permit.Lost
	})
	if len(inUse) == 0 && len(files) > 0 {
		return files[:1], err
	}
	return inUse, err
}

// cardLive is live for the holder at a kiosk, whose card was read in the visit.
func (o *Office) cardLive(ctx context.Context, actor access.Actor, number string, verb lifeVerb) error {
	canonical, ok := permit.ParseNumber(number)
	if !ok {
		return ErrNotFound
	}
	var id civic.CitizenID
	err := o.Store.Within(ctx, func(tx Tx) (err error) {
		id, err = o.shownCard(ctx, tx, actor)
		return err
	})
	if err != nil {
		return err
	}
	f := PermitFinder{Jurisdiction: permit.JurisdictionOf(canonical), Number: canonical, IDNumber: id}
	_, err = o.live(ctx, actor, f, anyVersion, permit.Doer{Counter: "kiosk"}, verb)
	return err
}

// EndorseInVisit endorses a permit of whoever's card was read.
func (o *Office) EndorseInVisit(ctx context.Context, actor access.Actor, number string, form EndorsementForm) (done permit.Endorsement, err error) {
	err = o.cardLive(ctx, actor, number, o.endorse(form, &done))
	return endorsed(done, err)
}

// ReportLossInVisit reports a permit of whoever's card was read as lost.
func (o *Office) ReportLossInVisit(ctx context.Context, actor access.Actor, number string) error {
	err := o.cardLive(ctx, actor, number, o.reportLoss(""))
	if already(err, permit.Lost) {
		return nil
	}
	return err
}

// WithdrawLossInVisit takes such a report back.
func (o *Office) WithdrawLossInVisit(ctx context.Context, actor access.Actor, number string) error {
	err := o.cardLive(ctx, actor, number, o.withdrawLoss(""))
	if already(err, permit.Active) || already(err, permit.Suspended) || already(err, permit.Expired) {
		return nil
	}
	return err
}
