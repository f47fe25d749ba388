package permit

import (
	"fmt"
	"strings"

	"anju/server/civic"
)

// Span is a time of day in minutes from midnight (Asia/Shanghai); To no longer belongs to it.
type Span struct{ From, To int }

// OpenDay are the times at which a station takes appointments on one day, in their order; none is a day without appointments.
type OpenDay []Span

// MaxSpans is how many times a day may have: a morning, an afternoon and an evening.
const MaxSpans = 3

const dayMinutes = 24 * 60

// ParseOpenDay reads times as people type them: "8:30-12:00 14:30-17:30", with full-width signs and commas too. Nothing typed is a day
// without appointments. Times that overlap, run backwards or leave the day are refused.
func ParseOpenDay(s string) (OpenDay, bool) {
	s = strings.NewReplacer("：", ":", "－", "-", "—", "-", "–", "-", "～", "-", "~", "-", "，", " ", ",", " ", "、", " ", "；", " ", ";", " ").Replace(s)
	var day OpenDay
	for word := range strings.FieldsSeq(s) {
		from, to, ok := strings.Cut(word, "-")
		begins, okFrom := ParseTime(from)
		ends, okTo := ParseTime(to)
		if !ok || !okFrom || !okTo {
			return nil, false
		}
		day = append(day, Span{begins, ends})
	}
	return day, day.valid()
}

func (d OpenDay) valid() bool {
	last := 0
	for _, s := range d {
		if s.From < last || s.To <= s.From || s.To > dayMinutes {
			return false
		}
		last = s.To
	}
	return len(d) <= MaxSpans
}

// String writes the times as ParseOpenDay reads them.
func (d OpenDay) String() string {
	words := make([]string, len(d))
	for i, s := range d {
		words[i] = Time(s.From) + "-" + Time(s.To)
	}
	return strings.Join(words, " ")
}

// ParseTime reads a time of day, H:MM or HH:MM up to 24:00, as minutes from midnight.
func ParseTime(s string) (minute int, ok bool) {
	h, m, ok := strings.Cut(s, ":")
	if !ok || len(h) < 1 || len(h) > 2 || len(m) != 2 || strings.Trim(h+m, "0123456789") != "" {
		return 0, false
	}
	hours, minutes := 0, 0
	for _, r := range h {
		hours = hours*10 + int(r-'0')
	}
	for _, r := range m {
		minutes = minutes*10 + int(r-'0')
	}
	minute = hours*60 + minutes
	return minute, minutes < 60 && minute <= dayMinutes
}

// Time writes minutes from midnight as HH:MM.
func Time(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// Hours is how a station takes appointments. Its bounds serve order: walking in without an appointment is always possible, so they deny
// nobody anything.
type Hours struct {
	Week   [7]OpenDay // Monday first
	MakeUp OpenDay    // Saturdays and Sundays worked in exchange for a holiday

	SlotMinutes   int
	Capacity      int // people at one time
	NoticeMinutes int // least time between booking and appointment
	AheadDays     int // how far ahead one may book
	OpenEach      int // appointments that one person may have before them
	HintDays      int // for so many days a missed appointment is mentioned when the next is booked; 0 never
}

// The bounds of what a station may set.
const (
	MinSlotMinutes, MaxSlotMinutes = 5, 240
	MaxCapacity                    = 50
	MaxNoticeMinutes               = 7 * dayMinutes
	MaxAheadDays                   = 90
	MaxOpenEach                    = 10
	MaxHintDays                    = 366
)

// Check finds what is wrong with hours that somebody enters. Days that could not be read are the counter's to report.
func (h Hours) Check() Faults {
	var faults Faults
	for _, one := range []struct {
		field     string
		n, lo, hi int
	}{
		{"slot_minutes", h.SlotMinutes, MinSlotMinutes, MaxSlotMinutes}, {"capacity", h.Capacity, 1, MaxCapacity}, {"notice_minutes", h.NoticeMinutes, 0, MaxNoticeMinutes},
		{"ahead_days", h.AheadDays, 1, MaxAheadDays}, {"open_each", h.OpenEach, 1, MaxOpenEach}, {"hint_days", h.HintDays, 0, MaxHintDays},
	} {
		if one.n < one.lo || one.n > one.hi {
			faults = append(faults, Fault{one.field, "hours_" + one.field})
		}
	}
	return faults
}

// Exception is a day on which a station departs from its week: closed, or open at other times.
type Exception struct {
	Day    civic.Date
	Open   OpenDay // none: closed
	Reason string  // told to whoever looks for that day
}

// MaxExceptionReason is the longest reason, in characters.
const MaxExceptionReason = 60

// Check finds what is wrong with an exception that somebody enters today.
func (e Exception) Check(today civic.Date) Faults {
	var faults Faults
	if e.Day.IsZero() || e.Day.Before(today) || e.Day.After(today.AddMonths(18)) {
		faults = append(faults, Fault{"day", "exception_day"})
	}
	return append(faults, checkLine("exception_reason", e.Reason, MaxExceptionReason, true)...)
}

// openOn are the times of a day: its exception, else none on a holiday, the make-up times on a weekend day that is worked, and else those of
// its weekday. Beyond the announced holidays it is the problem calendar_horizon, never a guess; an exception needs no announcement.
func (d Diary) openOn(day civic.Date) (OpenDay, error) {
	if e, ok := d.Exceptions[day]; ok {
		return e.Open, nil
	}
	switch kind, err := d.Calendar.KindOf(day); {
	case err != nil:
		return nil, err
	case kind == civic.Holiday:
		return nil, nil
	case kind == civic.MakeUpDay:
		return d.Hours.MakeUp, nil
	}
	return d.Hours.Week[(int(day.Weekday())+6)%7], nil
}
