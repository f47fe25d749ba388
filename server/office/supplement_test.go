package office_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
	"anju/server/store/storetest"
)

// TestAChangedNumberIsAnotherPerson: before acceptance the ID number may have been a slip of the pen; the case then belongs to whom it names,
// unless that person has an application already.
func TestAChangedNumberIsAnotherPerson(t *testing.T) {
	ctx := context.Background()
	st := storetest.Open(t)
	h, err := scene.NewHouse(ctx, st, "http://example.com", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Furnish(ctx, "password of the test"); err != nil {
		t.Fatal(err)
	}
	p, err := h.Play(ctx, scene.PersonOf("zz.pre_applied"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := h.Play(ctx, scene.PersonOf("zz.in_review"))
	if err != nil {
		t.Fatal(err)
	}
	officer, err := h.Actor(ctx, "zz.accept")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Office.Notify(ctx, officer, office.Decision{Reference: p.Reference, Version: 1}, []permit.Deficiency{{Subject: "field-id_number", Code: "differs"}}); err != nil {
		t.Fatal(err)
	}
	send := func(number string) error {
		return h.Office.Supplement(ctx, p.Citizen(), office.Answering{Reference: p.Reference, Version: 2, Key: office.NewKey(), Counter: "portal", Answer: func(d *permit.Draft) { d.IDNumber = number }})
	}
	if err := send(other.ID); !errors.Is(err, &office.Error{What: office.Denied, Why: "open_application"}) {
		t.Errorf("somebody with an open application: %v", err)
	}
	right := scene.Cards()[0].ID
	if err := send(right); err != nil {
		t.Fatal(err)
	}
	file, err := h.Office.CaseFile(ctx, officer, p.Reference)
	if err != nil || string(file.Person.IDNumber) != right || file.Course.Notices[0].Supplement.Before.IDNumber != p.ID {
		t.Errorf("%v %+v", err, file.Person)
	}
	if _, err := h.Office.Track(ctx, access.Actor{Kind: access.Anyone}, p.Reference, right, "peer"); err != nil {
		t.Errorf("the new number does not find it: %v", err)
	}
	if _, err := h.Office.Track(ctx, access.Actor{Kind: access.Anyone}, p.Reference, p.ID, "peer"); err == nil {
		t.Error("the old number still does")
	}
	entries, err := h.Office.AccessLog(ctx, p.Citizen())
	found := false
	for _, e := range entries {
		found = found || e.Action == ledger.Supplemented
	}
	if err != nil || !found {
		t.Errorf("the supplement is not in the ledger: %v", err)
	}
}
