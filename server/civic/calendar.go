package civic

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"
)

// CalendarYear is the arrangement of holidays that the State Council announces
// for one year, as a rule in the November before: the days off, and the days
// of weekends worked in exchange. Weekends need not be listed.
type CalendarYear struct {
	Year     int    `json:"year"`
	Holidays []Date `json:"holidays"`
	Workdays []Date `json:"workdays"`
}

// Calendar knows the working days of the years it was given. The zero Calendar
// covers no year. It does not change and may be shared.
type Calendar struct {
	years   map[int]bool
	special map[Date]bool // true: worked although a weekend; false: off
}

// NewCalendar makes a calendar of a table of years, the later entry for a year
// adding to the earlier. A listed day outside its year, or listed as both off
// and worked, is the problem calendar_table.
func NewCalendar(table []CalendarYear) (Calendar, error) {
	c := Calendar{years: make(map[int]bool), special: make(map[Date]bool)}
	for _, year := range table {
		c.years[year.Year] = true
		for _, list := range []struct {
			days   []Date
			worked bool
		}{{year.Holidays, false}, {year.Workdays, true}} {
			for _, d := range list.days {
				if worked, known := c.special[d]; d.Year() != year.Year || known && worked != list.worked {
					return Calendar{}, &Problem{Code: "calendar_table"}
				}
				c.special[d] = list.worked
			}
		}
	}
	return c, nil
}

// calendarData covers 2014 to 2026.
//
//go:embed data/calendar.json
var calendarData []byte

var defaultCalendar = sync.OnceValue(func() Calendar {
	var table []CalendarYear
	if err := json.Unmarshal(calendarData, &table); err != nil {
		panic("civic: data/calendar.json: " + err.Error())
	}
	c, err := NewCalendar(table)
	if err != nil {
		panic("civic: data/calendar.json: " + err.Error())
	}
	return c
})

// DefaultCalendar gives the national calendar of 2014 to 2026.
func DefaultCalendar() Calendar { return defaultCalendar() }

// Replaced is the calendar with the years of a table in place of what it knew of them; its other years stay. The problem is NewCalendar's.
func (c Calendar) Replaced(table ...CalendarYear) (Calendar, error) {
	if len(table) == 0 {
		return c, nil
	}
	added, err := NewCalendar(table)
	if err != nil {
		return Calendar{}, err
	}
	for d, worked := range c.special {
		if !added.years[d.Year()] {
			added.special[d] = worked
		}
	}
	for year := range c.years {
		added.years[year] = true
	}
	return added, nil
}

// Horizon is the last year up to which every year is known, counted from a day; zero when the day's own year is not.
func (c Calendar) Horizon(from Date) int {
	year := from.Year()
	for c.years[year] {
		year++
	}
	if year == from.Year() {
		return 0
	}
	return year - 1
}

// Days lists what is special in a year: days off, and weekend days worked in exchange, each in order.
func (c Calendar) Days(year int) CalendarYear {
	out := CalendarYear{Year: year}
	for _, d := range slices.SortedFunc(maps.Keys(c.special), Date.Compare) {
		switch {
		case d.Year() != year:
		case c.special[d]:
			out.Workdays = append(out.Workdays, d)
		default:
			out.Holidays = append(out.Holidays, d)
		}
	}
	return out
}

// Check finds what is wrong with a year that somebody entered, as codes by field ("holidays", "workdays"): a day outside the year, a day in
// both lists, a worked day that is no Saturday or Sunday, and fewer than the eleven days off that the law fixes (全国年节及纪念日放假办法:
// eleven, thirteen from 2025 on).
func (y CalendarYear) Check() map[string]string {
	wrong := map[string]string{}
	seen := map[Date]bool{}
	for _, d := range y.Holidays {
		if d.Year() != y.Year {
			wrong["holidays"] = "calendar_other_year"
		}
		seen[d] = true
	}
	least := 11
	if y.Year >= 2025 {
		least = 13
	}
	if wrong["holidays"] == "" && len(seen) < least {
		wrong["holidays"] = "calendar_too_few"
	}
	for _, d := range y.Workdays {
		switch {
		case d.Year() != y.Year:
			wrong["workdays"] = "calendar_other_year"
		case seen[d]:
			wrong["workdays"] = "calendar_both"
		case d.Weekday() != time.Saturday && d.Weekday() != time.Sunday:
			wrong["workdays"] = "calendar_no_weekend"
		}
	}
	return wrong
}

// Provisional is the calendar with the years up to and including through added as if they had weekends only. It serves a demonstration
// that is shown after the last announced year; a real deadline is never counted with it.
func (c Calendar) Provisional(through int) Calendar {
	years := maps.Clone(c.years)
	last := slices.Max(append(slices.Collect(maps.Keys(years)), 0))
	for year := last + 1; year <= through; year++ {
		years[year] = true
	}
	return Calendar{years: years, special: c.special}
}

// Covers reports whether the arrangement of the year of a date is known.
func (c Calendar) Covers(d Date) bool { return c.years[d.Year()] }

// IsWorkingDay says whether offices work on the day. A day of a year without
// an announced arrangement is the problem calendar_horizon, never a guess.
func (c Calendar) IsWorkingDay(d Date) (bool, error) {
	if !c.years[d.Year()] {
		return false, &Problem{Code: "calendar_horizon"}
	}
	if worked, special := c.special[d]; special {
		return worked, nil
	}
	weekday := d.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday, nil
}

// AddWorkingDays gives the n-th working day after d; the first day is not
// counted (Civil Code, article 201). For n of zero or less it is d. Beyond the
// covered years it is the problem calendar_horizon.
func (c Calendar) AddWorkingDays(d Date, n int) (Date, error) {
	for n > 0 {
		d = d.AddDays(1)
		working, err := c.IsWorkingDay(d)
		if err != nil {
			return Date{}, err
		}
		if working {
			n--
		}
	}
	return d, nil
}

// RollForward gives d if offices work on it, else the next day on which they
// do (Civil Code, article 203). Beyond the covered years it is the problem
// calendar_horizon.
func (c Calendar) RollForward(d Date) (Date, error) {
	for {
		working, err := c.IsWorkingDay(d)
		if err != nil {
			return Date{}, err
		}
		if working {
			return d, nil
		}
		d = d.AddDays(1)
	}
}
