package permit

import (
	"slices"

	"anju/server/civic"
	"anju/server/policy"
)

// Course is what was asked of an applicant, and what has stopped or lengthened the clock: what the verbs of notice.go, supplement.go,
// pause.go and extend.go must know of an application beside its state.
type Course struct {
	Notices    []DeficiencyNotice
	Pauses     []Pause
	Extensions []Extension
	Allowance  Allowance // of a further notice, while it has not been used
}

// Open returns the notice that has not been answered yet.
func (c Course) Open() (DeficiencyNotice, bool) {
	if n := len(c.Notices); n > 0 && c.Notices[n-1].Supplement == nil {
		return c.Notices[n-1], true
	}
	return DeficiencyNotice{}, false
}

// Waiting returns the request for an extension that no supervisor has decided yet.
func (c Course) Waiting() (Extension, bool) {
	if n := len(c.Extensions); n > 0 && c.Extensions[n-1].DecidedOn.IsZero() {
		return c.Extensions[n-1], true
	}
	return Extension{}, false
}

// Extended reports whether the deadline has been extended.
func (c Course) Extended() bool {
	return slices.ContainsFunc(c.Extensions, func(e Extension) bool { return e.Granted })
}

// clock is what the deadlines are counted by: the pauses that have ended, and the extension.
func (c Course) clock(accepted civic.Date) policy.Clock {
	clock := policy.Clock{Accepted: accepted, Extended: c.Extended()}
	for _, p := range c.Pauses {
		if !p.To.IsZero() {
			clock.Pauses = append(clock.Pauses, policy.Pause{From: p.From, To: p.To})
		}
	}
	return clock
}

// CourseVerbs returns what may be done next about notice, clock and extension, by whoever has the role for it.
func (a Application) CourseVerbs(c Course, r *policy.Ruleset) []string {
	var verbs []string
	_, open := c.Open()
	switch {
	case open && a.awaits():
		verbs = append(verbs, VerbSupplement)
	case !open && !a.Paused() && (a.State == PreApplied || a.State == InReview):
		verbs = append(verbs, VerbNotify)
		if len(c.Notices) > 0 && c.Allowance == (Allowance{}) {
			verbs = append(verbs, VerbAllowNotice)
		}
	}
	if a.State != InReview {
		return verbs
	}
	if a.Paused() {
		verbs = append(verbs, VerbResume)
	} else {
		verbs = append(verbs, VerbPause)
	}
	_, waiting := c.Waiting()
	switch {
	case waiting:
		verbs = append(verbs, VerbExtend, VerbDenyExtension)
	case r.IssueDeadline.Extended != nil && !c.Extended() && !a.Paused():
		verbs = append(verbs, VerbRequestExtension)
	}
	return verbs
}

// awaits reports whether a supplement may come: before acceptance only while one is waited for, in review at any time.
func (a Application) awaits() bool { return a.State == ToSupplement || a.State == InReview }

// Paused reports whether the clock stands still.
func (a Application) Paused() bool { return !a.PausedOn.IsZero() }

// Overdue reports whether a day by which the case was to be decided has passed. While the clock stands still no day passes.
func (a Application) Overdue(by, today civic.Date) bool {
	if a.Paused() {
		today = a.PausedOn
	}
	return !by.IsZero() && today.After(by)
}
