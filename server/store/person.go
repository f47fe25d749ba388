package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

// personRow is a person as stored; in joins its columns bear the prefix person_.
type personRow struct {
	PersonID          string
	PersonName        []byte
	PersonIDNumber    []byte
	PersonEthnicGroup []byte
	PersonPhone       []byte
}

const personColumns = `p.id as person_id, p.name as person_name, p.id_number as person_id_number, p.ethnic_group as person_ethnic_group, p.phone as person_phone`

func (t *tx) person(jurisdiction string, r personRow) (permit.Person, error) {
	open := t.opener("person", r.PersonID)
	p := permit.Person{ID: r.PersonID, Jurisdiction: jurisdiction, Name: open.text("name", r.PersonName), IDNumber: civic.CitizenID(open.text("id_number", r.PersonIDNumber)),
		EthnicGroup: open.text("ethnic_group", r.PersonEthnicGroup), Phone: open.text("phone", r.PersonPhone)}
	return p, open.err
}

// PersonOf locks the person until the transaction ends: two submissions for one person come one after the other.
func (t *tx) PersonOf(ctx context.Context, p permit.Person, now time.Time) (permit.Person, error) {
	known, err := t.lockPerson(ctx, p)
	if errors.Is(err, office.ErrNotFound) {
		made, err := t.insertPerson(ctx, p, now)
		if err != nil || made {
			return p, err
		}
		return t.lockPerson(ctx, p) // somebody made it meanwhile
	}
	return known, err
}

func (t *tx) lockPerson(ctx context.Context, p permit.Person) (permit.Person, error) {
	rows, err := t.q.Query(ctx, `select `+personColumns+` from person p where p.jurisdiction = $1 and p.id_number_index = $2 for update`,
		p.Jurisdiction, t.identityIndex(p))
	if err != nil {
		return permit.Person{}, failed(err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[personRow])
	if err != nil {
		return permit.Person{}, failed(err)
	}
	return t.person(p.Jurisdiction, row)
}

func (t *tx) insertPerson(ctx context.Context, p permit.Person, now time.Time) (made bool, err error) {
	tag, err := t.q.Exec(ctx, `
		insert into person (jurisdiction, id, name, id_number, ethnic_group, phone, id_number_index, name_index, surname_index, initials_index, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
		on conflict (jurisdiction, id_number_index) do nothing`,
		p.Jurisdiction, p.ID, t.sealPerson(p, "name", p.Name), t.sealPerson(p, "id_number", string(p.IDNumber)), t.sealPerson(p, "ethnic_group", p.EthnicGroup),
		t.sealPerson(p, "phone", p.Phone), t.identityIndex(p), t.nameIndex(p.Name), t.surnameIndex(civic.Surname(p.Name)),
		t.initialsIndex(civic.Initials(p.Name)), now)
	return tag.RowsAffected() == 1, failed(err)
}

func (t *tx) RenewPerson(ctx context.Context, p permit.Person, now time.Time) error {
	known, err := t.lockPerson(ctx, p)
	if err != nil {
		return err
	}
	renewed := known
	for _, field := range []struct{ have, given *string }{{&renewed.Name, &p.Name}, {&renewed.EthnicGroup, &p.EthnicGroup}, {&renewed.Phone, &p.Phone}} {
		if *field.given != "" {
			*field.have = *field.given
		}
	}
	if renewed == known {
		return nil
	}
	_, err = t.q.Exec(ctx, `
		update person set name = $3, ethnic_group = $4, phone = $5, name_index = $6, surname_index = $7, initials_index = $8, updated_at = $9
		where jurisdiction = $1 and id = $2`,
		known.Jurisdiction, known.ID, t.sealPerson(renewed, "name", renewed.Name), t.sealPerson(renewed, "ethnic_group", renewed.EthnicGroup),
		t.sealPerson(renewed, "phone", renewed.Phone), t.nameIndex(renewed.Name), t.surnameIndex(civic.Surname(renewed.Name)),
		t.initialsIndex(civic.Initials(renewed.Name)), now)
	return failed(err)
}

func (t *tx) sealPerson(p permit.Person, column, value string) []byte {
	return t.secrets.seal(place{"person", p.ID, column}, []byte(value))
}

// identityIndex finds a person again: by the ID number, or a child that has none by who declared it, its name and birth date.
func (t *tx) identityIndex(p permit.Person) []byte {
	if p.IDNumber == "" && p.ChildOf != "" {
		return t.secrets.blindText("person.child", p.ChildOf+"|"+p.Name+"|"+p.Born.String())
	}
	return t.idNumberIndex(p.IDNumber)
}

// The keyed hashes by which a person is found.

func (t *tx) idNumberIndex(id civic.CitizenID) []byte {
	return t.secrets.blindText("person.id_number", string(id))
}
func (t *tx) nameIndex(name string) []byte { return t.secrets.blindText("person.name", name) }
func (t *tx) surnameIndex(surname string) []byte {
	return t.secrets.blindText("person.surname", surname)
}
func (t *tx) initialsIndex(initials string) []byte {
	return t.secrets.blindText("person.initials", initials)
}
