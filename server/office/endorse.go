package office

import (
	"context"
	"errors"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/permit"
)

// EndorsementForm is a filled-in endorsement: what is confirmed, and the due day that the page showed. A form that comes twice asks for the
// same due day twice, and is answered with what the first one made.
type EndorsementForm struct {
	permit.Confirmation
	Due civic.Date
}

// errEndorsed ends a transaction in which nothing is left to do: the due day has its endorsement.
var errEndorsed = errors.New("office: endorsed already")

// endorse makes the verb of a form, and the answer to a form that comes again.
func (o *Office) endorse(form EndorsementForm, done *permit.Endorsement) lifeVerb {
	return func(with PermitFile, by permit.Doer) (permit.Change, error) {
		if first, ok := with.endorsementFor(form.Due); ok {
			*done = first
			return permit.Change{}, errEndorsed
		}
		if by.Officer.ID == "" { // at the window the officer looks at who has come
			if err := with.MayAct("endorse", o.Today()); err != nil {
				return permit.Change{}, err
			}
		}
		if with.Permit.EndorseBy != form.Due {
			return permit.Change{}, ErrStale // the page was about another due day
		}
		c, err := permit.Endorse(with.Permit, form.Confirmation, by, with.Rules, o.now())
		if err == nil {
			*done = *c.Endorsement
		}
		return c, err
	}
}

// endorsed takes the answer to a form that came again out of the error.
func endorsed(done permit.Endorsement, err error) (permit.Endorsement, error) {
	if errors.Is(err, errEndorsed) {
		return done, nil
	}
	return done, err
}

// EndorseOwn endorses the holder's own permit on the portal.
func (o *Office) EndorseOwn(ctx context.Context, actor access.Actor, number string, form EndorsementForm) (done permit.Endorsement, err error) {
	_, err = o.ownLive(ctx, actor, number, o.endorse(form, &done))
	return endorsed(done, err)
}

// Endorse endorses a permit at the window.
func (o *Office) Endorse(ctx context.Context, actor access.Actor, d PermitDecision, form EndorsementForm) (done permit.Endorsement, err error) {
	_, err = o.staffLive(ctx, actor, d, []access.Role{access.Acceptor}, o.endorse(form, &done))
	return endorsed(done, err)
}
