package parts

import (
	"fmt"
	"strconv"
	"strings"

	"anju/server/civic"
)

// DateValue is a date as it was typed, kept so that a wrong one is shown again
// unchanged.
type DateValue struct{ Year, Month, Day string }

// ReadDate reads the three fields of a [DateFields] part with that name. Full-width
// figures, which Chinese keyboards give, become ordinary ones.
func ReadDate(name string, form func(string) string) DateValue {
	read := func(part string) string {
		return strings.Map(func(r rune) rune {
			if r >= '０' && r <= '９' {
				return r - '０' + '0'
			}
			return r
		}, strings.TrimSpace(form(name+part)))
	}
	return DateValue{Year: read("_year"), Month: read("_month"), Day: read("_day")}
}

// DateValueOf is what the fields show for a known date.
func DateValueOf(d civic.Date) DateValue {
	if d.IsZero() {
		return DateValue{}
	}
	return DateValue{Year: strconv.Itoa(d.Year()), Month: strconv.Itoa(int(d.Month())), Day: strconv.Itoa(d.Day())}
}

// Empty reports that nothing was typed.
func (v DateValue) Empty() bool { return v == DateValue{} }

// Date is the date that was typed. The error is for the caller to put in words;
// it says nothing that a person should read.
func (v DateValue) Date() (civic.Date, error) {
	var n [3]int
	for i, s := range []string{v.Year, v.Month, v.Day} {
		number, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return civic.Date{}, fmt.Errorf("date field %d: %w", i+1, err)
		}
		n[i] = int(number)
	}
	return civic.NewDate(n[0], n[1], n[2])
}
