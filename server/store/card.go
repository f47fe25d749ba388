package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
	"anju/server/permit"
)

// LastCardMove locks the station, so that one move follows the other also where there is none yet.
func (t *tx) LastCardMove(ctx context.Context, jurisdiction, station string) (office.CardEntry, error) {
	if _, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('card_move/' || $1 || '/' || $2, 0))`, jurisdiction, station); err != nil {
		return office.CardEntry{}, failed(err)
	}
	moves, err := t.CardMoves(ctx, jurisdiction, station, 1)
	if err != nil || len(moves) == 0 {
		return office.CardEntry{}, err
	}
	return moves[0], nil
}

func (t *tx) AddCardMove(ctx context.Context, e office.CardEntry, key string) error {
	_, err := t.q.Exec(ctx, `
		insert into card_move (jurisdiction, station, seq, move, n, balance, application, note, idempotency_key, at, by_staff)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		e.Jurisdiction, e.Station, e.Seq, e.Move, e.N, e.Balance, orNull(e.Application), e.Note, key, e.At, e.By)
	return failed(err)
}

func (t *tx) CardMoveMade(ctx context.Context, jurisdiction, key string) (made bool, err error) {
	err = t.q.QueryRow(ctx, `select exists (select from card_move where jurisdiction = $1 and idempotency_key = $2)`, jurisdiction, key).Scan(&made)
	return made, failed(err)
}

func (t *tx) CardMoves(ctx context.Context, jurisdiction, station string, limit int) ([]office.CardEntry, error) {
	rows, err := t.q.Query(ctx, `
		select m.seq, m.move, m.n, m.balance, m.application, m.note, m.at, m.by_staff, s.name
		from card_move m join staff s on s.id = m.by_staff where m.jurisdiction = $1 and m.station = $2 order by m.seq desc limit $3`, jurisdiction, station, limit)
	if err != nil {
		return nil, failed(err)
	}
	type row struct {
		Seq         int
		Move        permit.CardMove
		N, Balance  int
		Application *string
		Note        string
		At          time.Time
		ByStaff     string
		Name        []byte
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, failed(err)
	}
	moves := make([]office.CardEntry, len(found))
	for i, r := range found {
		open := t.opener("staff", r.ByStaff)
		moves[i] = office.CardEntry{Jurisdiction: jurisdiction, Station: station, Seq: r.Seq, Move: r.Move, N: r.N, Balance: r.Balance, Application: orZero(r.Application),
			Note: r.Note, At: r.At, By: r.ByStaff, ByName: open.text("name", r.Name)}
		if open.err != nil {
			return nil, open.err
		}
	}
	return moves, nil
}
