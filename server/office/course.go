package office

import (
	"context"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// CourseTx keeps notices with their answers, pauses and extensions.
type CourseTx interface {
	Course(ctx context.Context, jurisdiction, application string) (permit.Course, error)
	// SaveCourse stores what a verb has made of a course, and with a supplement the answers, person and station that it has changed. The
	// event that it names is saved in the same transaction.
	SaveCourse(ctx context.Context, a permit.Application, was, now permit.Course) error
}

// courseVerb is a verb that also needs the course of a case and adds to it.
type courseVerb func(permit.Application, permit.Course, permit.Officer, *policy.Ruleset, civic.Calendar) (permit.Application, permit.Event, permit.Course, error)

// steer is decide for the verbs of the course.
func (o *Office) steer(ctx context.Context, actor access.Actor, d Decision, action ledger.Action, tell string, verb courseVerb, roles ...access.Role) (Case, error) {
	return o.decideAs(ctx, actor, d, action, func(tx Tx, c Case, by permit.Officer, r *policy.Ruleset) (permit.Application, permit.Event, error) {
		calendar, err := o.calendar(ctx, tx)
		if err != nil {
			return c.Application, permit.Event{}, err
		}
		was, err := tx.Course(ctx, c.Application.Jurisdiction, c.Application.ID)
		if err != nil {
			return c.Application, permit.Event{}, err
		}
		a, event, now, err := verb(c.Application, was, by, r, calendar)
		if err != nil {
			return a, event, err
		}
		return a, event, tx.SaveCourse(ctx, a, was, now)
	}, tell, roles...)
}

// StopClock stops the clock for a check outside the office.
func (o *Office) StopClock(ctx context.Context, actor access.Actor, d Decision, reason, note string) (Case, error) {
	return o.steer(ctx, actor, d, ledger.Clocked, "", func(a permit.Application, c permit.Course, by permit.Officer, _ *policy.Ruleset, _ civic.Calendar) (permit.Application, permit.Event, permit.Course, error) {
		return permit.StopClock(a, c, reason, note, by, o.now())
	}, access.Reviewer)
}

// ResumeClock lets the clock run again.
func (o *Office) ResumeClock(ctx context.Context, actor access.Actor, d Decision, note string) (Case, error) {
	return o.steer(ctx, actor, d, ledger.Clocked, "", func(a permit.Application, c permit.Course, by permit.Officer, r *policy.Ruleset, calendar civic.Calendar) (permit.Application, permit.Event, permit.Course, error) {
		return permit.ResumeClock(a, c, note, by, r, calendar, o.now())
	}, access.Reviewer)
}

// RequestExtension asks a supervisor to extend the deadline.
func (o *Office) RequestExtension(ctx context.Context, actor access.Actor, d Decision, in permit.ExtensionRequest) (Case, error) {
	return o.steer(ctx, actor, d, ledger.Clocked, "", func(a permit.Application, c permit.Course, by permit.Officer, r *policy.Ruleset, _ civic.Calendar) (permit.Application, permit.Event, permit.Course, error) {
		return permit.RequestExtension(a, c, in, by, r, o.now())
	}, access.Reviewer)
}

// DecideExtension is a supervisor's consent to such a request, or the refusal of it. With consent the applicant is told the new day.
func (o *Office) DecideExtension(ctx context.Context, actor access.Actor, d Decision, consent bool, note string) (Case, error) {
	tell := ""
	if consent {
		tell = "extended"
	}
	return o.steer(ctx, actor, d, ledger.Clocked, tell, func(a permit.Application, c permit.Course, by permit.Officer, r *policy.Ruleset, calendar civic.Calendar) (permit.Application, permit.Event, permit.Course, error) {
		return permit.DecideExtension(a, c, consent, note, by, r, calendar, o.now())
	}, access.Supervisor)
}
