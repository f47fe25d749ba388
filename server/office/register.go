package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
	"anju/server/picture"
	"anju/server/policy"
)

// Document is a published document in the register.
type Document struct {
	Jurisdiction, ID       string
	Government, Department string // who published it
	Ruleset, Obligation    string // what it fulfils
	Title, Number          string
	PublishedOn            civic.Date
	ReportedOn             civic.Date // to the government's office, where the text asks for it; zero when that is not known
	Size                   int
	SHA256                 []byte
	Content                []byte // a PDF; empty in lists
	FiledAt                time.Time
	By                     string
}

// Owed is an obligation with what has been published for it, newest first.
type Owed struct {
	policy.Obligation
	Documents []Document
	Overdue   bool
	Late      bool // published, but after its day
}

// Register lists what a city's governments and departments owe under each of its texts, with what has been published. Of the governments
// named, or of all.
func (o *Office) Register(ctx context.Context, jurisdiction string, governments ...string) (list []Owed, err error) {
	j, ok := o.Book.Jurisdiction(jurisdiction)
	if !ok {
		return nil, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		documents, err := tx.Documents(ctx, jurisdiction)
		if err != nil {
			return err
		}
		for _, r := range j.Rulesets {
			for _, government := range r.Governments() {
				if len(governments) > 0 && !slices.Contains(governments, government) {
					continue
				}
				for _, obligation := range o.owedUnder(r, government) {
					list = append(list, o.owed(obligation, documents))
				}
			}
		}
		return nil
	})
	return list, err
}

// owedUnder are the obligations under a ruleset that has begun.
func (o *Office) owedUnder(r *policy.Ruleset, government string) []policy.Obligation {
	if r.StatusOn(o.Today(), o.Extensions) == policy.NotYet {
		return nil
	}
	return r.Obligations(government)
}

func (o *Office) owed(obligation policy.Obligation, documents []Document) Owed {
	owed := Owed{Obligation: obligation}
	for _, d := range documents {
		if d.Government == obligation.Government && d.Department == obligation.Department && d.Ruleset == obligation.Ruleset.ID && d.Obligation == obligation.Rule.Code {
			owed.Documents = append(owed.Documents, d)
		}
	}
	published := len(owed.Documents) > 0
	owed.Overdue = obligation.Overdue(published, o.Today())
	if published && !obligation.Rule.Due.IsZero() {
		first := owed.Documents[len(owed.Documents)-1]
		owed.Late = first.PublishedOn.After(obligation.Rule.Due)
	}
	return owed
}

// MaxTitle is how many characters the title of a document may have.
const MaxTitle = 200

// Filing is a document that somebody enters into the register.
type Filing struct {
	Government, Department  string
	Ruleset, Obligation     string
	Title, Number           string
	PublishedOn, ReportedOn civic.Date
	Bytes                   []byte
	Key                     string // idempotency key of the form (UUID)
}

// earliestDocument is before the first of the texts.
var earliestDocument = civic.MustDate("2014-01-01")

// CheckFiling returns what is wrong with the words and days of a filing; its file is looked at by FileDocument.
func (o *Office) CheckFiling(f Filing) (faults permit.Faults) {
	today := o.Today()
	faults = checkLine("title", f.Title, MaxTitle, "document_title")
	if f.Number != "" {
		faults = append(faults, checkLine("number", f.Number, MaxNumber, "document_number")...)
	}
	switch {
	case f.PublishedOn.IsZero():
		faults = append(faults, permit.Fault{Field: "published_on", Code: "date"})
	case f.PublishedOn.Before(earliestDocument):
		faults = append(faults, permit.Fault{Field: "published_on", Code: "document_early"})
	case f.PublishedOn.After(today):
		faults = append(faults, permit.Fault{Field: "published_on", Code: "document_future"})
	}
	switch {
	case f.ReportedOn.IsZero():
	case f.ReportedOn.Before(f.PublishedOn):
		faults = append(faults, permit.Fault{Field: "reported_on", Code: "document_reported_early"})
	case f.ReportedOn.After(today):
		faults = append(faults, permit.Fault{Field: "reported_on", Code: "report_future"})
	}
	return faults
}

// FileDocument enters a published document into the register, with its file. It stays there as it is.
func (o *Office) FileDocument(ctx context.Context, actor access.Actor, f Filing) (d Document, err error) {
	desk, err := o.desk(actor, f.Government)
	if err != nil || f.Government == "" {
		return d, ErrNotFound
	}
	rule, ok := o.obligation(f)
	if !ok || !desk.Files(f.Department) {
		return d, ErrNotFound
	}
	if !isUUID(f.Key) {
		return d, &Error{What: Invalid, Why: "key_missing"}
	}
	f.Title, f.Number = strings.TrimSpace(f.Title), strings.TrimSpace(f.Number)
	if rule.ReportedTo == nil {
		f.ReportedOn = civic.Date{} // the text asks for no report
	}
	faults := append(o.CheckFiling(f), checkDocument(f.Bytes)...)
	if len(faults) > 0 {
		return d, judged(faults)
	}
	sum := sha256.Sum256(f.Bytes)
	d = Document{Jurisdiction: desk.Jurisdiction, ID: newID(), Government: f.Government, Department: f.Department, Ruleset: f.Ruleset, Obligation: f.Obligation, Title: f.Title, Number: f.Number,
		PublishedOn: f.PublishedOn, ReportedOn: f.ReportedOn, Size: len(f.Bytes), SHA256: sum[:], Content: f.Bytes, FiledAt: o.now(), By: actor.ID}
	err = o.Store.Within(ctx, func(tx Tx) error {
		made, again, err := tx.CreateDocument(ctx, d, f.Key)
		d = made
		if err != nil || again {
			return err
		}
		entry := o.entry(actor, ledger.Filed, "register")
		entry.Jurisdiction, entry.Object = d.Jurisdiction, "document/"+d.ID
		return tx.Record(ctx, entry)
	})
	if errors.Is(err, &Error{What: Conflict, Why: "document_known"}) {
		return d, judged(permit.Faults{{Field: "file", Code: "document_known"}})
	}
	return d, err
}

// obligation finds the rule that a filing fulfils.
func (o *Office) obligation(f Filing) (*policy.DocumentRule, bool) {
	r, ok := o.Book.Ruleset(f.Ruleset)
	if !ok || !r.Governs(f.Government) {
		return nil, false
	}
	for _, one := range o.owedUnder(r, f.Government) {
		if one.Rule.Code == f.Obligation && one.Department == f.Department {
			return one.Rule, true
		}
	}
	return nil, false
}

// checkDocument takes a PDF that shows everyone the same and starts nothing.
func checkDocument(file []byte) permit.Faults {
	var refusal *picture.Refusal
	switch err := picture.CheckPDF(file); {
	case len(file) == 0:
		return permit.Faults{{Field: "file", Code: "document_choose"}}
	case !picture.IsPDF(file):
		return permit.Faults{{Field: "file", Code: "document_pdf"}}
	case errors.As(err, &refusal):
		return permit.Faults{{Field: "file", Code: "document_" + refusal.Code}}
	}
	return nil
}

// DocumentFile returns a document of the register with its file. Anyone may read it.
func (o *Office) DocumentFile(ctx context.Context, id string) (d Document, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		d, err = tx.Document(ctx, id)
		return err
	})
	return d, err
}
