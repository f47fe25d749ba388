package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// course furnishes a desk and tells stories of notice.go.
func course(t *testing.T, keys ...string) *desk {
	t.Helper()
	d := furnish(t, true)
	for _, key := range keys {
		p, err := d.house.PlayCourse(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		d.people[key] = p
	}
	return d
}

// play brings a person of the main stories onto the desk.
func (d *desk) play(key string) scene.Played {
	d.t.Helper()
	p, err := d.house.Play(d.t.Context(), scene.PersonOf(key))
	if err != nil {
		d.t.Fatal(err)
	}
	d.people[key] = p
	return p
}

// file is the case as the record has it.
func (d *desk) file(p scene.Played) office.Progress {
	d.t.Helper()
	actor, err := d.house.Actor(d.t.Context(), p.City.Prefix+".supervise")
	if err != nil {
		d.t.Fatal(err)
	}
	file, err := d.house.Office.CaseFile(d.t.Context(), actor, p.Reference)
	if err != nil {
		d.t.Fatal(err)
	}
	return file
}

// defects is a form of a notice with two items.
func defects(version, do string) []string {
	return []string{"version", version, "do", do, "deficiency", "evidence-labour_contract", "code-evidence-labour_contract", "illegible", "line-evidence-labour_contract", "签字页看不清",
		"deficiency", "field-detail", "code-field-detail", "unclear", "line-field-detail", ""}
}

func TestTheNoticeGathersEverythingAndIsPreviewed(t *testing.T) {
	d := course(t)
	p := d.play("zz.pre_applied")
	b := d.as("zz.accept")
	path := casePath(p) + "/notice"
	d.says(b.get(casePath(p)), `href="`+path+`"`)
	form := b.get(path)
	d.status(form, http.StatusOK, "the form")
	for _, want := range []string{"field-name", "field-id_number", "field-hukou_division", "field-residence", "field-registered_on", "field-grounds", "evidence-labour_contract", "evidence-lease", "evidence-school_proof"} {
		d.says(form, `value="`+want+`"`, `name="code-`+want+`"`, `name="line-`+want+`"`)
	}
	d.says(form, "第九条", "一次性告知申领人需要补充的材料")

	preview := b.post(path, defects("1", "preview")...)
	d.status(preview, http.StatusOK, "the preview")
	d.says(preview, "申请人将看到", "劳动合同：看不清楚", "签字页看不清", "详细地址：填写不清楚或不完整")
	if got := d.events(p); len(got) != 1 {
		t.Fatalf("a preview has done something: %v", got)
	}
	changed := b.post(path, defects("1", "change")...)
	d.says(changed, `value="签字页看不清"`)

	got := b.post(path, defects("1", "send")...)
	if got.location != casePath(p) {
		t.Fatalf("%d to %q: %s", got.status, got.location, text(got.body))
	}
	got = b.follow(got)
	d.says(got, "已告知申请人", "待补正", "一次性告知", "签字页看不清", "等待申请人补正", "打印补正告知书")
	if a := d.file(p).Application; a.State != permit.ToSupplement || a.Paused() || !a.AcceptedOn.IsZero() {
		t.Errorf("%+v", a)
	}
	d.ledgered(p, "notified")
	messages, err := d.house.Office.MessagesTo(t.Context(), p.Phone)
	if err != nil || len(messages) == 0 || messages[0].Kind != "to_supplement" {
		t.Fatalf("%v %+v", err, messages)
	}
	for _, value := range messages[0].Args {
		if strings.Contains(value, "签字页") || strings.Contains(value, p.Name) {
			t.Errorf("the text says %q", value)
		}
	}
	paper := b.get(path + "/print")
	d.status(paper, http.StatusOK, "the paper")
	d.says(paper, "补正告知书", "签字页看不清", "陈晓岚", civic.MaskName(p.Name), "2026年12月9日", "签收")
	d.silent(paper, p.Name, p.ID, p.Phone)
	if again := b.post(path, defects("1", "send")...); again.location != casePath(p) {
		t.Errorf("the second of two taps: %d", again.status)
	}
	if got := d.file(p); len(got.Course.Notices) != 1 || len(got.Events) != 2 {
		t.Errorf("two taps made %d notices", len(got.Course.Notices))
	}
}

func TestABadNoticeComesBackAsItWasTyped(t *testing.T) {
	d := course(t)
	p := d.play("zz.pre_applied")
	b, path := d.as("zz.accept"), casePath(p)+"/notice"
	one := func(subject, code, line string) []string {
		return []string{"version", "1", "deficiency", subject, "code-" + subject, code, "line-" + subject, line}
	}
	long := strings.Repeat("缺", 10_000)
	for _, do := range []string{"preview", "send"} {
		for _, bad := range []struct {
			name string
			form []string
			says []string
		}{
			{"nothing ticked", []string{"version", "1"}, []string{"请至少勾选一项", `href="#deficiency"`}},
			{"unknown subject", one("field-blood_group", "unclear", ""), []string{"请从列表里勾选"}},
			{"unknown code", one("field-detail", "ugly", "单元"), []string{"请选择是什么问题", `href="#code-field-detail"`, `value="单元"`}},
			{"no code", one("field-detail", "", ""), []string{"请选择是什么问题"}},
			{"ten thousand characters", one("field-detail", "unclear", long), []string{"说明最多 120 字", long}},
		} {
			got := b.post(path, append(slices.Clone(bad.form), "do", do)...)
			if strings.Contains(bad.name, "code") && !strings.Contains(got.body, `id="code-field-detail-error"`) {
				t.Errorf("%s: the error does not stand beside its field", bad.name)
			}
			d.status(got, http.StatusUnprocessableEntity, bad.name)
			d.says(got, bad.says...)
		}
	}
	if got := d.events(p); len(got) != 1 {
		t.Errorf("a bad notice was given: %v", got)
	}
	d.status(d.as("zz.review").post(path, defects("1", "send")...), http.StatusForbidden, "a reviewer before acceptance")
	d.status(d.as("zz.review").get(path), http.StatusForbidden, "a reviewer before acceptance")
	for _, login := range []string{"zz.other", "zb.accept"} {
		d.status(d.as(login).get(path), http.StatusNotFound, login)
		d.status(d.as(login).post(path, defects("1", "send")...), http.StatusNotFound, login)
		d.status(d.as(login).get(path+"/print"), http.StatusNotFound, login)
	}
	d.status(b.get(path+"/print"), http.StatusNotFound, "no notice to print")
	got := b.post(path, defects("7", "send")...)
	d.status(got, http.StatusConflict, "a version that is not")
	d.status(b.post(path, defects("x", "preview")...), http.StatusConflict, "no version")
}

func TestAFurtherNoticeNeedsASupervisor(t *testing.T) {
	d := course(t, "zz.supplemented")
	p := d.people["zz.supplemented"]
	b, path := d.as("zz.accept"), casePath(p)+"/notice"
	other := []string{"version", "3", "do", "send", "deficiency", "field-name", "code-field-name", "differs"}
	d.says(b.get(path), "这一件已经告知过")
	got := b.post(path, other...)
	d.status(got, http.StatusUnprocessableEntity, "of something that could have been seen")
	d.says(got, "须由主管说明理由并同意")
	d.status(b.post(casePath(p)+"/notice-allowance", "version", "3", "note", "漏看"), http.StatusForbidden, "an acceptor agrees")

	chief := d.as("zz.supervise")
	got = chief.post(casePath(p)+"/notice-allowance", "version", "3", "note", "")
	d.status(got, http.StatusUnprocessableEntity, "without a reason")
	d.says(got, "请写明理由", `href="#allow_notice-note"`)
	d.says(d.pass(chief, p, "notice-allowance", "note", "申请人换了身份证"), "已同意再告知一次")
	other[1] = "4"
	if got := b.post(path, other...); got.status != http.StatusSeeOther {
		t.Fatalf("with a supervisor's agreement: %d %s", got.status, text(got.body))
	}
	file := d.file(p)
	if n := file.Course.Notices[1]; n.Allowed != 4 || file.Events[3].Note != "申请人换了身份证" || file.Events[3].By.Name != "庄慧玲" {
		t.Errorf("%+v", n)
	}
}

func TestAFurtherNoticeOfWhatIsNew(t *testing.T) {
	d := course(t, "zz.supplemented")
	p := d.people["zz.supplemented"]
	if got := d.as("zz.accept").post(casePath(p)+"/notice", defects("3", "send")...); got.status != http.StatusSeeOther {
		t.Errorf("%d %s", got.status, text(got.body))
	}
}

func TestTheClockStopsAndRunsAgain(t *testing.T) {
	d := course(t, "zz.paused")
	p := d.people["zz.paused"]
	b := d.as("zz.review")
	before := d.file(p).Application
	got := b.get(casePath(p))
	d.says(got, "计时从", "实地核查居住情况", "恢复计时")
	d.silent(got, `action="`+casePath(p)+`/grant"`, `action="`+casePath(p)+`/pause"`)
	denied := b.post(casePath(p)+"/grant", "version", "3")
	d.status(denied, http.StatusUnprocessableEntity, "a decision while the clock stands still")
	d.says(denied, "请先恢复计时")

	d.house.Clock.Set(before.StatutoryBy.AddDays(9).Start().Add(10 * time.Hour)) // long after: no day of the law has passed
	b, chief := d.as("zz.review"), d.as("zz.supervise")
	queue := b.get("/console?state=paused")
	d.says(queue, p.Reference, "计时暂停", "2026年11月20日起")
	d.silent(queue, "超期")
	d.silent(b.get(casePath(p)), "超期")
	d.status(chief.post(casePath(p)+"/resumption", "version", "3"), http.StatusForbidden, "a supervisor")

	d.says(d.pass(b, p, "resumption", "note", "住处属实"), "计时已恢复", "住处属实")
	a := d.file(p).Application
	if want := before.StatutoryBy.AddDays(civic.DateOf(d.house.Clock.Now()).DaysSince(before.PausedOn)); a.Paused() || a.StatutoryBy.Before(want) || a.StatutoryBy.DaysSince(want) > 2 {
		t.Errorf("until %s, with the pause %s, want about %s", before.StatutoryBy, a.StatutoryBy, want)
	}
	d.says(d.pass(b, p, "grant"), "审核通过")
	d.ledgered(p, "clocked")

	d.house.Clock.Set(scene.Morning)
	q := d.play("zz.in_review")
	b = d.as("zz.review")
	for _, bad := range []struct{ reason, note, says string }{{"", "核实", "请选择理由"}, {"lunch", "核实", "请选择理由"}, {"supplement", "核实", "请选择理由"}, {"site_check", "", "请写明理由"}, {"site_check", strings.Repeat("核", 10_000), "最多 300"}} {
		got := b.post(casePath(q)+"/pause", "version", "2", "reason", bad.reason, "note", bad.note)
		d.status(got, http.StatusUnprocessableEntity, bad.reason)
		d.says(got, bad.says)
	}
	d.pass(b, q, "pause", "reason", "document_check", "note", "向房东核实")
	d.house.Clock.Set(time.Date(2031, 1, 6, 9, 0, 0, 0, civic.Zone))
	b = d.as("zz.review")
	got = b.post(casePath(q)+"/resumption", "version", "3")
	d.status(got, http.StatusServiceUnavailable, "past the known holidays")
	d.says(got, "节假日安排还没有录入")
	if !d.file(q).Application.Paused() {
		t.Error("the clock runs without a deadline")
	}
}

func TestAnExtensionTakesTwo(t *testing.T) {
	d := course(t, "zz.extension")
	p := d.people["zz.extension"]
	b, chief := d.as("zz.review"), d.as("zz.supervise")
	d.status(b.post(casePath(p)+"/extension", "version", "3"), http.StatusForbidden, "the reviewer consents")
	d.silent(b.get(casePath(p)), casePath(p)+"/extension-request")
	twice := b.post(casePath(p)+"/extension-request", "version", "3", "ground", "special_case", "document", "办法", "note", "再等")
	d.status(twice, http.StatusUnprocessableEntity, "a second request")
	d.says(twice, "期限只能延长一次")
	d.says(chief.get("/console?state=extension"), p.Reference)
	got := chief.get(casePath(p))
	d.says(got, "特殊情况", "回函还没有到", "延长后最长不得超过30日")
	d.status(chief.post(casePath(p)+"/extension-denial", "version", "3"), http.StatusUnprocessableEntity, "refused without a reason")

	before := d.file(p).Application
	d.says(d.pass(chief, p, "extension"), "已同意延长")
	a := d.file(p).Application
	if got := a.StatutoryBy.DaysSince(a.AcceptedOn); got < 30 || !a.StatutoryBy.After(before.StatutoryBy) || a.PromisedBy != a.StatutoryBy {
		t.Errorf("%d days after acceptance, promised %s", got, a.PromisedBy)
	}
	messages, _ := d.house.Office.MessagesTo(t.Context(), p.Phone)
	if len(messages) == 0 || messages[0].Kind != "extended" || messages[0].Args["By"] != a.PromisedBy.String() {
		t.Errorf("%+v", messages)
	}
	again := b.post(casePath(p)+"/extension-request", "version", "4", "ground", "special_case", "document", "办法", "note", "再等")
	d.status(again, http.StatusUnprocessableEntity, "another extension")
	d.says(again, "期限只能延长一次")
}

func TestASupplementAtTheWindow(t *testing.T) {
	d := course(t, "zz.to_supplement")
	p := d.people["zz.to_supplement"]
	b := d.as("zz.accept")
	got := b.post(casePath(p)+"/supplement", "version", "2")
	d.status(got, http.StatusUnprocessableEntity, "nothing was brought")
	d.says(got, `href="#supplement-seen"`, `href="#supplement-note"`)
	got = b.post(casePath(p)+"/supplement", "version", "2", "seen", "lease", "note", "地址无误")
	d.status(got, http.StatusUnprocessableEntity, "a document that nobody asked for")
	d.says(d.pass(b, p, "supplement", "seen", "labour_contract", "note", "单元号没有，整栋只有一个门"), "已登记补正", "预申请待受理")
	if n := d.file(p).Course.Notices[0]; n.Supplement == nil || !slices.Equal(n.Supplement.Changed, []permit.Subject{"evidence-labour_contract"}) {
		t.Errorf("%+v", n)
	}
	d.says(d.pass(b, p, "acceptance", "seen", "identity", "seen", "evidence"), "已受理")
}

// TestCourseOfAnotherStationOrState posts every new decision to cases that are not there for the officer, or stand elsewhere.
func TestCourseOfAnotherStationOrState(t *testing.T) {
	d := course(t, "zz.to_supplement")
	p := d.people["zz.to_supplement"]
	issued, reviewed := d.play("zz.issued"), d.play("zz.in_review")
	d.hire("zz.otherchief", access.Post{Jurisdiction: "350600", Station: "S350602002", Role: access.Supervisor})
	logins := map[string]string{"notice": "zz.accept", "notice-allowance": "zz.supervise", "supplement": "zz.accept", "pause": "zz.review", "resumption": "zz.review", "extension-request": "zz.review", "extension": "zz.supervise", "extension-denial": "zz.supervise"}
	form := append(defects("2", "send"), "reason", "site_check", "note", "核实", "ground", "special_case", "document", "办法", "seen", "labour_contract")
	for resource, login := range logins {
		foreign := map[string]string{"zz.accept": "zz.other", "zz.review": "zz.other", "zz.supervise": "zz.otherchief"}[login]
		d.status(d.as(foreign).post(casePath(p)+"/"+resource, form...), http.StatusNotFound, foreign+" at "+resource)
		b := d.as(login)
		d.status(b.post(casePath(p)+"/"+resource, append([]string{"version", "9"}, form[2:]...)...), http.StatusConflict, "a stale "+resource)
		d.status(b.post("/console/cases/3506-0000-0000/"+resource, form...), http.StatusNotFound, "no case")
		version := d.file(issued).Application.Version
		got := b.post(casePath(issued)+"/"+resource, append([]string{"version", strconv.Itoa(version)}, form[2:]...)...)
		if got.status != http.StatusConflict && got.status != http.StatusUnprocessableEntity && got.status != http.StatusForbidden {
			t.Errorf("%s of an issued case: %d %s", resource, got.status, text(got.body))
		}
	}
	if n := len(d.file(issued).Events); n != 5 {
		t.Errorf("an issued case has %d events", n)
	}
	officers := []*browser{d.as("zz.review"), d.as("zz.review"), d.as("zz.review")}
	answers := every(officers, func(b *browser) page {
		return b.post(casePath(reviewed)+"/pause", "version", "2", "reason", "site_check", "note", "核实住处")
	})
	if pauses := d.file(reviewed).Course.Pauses; len(pauses) != 1 || len(answers[http.StatusSeeOther]) != 3 {
		t.Errorf("three taps: %d pauses, answers %v", len(pauses), answers)
	}
}

func TestTheQueueOfTheCourse(t *testing.T) {
	d := course(t, "zz.to_supplement", "zz.paused", "zz.extension")
	b := d.as("zz.accept")
	d.silent(b.get("/console"), d.people["zz.to_supplement"].Reference) // waits for the applicant
	got := b.get("/console?state=to_supplement")
	d.says(got, d.people["zz.to_supplement"].Reference, "待补正", "受理后起算")
	d.silent(got, d.people["zz.paused"].Reference, "已 9 天")
	d.says(b.get("/console?state=paused"), d.people["zz.paused"].Reference)
	d.silent(b.get("/console?state="+url.QueryEscape("paused' or 1=1")), "超期 ")
}
