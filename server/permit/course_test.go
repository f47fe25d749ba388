package permit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/policy"
)

var chief = permit.Officer{ID: "chief", Name: "庄慧玲", Station: "S1"}

// matter is an application on its way, with all that was done to it.
type matter struct {
	permit.Application
	course permit.Course
	events []permit.Event
}

// next is a matter after a verb.
type next struct {
	a   permit.Application
	e   permit.Event
	c   permit.Course
	err error
}

func result(a permit.Application, e permit.Event, c permit.Course, err error) next {
	return next{a, e, c, err}
}

func missing(subjects ...permit.Subject) []permit.Deficiency {
	var list []permit.Deficiency
	for _, s := range subjects {
		list = append(list, permit.Deficiency{Subject: s, Code: permit.DeficiencyCodes(s)[0]})
	}
	return list
}

// eligible is a law that lets everybody through.
func eligible(d permit.Draft) policy.EligibilityAnswer {
	return policy.EligibilityAnswer{Verdict: policy.Eligible, Tiers: []string{d.Tier}}
}

// answer supplies a labour contract and another door.
func answer(m matter) permit.Answer {
	d := m.Particulars
	d.Detail += "之一"
	return permit.Answer{Draft: d, Added: []permit.EvidenceKind{"labour_contract"}, Counter: "portal", Words: "其余各项没有变化"}
}

// courseVerbs are all verbs of the course, each as it is done well.
func courseVerbs(r *policy.Ruleset) map[string]func(matter, time.Time) next {
	calendar := civic.DefaultCalendar()
	return map[string]func(matter, time.Time) next{
		permit.VerbNotify: func(m matter, now time.Time) next {
			return result(permit.Notify(m.Application, m.course, missing("evidence-labour_contract", "field-detail"), chen, r, now))
		},
		permit.VerbAllowNotice: func(m matter, now time.Time) next {
			return result(permit.AllowNotice(m.Application, m.course, "第一次告知时材料被遮住", chief, now))
		},
		permit.VerbSupplement: func(m matter, now time.Time) next {
			return result(permit.Supply(m.Application, m.course, answer(m), permit.Officer{}, r, eligible, calendar, now))
		},
		permit.VerbPause: func(m matter, now time.Time) next {
			return result(permit.StopClock(m.Application, m.course, "document_check", "向用人单位核实劳动合同", huang, now))
		},
		permit.VerbResume: func(m matter, now time.Time) next {
			return result(permit.ResumeClock(m.Application, m.course, "", huang, r, calendar, now))
		},
		permit.VerbRequestExtension: func(m matter, now time.Time) next {
			in := permit.ExtensionRequest{Ground: "special_case", Document: "漳政规〔2017〕1号", Note: "需要等待外省回函"}
			return result(permit.RequestExtension(m.Application, m.course, in, huang, r, now))
		},
		permit.VerbExtend: func(m matter, now time.Time) next {
			return result(permit.DecideExtension(m.Application, m.course, true, "", chief, r, calendar, now))
		},
		permit.VerbDenyExtension: func(m matter, now time.Time) next {
			return result(permit.DecideExtension(m.Application, m.course, false, "可以按期办结", chief, r, calendar, now))
		},
	}
}

// try does a verb of the main path or of the course.
func (m matter) try(t *testing.T, name string, r *policy.Ruleset, now time.Time) next {
	t.Helper()
	if do := courseVerbs(r)[name]; do != nil {
		return do(m, now)
	}
	for _, v := range verbs(t) {
		if v.name == name {
			a, e, err := v.do(m.Application, now)
			return next{a, e, m.course, err}
		}
	}
	t.Fatalf("no verb %s", name)
	return next{}
}

// do does verbs that must succeed, one a day.
func (m matter) do(t *testing.T, r *policy.Ruleset, now time.Time, names ...string) matter {
	t.Helper()
	for i, name := range names {
		n := m.try(t, name, r, now.AddDate(0, 0, i))
		if n.err != nil {
			t.Fatalf("%s (%d): %v", name, i, n.err)
		}
		m = matter{n.a, n.c, append(slices.Clone(m.events), n.e)}
	}
	return m
}

func TestEveryCourseVerbInEveryWrongState(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	begin := matter{Application: submitted(t)}
	const submit, accept, grant, produce, issue = "", permit.VerbAccept, permit.VerbGrant, permit.VerbProduce, permit.VerbIssue
	for _, state := range []struct {
		name  string
		path  []string
		might []string // what is possible from here
	}{
		{"pre_applied", nil, []string{"notify"}},
		{"to_supplement", []string{"notify"}, []string{"supplement"}},
		{"supplemented", []string{"notify", "supplement"}, []string{"notify", "allow_notice"}}, // what came may be wrong: a notice of it is allowed
		{"allowed", []string{"notify", "supplement", "allow_notice"}, []string{"notify"}},
		{"in_review", []string{accept}, []string{"notify", "pause", "request_extension"}},
		{"paused", []string{accept, "pause"}, []string{"resume"}},
		{"resumed", []string{accept, "pause", "resume"}, []string{"notify", "pause", "request_extension"}},
		{"notified in review", []string{accept, "notify"}, []string{"supplement", "resume"}},
		{"resumed unanswered", []string{accept, "notify", "resume"}, []string{"supplement", "pause", "request_extension"}},
		{"supplemented in review", []string{accept, "notify", "supplement"}, []string{"notify", "allow_notice", "pause", "request_extension"}},
		{"extension asked", []string{accept, "request_extension"}, []string{"notify", "pause", "extend", "deny_extension"}},
		{"extended", []string{accept, "request_extension", "extend"}, []string{"notify", "pause"}},
		{"not extended", []string{accept, "request_extension", "deny_extension"}, []string{"notify", "pause", "request_extension"}},
		{"in_production", []string{accept, grant}, nil},
		{"to_collect", []string{accept, grant, produce}, nil},
		{"issued", []string{accept, grant, produce, issue}, nil},
		{"declined", []string{"notify", permit.VerbDecline}, nil},
		{"refused", []string{accept, "notify", "resume", permit.VerbRefuse}, nil},
	} {
		m := begin.do(t, r, morning, state.path...)
		agree(t, m.Application, m.events)
		if got := m.CourseVerbs(m.course, r); !slices.Equal(sorted(got), sorted(state.might)) {
			t.Errorf("%s offers %v, want %v", state.name, got, state.might)
		}
		now := morning.AddDate(0, 0, len(state.path))
		for name := range courseVerbs(r) {
			n := m.try(t, name, r, now)
			if want := slices.Contains(state.might, name); want != (n.err == nil) {
				t.Errorf("%s, %s: %v", state.name, name, n.err)
			}
			if n.err != nil && (n.a.Version != m.Version || n.a.State != m.State) {
				t.Errorf("%s, %s changed something and failed", state.name, name)
			}
		}
		if m.Paused() {
			if m.Overdue(m.StatutoryBy, m.StatutoryBy.AddDays(400)) {
				t.Errorf("%s: a day passes while the clock stands still", state.name)
			}
			for _, name := range []string{grant, permit.VerbRefuse} {
				if n := m.try(t, name, r, now); !errors.Is(n.err, permit.Refusal{Code: "clock_paused"}) {
					t.Errorf("%s while the clock stands still: %v", name, n.err)
				}
			}
		}
	}
}

func sorted(list []string) []string { list = slices.Clone(list); slices.Sort(list); return list }

// TestThereIsOneNotice is Decree 663 Art. 9: 一次性告知.
func TestThereIsOneNotice(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	begin := matter{Application: submitted(t)}
	m := begin.do(t, r, morning, "notify", "supplement")
	notice := m.course.Notices[0]
	if notice.BestBy != today.AddDays(15) || notice.Supplement == nil || notice.Supplement.Before.Detail != "胜利路 18 号" || m.Particulars.Detail != "胜利路 18 号之一" {
		t.Errorf("%+v %+v", notice, m.Particulars)
	}
	if !slices.Equal(notice.Supplement.Changed, []permit.Subject{"field-detail", "evidence-labour_contract"}) {
		t.Errorf("new through the supplement: %v", notice.Supplement.Changed)
	}
	give := func(m matter, by permit.Officer, subjects ...permit.Subject) error {
		return result(permit.Notify(m.Application, m.course, missing(subjects...), by, r, morning)).err
	}
	if err := give(m, chen, "evidence-labour_contract"); err != nil {
		t.Errorf("of what came with the supplement: %v", err)
	}
	second := permit.Refusal{Code: "second_notice", Clause: "第九条"}
	for _, list := range [][]permit.Subject{{"field-name"}, {"field-detail", "field-name"}, {"evidence-lease"}, {"evidence-labour_contract", "evidence-lease"}} {
		if err := give(m, chen, list...); !errors.Is(err, second) {
			t.Errorf("%v could have been seen the first time: %v", list, err)
		}
	}
	m = m.do(t, r, morning, "allow_notice")
	if err := give(m, chief, "field-name"); !errors.Is(err, permit.Refusal{Code: "second_notice_same_person"}) {
		t.Errorf("who agreed gives the notice: %v", err)
	}
	n := result(permit.Notify(m.Application, m.course, missing("field-name"), chen, r, morning))
	if n.err != nil || n.c.Notices[1].Allowed != m.Version || n.c.Allowance != (permit.Allowance{}) {
		t.Errorf("with a supervisor's agreement: %v %+v", n.err, n.c)
	}
	grounds := begin.do(t, r, morning, "notify")
	in := answer(grounds)
	grounds.course.Notices[0].Deficiencies = missing("field-grounds")
	in.Draft.Grounds = []string{"dwelling"}
	n = result(permit.Supply(grounds.Application, grounds.course, in, permit.Officer{}, r, eligible, civic.DefaultCalendar(), morning))
	if n.err != nil {
		t.Fatal(n.err)
	}
	if err := give(matter{Application: n.a, course: n.c}, chen, "evidence-lease"); err != nil {
		t.Errorf("a document for the ground that is new: %v", err)
	}
}

func TestANoticeIsChecked(t *testing.T) {
	r := ruleset(t, "zhangzhou-2016")
	m := matter{Application: submitted(t)}
	reviewed := m.do(t, r, morning, permit.VerbAccept)
	line := func(s string) []permit.Deficiency {
		return []permit.Deficiency{{Subject: "field-detail", Code: "unclear", Line: s}}
	}
	for _, one := range []struct {
		name string
		in   matter
		list []permit.Deficiency
		want permit.Fault
	}{
		{"nothing", m, nil, permit.Fault{Field: "deficiency", Code: "deficiency_choose"}},
		{"unknown subject", m, []permit.Deficiency{{Subject: "field-blood_group", Code: "unclear"}}, permit.Fault{Field: "deficiency", Code: "deficiency_subject"}},
		{"no subject", m, []permit.Deficiency{{Code: "unclear"}}, permit.Fault{Field: "deficiency", Code: "deficiency_subject"}},
		{"document of another ruleset", m, []permit.Deficiency{{Subject: "evidence-officer_note", Code: "absent"}}, permit.Fault{Field: "deficiency", Code: "deficiency_subject"}},
		{"twice", m, append(line(""), line("")...), permit.Fault{Field: "deficiency", Code: "deficiency_subject"}},
		{"unknown code", m, []permit.Deficiency{{Subject: "field-detail", Code: "ugly"}}, permit.Fault{Field: "code-field-detail", Code: "deficiency_code"}},
		{"code of a document", m, []permit.Deficiency{{Subject: "field-detail", Code: "absent"}}, permit.Fault{Field: "code-field-detail", Code: "deficiency_code"}},
		{"ten thousand characters", m, line(strings.Repeat("缺", 10_000)), permit.Fault{Field: "line-field-detail", Code: "deficiency_line_long"}},
		{"turned direction", m, line("\u202e"), permit.Fault{Field: "line-field-detail", Code: "deficiency_line_characters"}},
		{"identity after acceptance", reviewed, []permit.Deficiency{{Subject: "field-name", Code: "unclear"}}, permit.Fault{Field: "deficiency", Code: "deficiency_subject"}},
	} {
		n := result(permit.Notify(one.in.Application, one.in.course, one.list, chen, r, morning))
		if faults := (permit.Faults)(nil); !errors.As(n.err, &faults) || !slices.Contains(faults, one.want) {
			t.Errorf("%s: %v", one.name, n.err)
		}
	}
	for _, group := range m.Subjects(r) {
		for _, s := range group.Subjects {
			for _, code := range permit.DeficiencyCodes(s) {
				list := []permit.Deficiency{{Subject: s, Code: code, Line: strings.Repeat("缺", permit.MaxDeficiencyLine)}}
				if n := result(permit.Notify(m.Application, m.course, list, chen, r, morning)); n.err != nil {
					t.Errorf("%s %s: %v", s, code, n.err)
				}
			}
		}
	}
}

func TestASupplementAnswersEverything(t *testing.T) {
	r, calendar := ruleset(t, "zhangzhou-2016"), civic.DefaultCalendar()
	m := matter{Application: submitted(t)}.do(t, r, morning, "notify")
	for _, one := range []struct {
		name   string
		spoil  func(*permit.Answer)
		law    func(permit.Draft) policy.EligibilityAnswer
		faults permit.Faults
		denied string
	}{
		{"all", func(*permit.Answer) {}, eligible, nil, ""},
		{"without the document", func(a *permit.Answer) { a.Added = []permit.EvidenceKind{"lease"} }, eligible, permit.Faults{{Field: "evidence", Code: "supplement_evidence"}}, ""},
		{"the same answer without a word", func(a *permit.Answer) { a.Draft, a.Words = m.Particulars, " " }, eligible, permit.Faults{{Field: "detail", Code: "supplement_unchanged"}}, ""},
		{"the same answer with one", func(a *permit.Answer) { a.Draft = m.Particulars }, eligible, nil, ""},
		{"a worse answer", func(a *permit.Answer) { a.Draft.Detail, a.Words = "", "" }, eligible, permit.Faults{{Field: "detail", Code: "detail_empty"}}, ""},
		{"a novel", func(a *permit.Answer) { a.Words = strings.Repeat("我", 10_000) }, eligible, permit.Faults{{Field: "words", Code: "words_long"}}, ""},
		{"an answer that makes it impossible", func(*permit.Answer) {}, func(permit.Draft) policy.EligibilityAnswer {
			return policy.EligibilityAnswer{Verdict: policy.NotEligible}
		}, nil, "not_eligible"},
	} {
		in := answer(m)
		one.spoil(&in)
		n := result(permit.Supply(m.Application, m.course, in, permit.Officer{}, r, one.law, calendar, morning))
		faults, refusal := permit.Faults(nil), permit.Refusal{}
		errors.As(n.err, &faults)
		errors.As(n.err, &refusal)
		if !slices.Equal(faults, one.faults) || refusal.Code != one.denied || (n.err == nil) != (one.faults == nil && one.denied == "") {
			t.Errorf("%s: %v", one.name, n.err)
		}
	}
	in := answer(m)
	in.Draft.Name, in.Draft.HukouDivision, in.Draft.Tier = "别人", "110101", "permit_3y" // of steps that nobody asked about
	n := result(permit.Supply(m.Application, m.course, in, permit.Officer{}, r, eligible, calendar, morning))
	if n.err != nil || n.a.Particulars.Name != m.Particulars.Name || n.a.Particulars.HukouDivision != m.Particulars.HukouDivision || n.a.Tier != m.Tier {
		t.Errorf("more was changed than asked: %v %+v", n.err, n.a.Particulars)
	}
}

func TestAnExtensionIsOneAndByTwo(t *testing.T) {
	r, calendar := ruleset(t, "zhangzhou-2016"), civic.DefaultCalendar()
	m := matter{Application: submitted(t)}.do(t, r, morning, permit.VerbAccept)
	ask := func(in permit.ExtensionRequest, now time.Time) error {
		return result(permit.RequestExtension(m.Application, m.course, in, huang, r, now)).err
	}
	good := permit.ExtensionRequest{Ground: "remote_area", Document: "闽政〔2016〕1号", Note: "山区"}
	for _, one := range []struct {
		in   permit.ExtensionRequest
		want permit.Fault
	}{
		{permit.ExtensionRequest{Document: good.Document, Note: good.Note}, permit.Fault{Field: "ground", Code: "extension_ground"}},
		{permit.ExtensionRequest{Ground: "holiday", Document: good.Document, Note: good.Note}, permit.Fault{Field: "ground", Code: "extension_ground"}},
		{permit.ExtensionRequest{Ground: "remote_area", Note: good.Note}, permit.Fault{Field: "document", Code: "document_empty"}},
		{permit.ExtensionRequest{Ground: "remote_area", Document: good.Document}, permit.Fault{Field: "note", Code: "note_empty"}},
		{permit.ExtensionRequest{Ground: "remote_area", Document: strings.Repeat("号", 10_000), Note: good.Note}, permit.Fault{Field: "document", Code: "document_long"}},
	} {
		if faults := (permit.Faults)(nil); !errors.As(ask(one.in, morning), &faults) || !slices.Equal(faults, permit.Faults{one.want}) {
			t.Errorf("%+v: %v", one.in, faults)
		}
	}
	if err := ask(good, m.StatutoryBy.AddDays(1).Start()); !errors.Is(err, permit.Refusal{Code: "extension_late"}) {
		t.Errorf("after the deadline: %v", err)
	}
	asked := m.do(t, r, morning, "request_extension")
	if n := result(permit.DecideExtension(asked.Application, asked.course, true, "", huang, r, calendar, morning)); !errors.Is(n.err, permit.Refusal{Code: "extension_same_person"}) {
		t.Errorf("who asked consents: %v", n.err)
	}
	if n := result(permit.DecideExtension(asked.Application, asked.course, true, "", chief, r, calendar, m.StatutoryBy.AddDays(1).Start())); !errors.Is(n.err, permit.Refusal{Code: "extension_late"}) {
		t.Errorf("consent after the deadline: %v", n.err)
	}
	extended := asked.do(t, r, morning, "extend")
	if got := extended.StatutoryBy.String(); got != "2026-10-16" || extended.PromisedBy != extended.StatutoryBy {
		t.Errorf("30 days from 2026-09-16: %s, promised %s", got, extended.PromisedBy)
	}
	zibo := submitted(t)
	zibo.State, zibo.AcceptedOn = permit.InReview, today
	if n := result(permit.RequestExtension(zibo, permit.Course{}, good, huang, ruleset(t, "zibo-2017"), morning)); !errors.Is(n.err, permit.Refusal{Code: "no_extension_rule"}) {
		t.Errorf("where no text allows it: %v", n.err)
	}
}
