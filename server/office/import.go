package office

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/policy"
)

// ImportTx keeps what was taken over from the provincial system, and never the file.
type ImportTx interface {
	// LockImports keeps other imports of a city waiting until the transaction ends.
	LockImports(ctx context.Context, jurisdiction string) error
	// ImportOf returns the import of a file with that sum.
	ImportOf(ctx context.Context, jurisdiction string, sum []byte) (Import, error)
	CreateImport(ctx context.Context, i Import) error
	Imports(ctx context.Context, jurisdiction string, limit int) ([]Import, error)
	// Recorded says what the record has of rows: nothing is shown of it, so nothing is written into the ledger.
	Recorded(ctx context.Context, jurisdiction string, rows []permit.Declaration) ([]RecordedRow, error)
	// AddImported stores registrations with their event, and the persons that are new.
	AddImported(ctx context.Context, list []ImportedRegistration, e permit.RegistrationEvent) error
}

// Import is one file that was taken over.
type Import struct {
	Jurisdiction, ID string
	Sum              []byte // SHA-256 of the file
	Rows, Made       int    // in the file, and new in the record
	At               time.Time
	By, ByName       string
}

// RecordedRow is what the record has of a row.
type RecordedRow struct {
	Known  bool   // this very registration was taken over before
	Live   bool   // the person has another one that counts
	Person string // id, "" when the person is new
}

// ImportedRegistration is a new registration; Person is filled in when it is new too.
type ImportedRegistration struct {
	permit.Registration
	Person *permit.Person
	Key    string
}

// ImportResult is what a file would do, or has done.
type ImportResult struct {
	Sum         []byte
	Rows, Known int
	Made        int // that are new; after an import, that were stored
	Problems    []ImportProblem
	Cut         bool    // there are more problems than were kept
	Before      *Import // the same file was imported already: nothing changes
	Done        bool
}

// importBatch is how many rows are looked up or stored in one statement.
const importBatch = 2000

// ImportRegistrations looks through a file of the provincial system and, when commit is set and nothing at all is wrong with it, takes it over in
// one transaction. The same file again changes nothing, and neither do rows that were taken over before. The file is not kept.
func (o *Office) ImportRegistrations(ctx context.Context, actor access.Actor, file []byte, commit bool) (result ImportResult, err error) {
	if !actor.Holds(access.Supervisor) {
		return result, &Error{What: Forbidden, Why: "role"}
	}
	city := actor.Scope(access.Supervisor).Jurisdiction
	r, _, err := o.InForce(city)
	if err != nil {
		return result, err
	}
	sum := sha256.Sum256(file)
	result.Sum = sum[:]
	err = o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.LockImports(ctx, city); err != nil {
			return err
		}
		before, err := tx.ImportOf(ctx, city, result.Sum)
		if err == nil {
			result.Before = &before
			return nil
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		if err := o.lookThrough(ctx, tx, file, r, &result); err != nil || !commit || len(result.Problems) > 0 || result.Rows == 0 {
			return err
		}
		if err := o.takeOver(ctx, tx, actor, file, r, &result); err != nil {
			return err
		}
		i := Import{Jurisdiction: city, ID: newID(), Sum: result.Sum, Rows: result.Rows, Made: result.Made, At: o.now(), By: actor.ID}
		if err := tx.CreateImport(ctx, i); err != nil {
			return err
		}
		entry := o.entry(actor, ledger.Imported, "registrations")
		entry.Jurisdiction, entry.Object = city, "import/"+i.ID
		result.Done = true
		return tx.Record(ctx, entry)
	})
	return result, err
}

// lookThrough finds every problem of a file: of its form, of what it says, within itself, and against the record.
func (o *Office) lookThrough(ctx context.Context, tx Tx, file []byte, r *policy.Ruleset, result *ImportResult) error {
	found := func(p ...ImportProblem) {
		if room := maxProblems - len(result.Problems); len(p) > room {
			p, result.Cut = p[:room], true
		}
		result.Problems = append(result.Problems, p...)
	}
	numbers, people := map[string]int{}, map[string]int{}
	stations := map[string]bool{}
	return o.eachBatch(file, r, func(rows []permit.Declaration, lines []int, formal [][]ImportProblem) error {
		recorded, err := tx.Recorded(ctx, r.Jurisdiction, rows)
		if err != nil {
			return err
		}
		for i, d := range rows {
			line := lines[i]
			result.Rows++
			if result.Rows == MaxImportRows+1 {
				found(ImportProblem{Row: line, Code: "import_rows"})
			}
			found(formal[i]...)
			if len(formal[i]) > 0 && formal[i][0].Column == "" {
				continue // no row at all
			}
			for _, f := range d.CheckImported(r, o.Today()) {
				if f.Field == "county" || f.Field == "street" || f.Field == "community" {
					f = permit.Fault{Field: "residence", Code: "import_residence"}
				}
				p := ImportProblem{Row: line, Column: f.Field, Code: f.Code}
				if !slices.Contains(result.Problems[max(0, len(result.Problems)-8):], p) {
					found(p)
				}
			}
			if first := numbers[d.External]; first > 0 && d.External != "" {
				found(ImportProblem{Row: line, Column: "number", Code: "import_twice", Other: first})
			} else {
				numbers[d.External] = line
			}
			if first := people[d.IDNumber]; first > 0 && d.IDNumber != "" {
				found(ImportProblem{Row: line, Column: "id_number", Code: "import_twice", Other: first})
			} else {
				people[d.IDNumber] = line
			}
			switch {
			case recorded[i].Known:
				result.Known++
			case recorded[i].Live:
				found(ImportProblem{Row: line, Column: "id_number", Code: "import_live"})
			default:
				result.Made++
			}
			if served, asked := stations[d.Street]; d.Street != "" && (!asked || !served) {
				if !asked {
					_, err := tx.StationFor(ctx, r.Jurisdiction, d.Street)
					if err != nil && !errors.Is(err, ErrNotFound) {
						return err
					}
					served = err == nil
					stations[d.Street] = served
				}
				if !served {
					found(ImportProblem{Row: line, Column: "residence", Code: "registration_no_station"})
				}
			}
		}
		return nil
	}, found)
}

// eachBatch reads a file in batches. A problem with its first row ends it.
func (o *Office) eachBatch(file []byte, r *policy.Ruleset, work func(rows []permit.Declaration, lines []int, formal [][]ImportProblem) error, found func(...ImportProblem)) error {
	reader, problems := openImport(file, r.Jurisdiction)
	if len(problems) > 0 {
		found(problems...)
		return nil
	}
	var rows []permit.Declaration
	var lines []int
	var formal [][]ImportProblem
	flush := func() error {
		err := work(rows, lines, formal)
		rows, lines, formal = rows[:0], lines[:0], formal[:0]
		return err
	}
	for n := 0; n <= MaxImportRows; n++ {
		d, line, problems, err := reader.next(o.Today())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		rows, lines, formal = append(rows, d), append(lines, line), append(formal, problems)
		if len(rows) == importBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// takeOver stores a file in which nothing is wrong.
func (o *Office) takeOver(ctx context.Context, tx Tx, actor access.Actor, file []byte, r *policy.Ruleset, result *ImportResult) error {
	by, now, made := permit.Officer{ID: actor.ID, Name: actor.Name}, o.now(), 0
	stations := map[string]string{}
	err := o.eachBatch(file, r, func(rows []permit.Declaration, _ []int, _ [][]ImportProblem) error {
		recorded, err := tx.Recorded(ctx, r.Jurisdiction, rows)
		if err != nil {
			return err
		}
		var list []ImportedRegistration
		var event permit.RegistrationEvent
		entries := make([]ledger.Entry, 0, len(rows))
		serials := map[string]int{} // next serial of a county and a year
		for i, d := range rows {
			if !recorded[i].Known {
				serials[d.County+d.RegisteredOn.String()[:4]]++
			}
		}
		for key, n := range serials {
			year, _ := civic.ParseDate(key[6:] + "-01-01")
			last, err := tx.NextReceipt(ctx, r.Jurisdiction, key[:6], year.Year(), n)
			if err != nil {
				return err
			}
			serials[key] = last - n + 1
		}
		for i, d := range rows {
			if recorded[i].Known {
				continue
			}
			if stations[d.Street] == "" {
				station, err := tx.StationFor(ctx, r.Jurisdiction, d.Street)
				if err != nil {
					return err
				}
				stations[d.Street] = station.Code
			}
			one := ImportedRegistration{}
			one.Registration, event = permit.ImportRegistration(d, r, by, now)
			one.ID, one.Station, one.Registration.Person = newID(), stations[d.Street], recorded[i].Person
			if one.Registration.Person == "" {
				one.Person = &permit.Person{ID: newID(), Jurisdiction: r.Jurisdiction, Name: d.Name, IDNumber: civic.CitizenID(d.IDNumber), EthnicGroup: d.EthnicGroup, Phone: d.Phone}
				one.Registration.Person = one.Person.ID
			}
			key := d.County + d.RegisteredOn.String()[:4]
			one.Household, one.Key = one.ID, one.ID
			one.Number = permit.NewReceiptNumber(d.County, d.RegisteredOn.Year(), serials[key])
			serials[key]++
			rand.Read(one.Token[:])
			list = append(list, one)
			entries = append(entries, o.registrationEntry(actor, one.Registration, event))
		}
		if len(list) == 0 {
			return nil
		}
		made += len(list)
		if err := tx.AddImported(ctx, list, event); err != nil {
			return err
		}
		return tx.Record(ctx, entries...)
	}, func(...ImportProblem) {})
	result.Made = made
	return err
}

// Imports lists the files that were taken over in the supervisor's city, the newest first.
func (o *Office) Imports(ctx context.Context, actor access.Actor) (list []Import, err error) {
	if !actor.Holds(access.Supervisor) {
		return nil, &Error{What: Forbidden, Why: "role"}
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		list, err = tx.Imports(ctx, actor.Scope(access.Supervisor).Jurisdiction, 20)
		return err
	})
	return list, err
}
