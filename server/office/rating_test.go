package office_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// TestPeopleAreAskedOnce runs the daily job day by day in four programs at once: whoever has an end is asked the day after, by day and once;
// whoever has rated, or still waits, is not; nor is anybody about what ended long ago.
func TestPeopleAreAskedOnce(t *testing.T) {
	h, played := town(t, "zz.endorse_open")
	ctx := t.Context()
	for _, key := range []string{"zz.issued", "zz.refused", "zz.declined", "zz.in_review"} {
		p, err := h.Play(ctx, scene.PersonOf(key))
		if err != nil {
			t.Fatal(err)
		}
		played[key] = p
	}
	holder := played["zz.endorse_open"]
	if _, err := h.Office.EndorseOwn(ctx, holder.Citizen(), holder.Permit, office.EndorsementForm{Due: file(t, h, holder).Permit.EndorseBy,
		Confirmation: permit.Confirmation{Confirmed: true, Ground: "employment"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Office.RateApplication(ctx, played["zz.declined"].Citizen(), played["zz.declined"].Reference, permit.Opinion{Level: permit.Satisfied}); err != nil {
		t.Fatal(err)
	}
	asked := func(key string) (texts []office.Message) {
		t.Helper()
		err := h.Store.Within(ctx, func(tx office.Tx) error {
			all, err := tx.MessagesTo(ctx, played[key].Phone, 100)
			for _, m := range all {
				if m.Kind == "rate_application" || m.Kind == "rate_endorsement" {
					texts = append(texts, m)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return texts
	}
	daily := func() {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if _, err := h.Office.Daily(context.WithoutCancel(ctx)); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
	daily()
	if got := asked("zz.endorse_open"); len(got) != 0 {
		t.Errorf("asked on the day itself: %+v", got)
	}
	for range 3 {
		h.Clock.Set(h.Clock.Now().AddDate(0, 0, 1))
		daily()
	}
	for key, kind := range map[string]string{"zz.issued": "rate_application", "zz.refused": "rate_application", "zz.declined": "", "zz.in_review": "", "zz.endorse_open": "rate_endorsement"} {
		got := asked(key)
		if kind == "" && len(got) != 0 || kind != "" && (len(got) != 1 || got[0].Kind != kind || got[0].Args["Reference"] != map[bool]string{true: played[key].Reference}[kind == "rate_application"]) {
			t.Errorf("%s: %+v, want one %q", key, got, kind)
		}
	}
	h.Clock.Set(scene.Morning.AddDate(0, 0, 60).Add(-9 * time.Hour)) // the reviewer refuses late; the job has not run for weeks
	actor, err := h.Actor(ctx, "zz.review")
	if err != nil {
		t.Fatal(err)
	}
	late := h.Clock.Now()
	h.Clock.Set(late.AddDate(0, 0, -31))
	if _, err := h.Office.Refuse(ctx, actor, office.Decision{Reference: played["zz.in_review"].Reference, Version: 2}, "outside_scope", "不在范围"); err != nil {
		t.Fatal(err)
	}
	h.Clock.Set(late)
	daily()
	if got := asked("zz.in_review"); len(got) != 0 {
		t.Errorf("asked about what ended 31 days ago: %+v", got)
	}
}
