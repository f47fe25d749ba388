package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// ConfirmationTx keeps what other systems confirm, and objections to it.
type ConfirmationTx interface {
	// ConfirmationBatch returns the batch that was made with a key, ErrNotFound when none was, ErrReused when it came with another body.
	ConfirmationBatch(ctx context.Context, jurisdiction, partner, key string, body []byte) (ConfirmationBatch, error)
	CreateConfirmationBatch(ctx context.Context, b ConfirmationBatch, key string, body []byte) error
	// SaveConfirmationOutcomes stores what became of the rows of a batch, for whoever sends it again.
	SaveConfirmationOutcomes(ctx context.Context, b ConfirmationBatch) error
	// AddConfirmations stores the rows of a batch and says of each what became of it. Whoever of the people is known finds it in the ledger.
	AddConfirmations(ctx context.Context, b ConfirmationBatch, rows []permit.ConfirmationRow, keepUntil civic.Date, deed ledger.Entry) ([]Outcome, error)
	// ConfirmationsAbout returns what was confirmed of whoever has the ID number in a city; the name is the one to compare with.
	ConfirmationsAbout(ctx context.Context, jurisdiction string, id civic.CitizenID, name string, view ledger.Entry) ([]permit.SystemConfirmation, error)
	// ConfirmationsOf returns what was confirmed of the people of an account's accepted applications.
	ConfirmationsOf(ctx context.Context, account string, view ledger.Entry) ([]OwnConfirmation, error)

	// CreateObjection stores an objection; a second one changes nothing (again true).
	CreateObjection(ctx context.Context, own OwnConfirmation, account, note string, now time.Time) (again bool, err error)
	// Objections lists those of the stations, open ones first.
	Objections(ctx context.Context, scope access.Scope, limit int, view ledger.Entry) ([]ObjectionCase, error)
	// LockObjection returns one of them for its answer.
	LockObjection(ctx context.Context, scope access.Scope, confirmation string, view ledger.Entry) (ObjectionCase, error)
	AnswerObjection(ctx context.Context, c ObjectionCase) error
}

// ConfirmationBatch is what a partner sent at once.
type ConfirmationBatch struct {
	Jurisdiction, ID, Partner string
	Kind                      string // of system
	ReceivedAt                time.Time
	Outcomes                  []Outcome
}

// Result is what became of a row.
type Result string

// The results of a row.
const (
	RowTaken     Result = "taken"
	RowKnown     Result = "known" // it stood already
	RowWithdrawn Result = "withdrawn"
	RowRefused   Result = "refused"
)

// Outcome is the result of a row, with what is wrong with it.
type Outcome struct {
	Result Result         `json:"result"`
	Faults []permit.Fault `json:"faults,omitempty"`
}

// OwnConfirmation is a confirmation about a person of an account.
type OwnConfirmation struct {
	permit.SystemConfirmation
	Person, Station string // Station of the newest application; objections go there
}

// ObjectionCase is an objection as its station sees it.
type ObjectionCase struct {
	permit.SystemConfirmation
	Account string
	Holder  permit.Person
	Station string
}

// ReadRow is a row as it came: what could be read of it, and what could not.
type ReadRow struct {
	permit.ConfirmationRow
	Faults permit.Faults
	Whole  bool // the faults are all that can be said: no value could be read
}

// Limits of confirmations.
const (
	MaxConfirmations = 1000 // of one request
	MaxObjection     = 500  // characters of an objection, and of its answer
)

// Confirm takes what a partner's own system sends. Each row is taken or refused by itself; the same key again is answered as it was.
func (o *Office) Confirm(ctx context.Context, actor access.Actor, kind, key string, rows []ReadRow, body []byte) (ConfirmationBatch, error) {
	city, code := actor.PartnerOf()
	if city == "" {
		return ConfirmationBatch{}, &Error{What: Forbidden, Why: "scope"}
	}
	b := ConfirmationBatch{Jurisdiction: city, ID: newID(), Partner: code, Kind: kind, ReceivedAt: o.now()}
	r, _, err := o.InForce(city)
	if err != nil {
		return b, err
	}
	rules, known := r.Confirmations.Kind(kind)
	digest := sha256.Sum256(body)
	err = o.Store.Within(ctx, func(tx Tx) error {
		p, err := tx.LockPartner(ctx, b.Jurisdiction, b.Partner) // the second of two requests with one key waits here
		if err != nil {
			return err
		}
		if _, ok := p.Scope(access.ScopeConfirmations + b.Kind); !ok || !known {
			return &Error{What: Forbidden, Why: "scope"}
		}
		made, err := tx.ConfirmationBatch(ctx, b.Jurisdiction, b.Partner, key, digest[:])
		if err == nil || !errors.Is(err, ErrNotFound) {
			b = made
			return err
		}
		good, outcomes := checkRows(rows, rules, o.Today())
		deed := o.entry(actor, ledger.Confirmed, b.Kind)
		deed.Jurisdiction, deed.Object = b.Jurisdiction, "confirmations/"+b.ID
		b.Outcomes = outcomes
		if err := tx.CreateConfirmationBatch(ctx, b, key, digest[:]); err != nil {
			return err
		}
		taken, err := tx.AddConfirmations(ctx, b, good, civic.DateOf(b.ReceivedAt).AddDays(r.Confirmations.KeepDays), deed)
		if err != nil {
			return err
		}
		next := 0
		for i := range b.Outcomes {
			if b.Outcomes[i].Result == "" {
				b.Outcomes[i], next = taken[next], next+1
			}
		}
		if err := tx.SaveConfirmationOutcomes(ctx, b); err != nil {
			return err
		}
		return tx.Record(ctx, deed)
	})
	return b, err
}

// checkRows checks every row: those that are good, and the outcomes of all, empty for the good ones.
func checkRows(rows []ReadRow, kind policy.ConfirmationKind, today civic.Date) (good []permit.ConfirmationRow, outcomes []Outcome) {
	outcomes = make([]Outcome, len(rows))
	for i, row := range rows {
		faults := row.Faults
		if row.Whole {
			outcomes[i] = Outcome{Result: RowRefused, Faults: faults}
			continue
		}
		for _, f := range row.Check(kind, today) { // of a value that could not be read nothing more is said
			if !slices.ContainsFunc(row.Faults, func(known permit.Fault) bool { return known.Field == f.Field }) {
				faults = append(faults, f)
			}
		}
		if len(faults) > 0 {
			outcomes[i] = Outcome{Result: RowRefused, Faults: faults}
			continue
		}
		good = append(good, row.ConfirmationRow)
	}
	return good, outcomes
}

// knowsScope reports whether a scope means something in a city.
func (o *Office) knowsScope(city, scope string) bool {
	kind, ok := strings.CutPrefix(scope, access.ScopeConfirmations)
	if !ok {
		return true
	}
	r, _, err := o.InForce(city)
	if err != nil {
		return false
	}
	_, known := r.Confirmations.Kind(kind)
	return known
}
