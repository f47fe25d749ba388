package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/office"
)

func draftPlace(id string) place { return place{"draft", id, "draft"} }

func (t *tx) CreateDraft(ctx context.Context, d office.DraftRecord) error {
	sealed, err := t.secrets.sealJSON(draftPlace(d.ID), d.Draft)
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `insert into draft (jurisdiction, id, owner, owner_kind, draft, updated_at, version) values ($1, $2, $3, $4, $5, $6, $7)`,
		d.Jurisdiction, d.ID, d.Owner, d.OwnerKind, sealed, d.UpdatedAt, d.Version)
	return failed(err)
}

func (t *tx) DraftOf(ctx context.Context, owner string, view ledger.Entry) (d office.DraftRecord, err error) {
	rows, err := t.q.Query(ctx, `select jurisdiction, id, owner_kind, draft, updated_at, version from draft where owner = $1 for update`, owner)
	if err != nil {
		return d, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Jurisdiction string
		ID           string
		OwnerKind    access.Kind
		Draft        []byte
		UpdatedAt    time.Time
		Version      int
	}])
	if err != nil {
		return d, failed(err)
	}
	seen := sight{jurisdiction: row.Jurisdiction, object: "draft/" + row.ID}
	if row.OwnerKind == access.Citizen {
		seen.account = owner
	}
	if err := t.viewed(ctx, view, seen); err != nil {
		return d, err
	}
	d = office.DraftRecord{Jurisdiction: row.Jurisdiction, ID: row.ID, Owner: owner, OwnerKind: row.OwnerKind, UpdatedAt: row.UpdatedAt, Version: row.Version}
	return d, t.secrets.openJSON(draftPlace(row.ID), row.Draft, &d.Draft)
}

func (t *tx) SaveDraft(ctx context.Context, d office.DraftRecord) error {
	sealed, err := t.secrets.sealJSON(draftPlace(d.ID), d.Draft)
	if err != nil {
		return err
	}
	return fresh(t.q.Exec(ctx, `update draft set draft = $4, updated_at = $5, version = version + 1 where jurisdiction = $1 and id = $2 and version = $3`,
		d.Jurisdiction, d.ID, d.Version, sealed, d.UpdatedAt))
}

// DeleteDraft deletes the draft and what evidence it still has; the foreign key takes that with it.
func (t *tx) DeleteDraft(ctx context.Context, d office.DraftRecord) error {
	return found(t.q.Exec(ctx, `delete from draft where jurisdiction = $1 and id = $2`, d.Jurisdiction, d.ID))
}

func (t *tx) PurgeDrafts(ctx context.Context, before time.Time) (int, error) {
	tag, err := t.q.Exec(ctx, `delete from draft where updated_at < $1`, before)
	return int(tag.RowsAffected()), failed(err)
}
