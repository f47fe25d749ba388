package office

import (
	"context"

	"anju/server/permit"
)

// LeastRatings is how many ratings a month must have before its counts are published: a small number would tell of somebody.
const LeastRatings = 5

// RatingCount is how often a level was given in a month.
type RatingCount struct {
	Month, County string
	Level         permit.RatingLevel
	Count         int
}

// RatingSum is how a month, or a county, was rated.
type RatingSum map[permit.RatingLevel]int

// Total is how many ratings there are.
func (s RatingSum) Total() (n int) {
	for _, count := range s {
		n += count
	}
	return n
}

// Good is how many of them are not bad.
func (s RatingSum) Good() (n int) {
	for level, count := range s {
		if !level.Bad() {
			n += count
		}
	}
	return n
}

// Rate is the share of those that are not bad (满意率), in percent; nil where nobody rated.
func (s RatingSum) Rate() *float64 {
	if s.Total() == 0 {
		return nil
	}
	rate := 100 * float64(s.Good()) / float64(s.Total())
	return &rate
}

// ratingSums sums what belongs to the same month, or whatever else of names.
func ratingSums(counts []RatingCount, of func(RatingCount) string) map[string]RatingSum {
	sums := map[string]RatingSum{}
	for _, c := range counts {
		if sums[of(c)] == nil {
			sums[of(c)] = RatingSum{}
		}
		sums[of(c)][c.Level] += c.Count
	}
	return sums
}

// PublicRatings are how a city was rated by month, that anyone may see: of the whole city, and of months with LeastRatings or more only. No sum
// over months is given, from which a month that is left out could be told.
func (o *Office) PublicRatings(ctx context.Context, jurisdiction string) (months map[string]RatingSum, err error) {
	if _, ok := o.Book.Jurisdiction(jurisdiction); !ok {
		return nil, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		counts, err := tx.RatingMonths(ctx, jurisdiction, o.since())
		months = ratingSums(counts, func(c RatingCount) string { return c.Month })
		return err
	})
	for month, sum := range months {
		if sum.Total() < LeastRatings {
			delete(months, month)
		}
	}
	return months, err
}
