package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
	"anju/server/policy"
)

func (t *tx) LockCatalogue(ctx context.Context, government string) error {
	_, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('catalogue/' || $1, 0))`, government)
	return failed(err)
}

func (t *tx) CreateRelease(ctx context.Context, r office.Release, key string) error {
	_, err := t.q.Exec(ctx, `
		insert into catalogue_release (jurisdiction, government, number, ruleset, released_at, released_on, released_by, note, digest, idempotency_key)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.Jurisdiction, r.Government, r.Number, r.Ruleset, r.ReleasedAt, day(r.ReleasedOn), r.By, r.Note, r.Digest, key)
	if err != nil {
		return failed(err)
	}
	for i, e := range r.Entries {
		entry, err := json.Marshal(e.Entry)
		if err != nil {
			return err
		}
		_, err = t.q.Exec(ctx, `
			insert into catalogue_release_entry (jurisdiction, government, number, service, department, position, entry) values ($1, $2, $3, $4, $5, $6, $7)`,
			r.Jurisdiction, r.Government, r.Number, e.Service, e.Department, i+1, entry)
		if err != nil {
			return failed(err)
		}
	}
	return nil
}

// releaseRow is a release as stored, with the report about it.
type releaseRow struct {
	Jurisdiction string
	Government   string
	Number       int
	Ruleset      string
	ReleasedAt   time.Time
	ReleasedOn   time.Time
	ReleasedBy   string
	ByName       []byte
	Note         string
	Digest       []byte
	ReportedOn   *time.Time
	Document     *string
	RecordedAt   *time.Time
	RecordedBy   *string
	Recorder     []byte
}

const selectReleases = `
	select r.jurisdiction, r.government, r.number, r.ruleset, r.released_at, r.released_on, r.released_by, s.name as by_name, r.note, r.digest,
		p.reported_on, p.document, p.recorded_at, p.recorded_by, w.name as recorder
	from catalogue_release r join staff s on s.id = r.released_by
		left join catalogue_release_report p using (jurisdiction, government, number) left join staff w on w.id = p.recorded_by `

func (t *tx) releases(ctx context.Context, where string, args ...any) ([]office.Release, error) {
	rows, err := t.q.Query(ctx, selectReleases+where, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[releaseRow])
	if err != nil {
		return nil, failed(err)
	}
	releases := make([]office.Release, len(list))
	for i, row := range list {
		open := t.opener("staff", row.ReleasedBy)
		releases[i] = office.Release{Jurisdiction: row.Jurisdiction, Government: row.Government, Number: row.Number, Ruleset: row.Ruleset, ReleasedAt: row.ReleasedAt,
			ReleasedOn: civil(&row.ReleasedOn), By: row.ReleasedBy, ByName: open.text("name", row.ByName), Note: row.Note, Digest: row.Digest}
		if open.err == nil && row.ReportedOn != nil {
			open = t.opener("staff", orZero(row.RecordedBy))
			releases[i].Report = &office.ReleaseReport{On: civil(row.ReportedOn), Document: orZero(row.Document), RecordedAt: orZero(row.RecordedAt), By: orZero(row.RecordedBy),
				ByName: open.text("name", row.Recorder)}
		}
		if open.err != nil {
			return nil, open.err
		}
	}
	return releases, nil
}

// oneRelease is the only one of a list, ErrNotFound when there is none.
func oneRelease(list []office.Release, err error) (office.Release, error) {
	if err == nil && len(list) == 0 {
		err = office.ErrNotFound
	}
	if err != nil {
		return office.Release{}, err
	}
	return list[0], nil
}

func (t *tx) Releases(ctx context.Context, jurisdiction, government string) ([]office.Release, error) {
	return t.releases(ctx, `where r.jurisdiction = $1 and r.government = $2 order by r.number desc`, jurisdiction, government)
}

func (t *tx) LatestReleases(ctx context.Context, jurisdiction string) ([]office.Release, error) {
	return t.releases(ctx, `
		where r.jurisdiction = $1 and r.number = (select max(l.number) from catalogue_release l where l.jurisdiction = r.jurisdiction and l.government = r.government)
		order by r.government`, jurisdiction)
}

func (t *tx) ReleaseWithKey(ctx context.Context, jurisdiction, key string) (office.Release, error) {
	return oneRelease(t.releases(ctx, `where r.jurisdiction = $1 and r.idempotency_key = $2`, jurisdiction, key))
}

func (t *tx) Release(ctx context.Context, jurisdiction, government string, number int) (office.Release, error) {
	r, err := oneRelease(t.releases(ctx, `where r.jurisdiction = $1 and r.government = $2 and r.number = $3`, jurisdiction, government, number))
	if err != nil {
		return r, err
	}
	rows, err := t.q.Query(ctx, `
		select service, department, entry from catalogue_release_entry where jurisdiction = $1 and government = $2 and number = $3 order by position`,
		jurisdiction, government, number)
	if err != nil {
		return r, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		Service    string
		Department string
		Entry      []byte
	}])
	if err != nil {
		return r, failed(err)
	}
	for _, row := range list {
		e := policy.ReleasedEntry{Service: row.Service, Department: row.Department}
		if err := json.Unmarshal(row.Entry, &e.Entry); err != nil {
			return r, err
		}
		r.Entries = append(r.Entries, e)
	}
	return r, nil
}

func (t *tx) CreateReport(ctx context.Context, r office.Release, report office.ReleaseReport) error {
	_, err := t.q.Exec(ctx, `
		insert into catalogue_release_report (jurisdiction, government, number, reported_on, document, recorded_at, recorded_by) values ($1, $2, $3, $4, $5, $6, $7)`,
		r.Jurisdiction, r.Government, r.Number, day(report.On), report.Document, report.RecordedAt, report.By)
	return failed(err)
}
