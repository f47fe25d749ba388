package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

func (t *tx) CreateBatch(ctx context.Context, b office.Batch, key string) error {
	_, err := t.q.Exec(ctx, `insert into production_batch (jurisdiction, station, number, made_at, made_by, idempotency_key) values ($1, $2, $3, $4, $5, $6)`,
		b.Jurisdiction, b.Station, b.Number, b.MadeAt, b.By, key)
	if err != nil {
		return failed(err)
	}
	for i, line := range b.Lines {
		var ended *time.Time
		if line.State != permit.ItemOpen {
			ended = &b.MadeAt
		}
		_, err := t.q.Exec(ctx, `insert into production_item (jurisdiction, station, number, position, application, state, ended_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			b.Jurisdiction, b.Station, b.Number, i+1, line.Application.ID, line.State, ended)
		if err != nil {
			return failed(err)
		}
	}
	return nil
}

func (t *tx) BatchWithKey(ctx context.Context, jurisdiction, key string) (k office.BatchKey, err error) {
	k.Jurisdiction = jurisdiction
	err = t.q.QueryRow(ctx, `select station, number from production_batch where jurisdiction = $1 and idempotency_key = $2`, jurisdiction, key).Scan(&k.Station, &k.Number)
	return k, failed(err)
}

func (t *tx) LastBatch(ctx context.Context, jurisdiction, station string) (number int, err error) {
	err = t.q.QueryRow(ctx, `select coalesce(max(number), 0) from production_batch where jurisdiction = $1 and station = $2`, jurisdiction, station).Scan(&number)
	return number, failed(err)
}

const selectBatch = `
	select b.jurisdiction, b.station, b.number, b.made_at, b.made_by, s.name as by_name,
		count(*) filter (where i.state <> 'taken_out') as total, count(*) filter (where i.state = 'open') as open
	from production_batch b join staff s on s.id = b.made_by
	join production_item i on i.jurisdiction = b.jurisdiction and i.station = b.station and i.number = b.number
	where b.jurisdiction = $1 and `

const groupBatch = ` group by b.jurisdiction, b.station, b.number, s.name`

func (t *tx) batches(ctx context.Context, sql string, args ...any) ([]office.Batch, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b office.Batch, err error) {
		r, err := pgx.RowToStructByName[struct {
			Jurisdiction, Station string
			Number                int
			MadeAt                time.Time
			MadeBy                string
			ByName                []byte
			Total, Open           int
		}](row)
		open := t.opener("staff", r.MadeBy)
		b = office.Batch{BatchKey: office.BatchKey{Jurisdiction: r.Jurisdiction, Station: r.Station, Number: r.Number}, MadeAt: r.MadeAt, By: r.MadeBy, ByName: open.text("name", r.ByName), Total: r.Total, Open: r.Open}
		if err == nil {
			err = open.err
		}
		return b, err
	})
	return list, failed(err)
}

func (t *tx) Batches(ctx context.Context, scope access.Scope, limit int) ([]office.Batch, error) {
	return t.batches(ctx, selectBatch+`b.station = any ($2::text[])`+groupBatch+` order by (count(*) filter (where i.state = 'open') > 0) desc, b.made_at desc, b.number desc limit $3`,
		scope.Jurisdiction, append([]string{}, scope.Stations...), limit)
}

func (t *tx) Batch(ctx context.Context, key office.BatchKey, view ledger.Entry) (b office.Batch, err error) {
	list, err := t.batches(ctx, selectBatch+`b.station = $2 and b.number = $3`+groupBatch, key.Jurisdiction, key.Station, key.Number)
	if err != nil {
		return b, err
	}
	if len(list) != 1 {
		return b, office.ErrNotFound
	}
	b = list[0]
	cases, err := t.cases(ctx, view, selectCase+` join production_item i on i.jurisdiction = a.jurisdiction and i.application = a.id
		where i.jurisdiction = $1 and i.station = $2 and i.number = $3 order by i.position`, key.Jurisdiction, key.Station, key.Number)
	if err != nil {
		return b, err
	}
	rows, err := t.q.Query(ctx, `select state, spoiled from production_item where jurisdiction = $1 and station = $2 and number = $3 order by position`, key.Jurisdiction, key.Station, key.Number)
	if err != nil {
		return b, failed(err)
	}
	var line office.BatchLine
	_, err = pgx.ForEachRow(rows, []any{&line.State, &line.Spoiled}, func() error {
		line.Case = cases[len(b.Lines)]
		b.Lines = append(b.Lines, line)
		return nil
	})
	return b, failed(err)
}

func (t *tx) BatchesOfCases(ctx context.Context, scope access.Scope) (map[string]office.BatchKey, error) {
	rows, err := t.q.Query(ctx, `select application::text, station, number from production_item where jurisdiction = $1 and station = any ($2::text[]) and state = 'open'`,
		scope.Jurisdiction, append([]string{}, scope.Stations...))
	if err != nil {
		return nil, failed(err)
	}
	waiting := map[string]office.BatchKey{}
	var application string
	key := office.BatchKey{Jurisdiction: scope.Jurisdiction}
	_, err = pgx.ForEachRow(rows, []any{&application, &key.Station, &key.Number}, func() error {
		waiting[application] = key
		return nil
	})
	return waiting, failed(err)
}

func (t *tx) EndBatchLine(ctx context.Context, jurisdiction, application string, state permit.ItemState, now time.Time) error {
	_, err := t.q.Exec(ctx, `update production_item set state = $3, ended_at = $4 where jurisdiction = $1 and application = $2 and state = 'open'`, jurisdiction, application, state, now)
	return failed(err)
}

func (t *tx) SpoilBatchLine(ctx context.Context, jurisdiction, application string) error {
	return fresh(t.q.Exec(ctx, `update production_item set spoiled = spoiled + 1 where jurisdiction = $1 and application = $2 and state = 'open'`, jurisdiction, application))
}
