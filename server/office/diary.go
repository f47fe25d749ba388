package office

import (
	"context"
	"errors"
	"slices"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// DiaryTx keeps when stations take appointments.
type DiaryTx interface {
	// Hours returns the newest hours of a station; ErrNotFound while it takes no appointments.
	Hours(ctx context.Context, jurisdiction, station string) (HoursEntry, error)
	// SaveHours adds a version: entry.Version is the one that was seen, 0 for none. Another one in between is ErrStale.
	SaveHours(ctx context.Context, entry HoursEntry) error
	// Exceptions returns the exceptions of a station that hold from a day on, in order.
	Exceptions(ctx context.Context, jurisdiction, station string, from civic.Date) ([]ExceptionEntry, error)
	SaveException(ctx context.Context, entry ExceptionEntry) error
	// StationsWithHours lists the stations of a city that take appointments.
	StationsWithHours(ctx context.Context, jurisdiction string) ([]Station, error)
	// Held returns the places that are taken at a station from one day to another; with lock, everybody else who wants one there waits.
	Held(ctx context.Context, jurisdiction, station string, from, until civic.Date, lock bool) ([]permit.Held, error)
}

// HoursEntry is how a station takes appointments, with who entered it.
type HoursEntry struct {
	Jurisdiction, Station string
	Version               int // 0 while nothing was entered
	permit.Hours
	By, ByName string
	At         time.Time
}

// ExceptionEntry is a day on which a station departs from its week, with who entered it. Withdrawn: it does so no longer.
type ExceptionEntry struct {
	Jurisdiction, Station string
	permit.Exception
	Withdrawn bool
	By        string
	At        time.Time
}

// Openings is what a station offers to whoever looks for a time.
type Openings struct {
	Station Station
	Diary   permit.Diary
	Closed  bool // the station takes no appointments: one goes there without
	Missed  bool // the person has not come to an appointment a while ago
}

// openings loads the diary of a station. lock is for whoever is going to take a place.
func (o *Office) openings(ctx context.Context, tx Tx, jurisdiction, station string, lock bool) (open Openings, err error) {
	if open.Station, err = tx.Station(ctx, jurisdiction, station); err != nil {
		return open, err
	}
	hours, err := tx.Hours(ctx, jurisdiction, station)
	if errors.Is(err, ErrNotFound) {
		open.Closed = true
		return open, nil
	}
	if err != nil {
		return open, err
	}
	today := o.Today()
	open.Diary = permit.Diary{Hours: hours.Hours, Version: hours.Version, Exceptions: map[civic.Date]permit.Exception{}}
	if open.Diary.Calendar, err = o.calendar(ctx, tx); err != nil {
		return open, err
	}
	exceptions, err := tx.Exceptions(ctx, jurisdiction, station, today)
	if err != nil {
		return open, err
	}
	for _, e := range exceptions {
		open.Diary.Exceptions[e.Day] = e.Exception
	}
	open.Diary.Held, err = tx.Held(ctx, jurisdiction, station, today, today.AddDays(permit.MaxAheadDays), lock)
	return open, err
}

// Openings returns what a station offers. It holds nothing of anybody.
func (o *Office) Openings(ctx context.Context, actor access.Actor, jurisdiction, station string) (open Openings, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if open, err = o.openings(ctx, tx, jurisdiction, station, false); err != nil || open.Closed {
			return err
		}
		if actor.Kind == access.Staff {
			open.Diary = open.Diary.AtWindow()
		}
		if actor.Kind == access.Citizen && open.Diary.Hours.HintDays > 0 {
			open.Missed, err = tx.MissedSince(ctx, jurisdiction, actor.ID, o.Today().AddDays(-open.Diary.Hours.HintDays))
		}
		return err
	})
	return open, err
}

// StationsWithHours lists the stations of a city that take appointments.
func (o *Office) StationsWithHours(ctx context.Context, jurisdiction string) (stations []Station, err error) {
	if _, known := o.Book.Jurisdiction(jurisdiction); !known {
		return nil, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		stations, err = tx.StationsWithHours(ctx, jurisdiction)
		return err
	})
	return stations, err
}

// HoursRoles set when their stations take appointments.
func HoursRoles() []access.Role { return []access.Role{access.Supervisor, access.Administrator} }

// StationHours is what is set for a station.
type StationHours struct {
	Station    Station
	Hours      HoursEntry
	Exceptions []ExceptionEntry
	Misfits    map[civic.Date]int // appointments that no longer fit, by day
}

// StationHours returns what is set for the actor's stations.
func (o *Office) StationHours(ctx context.Context, actor access.Actor) (list []StationHours, err error) {
	scope := actor.Scope(HoursRoles()...)
	err = o.Store.Within(ctx, func(tx Tx) error {
		for _, code := range scope.Stations {
			if code == "" { // a post of the whole city
				continue
			}
			one := StationHours{}
			if one.Station, err = tx.Station(ctx, scope.Jurisdiction, code); err != nil {
				return err
			}
			if one.Hours, err = tx.Hours(ctx, scope.Jurisdiction, code); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			if one.Exceptions, err = tx.Exceptions(ctx, scope.Jurisdiction, code, o.Today()); err != nil {
				return err
			}
			open, err := o.openings(ctx, tx, scope.Jurisdiction, code, false)
			if err != nil {
				return err
			}
			one.Misfits = open.Diary.Misfits()
			list = append(list, one)
		}
		return nil
	})
	return list, err
}

// SetHours sets how a station takes appointments. Those that are booked stay as they are: staff see which no longer fit.
func (o *Office) SetHours(ctx context.Context, actor access.Actor, entry HoursEntry) error {
	scope := actor.Scope(HoursRoles()...).At(entry.Station)
	if entry.Station == "" || len(scope.Stations) == 0 {
		return ErrNotFound
	}
	if faults := entry.Check(); len(faults) > 0 {
		return judged(faults)
	}
	entry.Jurisdiction, entry.By, entry.At = scope.Jurisdiction, actor.ID, o.now()
	return o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.SaveHours(ctx, entry); err != nil {
			return err
		}
		return tx.Record(ctx, o.hoursEntry(actor, scope, "hours"))
	})
}

// SetException closes a station on a day, opens it at other times, or withdraws that. The same again changes nothing.
func (o *Office) SetException(ctx context.Context, actor access.Actor, entry ExceptionEntry) error {
	scope := actor.Scope(HoursRoles()...).At(entry.Station)
	if entry.Station == "" || len(scope.Stations) == 0 {
		return ErrNotFound
	}
	if entry.Withdrawn {
		entry.Open, entry.Reason = nil, ""
	} else if faults := entry.Check(o.Today()); len(faults) > 0 {
		return judged(faults)
	}
	entry.Jurisdiction, entry.By, entry.At = scope.Jurisdiction, actor.ID, o.now()
	return o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.SaveException(ctx, entry); err != nil {
			return err
		}
		return tx.Record(ctx, o.hoursEntry(actor, scope, "hours_exception"))
	})
}

// hoursEntry is the ledger's line of what was set at a station.
func (o *Office) hoursEntry(actor access.Actor, scope access.Scope, purpose string) ledger.Entry {
	e := o.entry(actor, ledger.Filed, purpose)
	e.Jurisdiction, e.Station = scope.Jurisdiction, scope.Stations[0]
	return e
}

// Times is what a page shows that lets somebody choose a time.
type Times struct {
	Days    []civic.Date // with a free time
	Day     civic.Date   // the one whose times are shown; zero when no day is free
	Offers  []permit.Offer
	Horizon civic.Date         // from this day on nothing can be offered yet, because its holidays are not announced; zero when there is none
	Closed  []permit.Exception // days within the bounds on which the station departs from its week and takes nobody
}

// TimesOn lays out what a station offers around a day: that day if it is free, else the first free one after it, else the first.
func (o *Office) TimesOn(open Openings, asked civic.Date) (t Times) {
	if open.Closed {
		return t
	}
	now := o.now()
	t.Days, t.Horizon = open.Diary.FreeDays(now)
	if len(t.Days) > 0 {
		t.Day = t.Days[0]
		if i := slices.IndexFunc(t.Days, func(d civic.Date) bool { return !d.Before(asked) }); i >= 0 {
			t.Day = t.Days[i]
		}
		t.Offers, _ = open.Diary.Free(t.Day, now) // a free day is a known one
	}
	for day := o.Today(); !day.After(open.Diary.LastDay(o.Today())); day = day.AddDays(1) {
		if e, ok := open.Diary.Exceptions[day]; ok && len(e.Open) == 0 {
			t.Closed = append(t.Closed, e)
		}
	}
	return t
}
