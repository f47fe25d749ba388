package policy

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"anju/server/civic"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

//go:embed rulesets
var embedded embed.FS

// Load reads the embedded rulesets strictly. Its error names the file and line of every unknown or
// repeated key, missing translation, clause without quote, unknown code and contradiction found.
func Load() (*Book, error) {
	sub, err := fs.Sub(embedded, "rulesets")
	if err != nil {
		return nil, err
	}
	return load(sub)
}

// document is one parsed file; it finds the line of what is wrong.
type document struct {
	name string
	tree *ast.File
}

// at says what is wrong at a YAML path. A path that is not in the file is looked for in its parents:
// what is missing is reported where it should stand.
func (d *document) at(where, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s: "+format, append([]any{d.name, d.line(where), where}, args...)...)
}

func (d *document) line(where string) int {
	for where != "" {
		if p, err := yaml.PathString(where); err == nil {
			if node, err := p.FilterFile(d.tree); err == nil && node != nil {
				return firstLine(node)
			}
		}
		where = parent(where)
	}
	return 1
}

func firstLine(node ast.Node) int {
	switch n := node.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return n.Values[0].Key.GetToken().Position.Line
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken().Position.Line
	}
	return node.GetToken().Position.Line
}

func parent(where string) string {
	for i := len(where) - 1; i > 0; i-- {
		if where[i] == '.' || where[i] == '[' {
			return where[:i]
		}
	}
	return ""
}

func read(fsys fs.FS, name string, into any) (*document, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	tree, err := parser.ParseBytes(raw, 0)
	if err == nil {
		err = yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(into)
	}
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return nil, fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, at.GetMessage())
		}
		return nil, fmt.Errorf("%s:%d: %w", name, lineOfBadDate(tree), err)
	}
	doc := &document{name, tree}
	return doc, complete(doc, into)
}

// lineOfBadDate finds the date that the decoder, which forgets where it was, could not read. Every
// from, to, due and first_due is a date.
func lineOfBadDate(tree *ast.File) int {
	var seek dateSeeker
	for _, body := range tree.Docs {
		ast.Walk(&seek, body)
	}
	return seek.line
}

type dateSeeker struct{ line int }

func (s *dateSeeker) Visit(node ast.Node) ast.Visitor {
	if pair, ok := node.(*ast.MappingValueNode); ok && s.line == 0 {
		date := slices.Contains([]string{"from", "to", "due", "first_due"}, pair.Key.String())
		if _, err := civic.ParseDate(pair.Value.String()); err != nil && date {
			s.line = pair.GetToken().Position.Line
		}
	}
	return s
}

// load reads the shared files, then every folder as one ruleset.
func load(fsys fs.FS) (*Book, error) {
	var cities struct{ Jurisdictions []Jurisdiction }
	var offices struct{ Offices []Office }
	var conditions struct{ Conditions []Condition }
	var themes struct{ Themes []Theme }
	var notes struct {
		Inactive []struct {
			Status PermitStatus
			Note   civic.Text
		}
	}
	_, err1 := read(fsys, "jurisdictions.yaml", &cities)
	_, err2 := read(fsys, "offices.yaml", &offices)
	asked, err3 := read(fsys, "conditions.yaml", &conditions)
	_, err4 := read(fsys, "notes.yaml", &notes)
	topics, err5 := read(fsys, "themes.yaml", &themes)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return nil, err
	}
	b := &Book{
		jurisdictions: cities.Jurisdictions, offices: offices.Offices, conditions: conditions.Conditions, themes: themes.Themes,
		codes: map[string]int{}, inactive: map[PermitStatus]civic.Text{},
		grounds: map[string]bool{}, threeYear: map[string]bool{},
	}
	for _, n := range notes.Inactive {
		b.inactive[n.Status] = n.Note
	}
	if err := errors.Join(b.checkConditions(asked), b.checkThemes(topics)); err != nil {
		return nil, err
	}
	folders, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, folder := range folders {
		if folder.IsDir() {
			faults = append(faults, b.loadRuleset(fsys, folder.Name()))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return b, b.settle()
}

func (b *Book) loadRuleset(fsys fs.FS, folder string) error {
	r := &Ruleset{codes: b.codes, book: b}
	var departments struct{ Departments []Department }
	var services struct{ Services []Service }
	main, err1 := read(fsys, path.Join(folder, "ruleset.yaml"), r)
	bodies, err2 := read(fsys, path.Join(folder, "departments.yaml"), &departments)
	list, err3 := read(fsys, path.Join(folder, "services.yaml"), &services)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	r.Departments, r.Services = departments.Departments, services.Services
	if r.ID != folder {
		return main.at("$.id", "the folder is %q", folder)
	}
	if err := errors.Join(b.checkRuleset(main, r), checkDepartments(bodies, r), b.checkServices(list, r)); err != nil {
		return err
	}
	j, ok := b.Jurisdiction(r.Jurisdiction)
	if !ok {
		return main.at("$.jurisdiction", "unknown jurisdiction %q", r.Jurisdiction)
	}
	// Folders come in order of name; what counts is which document is older.
	at := len(j.Rulesets)
	for at > 0 && r.InForce.From.Before(j.Rulesets[at-1].InForce.From) {
		at--
	}
	j.Rulesets = append(j.Rulesets[:at], append([]*Ruleset{r}, j.Rulesets[at:]...)...)
	r.compile()
	return nil
}

// settle makes sure that a question about any city can be answered.
func (b *Book) settle() error {
	for _, j := range b.jurisdictions {
		if len(j.Rulesets) == 0 {
			return fmt.Errorf("jurisdictions.yaml: %s has no ruleset", j.Code)
		}
	}
	for _, s := range []PermitStatus{PermitSuspended, PermitExpired, PermitLost, PermitCancelled} {
		if _, ok := b.inactive[s]; !ok {
			return fmt.Errorf("notes.yaml: no note for the status %s", s)
		}
	}
	return nil
}
