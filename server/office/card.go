package office

import (
	"context"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
)

// CardTx keeps the blank cards of stations.
type CardTx interface {
	// LastCardMove locks a station's stock and returns the last move; the zero move where there is none.
	LastCardMove(ctx context.Context, jurisdiction, station string) (CardEntry, error)
	// AddCardMove adds the next move.
	AddCardMove(ctx context.Context, e CardEntry, key string) error
	// CardMoveMade reports whether a move was made with a key.
	CardMoveMade(ctx context.Context, jurisdiction, key string) (bool, error)
	// CardMoves lists the newest moves of a station.
	CardMoves(ctx context.Context, jurisdiction, station string, limit int) ([]CardEntry, error)
}

// CardEntry is one move with the balance after it.
type CardEntry struct {
	Jurisdiction, Station string
	Seq                   int
	Move                  permit.CardMove
	N, Balance            int
	Application           string // id of the application that a used card was for
	Note                  string
	At                    time.Time
	By, ByName            string
}

// CardStock is what a station has, and what happened last.
type CardStock struct {
	Station Station
	Balance int
	Low     bool
	Moves   []CardEntry // newest first
}

// shownMoves is how many moves of a station are shown.
const shownMoves = 50

// CardStocks returns the stock of the actor's stations.
func (o *Office) CardStocks(ctx context.Context, actor access.Actor) (stocks []CardStock, err error) {
	scope := actor.Scope(access.Issuer, access.Supervisor)
	err = o.Store.Within(ctx, func(tx Tx) error {
		for _, code := range scope.Stations {
			one := CardStock{}
			if one.Station, err = tx.Station(ctx, scope.Jurisdiction, code); err != nil {
				return err
			}
			if one.Moves, err = tx.CardMoves(ctx, scope.Jurisdiction, code, shownMoves); err != nil {
				return err
			}
			if len(one.Moves) > 0 {
				one.Balance = one.Moves[0].Balance
			}
			one.Low = one.Balance < permit.LowCards
			stocks = append(stocks, one)
		}
		return nil
	})
	return stocks, err
}

// CardOrder is a move that staff enter.
type CardOrder struct {
	Station string
	Move    permit.CardMove
	N       int
	Note    string
	Key     string // of the form (UUID): two taps make one move
}

// MoveCards enters cards that came, were spoiled or were counted.
func (o *Office) MoveCards(ctx context.Context, actor access.Actor, order CardOrder) error {
	scope := actor.Scope(access.Issuer, access.Supervisor).At(order.Station)
	if len(scope.Stations) == 0 {
		return ErrNotFound
	}
	if !isUUID(order.Key) {
		return &Error{What: Invalid, Why: "key_missing"}
	}
	order.Note = strings.TrimSpace(order.Note)
	return o.Store.Within(ctx, func(tx Tx) error {
		last, err := tx.LastCardMove(ctx, scope.Jurisdiction, order.Station)
		if err != nil {
			return err
		}
		if made, err := tx.CardMoveMade(ctx, scope.Jurisdiction, order.Key); err != nil || made {
			return err
		}
		if faults := permit.CheckCards(order.Move, order.N, last.Balance, order.Note); len(faults) > 0 {
			return judged(faults)
		}
		next := CardEntry{Jurisdiction: scope.Jurisdiction, Station: order.Station, Seq: last.Seq + 1, Move: order.Move, N: order.N,
			Balance: permit.CardBalance(last.Balance, order.Move, order.N), Note: order.Note, At: o.now(), By: actor.ID}
		if err := tx.AddCardMove(ctx, next, order.Key); err != nil {
			return err
		}
		e := o.entry(actor, ledger.Filed, "cards_"+string(order.Move))
		e.Jurisdiction, e.Station = scope.Jurisdiction, order.Station
		return tx.Record(ctx, e)
	})
}

// useCard takes a blank card for a permit that is made. A stock that was never entered does not hold up a permit (Decree 663 Art. 9 sets
// the day): it goes below zero, which the next count mends.
func (o *Office) useCard(ctx context.Context, tx Tx, a permit.Application, by permit.Officer) error {
	last, err := tx.LastCardMove(ctx, a.Jurisdiction, a.Station)
	if err != nil {
		return err
	}
	return tx.AddCardMove(ctx, CardEntry{Jurisdiction: a.Jurisdiction, Station: a.Station, Seq: last.Seq + 1, Move: permit.CardUsed, N: 1,
		Balance: permit.CardBalance(last.Balance, permit.CardUsed, 1), Application: a.ID, At: o.now(), By: by.ID}, newID())
}
