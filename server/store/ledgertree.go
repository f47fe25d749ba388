package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/ledger"
	"anju/server/office"
)

// lateEntries is how far behind the newest sealed number an entry is still looked for: transactions that were under way together come to their end
// in any order. An entry that is later than that stays unsealed, and the check of the ledger says so.
const lateEntries = 50_000

// LedgerTree returns the tree of a city and keeps it to this transaction; ErrStale when another process is adding to it.
func (t *tx) LedgerTree(ctx context.Context, jurisdiction string) (ledger.Tree, error) {
	var locked bool
	err := t.q.QueryRow(ctx, `select pg_try_advisory_xact_lock(hashtext('ledger_tree'), hashtext($1))`, jurisdiction).Scan(&locked)
	if err != nil {
		return ledger.Tree{}, failed(err)
	}
	if !locked {
		return ledger.Tree{}, office.ErrStale
	}
	var size int64
	var edge []byte
	rows, err := t.q.Query(ctx, `select size, edge from ledger_tree where jurisdiction = $1`, jurisdiction)
	if err != nil {
		return ledger.Tree{}, failed(err)
	}
	if _, err := pgx.ForEachRow(rows, []any{&size, &edge}, func() error { return nil }); err != nil {
		return ledger.Tree{}, failed(err)
	}
	return ledger.UnmarshalEdge(size, edge)
}

// unsealed are the entries of a city that have no place in its tree yet.
const unsealed = ` from ledger_entry e where e.jurisdiction = $1
	and e.seq > (select coalesce(max(seq), 0) from ledger_leaf where jurisdiction = $1) - $2
	and not exists (select from ledger_leaf l where l.jurisdiction = e.jurisdiction and l.seq = e.seq)`

const entryColumns = `e.seq, e.at, e.jurisdiction, e.actor_kind, e.actor_id, e.station, e.action, e.purpose, coalesce(e.person::text, '') as person,
	coalesce(e.account::text, '') as account, e.object, e.request_id`

func (t *tx) UnsealedEntries(ctx context.Context, jurisdiction string, limit int) ([]office.NumberedEntry, error) {
	rows, err := t.q.Query(ctx, `select `+entryColumns+unsealed+` order by e.seq limit $3`, jurisdiction, lateEntries, limit)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.NumberedEntry])
	return list, failed(err)
}

func (t *tx) CountUnsealed(ctx context.Context, jurisdiction string) (n int, err error) {
	err = t.q.QueryRow(ctx, `select count(*) from ledger_entry e where e.jurisdiction = $1
		and not exists (select from ledger_leaf l where l.jurisdiction = e.jurisdiction and l.seq = e.seq)`, jurisdiction).Scan(&n)
	return n, failed(err)
}

// SealEntries gives entries their places, in their order, and keeps the tree that they make.
func (t *tx) SealEntries(ctx context.Context, jurisdiction string, entries []office.NumberedEntry, leaves []ledger.Hash, grown ledger.Tree) error {
	n := len(entries)
	seqs, hashes := make([]int64, n), make([][]byte, n)
	for i, e := range entries {
		seqs[i], hashes[i] = e.Seq, leaves[i][:]
	}
	_, err := t.q.Exec(ctx, `
		insert into ledger_leaf (jurisdiction, position, seq, hash)
		select $1, $2 + n - 1, seq, hash from unnest($3::bigint[], $4::bytea[]) with ordinality as leaf (seq, hash, n)`, jurisdiction, grown.Size-int64(n), seqs, hashes)
	if err != nil {
		return failed(err)
	}
	_, err = t.q.Exec(ctx, `insert into ledger_tree (jurisdiction, size, edge) values ($1, $2, $3)
		on conflict (jurisdiction) do update set size = $2, edge = $3`, jurisdiction, grown.Size, grown.MarshalEdge())
	return failed(err)
}

// SealedEntries returns places from one on, each with its entry; an entry that is gone leaves its time zero.
func (t *tx) SealedEntries(ctx context.Context, jurisdiction string, from int64, limit int) ([]office.SealedEntry, error) {
	rows, err := t.q.Query(ctx, `
		select l.position, l.seq, l.hash, e.at, coalesce(e.actor_kind, '') as actor_kind, coalesce(e.actor_id, '') as actor_id, coalesce(e.station, '') as station,
			coalesce(e.action, '') as action, coalesce(e.purpose, '') as purpose, coalesce(e.person::text, '') as person, coalesce(e.account::text, '') as account,
			coalesce(e.object, '') as object, coalesce(e.request_id, '') as request_id
		from ledger_leaf l left join ledger_entry e on e.jurisdiction = l.jurisdiction and e.seq = l.seq
		where l.jurisdiction = $1 and l.position >= $2 order by l.position limit $3`, jurisdiction, from, limit)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.SealedEntry, error) {
		r, err := pgx.RowToStructByName[struct {
			Position, Seq                                                            int64
			Hash                                                                     []byte
			At                                                                       *time.Time
			ActorKind, ActorID, Station, Purpose, Person, Account, Object, RequestID string
			Action                                                                   ledger.Action
		}](row)
		if err != nil {
			return office.SealedEntry{}, err
		}
		return office.SealedEntry{Position: r.Position, Hash: ledger.Hash(r.Hash), NumberedEntry: office.NumberedEntry{Seq: r.Seq, Entry: ledger.Entry{At: orZero(r.At), Jurisdiction: jurisdiction,
			ActorKind: r.ActorKind, ActorID: r.ActorID, Station: r.Station, Action: r.Action, Purpose: r.Purpose, Person: r.Person, Account: r.Account, Object: r.Object, RequestID: r.RequestID}}}, nil
	})
	return list, failed(err)
}
