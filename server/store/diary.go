package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// minutes stores the times of a day: beginning and end of each span in turn.
func minutes(d permit.OpenDay) []int32 {
	flat := make([]int32, 0, 2*len(d))
	for _, s := range d {
		flat = append(flat, int32(s.From), int32(s.To))
	}
	return flat
}

func openDay(flat []int32) permit.OpenDay {
	var d permit.OpenDay
	for i := 0; i+1 < len(flat); i += 2 {
		d = append(d, permit.Span{From: int(flat[i]), To: int(flat[i+1])})
	}
	return d
}

func (t *tx) Hours(ctx context.Context, jurisdiction, station string) (office.HoursEntry, error) {
	rows, err := t.q.Query(ctx, `
		select h.version, h.monday, h.tuesday, h.wednesday, h.thursday, h.friday, h.saturday, h.sunday, h.make_up, h.slot_minutes, h.capacity, h.notice_minutes,
			h.ahead_days, h.open_each, h.hint_days, h.entered_by, h.entered_at, s.name
		from opening_hours h join staff s on s.id = h.entered_by where h.jurisdiction = $1 and h.station = $2 order by h.version desc limit 1`, jurisdiction, station)
	if err != nil {
		return office.HoursEntry{}, failed(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Version                                                                int
		Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday, MakeUp []int32
		SlotMinutes, Capacity, NoticeMinutes, AheadDays, OpenEach, HintDays    int
		EnteredBy                                                              string
		EnteredAt                                                              time.Time
		Name                                                                   []byte
	}])
	if err != nil {
		return office.HoursEntry{}, failed(err)
	}
	e := office.HoursEntry{Jurisdiction: jurisdiction, Station: station, Version: r.Version, By: r.EnteredBy, At: r.EnteredAt,
		Hours: permit.Hours{MakeUp: openDay(r.MakeUp), SlotMinutes: r.SlotMinutes, Capacity: r.Capacity, NoticeMinutes: r.NoticeMinutes, AheadDays: r.AheadDays, OpenEach: r.OpenEach, HintDays: r.HintDays}}
	for i, flat := range [][]int32{r.Monday, r.Tuesday, r.Wednesday, r.Thursday, r.Friday, r.Saturday, r.Sunday} {
		e.Week[i] = openDay(flat)
	}
	open := t.opener("staff", r.EnteredBy)
	e.ByName = open.text("name", r.Name)
	return e, open.err
}

// SaveHours finds by the primary key whether somebody was faster.
func (t *tx) SaveHours(ctx context.Context, e office.HoursEntry) error {
	args := []any{e.Jurisdiction, e.Station, e.Version}
	for _, d := range e.Week {
		args = append(args, minutes(d))
	}
	args = append(args, minutes(e.MakeUp), e.SlotMinutes, e.Capacity, e.NoticeMinutes, e.AheadDays, e.OpenEach, e.HintDays, e.By, e.At)
	return fresh(t.q.Exec(ctx, `
		insert into opening_hours (jurisdiction, station, version, monday, tuesday, wednesday, thursday, friday, saturday, sunday, make_up, slot_minutes, capacity, notice_minutes,
			ahead_days, open_each, hint_days, entered_by, entered_at)
		select $1, $2, $3 + 1, $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[], $11::int[], $12, $13, $14, $15, $16, $17, $18, $19
		where $3 = coalesce((select max(version) from opening_hours where jurisdiction = $1 and station = $2), 0)
		on conflict do nothing`, args...))
}

func (t *tx) Exceptions(ctx context.Context, jurisdiction, station string, from civic.Date) ([]office.ExceptionEntry, error) {
	rows, err := t.q.Query(ctx, `
		select distinct on (day) day, times, reason, entered_by, entered_at from opening_exception
		where jurisdiction = $1 and station = $2 and day >= $3 order by day, version desc`, jurisdiction, station, day(from))
	if err != nil {
		return nil, failed(err)
	}
	type row struct {
		Day       time.Time
		Times     []int32
		Reason    string
		EnteredBy string
		EnteredAt time.Time
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, failed(err)
	}
	var list []office.ExceptionEntry
	for _, r := range found {
		if r.Times == nil { // withdrawn
			continue
		}
		list = append(list, office.ExceptionEntry{Jurisdiction: jurisdiction, Station: station, By: r.EnteredBy, At: r.EnteredAt,
			Exception: permit.Exception{Day: civil(&r.Day), Open: openDay(r.Times), Reason: r.Reason}})
	}
	return list, nil
}

// SaveException adds a version; of two officers at once the slower one writes the later version.
func (t *tx) SaveException(ctx context.Context, e office.ExceptionEntry) error {
	var times []int32
	if !e.Withdrawn {
		times = minutes(e.Open)
	}
	_, err := t.q.Exec(ctx, `
		insert into opening_exception (jurisdiction, station, day, version, times, reason, entered_by, entered_at)
		select $1, $2, $3::date, 1 + coalesce(max(version), 0), $4::int[], $5, $6, $7 from opening_exception where jurisdiction = $1 and station = $2 and day = $3::date`,
		e.Jurisdiction, e.Station, day(e.Day), times, e.Reason, e.By, e.At)
	return failed(err)
}

func (t *tx) StationsWithHours(ctx context.Context, jurisdiction string) ([]office.Station, error) {
	rows, err := t.q.Query(ctx, selectStation+`where s.jurisdiction = $1 and exists (select from opening_hours h where h.jurisdiction = s.jurisdiction and h.station = s.code) order by s.code`, jurisdiction)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, scanStation)
	return list, failed(err)
}

// Held locks the station's diary, so that one booking follows the other also in a slot that is still empty.
func (t *tx) Held(ctx context.Context, jurisdiction, station string, from, until civic.Date, lock bool) ([]permit.Held, error) {
	if lock {
		if _, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('appointment/' || $1 || '/' || $2, 0))`, jurisdiction, station); err != nil {
			return nil, failed(err)
		}
	}
	rows, err := t.q.Query(ctx, `
		select day, minute, until_minute, place from appointment
		where jurisdiction = $1 and station = $2 and day between $3 and $4 and state in ('booked', 'arrived', 'served', 'missed')`, jurisdiction, station, day(from), day(until))
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Held, error) {
		r, err := pgx.RowToStructByName[struct {
			Day                        time.Time
			Minute, UntilMinute, Place int
		}](row)
		return permit.Held{Slot: permit.Slot{Day: civil(&r.Day), Minute: r.Minute}, Until: r.UntilMinute, Place: r.Place}, err
	})
	return list, failed(err)
}
