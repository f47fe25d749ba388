package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

func (t *tx) sealCorrection(c permit.Correction, column, value string) []byte {
	return t.secrets.seal(place{"correction", c.ID, column}, []byte(value))
}

func (t *tx) CreateCorrection(ctx context.Context, c permit.Correction) error {
	_, err := t.q.Exec(ctx, `
		insert into correction (jurisdiction, id, station, person, permit, field, old_value, new_value, reason, evidence, state, proposed_by, proposed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.Jurisdiction, c.ID, c.Station, c.Person, orNull(c.Permit), c.Field, t.sealCorrection(c, "old_value", c.Old), t.sealCorrection(c, "new_value", c.New), c.Reason,
		t.sealCorrection(c, "evidence", c.Evidence), c.State, c.ProposedBy.ID, c.ProposedAt)
	return failed(err)
}

func (t *tx) DecideCorrection(ctx context.Context, c permit.Correction) error {
	var note []byte
	if c.Note != "" {
		note = t.sealCorrection(c, "note", c.Note)
	}
	return fresh(t.q.Exec(ctx, `update correction set state = $3, decided_by = $4, decided_at = $5, note = $6 where jurisdiction = $1 and id = $2 and state = 'open'`,
		c.Jurisdiction, c.ID, c.State, c.DecidedBy.ID, c.DecidedAt, note))
}

const selectCorrection = `
	select c.jurisdiction, c.id, c.station, c.person, coalesce(c.permit, '') as permit, c.field, c.old_value, c.new_value, c.reason, c.evidence, c.state, c.note,
		c.proposed_by, p.name as proposed_name, c.proposed_at, coalesce(c.decided_by::text, '') as decided_by, d.name as decided_name, c.decided_at
	from correction c join staff p on p.id = c.proposed_by left join staff d on d.id = c.decided_by
	where c.jurisdiction = $1 and c.station = any ($2::text[]) and `

// corrections reads corrections, and writes an entry for each of them.
func (t *tx) corrections(ctx context.Context, view ledger.Entry, sql string, args ...any) ([]permit.Correction, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	var seen []sight
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c permit.Correction, err error) {
		r, err := pgx.RowToStructByName[struct {
			Jurisdiction, ID, Station, Person, Permit, Field, Reason string
			OldValue, NewValue, Evidence, Note                       []byte
			State                                                    permit.CorrectionState
			ProposedBy, DecidedBy                                    string
			ProposedName, DecidedName                                []byte
			ProposedAt                                               time.Time
			DecidedAt                                                *time.Time
		}](row)
		if err != nil {
			return c, err
		}
		seen = append(seen, sight{r.Jurisdiction, r.Person, "", "correction/" + r.ID})
		open, proposer, decider := t.opener("correction", r.ID), t.opener("staff", r.ProposedBy), t.opener("staff", r.DecidedBy)
		c = permit.Correction{ID: r.ID, Jurisdiction: r.Jurisdiction, Station: r.Station, Person: r.Person, Permit: r.Permit, Field: r.Field, Old: open.text("old_value", r.OldValue),
			New: open.text("new_value", r.NewValue), Reason: r.Reason, Evidence: open.text("evidence", r.Evidence), State: r.State, Note: open.text("note", r.Note),
			ProposedBy: permit.Officer{ID: r.ProposedBy, Name: proposer.text("name", r.ProposedName)}, ProposedAt: r.ProposedAt,
			DecidedBy: permit.Officer{ID: r.DecidedBy, Name: decider.text("name", r.DecidedName)}, DecidedAt: orZero(r.DecidedAt)}
		for _, o := range []*opener{open, proposer, decider} {
			if o.err != nil {
				return c, o.err
			}
		}
		return c, nil
	})
	if err != nil {
		return nil, failed(err)
	}
	return list, t.viewed(ctx, view, seen...)
}

func (t *tx) LockCorrection(ctx context.Context, scope access.Scope, id string, view ledger.Entry) (c permit.Correction, err error) {
	if err := ids(id); err != nil {
		return c, err
	}
	list, err := t.corrections(ctx, view, selectCorrection+`c.id = $3 for update of c`, scope.Jurisdiction, append([]string{}, scope.Stations...), id)
	if err != nil {
		return c, err
	}
	if len(list) != 1 {
		return c, failed(pgx.ErrNoRows)
	}
	return list[0], nil
}

func (t *tx) CorrectionsOf(ctx context.Context, scope access.Scope, person string, view ledger.Entry) ([]permit.Correction, error) {
	return t.corrections(ctx, view, selectCorrection+`c.person = $3 order by c.proposed_at desc, c.id`, scope.Jurisdiction, append([]string{}, scope.Stations...), person)
}

func (t *tx) OpenCorrections(ctx context.Context, scope access.Scope, limit int, view ledger.Entry) ([]permit.Correction, error) {
	return t.corrections(ctx, view, selectCorrection+`c.state = 'open' order by c.proposed_at, c.id limit $3`, scope.Jurisdiction, append([]string{}, scope.Stations...), limit)
}

// CorrectPerson writes the particulars with all their keyed hashes.
func (t *tx) CorrectPerson(ctx context.Context, p permit.Person, now time.Time) error {
	return fresh(t.q.Exec(ctx, `
		update person set name = $3, ethnic_group = $4, phone = $5, name_index = $6, surname_index = $7, initials_index = $8, updated_at = $9, id_number = $10, id_number_index = $11
		where jurisdiction = $1 and id = $2`,
		p.Jurisdiction, p.ID, t.sealPerson(p, "name", p.Name), t.sealPerson(p, "ethnic_group", p.EthnicGroup), t.sealPerson(p, "phone", p.Phone), t.nameIndex(p.Name),
		t.surnameIndex(civic.Surname(p.Name)), t.initialsIndex(civic.Initials(p.Name)), now, t.sealPerson(p, "id_number", string(p.IDNumber)), t.idNumberIndex(p.IDNumber)))
}

func (t *tx) CorrectResidence(ctx context.Context, jurisdiction, number, residence string) error {
	return fresh(t.q.Exec(ctx, `update permit set residence = $3 where jurisdiction = $1 and number = $2`, jurisdiction, number, t.secrets.seal(place{"permit", number, "residence"}, []byte(residence))))
}

// PrepareAgain stores other claims in place of what was signed; the signer takes them as it takes those of a new permit.
func (t *tx) PrepareAgain(ctx context.Context, jurisdiction, number string, claims []byte) error {
	return fresh(t.q.Exec(ctx, `update permit_credential set claims = $3, kid = null, signed = null, signed_at = null where jurisdiction = $1 and number = $2`,
		jurisdiction, number, t.secrets.seal(place{"permit_credential", number, "claims"}, claims)))
}

func (t *tx) LockPerson(ctx context.Context, jurisdiction, id string) (permit.Person, error) {
	rows, err := t.q.Query(ctx, `select `+personColumns+` from person p where p.jurisdiction = $1 and p.id = $2 for update`, jurisdiction, id)
	if err != nil {
		return permit.Person{}, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[personRow])
	if err != nil {
		return permit.Person{}, failed(err)
	}
	return t.person(jurisdiction, row)
}
