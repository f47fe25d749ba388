package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

func (t *tx) ConfirmationBatch(ctx context.Context, jurisdiction, partner, key string, body []byte) (b office.ConfirmationBatch, err error) {
	rows, err := t.q.Query(ctx, `select id, kind, received_at, body_index, outcomes from confirmation_batch
		where jurisdiction = $1 and partner = $2 and idempotency_key = $3`, jurisdiction, partner, key)
	if err != nil {
		return b, failed(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		ID, Kind            string
		ReceivedAt          time.Time
		BodyIndex, Outcomes []byte
	}])
	if err != nil {
		return b, failed(err)
	}
	if !hmac.Equal(r.BodyIndex, t.secrets.blind("confirmation_batch.body", body)) {
		return b, office.ErrReused
	}
	b = office.ConfirmationBatch{Jurisdiction: jurisdiction, ID: r.ID, Partner: partner, Kind: r.Kind, ReceivedAt: r.ReceivedAt}
	if err := json.Unmarshal(r.Outcomes, &b.Outcomes); err != nil {
		return b, fmt.Errorf("store: outcomes of a batch: %w", err)
	}
	return b, nil
}

func (t *tx) CreateConfirmationBatch(ctx context.Context, b office.ConfirmationBatch, key string, body []byte) error {
	_, err := t.q.Exec(ctx, `
		insert into confirmation_batch (jurisdiction, id, partner, kind, idempotency_key, body_index, received_at, outcomes) values ($1, $2, $3, $4, $5, $6, $7, '[]')`,
		b.Jurisdiction, b.ID, b.Partner, b.Kind, key, t.secrets.blind("confirmation_batch.body", body), b.ReceivedAt)
	return failed(err)
}

func (t *tx) SaveConfirmationOutcomes(ctx context.Context, b office.ConfirmationBatch) error {
	outcomes, err := json.Marshal(b.Outcomes)
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `update confirmation_batch set outcomes = $3 where jurisdiction = $1 and id = $2`, b.Jurisdiction, b.ID, outcomes)
	return failed(err)
}

// rowsAtOnce is how many rows one statement stores.
const rowsAtOnce = 5000

// AddConfirmations keeps the order of the rows: new ones and withdrawn ones go to the database in turns.
func (t *tx) AddConfirmations(ctx context.Context, b office.ConfirmationBatch, rows []permit.ConfirmationRow, keepUntil civic.Date, deed ledger.Entry) ([]office.Outcome, error) {
	outcomes := make([]office.Outcome, 0, len(rows))
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && n < rowsAtOnce && rows[n].Withdrawn == rows[0].Withdrawn {
			n++
		}
		part := t.confirmationRows(rows[:n])
		var did []office.Outcome
		var err error
		if rows[0].Withdrawn {
			did, err = t.withdrawConfirmations(ctx, b, part)
		} else {
			did, err = t.insertConfirmations(ctx, b, part, keepUntil)
		}
		if err == nil {
			err = t.recordConfirmed(ctx, b, part, did, deed)
		}
		if err != nil {
			return nil, err
		}
		outcomes, rows = append(outcomes, did...), rows[n:]
	}
	return outcomes, nil
}

// confirmationColumns are rows laid out as columns.
type confirmationColumns struct {
	ids, what                             []string
	met                                   []bool
	numbers, names, documents, documentsX [][]byte
	issued, until                         []*time.Time
}

func (t *tx) confirmationRows(rows []permit.ConfirmationRow) (c confirmationColumns) {
	for _, r := range rows {
		id := uuid.Must(uuid.NewV7()).String()
		c.ids, c.what, c.met = append(c.ids, id), append(c.what, r.What), append(c.met, r.Met)
		c.numbers, c.names = append(c.numbers, t.idNumberIndex(civic.CitizenID(r.IDNumber))), append(c.names, t.nameIndex(r.Name))
		c.documents = append(c.documents, t.secrets.seal(place{"confirmation", id, "document"}, []byte(r.Document)))
		c.documentsX = append(c.documentsX, t.secrets.blindText("confirmation.document", r.Document))
		c.issued, c.until = append(c.issued, day(r.IssuedOn)), append(c.until, day(r.ValidUntil))
	}
	return c
}

func (t *tx) insertConfirmations(ctx context.Context, b office.ConfirmationBatch, c confirmationColumns, keepUntil civic.Date) ([]office.Outcome, error) {
	rows, err := t.q.Query(ctx, `
		insert into confirmation (jurisdiction, id, batch, partner, kind, what, met, id_number_index, name_index, document, document_index, issued_on, valid_until, received_at, keep_until)
		select $1, u.id, $2, $3, $4, u.what, u.met, u.number, u.name, u.document, u.documentx, u.issued, u.until, $5, $6
		from unnest($7::uuid[], $8::text[], $9::bool[], $10::bytea[], $11::bytea[], $12::bytea[], $13::bytea[], $14::date[], $15::date[])
			as u (id, what, met, number, name, document, documentx, issued, until)
		on conflict do nothing returning id::text`,
		b.Jurisdiction, b.ID, b.Partner, b.Kind, b.ReceivedAt, day(keepUntil), c.ids, c.what, c.met, c.numbers, c.names, c.documents, c.documentsX, c.issued, c.until)
	if err != nil {
		return nil, failed(err)
	}
	made, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, failed(err)
	}
	fresh := map[string]bool{}
	for _, id := range made {
		fresh[id] = true
	}
	outcomes := make([]office.Outcome, len(c.ids))
	for i, id := range c.ids {
		outcomes[i].Result = office.RowKnown
		if fresh[id] {
			outcomes[i].Result = office.RowTaken
		}
	}
	return outcomes, nil
}

// withdrawConfirmations ends what the partner itself has said with that document.
func (t *tx) withdrawConfirmations(ctx context.Context, b office.ConfirmationBatch, c confirmationColumns) ([]office.Outcome, error) {
	rows, err := t.q.Query(ctx, `
		with gone as (
			update confirmation k set withdrawn_at = $4 from unnest($5::text[], $6::bytea[], $7::bytea[]) as u (what, number, documentx)
			where k.jurisdiction = $1 and k.id_number_index = u.number and k.what = u.what and k.partner = $2 and k.kind = $3 and k.document_index = u.documentx
				and k.withdrawn_at is null returning k.id, k.what, k.id_number_index, k.document_index
		)
		select u.n from unnest($5::text[], $6::bytea[], $7::bytea[]) with ordinality as u (what, number, documentx, n)
		where exists (select from gone g where g.what = u.what and g.id_number_index = u.number and g.document_index = u.documentx)`,
		b.Jurisdiction, b.Partner, b.Kind, b.ReceivedAt, c.what, c.numbers, c.documentsX)
	if err != nil {
		return nil, failed(err)
	}
	met, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, failed(err)
	}
	outcomes := make([]office.Outcome, len(c.ids))
	for i := range outcomes {
		outcomes[i] = office.Outcome{Result: office.RowRefused, Faults: []permit.Fault{{Field: "document", Code: "proof_unknown"}}}
	}
	for _, n := range met {
		outcomes[n-1] = office.Outcome{Result: office.RowWithdrawn}
	}
	return outcomes, nil
}

// recordConfirmed writes the ledger of the people that the house knows.
func (t *tx) recordConfirmed(ctx context.Context, b office.ConfirmationBatch, c confirmationColumns, did []office.Outcome, deed ledger.Entry) error {
	var numbers [][]byte
	for i, outcome := range did {
		if outcome.Result == office.RowTaken || outcome.Result == office.RowWithdrawn {
			numbers = append(numbers, c.numbers[i])
		}
	}
	rows, err := t.q.Query(ctx, `select id::text from person where jurisdiction = $1 and id_number_index = any ($2)`, b.Jurisdiction, numbers)
	if err != nil {
		return failed(err)
	}
	people, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return failed(err)
	}
	entries := make([]ledger.Entry, len(people))
	for i, person := range people {
		entries[i] = deed
		entries[i].Person = person
	}
	return t.Record(ctx, entries...)
}

// confirmationRow is a confirmation as stored, with its objection.
type confirmationRow struct {
	Jurisdiction, ID, Kind, What, Partner string
	Met                                   bool
	NameIndex, Document                   []byte
	IssuedOn                              time.Time
	ValidUntil                            *time.Time
	ReceivedAt                            time.Time
	WithdrawnAt                           *time.Time
	ObjectedAt, AnsweredAt                *time.Time
	Note, ByName, Answer                  []byte
	ByStaff                               *string
	Upheld                                *bool
}

const confirmationFields = `c.jurisdiction, c.id::text, c.kind, c.what, c.partner, c.met, c.name_index, c.document, c.issued_on, c.valid_until, c.received_at, c.withdrawn_at,
	o.at as objected_at, o.answered_at, o.note, o.by_name, o.answer, o.by_staff::text, o.upheld`

const confirmationFrom = `confirmation c left join objection o on o.jurisdiction = c.jurisdiction and o.confirmation = c.id`

func (t *tx) systemConfirmation(r confirmationRow, nameIndex []byte) (permit.SystemConfirmation, error) {
	open := t.opener("confirmation", r.ID)
	c := permit.SystemConfirmation{ID: r.ID, Jurisdiction: r.Jurisdiction, Kind: r.Kind, What: r.What, Met: r.Met, Partner: r.Partner, Document: open.text("document", r.Document),
		IssuedOn: civil(&r.IssuedOn), ValidUntil: civil(r.ValidUntil), ReceivedAt: r.ReceivedAt, WithdrawnAt: orZero(r.WithdrawnAt), SameName: bytes.Equal(r.NameIndex, nameIndex)}
	if r.ObjectedAt == nil {
		return c, open.err
	}
	said := t.opener("objection", r.ID)
	c.Objection = &permit.Objection{At: *r.ObjectedAt, Note: said.text("note", r.Note), AnsweredAt: orZero(r.AnsweredAt),
		By: permit.Officer{ID: orZero(r.ByStaff), Name: said.text("by_name", r.ByName)}, Upheld: orZero(r.Upheld), Answer: said.text("answer", r.Answer)}
	if open.err != nil {
		return c, open.err
	}
	return c, said.err
}

func (t *tx) ConfirmationsAbout(ctx context.Context, jurisdiction string, id civic.CitizenID, name string, view ledger.Entry) ([]permit.SystemConfirmation, error) {
	index := t.idNumberIndex(id)
	rows, err := t.q.Query(ctx, `select `+confirmationFields+` from `+confirmationFrom+` where c.jurisdiction = $1 and c.id_number_index = $2
		order by c.issued_on desc, c.received_at desc, c.id desc`, jurisdiction, index)
	if err != nil {
		return nil, failed(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[confirmationRow])
	if err != nil || len(found) == 0 {
		return nil, failed(err)
	}
	list := make([]permit.SystemConfirmation, len(found))
	for i, r := range found {
		if list[i], err = t.systemConfirmation(r, t.nameIndex(name)); err != nil {
			return nil, err
		}
	}
	person := ""
	err = t.q.QueryRow(ctx, `select id::text from person where jurisdiction = $1 and id_number_index = $2`, jurisdiction, index).Scan(&person)
	if failed(err) == office.ErrNotFound { // of somebody unknown there is nobody to write it down for
		return list, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	return list, t.viewed(ctx, view, sight{jurisdiction, person, view.Account, "confirmations"})
}

func (t *tx) ConfirmationsOf(ctx context.Context, account string, view ledger.Entry) ([]office.OwnConfirmation, error) {
	if err := ids(account); err != nil {
		return nil, err
	}
	// Whoever types a number may not be that person: an officer has compared it with the card before anything is shown.
	rows, err := t.q.Query(ctx, `
		select `+confirmationFields+`, p.id::text as person, p.name, a.station from (
			select distinct on (jurisdiction, person) jurisdiction, person, station from application
			where account = $1 and accepted_on is not null order by jurisdiction, person, submitted_at desc
		) a
		join person p on p.jurisdiction = a.jurisdiction and p.id = a.person
		join confirmation c on c.jurisdiction = p.jurisdiction and c.id_number_index = p.id_number_index
		left join objection o on o.jurisdiction = c.jurisdiction and o.confirmation = c.id
		order by c.issued_on desc, c.received_at desc, c.id desc`, account)
	if err != nil {
		return nil, failed(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		confirmationRow
		Person, Station string
		Name            []byte
	}])
	if err != nil {
		return nil, failed(err)
	}
	list := make([]office.OwnConfirmation, len(found))
	var seen []sight
	for i, r := range found {
		holder := t.opener("person", r.Person)
		one, err := t.systemConfirmation(r.confirmationRow, t.nameIndex(holder.text("name", r.Name)))
		if err != nil || holder.err != nil {
			return nil, fmt.Errorf("store: a confirmation does not open: %w, %w", err, holder.err)
		}
		list[i] = office.OwnConfirmation{SystemConfirmation: one, Person: r.Person, Station: r.Station}
		if i == 0 || found[i-1].Person != r.Person {
			seen = append(seen, sight{r.Jurisdiction, r.Person, account, "confirmations"})
		}
	}
	return list, t.viewed(ctx, view, seen...)
}
