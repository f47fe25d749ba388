package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

func evidencePlace(id string) place { return place{"evidence", id, "content"} }

// evidenceRow is a document as stored. It hangs on a draft until that is sent, then on the application.
type evidenceRow struct {
	ID          string
	Draft       *string
	Application *string
	Kind        permit.EvidenceKind
	MediaType   string
	Size        int
	Sha256      []byte
	AddedAt     time.Time
}

func (r evidenceRow) evidence(jurisdiction string) office.Evidence {
	e := office.Evidence{Jurisdiction: jurisdiction, ID: r.ID, Holder: orZero(r.Draft), HolderKind: "draft", Kind: r.Kind, MediaType: r.MediaType, Size: r.Size,
		SHA256: r.Sha256, AddedAt: r.AddedAt}
	if r.Application != nil {
		e.Holder, e.HolderKind = *r.Application, "application"
	}
	return e
}

func (t *tx) AddEvidence(ctx context.Context, e office.Evidence) error {
	var draft, application *string
	switch e.HolderKind {
	case "draft":
		draft = &e.Holder
	case "application":
		application = &e.Holder
	default:
		return fmt.Errorf("store: evidence cannot belong to a %q", e.HolderKind)
	}
	_, err := t.q.Exec(ctx, `
		insert into evidence (jurisdiction, id, draft, application, kind, media_type, size, sha256, content, added_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.Jurisdiction, e.ID, draft, application, e.Kind, e.MediaType, len(e.Content), e.SHA256, t.secrets.seal(evidencePlace(e.ID), e.Content), e.AddedAt)
	return failed(err)
}

const selectEvidence = `select id, draft, application, kind, media_type, size, sha256, added_at from evidence `

func (t *tx) EvidenceOf(ctx context.Context, jurisdiction, holder string) ([]office.Evidence, error) {
	if err := ids(holder); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, selectEvidence+`where jurisdiction = $1 and (draft = $2 or application = $2) order by added_at, id`, jurisdiction, holder)
	if err != nil {
		return nil, failed(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.Evidence, error) {
		r, err := pgx.RowToStructByName[evidenceRow](row)
		return r.evidence(jurisdiction), failed(err)
	})
}

func (t *tx) Evidence(ctx context.Context, jurisdiction, holder, id string, view ledger.Entry) (e office.Evidence, err error) {
	if err := ids(holder, id); err != nil {
		return e, err
	}
	rows, err := t.q.Query(ctx, `
		select e.id, e.draft, e.application, e.kind, e.media_type, e.size, e.sha256, e.added_at, e.content,
			coalesce(a.person::text, '') as person, coalesce(a.account::text, case when d.owner_kind = 'citizen' then d.owner end, '') as account
		from evidence e
		left join application a on a.jurisdiction = e.jurisdiction and a.id = e.application
		left join draft d on d.jurisdiction = e.jurisdiction and d.id = e.draft
		where e.jurisdiction = $1 and e.id = $3 and (e.draft = $2 or e.application = $2)`, jurisdiction, holder, id)
	if err != nil {
		return e, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		evidenceRow
		Content []byte
		Person  string
		Account string
	}])
	if err != nil {
		return e, failed(err)
	}
	if err := t.viewed(ctx, view, sight{jurisdiction, row.Person, row.Account, "evidence/" + id}); err != nil {
		return e, err
	}
	content, err := t.secrets.open(evidencePlace(id), row.Content)
	if err != nil {
		return e, err
	}
	e = row.evidence(jurisdiction)
	e.Content = content
	return e, nil
}

func (t *tx) RemoveEvidence(ctx context.Context, jurisdiction, holder, id string) error {
	if err := ids(holder, id); err != nil {
		return err
	}
	return found(t.q.Exec(ctx, `delete from evidence where jurisdiction = $1 and id = $3 and (draft = $2 or application = $2)`, jurisdiction, holder, id))
}

func (t *tx) MoveEvidence(ctx context.Context, jurisdiction, draft, application string) error {
	_, err := t.q.Exec(ctx, `update evidence set draft = null, application = $3 where jurisdiction = $1 and draft = $2`, jurisdiction, draft, application)
	return failed(err)
}
