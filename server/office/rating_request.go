package office

import (
	"context"

	"anju/server/civic"
)

// askRatings asks a batch of people, the day after, what they think of what was done for them: once for each deed, whether the job runs twice,
// late or in two programs.
func (o *Office) askRatings(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	rules, _, err := o.InForce(count.Jurisdiction)
	if err != nil {
		return 0, err
	}
	now := o.now()
	today := civic.DateOf(now)
	due, err := tx.Unasked(ctx, count.Jurisdiction, today.AddDays(-rules.Ratings.OpenDays), today, dailyBatch)
	if err != nil {
		return 0, err
	}
	for _, d := range due {
		kind, pairs := "rate_endorsement", []string(nil)
		if d.Application != "" {
			kind, pairs = "rate_application", []string{"Reference", d.Reference}
		}
		a, err := tx.Account(ctx, d.Account)
		if err != nil {
			return 0, err
		}
		m := o.message(a.Phone, a.Lang, kind, pairs...)
		m.NotBefore = daytime(now)
		if err := tx.Send(ctx, m); err != nil {
			return 0, err
		}
		if err := tx.Asked(ctx, d, m.ID, now); err != nil {
			return 0, err
		}
	}
	count.Asked += len(due)
	return len(due), nil
}
