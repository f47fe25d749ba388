package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// underWay are the states in which somebody still has to act.
const underWay = `('pre_applied', 'to_supplement', 'in_review', 'in_production', 'to_collect')`

func (t *tx) HouseholdOf(ctx context.Context, scope access.Scope, a permit.Application, view ledger.Entry) ([]office.Case, error) {
	if err := ids(a.Account, a.ID); err != nil {
		return nil, err
	}
	var w where
	w.scope(scope)
	w.and(`a.account = ?`, a.Account)
	w.and(`a.id <> ?`, a.ID)
	w.and(`a.state in ` + underWay)
	return t.cases(ctx, view, selectCase+w.String()+` order by a.submitted_at, a.id limit 20`, w.args...)
}

func (t *tx) SharedEvidence(ctx context.Context, a permit.Application) ([]office.SharedDocument, error) {
	if a.Account == "" {
		return nil, nil
	}
	if err := ids(a.ID, a.Account); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, `
		select distinct e.kind, a.id as application, a.reference
		from evidence e
		join evidence same on same.jurisdiction = e.jurisdiction and same.kind = e.kind and same.sha256 = e.sha256 and same.application <> e.application
		join application a on a.jurisdiction = same.jurisdiction and a.id = same.application
		where e.jurisdiction = $1 and e.application = $2 and a.account = $3 and a.state in ('pre_applied', 'to_supplement', 'in_review')
		order by a.reference, e.kind`, a.Jurisdiction, a.ID, a.Account)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.SharedDocument])
	return list, failed(err)
}
