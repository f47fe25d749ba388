package store

import (
	"context"
	"time"

	"anju/server/office"
)

// sweeps delete what has served its purpose (PIPL Art. 19: kept no longer than needed). Each takes the time before which a row is old.
var sweeps = []struct {
	keep time.Duration
	sql  string
}{
	{0, `delete from parked_form where until < $1`},
	{0, `delete from throttle where until < $1`},
	{time.Hour, `delete from draft where owner_kind = 'kiosk' and updated_at < $1`}, // of a visit that no screen will wipe any more
	{24 * time.Hour, `delete from challenge where expires_at < $1`},
	{24 * time.Hour, `delete from message where kind = 'sign_in_code' and created_at < $1`}, // a code that is handed over late confuses
	{7 * 24 * time.Hour, `delete from session where coalesce(ended_at, seen_at) < $1`},
	{30 * 24 * time.Hour, `delete from message where sent_at < $1`},
	// Changes go in the order of their positions, up to the first one that is still kept, so that a reader is told where they begin.
	{office.ChangesKept, `with kept as (
			select h.jurisdiction, coalesce((select min(c.position) from change c where c.jurisdiction = h.jurisdiction and c.at >= $1), h.last + 1) as first from change_horizon h
		), gone as (
			delete from change c using kept where c.jurisdiction = kept.jurisdiction and c.position < kept.first returning c.jurisdiction, c.position
		)
		update change_horizon h set purged = g.last from (select jurisdiction, max(position) as last from gone group by 1) g where g.jurisdiction = h.jurisdiction`},
	{AppointmentNameKept, `update appointment set name = null where name is not null and day < ($1 at time zone 'Asia/Shanghai')::date`},
	{0, `delete from confirmation c where keep_until < ($1::timestamptz at time zone 'Asia/Shanghai')::date
		and not exists (select from person p where p.jurisdiction = c.jurisdiction and p.id_number_index = c.id_number_index)`},
	// What has run out or was withdrawn a year ago counts for nothing and explains nothing any more.
	{365 * 24 * time.Hour, `delete from confirmation where (valid_until < ($1::timestamptz at time zone 'Asia/Shanghai')::date or withdrawn_at < $1)
		and not exists (select from objection o where o.jurisdiction = confirmation.jurisdiction and o.confirmation = confirmation.id and o.answered_at is null)`},
	{RefusalKept, `update refusal_report set place = null, words = null, permit_number = null
		where answered_at < $1 and (place is not null or words is not null or permit_number is not null)`},
	{RatingKept, `update rating set comment = null
		where coalesce(answered_at, rated_at) < $1 and comment is not null and (level not in ('dissatisfied', 'very_dissatisfied') or answered_at is not null)`},
}

// RefusalKept is how long what somebody wrote about a refusal is kept after the answer. Department, kind, days and answer stay.
const RefusalKept = 2 * 365 * 24 * time.Hour

// AppointmentNameKept is how long the name of whoever had an appointment without an application is kept after its day.
const AppointmentNameKept = 90 * 24 * time.Hour

// RatingKept is how long what somebody wrote with a rating is kept: after the rating, or after the answer where one is due. Level, tags and
// answer stay.
const RatingKept = 2 * 365 * 24 * time.Hour

func (t *tx) Sweep(ctx context.Context, now time.Time) (swept int, err error) {
	for _, s := range sweeps {
		tag, err := t.q.Exec(ctx, s.sql, now.Add(-s.keep))
		if err != nil {
			return swept, failed(err)
		}
		swept += int(tag.RowsAffected())
	}
	return swept, nil
}
