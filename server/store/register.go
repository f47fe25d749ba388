package store

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
)

func (t *tx) CreateDocument(ctx context.Context, d office.Document, key string) (office.Document, bool, error) {
	tag, err := t.q.Exec(ctx, `
		insert into register_document (jurisdiction, id, government, department, ruleset, obligation, title, number, published_on, reported_on, size, sha256, content,
			filed_at, filed_by, idempotency_key)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict on constraint register_document_key_once do nothing`,
		d.Jurisdiction, d.ID, d.Government, d.Department, d.Ruleset, d.Obligation, d.Title, orNull(d.Number), day(d.PublishedOn), day(d.ReportedOn), d.Size, d.SHA256, d.Content,
		d.FiledAt, d.By, key)
	if err != nil || tag.RowsAffected() == 1 {
		return d, false, failed(err)
	}
	made, err := t.document(ctx, `where jurisdiction = $1 and idempotency_key = $2`, d.Jurisdiction, key)
	if err == nil && (!bytes.Equal(made.SHA256, d.SHA256) || made.By != d.By || made.Government != d.Government || made.Department != d.Department || made.Obligation != d.Obligation) {
		err = office.ErrReused
	}
	return made, true, err
}

// documentRow is a document of the register as stored.
type documentRow struct {
	Jurisdiction string
	ID           string
	Government   string
	Department   string
	Ruleset      string
	Obligation   string
	Title        string
	Number       *string
	PublishedOn  time.Time
	ReportedOn   *time.Time
	Size         int
	Sha256       []byte
	FiledAt      time.Time
	FiledBy      string
}

func (r documentRow) document() office.Document {
	return office.Document{Jurisdiction: r.Jurisdiction, ID: r.ID, Government: r.Government, Department: r.Department, Ruleset: r.Ruleset, Obligation: r.Obligation, Title: r.Title,
		Number: orZero(r.Number), PublishedOn: civil(&r.PublishedOn), ReportedOn: civil(r.ReportedOn), Size: r.Size, SHA256: r.Sha256, FiledAt: r.FiledAt, By: r.FiledBy}
}

const documentColumns = `select jurisdiction, id, government, department, ruleset, obligation, title, number, published_on, reported_on, size, sha256, filed_at, filed_by`

func (t *tx) document(ctx context.Context, where string, args ...any) (office.Document, error) {
	rows, err := t.q.Query(ctx, documentColumns+` from register_document `+where, args...)
	if err != nil {
		return office.Document{}, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[documentRow])
	return row.document(), failed(err)
}

func (t *tx) Documents(ctx context.Context, jurisdiction string) ([]office.Document, error) {
	rows, err := t.q.Query(ctx, documentColumns+` from register_document where jurisdiction = $1 order by published_on desc, filed_at desc, id`, jurisdiction)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[documentRow])
	if err != nil {
		return nil, failed(err)
	}
	documents := make([]office.Document, len(list))
	for i, row := range list {
		documents[i] = row.document()
	}
	return documents, nil
}

func (t *tx) Document(ctx context.Context, id string) (office.Document, error) {
	if err := ids(id); err != nil {
		return office.Document{}, err
	}
	rows, err := t.q.Query(ctx, documentColumns+`, content from register_document where id = $1`, id)
	if err != nil {
		return office.Document{}, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		documentRow
		Content []byte
	}])
	if err != nil {
		return office.Document{}, failed(err)
	}
	d := row.document()
	d.Content = row.Content
	return d, nil
}
