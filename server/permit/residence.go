package permit

import (
	"anju/server/civic"
	"anju/server/policy"
)

// The reasons for which the count of residence begins, begins anew or ends.
const (
	ReasonRegistered      = "registered"       // the registration on which a permit rests
	ReasonLegacyPermit    = "legacy_permit"    // a temporary permit (暂住证) that was valid before: a stretch with both its days
	ReasonLateEndorsement = "late_endorsement" // Decree 663 Art. 10
	ReasonCrossCounty     = "cross_county"     // moved to another county of the city, where the ruleset begins anew for it
	ReasonOtherPrefecture = "other_prefecture" // moved here from another city (Fujian Order 175 Art. 12)
	ReasonCancelled       = "cancelled"        // nothing is counted from then on
)

// Interval is one line of a person's residence. Lines are only ever added; what is counted follows from all of them.
type Interval struct {
	Reason string
	From   civic.Date // the day from which years count; zero for cancelled
	Until  civic.Date // the last day that the stretch before counts, or, of a legacy permit, its own; zero where the next line says it
	On     civic.Date // the day on which it was written
	Permit string     // under which it was written
}

// Residence are the lines of a person in a city, oldest first.
type Residence []Interval

// FirstInterval is the residence on which a permit rests: from the registration, or from the issue where the ruleset counts so or no
// registration was asked for.
func FirstInterval(a Application, p Permit, r *policy.Ruleset) Interval {
	first := Interval{Reason: ReasonRegistered, From: p.IssuedOn, On: p.IssuedOn, Permit: p.Number}
	if registered := a.Particulars.RegisteredOn; r.ResidenceYears.CountedFrom == "registration" && !registered.IsZero() {
		first.From = registered
	}
	return first
}

// stretch is a time that counts, both days included; without an end it goes on.
type stretch struct {
	from, until civic.Date
	legacy      bool
}

// stretches draws what counts out of the lines.
func (r Residence) stretches() (list []stretch, open bool) {
	end := func(until civic.Date) {
		if open && list[len(list)-1].until.IsZero() {
			list[len(list)-1].until = until
		}
		open = false
	}
	for _, line := range r {
		switch line.Reason {
		case ReasonLegacyPermit:
			list = append([]stretch{{line.From, line.Until, true}}, list...)
			continue
		case ReasonCancelled:
			end(line.Until)
			continue
		case ReasonRegistered:
			if open && !line.From.After(list[len(list)-1].from) {
				continue // another permit on the same registration: a count that began anew is not taken back
			}
		}
		if until := line.Until; until.IsZero() {
			end(line.From.AddDays(-1))
		} else {
			end(until)
		}
		list, open = append(list, stretch{from: line.From}), true
	}
	return list, open
}

// Since is the day from which residence counts without a break, for a day on or after the last line. A temporary permit that ran until the
// registration is part of it. The zero date: nothing is counted.
func (r Residence) Since(day civic.Date) civic.Date {
	list, open := r.stretches()
	if !open || list[len(list)-1].from.After(day) {
		return civic.Date{}
	}
	since := list[len(list)-1].from
	for _, line := range r {
		if line.Reason == ReasonRegistered && line.From == since {
			return joined(list, len(list)-1)
		}
	}
	return since
}

// joined goes back from a stretch over the temporary permits that reach up to it.
func joined(list []stretch, i int) civic.Date {
	from := list[i].from
	for i--; i >= 0 && list[i].legacy && !list[i].until.AddDays(1).Before(from); i-- {
		if list[i].from.Before(from) {
			from = list[i].from
		}
	}
	return from
}

// YearsOn are the whole years of continuous residence (连续) on a day: a year is full on the corresponding day, the month's last where there
// is none.
func (r Residence) YearsOn(day civic.Date) int {
	since := r.Since(day)
	if since.IsZero() {
		return 0
	}
	return day.YearsSince(since)
}

// CumulativeYearsOn are the whole years of all stretches together (累计). The time between a missed endorsement and a late one is in none of
// them: nothing shows where the holder lived.
func (r Residence) CumulativeYearsOn(day civic.Date) int {
	years, days := 0, 0
	var last civic.Date // what has been counted so far ends before this day
	list, _ := r.stretches()
	for i, s := range list {
		from, end := s.from, day
		if i > 0 && from.Before(last) {
			from = last
		}
		if !s.until.IsZero() && s.until.AddDays(1).Before(day) {
			end = s.until.AddDays(1) // the day on which it is full
		}
		if !from.Before(end) {
			continue
		}
		whole := end.YearsSince(from)
		years += whole
		days += end.DaysSince(from.AddMonths(12 * whole))
		last = end
	}
	return years + days/365
}
