package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/scene"
)

func TestTheDailyJobRunsTenMinutesAfterMidnightInTheCity(t *testing.T) {
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for now, want := range map[string]string{
		"2026-11-24T00:00:00+08:00": "2026-11-24T00:10:00+08:00",
		"2026-11-24T00:09:59+08:00": "2026-11-24T00:10:00+08:00",
		"2026-11-24T00:10:00+08:00": "2026-11-25T00:10:00+08:00",
		"2026-11-24T16:30:00Z":      "2026-11-26T00:10:00+08:00",
		"2026-11-24T15:59:59Z":      "2026-11-25T00:10:00+08:00",
		"2028-02-28T12:00:00+08:00": "2028-02-29T00:10:00+08:00",
		"2026-12-31T23:00:00+08:00": "2027-01-01T00:10:00+08:00",
	} {
		if got := nextDaily(at(now)); !got.Equal(at(want)) {
			t.Errorf("after %s it runs at %s, want %s", now, got.In(civic.Zone), want)
		}
	}
}

// TestTheDailyJobRunsAtTheStartAndEachDay counts the runs of a week, of which one fails and is tried again.
func TestTheDailyJobRunsAtTheStartAndEachDay(t *testing.T) {
	clock := scene.NewClock(time.Date(2026, 11, 24, 9, 30, 0, 0, civic.Zone))
	end := clock.Now().AddDate(0, 0, 7)
	var runs []string
	job := func(context.Context) error {
		runs = append(runs, clock.Now().In(civic.Zone).Format("02 15:04"))
		if len(runs) == 3 {
			return errors.New("the database is away")
		}
		return nil
	}
	runDaily(t.Context(), clock, job, func(_ context.Context, d time.Duration) bool {
		clock.Add(d)
		return clock.Now().Before(end)
	})
	if got := strings.Join(runs, ", "); got != "24 09:30, 25 00:10, 26 00:10, 26 00:20, 27 00:10, 28 00:10, 29 00:10, 30 00:10, 01 00:10" {
		t.Error(got)
	}
}

// TestDailyCommand runs it on the data folder of a house that is shut: it says for each city what it did.
func TestDailyCommand(t *testing.T) {
	data := dataFolder(t)
	out, err := start(t.Context(), nil, "daily", "-data", data, "-pg-bin", os.Getenv("ANJU_PG_BIN"), "-pg-npm", os.Getenv("ANJU_PG_NPM"))
	if err != nil {
		t.Fatal(err)
	}
	for _, city := range scene.Cities() {
		if !strings.Contains(out, city.Jurisdiction+": 0 suspended, 0 expired, 0 reminded, 0 asked for a rating, 0 residence lines written") {
			t.Errorf("%q", out)
		}
	}
	if _, err := start(t.Context(), nil, "daily", "now"); err == nil {
		t.Error("a word too many was taken")
	}
}
