package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/policy"
)

func (t *tx) NextSerial(ctx context.Context, jurisdiction, division string, year int) (serial int, err error) {
	err = t.q.QueryRow(ctx, `
		insert into permit_serial (jurisdiction, division, year, last) values ($1, $2, $3, 1)
		on conflict (jurisdiction, division, year) do update set last = permit_serial.last + 1
		returning last`, jurisdiction, division, year).Scan(&serial)
	return serial, failed(err)
}

// statusListSize is how many places a status list has: 256 KiB at two bits each, before compression.
const statusListSize = credential.MaxStatusList

// NextStatusIndex fills one list of the city after the other, beginning with list 1.
func (t *tx) NextStatusIndex(ctx context.Context, jurisdiction string) (list, index int, err error) {
	var next int
	err = t.q.QueryRow(ctx, `
		insert into status_position (jurisdiction, next) values ($1, 1)
		on conflict (jurisdiction) do update set next = status_position.next + 1
		returning next`, jurisdiction).Scan(&next)
	if err != nil {
		return 0, 0, failed(err)
	}
	return 1 + (next-1)/statusListSize, (next - 1) % statusListSize, nil
}

func (t *tx) CreatePermit(ctx context.Context, c permit.Change, claims []byte) error {
	p := c.Permit
	seal := func(table, column string, value []byte) []byte {
		return t.secrets.seal(place{table, p.Number, column}, value)
	}
	_, err := t.q.Exec(ctx, `
		insert into permit (jurisdiction, number, application, stands_on, person, ruleset, tier, division, issuer_zh, issuer_en, issued_on, valid_until, endorse_from,
			endorse_by, residence, status, status_since, version, status_list, status_index, token, token_index, follows)
		values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		p.Jurisdiction, p.Number, p.Application, p.Person, p.Ruleset, p.Tier, p.Division, p.Issuer.Zh, p.Issuer.En, day(p.IssuedOn), day(p.ValidUntil),
		day(p.EndorseFrom), day(p.EndorseBy), seal("permit", "residence", []byte(p.Residence)), p.Status, day(p.StatusSince), p.Version, p.StatusList, p.StatusIndex, seal("permit", "token", p.Token[:]),
		t.tokenIndex("permit", p.Token), orNull(p.Follows))
	if err != nil {
		return failed(err)
	}
	_, err = t.q.Exec(ctx, `insert into permit_credential (jurisdiction, number, claims) values ($1, $2, $3)`, p.Jurisdiction, p.Number,
		seal("permit_credential", "claims", claims))
	if err != nil {
		return failed(err)
	}
	return t.addLife(ctx, c)
}

// permitRow is a permit as stored, with its credential and whose it is.
type permitRow struct {
	Jurisdiction string
	Number       string
	Application  string
	Account      *string
	Station      string
	Reference    string
	Person       string
	Follows      *string
	Ruleset      string
	Tier         string
	Division     string
	IssuerZh     string
	IssuerEn     string
	IssuedOn     *time.Time
	ValidUntil   *time.Time
	EndorseFrom  *time.Time
	EndorseBy    *time.Time
	Residence    []byte
	Status       permit.Status
	StatusSince  time.Time
	Version      int
	StatusList   int
	StatusIndex  int
	Token        []byte
	Signed       []byte
	AgentFor     *policy.Principal // who keeps the permit for its holder, by the mandate of the application
	AgentAs      *policy.Relation
	personRow
}

const selectPermit = `
	select q.jurisdiction, q.number, q.application, a.account, a.station, a.reference, q.person, q.follows, q.ruleset, q.tier, q.division, q.issuer_zh, q.issuer_en, q.issued_on, q.valid_until,
		q.endorse_from, q.endorse_by, q.residence, q.status, q.status_since, q.version, q.status_list, q.status_index, q.token, c.signed, g.principal as agent_for, g.relation as agent_as, ` + personColumns + `
	from permit q
	join application a on a.jurisdiction = q.jurisdiction and a.id = q.stands_on
	join person p on p.jurisdiction = q.jurisdiction and p.id = q.person
	join permit_credential c on c.jurisdiction = q.jurisdiction and c.number = q.number
	left join application_agent g on g.jurisdiction = q.jurisdiction and g.application = q.application`

func (t *tx) FindPermit(ctx context.Context, f office.PermitFinder, view ledger.Entry) (office.PermitCase, error) {
	return t.findPermit(ctx, f, view, "")
}

func (t *tx) LockPermit(ctx context.Context, f office.PermitFinder, view ledger.Entry) (office.PermitCase, error) {
	return t.findPermit(ctx, f, view, ` for update of q`)
}

// findPermit looks as whoever asks: a permit that is not theirs is no permit.
func (t *tx) findPermit(ctx context.Context, f office.PermitFinder, view ledger.Entry, lock string) (office.PermitCase, error) {
	var w where
	if f.Token != [16]byte{} {
		w.and(`q.token_index = ?`, t.tokenIndex("permit", f.Token))
	} else {
		number, ok := permit.ParseNumber(f.Number)
		if !ok {
			return office.PermitCase{}, office.ErrNotFound
		}
		w.and(`q.jurisdiction = ?`, f.Jurisdiction)
		w.and(`q.number = ?`, number)
		switch {
		case f.Scope != nil:
			w.scope(*f.Scope)
		case f.Account != "":
			if err := ids(f.Account); err != nil {
				return office.PermitCase{}, err
			}
			w.and(`a.account = ?`, f.Account)
		case f.IDNumber != "":
			w.and(`p.id_number_index = ?`, t.idNumberIndex(f.IDNumber))
		case !f.Anyone:
			return office.PermitCase{}, office.ErrNotFound
		}
	}
	list, err := t.permits(ctx, view, selectPermit+w.String()+lock, w.args...)
	if err != nil {
		return office.PermitCase{}, err
	}
	if len(list) != 1 {
		return office.PermitCase{}, office.ErrNotFound
	}
	return list[0], nil
}

func (t *tx) PermitsOf(ctx context.Context, account string, view ledger.Entry) ([]office.PermitCase, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	return t.permits(ctx, view, selectPermit+` where a.account = $1 order by q.status = 'superseded', q.issued_on desc, q.number desc`, account)
}

func (t *tx) PermitsOfNumber(ctx context.Context, cities []string, id civic.CitizenID, view ledger.Entry) ([]office.PermitCase, error) {
	return t.permits(ctx, view, selectPermit+` where p.jurisdiction = any ($1::text[]) and p.id_number_index = $2 order by q.issued_on desc, q.number desc`,
		cities, t.idNumberIndex(id))
}

// permits reads permits, and writes an entry for each of them.
func (t *tx) permits(ctx context.Context, view ledger.Entry, sql string, args ...any) ([]office.PermitCase, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	var seen []sight
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c office.PermitCase, err error) {
		r, err := pgx.RowToStructByName[permitRow](row)
		if err != nil {
			return c, err
		}
		seen = append(seen, sight{r.Jurisdiction, r.Person, orZero(r.Account), "permit/" + r.Number})
		return t.permit(r)
	})
	if err != nil {
		return nil, failed(err)
	}
	if err := t.viewed(ctx, view, seen...); err != nil {
		return nil, err
	}
	return list, nil
}

func (t *tx) permit(r permitRow) (c office.PermitCase, err error) {
	open := t.opener("permit", r.Number)
	c.Permit = permit.Permit{Jurisdiction: r.Jurisdiction, Number: r.Number, Application: r.Application, Person: r.Person, Follows: orZero(r.Follows), Ruleset: r.Ruleset, Tier: r.Tier,
		Division: r.Division, Issuer: civic.Text{Zh: r.IssuerZh, En: r.IssuerEn}, IssuedOn: civil(r.IssuedOn), ValidUntil: civil(r.ValidUntil),
		EndorseFrom: civil(r.EndorseFrom), EndorseBy: civil(r.EndorseBy), Residence: open.text("residence", r.Residence), Status: r.Status, StatusSince: civil(&r.StatusSince), Version: r.Version,
		StatusList: r.StatusList, StatusIndex: r.StatusIndex,
		Token: open.token("token", r.Token)}
	if open.err != nil {
		return office.PermitCase{}, open.err
	}
	c.Account, c.Station, c.Reference = orZero(r.Account), r.Station, r.Reference
	if r.AgentFor != nil {
		c.Mandate = &permit.Mandate{For: *r.AgentFor, Relation: orZero(r.AgentAs)}
	}
	credential := t.opener("permit_credential", r.Number)
	if c.Signed = credential.bytes("signed", r.Signed); credential.err != nil {
		return office.PermitCase{}, credential.err
	}
	c.Holder, err = t.person(r.Jurisdiction, r.personRow)
	return c, err
}
