package permit_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

// born makes a valid number of somebody born on a day.
func born(t *testing.T, day string, seq int) string {
	t.Helper()
	id, err := civic.NewCitizenID("360702", civic.MustDate(day), seq)
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}

// codes are the faults of a step, by field and code.
func codes(faults permit.Faults) []string {
	list := []string{}
	for _, f := range faults {
		list = append(list, f.Field+" "+f.Code)
	}
	return list
}

// acted is a complete draft for somebody born on a day, by a guardian of 37 who has given every consent.
func acted(t *testing.T, day string, relation policy.Relation, reason policy.Principal) permit.Draft {
	d := draft()
	d.IDNumber = born(t, day, 141)
	d.Agent = &permit.Agent{Name: "林晓梅", IDNumber: born(t, "1989-02-11", 262), Relation: relation, Reason: reason, Declared: true, Consents: []string{policy.ConsentChild, policy.ConsentHealth}}
	return d
}

// TestWhoMayActForWhom goes through the ages at which the answer changes, on the day itself and the day before.
func TestWhoMayActForWhom(t *testing.T) {
	const guardian, relative = policy.Guardian, policy.NearRelative
	for _, one := range []struct {
		name     string
		born, on string
		relation policy.Relation
		reason   policy.Principal
		want     []string
	}{
		{"a newborn child by a guardian", "2026-09-16", "2026-09-16", guardian, "", nil},
		{"a child of eight by a grandmother", "2018-09-01", "2026-09-16", relative, "", []string{"agent_relation agent_guardian_only"}},
		{"the day before the 14th birthday", "2012-09-17", "2026-09-16", relative, "", []string{"agent_relation agent_guardian_only"}},
		{"the 14th birthday", "2012-09-16", "2026-09-16", relative, "", nil},
		{"15 years and 364 days", "2010-09-17", "2026-09-16", relative, "", nil},
		{"the 16th birthday", "2010-09-16", "2026-09-16", relative, "", []string{"agent_reason agent_reason_choose"}},
		{"the 16th birthday, no difficulty", "2010-09-16", "2026-09-16", guardian, permit.NoReason, []string{"agent_reason agent_not_needed"}},
		{"born on 29 February, the 28th of a leap year", "2008-02-29", "2024-02-28", relative, "", nil},
		{"born on 29 February, the 29th of a leap year", "2008-02-29", "2024-02-29", relative, "", []string{"agent_reason agent_reason_choose"}},
		{"born on 29 February, 27 February where there is no 29th", "2012-02-29", "2026-02-27", relative, "", []string{"agent_relation agent_guardian_only"}},
		{"born on 29 February, 28 February where there is no 29th", "2012-02-29", "2026-02-28", relative, "", nil},
		{"a competent adult of 40", "1986-01-01", "2026-09-16", relative, permit.NoReason, []string{"agent_reason agent_not_needed"}},
		{"a disabled person of 58", "1968-07-15", "2026-09-16", relative, policy.Disabled, nil},
		{"an older person of 58: the age is a hint", "1968-07-15", "2026-09-16", relative, policy.Older, nil},
		{"an older person of 75", "1951-01-01", "2026-09-16", relative, policy.Older, nil},
		{"a neighbour", "1951-01-01", "2026-09-16", "neighbour", policy.Older, []string{"agent_relation agent_relation_choose"}},
	} {
		for _, id := range []string{"zhangzhou-2016", "zibo-2014", "zibo-2017"} {
			r, day := ruleset(t, id), civic.MustDate(one.on)
			d := acted(t, one.born, one.relation, one.reason)
			if got := codes(d.Check(permit.StepAgent, r, nil, day)); !slices.Equal(got, append([]string{}, one.want...)) {
				t.Errorf("%s, %s: %q, want %q", id, one.name, got, one.want)
			}
			if _, ok := d.ProxyBasis(r, day); one.want == nil && !ok {
				t.Errorf("%s, %s: no rule is cited", id, one.name)
			}
		}
	}
}

func TestTheAgentsOwnParticulars(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	for _, one := range []struct {
		name string
		say  func(*permit.Agent)
		want string
	}{
		{"no name", func(a *permit.Agent) { a.Name = "" }, "agent_name name_empty"},
		{"a mistyped number", func(a *permit.Agent) { a.IDNumber = "360702198902112621" }, "agent_id_number id_check"},
		{"17 years and 364 days", func(a *permit.Agent) { a.IDNumber = born(t, "2008-09-17", 262) }, "agent_id_number agent_young"},
		{"the same person", func(a *permit.Agent) { a.IDNumber = born(t, "1951-01-01", 141) }, "agent_id_number agent_same"},
		{"no declaration", func(a *permit.Agent) { a.Declared = false }, "agent_declared agent_declare"},
		{"no consent", func(a *permit.Agent) { a.Consents = nil }, "consent_health consent_health"},
	} {
		d := acted(t, "1951-01-01", policy.NearRelative, policy.Disabled)
		one.say(d.Agent)
		if got := codes(d.Check(permit.StepAgent, r, nil, today)); len(got) != 1 || got[0] != one.want {
			t.Errorf("%s: %q", one.name, got)
		}
	}
	d := acted(t, "1951-01-01", policy.NearRelative, policy.Older)
	d.Agent.IDNumber = born(t, "2008-09-16", 262)
	if faults := d.Check(permit.StepAgent, r, nil, today); len(faults) > 0 {
		t.Errorf("on the 18th birthday: %v", faults)
	}
}

// TestAChildNeedsAGuardian: below 14 nobody applies alone (PIPL Art. 31), from 14 on they do.
func TestAChildNeedsAGuardian(t *testing.T) {
	r := ruleset(t, "zibo-2014")
	for day, want := range map[string][]string{"2012-09-17": {"id_number child_needs_guardian"}, "2012-09-16": {}, "2010-09-17": {}} {
		d := draft()
		d.IDNumber = born(t, day, 141)
		if got := codes(d.Check(permit.StepIdentity, r, nil, today)); !slices.Equal(got, want) {
			t.Errorf("born %s: %q", day, got)
		}
	}
}

// TestConsentsByAgeAndReason: of any age and any answer exactly the consents that the law asks for are asked.
func TestConsentsByAgeAndReason(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	random := rand.New(rand.NewPCG(31, 9))
	for range 2000 {
		day := today.AddDays(-random.IntN(100 * 365))
		reason := []policy.Principal{"", policy.Older, policy.Disabled, permit.NoReason}[random.IntN(4)]
		d := acted(t, day.String(), policy.Guardian, reason)
		years, _ := d.Age(today)
		var got []string
		for _, c := range d.ConsentsAsked(r, today) {
			got = append(got, c.Code)
		}
		var want []string
		if years < 14 {
			want = append(want, policy.ConsentChild)
		}
		if years >= 16 && reason == policy.Disabled {
			want = append(want, policy.ConsentHealth)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("born %s (%d), %q: %q, want %q", day, years, reason, got, want)
		}
		if good := len(d.Check(permit.StepAgent, r, nil, today)) == 0; good != (years < 16 || reason == policy.Older || reason == policy.Disabled) {
			t.Fatalf("born %s (%d), %q: acceptable %v", day, years, reason, good)
		}
	}
}

// TestWhoActsIsNotTypedTwice turns the applicant into the agent and back.
func TestWhoActsIsNotTypedTwice(t *testing.T) {
	d := draft()
	was := d
	d.SetAgent(true)
	if d.Name != "" || d.IDNumber != "" || d.Agent == nil || d.Agent.Name != was.Name || d.Agent.IDNumber != was.IDNumber {
		t.Errorf("%+v, %+v", d, d.Agent)
	}
	d.SetAgent(true)
	if d.Agent.Name != was.Name {
		t.Error("said twice it is another agent")
	}
	d.SetAgent(false)
	if d.Agent != nil || d.Name != was.Name || d.IDNumber != was.IDNumber {
		t.Errorf("%+v", d)
	}
}

// TestAgentsPapersShowNoGround: proof of the relation is welcome and is no evidence of a ground.
func TestAgentsPapersShowNoGround(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	d := acted(t, "2018-09-01", policy.Guardian, "")
	if faults := d.CheckEvidenceKind(r, "relation_proof"); len(faults) > 0 {
		t.Error(faults)
	}
	if faults := d.CheckEvidenceKind(r, "mandate"); len(faults) == 0 {
		t.Error("a child of eight is asked for a written mandate")
	}
	if got := codes(d.Check(permit.StepEvidence, r, []permit.EvidenceKind{"relation_proof"}, today)); len(got) != 1 {
		t.Errorf("%q", got)
	}
	if faults := draft().CheckEvidenceKind(r, "relation_proof"); len(faults) == 0 {
		t.Error("who applies alone may add a proof of relation")
	}
}

// TestAcceptanceSeesTheAgent: "应当提供委托人、代办人的合法有效身份证件".
func TestAcceptanceSeesTheAgent(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	a := permit.Application{State: permit.PreApplied, Version: 1, Particulars: acted(t, "2018-09-01", policy.Guardian, "")}
	if _, _, err := permit.Accept(a, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true}, chen, r, civic.DefaultCalendar(), morning); err == nil {
		t.Error("accepted without the agent's document")
	}
	if _, _, err := permit.Accept(a, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true, AgentSeen: true}, chen, r, civic.DefaultCalendar(), morning); err != nil {
		t.Error(err)
	}
}

// TestActingOnAPermit: what an agent may do with a permit differs by city, kind and relation, and ends with childhood.
func TestActingOnAPermit(t *testing.T) {
	for _, one := range []struct {
		ruleset  string
		who      policy.Principal
		relation policy.Relation
		kind     string
		born     string
		want     string
	}{
		{"zhangzhou-2016", policy.Older, policy.NearRelative, "endorse", "1950-01-01", ""},
		{"zhangzhou-2016", policy.Disabled, policy.NearRelative, "replace", "1980-01-01", ""},
		{"zhangzhou-2016", policy.Minor, policy.NearRelative, "endorse", "2010-09-17", ""},
		{"zhangzhou-2016", policy.Minor, policy.Guardian, "endorse", "2010-09-16", "agent_grown"},
		{"zhangzhou-2016", policy.Older, policy.NearRelative, "change", "1950-01-01", "agent_kind"},
		{"zhangzhou-2016", policy.Minor, policy.Guardian, "change", "2018-01-01", ""},
		{"zibo-2017", policy.Minor, policy.Guardian, "endorse", "2018-01-01", ""},
		{"zibo-2017", policy.Minor, policy.NearRelative, "endorse", "2018-01-01", "agent_kind"},
		{"zibo-2017", policy.Older, policy.Guardian, "endorse", "1950-01-01", "agent_kind"},
	} {
		err := permit.Mandate{For: one.who, Relation: one.relation}.ActsOn(one.kind, civic.CitizenID(born(t, one.born, 141)), ruleset(t, one.ruleset), today)
		var refusal permit.Refusal
		if errors.As(err, &refusal); refusal.Code != one.want {
			t.Errorf("%+v: %v", one, err)
		}
	}
}

// TestARelativeBeginsWithTheHome: what belongs to the home is carried over, and nothing of the person.
func TestARelativeBeginsWithTheHome(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	d := draft()
	d.Grounds, d.Workplace = []string{"employment", "dwelling"}, "新华针织厂"
	next := d.Relative(r, true, today)
	if next.Name != "" || next.IDNumber != "" || next.Workplace != "" || !slices.Equal(next.Grounds, []string{"dwelling"}) || next.Detail != d.Detail || next.RegisteredOn != d.RegisteredOn {
		t.Errorf("%+v", next)
	}
	if a := next.Agent; a == nil || a.IDNumber != d.IDNumber || a.Declared || a.Relation != "" || len(a.Consents) > 0 {
		t.Errorf("%+v", next.Agent)
	}
	if d.Relative(r, false, today).Agent != nil {
		t.Error("who applies alone has an agent")
	}
	if kinds := permit.HouseholdKinds(r); !slices.Contains(kinds, permit.EvidenceKind("lease")) || slices.Contains(kinds, permit.EvidenceKind("labour_contract")) {
		t.Errorf("%q", kinds)
	}
}
