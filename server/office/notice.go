package office

import (
	"context"
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// Notify tells an applicant everything that must be supplemented: the acceptor before acceptance, the reviewer after it. The text to the
// phone says only that there is something.
func (o *Office) Notify(ctx context.Context, actor access.Actor, d Decision, list []permit.Deficiency) (Case, error) {
	return o.steer(ctx, actor, d, ledger.Notified, "to_supplement", func(a permit.Application, c permit.Course, by permit.Officer, r *policy.Ruleset, _ civic.Calendar) (permit.Application, permit.Event, permit.Course, error) {
		if err := may(actor, a, NotifierOf(a)); err != nil {
			return a, permit.Event{}, c, err
		}
		return permit.Notify(a, c, list, by, r, o.now())
	}, access.Acceptor, access.Reviewer)
}

// PreviewNotice is the notice as Notify would give it now; nothing is saved.
func (o *Office) PreviewNotice(actor access.Actor, p Progress, list []permit.Deficiency) (permit.DeficiencyNotice, error) {
	r, err := o.Ruleset(p.Application.Ruleset)
	if err != nil {
		return permit.DeficiencyNotice{}, err
	}
	_, _, given, err := permit.Notify(p.Application, p.Course, list, permit.Officer{ID: actor.ID}, r, o.now())
	if err != nil {
		return permit.DeficiencyNotice{}, judged(err)
	}
	return given.Notices[len(given.Notices)-1], nil
}

// NotifierOf is the role that works on a case until its next decision: it gives the notice, and takes a supplement at the window.
func NotifierOf(a permit.Application) access.Role {
	if a.AcceptedOn.IsZero() {
		return access.Acceptor
	}
	return access.Reviewer
}

// may asks for the role at the station of the case.
func may(actor access.Actor, a permit.Application, role access.Role) error {
	if len(actor.Scope(role).At(a.Station).Stations) == 0 {
		return &Error{What: Forbidden, Why: "role"}
	}
	return nil
}

// AllowNotice is a supervisor's agreement to one further notice.
func (o *Office) AllowNotice(ctx context.Context, actor access.Actor, d Decision, why string) (Case, error) {
	return o.steer(ctx, actor, d, ledger.Notified, "", func(a permit.Application, c permit.Course, by permit.Officer, _ *policy.Ruleset, _ civic.Calendar) (permit.Application, permit.Event, permit.Course, error) {
		return permit.AllowNotice(a, c, why, by, o.now())
	}, access.Supervisor)
}

// TakeSupplement records that the applicant brought what was missing to the window: the documents that were seen on paper, and why an answer
// stays as it is. Answers themselves are the applicant's to change.
func (o *Office) TakeSupplement(ctx context.Context, actor access.Actor, d Decision, seen []permit.EvidenceKind, words string) (Case, error) {
	return o.decideAs(ctx, actor, d, ledger.Supplemented, func(tx Tx, c Case, by permit.Officer, r *policy.Ruleset) (permit.Application, permit.Event, error) {
		a := c.Application
		if err := may(actor, a, NotifierOf(a)); err != nil {
			return a, permit.Event{}, err
		}
		calendar, err := o.calendar(ctx, tx)
		if err != nil {
			return a, permit.Event{}, err
		}
		was, err := tx.Course(ctx, a.Jurisdiction, a.ID)
		if err != nil {
			return a, permit.Event{}, err
		}
		sent, err := tx.EvidenceOf(ctx, a.Jurisdiction, a.ID)
		if err != nil {
			return a, permit.Event{}, err
		}
		notice, _ := was.Open()
		asked := notice.EvidenceAsked()
		added := slices.DeleteFunc(slices.Clone(seen), func(k permit.EvidenceKind) bool { return !slices.Contains(asked, k) })
		in := permit.Answer{Draft: a.Particulars, Added: append(added, AddedSince(notice, sent)...), Words: words}
		next, event, now, err := permit.Supply(a, was, in, by, r, o.law(r), calendar, o.now())
		if err != nil {
			return next, event, err
		}
		return next, event, tx.SaveCourse(ctx, next, was, now)
	}, "", access.Acceptor, access.Reviewer)
}

// AddedSince lists the kinds of documents that came after a notice.
func AddedSince(n permit.DeficiencyNotice, sent []Evidence) []permit.EvidenceKind {
	var kinds []permit.EvidenceKind
	for _, e := range sent {
		if !e.AddedAt.Before(n.IssuedAt) && !slices.Contains(kinds, e.Kind) {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

// law asks the law about a draft under its ruleset today.
func (o *Office) law(r *policy.Ruleset) func(permit.Draft) policy.EligibilityAnswer {
	return func(d permit.Draft) policy.EligibilityAnswer {
		return policy.Eligibility(r, r.StatusOn(o.Today(), o.Extensions), d.Query(r, o.Today()))
	}
}
