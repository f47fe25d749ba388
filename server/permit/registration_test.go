package permit_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

// settler declares at a street of Zhangzhou.
func settler(street string, change ...func(*permit.Declaration)) permit.Declaration {
	d := permit.Declaration{Draft: permit.Draft{Jurisdiction: "350600", Name: "莫晓棠", IDNumber: "360302199203142222", EthnicGroup: "01", HukouDivision: "360302", Detail: "新华路 6 号"},
		Phone: "13950600051", ArrivedOn: day("2026-11-20")}
	id, err := civic.NewCitizenID("360302", day("1992-03-14"), 222)
	if err != nil {
		panic(err)
	}
	d.IDNumber = string(id)
	d.SetResidence(civic.Communities(street)[0].Code)
	for _, one := range change {
		one(&d)
	}
	return d
}

var (
	citizenAt = permit.Doer{Counter: "portal"}
	registrar = permit.Officer{ID: "a", Name: "邱小满", Station: "S"}
)

// declared is a registration that waits, declared on a day.
func declared(t *testing.T, d permit.Declaration, on string) permit.Registration {
	t.Helper()
	all, e, err := permit.DeclareResidence(d, ruleset(t, "zhangzhou-2016"), "portal", citizenAt, at(on))
	if err != nil || e.Verb != permit.VerbDeclare || all[0].Version != 1 {
		t.Fatal(e, err)
	}
	all[0].ID = on + d.Street
	return all[0]
}

// november is the present of these tests.
var november = at("2026-11-24")

func confirmed(t *testing.T, d permit.Declaration, on string, others ...permit.Registration) (permit.Registration, *permit.RegistrationMove) {
	t.Helper()
	got, _, left, err := permit.ConfirmRegistration(declared(t, d, on), others, permit.Doer{Officer: registrar}, ruleset(t, "zhangzhou-2016"), at(on).AddDate(0, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	return got, left
}

func faultsIn(err error) (codes []string) {
	var faults permit.Faults
	errors.As(err, &faults)
	for _, f := range faults {
		codes = append(codes, f.Code)
	}
	return codes
}

// TestADeclarationIsChecked: each answer, and every fault of a bad one at once.
func TestADeclarationIsChecked(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	for want, change := range map[string]func(*permit.Declaration){
		"registration_at_home": func(d *permit.Declaration) { d.HukouDivision = "350603" },
		"division_hmt":         func(d *permit.Declaration) { d.HukouDivision = "810000" },
		"address_community":    func(d *permit.Declaration) { d.Community = "350602002001" },
		"phone":                func(d *permit.Declaration) { d.Phone = "12345" },
		"arrived_on_empty":     func(d *permit.Declaration) { d.ArrivedOn = civic.Date{} },
		"arrived_on_future":    func(d *permit.Declaration) { d.ArrivedOn = day("2026-11-25") },
		"arrived_on_birth":     func(d *permit.Declaration) { d.ArrivedOn = day("1992-03-13") },
		"earlier_empty":        func(d *permit.Declaration) { d.Earlier.Evidence = "labour_contract" },
		"earlier_evidence": func(d *permit.Declaration) {
			d.Earlier.From, d.ArrivedOn = day("2026-08-01"), day("2026-08-01")
		},
		"earlier_late": func(d *permit.Declaration) {
			d.Earlier = permit.Earlier{From: day("2026-11-24"), Evidence: "labour_contract"}
		},
		"earlier_limit": func(d *permit.Declaration) {
			d.Earlier, d.ArrivedOn = permit.Earlier{From: day("2026-05-23"), Evidence: "labour_contract"}, day("2026-05-01")
		},
		"earlier_arrival": func(d *permit.Declaration) {
			d.Earlier = permit.Earlier{From: day("2026-11-19"), Evidence: "labour_contract"}
		},
		"child_name": func(d *permit.Declaration) {
			d.Children = []permit.Child{{Relation: "child", Sex: civic.Male, Born: day("2020-02-29")}}
		},
		"child_born": func(d *permit.Declaration) {
			d.Children = []permit.Child{{Name: "莫小满", Relation: "child", Sex: civic.Male}}
		},
		"child_adult": func(d *permit.Declaration) {
			d.Children = []permit.Child{{Name: "莫小满", Relation: "child", Sex: civic.Male, Born: day("2008-11-24")}}
		},
		"child_twice": func(d *permit.Declaration) {
			d.Children = []permit.Child{{Name: "莫小满", Relation: "child", IDNumber: d.IDNumber}}
		},
	} {
		_, _, err := permit.DeclareResidence(settler("350602001", change), r, "portal", citizenAt, november)
		codes := faultsIn(err)
		found := false
		for _, code := range codes {
			found = found || code == want
		}
		if !found {
			t.Errorf("want %s, got %v", want, codes)
		}
	}
	all, _, err := permit.DeclareResidence(settler("350602001", func(d *permit.Declaration) {
		d.Children = []permit.Child{{}, {Name: "莫小满", Relation: "child", Sex: civic.Female, Born: day("2020-02-29")}, {}}
		d.Earlier, d.ArrivedOn = permit.Earlier{From: day("2026-05-24"), Evidence: "insurance_half_year"}, day("2026-05-24")
	}), r, "portal", citizenAt, november)
	if err != nil || len(all) != 2 || all[1].Particulars.Name != "莫小满" || all[1].Particulars.Street != "350602001" || len(all[1].Particulars.Children) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestMovingKeepsTheCount inside a county always, and inside the city where the ruleset says so.
func TestMovingKeepsTheCount(t *testing.T) {
	first, left := confirmed(t, settler("350602001", func(d *permit.Declaration) { d.ArrivedOn = day("2026-01-10") }), "2026-01-15")
	if left != nil || first.Since != day("2026-01-15") || first.HalfYearOn != day("2026-07-15") || first.DecidedOn != day("2026-01-17") {
		t.Fatalf("%+v %+v", first, left)
	}
	second, left := confirmed(t, settler("350602002"), "2026-11-24", first)
	if left == nil || left.Registration.EndedFor != permit.EndMovedElsewhere || left.Registration.EndedOn != second.On || second.Since != first.Since || second.On != day("2026-11-24") {
		t.Fatalf("%+v %+v", second, left)
	}
	away, _ := confirmed(t, settler("350623100"), "2026-11-24", first)
	if away.Since != first.Since {
		t.Error("a move to another county of the city begins anew, against the ruleset")
	}
	resets := *ruleset(t, "zhangzhou-2016")
	resets.ResidenceYears.CrossCountyResets = true
	anew, _, _, err := permit.ConfirmRegistration(declared(t, settler("350623100"), "2026-11-24"), []permit.Registration{first}, permit.Doer{Officer: registrar}, &resets, at("2026-11-25"))
	if err != nil || anew.Since != anew.On {
		t.Errorf("%+v, %v", anew, err)
	}
	gone, _, err := permit.EndRegistration(first, "", day("2026-06-01"), citizenAt, at("2026-06-02"))
	if err != nil || gone.EndedFor != permit.EndMovedAway {
		t.Fatal(gone, err)
	}
	if back, _ := confirmed(t, settler("350602002"), "2026-11-24", gone); back.Since != back.On {
		t.Error("a gap was bridged")
	}
	_, _, _, err = permit.ConfirmRegistration(declared(t, settler("350602002", func(d *permit.Declaration) { d.ArrivedOn = day("2026-01-10") }), "2026-01-14"), []permit.Registration{first}, permit.Doer{Officer: registrar}, ruleset(t, "zhangzhou-2016"), november)
	if !errors.Is(err, permit.Refusal{Code: "registration_newer"}) {
		t.Errorf("an older declaration replaced a newer registration: %v", err)
	}
}

// TestBackdating: once, on evidence that was seen, never into the time of another registration.
func TestBackdating(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	base, _ := confirmed(t, settler("350602001", func(d *permit.Declaration) { d.ArrivedOn = day("2026-02-01") }), "2026-08-31")
	ask := permit.Earlier{From: day("2026-02-28"), Evidence: "labour_contract"} // the corresponding day of 31 August in February
	got, e, err := permit.BackdateRegistration(base, ask, true, nil, registrar, r, november)
	if err != nil || got.On != ask.From || got.Since != ask.From || got.HalfYearOn != day("2026-08-28") || got.ShownBy != "labour_contract" || e.Reason != "labour_contract" {
		t.Fatalf("%+v %+v %v", got, e, err)
	}
	if _, _, err := permit.BackdateRegistration(got, ask, true, nil, registrar, r, november); !errors.Is(err, permit.Refusal{Code: "earlier_already"}) {
		t.Errorf("backdated twice: %v", err)
	}
	ended := permit.Registration{ID: "x", State: permit.RegistrationEnded, Since: day("2025-01-01"), EndedOn: day("2026-03-01")}
	for want, try := range map[string]func() error{
		"earlier_seen": func() error {
			_, _, err := permit.BackdateRegistration(base, ask, false, nil, registrar, r, november)
			return err
		},
		"earlier_other": func() error {
			_, _, err := permit.BackdateRegistration(base, ask, true, []permit.Registration{ended}, registrar, r, november)
			return err
		},
		"earlier_limit": func() error {
			_, _, err := permit.BackdateRegistration(base, permit.Earlier{From: day("2026-02-27"), Evidence: "labour_contract"}, true, nil, registrar, r, november)
			return err
		},
	} {
		if codes := faultsIn(try()); len(codes) != 1 || codes[0] != want {
			t.Errorf("want %s, got %v", want, codes)
		}
	}
	if _, _, err := permit.BackdateRegistration(base, ask, true, nil, registrar, ruleset(t, "zibo-2017"), november); !errors.Is(err, permit.Refusal{Code: "earlier_none"}) {
		t.Errorf("Zibo has no such rule: %v", err)
	}
}

// TestRegistrationVerbsInWrongStates: every verb in every state that it does not start from.
func TestRegistrationVerbsInWrongStates(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	waiting := declared(t, settler("350602001"), "2026-11-24")
	live, _ := confirmed(t, settler("350602001"), "2026-11-24")
	dead, _, err := permit.EndRegistration(live, permit.EndMovedAway, day("2026-11-24"), permit.Doer{Officer: registrar}, november)
	if err != nil {
		t.Fatal(err)
	}
	refused, _, err := permit.RejectRegistration(waiting, "duplicate", "", registrar, november)
	if err != nil {
		t.Fatal(err)
	}
	verbs := map[string]func(permit.Registration) error{
		"confirm": func(g permit.Registration) error {
			_, _, _, err := permit.ConfirmRegistration(g, nil, permit.Doer{Officer: registrar}, r, november)
			return err
		},
		"reject": func(g permit.Registration) error {
			_, _, err := permit.RejectRegistration(g, "duplicate", "", registrar, november)
			return err
		},
		"backdate": func(g permit.Registration) error {
			_, _, err := permit.BackdateRegistration(g, permit.Earlier{}, true, nil, registrar, r, november)
			return err
		},
		"end": func(g permit.Registration) error {
			_, _, err := permit.EndRegistration(g, permit.EndMovedAway, day("2026-11-24"), permit.Doer{Officer: registrar}, november)
			return err
		},
	}
	allowed := map[string]permit.RegistrationState{"confirm": permit.RegistrationDeclared, "reject": permit.RegistrationDeclared, "backdate": permit.RegistrationConfirmed, "end": permit.RegistrationConfirmed}
	for name, verb := range verbs {
		for _, g := range []permit.Registration{waiting, live, dead, refused} {
			if err := verb(g); g.State != allowed[name] && !errors.Is(err, permit.Refusal{Code: "state_moved_on"}) {
				t.Errorf("%s in %s: %v", name, g.State, err)
			}
		}
	}
	for _, bad := range []struct{ reason, on, want string }{{"", "2026-11-24", "reason_choose"}, {permit.EndDeceased, "2026-11-25", "ended_on_future"}, {permit.EndDeceased, "2026-11-23", "ended_on_early"}} {
		if codes := faultsIn(func() error {
			_, _, err := permit.EndRegistration(live, bad.reason, day(bad.on), permit.Doer{Officer: registrar}, november)
			return err
		}()); len(codes) != 1 || codes[0] != bad.want {
			t.Errorf("%+v: %v", bad, codes)
		}
	}
	if got, _, err := permit.EndRegistration(waiting, "", civic.Date{}, citizenAt, november); err != nil || got.EndedFor != permit.EndWithdrawn || got.Counted() {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestRandomRegistrations: whatever people and officers do, the invariants of doc.go hold.
func TestRandomRegistrations(t *testing.T) {
	random, r := rand.New(rand.NewPCG(4, 716)), ruleset(t, "zhangzhou-2016")
	streets := []string{"350602001", "350602002", "350623100"}
	seen := map[string]int{}
	for range 600 {
		var all []permit.Registration
		now := at("2026-01-05")
		for step := range 14 {
			now = now.Add(time.Duration(random.IntN(40*24)) * time.Hour)
			today := civic.DateOf(now)
			verb := []string{"declare", "confirm", "confirm", "reject", "backdate", "end"}[random.IntN(6)]
			if verb == "declare" {
				made, _, err := permit.DeclareResidence(settler(streets[random.IntN(3)], func(d *permit.Declaration) { d.ArrivedOn = today.AddMonths(-7) }), r, "portal", citizenAt, now)
				if err != nil {
					t.Fatal(err)
				}
				made[0].ID = string(rune('a' + step))
				all = append(all, made[0])
				seen[verb]++
			} else if len(all) > 0 {
				i := random.IntN(len(all))
				others := append(append([]permit.Registration{}, all[:i]...), all[i+1:]...)
				next, err := all[i], error(nil)
				var left *permit.RegistrationMove
				switch verb {
				case "confirm":
					next, _, left, err = permit.ConfirmRegistration(all[i], others, permit.Doer{Officer: registrar}, r, now)
				case "reject":
					next, _, err = permit.RejectRegistration(all[i], "duplicate", "", registrar, now)
				case "backdate":
					next, _, err = permit.BackdateRegistration(all[i], permit.Earlier{From: all[i].DeclaredOn.AddDays(-1 - random.IntN(200)), Evidence: "labour_contract"}, true, others, registrar, r, now)
				case "end":
					next, _, err = permit.EndRegistration(all[i], permit.EndMovedAway, today.AddDays(-random.IntN(30)), permit.Doer{Officer: registrar}, now)
				}
				if err != nil {
					continue
				}
				seen[verb]++
				all[i] = next
				if left != nil {
					seen["move"]++
					for j := range all {
						if all[j].ID == left.Registration.ID {
							all[j] = left.Registration
						}
					}
				}
			}
			soundRegistrations(t, all, r)
		}
	}
	for _, verb := range []string{"declare", "confirm", "reject", "backdate", "end", "move"} {
		if seen[verb] < 50 {
			t.Errorf("%s was walked %d times", verb, seen[verb])
		}
	}
}

// soundRegistrations are the invariants.
func soundRegistrations(t *testing.T, all []permit.Registration, r *policy.Ruleset) {
	t.Helper()
	live := 0
	for _, g := range all {
		if g.Live() {
			live++
		}
		switch {
		case g.Live() != (g.State == permit.RegistrationConfirmed), live > 1:
			t.Fatalf("two registrations count: %+v", all)
		case g.State == permit.RegistrationConfirmed && g.Since.IsZero(), g.State == permit.RegistrationRejected && g.Counted(), g.State == permit.RegistrationDeclared && g.Counted():
			t.Fatalf("state and count disagree: %+v", g)
		case g.Counted() && (g.Since.After(g.On) || g.HalfYearOn != r.HalfYearOn(g.Since)):
			t.Fatalf("the count is wrong: %+v", g)
		case g.On.After(g.DeclaredOn), (g.ShownBy == "") != (g.On == g.DeclaredOn):
			t.Fatalf("it counts from a day that nothing shows: %+v", g)
		case (g.State == permit.RegistrationEnded) != (g.EndedFor != ""), g.Counted() && g.State == permit.RegistrationEnded && g.EndedOn.Before(g.On):
			t.Fatalf("its end is wrong: %+v", g)
		}
	}
}

// TestReceiptNumbers: one wrong character is noticed, and the number is nobody's permit.
func TestReceiptNumbers(t *testing.T) {
	number := permit.NewReceiptNumber("350602", 2026, 42)
	if got, ok := permit.ParseReceiptNumber(" " + number + " "); !ok || got != number {
		t.Fatal(number)
	}
	if _, ok := permit.ParseNumber(number); ok {
		t.Error("it is taken for a permit's number")
	}
	for i := range number {
		for _, c := range "0123456789" {
			if wrong := number[:i] + string(c) + number[i+1:]; wrong != number {
				if _, ok := permit.ParseReceiptNumber(wrong); ok {
					t.Fatalf("%s passes for %s", wrong, number)
				}
			}
		}
	}
}
