package office

import (
	"context"
	"crypto/sha256"
	"encoding/json"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// RefusalTx keeps reports that a permit was not honoured, and their history.
type RefusalTx interface {
	// CreateRefusal stores a report with its first event. The same idempotency key again returns the report made then (again true), or
	// ErrReused when the body hash differs.
	CreateRefusal(ctx context.Context, r permit.RefusalReport, event permit.RefusalEvent, key string, bodyHash []byte) (made permit.RefusalReport, again bool, err error)
	// FindRefusal returns a report. The finder says who asks. LockRefusal keeps the row until the transaction ends.
	FindRefusal(ctx context.Context, f RefusalFinder, view ledger.Entry) (permit.RefusalReport, error)
	LockRefusal(ctx context.Context, f RefusalFinder, view ledger.Entry) (permit.RefusalReport, error)
	// SaveRefusal stores what an event has led to, if the version has risen by exactly one (ErrStale).
	SaveRefusal(ctx context.Context, r permit.RefusalReport, event permit.RefusalEvent) error
	RefusalEvents(ctx context.Context, jurisdiction, report string) ([]permit.RefusalEvent, error)
	// RefusalsOf lists what an account has reported, newest first.
	RefusalsOf(ctx context.Context, account string, view ledger.Entry) ([]permit.RefusalReport, error)
	// RefusalQueue lists reports of the scope without what is sealed; each line writes a ledger entry.
	RefusalQueue(ctx context.Context, scope RefusalScope, q RefusalQuery, view ledger.Entry) (RefusalPage, error)
}

// RefusalFinder says which report is wanted and who may see it: exactly one of Scope and Account is set, with the ID, or the Reference alone.
type RefusalFinder struct {
	ID        string
	Scope     *RefusalScope // staff
	Account   string        // citizen: only own reports
	Reference string        // whoever knows it
}

// RefusalScope is whose reports a member of staff sees. The zero scope sees nothing.
type RefusalScope struct {
	Jurisdiction string
	All          bool // a supervisor: the whole city
	Desks        []RefusalDesk
}

// RefusalDesk is a department whose reports are seen: of a county, or of the whole city when County is empty.
type RefusalDesk struct{ Department, County string }

// RefusalQuery selects a part of the reports. Overdue are those of the open ones whose day is before Today.
type RefusalQuery struct {
	Show       RefusalShow
	Today      civic.Date
	Page, Size int
}

// RefusalShow is a ready-made selection.
type RefusalShow string

// The selections.
const (
	ShowOpen     RefusalShow = "open"
	ShowOverdue  RefusalShow = "overdue"
	ShowAnswered RefusalShow = "answered"
)

// RefusalPage is one page of them: what is open oldest first, what is answered newest first.
type RefusalPage struct {
	Reports []permit.RefusalReport
	Total   int
	Counts  map[RefusalShow]int // of the whole scope, whatever the query
}

// RefusalFile is a report with its history, as the law of its day has it.
type RefusalFile struct {
	permit.RefusalReport
	Rules  *policy.Ruleset
	Events []permit.RefusalEvent
}

// Answered returns the answer, if there is one.
func (f RefusalFile) Answered() (permit.RefusalEvent, bool) {
	for _, e := range f.Events {
		if e.Verb == permit.VerbAnswer {
			return e, true
		}
	}
	return permit.RefusalEvent{}, false
}

// ReportRefusal takes a report. The key is the form's: two taps, a retry or a refresh make one report.
func (o *Office) ReportRefusal(ctx context.Context, actor access.Actor, r permit.RefusalReport, key, peer string) (made permit.RefusalReport, err error) {
	if err := o.throttled(ctx, peer, access.RefusalsPerPeer); err != nil {
		return made, err
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		made, err = o.reportRefusal(ctx, tx, actor, r, key)
		return err
	})
	return made, err
}

func (o *Office) reportRefusal(ctx context.Context, tx Tx, actor access.Actor, r permit.RefusalReport, key string) (permit.RefusalReport, error) {
	if !isUUID(key) {
		return r, &Error{What: Invalid, Why: "key_missing"}
	}
	if _, ok := o.Book.Jurisdiction(r.Jurisdiction); !ok {
		return r, judged(permit.Faults{{Field: "city", Code: "city_choose"}})
	}
	rules, _, err := o.InForce(r.Jurisdiction)
	if err != nil {
		return r, err
	}
	if actor.Kind == access.Citizen {
		r.Account = actor.ID
	}
	body, err := json.Marshal(r.Tidy()) // what was said, whatever the day: a retry after midnight is the same report
	if err != nil {
		return r, err
	}
	bodyHash := sha256.Sum256(body)
	calendar, err := o.calendar(ctx, tx)
	if err != nil {
		return r, err
	}
	r, event, err := permit.Report(r, rules, calendar, o.now())
	if err != nil {
		return r, judged(err)
	}
	r.ID, r.Reference = newID(), permit.NewRefusalReference()
	made, again, err := tx.CreateRefusal(ctx, r, event, key, bodyHash[:])
	if err != nil || again {
		return made, err
	}
	entry := o.refusalEntry(actor, ledger.Reported, string(made.Kind))
	return made, tx.Record(ctx, about(entry, made))
}

// refusalEntry starts a ledger entry. Department posts stand at no station, so the city is that of the post.
func (o *Office) refusalEntry(actor access.Actor, action ledger.Action, purpose string) ledger.Entry {
	e := o.entry(actor, action, purpose)
	if scope := refusalScope(actor); e.Jurisdiction == "" {
		e.Jurisdiction = scope.Jurisdiction
	}
	return e
}

// about completes an entry with the report that it is about.
func about(e ledger.Entry, r permit.RefusalReport) ledger.Entry {
	e.Jurisdiction, e.Account, e.Object = r.Jurisdiction, r.Account, "refusal/"+r.ID
	return e
}

// Refusal returns a report to whoever knows its reference. Tries are counted.
func (o *Office) Refusal(ctx context.Context, actor access.Actor, reference, peer string) (RefusalFile, error) {
	if _, ok := permit.ParseRefusalReference(reference); !ok {
		return RefusalFile{}, judged(permit.Faults{{Field: "reference", Code: "refusal_reference"}})
	}
	if err := o.throttled(ctx, peer, access.LookupsPerPeer); err != nil {
		return RefusalFile{}, err
	}
	return o.SentRefusal(ctx, actor, reference)
}

// SentRefusal is Refusal for the browser that has just sent the report and holds its reference: a page that is shown again is no try.
func (o *Office) SentRefusal(ctx context.Context, actor access.Actor, reference string) (RefusalFile, error) {
	ref, ok := permit.ParseRefusalReference(reference)
	if !ok {
		return RefusalFile{}, ErrNotFound
	}
	return o.refusalFile(ctx, actor, RefusalFinder{Reference: ref}, "reporter")
}

// OwnRefusal returns a report of the citizen's own.
func (o *Office) OwnRefusal(ctx context.Context, actor access.Actor, id string) (RefusalFile, error) {
	return o.refusalFile(ctx, actor, RefusalFinder{Account: actor.ID, ID: id}, "reporter")
}

// OwnRefusals lists what a citizen has reported while signed in, newest first.
func (o *Office) OwnRefusals(ctx context.Context, actor access.Actor) (reports []permit.RefusalReport, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		reports, err = tx.RefusalsOf(ctx, actor.ID, o.entry(actor, ledger.Viewed, "reporter"))
		return err
	})
	return reports, err
}

func (o *Office) refusalFile(ctx context.Context, actor access.Actor, f RefusalFinder, purpose string) (file RefusalFile, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		if file.RefusalReport, err = tx.FindRefusal(ctx, f, o.refusalEntry(actor, ledger.Viewed, purpose)); err != nil {
			return err
		}
		if file.Rules, err = o.Ruleset(file.Ruleset); err != nil {
			return err
		}
		file.Events, err = tx.RefusalEvents(ctx, file.Jurisdiction, file.ID)
		return err
	})
	return file, err
}

// errNoDesk refuses a colleague whose post has no department.
var errNoDesk = &Error{What: Forbidden, Why: "role"}

// SeesRefusals reports whether the actor's posts show any report.
func SeesRefusals(actor access.Actor) bool {
	scope := refusalScope(actor)
	return scope.All || len(scope.Desks) > 0
}

// AssignsRefusals reports whether the actor may send a report to another department.
func AssignsRefusals(actor access.Actor) bool { return refusalScope(actor).All }

// refusalScope is what the actor's posts show: a supervisor the whole city, an editor or a window what its department is named in, an
// editor of a county what happened there. A member of staff serves one city: that of the first such post.
func refusalScope(actor access.Actor) RefusalScope {
	var s RefusalScope
	for _, p := range actor.PostsAs(access.Supervisor, access.Editor, access.Verifier) {
		if p.Role != access.Supervisor && p.Department == "" || s.Jurisdiction != "" && s.Jurisdiction != p.Jurisdiction {
			continue
		}
		s.Jurisdiction = p.Jurisdiction
		if p.Role == access.Supervisor {
			s.All = true
			continue
		}
		desk := RefusalDesk{Department: p.Department}
		if p.Government != p.Jurisdiction {
			desk.County = p.Government
		}
		s.Desks = append(s.Desks, desk)
	}
	return s
}

// RefusalQueue lists the reports that the actor's posts show.
func (o *Office) RefusalQueue(ctx context.Context, actor access.Actor, q RefusalQuery) (page RefusalPage, err error) {
	if !SeesRefusals(actor) {
		return page, errNoDesk
	}
	q.Today = o.Today()
	err = o.Store.Within(ctx, func(tx Tx) error {
		page, err = tx.RefusalQueue(ctx, refusalScope(actor), q, o.refusalEntry(actor, ledger.Listed, "refusals"))
		return err
	})
	return page, err
}

// RefusalFile returns a report that the actor's posts show; any other is not found.
func (o *Office) RefusalFile(ctx context.Context, actor access.Actor, id string) (RefusalFile, error) {
	if !SeesRefusals(actor) {
		return RefusalFile{}, errNoDesk
	}
	scope := refusalScope(actor)
	return o.refusalFile(ctx, actor, RefusalFinder{Scope: &scope, ID: id}, "refusal")
}

// RefusalDecision names the report that is decided on, as it was when the page was made.
type RefusalDecision struct {
	ID      string
	Version int
}

// AnswerRefusal answers a report: the reporter reads it, and gets a text when a phone was given.
func (o *Office) AnswerRefusal(ctx context.Context, actor access.Actor, d RefusalDecision, answer permit.RefusalAnswer) error {
	if !SeesRefusals(actor) {
		return errNoDesk
	}
	return o.decideRefusal(ctx, actor, d, ledger.Answered, func(tx Tx, r permit.RefusalReport, rules *policy.Ruleset) (permit.RefusalReport, permit.RefusalEvent, string, error) {
		next, event, err := r.Answer(answer, permit.Officer{ID: actor.ID, Name: actor.Name}, rules, o.now())
		if err == nil && r.Phone != "" {
			err = tx.Send(ctx, o.message(r.Phone, r.Lang, "refusal_answered"))
		}
		return next, event, string(event.Outcome), err
	})
}

// AssignRefusal sends a report to a department. Only a supervisor does.
func (o *Office) AssignRefusal(ctx context.Context, actor access.Actor, d RefusalDecision, department string) error {
	if !AssignsRefusals(actor) {
		return errNoDesk
	}
	return o.decideRefusal(ctx, actor, d, ledger.Reported, func(_ Tx, r permit.RefusalReport, rules *policy.Ruleset) (permit.RefusalReport, permit.RefusalEvent, string, error) {
		next, event, err := r.Assign(department, permit.Officer{ID: actor.ID, Name: actor.Name}, rules, o.now())
		return next, event, "department", err
	})
}

// decideRefusal is what both have in common: one transaction that locks the report within the actor's scope, checks the version, asks
// the law, and saves state, history and ledger.
func (o *Office) decideRefusal(ctx context.Context, actor access.Actor, d RefusalDecision, action ledger.Action,
	verb func(Tx, permit.RefusalReport, *policy.Ruleset) (permit.RefusalReport, permit.RefusalEvent, string, error)) error {
	scope := refusalScope(actor)
	return o.Store.Within(ctx, func(tx Tx) error {
		r, err := tx.LockRefusal(ctx, RefusalFinder{Scope: &scope, ID: d.ID}, o.refusalEntry(actor, ledger.Viewed, "decision"))
		if err != nil {
			return err
		}
		if r.Version != d.Version {
			return ErrStale
		}
		rules, err := o.Ruleset(r.Ruleset)
		if err != nil {
			return err
		}
		next, event, purpose, err := verb(tx, r, rules)
		if err != nil {
			return judged(err)
		}
		if err := tx.SaveRefusal(ctx, next, event); err != nil {
			return err
		}
		return tx.Record(ctx, about(o.refusalEntry(actor, action, purpose), next))
	})
}
