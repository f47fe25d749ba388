package permit

import (
	"slices"
	"strings"
	"time"

	"anju/server/civic"
)

// Slot is a time at which an appointment begins, on the wall clock of the nation: there is no daylight saving.
type Slot struct {
	Day    civic.Date
	Minute int // from midnight
}

// ParseSlot reads what String writes, and nothing else.
func ParseSlot(s string) (Slot, bool) {
	day, clock, ok := strings.Cut(s, "T")
	on, err := civic.ParseDate(day)
	minute, okTime := ParseTime(clock)
	slot := Slot{on, minute}
	if !ok || err != nil || !okTime || minute >= dayMinutes || slot.String() != s {
		return Slot{}, false
	}
	return slot, true
}

// String writes 2026-12-01T09:00.
func (s Slot) String() string { return s.Day.String() + "T" + Time(s.Minute) }

// Time is the time of day, HH:MM.
func (s Slot) Time() string { return Time(s.Minute) }

// Start is the instant at which the slot begins.
func (s Slot) Start() time.Time { return s.Day.Start().Add(time.Duration(s.Minute) * time.Minute) }

// Held is a place that an appointment takes: from its beginning to its end on one day.
type Held struct {
	Slot  Slot
	Until int // minute
	Place int
}

// Diary is what a station offers: its hours with their exceptions, the calendar, and which places are taken.
type Diary struct {
	Hours      Hours
	Version    int // of the hours
	Exceptions map[civic.Date]Exception
	Calendar   civic.Calendar
	Held       []Held
}

// Offer is a slot with the places that are left.
type Offer struct {
	Slot Slot
	Free int
}

// Slots are all slots of a day, free or not, past or not. A span that is not a multiple of the slot's length ends with time to spare.
func (d Diary) Slots(day civic.Date) ([]Slot, error) {
	open, err := d.openOn(day)
	if err != nil {
		return nil, err
	}
	var slots []Slot
	for _, span := range open {
		for at := span.From; at+d.Hours.SlotMinutes <= span.To; at += d.Hours.SlotMinutes {
			slots = append(slots, Slot{day, at})
		}
	}
	return slots, nil
}

// taken are the places that appointments take at some time during a slot: the slots may have had another length when they were booked.
func (d Diary) taken(s Slot) []int {
	var places []int
	for _, h := range d.Held {
		if h.Slot.Day == s.Day && h.Slot.Minute < s.Minute+d.Hours.SlotMinutes && h.Until > s.Minute {
			places = append(places, h.Place)
		}
	}
	return places
}

// Taken is how many appointments take place during a slot. It may be more than the capacity, when that was lowered afterwards.
func (d Diary) Taken(s Slot) int { return len(d.taken(s)) }

// Overbooked reports whether more people are booked at the time of an appointment than the station now takes: the capacity was lowered
// afterwards. Nobody is dropped for it; staff see it.
func (d Diary) Overbooked(h Held) bool {
	n := 0
	for _, other := range d.Held {
		if other.Slot.Day == h.Slot.Day && other.Slot.Minute < h.Until && other.Until > h.Slot.Minute {
			n++
		}
	}
	return n > d.Hours.Capacity
}

// Outside reports whether an appointment lies at a time at which the station no longer takes any: hours or exceptions changed afterwards.
func (d Diary) Outside(h Held) bool {
	open, err := d.openOn(h.Slot.Day)
	return err == nil && !slices.ContainsFunc(open, func(s Span) bool { return s.From <= h.Slot.Minute && h.Until <= s.To })
}

// Misfits counts by day the appointments that no longer fit.
func (d Diary) Misfits() map[civic.Date]int {
	n := map[civic.Date]int{}
	for _, h := range d.Held {
		if d.Overbooked(h) || d.Outside(h) {
			n[h.Slot.Day]++
		}
	}
	return n
}

// place finds a place in a slot: none is left when as many people as the station now takes are booked, whichever places they hold.
func (d Diary) place(s Slot) (int, bool) {
	taken := d.taken(s)
	if len(taken) >= d.Hours.Capacity {
		return 0, false
	}
	for place := 1; place <= d.Hours.Capacity; place++ {
		if !slices.Contains(taken, place) {
			return place, true
		}
	}
	return 0, false
}

// first and last are the bounds of what may be booked now.
func (d Diary) first(now time.Time) time.Time {
	return now.Add(time.Duration(d.Hours.NoticeMinutes) * time.Minute)
}

// LastDay is the last day that may be booked, by the hours alone.
func (d Diary) LastDay(today civic.Date) civic.Date { return today.AddDays(d.Hours.AheadDays) }

// Free are the slots of a day that may be booked now.
func (d Diary) Free(day civic.Date, now time.Time) ([]Offer, error) {
	if day.After(d.LastDay(civic.DateOf(now))) {
		return nil, nil
	}
	slots, err := d.Slots(day)
	if err != nil {
		return nil, err
	}
	var offers []Offer
	for _, s := range slots {
		if _, free := d.place(s); free && !s.Start().Before(d.first(now)) {
			offers = append(offers, Offer{s, d.Hours.Capacity - d.Taken(s)})
		}
	}
	return offers, nil
}

// FreeDays are the days that may be booked now and have a free slot. horizon is the first day that lies within the bound but beyond the
// announced holidays: from it on nothing can be offered yet; zero when there is none.
func (d Diary) FreeDays(now time.Time) (days []civic.Date, horizon civic.Date) {
	today := civic.DateOf(now)
	for day := today; !day.After(d.LastDay(today)); day = day.AddDays(1) {
		offers, err := d.Free(day, now)
		if err != nil {
			if horizon.IsZero() {
				horizon = day
			}
			continue
		}
		if len(offers) > 0 {
			days = append(days, day)
		}
	}
	return days, horizon
}

// Next are the first n free slots from a day on.
func (d Diary) Next(from civic.Date, now time.Time, n int) []Slot {
	if today := civic.DateOf(now); from.Before(today) {
		from = today
	}
	var next []Slot
	for day := from; !day.After(d.LastDay(civic.DateOf(now))) && len(next) < n; day = day.AddDays(1) {
		offers, err := d.Free(day, now)
		if err != nil {
			break
		}
		for _, o := range offers[:min(len(offers), n-len(next))] {
			next = append(next, o.Slot)
		}
	}
	return next
}
