package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// pass takes one decision through its form and follows the answer.
func (d *desk) pass(b *browser, p scene.Played, resource string, fields ...string) page {
	d.t.Helper()
	path := casePath(p)
	got := b.post(path+"/"+resource, append([]string{"version", d.version(b.get(path))}, fields...)...)
	if got.location != path {
		d.t.Fatalf("%s: %d to %q: %s", resource, got.status, got.location, text(got.body))
	}
	return b.follow(got)
}

func TestACaseGoesFromAcceptanceToIssue(t *testing.T) {
	for key, city := range map[string]string{"zz.pre_applied": "zz", "zb.pre_applied": "zb"} {
		t.Run(city, func(t *testing.T) {
			d := furnish(t, true, key)
			p := d.people[key]
			acceptor, reviewer, issuer := d.as(city+".accept"), d.as(city+".review"), d.as(city+".issue")

			got := acceptor.get(casePath(p))
			d.status(got, http.StatusOK, "the case")
			d.says(got, "预申请待受理", p.Name, p.ID, "胜利路 18 号 3 栋 502 室", p.Phone, "不予受理")
			d.silent(got, casePath(p)+"/slip")
			d.status(acceptor.get(casePath(p)+"/slip"), http.StatusNotFound, "a slip before acceptance")
			got = d.pass(acceptor, p, "acceptance", "seen", "identity", "seen", "evidence")
			d.says(got, "已受理，时限从今天起算", "已受理，审核中", "2026年11月24日 09:30", "打印受理回执", "承诺办结", "法定期限", "等待审核")
			d.silent(acceptor.get(casePath(p)), "时限从今天起算。") // said once

			d.says(d.pass(reviewer, p, "grant"), "审核通过，制证中")
			d.says(d.pass(issuer, p, "production"), "已制证，待领取")
			d.house.Clock.Add(time.Minute)
			got = d.pass(issuer, p, "issue", onPaper...)
			d.says(got, "已发放，居住证从今天起生效", "居住证号", "已办结")
			d.silent(got, `name="version"`)

			events := d.events(p)
			var verbs []string
			for _, e := range events {
				verbs = append(verbs, e.Verb)
			}
			if want := []string{"submit", "accept", "grant", "produce", "issue"}; !slices.Equal(verbs, want) {
				t.Errorf("history %v, want %v", verbs, want)
			}
			permits, err := d.house.Office.Permits(t.Context(), p.Citizen())
			if err != nil || len(permits) != 1 || len(permits[0].Signed) == 0 {
				t.Fatalf("permits %+v, %v", permits, err)
			}
			d.says(got, permits[0].Permit.Number)
			d.ledgered(p, "accepted", "granted", "produced", "issued", "viewed")
		})
	}
}

// ledgered checks that deeds of staff about a person are in the ledger.
func (d *desk) ledgered(p scene.Played, actions ...string) {
	d.t.Helper()
	entries, err := d.house.Office.AccessLog(d.t.Context(), p.Citizen())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, action := range actions {
		found := false
		for _, e := range entries {
			found = found || string(e.Action) == action && e.ActorKind == string(access.Staff) && e.Station == p.City.Station() && e.RequestID != "" && e.Object == "application/"+p.Reference
		}
		if !found {
			d.t.Errorf("the ledger has no %q of staff about the case", action)
		}
	}
}

func TestWhoAcceptedDoesNotReview(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied")
	p := d.people["zz.pre_applied"]
	d.hire("zz.both", post(access.Acceptor), post(access.Reviewer))
	both := d.as("zz.both")
	got := d.pass(both, p, "acceptance", "seen", "identity", "seen", "evidence")
	d.says(got, "请换一位同事审核", "这一件由您受理，须由另一位同事审核")
	d.silent(got, casePath(p)+"/grant", casePath(p)+"/refusal")
	for _, resource := range []string{"grant", "refusal"} {
		got = both.post(casePath(p)+"/"+resource, "version", "2", "reason", "duplicate")
		d.status(got, http.StatusUnprocessableEntity, resource+" by the same person")
		d.says(got, "这一件由您受理，须由另一位同事审核")
	}
	if n := len(d.events(p)); n != 2 {
		t.Errorf("%d events, want submission and acceptance", n)
	}
	d.says(d.pass(d.as("zz.review"), p, "grant"), "审核通过")
}

func TestAWrongFormIsShownAgainWithWhatWasTyped(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.in_review")
	acceptor, path := d.as("zz.accept"), casePath(d.people["zz.pre_applied"])
	got := acceptor.post(path+"/acceptance", "version", "1", "seen", "evidence")
	d.status(got, http.StatusUnprocessableEntity, "identity not seen")
	d.says(got, "错误", "请确认", `href="#seen"`)
	if i := strings.Index(got.body, `value="evidence"`); i < 0 || !strings.Contains(got.body[i:i+200], "checked") {
		t.Error("the tick is lost")
	}
	d.says(acceptor.post(path+"/acceptance", "version", "1", "seen", "identity"), `href="#seen-2"`)

	note := "请补充<b>本人</b>的合同"
	got = acceptor.post(path+"/declination", "version", "1", "note", note)
	d.status(got, http.StatusUnprocessableEntity, "no reason")
	d.says(got, "请选择理由", note, `href="#reason"`)
	d.silent(got, "<b>本人</b>")
	reviewer, refused := d.as("zz.review"), casePath(d.people["zz.in_review"])
	for name, fields := range map[string][]string{
		"a reason of the other decision": {"reason", "withdrawn"},
		"an unknown reason":              {"reason", "<script>"},
		"a note that is too long":        {"reason", "duplicate", "note", strings.Repeat("长", permit.MaxNote+1)},
		"control characters":             {"reason", "duplicate", "note", "a\x1b[31m"},
		"10,000 characters":              {"reason", "duplicate", "note", strings.Repeat("x", 10_000)},
	} {
		got = reviewer.post(refused+"/refusal", append([]string{"version", "2"}, fields...)...)
		d.status(got, http.StatusUnprocessableEntity, name)
		d.says(got, `href="/console/cases/`+d.people["zz.in_review"].Reference+`?lang=en"`)
	}
	for _, p := range d.people {
		if n, want := len(d.events(p)), map[permit.State]int{permit.PreApplied: 1, permit.InReview: 2}[p.Stage]; n != want {
			t.Errorf("%s has %d events, want %d", p.Key, n, want)
		}
	}
}

func TestARefusalSaysReasonClauseAndNote(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.in_review")
	reviewer, p := d.as("zz.review"), d.people["zz.in_review"]
	d.says(reviewer.get(casePath(p)), "具备合法稳定就业、合法稳定住所、连续就读三种情形之一的", "使用虚假证明材料骗领居住证", "第十八条(一)")
	got := d.pass(reviewer, p, "refusal", "reason", "evidence_does_not_show_ground", "note", "合同上不是您本人。\r\n请补充本人的合同。")
	d.says(got, "已记录不予发放", "证明材料不能证明申领理由：合同上不是您本人。 请补充本人的合同。", "黄志远")
	d.ledgered(p, "refused")
	acceptor, declined := d.as("zz.accept"), d.people["zz.pre_applied"]
	got = d.pass(acceptor, declined, "declination", "reason", "other_station", "note", "请到西桥派出所。")
	d.says(got, "已记录不予受理", "应由其他派出所受理：请到西桥派出所。", "已办结")
	d.silent(got, `name="version"`)
	d.ledgered(declined, "declined")
	err := d.store.Within(t.Context(), func(tx office.Tx) error {
		for _, one := range []scene.Played{p, declined} {
			messages, err := tx.MessagesTo(t.Context(), one.Phone, 1)
			if err != nil || len(messages) != 1 || messages[0].Kind != map[string]string{p.Key: "refused", declined.Key: "declined"}[one.Key] {
				t.Errorf("%s was told %+v, %v", one.Key, messages, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOfTwoOfficersOneDecides(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.in_review")
	var crowd []*browser
	for _, login := range []string{"a", "b", "c", "d"} {
		d.hire(login, post(access.Acceptor), post(access.Reviewer))
		crowd = append(crowd, d.as(login))
	}
	for resource, p := range map[string]scene.Played{"acceptance": d.people["zz.pre_applied"], "grant": d.people["zz.in_review"]} {
		version := d.version(crowd[0].get(casePath(p)))
		answers := every(crowd, func(b *browser) page {
			return b.post(casePath(p)+"/"+resource, "version", version, "seen", "identity", "seen", "evidence")
		})
		if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusConflict]) != len(crowd)-1 {
			t.Errorf("%s: %d taken, %d in conflict", resource, len(answers[http.StatusSeeOther]), len(answers[http.StatusConflict]))
		}
		for _, got := range answers[http.StatusConflict] {
			d.says(got, "这一件刚刚已由同事办理", "2026年11月24日 09:30，林试用")
		}
	}
}

func TestAStaleDecisionKeepsTheNote(t *testing.T) {
	d := furnish(t, true, "zz.in_review")
	p := d.people["zz.in_review"]
	d.pass(d.as("zz.review"), p, "grant")
	d.hire("zz.late", post(access.Reviewer))
	late := d.as("zz.late")
	got := late.post(casePath(p)+"/refusal", "version", "2", "reason", "duplicate", "note", "已有在办申请")
	d.status(got, http.StatusConflict, "a colleague was faster")
	d.says(got, "黄志远：审核通过", "您刚才写的说明", "已有在办申请", "审核通过，制证中")
	for _, version := range []string{"", "x", "0", "-1", "99", "99999999999999999999"} {
		d.status(late.post(casePath(p)+"/refusal", "version", version, "reason", "duplicate"), http.StatusConflict, "version "+version)
	}
}

func TestADoubleTapDecidesOnce(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.in_review")
	p, r := d.people["zz.pre_applied"], d.people["zz.in_review"]
	acceptor := d.as("zz.accept")
	second := &browser{d: d, cookies: map[string]string{}}
	for name, value := range acceptor.cookies {
		second.cookies[name] = value
	}
	answers := every([]*browser{acceptor, second}, func(b *browser) page {
		return b.post(casePath(p)+"/acceptance", "version", "1", "seen", "identity", "seen", "evidence")
	})
	if len(answers[http.StatusSeeOther]) != 2 {
		t.Errorf("two taps: %v", answers)
	}
	d.pass(d.as("zz.review"), p, "grant")
	got := acceptor.post(casePath(p)+"/acceptance", "version", "1", "seen", "identity", "seen", "evidence")
	d.status(got, http.StatusSeeOther, "the way back and once more, later")
	if n := len(d.events(p)); n != 3 {
		t.Errorf("%d events, want 3", n)
	}

	reviewer := d.as("zz.review")
	refuse := func(note string) page {
		return reviewer.post(casePath(r)+"/refusal", "version", "2", "reason", "duplicate", "note", note)
	}
	d.status(refuse("一"), http.StatusSeeOther, "refusal")
	d.status(refuse("一"), http.StatusSeeOther, "the same refusal")
	d.status(refuse("二"), http.StatusConflict, "another note would be lost")
	d.status(reviewer.post(casePath(r)+"/grant", "version", "2"), http.StatusConflict, "grant after refusal")
}

func TestWhatWasTypedOutlivesTheSession(t *testing.T) {
	d := furnish(t, true, "zz.in_review")
	p, reviewer := d.people["zz.in_review"], d.as("zz.review")
	d.house.Clock.Add(access.LimitsOf(access.Staff).Idle)
	got := reviewer.post(casePath(p)+"/refusal", "version", "2", "reason", "duplicate", "note", "租约已到期")
	if got.status != http.StatusSeeOther || got.location != "/console/sign-in?next=%2Fconsole%2Fcases%2F"+p.Reference {
		t.Fatalf("%d %s", got.status, got.location)
	}
	d.says(reviewer.follow(got), "刚才的操作没有办理")
	got = reviewer.post("/console/sign-in", "login", "zz.review", "password", password, "next", casePath(p))
	got = reviewer.follow(got)
	d.says(got, "登录过期前填写的内容已恢复", "租约已到期")
	if n := len(d.events(p)); n != 2 {
		t.Errorf("%d events: an ended session decided", n)
	}
	d.silent(reviewer.get(casePath(p)), "租约已到期")
}

func TestADecisionComesFromTheBodyOfOurOwnForm(t *testing.T) {
	d := furnish(t, true, "zz.in_review")
	p, reviewer := d.people["zz.in_review"], d.as("zz.review")
	d.status(reviewer.post(casePath(p)+"/grant?version=2"), http.StatusConflict, "a version in the address is none")
	d.status(reviewer.get(casePath(p)+"/grant"), http.StatusMethodNotAllowed, "GET")
	if n := len(d.events(p)); n != 2 {
		t.Errorf("%d events", n)
	}
}
