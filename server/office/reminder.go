package office

import (
	"context"
	"time"

	"anju/server/civic"
	"anju/server/permit"
)

// ReminderTx keeps which reminders were sent.
type ReminderTx interface {
	// DueReminders returns active permits whose day lies in the reminder's and whose account was not sent it yet.
	DueReminders(ctx context.Context, jurisdiction string, r permit.Reminder, limit int) ([]DueReminder, error)
	// Reminded writes down that a message is the reminder. A second one for the same day of the permit fails.
	Reminded(ctx context.Context, jurisdiction string, d DueReminder, days int, message string) error
}

// DueReminder is whom to remind of what.
type DueReminder struct {
	Permit  string // its number
	DueOn   civic.Date
	Endorse bool // the day of an endorsement; else the last day of the permit
	Account string
}

// remind puts a batch of reminders into the outbox. Each is written down with its text, in one transaction: a run twice, late or in two
// programs tells nobody twice.
func (o *Office) remind(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	now := o.now()
	n := 0
	for _, r := range permit.Reminders(civic.DateOf(now)) {
		if n == dailyBatch {
			break
		}
		due, err := tx.DueReminders(ctx, count.Jurisdiction, r, dailyBatch-n)
		if err != nil {
			return 0, err
		}
		for _, d := range due {
			kind, arg := "expires", "On"
			if d.Endorse {
				kind, arg = "endorse", "By"
			}
			id, err := o.tellByDay(ctx, tx, d.Account, now, kind, arg, d.DueOn)
			if err != nil {
				return 0, err
			}
			if err := tx.Reminded(ctx, count.Jurisdiction, d, r.Days, id); err != nil {
				return 0, err
			}
		}
		n += len(due)
	}
	count.Reminded += n
	return n, nil
}

// tellByDay puts a text about a day into the outbox, in the language of the account, to go out by day. It returns the id of the text.
func (o *Office) tellByDay(ctx context.Context, tx Tx, account string, now time.Time, kind, arg string, day civic.Date) (string, error) {
	a, err := tx.Account(ctx, account)
	if err != nil {
		return "", err
	}
	m := o.message(a.Phone, a.Lang, kind, arg, day.String())
	m.NotBefore = daytime(now)
	return m.ID, tx.Send(ctx, m)
}

// daytime is the moment itself, or nine o'clock next: a text that nobody waits for wakes nobody.
func daytime(now time.Time) time.Time {
	const opens, closes = 9 * time.Hour, 20 * time.Hour
	today := civic.DateOf(now)
	switch at := now.Sub(today.Start()); {
	case at < opens:
		return today.Start().Add(opens)
	case at >= closes:
		return today.AddDays(1).Start().Add(opens)
	}
	return now
}
