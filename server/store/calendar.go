package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
)

func (t *tx) CalendarYears(ctx context.Context) ([]office.CalendarEntry, error) {
	rows, err := t.q.Query(ctx, `
		select distinct on (c.year) c.year, c.version, c.holidays, c.workdays, c.document, c.entered_by, c.entered_at, s.name
		from calendar_year c join staff s on s.id = c.entered_by order by c.year, c.version desc`)
	if err != nil {
		return nil, failed(err)
	}
	type row struct {
		Year, Version      int
		Holidays, Workdays []time.Time
		Document           string
		EnteredBy          string
		EnteredAt          time.Time
		Name               []byte
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, failed(err)
	}
	entries := make([]office.CalendarEntry, len(found))
	for i, r := range found {
		open := t.opener("staff", r.EnteredBy)
		entries[i] = office.CalendarEntry{CalendarYear: civic.CalendarYear{Year: r.Year, Holidays: civils(r.Holidays), Workdays: civils(r.Workdays)},
			Document: r.Document, Version: r.Version, By: r.EnteredBy, ByName: open.text("name", r.Name), At: r.EnteredAt}
		if open.err != nil {
			return nil, open.err
		}
	}
	return entries, nil
}

// SaveCalendarYear finds by the primary key whether somebody was faster.
func (t *tx) SaveCalendarYear(ctx context.Context, e office.CalendarEntry) error {
	return fresh(t.q.Exec(ctx, `
		insert into calendar_year (year, version, holidays, workdays, document, entered_by, entered_at)
		select $1, $2 + 1, $3, $4, $5, $6, $7 where $2 = coalesce((select max(version) from calendar_year where year = $1), 0)
		on conflict do nothing`, e.Year, e.Version, days(e.Holidays), days(e.Workdays), e.Document, e.By, e.At))
}

func civils(list []time.Time) []civic.Date {
	var out []civic.Date
	for i := range list {
		out = append(out, civil(&list[i]))
	}
	return out
}

func days(list []civic.Date) []time.Time {
	out := make([]time.Time, len(list))
	for i, d := range list {
		out[i] = *day(d)
	}
	return out
}
