package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
	"anju/server/policy"
)

// entryDraftRow is a draft of the catalogue as stored, with its writers since it was last released.
type entryDraftRow struct {
	Service    string
	Department string
	Ruleset    string
	State      office.EntryState
	Withdrawn  bool
	Entry      []byte
	Reason     *string
	SavedAt    time.Time
	SavedBy    string
	ByName     []byte
	Version    int
	Writers    []string
}

const selectEntryDrafts = `
	select d.service, d.department, d.ruleset, d.state, d.withdrawn, d.entry, d.reason, d.saved_at, d.saved_by, s.name as by_name, d.version,
		array(select distinct e.by_staff::text from catalogue_draft_event e
			where (e.jurisdiction, e.government, e.service, e.department) = (d.jurisdiction, d.government, d.service, d.department)
				and e.verb in ('save', 'hand_over', 'withdraw')
				and e.version > coalesce((select max(r.version) from catalogue_draft_event r
					where (r.jurisdiction, r.government, r.service, r.department) = (d.jurisdiction, d.government, d.service, d.department)
						and r.verb = 'release'), 0)) as writers
	from catalogue_draft d join staff s on s.id = d.saved_by `

func (t *tx) entryDraft(row entryDraftRow, key office.EntryKey) (d office.EntryDraft, err error) {
	open := t.opener("staff", row.SavedBy)
	key.Service, key.Department = row.Service, row.Department
	d = office.EntryDraft{EntryKey: key, Ruleset: row.Ruleset, State: row.State, Withdrawn: row.Withdrawn, Reason: orZero(row.Reason), SavedAt: row.SavedAt, By: row.SavedBy,
		ByName: open.text("name", row.ByName), Version: row.Version, Writers: row.Writers}
	if open.err != nil {
		return d, open.err
	}
	return d, json.Unmarshal(row.Entry, &d.Entry)
}

func (t *tx) EntryDrafts(ctx context.Context, jurisdiction, government string) ([]office.EntryDraft, error) {
	rows, err := t.q.Query(ctx, selectEntryDrafts+`where d.jurisdiction = $1 and d.government = $2 order by d.service, d.department`, jurisdiction, government)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[entryDraftRow])
	if err != nil {
		return nil, failed(err)
	}
	drafts := make([]office.EntryDraft, len(list))
	for i, row := range list {
		if drafts[i], err = t.entryDraft(row, office.EntryKey{Jurisdiction: jurisdiction, Government: government}); err != nil {
			return nil, err
		}
	}
	return drafts, nil
}

func (t *tx) EntryDraft(ctx context.Context, key office.EntryKey) (d office.EntryDraft, err error) {
	rows, err := t.q.Query(ctx, selectEntryDrafts+`where (d.jurisdiction, d.government, d.service, d.department) = ($1, $2, $3, $4)`,
		key.Jurisdiction, key.Government, key.Service, key.Department)
	if err != nil {
		return d, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[entryDraftRow])
	if err != nil {
		return d, failed(err)
	}
	return t.entryDraft(row, key)
}

func (t *tx) SaveEntryDraft(ctx context.Context, d office.EntryDraft, e office.EntryEvent) error {
	entry, err := json.Marshal(d.Entry)
	if err != nil {
		return err
	}
	args := []any{d.Jurisdiction, d.Government, d.Service, d.Department, d.Ruleset, d.State, d.Withdrawn, entry, orNull(d.Reason), d.SavedAt, d.By, d.Version}
	if d.Version == 1 {
		_, err = t.q.Exec(ctx, `
			insert into catalogue_draft (jurisdiction, government, service, department, ruleset, state, withdrawn, entry, reason, saved_at, saved_by, version)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, args...)
		err = failed(err)
	} else {
		err = fresh(t.q.Exec(ctx, `
			update catalogue_draft set ruleset = $5, state = $6, withdrawn = $7, entry = $8, reason = $9, saved_at = $10, saved_by = $11, version = $12
			where (jurisdiction, government, service, department) = ($1, $2, $3, $4) and version = $12 - 1`, args...))
	}
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `
		insert into catalogue_draft_event (jurisdiction, government, service, department, version, verb, at, by_staff, reason, release)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		d.Jurisdiction, d.Government, d.Service, d.Department, e.Version, e.Verb, e.At, e.By, orNull(e.Reason), orNull(e.Release))
	return failed(err)
}

func (t *tx) EntryEvents(ctx context.Context, key office.EntryKey) ([]office.EntryEvent, error) {
	rows, err := t.q.Query(ctx, `
		select e.version, e.verb, e.at, e.by_staff, s.name, e.reason, e.release from catalogue_draft_event e join staff s on s.id = e.by_staff
		where (e.jurisdiction, e.government, e.service, e.department) = ($1, $2, $3, $4) order by e.version`,
		key.Jurisdiction, key.Government, key.Service, key.Department)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		Version int
		Verb    string
		At      time.Time
		ByStaff string
		Name    []byte
		Reason  *string
		Release *int
	}])
	if err != nil {
		return nil, failed(err)
	}
	events := make([]office.EntryEvent, len(list))
	for i, row := range list {
		open := t.opener("staff", row.ByStaff)
		events[i] = office.EntryEvent{Version: row.Version, Verb: row.Verb, At: row.At, By: row.ByStaff, ByName: open.text("name", row.Name), Reason: orZero(row.Reason), Release: orZero(row.Release)}
		if open.err != nil {
			return nil, open.err
		}
	}
	return events, nil
}

func (t *tx) PublishedEntries(ctx context.Context, jurisdiction, service string) ([]office.PublishedEntry, error) {
	rows, err := t.q.Query(ctx, `
		select r.government, r.number, r.ruleset, r.released_on, e.department, e.entry
		from catalogue_release_entry e join catalogue_release r using (jurisdiction, government, number)
		where e.jurisdiction = $1 and e.service = $2
			and e.number = (select max(number) from catalogue_release l where l.jurisdiction = e.jurisdiction and l.government = e.government)
		order by r.government, e.position`, jurisdiction, service)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		Government string
		Number     int
		Ruleset    string
		ReleasedOn time.Time
		Department string
		Entry      []byte
	}])
	if err != nil {
		return nil, failed(err)
	}
	entries := make([]office.PublishedEntry, len(list))
	for i, row := range list {
		e := office.PublishedEntry{Jurisdiction: jurisdiction, Government: row.Government, Ruleset: row.Ruleset, Number: row.Number, ReleasedOn: civil(&row.ReleasedOn),
			ReleasedEntry: policy.ReleasedEntry{Service: service, Department: row.Department}}
		if err := json.Unmarshal(row.Entry, &e.Entry); err != nil {
			return nil, err
		}
		entries[i] = e
	}
	return entries, nil
}
