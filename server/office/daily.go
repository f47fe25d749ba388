package office

import (
	"context"
	"time"

	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// dailyBatch is how many permits one transaction of the daily job takes: short enough that an officer who wants one of them waits a moment.
const dailyBatch = 500

// DailyCount is what the daily job did in a city.
type DailyCount struct {
	Jurisdiction string
	Suspended    int // events of the rule that suspends
	Expired      int
	Reckoned     int // permits from before residence was kept, whose first line was written
	Reminded     int // texts put into the outbox
	Closed       int // appointments whose day was over
	Asked        int // people asked for a rating
}

// Daily does what the rules of the day say, in every city: it suspends what was not endorsed, ends what has run out, writes both into
// history and ledger, and reminds holders of the days that come near. It may run twice, days late, or in two programs at once: each permit is changed once, and each change counts from its
// own day. It decides nothing else.
func (o *Office) Daily(ctx context.Context) (counts []DailyCount, err error) {
	for _, city := range o.Book.Jurisdictions() {
		count := DailyCount{Jurisdiction: city.Code}
		for _, part := range []func(context.Context, Tx, *DailyCount) (int, error){o.applyRules, o.reckonResidence, o.closeDays, o.remind, o.remindAppointments, o.remindDeadlines, o.tellHalfYears, o.askRatings} {
			for more := true; more && err == nil; {
				err = o.Store.Within(ctx, func(tx Tx) error {
					if err := tx.LockDaily(ctx, city.Code); err != nil {
						return err
					}
					before := count
					n, err := part(ctx, tx, &count)
					if err != nil {
						count = before // it is undone
					}
					more = n == dailyBatch
					return err
				})
			}
		}
		counts = append(counts, count)
		if err != nil {
			return counts, err
		}
	}
	return counts, nil
}

// applyRules settles a batch of permits.
func (o *Office) applyRules(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	now := o.now()
	due, err := tx.DuePermits(ctx, count.Jurisdiction, civic.DateOf(now), dailyBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	var changes []permit.Change
	var entries []ledger.Entry
	for _, p := range due {
		c := permit.Settle(p.Permit, now)
		for _, e := range c.Events {
			if e.Verb == permit.VerbSuspend {
				count.Suspended++
			} else {
				count.Expired++
			}
		}
		changes, entries = append(changes, c), append(entries, o.lifeEntries(house, p.Account, "", c)...)
		if err := o.tellRuled(ctx, tx, p.Account, c, now); err != nil {
			return 0, err
		}
	}
	if err := tx.SaveRuled(ctx, count.Jurisdiction, changes); err != nil {
		return 0, err
	}
	return len(due), tx.Record(ctx, entries...)
}

// tellRuled sends the holder word of what the rule has made of the permit; of two changes in a late run, the last.
func (o *Office) tellRuled(ctx context.Context, tx Tx, account string, c permit.Change, now time.Time) error {
	if account == "" || len(c.Events) == 0 {
		return nil
	}
	e := c.Events[len(c.Events)-1]
	kind := "expired"
	if e.Verb == permit.VerbSuspend {
		kind = "suspended"
	}
	_, err := o.tellByDay(ctx, tx, account, now, kind, "On", e.On)
	return err
}

// reckonResidence writes the first line of residence of permits that were issued before residence was kept: the day stands in the sealed
// particulars, which no migration can read.
func (o *Office) reckonResidence(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	applications, err := tx.Unreckoned(ctx, count.Jurisdiction, dailyBatch)
	if err != nil {
		return 0, err
	}
	for _, a := range applications {
		r, err := o.Ruleset(a.Ruleset)
		if err != nil {
			return 0, err
		}
		p := permit.Permit{Jurisdiction: a.Jurisdiction, Number: a.Permit, Person: a.Person, IssuedOn: a.IssuedOn}
		if err := tx.AddInterval(ctx, p, permit.FirstInterval(a, p, r)); err != nil {
			return 0, err
		}
		count.Reckoned++
	}
	return len(applications), nil
}
