package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/permit"
)

// ProductionTx keeps the batches in which permits are made.
type ProductionTx interface {
	// CreateBatch stores a batch with its lines; a case that waits in another is a Conflict "in_batch".
	CreateBatch(ctx context.Context, b Batch, key string) error
	BatchWithKey(ctx context.Context, jurisdiction, key string) (BatchKey, error)
	// LastBatch is the number of a station's last batch, 0 where there is none.
	LastBatch(ctx context.Context, jurisdiction, station string) (int, error)
	// Batches lists those of the scope without their lines: first what still waits, then the newest.
	Batches(ctx context.Context, scope access.Scope, limit int) ([]Batch, error)
	Batch(ctx context.Context, key BatchKey, view ledger.Entry) (Batch, error)
	// BatchesOfCases says in which batch the cases of the scope wait, by application.
	BatchesOfCases(ctx context.Context, scope access.Scope) (map[string]BatchKey, error)
	// EndBatchLine ends the line in which a case waits, if there is one.
	EndBatchLine(ctx context.Context, jurisdiction, application string, state permit.ItemState, now time.Time) error
	SpoilBatchLine(ctx context.Context, jurisdiction, application string) error
}

// BatchKey names a batch: its number at the station.
type BatchKey struct {
	Jurisdiction, Station string
	Number                int
}

// Batch is a list of permits that are made together.
type Batch struct {
	BatchKey
	MadeAt     time.Time
	By, ByName string
	Total      int // lines that were not taken out
	Open       int
	Lines      []BatchLine
}

// BatchLine is one permit of it.
type BatchLine struct {
	Case
	State   permit.ItemState
	Spoiled int
}

// ProductionPlan is what waits to be made at the actor's stations.
type ProductionPlan struct {
	Cases   []Case              // in production, the nearest promise first
	More    bool                // there are more than are listed
	Waiting map[string]BatchKey // in which batch, by application
	Stocks  []CardStock
	Batches []Batch
}

// Free is how many blank cards of a station no batch waits for.
func (p ProductionPlan) Free(station string) int {
	return free(p.Stocks, p.Waiting, station)
}

func free(stocks []CardStock, waiting map[string]BatchKey, station string) int {
	n := 0
	for _, s := range stocks {
		if s.Station.Code == station {
			n = s.Balance
		}
	}
	for _, key := range waiting {
		if key.Station == station {
			n--
		}
	}
	return n
}

// shownBatches is how many batches are listed.
const shownBatches = 20

// Production returns the plan of the actor's stations.
func (o *Office) Production(ctx context.Context, actor access.Actor) (plan ProductionPlan, err error) {
	scope := actor.Scope(access.Issuer)
	if len(scope.Stations) == 0 {
		return plan, &Error{What: Forbidden, Why: "role"}
	}
	if plan.Stocks, err = o.CardStocks(ctx, actor); err != nil {
		return plan, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err := tx.Queue(ctx, scope, QueueQuery{States: []permit.State{permit.InProduction}, Sort: DueFirst, Size: permit.MaxBatch}, o.entry(actor, ledger.Listed, "production"))
		if err != nil {
			return err
		}
		plan.Cases, plan.More = list.Cases, list.More
		if plan.Waiting, err = tx.BatchesOfCases(ctx, scope); err != nil {
			return err
		}
		plan.Batches, err = tx.Batches(ctx, scope, shownBatches)
		return err
	})
	return plan, err
}

// BatchOrder asks for a batch of a station's cases.
type BatchOrder struct {
	Station    string
	References []string
	Key        string // of the form (UUID): two taps make one batch
}

// MakeBatch fixes the cases that are made together. What is no longer in production, or waits in another batch, is kept as a line that was
// taken out, so that the list says what became of it; a batch of nothing else is not made.
func (o *Office) MakeBatch(ctx context.Context, actor access.Actor, order BatchOrder) (key BatchKey, err error) {
	scope := actor.Scope(access.Issuer).At(order.Station)
	if len(scope.Stations) == 0 {
		return key, ErrNotFound
	}
	if !isUUID(order.Key) {
		return key, &Error{What: Invalid, Why: "key_missing"}
	}
	references := slices.Compact(slices.Sorted(slices.Values(order.References))) // in one order for everybody, so that two officers do not lock each other out
	if faults := permit.CheckBatch(len(references), permit.MaxBatch); len(faults) > 0 {
		return key, judged(faults)
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		// The cases first and the stock then, as production itself takes them: so nobody waits for each other in a circle.
		var cases []Case
		for _, reference := range references {
			c, err := tx.LockApplication(ctx, Finder{Jurisdiction: scope.Jurisdiction, Reference: reference, Scope: &scope}, o.entry(actor, ledger.Viewed, "production"))
			if err != nil {
				return err
			}
			cases = append(cases, c)
		}
		last, err := tx.LastCardMove(ctx, scope.Jurisdiction, order.Station)
		if err != nil {
			return err
		}
		if key, err = tx.BatchWithKey(ctx, scope.Jurisdiction, order.Key); !errors.Is(err, ErrNotFound) {
			return err
		}
		waiting, err := tx.BatchesOfCases(ctx, scope)
		if err != nil {
			return err
		}
		b := Batch{BatchKey: BatchKey{Jurisdiction: scope.Jurisdiction, Station: order.Station}, MadeAt: o.now(), By: actor.ID}
		for _, c := range cases {
			line := BatchLine{Case: c, State: permit.ItemOpen}
			if _, elsewhere := waiting[c.Application.ID]; elsewhere || c.Application.State != permit.InProduction {
				line.State = permit.ItemTakenOut
			} else {
				b.Open++
			}
			b.Lines = append(b.Lines, line)
		}
		if b.Open == 0 {
			return judged(permit.Faults{{Field: "case", Code: "batch_gone"}})
		}
		if faults := permit.CheckBatch(b.Open, last.Balance-len(waiting)); len(faults) > 0 {
			return judged(faults)
		}
		number, err := tx.LastBatch(ctx, scope.Jurisdiction, order.Station)
		if err != nil {
			return err
		}
		b.Number = number + 1
		key = b.BatchKey
		if err := tx.CreateBatch(ctx, b, order.Key); err != nil {
			return err
		}
		return tx.Record(ctx, o.batchEntry(actor, key, ledger.Filed, "production_batch"))
	})
	return key, err
}

func (o *Office) batchEntry(actor access.Actor, key BatchKey, action ledger.Action, purpose string) ledger.Entry {
	e := o.entry(actor, action, purpose)
	e.Jurisdiction, e.Station, e.Object = key.Jurisdiction, key.Station, fmt.Sprintf("production/%s/%d", key.Station, key.Number)
	return e
}

// BatchFile returns a batch of the actor's stations with everybody in it: what is printed on their cards.
func (o *Office) BatchFile(ctx context.Context, actor access.Actor, station string, number int) (b Batch, err error) {
	return o.batch(ctx, actor, station, number, "production")
}

// ExportBatch is BatchFile for a file; the ledger keeps that it was given out.
func (o *Office) ExportBatch(ctx context.Context, actor access.Actor, station string, number int) (b Batch, err error) {
	if b, err = o.batch(ctx, actor, station, number, "export"); err != nil {
		return b, err
	}
	return b, o.Store.Within(ctx, func(tx Tx) error {
		return tx.Record(ctx, o.batchEntry(actor, b.BatchKey, ledger.Exported, "production"))
	})
}

func (o *Office) batch(ctx context.Context, actor access.Actor, station string, number int, purpose string) (b Batch, err error) {
	scope := actor.Scope(access.Issuer).At(station)
	if len(scope.Stations) == 0 {
		return b, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		b, err = tx.Batch(ctx, BatchKey{scope.Jurisdiction, station, number}, o.entry(actor, ledger.Viewed, purpose))
		return err
	})
	return b, err
}

// chosen are the lines that wait, of those with the references; with none named, all that wait.
func (b Batch) chosen(references []string) (lines []BatchLine) {
	for _, line := range b.Lines {
		if line.State == permit.ItemOpen && (references == nil || slices.Contains(references, line.Application.Reference)) {
			lines = append(lines, line)
		}
	}
	return lines
}

// MadeInBatch records card by card that permits were made; nil references are all that wait. A case that has moved meanwhile is taken out of the
// batch and returned, for the officer to be told.
func (o *Office) MadeInBatch(ctx context.Context, actor access.Actor, station string, number int, references []string) (moved []string, err error) {
	b, err := o.BatchFile(ctx, actor, station, number)
	if err != nil {
		return nil, err
	}
	for _, line := range b.chosen(references) {
		a := line.Application
		_, err := o.Produce(ctx, actor, Decision{Reference: a.Reference, Version: a.Version})
		var denied *Error
		switch {
		case err == nil:
		case errors.As(err, &denied) && (denied.What == Conflict || denied.What == Denied):
			if err := o.TakeOutOfBatch(ctx, actor, station, number, []string{a.Reference}); err != nil {
				return moved, err
			}
			moved = append(moved, a.Reference)
		default:
			return moved, err
		}
	}
	return moved, nil
}

// TakeOutOfBatch takes cases out of a batch; they can be made in another, or one by one.
func (o *Office) TakeOutOfBatch(ctx context.Context, actor access.Actor, station string, number int, references []string) error {
	b, err := o.BatchFile(ctx, actor, station, number)
	if err != nil {
		return err
	}
	return o.Store.Within(ctx, func(tx Tx) error {
		for _, line := range b.chosen(references) {
			if err := tx.EndBatchLine(ctx, b.Jurisdiction, line.Application.ID, permit.ItemTakenOut, o.now()); err != nil {
				return err
			}
			e := o.batchEntry(actor, b.BatchKey, ledger.Filed, "production_taken_out")
			e.Person, e.Account = line.Application.Person, line.Application.Account
			if err := tx.Record(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// SpoiledInBatch enters that a card was spoiled for each of the cases: they stay in the batch and take another one.
func (o *Office) SpoiledInBatch(ctx context.Context, actor access.Actor, station string, number int, references []string, note, key string) error {
	if !isUUID(key) {
		return &Error{What: Invalid, Why: "key_missing"}
	}
	b, err := o.BatchFile(ctx, actor, station, number)
	if err != nil {
		return err
	}
	lines := b.chosen(append([]string{}, references...))
	note = strings.TrimSpace(note)
	return o.Store.Within(ctx, func(tx Tx) error {
		last, err := tx.LastCardMove(ctx, b.Jurisdiction, station)
		if err != nil {
			return err
		}
		if made, err := tx.CardMoveMade(ctx, b.Jurisdiction, key); err != nil || made {
			return err
		}
		if faults := permit.CheckSpoiled(len(lines), last.Balance, note); len(faults) > 0 {
			return judged(faults)
		}
		move := CardEntry{Jurisdiction: b.Jurisdiction, Station: station, Seq: last.Seq + 1, Move: permit.CardsSpoiled, N: len(lines),
			Balance: permit.CardBalance(last.Balance, permit.CardsSpoiled, len(lines)), Note: note, At: o.now(), By: actor.ID}
		if err := tx.AddCardMove(ctx, move, key); err != nil {
			return err
		}
		for _, line := range lines {
			if err := tx.SpoilBatchLine(ctx, b.Jurisdiction, line.Application.ID); err != nil {
				return err
			}
		}
		return tx.Record(ctx, o.batchEntry(actor, b.BatchKey, ledger.Filed, "cards_spoiled"))
	})
}
