package scene

import (
	"context"
	"errors"
	"fmt"
	"time"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// Hours are those of the main stations: two people every half hour on weekdays and make-up days, a morning on Saturdays.
func Hours() permit.Hours {
	working := permit.OpenDay{{From: 8*60 + 30, To: 12 * 60}, {From: 14*60 + 30, To: 17*60 + 30}}
	h := permit.Hours{MakeUp: working, SlotMinutes: 30, Capacity: 2, NoticeMinutes: 120, AheadDays: 45, OpenEach: 2, HintDays: 180}
	for day := range 5 {
		h.Week[day] = working
	}
	h.Week[5] = permit.OpenDay{{From: 9 * 60, To: 11*60 + 30}}
	return h
}

// OpenDiary has the main station of a city take appointments. The other stations take none: one goes there without.
func (h House) OpenDiary(ctx context.Context, city City) error {
	actor, err := h.Actor(ctx, city.Prefix+".supervise")
	if err != nil {
		return err
	}
	return h.Office.SetHours(ctx, actor, office.HoursEntry{Station: city.Station(), Hours: Hours()})
}

// ErrNoTime says that no time is free.
var ErrNoTime = errors.New("scene: no time is free")

// Appoint books for a person of a scene whose application needs it: the n-th free slot from a day on.
func (h House) Appoint(ctx context.Context, p Played, from civic.Date, n int) (permit.Appointment, error) {
	progress, err := h.Office.Application(ctx, p.Citizen(), p.Reference)
	if err != nil {
		return permit.Appointment{}, err
	}
	open, err := h.Office.Openings(ctx, p.Citizen(), p.City.Jurisdiction, p.City.Station())
	if err != nil {
		return permit.Appointment{}, err
	}
	free := open.Diary.Next(from, h.Clock.Now(), n+1)
	if len(free) <= n {
		return permit.Appointment{}, ErrNoTime
	}
	return h.Office.Appoint(ctx, p.Citizen(), office.BookingOrder{Jurisdiction: p.City.Jurisdiction, Case: p.Reference, Purpose: permit.PurposeOf(progress.Application), Slot: free[n], Key: office.NewKey(), Counter: "portal"})
}

// playAppointments has the main stations take appointments, closes one on a day, and books: in Zhangzhou one to hand in and one to collect on
// the next days, one today; a visitor who asks for advice today and has come; and one of last week to which nobody came.
func (h House) playAppointments(ctx context.Context, all map[string]Played) error {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	today := civic.DateOf(present)
	h.Clock.Set(present.AddDate(0, 0, -9))
	for _, city := range Cities() {
		if err := h.OpenDiary(ctx, city); err != nil {
			return err
		}
	}
	h.Clock.Set(present)
	chief, err := h.Actor(ctx, Zhangzhou.Prefix+".supervise")
	if err != nil {
		return err
	}
	closed := office.ExceptionEntry{Station: Zhangzhou.Station(), Exception: permit.Exception{Day: today.AddDays(8), Reason: "户籍系统升级"}}
	if err := h.Office.SetException(ctx, chief, closed); err != nil {
		return err
	}
	for i, key := range []string{"zz.pre_applied", "zz.to_supplement", "zb.pre_applied"} {
		if _, err := h.Appoint(ctx, all[key], today.AddDays(2+i), i); err != nil {
			return fmt.Errorf("scene: %s: %w", key, err)
		}
	}
	if _, err := h.Appoint(ctx, all["zz.to_collect"], today, 0); err != nil {
		return err
	}
	return h.playVisitors(ctx, present)
}

// playVisitors are people without an application: an officer books for one who calls and comes, and one does not come.
func (h House) playVisitors(ctx context.Context, present time.Time) error {
	officer, err := h.Actor(ctx, Zhangzhou.Prefix+".accept")
	if err != nil {
		return err
	}
	for _, visitor := range []struct {
		name    string
		purpose permit.Purpose
		ago     int
	}{{"贾思远", permit.Advice, 0}, {"丁一凡", permit.Register, 7}} {
		h.Clock.Set(present.AddDate(0, 0, -visitor.ago))
		open, err := h.Office.Openings(ctx, officer, Zhangzhou.Jurisdiction, Zhangzhou.Station())
		if err != nil {
			return err
		}
		free := open.Diary.Next(civic.DateOf(h.Clock.Now()), h.Clock.Now(), 1)
		if len(free) == 0 {
			continue
		}
		made, err := h.Office.Appoint(ctx, officer, office.BookingOrder{Jurisdiction: Zhangzhou.Jurisdiction, Station: Zhangzhou.Station(), Purpose: visitor.purpose, Slot: free[0], Name: visitor.name, Key: office.NewKey()})
		if err != nil {
			return err
		}
		if visitor.ago == 0 && free[0].Day == civic.DateOf(present) {
			if _, err := h.Office.Arrive(ctx, officer, office.AppointmentChange{Reference: made.Reference, Version: made.Version}); err != nil {
				return err
			}
		}
	}
	h.Clock.Set(present)
	_, err = h.Office.Daily(ctx)
	return err
}
