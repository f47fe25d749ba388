package office

import (
	"context"
	"slices"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
)

// errNoRatings refuses a colleague whose posts show no ratings.
var errNoRatings = &Error{What: Forbidden, Why: "role"}

// ratingScope is whose ratings a supervisor sees: those of the own stations.
func ratingScope(actor access.Actor) (access.Scope, error) {
	scope := actor.Scope(access.Supervisor)
	if len(scope.Stations) == 0 {
		return scope, errNoRatings
	}
	return scope, nil
}

// RatingQueue lists the ratings of the supervisor's stations.
func (o *Office) RatingQueue(ctx context.Context, actor access.Actor, q RatingQuery) (page RatingPage, err error) {
	scope, err := ratingScope(actor)
	if err != nil {
		return page, err
	}
	q.Today = o.Today()
	err = o.Store.Within(ctx, func(tx Tx) error {
		page, err = tx.RatingQueue(ctx, scope, q, o.entry(actor, ledger.Listed, "ratings"))
		return err
	})
	return page, err
}

// ExportRatings is the list as it is filtered, up to MaxExport lines.
func (o *Office) ExportRatings(ctx context.Context, actor access.Actor, show RatingShow) (page RatingPage, err error) {
	scope, err := ratingScope(actor)
	if err != nil {
		return page, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		return o.export(ctx, tx, actor, "ratings", func(n int) (int, int, error) {
			next, err := tx.RatingQueue(ctx, scope, RatingQuery{Show: show, Today: o.Today(), Page: n, Size: exportPage}, o.entry(actor, ledger.Listed, "export"))
			next.Ratings = append(page.Ratings, next.Ratings...)
			page = next
			return len(page.Ratings), page.Total, err
		})
	})
	return page, err
}

// StaffRating is a rating as the supervisor who answers it sees it. Subject is the reference of the case or the number of the permit, to look
// into the matter; only of a bad one, for the others nothing has to be looked into.
type StaffRating struct {
	permit.Rating
	Subject string
	Own     bool // the supervisor had a hand in the case
}

// StaffRating returns a rating of the supervisor's stations; any other is not found.
func (o *Office) StaffRating(ctx context.Context, actor access.Actor, id string) (file StaffRating, err error) {
	scope, err := ratingScope(actor)
	if err != nil {
		return file, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		if file.Rating, err = tx.FindRating(ctx, scope, id, o.entry(actor, ledger.Viewed, "rating")); err != nil {
			return err
		}
		file.Own = slices.Contains(file.Officers, actor.ID)
		if !file.Level.Bad() {
			return nil
		}
		file.Subject, err = tx.RatingReference(ctx, file.Rating)
		return err
	})
	return file, err
}

// AnswerRating answers a bad rating: the person reads it, and gets a text. version is that of the page that was seen.
func (o *Office) AnswerRating(ctx context.Context, actor access.Actor, id string, version int, answer permit.RatingAnswer) error {
	scope, err := ratingScope(actor)
	if err != nil {
		return err
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		r, err := tx.LockRating(ctx, scope, id, o.entry(actor, ledger.Viewed, "decision"))
		if err != nil {
			return err
		}
		if r.Version != version {
			return ErrStale
		}
		next, err := r.Answer(answer, permit.Officer{ID: actor.ID, Name: actor.Name}, o.now())
		if err != nil {
			return judged(err)
		}
		if err := tx.SaveRatingAnswer(ctx, next); err != nil {
			return err
		}
		to, err := tx.Account(ctx, r.Account)
		if err != nil {
			return err
		}
		if err := tx.Send(ctx, o.message(to.Phone, to.Lang, "rating_answered")); err != nil {
			return err
		}
		return tx.Record(ctx, o.aboutRating(o.entry(actor, ledger.RatingAnswered, string(answer.Outcome)), next))
	})
}
