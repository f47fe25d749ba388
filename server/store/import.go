package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
)

func (t *tx) LockImports(ctx context.Context, jurisdiction string) error {
	_, err := t.q.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('registration_import/' || $1, 0))`, jurisdiction)
	return failed(err)
}

const selectImport = `select i.id::text, i.sha256, i.rows, i.made, i.at, i.by_staff::text, s.name from registration_import i join staff s on s.id = i.by_staff`

func (t *tx) imports(ctx context.Context, jurisdiction, sql string, args ...any) ([]office.Import, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.Import, error) {
		i := office.Import{Jurisdiction: jurisdiction}
		var name []byte
		if err := row.Scan(&i.ID, &i.Sum, &i.Rows, &i.Made, &i.At, &i.By, &name); err != nil {
			return i, err
		}
		open := t.opener("staff", i.By)
		i.ByName = open.text("name", name)
		return i, open.err
	})
	return list, failed(err)
}

func (t *tx) ImportOf(ctx context.Context, jurisdiction string, sum []byte) (office.Import, error) {
	list, err := t.imports(ctx, jurisdiction, selectImport+` where i.jurisdiction = $1 and i.sha256 = $2`, jurisdiction, sum)
	if err == nil && len(list) == 0 {
		return office.Import{}, office.ErrNotFound
	}
	if err != nil {
		return office.Import{}, err
	}
	return list[0], nil
}

func (t *tx) Imports(ctx context.Context, jurisdiction string, limit int) ([]office.Import, error) {
	return t.imports(ctx, jurisdiction, selectImport+` where i.jurisdiction = $1 order by i.at desc, i.id desc limit $2`, jurisdiction, limit)
}

func (t *tx) CreateImport(ctx context.Context, i office.Import) error {
	_, err := t.q.Exec(ctx, `insert into registration_import (jurisdiction, id, sha256, rows, made, at, by_staff) values ($1, $2, $3, $4, $5, $6, $7)`,
		i.Jurisdiction, i.ID, i.Sum, i.Rows, i.Made, i.At, i.By)
	return failed(err)
}

// externalIndex finds a registration by its number in the provincial system; a row without one is found by nothing.
func (t *tx) externalIndex(external string) []byte {
	if external == "" {
		return nil
	}
	return t.secrets.blindText("registration.external", external)
}

// Recorded asks three times with a list, and joins here: the tables grow while an import runs and nothing has counted them yet, so a plan for a
// join would read them again for every row.
func (t *tx) Recorded(ctx context.Context, jurisdiction string, list []permit.Declaration) ([]office.RecordedRow, error) {
	externals, numbers := make([][]byte, len(list)), make([][]byte, len(list))
	for i, d := range list {
		externals[i], numbers[i] = t.externalIndex(d.External), t.idNumberIndex(civic.CitizenID(d.IDNumber))
	}
	known, people, live := map[string]bool{}, map[string]string{}, map[string]bool{}
	ask := func(sql string, arg any, found func(row pgx.CollectableRow) error) error {
		rows, err := t.q.Query(ctx, sql, jurisdiction, arg)
		if err != nil {
			return failed(err)
		}
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) { return struct{}{}, found(row) })
		return failed(err)
	}
	err := ask(`select external_index from registration where jurisdiction = $1 and external_index = any ($2::bytea[])`, externals, func(row pgx.CollectableRow) error {
		var index []byte
		err := row.Scan(&index)
		known[string(index)] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	err = ask(`select id_number_index, id::text from person where jurisdiction = $1 and id_number_index = any ($2::bytea[])`, numbers, func(row pgx.CollectableRow) error {
		var index []byte
		var id string
		err := row.Scan(&index, &id)
		people[string(index)], ids = id, append(ids, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = ask(`select person::text from registration where jurisdiction = $1 and state = 'confirmed' and person = any ($2::uuid[])`, ids, func(row pgx.CollectableRow) error {
		var id string
		err := row.Scan(&id)
		live[id] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	recorded := make([]office.RecordedRow, len(list))
	for i := range list {
		person := people[string(numbers[i])]
		recorded[i] = office.RecordedRow{Known: externals[i] != nil && known[string(externals[i])], Person: person, Live: live[person]}
	}
	return recorded, nil
}

// AddImported copies: a file has as many rows as a city has people.
func (t *tx) AddImported(ctx context.Context, list []office.ImportedRegistration, e permit.RegistrationEvent) error {
	var people, registrations, events [][]any
	for _, one := range list {
		if p := one.Person; p != nil {
			people = append(people, []any{p.Jurisdiction, p.ID, t.sealPerson(*p, "name", p.Name), t.sealPerson(*p, "id_number", string(p.IDNumber)), t.sealPerson(*p, "ethnic_group", p.EthnicGroup),
				t.sealPerson(*p, "phone", p.Phone), t.idNumberIndex(p.IDNumber), t.nameIndex(p.Name), t.surnameIndex(civic.Surname(p.Name)), t.initialsIndex(civic.Initials(p.Name)), e.At, e.At})
		}
		values, err := t.registrationValues(one.Registration, one.Key, 0, []byte(one.Key))
		if err != nil {
			return err
		}
		registrations = append(registrations, append(values, t.externalIndex(one.Particulars.External)))
		name := t.secrets.seal(place{"registration_event", eventRow(one.ID, one.Version), "by_name"}, []byte(e.By.Name))
		events = append(events, []any{one.Jurisdiction, one.ID, one.Version, e.Verb, string(e.State), e.At, *day(e.On), e.By.ID, name, one.Station})
	}
	for _, copied := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"person", []string{"jurisdiction", "id", "name", "id_number", "ethnic_group", "phone", "id_number_index", "name_index", "surname_index", "initials_index", "created_at", "updated_at"}, people},
		{"registration", append(append([]string{}, registrationInsert...), "external_index"), registrations},
		{"registration_event", []string{"jurisdiction", "registration", "version", "verb", "state", "at", "day", "by_staff", "by_name", "by_station"}, events},
	} {
		if len(copied.rows) == 0 {
			continue
		}
		if _, err := t.q.CopyFrom(ctx, pgx.Identifier{copied.table}, copied.columns, pgx.CopyFromRows(copied.rows)); err != nil {
			return failed(err)
		}
	}
	return nil
}
