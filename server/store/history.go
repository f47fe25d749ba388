package store

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/permit"
)

// eventRow names an event in what is bound into its sealed columns.
func eventRow(application string, version int) string {
	return application + "/" + strconv.Itoa(version)
}

// Events returns the history of an application, oldest first.
func (t *tx) Events(ctx context.Context, jurisdiction, application string) ([]permit.Event, error) {
	if err := ids(application); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, `
		select version, verb, state, at, day, coalesce(by_staff::text, '') as by_staff, by_name, coalesce(by_station, '') as by_station,
			coalesce(counter, '') as counter, coalesce(reason, '') as reason, note
		from application_event where jurisdiction = $1 and application = $2 order by version`, jurisdiction, application)
	if err != nil {
		return nil, failed(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Event, error) {
		r, err := pgx.RowToStructByName[struct {
			Version                             int
			Verb                                string
			State                               permit.State
			At, Day                             time.Time
			ByStaff, ByStation, Counter, Reason string
			ByName, Note                        []byte
		}](row)
		if err != nil {
			return permit.Event{}, failed(err)
		}
		open := t.opener("application_event", eventRow(application, r.Version))
		e := permit.Event{Verb: r.Verb, State: r.State, At: r.At, On: civil(&r.Day), By: permit.Officer{ID: r.ByStaff, Name: open.text("by_name", r.ByName), Station: r.ByStation},
			Counter: r.Counter, Reason: r.Reason, Note: open.text("note", r.Note)}
		return e, open.err
	})
}
