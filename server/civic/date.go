// Package civic holds the values that a person brings to the counter: the
// citizen ID number, the name, the ethnic group, the divisions of the nation,
// the phone number, the social credit code, civil dates and working days. It
// knows nothing of residence permits and does no input or output.
package civic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Text is one text in both languages of the house.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Problem is the one error type of this package. Code is the end of a text
// key, such as "id_check"; it is never a sentence and never holds what the
// person typed, so it may be logged.
type Problem struct {
	Code string
}

// Error gives the code, for logs; people are shown the text of the code.
func (p *Problem) Error() string { return "civic: " + p.Code }

// Zone is the civil time of the nation, a fixed +08:00. It needs no time zone
// database; the daylight saving of 1986 to 1991 touches no date kept here.
var Zone = time.FixedZone("CST", 8*60*60)

// The years a Date can hold.
const (
	firstYear = 1
	lastYear  = 9999
)

// Date is a civil date in Zone, from 0001-01-01 to 9999-12-31. The zero Date
// is no date at all. Dates compare with ==.
type Date struct {
	y int16
	m uint8
	d uint8
}

// NewDate gives the date of a year, month (1..12) and day, or the Problem
// "date" if the calendar has no such day.
func NewDate(year, month, day int) (Date, error) {
	if year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, &Problem{Code: "date"}
	}
	return Date{int16(year), uint8(month), uint8(day)}, nil
}

// ParseDate reads exactly YYYY-MM-DD; anything else is the Problem "date".
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return Date{}, &Problem{Code: "date"}
	}
	year, okYear := digits(s[:4])
	month, okMonth := digits(s[5:7])
	day, okDay := digits(s[8:])
	if !okYear || !okMonth || !okDay {
		return Date{}, &Problem{Code: "date"}
	}
	return NewDate(year, month, day)
}

// MustDate is ParseDate for dates written in the program; it panics on others.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(fmt.Sprintf("civic: %q is not a date", s))
	}
	return d
}

// DateOf gives the civil date at an instant.
func DateOf(t time.Time) Date {
	return fromTime(t.In(Zone))
}

// Year gives the year, 0 for the zero Date.
func (d Date) Year() int { return int(d.y) }

// Month gives the month, 0 for the zero Date.
func (d Date) Month() time.Month { return time.Month(d.m) }

// Day gives the day of the month, 0 for the zero Date.
func (d Date) Day() int { return int(d.d) }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// IsZero says whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Compare gives -1, 0 or 1; no date comes before every date.
func (d Date) Compare(e Date) int {
	a, b := d.number(), e.number()
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Before says whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After says whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddDays gives the date n days later, or earlier for n below zero. It stops
// at the ends of the range; no date stays no date.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	const most = 4_000_000 // more days than the range has
	return fromTime(d.utc().AddDate(0, 0, min(max(n, -most), most)))
}

// AddMonths gives the corresponding day n months later, or earlier for n below
// zero; the end of that month if it has no such day (Civil Code, article 202).
// It stops at the ends of the range; no date stays no date.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	const most = 200_000 // more months than the range has
	months := int(d.y)*12 + int(d.m) - 1 + min(max(n, -most), most)
	year, month := floorDiv(months, 12), months-floorDiv(months, 12)*12+1
	switch {
	case year < firstYear:
		return Date{firstYear, 1, 1}
	case year > lastYear:
		return Date{lastYear, 12, 31}
	}
	return Date{int16(year), uint8(month), uint8(min(int(d.d), daysIn(year, month)))}
}

// DaysSince gives the days from e to d, below zero if d is earlier.
func (d Date) DaysSince(e Date) int {
	return int((d.utc().Unix() - e.utc().Unix()) / (24 * 60 * 60))
}

// YearsSince gives the full years from e to d: an age, if e is a birthday. A
// year is full on the corresponding day, month end if there is none; below
// zero if d is earlier.
func (d Date) YearsSince(e Date) int {
	if d.Before(e) {
		return -e.YearsSince(d)
	}
	years := int(d.y) - int(e.y)
	if e.AddMonths(12 * years).After(d) {
		years--
	}
	return years
}

// Start gives the instant at which the date begins.
func (d Date) Start() time.Time {
	return time.Date(int(d.y), time.Month(d.m), int(d.d), 0, 0, 0, 0, Zone)
}

// String gives YYYY-MM-DD, nothing for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.y, d.m, d.d)
}

// MarshalText gives what String gives.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText gives: YYYY-MM-DD, or nothing.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// MarshalJSON gives a string, null for no date.
func (d Date) MarshalJSON() ([]byte, error) {
	if d.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + d.String() + `"`), nil
}

// UnmarshalJSON reads a date string or null. The empty string is refused: a
// caller who sends it has not left the date out but filled it in wrongly.
func (d *Date) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*d = Date{}
		return nil
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return &Problem{Code: "date"}
	}
	parsed, err := ParseDate(s)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func (d Date) number() int { return int(d.y)<<16 | int(d.m)<<8 | int(d.d) }

func (d Date) utc() time.Time {
	return time.Date(int(d.y), time.Month(d.m), int(d.d), 0, 0, 0, 0, time.UTC)
}

func fromTime(t time.Time) Date {
	year, month, day := t.Date()
	switch {
	case year < firstYear:
		return Date{firstYear, 1, 1}
	case year > lastYear:
		return Date{lastYear, 12, 31}
	}
	return Date{int16(year), uint8(month), uint8(day)}
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// digits reads a string of ASCII digits only; strconv would take a sign.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}
