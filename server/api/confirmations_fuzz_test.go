package api

import (
	"testing"

	"anju/server/civic"
	"anju/server/policy"
)

// FuzzConfirmationRow reads and checks rows: whatever is sent, a row is good or says what is wrong with it.
func FuzzConfirmationRow(f *testing.F) {
	for _, s := range []string{`{}`, `null`, `1`, `[]`, `{"id_number":"410102199003070019","name":"张启明","confirms":"school_proof","document":"一","issued_on":"2026-09-01"}`,
		`{"met":null,"issued_on":"9999-99-99"}`, `{"withdrawn":"yes"}`, `{"name":"` + "\u202e" + `"}`} {
		f.Add(s)
	}
	book, err := policy.Load()
	if err != nil {
		f.Fatal(err)
	}
	rules, _ := book.Ruleset("zhangzhou-2016")
	kind, _ := rules.Confirmations.Kind("education")
	today := civic.MustDate("2026-11-24")
	f.Fuzz(func(t *testing.T, raw string) {
		row := readConfirmation([]byte(raw))
		if row.Whole != (len(row.Faults) > 0) {
			t.Errorf("%q: %+v", raw, row)
		}
		if row.Whole || len(row.Check(kind, today)) > 0 {
			return
		}
		if _, err := civic.ParseCitizenID(row.IDNumber, today); err != nil || row.Name == "" || row.Document == "" || !row.Withdrawn && row.IssuedOn.IsZero() {
			t.Errorf("%q is taken as %+v", raw, row)
		}
	})
}
