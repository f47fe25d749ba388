package office

import (
	"context"
	"errors"
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// LifeTx keeps what happens to permits after their issue.
type LifeTx interface {
	// LockPermit is FindPermit for a verb: the row stays locked until the transaction ends.
	LockPermit(ctx context.Context, f PermitFinder, view ledger.Entry) (PermitCase, error)
	// SavePermit stores what a verb has made of a permit, if its version has not moved (ErrStale). A second endorsement for one due day is a
	// Conflict "endorsed_already".
	SavePermit(ctx context.Context, c permit.Change) error
	PermitLife(ctx context.Context, jurisdiction, number string) (Life, error)
	// PermitsOfNumber lists the permits of whoever has the ID number, in the cities named, newest first.
	PermitsOfNumber(ctx context.Context, cities []string, id civic.CitizenID, view ledger.Entry) ([]PermitCase, error)
	ResidenceOf(ctx context.Context, jurisdiction, person string) (permit.Residence, error)
	AddInterval(ctx context.Context, p permit.Permit, i permit.Interval) error

	// LockDaily keeps other programs from doing the daily job of a city until the transaction ends.
	LockDaily(ctx context.Context, jurisdiction string) error
	// DuePermits locks and returns permits that a rule of the day changes. Nothing of their holders is in them.
	DuePermits(ctx context.Context, jurisdiction string, today civic.Date, limit int) ([]DuePermit, error)
	SaveRuled(ctx context.Context, jurisdiction string, changes []permit.Change) error
	// Unreckoned returns applications whose permit was issued before residence was kept.
	Unreckoned(ctx context.Context, jurisdiction string, limit int) ([]permit.Application, error)
}

// Life is everything that was written about a permit.
type Life struct {
	Events       []permit.LifeEvent
	Endorsements []permit.Endorsement
	Losses       []permit.LossReport
	Proposal     *permit.Proposal // the newest proposed cancellation; nil when there was none
}

// DuePermit is a permit as the daily job needs it, and whose account hears of it.
type DuePermit struct {
	permit.Permit
	Account string
}

// PermitFile is a permit with its life, as its holder and the officers of its station see it.
type PermitFile struct {
	PermitCase
	Life
	Residence permit.Residence
	Rules     *policy.Ruleset
	Timing    permit.Timing // of the endorsement, today
	Opens     civic.Date    // its window; zero where permits are not endorsed

	InForce  *policy.Ruleset  // of the city today: by it a new right is judged, and fees
	Openings []permit.Opening // what can be applied for with the permit
	UnderWay string           // reference of the holder's application that is open, while which nothing else can be applied for
}

// PermitDecision names the permit that is decided on, as it was when the page was made.
type PermitDecision struct {
	Number  string
	Version int
}

// permitRoles see permits of their stations.
var permitRoles = []access.Role{access.Acceptor, access.Reviewer, access.Issuer, access.Supervisor}

// PermitFile returns a permit of the officer's stations.
func (o *Office) PermitFile(ctx context.Context, actor access.Actor, number string) (PermitFile, error) {
	if !actor.Holds(permitRoles...) {
		return PermitFile{}, &Error{What: Forbidden, Why: "role"}
	}
	scope := actor.Scope(permitRoles...)
	return o.permitFile(ctx, actor, PermitFinder{Jurisdiction: scope.Jurisdiction, Number: number, Scope: &scope}, "review")
}

// OwnPermitFile returns a citizen's newest permit with its life.
func (o *Office) OwnPermitFile(ctx context.Context, actor access.Actor) (PermitFile, error) {
	file, _, err := o.OwnPermits(ctx, actor, "")
	return file, err
}

func ownFinder(actor access.Actor, jurisdiction, number string) PermitFinder {
	return PermitFinder{Jurisdiction: jurisdiction, Number: number, Account: actor.ID}
}

func (o *Office) permitFile(ctx context.Context, actor access.Actor, f PermitFinder, purpose string) (file PermitFile, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if file.PermitCase, err = tx.FindPermit(ctx, f, o.entry(actor, ledger.Viewed, purpose)); err != nil {
			return err
		}
		file, err = o.opened(ctx, tx, file.PermitCase)
		return err
	})
	return file, err
}

// opened completes a permit that was found with its life.
func (o *Office) opened(ctx context.Context, tx Tx, c PermitCase) (file PermitFile, err error) {
	file.PermitCase = c
	if file.Rules, err = o.Ruleset(c.Permit.Ruleset); err != nil {
		return file, err
	}
	if file.Life, err = tx.PermitLife(ctx, c.Permit.Jurisdiction, c.Permit.Number); err != nil {
		return file, err
	}
	if file.Residence, err = tx.ResidenceOf(ctx, c.Permit.Jurisdiction, c.Permit.Person); err != nil {
		return file, err
	}
	file.Timing, file.Opens = c.Permit.EndorsementTiming(file.Rules, o.Today())
	if file.InForce, _, err = o.InForce(c.Permit.Jurisdiction); err != nil {
		return file, err
	}
	file.Openings = permit.Openings(c.Permit, file.Rules, file.InForce, o.now())
	file.UnderWay, err = tx.OpenApplication(ctx, c.Permit.Jurisdiction, c.Permit.Person, permit.KindRenew)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return file, err
}

// lifeVerb is what the law makes of a permit; with is everything that was written about it.
type lifeVerb func(with PermitFile, by permit.Doer) (permit.Change, error)

// live is what every verb of a permit's life has in common: one transaction that locks the permit as the actor may see it, checks the
// version when one was seen, asks the law, and saves permit, history and ledger.
func (o *Office) live(ctx context.Context, actor access.Actor, f PermitFinder, seen int, by permit.Doer, verb lifeVerb) (c permit.Change, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		found, err := tx.LockPermit(ctx, f, o.entry(actor, ledger.Viewed, "decision"))
		if err != nil {
			return err
		}
		if seen != anyVersion && found.Permit.Version != seen {
			return ErrStale
		}
		file, err := o.opened(ctx, tx, found)
		if err != nil {
			return err
		}
		if by.Officer.ID != "" {
			by.Officer.Station = found.Station
		}
		if c, err = verb(file, by); err != nil {
			return judged(err)
		}
		if err := tx.SavePermit(ctx, c); err != nil {
			return err
		}
		if err := tx.Record(ctx, o.lifeEntries(actor, found.Account, found.Station, c)...); err != nil {
			return err
		}
		return o.tellHolder(ctx, tx, found.Account, c)
	})
	return c, err
}

// anyVersion is for holders: what they ask for does not depend on what else happened, and the law judges the permit as it is.
const anyVersion = 0

// lifeActions are the entries that events make in the ledger.
var lifeActions = map[string]ledger.Action{
	permit.VerbEndorse: ledger.Endorsed, permit.VerbSuspend: ledger.Suspended, permit.VerbExpire: ledger.Expired, permit.VerbReportLoss: ledger.LossReported,
	permit.VerbWithdrawLoss: ledger.LossWithdrawn, permit.VerbCancel: ledger.Cancelled, permit.VerbProposeCancelling: ledger.CancellingProposed,
	permit.VerbRejectCancellation: ledger.CancellingRejected, permit.VerbSupersede: ledger.Superseded, permit.VerbChange: ledger.Changed,
}

// house is the actor of the rules.
var house = access.Actor{Kind: access.System, ID: "rules"}

// lifeEntries write each event of a change into the ledger: what a rule did was done by the house.
func (o *Office) lifeEntries(actor access.Actor, account, station string, c permit.Change) []ledger.Entry {
	var entries []ledger.Entry
	for _, event := range c.Events {
		e := o.entry(actor, lifeActions[event.Verb], event.Reason)
		e.Station = station
		if event.ByHouse() {
			e.ActorKind, e.ActorID, e.Station = string(house.Kind), house.ID, ""
		} else if actor.Kind != access.Staff {
			e.Station = ""
		}
		e.Jurisdiction, e.Person, e.Account, e.Object = c.Permit.Jurisdiction, c.Permit.Person, account, "permit/"+c.Permit.Number
		entries = append(entries, e)
	}
	return entries
}

// tellHolder texts the holder what was done to the permit: whoever did not do it oneself must hear of it at once.
func (o *Office) tellHolder(ctx context.Context, tx Tx, account string, c permit.Change) error {
	kind := map[string]string{permit.VerbEndorse: "permit_endorsed", permit.VerbReportLoss: "permit_lost", permit.VerbWithdrawLoss: "permit_found", permit.VerbCancel: "permit_cancelled"}[c.Events[len(c.Events)-1].Verb]
	if kind == "" || account == "" {
		return nil
	}
	to, err := tx.Account(ctx, account)
	if err != nil {
		return err
	}
	var pairs []string
	if kind == "permit_endorsed" {
		pairs = []string{"By", c.Permit.EndorseBy.String()}
	}
	return tx.Send(ctx, o.message(to.Phone, to.Lang, kind, pairs...))
}

// staffLive is live for an officer who holds one of the roles at the permit's station.
func (o *Office) staffLive(ctx context.Context, actor access.Actor, d PermitDecision, roles []access.Role, verb lifeVerb) (permit.Change, error) {
	if !actor.Holds(roles...) {
		return permit.Change{}, &Error{What: Forbidden, Why: "role"}
	}
	if d.Version < 1 {
		return permit.Change{}, ErrStale // of no page that we made
	}
	scope := actor.Scope(roles...)
	f := PermitFinder{Jurisdiction: scope.Jurisdiction, Number: d.Number, Scope: &scope}
	return o.live(ctx, actor, f, d.Version, permit.Doer{Officer: permit.Officer{ID: actor.ID, Name: actor.Name}}, verb)
}

// ownLive is live for the holder on the portal.
func (o *Office) ownLive(ctx context.Context, actor access.Actor, number string, verb lifeVerb) (permit.Change, error) {
	canonical, ok := permit.ParseNumber(number)
	if !ok {
		return permit.Change{}, ErrNotFound
	}
	return o.live(ctx, actor, ownFinder(actor, permit.JurisdictionOf(canonical), canonical), anyVersion, permit.Doer{Counter: "portal"}, verb)
}

// already reports whether an error says that the permit has that status, so that a second tap is told what the first one did.
func already(err error, status permit.Status) bool {
	var known *Error
	return errors.As(err, &known) && known.What == Denied && known.Why == "permit_"+string(status)
}

// endorsementFor is the endorsement that was made for a due day.
func (l Life) endorsementFor(due civic.Date) (permit.Endorsement, bool) {
	i := slices.IndexFunc(l.Endorsements, func(e permit.Endorsement) bool { return e.DueOn == due })
	if i < 0 {
		return permit.Endorsement{}, false
	}
	return l.Endorsements[i], true
}
