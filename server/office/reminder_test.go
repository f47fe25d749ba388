package office_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/scene"
)

// TestRemindersComeOnceAndByDay runs the daily job day by day, twice a day, with a stretch left out, in four programs at once.
func TestRemindersComeOnceAndByDay(t *testing.T) {
	h, played := town(t, "zz.endorse_card", "zz.suspended", "zb.expired_1y")
	ctx := t.Context()
	p := played["zz.endorse_card"]
	due := file(t, h, p).Permit.EndorseBy
	texts := func(p scene.Played, kinds ...string) (list []office.Message) {
		t.Helper()
		err := h.Office.Store.Within(ctx, func(tx office.Tx) error {
			all, err := tx.MessagesTo(ctx, p.Phone, 100)
			for _, m := range all {
				if slices.Contains(kinds, m.Kind) {
					list = append(list, m)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := texts(p, "endorse", "expires"); len(got) != 1 || got[0].Kind != "endorse" || got[0].Args["By"] != due.String() || got[0].Lang != p.Lang || got[0].Phone != p.Phone {
		t.Fatalf("25 days before: %+v", got)
	}
	for _, step := range []struct {
		before int
		texts  int
	}{{24, 1}, {8, 1}, {5, 2}, {2, 2}, {0, 3}} { // seven, six and one day before, nobody ran it
		h.Clock.Set(due.AddDays(-step.before).Start().Add(10 * time.Minute))
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if _, err := h.Office.Daily(context.WithoutCancel(ctx)); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if got := texts(p, "endorse", "expires"); len(got) != step.texts {
			t.Errorf("%d days before: %d texts, want %d", step.before, len(got), step.texts)
		}
	}
	h.Clock.Set(due.AddDays(1).Start().Add(10 * time.Minute))
	if counts, err := h.Office.Daily(ctx); err != nil || counts[0].Reminded+counts[1].Reminded != 0 {
		t.Errorf("after the day: %v, %v", counts, err)
	}
	for key, kind := range map[string]string{"zz.endorse_card": "suspended", "zz.suspended": "suspended", "zb.expired_1y": "expired"} {
		since := file(t, h, played[key]).Permit.StatusSince
		told := texts(played[key], "suspended", "expired")
		if len(told) != 1 || told[0].Kind != kind || told[0].Args["On"] != since.String() {
			t.Errorf("%s was told %+v, want once %s on %s", key, told, kind, since)
		}
		if got := texts(played[key], "endorse", "expires"); key != "zz.endorse_card" && len(got) != 0 {
			t.Errorf("%s was reminded of a day that was over: %+v", key, got)
		}
	}
}

// TestNobodyIsRemindedByNight: the daily job runs after midnight, its texts go out at nine.
func TestNobodyIsRemindedByNight(t *testing.T) {
	h, played := town(t, "zz.endorse_open")
	ctx := t.Context()
	day := file(t, h, played["zz.endorse_open"]).Permit.EndorseBy.AddDays(-7)
	sender := &count{}
	deliver(t, h, played["zz.endorse_open"], sender) // what was sent so far
	h.Clock.Set(day.Start().Add(10 * time.Minute))
	if _, err := h.Office.Daily(ctx); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   time.Duration
		sent int
	}{{time.Hour, 0}, {9*time.Hour - time.Second, 0}, {9 * time.Hour, 1}, {10 * time.Hour, 0}} {
		h.Clock.Set(day.Start().Add(step.at))
		if sent := deliver(t, h, played["zz.endorse_open"], sender); sent != step.sent {
			t.Errorf("%s after midnight %d texts went out, want %d", step.at, sent, step.sent)
		}
	}
	if got := civic.DateOf(sender.last.CreatedAt); got != day || sender.last.Kind != "endorse" {
		t.Errorf("%+v", sender.last)
	}
}

// TestAnEndorsedPermitIsNotRemindedAgain: its day has moved a year on.
func TestAnEndorsedPermitIsNotRemindedAgain(t *testing.T) {
	h, played := town(t, "zz.endorse_open")
	ctx := t.Context()
	p := played["zz.endorse_open"]
	due := file(t, h, p).Permit.EndorseBy
	if _, err := h.Office.EndorseOwn(ctx, p.Citizen(), p.Permit, office.EndorsementForm{Confirmation: stillWorks, Due: due}); err != nil {
		t.Fatal(err)
	}
	for before := 7; before >= 0; before-- {
		h.Clock.Set(due.AddDays(-before).Start().Add(time.Hour))
		if counts, err := h.Office.Daily(ctx); err != nil || counts[0].Reminded+counts[1].Reminded != 0 {
			t.Errorf("%d days before: %v, %v", before, counts, err)
		}
	}
	h.Clock.Set(due.AddMonths(12).AddDays(-30).Start().Add(time.Hour))
	if counts, err := h.Office.Daily(ctx); err != nil || counts[0].Reminded+counts[1].Reminded != 1 {
		t.Errorf("a year later: %v, %v", counts, err)
	}
}

// count is an SMS gateway that takes everything.
type count struct {
	last office.Message
	sent int
}

func (c *count) Send(_ context.Context, m office.Message) error {
	c.last = m
	c.sent++
	return nil
}

// deliver hands over what the holder is owed now, and returns how many texts that were.
func deliver(t *testing.T, h scene.House, p scene.Played, sender *count) int {
	t.Helper()
	before := sender.sent
	var all []office.Message
	err := h.Office.Store.Within(t.Context(), func(tx office.Tx) (err error) {
		all, err = tx.MessagesTo(t.Context(), p.Phone, 100)
		return err
	})
	for _, m := range all {
		if err == nil {
			_, err = h.Office.Deliver(t.Context(), sender, m.ID)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return sender.sent - before
}
