//go:build soak

package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/scene"
)

// TestAYearOfReminders runs a year of the daily job over 100,000 permits, on which nobody acts: it is run twice on some days, and on some not at all.
// Every holder is told 30, 7 and 1 days before, or on the first run after, and nobody twice.
func TestAYearOfReminders(t *testing.T) {
	const holders, accounts = 100_000, 1_000
	h, address := populated(t, holders)
	ctx := t.Context()
	for i := range accounts {
		if err := h.Office.Store.Within(ctx, func(tx office.Tx) error {
			_, err := tx.AccountOf(ctx, fmt.Sprintf("139%08d", i), []string{"zh", "en"}[i%2], scene.Morning)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `
		with c as (select id, row_number() over (order by id) - 1 as n from account),
			p as (select id, row_number() over (order by id) as n from application where state = 'issued')
		update application a set account = c.id from p join c on c.n = p.n % $1 where a.id = p.id`, accounts); err != nil {
		t.Fatal(err)
	}

	first, start := civic.DateOf(scene.Morning), time.Now()
	var runs []civic.Date
	reminded := 0
	for n := range 400 {
		if n%11 == 3 || 200 <= n && n < 240 { // a day now and then, and forty in one piece
			continue
		}
		today := first.AddDays(n)
		runs = append(runs, today)
		h.Clock.Set(today.Start().Add(10 * time.Minute))
		for range 1 + n%2 {
			counts, err := h.Office.Daily(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range counts {
				reminded += c.Reminded
			}
		}
	}
	t.Logf("%d texts in %s", reminded, time.Since(start).Round(time.Second))

	sent := map[string][]int{}
	rows, err := conn.Query(ctx, `select r.permit, r.days from reminder r join message m on m.id = r.message and m.kind = 'endorse' order by r.permit, r.days desc`)
	if err != nil {
		t.Fatal(err)
	}
	var number string
	var days int
	if _, err := pgx.ForEachRow(rows, []any{&number, &days}, func() error { sent[number] = append(sent[number], days); return nil }); err != nil {
		t.Fatal(err)
	}
	due := map[string]civic.Date{}
	rows, err = conn.Query(ctx, `select number, endorse_by from permit`)
	if err != nil {
		t.Fatal(err)
	}
	var by time.Time
	if _, err := pgx.ForEachRow(rows, []any{&number, &by}, func() error { due[number] = civic.DateOf(by.Add(12 * time.Hour)); return nil }); err != nil {
		t.Fatal(err)
	}
	total := 0
	expected := map[civic.Date][]int{} // of the days on which a permit may be due
	for _, day := range slices.Collect(maps.Values(due)) {
		if _, ok := expected[day]; !ok {
			expected[day] = told(runs, day)
		}
	}
	for number, day := range due {
		if want := expected[day]; !slices.Equal(sent[number], want) {
			t.Fatalf("the permit due on %s was reminded %v days before, want %v", day, sent[number], want)
		}
		total += len(sent[number])
	}
	var messages int
	if err := conn.QueryRow(ctx, `select count(*) from message where kind = 'endorse'`).Scan(&messages); err != nil || messages != total || total != reminded {
		t.Errorf("%d texts in the outbox, %d lines, %d counted; %v", messages, total, reminded, err)
	}
	if len(due) != holders || total < holders*5/2 {
		t.Errorf("%d permits, %d texts", len(due), total)
	}
}

// told says which texts somebody must have been sent, written down without the rule's own words: at each run, the nearest of 30, 7 and 1 that
// the day has come to, once.
func told(runs []civic.Date, due civic.Date) (texts []int) {
	for _, run := range runs {
		left := due.DaysSince(run)
		for _, n := range []int{1, 7, 30} {
			if 0 <= left && left <= n {
				if !slices.Contains(texts, n) {
					texts = append(texts, n)
				}
				break
			}
		}
	}
	return texts
}
