package civic

// DayKind is what the calendar says of a day beside its weekday.
type DayKind int

// The kinds of days.
const (
	OrdinaryDay DayKind = iota // its weekday says whether offices work
	Holiday                    // a day off by the State Council's notice, also on a weekend
	MakeUpDay                  // a Saturday or Sunday worked in exchange for a holiday
)

// KindOf tells what kind of day a day is. A day of a year without an announced
// arrangement is the problem calendar_horizon, never a guess.
func (c Calendar) KindOf(d Date) (DayKind, error) {
	if !c.years[d.Year()] {
		return OrdinaryDay, &Problem{Code: "calendar_horizon"}
	}
	worked, special := c.special[d]
	switch {
	case !special:
		return OrdinaryDay, nil
	case worked:
		return MakeUpDay, nil
	}
	return Holiday, nil
}
