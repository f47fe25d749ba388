package permit_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

var (
	morning = time.Date(2026, 9, 16, 9, 0, 0, 0, civic.Zone)
	today   = civic.DateOf(morning)
	chen    = permit.Officer{ID: "chen", Name: "陈晓岚", Station: "S1"}
	huang   = permit.Officer{ID: "huang", Name: "黄志远", Station: "S1"}
)

// load reads the rulesets once: the sequences ask for them thousands of times.
var load = sync.OnceValues(policy.Load)

func ruleset(t *testing.T, id string) *policy.Ruleset {
	t.Helper()
	book, err := load()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := book.Ruleset(id)
	if !ok {
		t.Fatalf("no ruleset %s", id)
	}
	return r
}

// draft is a complete one for Zhangzhou.
func draft() permit.Draft {
	return permit.Draft{Jurisdiction: "350600", Ruleset: "zhangzhou-2016", Name: "欧阳𠮷", IDNumber: "11010519491231002X", EthnicGroup: "01", HukouDivision: "410102",
		County: "350602", Street: "350602001", Community: "350602001001", Detail: "胜利路 18 号", RegisteredOn: civic.MustDate("2026-01-15"), Tier: "residence_permit",
		Grounds: []string{"employment"}}
}

var paper = []permit.EvidenceKind{"labour_contract"}

func TestACompleteDraftHasNoFaultsAndAnIncompleteOneStopsAtItsStep(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	d := draft()
	if faults := d.Check(permit.StepCheck, r, paper, today); len(faults) > 0 {
		t.Fatal(faults)
	}
	if next := d.Next(r, nil, today); next != permit.StepEvidence {
		t.Errorf("without evidence the next step is %s", next)
	}
	if d.Reachable(permit.StepCheck, r, nil, today) {
		t.Error("the check page is reachable without evidence")
	}
	for _, one := range []struct {
		spoil func(*permit.Draft)
		step  permit.Step
		fault permit.Fault
	}{
		{func(d *permit.Draft) { d.Name = "" }, permit.StepIdentity, permit.Fault{Field: "name", Code: "name_empty"}},
		{func(d *permit.Draft) { d.Name = "王🙂" }, permit.StepIdentity, permit.Fault{Field: "name", Code: "name_characters"}},
		{func(d *permit.Draft) { d.Name = strings.Repeat("王", 10_000) }, permit.StepIdentity, permit.Fault{Field: "name", Code: "name_long"}},
		{func(d *permit.Draft) { d.IDNumber = "110105194912310021" }, permit.StepIdentity, permit.Fault{Field: "id_number", Code: "id_check"}},
		{func(d *permit.Draft) { d.IDNumber = "110105491231002" }, permit.StepIdentity, permit.Fault{Field: "id_number", Code: "id_15"}},
		{func(d *permit.Draft) { d.EthnicGroup = "57" }, permit.StepIdentity, permit.Fault{Field: "ethnic_group", Code: "ethnic_choose"}},
		{func(d *permit.Draft) { d.HukouDivision = "" }, permit.StepHukou, permit.Fault{Field: "hukou_division", Code: "division_choose"}},
		{func(d *permit.Draft) { d.HukouDivision = "410100" }, permit.StepHukou, permit.Fault{Field: "hukou_division", Code: "division_county"}},
		{func(d *permit.Draft) { d.HukouDivision = "810000" }, permit.StepHukou, permit.Fault{Field: "hukou_division", Code: "division_hmt"}},
		{func(d *permit.Draft) { d.Community = "350602002001" }, permit.StepResidence, permit.Fault{Field: "community", Code: "address_community"}},
		{func(d *permit.Draft) { d.County = "370303" }, permit.StepResidence, permit.Fault{Field: "county", Code: "address_county"}},
		{func(d *permit.Draft) { d.Detail = "" }, permit.StepResidence, permit.Fault{Field: "detail", Code: "detail_empty"}},
		{func(d *permit.Draft) { d.Detail = "胜利路\u202e18 号" }, permit.StepResidence, permit.Fault{Field: "detail", Code: "detail_characters"}},
		{func(d *permit.Draft) { d.RegisteredOn = civic.Date{} }, permit.StepStay, permit.Fault{Field: "registered_on", Code: "registered_on_empty"}},
		{func(d *permit.Draft) { d.RegisteredOn = today.AddDays(1) }, permit.StepStay, permit.Fault{Field: "registered_on", Code: "registered_on_future"}},
		{func(d *permit.Draft) { d.RegisteredOn = civic.MustDate("2026-03-17") }, permit.StepStay, permit.Fault{Field: "registered_on", Code: "registered_on_early"}},
		{func(d *permit.Draft) { d.Tier = "permit_3y" }, permit.StepStay, permit.Fault{Field: "tier", Code: "tier_choose"}},
		{func(d *permit.Draft) { d.Grounds = nil }, permit.StepGrounds, permit.Fault{Field: "grounds", Code: "grounds_choose"}},
		{func(d *permit.Draft) { d.Grounds = []string{"business_licence"} }, permit.StepGrounds, permit.Fault{Field: "grounds", Code: "grounds_choose"}},
	} {
		d := draft()
		one.spoil(&d)
		if faults := d.Check(one.step, r, paper, today); !slices.Contains(faults, one.fault) {
			t.Errorf("%v is not among %v", one.fault, faults)
		}
	}
}

func TestTheHalfYearIsCompleteOnTheCorrespondingDay(t *testing.T) { // facts: registered 2026-03-31, complete 2026-09-30
	r, d := ruleset(t, "zhangzhou-2016"), draft()
	d.RegisteredOn = civic.MustDate("2026-03-16")
	if faults := d.Check(permit.StepStay, r, paper, today); len(faults) > 0 {
		t.Errorf("on the day itself: %v", faults)
	}
	if faults := d.Check(permit.StepStay, r, paper, today.AddDays(-1)); len(faults) == 0 {
		t.Error("the day before is early enough")
	}
}

func TestZiboAsksForGroundsOnlyForThreeYears(t *testing.T) {
	r, d := ruleset(t, "zibo-2014"), draft()
	d.Jurisdiction, d.Ruleset, d.Intends, d.Tier, d.Grounds = "370300", "zibo-2014", "yes", "permit_1y", nil
	d.SetResidence("370303001001")
	if d.County != "370303" || d.Street != "370303001" || d.Residence() != "370303001001" {
		t.Errorf("residence %+v", d)
	}
	if faults := d.Check(permit.StepCheck, r, nil, today); len(faults) > 0 {
		t.Errorf("a one-year permit: %v", faults)
	}
	d.Tier = "permit_3y"
	if !slices.Contains(d.Steps(r), permit.StepGrounds) || len(d.Check(permit.StepGrounds, r, nil, today)) == 0 {
		t.Error("a three-year permit needs a ground")
	}
	if d.Tier = "permit_3y_resided_1y"; len(d.Check(permit.StepStay, r, nil, today)) == 0 {
		t.Error("a tier that is reached by residence can be applied for")
	}
	d.Intends = "no"
	if faults := d.Check(permit.StepStay, r, nil, today); !slices.Contains(faults, permit.Fault{Field: "intends", Code: "intends_no"}) {
		t.Error(faults)
	}
}

// submitted is an application that has been sent.
func submitted(t *testing.T) permit.Application {
	t.Helper()
	r, d := ruleset(t, "zhangzhou-2016"), draft()
	law := policy.Eligibility(r, r.StatusOn(today, nil), d.Query(r, today))
	a, event, err := permit.Submit(permit.Submission{Draft: d, Evidence: paper, Declared: true, Notice: "1", Counter: "portal", Law: law}, r, morning)
	if err != nil {
		t.Fatal(err)
	}
	if a.State != permit.PreApplied || !a.AcceptedOn.IsZero() || event.Verb != permit.VerbSubmit {
		t.Fatalf("%+v %+v", a, event)
	}
	return a
}

// verb is one step of the life of an application.
type verb struct {
	name string
	do   func(permit.Application, time.Time) (permit.Application, permit.Event, error)
}

func verbs(t *testing.T) []verb {
	r := ruleset(t, "zhangzhou-2016")
	return []verb{
		{permit.VerbAccept, func(a permit.Application, now time.Time) (permit.Application, permit.Event, error) {
			return permit.Accept(a, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true}, chen, r, civic.DefaultCalendar(), now)
		}},
		{permit.VerbDecline, func(a permit.Application, now time.Time) (permit.Application, permit.Event, error) {
			return permit.Decline(a, chen, "other_station", "", now)
		}},
		{permit.VerbGrant, func(a permit.Application, now time.Time) (permit.Application, permit.Event, error) {
			return permit.Grant(a, huang, now)
		}},
		{permit.VerbRefuse, func(a permit.Application, now time.Time) (permit.Application, permit.Event, error) {
			reason := "false_particulars"
			if a.State != permit.InReview {
				reason = permit.ReasonPermitMoved
			}
			return permit.Refuse(a, huang, reason, "", now)
		}},
		{permit.VerbProduce, func(a permit.Application, now time.Time) (permit.Application, permit.Event, error) {
			return permit.Produce(a, chen, now)
		}},
		{permit.VerbIssue, func(a permit.Application, now time.Time) (permit.Application, permit.Event, error) {
			if a.OfPermit == "" {
				a, _, event, err := permit.Issue(a, permit.Permit{Number: "n"}, chen, r, now)
				return a, event, err
			}
			a, _, event, _, err := permit.IssueAfter(a, permit.Permit{Number: "n"}, about(t, a), chen, r, now)
			return a, event, err
		}},
	}
}

// TestEveryVerbFromEveryState walks all sequences of up to five verbs: what Verbs promises is what happens, and the dates always agree
// with the state.
func TestEveryVerbFromEveryState(t *testing.T) {
	all, reached := verbs(t), map[permit.State]bool{}
	var walk func(a permit.Application, events []permit.Event, now time.Time, depth int)
	walk = func(a permit.Application, events []permit.Event, now time.Time, depth int) {
		reached[a.State] = true
		agree(t, a, events)
		if depth == 5 {
			return
		}
		for _, v := range all {
			next, event, err := v.do(a, now)
			if promised := slices.Contains(a.Verbs(), v.name); promised != (err == nil) {
				t.Errorf("%s from %s: %v", v.name, a.State, err)
			}
			if err != nil {
				if next.State != a.State && !errors.As(err, new(permit.Refusal)) {
					t.Errorf("%s from %s changed the state and failed: %v", v.name, a.State, err)
				}
				continue
			}
			if next.Version != a.Version+1 || event.State != next.State || event.On != civic.DateOf(now) {
				t.Errorf("%s from %s: version %d, event %+v", v.name, a.State, next.Version, event)
			}
			walk(next, append(slices.Clone(events), event), now.Add(24*time.Hour), depth+1)
		}
	}
	walk(submitted(t), nil, morning, 0)
	for _, kind := range permit.Kinds()[1:] {
		walk(applied(t, kind), nil, morning, 0)
	}
	for _, s := range permit.States() {
		if !reached[s] && s != permit.ToSupplement { // course_test.go leads there
			t.Errorf("no sequence leads to %s", s)
		}
	}
}

// agree checks the invariants of doc.go.
func agree(t *testing.T, a permit.Application, events []permit.Event) {
	t.Helper()
	s := a.State
	for what, wrong := range map[string]bool{
		"accepted_on": a.AcceptedOn.IsZero() != (s == permit.PreApplied || s == permit.ToSupplement || s == permit.Declined),
		"promise":     !a.AcceptedOn.IsZero() && (a.PromisedBy.IsZero() || a.PromisedBy.After(a.StatutoryBy)),
		"decided_on":  a.DecidedOn.IsZero() != (s == permit.PreApplied || s == permit.ToSupplement || s == permit.InReview),
		"produced_on": a.ProducedOn.IsZero() != (s != permit.ToCollect && s != permit.Issued) && (s != permit.Refused || a.OfPermit == ""),
		"card":        a.Kind.Cards() && s == permit.Completed || !a.Kind.Cards() && (s == permit.InProduction || s == permit.ToCollect || s == permit.Issued),
		"issued_on":   a.IssuedOn.IsZero() != (s != permit.Issued),
		"permit":      (a.Permit == "") != (s != permit.Issued),
		"pause":       a.Paused() && (s != permit.InReview || a.PausedFor == "" || a.PausedOn.Before(a.AcceptedOn)),
	} {
		if wrong {
			t.Errorf("%s does not agree with %s: %+v", what, s, a)
		}
	}
	now := 0
	for _, m := range a.Milestones(events) {
		if m.Now {
			now++
		}
	}
	if want := map[bool]int{true: 1}[s.Open()]; now != want {
		t.Errorf("%s: %d milestones are waited for", s, now)
	}
}

func TestTheClockStartsAtAcceptance(t *testing.T) { // facts 3.2: accepted 2026-09-16, 15 calendar days end on a holiday and roll to 10-08
	a, _, err := verbs(t)[0].do(submitted(t), morning)
	if err != nil || a.StatutoryBy.String() != "2026-10-08" {
		t.Errorf("statutory by %s, %v", a.StatutoryBy, err)
	}
	if _, _, err := permit.Grant(a, chen, morning); !errors.Is(err, permit.Refusal{Code: "same_person"}) {
		t.Errorf("who accepted may review: %v", err)
	}
	if _, _, err := permit.Refuse(a, huang, "because", "", morning); err == nil {
		t.Error("a refusal without a known reason was taken")
	}
	_, _, err = permit.Accept(submitted(t), permit.Acceptance{IdentitySeen: true}, chen, ruleset(t, "zhangzhou-2016"), civic.DefaultCalendar(), morning)
	if faults := (permit.Faults)(nil); !errors.As(err, &faults) || faults[0].Field != "evidence_seen" {
		t.Errorf("accepted without a look at the evidence: %v", err)
	}
}

func TestSubmitAsksTheLawAndTheDeclaration(t *testing.T) {
	r, d := ruleset(t, "zhangzhou-2016"), draft()
	d.HukouDivision = "350603" // a municipal district of the same city: outside the scope
	law := policy.Eligibility(r, r.StatusOn(today, nil), d.Query(r, today))
	_, _, err := permit.Submit(permit.Submission{Draft: d, Evidence: paper, Declared: true, Law: law}, r, morning)
	if refusal := (permit.Refusal{}); !errors.As(err, &refusal) || refusal.Code != "not_eligible" {
		t.Errorf("outside the scope: %v", err)
	}
	_, _, err = permit.Submit(permit.Submission{Draft: draft(), Evidence: paper}, r, morning)
	if faults := (permit.Faults)(nil); !errors.As(err, &faults) || faults[0].Field != "declared" {
		t.Errorf("without the declaration: %v", err)
	}
	if _, _, err = permit.Submit(permit.Submission{Draft: draft(), Declared: true, Counter: "kiosk", Law: policy.Eligibility(r, r.StatusOn(today, nil), draft().Query(r, today))}, r, morning); err != nil {
		t.Errorf("at a kiosk evidence follows: %v", err)
	}
}

func TestNumbersNoticeASlipOfThePen(t *testing.T) {
	n := permit.NewNumber("350602", 2026, 42)
	if got, ok := permit.ParseNumber(strings.ToLower(n)); !ok || got != n || n != "350602-2026-0000042-Q" {
		t.Errorf("%s %s %t", n, got, ok)
	}
	ref := permit.NewReference("350600")
	if permit.JurisdictionOf(ref) != "350600" {
		t.Error(ref)
	}
	if got, ok := permit.ParseReference(" " + strings.ToLower(strings.ReplaceAll(ref, "-", " ")) + " "); !ok || got != ref {
		t.Errorf("%s read as %s", ref, got)
	}
	for _, s := range []string{n, ref} {
		parse := permit.ParseNumber
		if s == ref {
			parse = permit.ParseReference
		}
		for i := range s {
			for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXY" {
				if s[i] == '-' || rune(s[i]) == c {
					continue
				}
				if _, ok := parse(s[:i] + string(c) + s[i+1:]); ok {
					t.Errorf("%s with %c at %d is taken", s, c, i)
				}
			}
		}
	}
}

func FuzzParseReference(f *testing.F) {
	f.Add(permit.NewReference("350600"))
	f.Add("３５０６-7K2M-9QXT")
	f.Fuzz(func(t *testing.T, s string) {
		if ref, ok := permit.ParseReference(s); ok {
			if again, ok := permit.ParseReference(ref); !ok || again != ref {
				t.Errorf("%q reads as %q, and that as %q", s, ref, again)
			}
		}
	})
}
