package store

import (
	"context"
	"crypto/hmac"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

// registrationRow is a registration as stored.
type registrationRow struct {
	Jurisdiction string
	ID           string
	Number       string
	Ruleset      string
	Station      string
	Person       string
	Account      *string
	Household    string
	Particulars  []byte
	Source       string
	Token        []byte
	State        permit.RegistrationState
	DeclaredOn   *time.Time
	RegisteredOn *time.Time
	ShownBy      *string
	Since        *time.Time
	HalfYearOn   *time.Time
	DecidedOn    *time.Time
	EndedOn      *time.Time
	EndedFor     *string
	Version      int
}

const registrationColumns = `g.jurisdiction, g.id, g.number, g.ruleset, g.station, g.person, g.account, g.household, g.particulars, g.source, g.token, g.state,
	g.declared_on, g.registered_on, g.shown_by, g.since, g.half_year_on, g.decided_on, g.ended_on, g.ended_for, g.version`

func (t *tx) registration(r registrationRow) (permit.Registration, error) {
	open := t.opener("registration", r.ID)
	reg := permit.Registration{Jurisdiction: r.Jurisdiction, ID: r.ID, Number: r.Number, Ruleset: r.Ruleset, Station: r.Station, Person: r.Person, Account: orZero(r.Account),
		Household: r.Household, Source: r.Source, State: r.State, DeclaredOn: civil(r.DeclaredOn), On: civil(r.RegisteredOn), ShownBy: orZero(r.ShownBy), Since: civil(r.Since),
		HalfYearOn: civil(r.HalfYearOn), DecidedOn: civil(r.DecidedOn), EndedOn: civil(r.EndedOn), EndedFor: orZero(r.EndedFor), Version: r.Version}
	open.json("particulars", r.Particulars, &reg.Particulars)
	reg.Token = open.token("token", r.Token)
	return reg, open.err
}

func (t *tx) NextReceipt(ctx context.Context, jurisdiction, division string, year, n int) (last int, err error) {
	err = t.q.QueryRow(ctx, `
		insert into receipt_serial (jurisdiction, division, year, last) values ($1, $2, $3, $4)
		on conflict (jurisdiction, division, year) do update set last = receipt_serial.last + $4
		returning last`, jurisdiction, division, year, n).Scan(&last)
	return last, failed(err)
}

// registrationValues are the columns of a new registration, in the order of registrationInsert.
func (t *tx) registrationValues(r permit.Registration, key string, position int, bodyHash []byte) ([]any, error) {
	particulars, err := t.secrets.sealJSON(place{"registration", r.ID, "particulars"}, r.Particulars)
	return []any{r.Jurisdiction, r.ID, r.Number, r.Ruleset, r.Station, r.Person, orNull(r.Account), r.Household, particulars, r.Source,
		t.secrets.seal(place{"registration", r.ID, "token"}, r.Token[:]), t.tokenIndex("registration", r.Token), key, position, t.registrationBody(bodyHash), r.State,
		day(r.DeclaredOn), day(r.On), orNull(r.ShownBy), day(r.Since), day(r.HalfYearOn), day(r.DecidedOn), day(r.EndedOn), orNull(r.EndedFor), r.Version}, err
}

func (t *tx) registrationBody(bodyHash []byte) []byte {
	return t.secrets.blind("registration.body", bodyHash)
}

var registrationInsert = []string{"jurisdiction", "id", "number", "ruleset", "station", "person", "account", "household", "particulars", "source", "token", "token_index",
	"idempotency_key", "position", "body_index", "state", "declared_on", "registered_on", "shown_by", "since", "half_year_on", "decided_on", "ended_on", "ended_for", "version"}

func (t *tx) CreateRegistration(ctx context.Context, r permit.Registration, e permit.RegistrationEvent, key string, position int, bodyHash []byte) error {
	values, err := t.registrationValues(r, key, position, bodyHash)
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `insert into registration (`+strings.Join(registrationInsert, ", ")+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
		$16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`, values...)
	if err != nil {
		return failed(err)
	}
	return t.addRegistrationEvent(ctx, r, e)
}

func (t *tx) RegistrationWithKey(ctx context.Context, jurisdiction, key string, bodyHash []byte) (permit.Registration, error) {
	rows, err := t.q.Query(ctx, `select `+registrationColumns+`, g.body_index from registration g where g.jurisdiction = $1 and g.idempotency_key = $2 and g.position = 0`, jurisdiction, key)
	if err != nil {
		return permit.Registration{}, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		registrationRow
		BodyIndex []byte
	}])
	if err != nil {
		return permit.Registration{}, failed(err)
	}
	if !hmac.Equal(row.BodyIndex, t.registrationBody(bodyHash)) {
		return permit.Registration{}, office.ErrReused
	}
	return t.registration(row.registrationRow)
}

// SaveRegistration asks for the version that the verb was tried on; of two at once the slower one meets no row.
func (t *tx) SaveRegistration(ctx context.Context, r permit.Registration, e permit.RegistrationEvent) error {
	err := fresh(t.q.Exec(ctx, `
		update registration set state = $4, registered_on = $5, shown_by = $6, since = $7, half_year_on = $8, decided_on = $9, ended_on = $10, ended_for = $11, version = $3
		where jurisdiction = $1 and id = $2 and version = $3 - 1`,
		r.Jurisdiction, r.ID, r.Version, r.State, day(r.On), orNull(r.ShownBy), day(r.Since), day(r.HalfYearOn), day(r.DecidedOn), day(r.EndedOn), orNull(r.EndedFor)))
	if err != nil {
		return err
	}
	return t.addRegistrationEvent(ctx, r, e)
}

func (t *tx) ClaimRegistration(ctx context.Context, r permit.Registration, account string) error {
	return fresh(t.q.Exec(ctx, `update registration set account = $3 where jurisdiction = $1 and id = $2 and account is null`, r.Jurisdiction, r.ID, account))
}

func (t *tx) addRegistrationEvent(ctx context.Context, r permit.Registration, e permit.RegistrationEvent) error {
	row := eventRow(r.ID, r.Version)
	var name, note []byte
	if e.By.ID != "" {
		name = t.secrets.seal(place{"registration_event", row, "by_name"}, []byte(e.By.Name))
	}
	if e.Note != "" {
		note = t.secrets.seal(place{"registration_event", row, "note"}, []byte(e.Note))
	}
	_, err := t.q.Exec(ctx, `
		insert into registration_event (jurisdiction, registration, version, verb, state, at, day, by_staff, by_name, by_station, counter, reason, note)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		r.Jurisdiction, r.ID, r.Version, e.Verb, e.State, e.At, day(e.On), orNull(e.By.ID), name, orNull(e.By.Station), orNull(e.Counter), orNull(e.Reason), note)
	return failed(err)
}

// RegistrationEvents returns the history of a registration, oldest first.
func (t *tx) RegistrationEvents(ctx context.Context, jurisdiction, registration string) ([]permit.RegistrationEvent, error) {
	if err := ids(registration); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, `
		select version, verb, state, at, day, coalesce(by_staff::text, '') as by_staff, by_name, coalesce(by_station, '') as by_station,
			coalesce(counter, '') as counter, coalesce(reason, '') as reason, note
		from registration_event where jurisdiction = $1 and registration = $2 order by version`, jurisdiction, registration)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.RegistrationEvent, error) {
		r, err := pgx.RowToStructByName[struct {
			Version                             int
			Verb                                string
			State                               permit.RegistrationState
			At, Day                             time.Time
			ByStaff, ByStation, Counter, Reason string
			ByName, Note                        []byte
		}](row)
		if err != nil {
			return permit.RegistrationEvent{}, err
		}
		open := t.opener("registration_event", eventRow(registration, r.Version))
		e := permit.RegistrationEvent{Verb: r.Verb, State: r.State, At: r.At, On: civil(&r.Day), By: permit.Officer{ID: r.ByStaff, Name: open.text("by_name", r.ByName), Station: r.ByStation},
			Counter: r.Counter, Reason: r.Reason, Note: open.text("note", r.Note)}
		return e, open.err
	})
	return list, failed(err)
}

func (t *tx) RegistrationsOfPerson(ctx context.Context, jurisdiction, person string) ([]permit.Registration, error) {
	if err := ids(person); err != nil {
		return nil, err
	}
	return t.registrations(ctx, `select `+registrationColumns+` from registration g where g.jurisdiction = $1 and g.person = $2 order by g.declared_on desc, g.id desc for update`,
		jurisdiction, person)
}

// registrations reads registrations to weigh them.
func (t *tx) registrations(ctx context.Context, sql string, args ...any) ([]permit.Registration, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Registration, error) {
		r, err := pgx.RowToStructByName[registrationRow](row)
		if err != nil {
			return permit.Registration{}, err
		}
		return t.registration(r)
	})
	return list, failed(err)
}

// DueHalfYears gives the oldest first. Who has applied, or holds a permit, need not be told.
func (t *tx) DueHalfYears(ctx context.Context, jurisdiction string, from, until civic.Date, limit int) ([]permit.Registration, error) {
	return t.registrations(ctx, `select `+registrationColumns+` from registration g
		where g.jurisdiction = $1 and g.state = 'confirmed' and g.account is not null and g.half_year_on between $2 and $3 and g.half_year_on > g.decided_on and g.household = g.id
			and not exists (select from half_year_reminder m where m.jurisdiction = g.jurisdiction and m.registration = g.id)
			and not exists (select from application a where a.jurisdiction = g.jurisdiction and a.person = g.person and a.state not in ('declined', 'refused'))
		order by g.half_year_on, g.id limit $4`, jurisdiction, day(from), day(until), limit)
}

func (t *tx) HalfYearTold(ctx context.Context, jurisdiction, registration, message string) error {
	_, err := t.q.Exec(ctx, `insert into half_year_reminder (jurisdiction, registration, message) values ($1, $2, $3)`, jurisdiction, registration, message)
	return failed(err)
}

// registrationSight is what a view of a registration writes into the ledger.
func registrationSight(r permit.Registration) sight {
	return sight{r.Jurisdiction, r.Person, r.Account, "registration/" + r.Number}
}

// registrationCases reads registrations with their persons, and writes an entry for each.
func (t *tx) registrationCases(ctx context.Context, view ledger.Entry, sql string, args ...any) ([]office.RegistrationCase, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c office.RegistrationCase, err error) {
		r, err := pgx.RowToStructByName[struct {
			registrationRow
			personRow
		}](row)
		if err != nil {
			return c, err
		}
		if c.Registration, err = t.registration(r.registrationRow); err != nil {
			return c, err
		}
		c.Person, err = t.person(r.Jurisdiction, r.personRow)
		return c, err
	})
	if err != nil {
		return nil, failed(err)
	}
	seen := make([]sight, len(list))
	for i, c := range list {
		seen[i] = registrationSight(c.Registration)
	}
	return list, t.viewed(ctx, view, seen...)
}
