package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"anju/server/civic"
	"anju/server/office"
)

// daily does what the rules of the day say, once, and prints what it did. It may run beside a server that does the same.
func daily(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) (err error) {
	if len(rest) > 0 {
		return fmt.Errorf("daily takes settings only, not %q", rest[0])
	}
	h, err := openHouse(ctx, c, clock{}, false, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	counts, err := h.office.Daily(ctx)
	for _, n := range counts {
		fmt.Fprintf(out, "%s: %d suspended, %d expired, %d reminded, %d asked for a rating, %d residence lines written\n", n.Jurisdiction, n.Suspended, n.Expired, n.Reminded, n.Asked, n.Reckoned)
	}
	return err
}

// dailyAt is when the daily job runs, counted from the start of the day in the city: after midnight, when a missed day is over.
const dailyAt = 10 * time.Minute

// nextDaily is the next time of the daily job after a moment.
func nextDaily(now time.Time) time.Time {
	today := civic.DateOf(now).Start().Add(dailyAt)
	if now.Before(today) {
		return today
	}
	return civic.DateOf(now).AddDays(1).Start().Add(dailyAt)
}

// runDaily runs the daily job at once, because the house may have been shut at its time, and then each day. wait returns false when the house
// closes. A run that fails is tried again after a while.
func runDaily(ctx context.Context, clock office.Clock, job func(context.Context) error, wait func(context.Context, time.Duration) bool) {
	const again = 10 * time.Minute
	for {
		err := job(ctx)
		pause := nextDaily(clock.Now()).Sub(clock.Now())
		if err != nil {
			pause = min(pause, again)
		}
		if !wait(ctx, pause) {
			return
		}
	}
}

// sleep waits, and reports whether the time has passed.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// dailyJob is the job with its lines in the log: what it did, and that it could not.
func dailyJob(o *office.Office, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		counts, err := o.Daily(ctx)
		for _, n := range counts {
			if n.Suspended+n.Expired+n.Reminded+n.Asked+n.Reckoned > 0 {
				log.Info("the daily job has run", "jurisdiction", n.Jurisdiction, "suspended", n.Suspended, "expired", n.Expired, "reminded", n.Reminded, "asked", n.Asked, "reckoned", n.Reckoned)
			}
		}
		if err != nil && ctx.Err() == nil {
			log.Error("the daily job has failed; it is tried again", "err", err)
		}
		return err
	}
}
