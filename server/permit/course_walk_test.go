package permit_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

// TestRandomCourses: whatever the sequence of verbs, pauses never overlap, a decided case has none that is open, and the days by which it is
// to be decided are those of the law with all its pauses, so that the clock never runs for longer than the law allows without being overdue.
func TestRandomCourses(t *testing.T) {
	random, calendar := rand.New(rand.NewPCG(9, 663)), civic.DefaultCalendar()
	seen := map[string]int{}
	for range 1500 {
		r := ruleset(t, "zhangzhou-2016")
		m, now := matter{Application: submitted(t)}, morning
		if kind := permit.Kinds()[random.IntN(4)]; kind != permit.KindIssue {
			m.Application = applied(t, kind)
		}
		for range 14 {
			names := append(m.Verbs(), m.CourseVerbs(m.course, r)...)
			if len(names) == 0 {
				break
			}
			name := names[random.IntN(len(names))]
			now = now.Add(time.Duration(random.IntN(90)) * time.Hour)
			n := m.try(t, name, r, now)
			if n.err != nil {
				if refusal := (permit.Refusal{}); !errors.As(n.err, &refusal) || refusal.Code == "state_moved_on" {
					t.Fatalf("%s from %s: %v", name, m.State, n.err)
				}
				continue // such as a case that is decided while its clock stands still
			}
			seen[name]++
			m = matter{n.a, n.c, append(slices.Clone(m.events), n.e)}
			agree(t, m.Application, m.events)
			open, clock := 0, policy.Clock{Accepted: m.AcceptedOn, Extended: m.course.Extended()}
			for i, p := range m.course.Pauses {
				if i > 0 && p.From.Before(m.course.Pauses[i-1].To) || !p.To.IsZero() && p.To.Before(p.From) {
					t.Fatalf("pauses overlap: %+v", m.course.Pauses)
				}
				if p.To.IsZero() {
					open++
					continue
				}
				clock.Pauses = append(clock.Pauses, policy.Pause{From: p.From, To: p.To})
			}
			if (open == 1) != m.Paused() || open > 1 || open == 1 && m.State != permit.InReview {
				t.Fatalf("%s with open pauses: %+v", m.State, m.course.Pauses)
			}
			if m.AcceptedOn.IsZero() {
				continue
			}
			by, err := r.StatutoryBy(clock, calendar)
			if err != nil || by != m.StatutoryBy {
				t.Fatalf("after %v the deadline is %s, by the law %s (%v)", m.events, m.StatutoryBy, by, err)
			}
			if late := m.Overdue(m.StatutoryBy, civic.DateOf(now)); !m.Paused() && late != civic.DateOf(now).After(by) {
				t.Fatalf("overdue %t on %s with %s", late, civic.DateOf(now), by)
			}
			// Counted anew from the history alone it is the same day, once something can be said.
			done := m.State == permit.Completed || m.State == permit.Refused || m.State == permit.ToCollect || m.State == permit.Issued
			for _, today := range []civic.Date{civic.DateOf(now), by.AddDays(40)} {
				want := civic.Date{}
				if done || m.Overdue(by, today) {
					want = by
				}
				if got, _, err := permit.Deadline(m.events, r, calendar, today); err != nil || got != want {
					t.Fatalf("on %s the history %v gives %s, want %s (%v)", today, m.events, got, want, err)
				}
			}
		}
	}
	for name := range courseVerbs(ruleset(t, "zhangzhou-2016")) {
		if seen[name] < 20 {
			t.Errorf("%s was done %d times", name, seen[name])
		}
	}
}
