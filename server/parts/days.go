package parts

import (
	"strconv"
	"strings"

	"anju/server/civic"
	"anju/server/text"
)

// Day is a day to choose: a link, because choosing it shows its times.
type Day struct {
	Date    civic.Date
	Href    string
	Current bool
}

// DaysView are days to choose from, the nearest first.
type DaysView struct {
	Label string
	Days  []Day
}

// firstDays is how many days are shown at once; the others are folded.
const firstDays = 6

func (v DaysView) first() []Day { return v.Days[:min(firstDays, len(v.Days))] }
func (v DaysView) later() []Day { return v.Days[min(firstDays, len(v.Days)):] }

func chosen(days []Day) bool {
	for _, d := range days {
		if d.Current {
			return true
		}
	}
	return false
}

// Weekday names the day of the week.
func Weekday(p text.Printer, d civic.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.Say("parts.weekday." + strconv.Itoa((int(d.Weekday())+6)%7+1))
}

// shortDate writes a day that is near: without its year.
func shortDate(p text.Printer, d civic.Date) string {
	year := strconv.Itoa(d.Year())
	return p.Pick(strings.TrimPrefix(Date(p, d), year+"年")+" "+Weekday(p, d), Weekday(p, d)+" "+strings.TrimSuffix(Date(p, d), " "+year))
}

// LongDate writes a date with its weekday: 2026年12月1日 周二, Tuesday 1 December 2026.
func LongDate(p text.Printer, d civic.Date) string {
	return p.Pick(Date(p, d)+" "+Weekday(p, d), Weekday(p, d)+" "+Date(p, d))
}
