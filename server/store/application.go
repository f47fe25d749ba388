package store

import (
	"context"
	"crypto/hmac"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
	"anju/server/permit"
)

// applicationRow is an application as stored.
type applicationRow struct {
	Jurisdiction   string
	ID             string
	Reference      string
	Ruleset        string
	Kind           permit.Kind
	OfPermit       *string
	Tier           string
	Station        string
	Person         string
	Account        *string
	Particulars    []byte
	Counter        string
	Notice         string
	Token          []byte
	State          permit.State
	SubmittedAt    time.Time
	SupplementedOn *time.Time
	AcceptedOn     *time.Time
	AcceptedBy     *string
	StatutoryBy    *time.Time
	PromisedBy     *time.Time
	PausedOn       *time.Time
	PausedFor      *string
	DecidedOn      *time.Time
	DecidedBy      *string
	ProducedOn     *time.Time
	IssuedOn       *time.Time
	Permit         *string
	Version        int
}

const applicationColumns = `a.jurisdiction, a.id, a.reference, a.ruleset, a.kind, a.of_permit, a.tier, a.station, a.person, a.account, a.particulars, a.counter, a.notice, a.token,
	a.state, a.submitted_at, a.supplemented_on, a.accepted_on, a.accepted_by, a.statutory_by, a.promised_by, a.paused_on, a.paused_for, a.decided_on, a.decided_by, a.produced_on, a.issued_on, a.permit, a.version`

func (t *tx) application(r applicationRow) (a permit.Application, token [16]byte, err error) {
	open := t.opener("application", r.ID)
	a = permit.Application{Jurisdiction: r.Jurisdiction, ID: r.ID, Reference: r.Reference, Ruleset: r.Ruleset, Kind: r.Kind, OfPermit: orZero(r.OfPermit), Tier: r.Tier, Station: r.Station, Person: r.Person,
		Account: orZero(r.Account), Counter: r.Counter, Notice: r.Notice, State: r.State, SubmittedAt: r.SubmittedAt, SupplementedOn: civil(r.SupplementedOn), AcceptedOn: civil(r.AcceptedOn),
		AcceptedBy: orZero(r.AcceptedBy), StatutoryBy: civil(r.StatutoryBy), PromisedBy: civil(r.PromisedBy), PausedOn: civil(r.PausedOn), PausedFor: orZero(r.PausedFor), DecidedOn: civil(r.DecidedOn),
		DecidedBy: orZero(r.DecidedBy), ProducedOn: civil(r.ProducedOn), IssuedOn: civil(r.IssuedOn), Permit: orZero(r.Permit), Version: r.Version}
	open.json("particulars", r.Particulars, &a.Particulars)
	token = open.token("token", r.Token)
	return a, token, open.err
}

func (t *tx) CreateApplication(ctx context.Context, a permit.Application, token [16]byte, event permit.Event, key string, bodyHash []byte) (permit.Application, bool, error) {
	particulars, err := t.secrets.sealJSON(place{"application", a.ID, "particulars"}, a.Particulars)
	if err != nil {
		return permit.Application{}, false, err
	}
	tag, err := t.q.Exec(ctx, `
		insert into application (jurisdiction, id, reference, ruleset, tier, station, person, account, particulars, counter, notice, token, token_index,
			idempotency_key, body_index, state, submitted_at, version, kind, of_permit)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
		on conflict (jurisdiction, idempotency_key) do nothing`,
		a.Jurisdiction, a.ID, a.Reference, a.Ruleset, a.Tier, a.Station, a.Person, orNull(a.Account), particulars, a.Counter, a.Notice,
		t.secrets.seal(place{"application", a.ID, "token"}, token[:]), t.tokenIndex("application", token), key, t.bodyIndex(bodyHash),
		a.State, a.SubmittedAt, a.Version, a.Kind, orNull(a.OfPermit))
	if err != nil {
		return permit.Application{}, false, failed(err)
	}
	if tag.RowsAffected() == 0 {
		made, err := t.SubmittedWith(ctx, key, bodyHash)
		return made, err == nil, err
	}
	return a, false, t.addEvent(ctx, a, event)
}

func (t *tx) tokenIndex(table string, token [16]byte) []byte {
	return t.secrets.blind(table+".token", token[:])
}

// bodyIndex hides the hash of a form: whoever guesses its answers could check them against a plain one.
func (t *tx) bodyIndex(bodyHash []byte) []byte { return t.secrets.blind("application.body", bodyHash) }

func (t *tx) SubmittedWith(ctx context.Context, key string, bodyHash []byte) (permit.Application, error) {
	rows, err := t.q.Query(ctx, `select `+applicationColumns+`, a.body_index from application a where a.idempotency_key = $1 limit 1`, key)
	if err != nil {
		return permit.Application{}, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		applicationRow
		BodyIndex []byte
	}])
	if err != nil {
		return permit.Application{}, failed(err)
	}
	if !hmac.Equal(row.BodyIndex, t.bodyIndex(bodyHash)) {
		return permit.Application{}, office.ErrReused
	}
	a, _, err := t.application(row.applicationRow)
	return a, err
}

// SaveApplication asks for the version that the decision was made on; of two decisions at once the slower one meets no row.
func (t *tx) SaveApplication(ctx context.Context, a permit.Application, event permit.Event) error {
	err := fresh(t.q.Exec(ctx, `
		update application set state = $4, accepted_on = $5, accepted_by = $6, statutory_by = $7, promised_by = $8, decided_on = $9, decided_by = $10,
			produced_on = $11, issued_on = $12, permit = $13, paused_on = $14, paused_for = $15, supplemented_on = $16, version = $3
		where jurisdiction = $1 and id = $2 and version = $3 - 1`,
		a.Jurisdiction, a.ID, a.Version, a.State, day(a.AcceptedOn), orNull(a.AcceptedBy), day(a.StatutoryBy), day(a.PromisedBy), day(a.DecidedOn),
		orNull(a.DecidedBy), day(a.ProducedOn), day(a.IssuedOn), orNull(a.Permit), day(a.PausedOn), orNull(a.PausedFor), day(a.SupplementedOn)))
	if err != nil {
		return err
	}
	// An open appointment stands on the state of its application. One whose purpose the new state does not fit has been ended before; else this fails.
	_, err = t.q.Exec(ctx, `update appointment set stands_on = $3 where jurisdiction = $1 and application = $2 and stands_on is not null`, a.Jurisdiction, a.ID, a.State)
	if err != nil {
		return failed(err)
	}
	return t.addEvent(ctx, a, event)
}

// addEvent adds the event that has led to the version of the application; the version names it.
func (t *tx) addEvent(ctx context.Context, a permit.Application, e permit.Event) error {
	row := eventRow(a.ID, a.Version)
	var name, note []byte
	if e.By.ID != "" {
		name = t.secrets.seal(place{"application_event", row, "by_name"}, []byte(e.By.Name))
	}
	if e.Note != "" {
		note = t.secrets.seal(place{"application_event", row, "note"}, []byte(e.Note))
	}
	_, err := t.q.Exec(ctx, `
		insert into application_event (jurisdiction, application, version, verb, state, at, day, by_staff, by_name, by_station, counter, reason, note)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.Jurisdiction, a.ID, a.Version, e.Verb, e.State, e.At, day(e.On), orNull(e.By.ID), name, orNull(e.By.Station), orNull(e.Counter), orNull(e.Reason), note)
	return failed(err)
}

func (t *tx) OpenApplication(ctx context.Context, jurisdiction, person string, kind permit.Kind) (reference string, err error) {
	if err := ids(person); err != nil {
		return "", err
	}
	err = t.q.QueryRow(ctx, `
		select a.reference from application a left join permit p on p.jurisdiction = a.jurisdiction and p.number = a.permit
		where a.jurisdiction = $1 and a.person = $2
			and (a.state in ('pre_applied', 'to_supplement', 'in_review', 'in_production', 'to_collect') or $3 = 'issue' and a.state = 'issued' and p.status in ('active', 'suspended', 'lost'))
		order by a.submitted_at desc limit 1`, jurisdiction, person, kind).Scan(&reference)
	return reference, failed(err)
}
