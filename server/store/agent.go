package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/policy"
)

func (t *tx) AddMandate(ctx context.Context, a permit.Application, m permit.Mandate) error {
	for _, c := range m.Consents {
		_, err := t.q.Exec(ctx, `
			insert into consent (jurisdiction, id, application, person, code, wording, relation, counter, given_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			a.Jurisdiction, c.ID, a.ID, a.Person, c.Code, day(c.Wording), c.Relation, c.Counter, c.GivenAt)
		if err != nil {
			return failed(err)
		}
	}
	_, err := t.q.Exec(ctx, `insert into application_agent (jurisdiction, application, principal, relation, under_14, id_number_index) values ($1, $2, $3, $4, $5, $6)`,
		a.Jurisdiction, a.ID, m.For, m.Relation, m.Child, t.agentIndex(a.Particulars.Agent.IDNumber))
	return failed(err)
}

// agentIndex finds the applications that somebody has made for others.
func (t *tx) agentIndex(number string) []byte {
	return t.secrets.blindText("application_agent.id_number", number)
}

// consentRow is a consent as stored.
type consentRow struct {
	ID          string
	Code        string
	Wording     *time.Time
	Relation    policy.Relation
	Counter     string
	GivenAt     time.Time
	WithdrawnAt *time.Time
}

const consentColumns = `c.id, c.code, c.wording, c.relation, c.counter, c.given_at, w.at as withdrawn_at`

func (r consentRow) consent() permit.Consent {
	return permit.Consent{ID: r.ID, Code: r.Code, Wording: civil(r.Wording), Relation: r.Relation, Counter: r.Counter, GivenAt: r.GivenAt, WithdrawnAt: orZero(r.WithdrawnAt)}
}

func (t *tx) MandateOf(ctx context.Context, jurisdiction, application string) (m permit.Mandate, err error) {
	if err := ids(application); err != nil {
		return m, err
	}
	err = t.q.QueryRow(ctx, `select principal, relation, under_14 from application_agent where jurisdiction = $1 and application = $2`, jurisdiction, application).
		Scan(&m.For, &m.Relation, &m.Child)
	if err != nil {
		return m, failed(err)
	}
	rows, err := t.q.Query(ctx, `
		select `+consentColumns+`
		from consent c left join consent_withdrawal w on w.jurisdiction = c.jurisdiction and w.consent = c.id
		where c.jurisdiction = $1 and c.application = $2 order by c.code`, jurisdiction, application)
	if err != nil {
		return m, failed(err)
	}
	m.Consents, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (permit.Consent, error) {
		r, err := pgx.RowToStructByName[consentRow](row)
		return r.consent(), err
	})
	return m, failed(err)
}

func (t *tx) ConsentsOf(ctx context.Context, account string, view ledger.Entry) ([]office.GivenConsent, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	rows, err := t.q.Query(ctx, `
		select c.jurisdiction, a.reference, c.person, `+consentColumns+`
		from application a
		join consent c on c.jurisdiction = a.jurisdiction and c.application = a.id
		left join consent_withdrawal w on w.jurisdiction = c.jurisdiction and w.consent = c.id
		where a.account = $1 order by c.given_at desc, c.id`, account)
	if err != nil {
		return nil, failed(err)
	}
	var seen []sight
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (g office.GivenConsent, err error) {
		r, err := pgx.RowToStructByName[struct {
			Jurisdiction string
			Reference    string
			Person       string
			consentRow
		}](row)
		if err != nil {
			return g, err
		}
		seen = append(seen, sight{r.Jurisdiction, r.Person, account, "application/" + r.Reference})
		return office.GivenConsent{Consent: r.consent(), Jurisdiction: r.Jurisdiction, Reference: r.Reference, Person: r.Person}, nil
	})
	if err != nil {
		return nil, failed(err)
	}
	return list, t.viewed(ctx, view, seen...)
}

func (t *tx) WithdrawConsent(ctx context.Context, jurisdiction, consent, counter string, now time.Time) (again bool, err error) {
	tag, err := t.q.Exec(ctx, `insert into consent_withdrawal (jurisdiction, consent, counter, at) values ($1, $2, $3, $4) on conflict do nothing`, jurisdiction, consent, counter, now)
	return tag.RowsAffected() == 0, failed(err)
}
