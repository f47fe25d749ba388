package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// row is a confirmation as a partner sends it; pairs of field and value change it.
func (h furnished) row(person string, pairs ...any) map[string]any {
	p := h.all[person]
	row := map[string]any{"id_number": p.ID, "name": p.Name, "confirms": "labour_contract", "document": "漳人社合〔2026〕12号", "issued_on": "2026-10-01"}
	for i := 0; i < len(pairs); i += 2 {
		row[pairs[i].(string)] = pairs[i+1]
		if pairs[i+1] == nil {
			delete(row, pairs[i].(string))
		}
	}
	return row
}

// confirm sends a batch and returns what became of its rows, each as "taken" or "refused field reason …".
func (h furnished) confirm(auth, kind, key string, rows ...map[string]any) []string {
	h.Helper()
	a := h.ok(h.sendRows(auth, kind, key, rows...))
	var got struct {
		Taken, Refused int
		Rows           []struct {
			Row    int
			Result string
			Faults []struct{ Field, Reason string }
		}
	}
	if err := json.Unmarshal(a.body, &got); err != nil {
		h.Fatal(err)
	}
	if got.Taken+got.Refused != len(rows) {
		h.Errorf("%d taken and %d refused of %d", got.Taken, got.Refused, len(rows))
	}
	var list []string
	for i, one := range got.Rows {
		if one.Row != i {
			h.Errorf("row %d stands in place %d", one.Row, i)
		}
		said := one.Result
		for _, f := range one.Faults {
			said += " " + f.Field + " " + f.Reason
		}
		list = append(list, said)
	}
	return list
}

func (h furnished) sendRows(auth, kind, key string, rows ...map[string]any) answer {
	h.Helper()
	body, err := json.Marshal(map[string]any{"kind": kind, "rows": rows})
	if err != nil {
		h.Fatal(err)
	}
	return h.send(http.MethodPost, "/api/v1/confirmations", string(body), "Authorization", "Bearer "+auth, "Idempotency-Key", key)
}

func (h furnished) says(got []string, want ...string) {
	h.Helper()
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		h.Errorf("got %q, want %q", got, want)
	}
}

// own is what a person sees: what is confirmed, and how it stands.
func (h furnished) own(person string) string {
	h.Helper()
	list, states, err := h.office.OwnConfirmations(h.Context(), h.all[person].Citizen())
	if err != nil {
		h.Fatal(err)
	}
	var said []string
	for _, c := range list {
		said = append(said, fmt.Sprintf("%s %t %s", c.What, c.Met, states[c.ID]))
	}
	return strings.Join(said, "; ")
}

// staff is a colleague.
func (h furnished) staff(login string) access.Actor {
	h.Helper()
	actor, err := scene.House{Office: h.office, Store: h.store, Clock: h.clock}.Actor(h.Context(), login)
	if err != nil {
		h.Fatal(err)
	}
	return actor
}

func TestConfirmationsAreTakenRowByRow(t *testing.T) {
	h := furnish(t, "zz.issued")
	key := h.partners()["human-resources"]
	for _, c := range []struct {
		row  map[string]any
		want string
	}{
		{h.row("zz.issued"), "taken"},
		{h.row("zz.issued"), "known"},
		{h.row("zz.issued", "valid_until", "2027-10-01"), "taken"},
		{h.row("zz.issued", "confirms", "employment_difficulty", "met", false), "taken"},
		{h.row("zz.issued", "id_number", " "+h.all["zz.issued"].ID+" ", "document", "another"), "taken"},
		{h.row("zz.issued", "id_number", "410102199003070012"), "refused id_number id_check"},
		{h.row("zz.issued", "id_number", nil), "refused id_number id_length"},
		{h.row("zz.issued", "name", ""), "refused name name_empty"},
		{h.row("zz.issued", "confirms", "lease"), "refused confirms confirms_unknown"},
		{h.row("zz.issued", "confirms", "per_rules"), "refused confirms confirms_unknown"},
		{h.row("zz.issued", "met", false), "refused met met_paper"},
		{h.row("zz.issued", "met", "yes"), "refused met wrong_type"},
		{h.row("zz.issued", "document", ""), "refused document proof_empty"},
		{h.row("zz.issued", "document", strings.Repeat("长", 61)), "refused document proof_long"},
		{h.row("zz.issued", "document", "a\nb"), "refused document proof_characters"},
		{h.row("zz.issued", "issued_on", nil), "refused issued_on issued_on_empty"},
		{h.row("zz.issued", "issued_on", "2026-11-25"), "refused issued_on issued_on_future"},
		{h.row("zz.issued", "issued_on", "1990-03-06"), "refused issued_on issued_on_early"},
		{h.row("zz.issued", "issued_on", "2026-02-29"), "refused issued_on date"},
		{h.row("zz.issued", "valid_until", "2026-11-23"), "refused valid_until valid_until_over"},
		{h.row("zz.issued", "valid_until", "2026-09-30"), "refused valid_until valid_until_over"},
		{h.row("zz.issued", "status", "active"), "refused status unknown_field"},
		{h.row("zz.issued", "withdrawn", true, "document", "none of ours"), "refused document proof_unknown"},
		{h.row("zz.issued", "withdrawn", true, "document", "another", "issued_on", nil), "withdrawn"},
	} {
		h.says(h.confirm(key, "employment", office.NewKey(), c.row), c.want)
	}
	if got := h.own("zz.issued"); got != "labour_contract true withdrawn; employment_difficulty false confirmed; labour_contract true confirmed; labour_contract true replaced" {
		t.Error(got)
	}
	// All of it at once: what is wrong with one row stops no other.
	h.says(h.confirm(key, "employment", office.NewKey(), h.row("zz.issued", "document", "a"), h.row("zz.issued", "name", ""), h.row("zz.issued", "document", "a"),
		h.row("zz.issued", "document", "a", "withdrawn", true), h.row("zz.issued", "document", "a")), "taken", "refused name name_empty", "known", "withdrawn", "taken")
}

func TestConfirmationsAreRefused(t *testing.T) {
	h := furnish(t, "zz.issued")
	keys := h.partners()
	key := keys["human-resources"]
	h.refused(h.sendRows("x", "employment", office.NewKey(), h.row("zz.issued")), 401, "key_unknown", "")
	h.refused(h.sendRows(keys["big-data"], "employment", office.NewKey(), h.row("zz.issued")), 403, "scope", "")
	h.refused(h.sendRows(key, "housing", office.NewKey(), h.row("zz.issued")), 403, "scope", "")
	h.refused(h.sendRows(key, "weather", office.NewKey(), h.row("zz.issued")), 403, "scope", "")
	h.refused(h.sendRows(key, "", office.NewKey(), h.row("zz.issued")), 422, "required", "kind")
	h.refused(h.sendRows(key, "employment", office.NewKey()), 422, "required", "rows")
	for _, bad := range []string{"", "short", strings.Repeat("k", 81), "with blank"} {
		h.refused(h.sendRows(key, "employment", bad, h.row("zz.issued")), 422, "required", "Idempotency-Key")
	}
	many := make([]map[string]any, office.MaxConfirmations+1)
	for i := range many {
		many[i] = map[string]any{"name": "x"}
	}
	h.refused(h.sendRows(key, "employment", office.NewKey(), many...), 422, "rows_many", "rows")
	h.refused(h.sendRows(key, "employment", office.NewKey(), h.row("zz.issued", "document", strings.Repeat("x", 256<<10))), 413, "", "")

	first := h.sendRows(key, "employment", "the nightly one", h.row("zz.issued"))
	h.refused(first, 422, "required", "Idempotency-Key")
	one := h.ok(h.sendRows(key, "employment", "nightly-01", h.row("zz.issued"), h.row("zz.issued", "name", "")))
	two := h.ok(h.sendRows(key, "employment", "nightly-01", h.row("zz.issued"), h.row("zz.issued", "name", "")))
	if !bytes.Equal(one.body, two.body) {
		t.Errorf("the same key is answered %s, then %s", one.body, two.body)
	}
	h.refused(h.sendRows(key, "employment", "nightly-01", h.row("zz.issued", "document", "x")), 409, "key_reused", "")
	// At once from many places, one is taken and the others are answered as it was.
	var together sync.WaitGroup
	answers := make([]answer, 6)
	for i := range answers {
		together.Go(func() {
			answers[i] = h.sendRows(key, "employment", "nightly-02", h.row("zz.issued", "document", "together"))
		})
	}
	together.Wait()
	for _, a := range answers {
		if a.StatusCode != 200 || !bytes.Equal(a.body, answers[0].body) {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	}
}

// TestConfirmationCountsUntilItDoesNot follows what a person sees through withdrawal, expiry, a newer answer, an objection and its answers.
func TestConfirmationCountsUntilItDoesNot(t *testing.T) {
	h := furnish(t, "zz.issued", "zz.pre_applied")
	key := h.partners()["human-resources"]
	send := func(pairs ...any) {
		t.Helper()
		if got := h.confirm(key, "employment", office.NewKey(), h.row("zz.issued", pairs...)); got[0] != "taken" && got[0] != "withdrawn" {
			t.Fatal(got)
		}
	}
	is := func(want string) {
		t.Helper()
		if got := h.own("zz.issued"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	facts := func() string {
		t.Helper()
		_, inquiry, err := h.office.OwnInquiry(t.Context(), h.all["zz.issued"].Citizen())
		if err != nil {
			t.Fatal(err)
		}
		return inquiry.Facts["employment_difficulty"].String()
	}
	const fact = "employment_difficulty"
	send("confirms", fact, "valid_until", "2026-12-31", "document", "一")
	is(fact + " true confirmed")
	if facts() != "true" {
		t.Error(facts())
	}
	send("confirms", fact, "met", false, "issued_on", "2026-11-01", "document", "二")
	is(fact + " false confirmed; " + fact + " true replaced")
	if facts() != "false" {
		t.Error(facts())
	}
	list, _, err := h.office.OwnConfirmations(t.Context(), h.all["zz.issued"].Citizen())
	if err != nil {
		t.Fatal(err)
	}
	// An objection to the unwelcome answer does not bring the welcome one back.
	for range 2 {
		if err := h.office.Object(t.Context(), h.all["zz.issued"].Citizen(), list[0].ID, "我十月已经登记失业。"); err != nil {
			t.Fatal(err)
		}
	}
	is(fact + " false disputed; " + fact + " true replaced")
	if facts() != "null" {
		t.Error(facts())
	}
	other := access.Actor{Kind: access.Citizen, ID: h.all["zz.pre_applied"].Account.ID}
	if err := h.office.Object(t.Context(), other, list[0].ID, "x"); err == nil {
		t.Error("somebody else objects")
	}
	officer := h.staff("zz.review")
	if err := h.office.AnswerObjection(t.Context(), officer, list[0].ID, "right", "人社局确认无误。"); err != nil {
		t.Fatal(err)
	}
	is(fact + " false confirmed; " + fact + " true replaced")
	if err := h.office.AnswerObjection(t.Context(), h.staff("zz.supervise"), list[0].ID, "wrong", "再看一遍。"); err == nil {
		t.Error("an answered objection is answered again")
	}
	send("confirms", fact, "document", "二", "withdrawn", true)
	is(fact + " false withdrawn; " + fact + " true confirmed")
	h.clock.Add(40 * 24 * time.Hour)
	is(fact + " false withdrawn; " + fact + " true expired")
	if facts() != "null" {
		t.Error(facts())
	}
	if status := h.permit("zz.issued").Permit.Status; status != permit.Active {
		t.Errorf("a confirmation that ended made the permit %s", status)
	}
}

// TestConfirmationsAreKeptFromOthers: whoever typed somebody's number sees nothing of that person before an officer has compared it with the
// card, and what is stored of the unknown is gone after its time.
func TestConfirmationsAreKeptFromOthers(t *testing.T) {
	h := furnish(t, "zz.pre_applied", "zz.issued")
	key := h.partners()["human-resources"]
	h.says(h.confirm(key, "employment", office.NewKey(), h.row("zz.pre_applied"), h.row("zz.issued"), h.row("zz.issued", "id_number", "11010119900307889X", "name", "无名氏", "document", "x")), "taken", "taken", "taken")
	if got := h.own("zz.pre_applied"); got != "" {
		t.Errorf("an unaccepted application shows %s", got)
	}
	stranger := h.row("zz.issued", "id_number", "11010119900307889X", "name", "无名氏", "document", "x")
	h.says(h.confirm(key, "employment", office.NewKey(), stranger), "known")
	h.clock.Add(181 * 24 * time.Hour)
	if _, err := h.office.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.says(h.confirm(key, "employment", office.NewKey(), stranger, h.row("zz.issued")), "taken", "known")
}
