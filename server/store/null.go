package store

import (
	"time"

	"anju/server/civic"
)

// orNull stores a zero value as NULL; orZero reads it back.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// day stores a civil date; the zero date is NULL. The driver takes year, month and day of a time and nothing else.
func day(d civic.Date) *time.Time {
	if d.IsZero() {
		return nil
	}
	t := time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, time.UTC)
	return &t
}

// civil reads a civil date: midnight UTC is the same day in Shanghai.
func civil(t *time.Time) civic.Date {
	if t == nil {
		return civic.Date{}
	}
	return civic.DateOf(*t)
}
