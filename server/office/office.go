// Package office does what is asked at a counter, one verb per file: it loads, asks the law, saves, signs and writes the ledger in one
// transaction. It knows no screen and no SQL; what it needs stands in ports.go.
package office

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/policy"
)

// Config is what an office is made of.
type Config struct {
	Store      Store
	Clock      Clock
	Book       *policy.Book
	Calendar   civic.Calendar
	Extensions []policy.Extension // of rulesets past their end, each with the document that orders it
	Origin     string             // public origin; goes into QR codes
	CodeKey    []byte             // keys the hashes of one-time codes
	Heads      Heads              // nil: the ledger's heads are not kept
	Demo       bool               // no second factor for staff; everything is marked as demonstration
	Log        *slog.Logger
}

// Office is the house behind the counters. It is safe for concurrent use.
type Office struct {
	Config
	ring keyring

	headsMu   sync.Mutex
	lastHeads map[string]ledger.Head // by city, as this process kept them
}

// New returns an office. It reads nothing: Open loads the keys.
func New(c Config) *Office { return &Office{Config: c} }

// now is the time of a deed.
func (o *Office) now() time.Time { return o.Clock.Now() }

// Today is the civil date on which the office acts.
func (o *Office) Today() civic.Date { return civic.DateOf(o.now()) }

// NoticeVersion is the version of the privacy notice that applicants are shown; it is stored with each application (PIPL Art. 17).
const NoticeVersion = "2026-11-26"

// entry starts a ledger entry for a deed of an actor.
func (o *Office) entry(actor access.Actor, action ledger.Action, purpose string) ledger.Entry {
	e := ledger.Entry{At: o.now(), ActorKind: string(actor.Kind), ActorID: actor.ID, Action: action, Purpose: purpose, RequestID: actor.RequestID}
	if scope := actor.Scope(); len(scope.Stations) > 0 {
		e.Jurisdiction, e.Station = scope.Jurisdiction, scope.Stations[0]
	}
	return e
}

// Ruleset returns a ruleset by id, with its status today.
func (o *Office) Ruleset(id string) (*policy.Ruleset, error) {
	r, ok := o.Book.Ruleset(id)
	if !ok {
		return nil, fmt.Errorf("office: ruleset %q: %w", id, ErrNotFound)
	}
	return r, nil
}

// InForce returns the ruleset of a city for today and how it stands.
func (o *Office) InForce(jurisdiction string) (*policy.Ruleset, policy.Status, error) {
	r, status := o.Book.InForce(jurisdiction, o.Today(), o.Extensions)
	if r == nil {
		return nil, "", ErrNotFound
	}
	return r, status, nil
}

// Ready reports why the office cannot serve, or nil: the store answers and a signing key is loaded.
func (o *Office) Ready(ctx context.Context) error {
	if err := o.Store.Ready(ctx); err != nil {
		return err
	}
	if !o.ring.loaded() {
		return &Error{What: Unavailable, Why: "no_signing_key"}
	}
	return nil
}
