package policy

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"anju/server/civic"
)

// TestRulesStandAsTheyWereRead compares every value that a rule turns on, and every item with its tiers, conditions, office and fee, with
// testdata/rules.txt: a slip of the pen in a ruleset is seen there, line by line. Texts are not in it; verbatim_test.go compares those.
func TestRulesStandAsTheyWereRead(t *testing.T) {
	b := loadOrFail(t)
	var out strings.Builder
	for _, j := range b.Jurisdictions() {
		for _, r := range j.Rulesets {
			fmt.Fprintf(&out, "%s %s\n", j.Code, r.ID)
			values(&out, "", reflect.ValueOf(*r))
			for _, d := range r.Departments {
				fmt.Fprintf(&out, "  department %s %s\n", d.Code, d.Role)
			}
			for _, s := range r.Services {
				fmt.Fprintf(&out, "  %s %s %s %v %v %s %s\n", s.ID, s.Category, s.Theme, s.Tiers, s.Departments, s.DepartmentsSource, s.Office)
				for _, it := range s.Items {
					fmt.Fprintf(&out, "    %s free=%s %s %s %v for %v\n", it.ID, it.Free, it.Theme, it.Office, it.Conditions, it.For)
				}
			}
		}
	}
	for _, c := range b.conditions {
		fmt.Fprintf(&out, "condition %s office=%v for %v settled %v age %d\n", c.Code, c.ByOffice, c.For, c.SettledFor, c.AgeFrom)
	}
	if os.Getenv("ANJU_UPDATE") != "" {
		if err := os.WriteFile("testdata/rules.txt", []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	got, lines := strings.Split(out.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(lines)) {
		if i >= len(got) || i >= len(lines) || got[i] != lines[i] {
			t.Fatalf("line %d has changed; if the text says so, run ANJU_UPDATE=1 go test -run TestRules ./server/policy and look at the difference", i+1)
		}
	}
}

// values writes what is no text: numbers, dates, codes and switches, by their place.
func values(out *strings.Builder, place string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			values(out, place, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			values(out, fmt.Sprintf("%s[%d]", place, i), v.Index(i))
		}
	case reflect.Struct:
		if d, ok := v.Interface().(civic.Date); ok {
			fmt.Fprintf(out, "  %s %s\n", place, d)
			return
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Type != textType && f.Type != basisType && f.Name != "Services" && f.Name != "Departments" && f.Name != "Document" {
				values(out, strings.TrimPrefix(place+"."+strings.ToLower(f.Name), "."), v.Field(i))
			}
		}
	case reflect.String, reflect.Int, reflect.Bool:
		fmt.Fprintf(out, "  %s %v\n", place, v.Interface())
	}
}
