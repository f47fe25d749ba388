package permit

import "anju/server/civic"

// Reminder is one of the texts before a day on which a permit runs out or must be endorsed (签注), and the days on which that day must lie for
// it to be sent. A run of the daily job that is late sends the one that still fits, never two at once.
type Reminder struct {
	Days        int // at most so many days before
	From, Until civic.Date
}

// Reminders are the texts of a day: 30, 7 and 1 days before. The last one still goes out on the day itself.
func Reminders(today civic.Date) []Reminder {
	const early, near, last = 30, 7, 1
	return []Reminder{
		{early, today.AddDays(near + 1), today.AddDays(early)},
		{near, today.AddDays(last + 1), today.AddDays(near)},
		{last, today, today.AddDays(last)},
	}
}

// CollectDays is within how many days of its making a card is best collected. No text sets a day: nothing lapses after it, and the reminders
// only count to it.
const CollectDays = 30
