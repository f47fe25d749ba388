package permit

import (
	"slices"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// Pause is a time in which the clock of an application stands still.
type Pause struct {
	Number int
	Reason string     // PauseSupplement or one of PauseReasons
	From   civic.Date // no longer counts
	To     civic.Date // counts again; zero while it stands still
	Began  int        // version of the application: the event that stopped the clock
	Ended  int        // the event from which it runs again; 0 while it stands still
}

// PauseSupplement is the reason of a pause while the applicant supplements.
const PauseSupplement = "supplement"

// PauseReasons lists the checks outside the office for which an officer may stop the clock.
func PauseReasons() []string { return []string{"document_check", "register_check", "site_check"} }

// StopClock stops the clock (中止计时) for a check outside the office, with the reason and what is being checked.
func StopClock(a Application, c Course, reason, note string, by Officer, now time.Time) (Application, Event, Course, error) {
	if !slices.Contains(PauseReasons(), reason) {
		return a, Event{}, c, Faults{{"reason", "reason_choose"}}
	}
	if faults := checkLine("note", note, MaxNote, true); len(faults) > 0 {
		return a, Event{}, c, faults
	}
	if a.Paused() {
		return a, Event{}, c, Refusal{Code: "clock_paused"}
	}
	a, event, err := a.step(VerbPause, InReview, InReview, by, now)
	if err != nil {
		return a, event, c, err
	}
	event.Reason, event.Note = reason, note
	a, c = a.stop(c, reason, event)
	return a, event, c, nil
}

// ResumeClock lets the clock run again; the paused days are added to its deadlines.
func ResumeClock(a Application, c Course, note string, by Officer, r *policy.Ruleset, calendar civic.Calendar, now time.Time) (Application, Event, Course, error) {
	if faults := checkLine("note", note, MaxNote, false); len(faults) > 0 {
		return a, Event{}, c, faults
	}
	if a.State != InReview {
		return a, Event{}, c, Refusal{Code: "state_moved_on"}
	}
	if !a.Paused() {
		return a, Event{}, c, Refusal{Code: "clock_runs"}
	}
	a, event, err := a.step(VerbResume, InReview, InReview, by, now)
	if err != nil {
		return a, event, c, err
	}
	event.Note = note
	a, c, err = a.run(c, r, calendar, event)
	return a, event, c, err
}

// stop opens a pause by the event that has just been made.
func (a Application) stop(c Course, reason string, event Event) (Application, Course) {
	a.PausedOn, a.PausedFor = event.On, reason
	c.Pauses = append(slices.Clone(c.Pauses), Pause{Number: len(c.Pauses) + 1, Reason: reason, From: event.On, Began: a.Version})
	return a, c
}

// run closes the open pause and counts the deadlines anew.
func (a Application) run(c Course, r *policy.Ruleset, calendar civic.Calendar, event Event) (Application, Course, error) {
	c.Pauses = slices.Clone(c.Pauses)
	last := &c.Pauses[len(c.Pauses)-1]
	last.To, last.Ended = event.On, a.Version
	a.PausedOn, a.PausedFor = civic.Date{}, ""
	a, err := a.counted(r, c.clock(a.AcceptedOn), calendar)
	return a, c, err
}
