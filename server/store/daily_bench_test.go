package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
	"anju/server/store/storetest"
)

// citizens is how many permits the measured city has.
const citizens = 150_000

// BenchmarkDaily measures the daily job over 150,000 permits of a city, issued evenly over a year: on an ordinary day, on which one in 365
// is suspended, on the run after it, which finds nothing, and, as the worst there can be, on a day on which all of them are due because the
// house was shut for a year. The reference is the ordinary day in a city of 1,500 permits.
func BenchmarkDaily(b *testing.B) {
	for b.Loop() {
		small, _ := populated(b, citizens/100)
		large, _ := populated(b, citizens)
		base, _ := run(b, small, 0)
		ordinary, n := run(b, large, 0)
		idle, _ := run(b, large, 0)
		year, all := run(b, large, 366)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(ordinary.Seconds()*1000, "ms/ordinary-day")
		b.ReportMetric(float64(n), "suspended/ordinary-day")
		b.ReportMetric(idle.Seconds()*1000, "ms/second-run")
		b.ReportMetric(base.Seconds()*1000, "ms/day-of-1500")
		b.ReportMetric(year.Seconds()*1000, "ms/year-late")
		b.ReportMetric(float64(all), "suspended/year-late")
	}
}

// run does the daily job some days after the present and returns how long it took and how many permits it suspended.
func run(b *testing.B, h scene.House, days int) (time.Duration, int) {
	b.Helper()
	h.Clock.Set(scene.Morning.AddDate(0, 0, days))
	start := time.Now()
	counts, err := h.Office.Daily(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, c := range counts {
		n += c.Suspended
	}
	return time.Since(start), n
}

// populated makes a house with so many permits. Their sealed columns hold noise: the daily job opens none.
func populated(b testing.TB, n int) (h scene.House, address string) {
	b.Helper()
	address = storetest.Database(b)
	h, err := scene.NewHouse(b.Context(), storetest.OpenAt(b, address), "http://example.com", slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	if err := h.Furnish(ctx, "password of the test"); err != nil {
		b.Fatal(err)
	}
	clerk, err := h.Actor(ctx, "zz.issue")
	if err != nil {
		b.Fatal(err)
	}
	second, err := h.Actor(ctx, "zz.accept")
	if err != nil {
		b.Fatal(err)
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.Begin(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // it is committed below
	noise, index := make([]byte, 60), make([]byte, 32)
	today := civic.DateOf(scene.Morning)
	ids := func(kind byte, i int) uuid.UUID {
		return uuid.UUID{kind, 15: byte(i), 14: byte(i >> 8), 13: byte(i >> 16)}
	}
	own := func(kind byte, i int) []byte { u := ids(kind, i); return append(u[:], index[:16]...) }
	issuedOn := func(i int) time.Time {
		d := today.AddMonths(-12).AddDays(i%365 - 1)
		return d.Start().Add(9 * time.Hour)
	}
	number := func(i int) string { return permit.NewNumber("350602", 2025, i+1) }
	reference := func(i int) string { return fmt.Sprintf("3506-%04d-%04d", i/10_000, i%10_000) }
	for _, table := range []struct {
		name, columns string
		row           func(i int) []any
	}{
		{"person", "jurisdiction id name id_number ethnic_group phone id_number_index name_index surname_index initials_index created_at updated_at", func(i int) []any {
			return []any{city, ids(1, i), noise, noise, noise, noise, own(1, i), index, index, index, issuedOn(i), issuedOn(i)}
		}},
		{"application", "jurisdiction id reference ruleset tier station person particulars counter notice token token_index idempotency_key body_index state submitted_at accepted_on accepted_by statutory_by promised_by decided_on decided_by produced_on issued_on permit version", func(i int) []any {
			day := issuedOn(i)
			return []any{city, ids(2, i), reference(i), "zhangzhou-2016", "residence_permit", scene.Zhangzhou.Station(), ids(1, i), noise, "portal", "2026-11-26", noise, own(2, i), ids(2, i).String(), index,
				"issued", day, day, second.ID, day.AddDate(0, 0, 15), day.AddDate(0, 0, 7), day, clerk.ID, day, day, number(i), 5}
		}},
		{"permit", "jurisdiction number application person ruleset tier division issuer_zh issuer_en issued_on endorse_from endorse_by residence status status_since version status_list status_index token token_index", func(i int) []any {
			d := civic.DateOf(issuedOn(i))
			return []any{city, number(i), ids(2, i), ids(1, i), "zhangzhou-2016", "residence_permit", "350602", "公安局", "Police", at(d), at(d), at(d.AddMonths(12)), noise, "active", at(d), 1, 1, i, noise, own(3, i)}
		}},
		{"permit_event", "jurisdiction permit version verb status at day by_staff by_name", func(i int) []any {
			return []any{city, number(i), 1, "issue", "active", issuedOn(i), at(civic.DateOf(issuedOn(i))), clerk.ID, noise}
		}},
		{"residence_interval", "jurisdiction person line permit reason from_on written_on", func(i int) []any {
			return []any{city, ids(1, i), 1, number(i), "registered", at(civic.DateOf(issuedOn(i)).AddMonths(-7)), at(civic.DateOf(issuedOn(i)))}
		}},
	} {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{table.name}, strings.Fields(table.columns), pgx.CopyFromSlice(n, func(i int) ([]any, error) { return table.row(i), nil }))
		if err != nil {
			b.Fatal(table.name, err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `analyze`); err != nil {
		b.Fatal(err)
	}
	return h, address
}

// at is the start of a day in UTC, as the driver takes a date.
func at(d civic.Date) time.Time { return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC) }
