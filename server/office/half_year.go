package office

import (
	"context"

	"anju/server/civic"
)

// halfYearLate is for how many days after its day the text still goes out: a job that stood still for longer stays silent.
const halfYearLate = 30

// tellHalfYears tells a batch of registered people that half a year is full and that they may apply now. Each text is written down with its
// registration, in one transaction: a run twice, late or in two programs tells nobody twice.
func (o *Office) tellHalfYears(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	now := o.now()
	today := civic.DateOf(now)
	due, err := tx.DueHalfYears(ctx, count.Jurisdiction, today.AddDays(-halfYearLate), today, dailyBatch)
	if err != nil {
		return 0, err
	}
	for _, r := range due {
		id, err := o.tellByDay(ctx, tx, r.Account, now, "half_year", "On", r.HalfYearOn)
		if err != nil {
			return 0, err
		}
		if err := tx.HalfYearTold(ctx, r.Jurisdiction, r.ID, id); err != nil {
			return 0, err
		}
	}
	count.Reminded += len(due)
	return len(due), nil
}
