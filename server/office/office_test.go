package office_test

import (
	"errors"
	"log/slog"
	"testing"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
	"anju/server/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func house(t *testing.T) scene.House {
	t.Helper()
	h, err := scene.NewHouse(t.Context(), storetest.Open(t), "http://example.com", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestWithoutAStationTheDraftStays sends a pre-application in a city that has not set up its stations: it is refused in a way that can be
// said in words, and nothing is lost.
func TestWithoutAStationTheDraftStays(t *testing.T) {
	h := house(t)
	played, err := h.Play(t.Context(), scene.PersonOf("zz.pre_applied"))
	if !errors.Is(err, &office.Error{What: office.Denied, Why: "no_station"}) {
		t.Fatalf("sent without a station: %v", err)
	}
	draft, err := h.Office.Draft(t.Context(), played.Citizen())
	if err != nil || draft.Draft.Name != played.Name || len(draft.Evidence) != 1 {
		t.Errorf("the draft is gone: %v", err)
	}
}

// TestEverySceneOfTheDemo plays everybody's story and finds each where it should have come to.
func TestEverySceneOfTheDemo(t *testing.T) {
	h := house(t)
	ctx := t.Context()
	if err := h.Furnish(ctx, "password of the test"); err != nil {
		t.Fatal(err)
	}
	if empty, err := h.Empty(ctx); err != nil || !empty {
		t.Fatalf("a new house is not empty: %v", err)
	}
	all, err := h.PlayAll(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if empty, err := h.Empty(ctx); err != nil || empty {
		t.Fatalf("a house that was played in is empty: %v", err)
	}
	for government, want := range map[string]int{"350600": 2, "350602": 1, "350603": 0, "370300": 2, "370303": 1} {
		releases, err := h.Office.Releases(ctx, government)
		if err != nil || len(releases) != want {
			t.Errorf("%s has released %d versions, want %d: %v", government, len(releases), want, err)
		}
	}
	for login, want := range map[string]office.EntryState{"zz.edit": office.EntryReady, "zz.edit.county": office.EntryReturned} {
		actor, err := h.Actor(ctx, login)
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.Office.Catalogue(ctx, actor, "")
		if err != nil || list.Lines[0].Draft == nil || list.Lines[0].Draft.State != want {
			t.Errorf("the draft of %s does not stand at %s: %+v %v", login, want, list.Lines[0].Draft, err)
		}
	}
	if err := h.Furnish(ctx, "another password"); err != nil {
		t.Fatalf("the second start: %v", err)
	}
	if _, err := h.Office.SignInStaff(ctx, access.Actor{Kind: access.Anyone}, "zz.accept", "another password", "", "peer"); err != nil {
		t.Errorf("the new password does not work: %v", err)
	}
	settled := map[string]bool{} // registered their residence and applied for nothing
	for _, s := range scene.Settlers() {
		settled[s.Key] = true
	}
	for key, p := range all {
		if settled[key] {
			continue
		}
		if p.Stage == "" {
			if _, err := h.Office.Draft(ctx, p.Citizen()); err != nil {
				t.Errorf("%s has no draft: %v", key, err)
			}
			continue
		}
		progress, err := h.Office.Application(ctx, p.Citizen(), p.Reference)
		if err != nil || progress.Application.State != p.Stage {
			t.Errorf("%s stands at %s, not %s: %v", key, progress.Application.State, p.Stage, err)
		}
		if p.Permit == "" {
			continue
		}
		found, err := h.Office.Permit(ctx, p.Citizen(), p.Permit)
		if err != nil || len(found.Signed) == 0 {
			t.Errorf("%s has no signed permit: %v", key, err)
		}
		if got := found.Permit; (got.Tier == "residence_permit") != got.ValidUntil.IsZero() || got.ValidUntil.IsZero() == got.EndorseBy.IsZero() {
			t.Errorf("%s: valid until %s, endorsed by %s, %s", key, got.ValidUntil, got.EndorseBy, got.Tier)
		}
	}
}

// TestTypingANumberChangesNobody has a stranger apply with the number of somebody whose application was refused: until an officer has
// compared the ID card the record of the person stays as it is, and each sees only what they typed.
func TestTypingANumberChangesNobody(t *testing.T) {
	h := house(t)
	ctx := t.Context()
	if err := h.Furnish(ctx, "password of the test"); err != nil {
		t.Fatal(err)
	}
	victim, err := h.Play(ctx, scene.PersonOf("zz.refused"))
	if err != nil {
		t.Fatal(err)
	}
	stranger := scene.PersonOf("zz.pre_applied")
	stranger.ID = victim.ID
	played, err := h.Play(ctx, stranger)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := h.Office.Application(ctx, victim.Citizen(), victim.Reference)
	if err != nil || theirs.Person.Name != victim.Name {
		t.Errorf("the person is now called %s: %v", theirs.Person.Name, err)
	}
	own, err := h.Office.Application(ctx, played.Citizen(), played.Reference)
	if err != nil || own.Person.Name != stranger.Name {
		t.Errorf("the applicant sees %s: %v", own.Person.Name, err)
	}
	officer, err := h.Actor(ctx, "zz.accept")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Office.Accept(ctx, officer, office.Decision{Reference: played.Reference, Version: 1}, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true}); err != nil {
		t.Fatal(err)
	}
	if theirs, err = h.Office.Application(ctx, victim.Citizen(), victim.Reference); err != nil || theirs.Person.Name != stranger.Name {
		t.Errorf("after the comparison the person is called %s: %v", theirs.Person.Name, err)
	}
}
