package office

import (
	"context"
	"errors"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// RatingTx keeps ratings and their answers.
type RatingTx interface {
	// CreateRating stores a rating. A deed that was rated already keeps the first one, which is returned (again true).
	CreateRating(ctx context.Context, r permit.Rating) (made permit.Rating, again bool, err error)
	// RatingOf returns the rating of a deed, for whom it belongs to.
	RatingOf(ctx context.Context, d permit.RatedDeed, view ledger.Entry) (permit.Rating, error)
	// FindRating returns a rating of the scope; LockRating keeps the row until the transaction ends.
	FindRating(ctx context.Context, scope access.Scope, id string, view ledger.Entry) (permit.Rating, error)
	LockRating(ctx context.Context, scope access.Scope, id string, view ledger.Entry) (permit.Rating, error)
	// SaveRatingAnswer stores the answer, if the version has risen by exactly one (ErrStale).
	SaveRatingAnswer(ctx context.Context, r permit.Rating) error
	// RatingQueue lists ratings of the scope without what is sealed, and without whose they are; each line writes a ledger entry.
	RatingQueue(ctx context.Context, scope access.Scope, q RatingQuery, view ledger.Entry) (RatingPage, error)
	// RatingReference is the reference of the application that a rating is about, or the number of the permit.
	RatingReference(ctx context.Context, r permit.Rating) (string, error)
	// RatingMonths counts a city's ratings by month, county and level, from the month of a day on.
	RatingMonths(ctx context.Context, jurisdiction string, from civic.Date) ([]RatingCount, error)
	// Unasked returns deeds that ended on a day or later, but before another, and whose account was not asked for a rating yet.
	Unasked(ctx context.Context, jurisdiction string, from, before civic.Date, limit int) ([]UnaskedDeed, error)
	// Asked writes down that a message is the question. A second one for the same deed fails.
	Asked(ctx context.Context, d UnaskedDeed, message string, at time.Time) error
}

// RatingQuery selects a part of the ratings. Overdue are those that wait past their day on Today.
type RatingQuery struct {
	Show       RatingShow
	Today      civic.Date
	Page, Size int
}

// RatingShow is a ready-made selection.
type RatingShow string

// The selections.
const (
	RatingsToAnswer RatingShow = "to_answer"
	RatingsOverdue  RatingShow = "overdue"
	RatingsAnswered RatingShow = "answered"
	RatingsAll      RatingShow = "all"
)

// RatingShows lists them, the first one where none is asked for.
func RatingShows() []RatingShow {
	return []RatingShow{RatingsToAnswer, RatingsOverdue, RatingsAnswered, RatingsAll}
}

// RatingPage is one page of them: what waits by its day, the others newest first.
type RatingPage struct {
	Ratings []permit.Rating
	Total   int
	Counts  map[RatingShow]int // of the whole scope, whatever the query
}

// UnaskedDeed is a deed about which somebody is asked.
type UnaskedDeed struct {
	Jurisdiction string
	Application  string // id, or
	Permit       string // number of a permit that was endorsed
	DueOn        civic.Date
	Reference    string // of the application
	Account      string
}

// RatingFile is what a person sees of the rating of an own deed.
type RatingFile struct {
	permit.RatedDeed
	Rules  *policy.Ruleset
	Rating permit.Rating // zero while there is none
	Rated  bool
	Open   bool // it can be rated today
	Until  civic.Date
}

// ratingFile completes a deed with its rating.
func (o *Office) ratingFile(ctx context.Context, tx Tx, actor access.Actor, d permit.RatedDeed) (file RatingFile, err error) {
	file.RatedDeed = d
	if file.Rules, err = o.Ruleset(d.Ruleset); err != nil {
		return file, err
	}
	file.Until = d.RatableUntil(file.Rules)
	file.Rating, err = tx.RatingOf(ctx, d, o.entry(actor, ledger.Viewed, "rating"))
	switch {
	case err == nil:
		file.Rated = true
	case errors.Is(err, ErrNotFound):
		file.Open, err = d.Account != "" && !o.Today().After(file.Until), nil
	}
	return file, err
}

// deedFinder finds what is rated, as whoever asks may see it.
type deedFinder func(ctx context.Context, tx Tx) (permit.RatedDeed, error)

// ownApplication finds an application of the citizen's that has ended.
func (o *Office) ownApplication(actor access.Actor, reference string) deedFinder {
	ref, ok := permit.ParseReference(reference)
	return o.endedApplication(actor, func(context.Context, Tx) (Finder, error) {
		if !ok {
			return Finder{}, ErrNotFound
		}
		return Finder{Jurisdiction: permit.JurisdictionOf(ref), Reference: ref, Account: actor.ID}, nil
	})
}

func (o *Office) endedApplication(actor access.Actor, which func(context.Context, Tx) (Finder, error)) deedFinder {
	return func(ctx context.Context, tx Tx) (d permit.RatedDeed, err error) {
		f, err := which(ctx, tx)
		if err != nil {
			return d, err
		}
		c, err := tx.FindApplication(ctx, f, o.entry(actor, ledger.Viewed, "rating"))
		if err != nil {
			return d, err
		}
		events, err := tx.Events(ctx, c.Application.Jurisdiction, c.Application.ID)
		if err != nil {
			return d, err
		}
		d, ended := permit.DeedOf(c.Application, events)
		if !ended {
			return d, ErrNotFound
		}
		return d, nil
	}
}

// ownEndorsement finds the newest endorsement of a permit of the citizen's.
func (o *Office) ownEndorsement(actor access.Actor) deedFinder {
	return func(ctx context.Context, tx Tx) (d permit.RatedDeed, err error) {
		permits, err := tx.PermitsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "rating"))
		if err != nil {
			return d, err
		}
		for _, p := range permits {
			life, err := tx.PermitLife(ctx, p.Permit.Jurisdiction, p.Permit.Number)
			if err != nil {
				return d, err
			}
			if n := len(life.Endorsements); n > 0 && life.Endorsements[n-1].On.After(d.EndedOn) {
				d = permit.DeedOfEndorsement(p.Permit, life.Endorsements[n-1], p.Station, p.Account)
			}
		}
		if d.Permit == "" {
			return d, ErrNotFound
		}
		return d, nil
	}
}

// ApplicationRating is the rating of an own application. ErrNotFound while it has not ended.
func (o *Office) ApplicationRating(ctx context.Context, actor access.Actor, reference string) (RatingFile, error) {
	return o.ratingOf(ctx, actor, o.ownApplication(actor, reference))
}

// RateApplication rates it.
func (o *Office) RateApplication(ctx context.Context, actor access.Actor, reference string, opinion permit.Opinion) (RatingFile, error) {
	return o.rate(ctx, actor, o.ownApplication(actor, reference), opinion, "portal")
}

// EndorsementRating is the rating of the last endorsement of an own permit. ErrNotFound where there was none.
func (o *Office) EndorsementRating(ctx context.Context, actor access.Actor) (RatingFile, error) {
	return o.ratingOf(ctx, actor, o.ownEndorsement(actor))
}

// RateEndorsement rates it.
func (o *Office) RateEndorsement(ctx context.Context, actor access.Actor, opinion permit.Opinion) (RatingFile, error) {
	return o.rate(ctx, actor, o.ownEndorsement(actor), opinion, "portal")
}

// trackedApplication finds the case that a visit at a kiosk has asked for with both its numbers.
func (o *Office) trackedApplication(actor access.Actor) deedFinder {
	return o.endedApplication(actor, func(ctx context.Context, tx Tx) (Finder, error) {
		token, err := o.tokenInVisit(ctx, tx, actor, trackedInVisit)
		return Finder{Token: token}, err
	})
}

// TrackedRating is the rating of the case that a visit at a kiosk has asked for.
func (o *Office) TrackedRating(ctx context.Context, actor access.Actor) (RatingFile, error) {
	return o.ratingOf(ctx, actor, o.trackedApplication(actor))
}

// RateTracked rates it.
func (o *Office) RateTracked(ctx context.Context, actor access.Actor, level permit.RatingLevel) (RatingFile, error) {
	return o.rate(ctx, actor, o.trackedApplication(actor), permit.Opinion{Level: level}, "kiosk")
}

func (o *Office) ratingOf(ctx context.Context, actor access.Actor, find deedFinder) (file RatingFile, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		d, err := find(ctx, tx)
		if err != nil {
			return err
		}
		file, err = o.ratingFile(ctx, tx, actor, d)
		return err
	})
	return file, err
}

// rate takes an opinion. What was rated before keeps the first opinion: a second tap is shown it.
func (o *Office) rate(ctx context.Context, actor access.Actor, find deedFinder, opinion permit.Opinion, counter string) (file RatingFile, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		d, err := find(ctx, tx)
		if err != nil {
			return err
		}
		if file, err = o.ratingFile(ctx, tx, actor, d); err != nil || file.Rated {
			return err
		}
		if d.Account == "" { // nobody who could be told the answer
			return &Error{What: Denied, Why: "rating_closed"}
		}
		calendar, err := o.calendar(ctx, tx)
		if err != nil {
			return err
		}
		r, err := permit.Rate(d, opinion, counter, file.Rules, calendar, o.now())
		if err != nil {
			return judged(err)
		}
		r.ID = newID()
		made, again, err := tx.CreateRating(ctx, r)
		if err != nil {
			return err
		}
		file.Rating, file.Rated, file.Open = made, true, false
		if again {
			return nil
		}
		return tx.Record(ctx, o.aboutRating(o.entry(actor, ledger.Rated, string(made.Level)), made))
	})
	return file, err
}

// aboutRating completes an entry with the rating that it is about.
func (o *Office) aboutRating(e ledger.Entry, r permit.Rating) ledger.Entry {
	e.Jurisdiction, e.Account, e.Object = r.Jurisdiction, r.Account, "rating/"+r.ID
	if e.ActorKind != string(access.Staff) {
		e.Station = ""
	}
	return e
}
