package console_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
)

// rated has a person rate the application.
func (d *desk) rated(key string, level permit.RatingLevel, comment string) permit.Rating {
	d.t.Helper()
	p := d.people[key]
	file, err := d.house.Office.RateApplication(d.t.Context(), p.Citizen(), p.Reference, permit.Opinion{Level: level, Tags: []string{"papers"}, Comment: comment})
	if err != nil {
		d.t.Fatal(err)
	}
	return file.Rating
}

func ratingPath(r permit.Rating) string { return "/console/ratings/" + r.ID }

func TestASupervisorSeesRatingsOfTheStationAndNoNames(t *testing.T) {
	d := furnish(t, true, "zz.issued", "zz.refused", "zb.refused")
	good, bad, zibo := d.rated("zz.issued", permit.VerySatisfied, "很好"), d.rated("zz.refused", permit.Dissatisfied, "合同为什么不算？"), d.rated("zb.refused", permit.VeryDissatisfied, "等太久")
	d.hire("zz.other.chief", access.Post{Jurisdiction: "350600", Station: "S350602002", Role: access.Supervisor})
	b := d.as("zz.supervise")
	list := b.get("/console/ratings")
	d.says(list, "不满意", "要求的材料", "申请，不予发放", "2026年12月15日", "15 个工作日内答复")
	d.silent(list, ratingPath(good), ratingPath(zibo))
	all := b.get("/console/ratings?show=all")
	d.says(all, "不需答复")
	for _, key := range []string{"zz.issued", "zz.refused"} {
		p := d.people[key]
		d.silent(all, p.Name, p.Reference, p.ID, p.Phone, "合同为什么不算")
		d.silent(b.get(ratingPath(good)), p.Name, d.people["zz.issued"].Reference)
	}
	d.says(b.get("/console"), `href="/console/ratings"`)
	d.says(b.get(ratingPath(bad)), "合同为什么不算？", casePath(d.people["zz.refused"]), "提交答复")
	d.silent(b.get(ratingPath(bad)), d.people["zz.refused"].Name)
	got := b.get("/console/export/ratings?show=all")
	if lines := cellsOf(t, got.body); len(lines) != 3 || strings.Contains(strings.Join(lines[1], ""), d.people["zz.issued"].Name) {
		t.Errorf("the file: %v", lines)
	}
	d.house.Clock.Add(24 * 60 * 60 * 1e9 * 30)
	b = d.as("zz.supervise")
	d.says(b.get("/console/ratings?show=overdue"), "超期", ratingPath(bad))
	for login, status := range map[string]int{"zz.other.chief": http.StatusNotFound, "zb.supervise": http.StatusNotFound, "zz.accept": http.StatusForbidden, "zz.audit": http.StatusForbidden, "zz.window": http.StatusForbidden} {
		other := d.as(login)
		d.status(other.get(ratingPath(bad)), status, login)
		d.status(other.post(ratingPath(bad)+"/answer", "version", "1", "outcome", "explained", "words", "x"), status, login+" answers")
		if status == http.StatusNotFound {
			d.silent(other.get("/console/ratings"), ratingPath(bad))
		}
	}
	d.status(b.get("/console/ratings/"+office.NewKey()), http.StatusNotFound, "no rating")
}

func TestABadRatingIsAnsweredBySomebodyElse(t *testing.T) {
	d := furnish(t, true, "zz.refused", "zz.issued")
	bad, good := d.rated("zz.refused", permit.VeryDissatisfied, ""), d.rated("zz.issued", permit.Satisfied, "")
	d.hire("zz.second", post(access.Supervisor))
	b, second := d.as("zz.supervise"), d.as("zz.second")
	path := ratingPath(bad) + "/answer"
	for what, form := range map[string][]string{
		"nothing":         {},
		"no words":        {"outcome", "explained", "words", " "},
		"no such outcome": {"outcome", "ignored", "words", "不处理"},
		"1001 characters": {"outcome", "planned", "words", strings.Repeat("长", 1001)},
	} {
		got := b.post(path, append(form, "version", "1")...)
		d.status(got, http.StatusUnprocessableEntity, what)
		if len(form) > 0 && what != "no words" {
			d.says(got, form[3])
		}
	}
	d.status(b.post(ratingPath(good)+"/answer", "version", "1", "outcome", "explained", "words", "谢谢"), http.StatusConflict, "a good rating")
	answer := []string{"version", "1", "outcome", "planned", "words", "十二月十日前改好。\n谢谢。"}
	d.says(b.follow(b.post(path, answer...)), "已答复，评价人现在可以看到", "限期改正", "十二月十日前改好。", "庄慧玲")
	d.says(b.follow(b.post(path, answer...)), "已答复，评价人现在可以看到") // the second of two taps
	got := second.post(path, "version", "1", "outcome", "explained", "words", "另一个答复")
	d.status(got, http.StatusConflict, "a second answer")
	d.says(got, "另一个答复", "庄慧玲")
	d.silent(got, `action="`+path+`"`)
	texts, err := d.house.Office.MessagesTo(t.Context(), d.people["zz.refused"].Phone)
	if err != nil || texts[0].Kind != "rating_answered" {
		t.Errorf("%+v %v", texts, err)
	}
	entries, err := d.house.Office.AccessLog(t.Context(), d.people["zz.refused"].Citizen())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, e := range entries {
		found[e.ActorKind+" "+string(e.Action)] = found[e.ActorKind+" "+string(e.Action)] || e.Object == "rating/"+bad.ID
	}
	for _, want := range []string{"citizen rated", "staff viewed", "staff rating_answered"} {
		if !found[want] {
			t.Errorf("the ledger has no %q: %v", want, found)
		}
	}
}

// TestWhoHadAHandInACaseDoesNotAnswerForIt: a supervisor who also took the case in sees the rating and cannot answer.
func TestWhoHadAHandInACaseDoesNotAnswerForIt(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied")
	d.hire("zz.both", post(access.Acceptor), post(access.Supervisor))
	b := d.as("zz.both")
	p := d.people["zz.pre_applied"]
	d.pass(b, p, "declination", "reason", "outside_scope", "note", "不在范围")
	r := d.rated("zz.pre_applied", permit.Dissatisfied, "没说清楚")
	got := b.get(ratingPath(r))
	d.says(got, "由另一位主管答复")
	d.silent(got, `action="`+ratingPath(r)+`/answer"`)
	d.status(b.post(ratingPath(r)+"/answer", "version", "1", "outcome", "explained", "words", "x"), http.StatusConflict, "the own case")
	actor, err := d.house.Actor(t.Context(), "zz.both")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.house.Office.AnswerRating(t.Context(), actor, r.ID, 1, permit.RatingAnswer{Outcome: "explained", Words: "x"}); !errors.Is(err, &office.Error{What: office.Denied, Why: "rating_own"}) {
		t.Error(err)
	}
	d.says(d.as("zz.supervise").get(ratingPath(r)), "提交答复")
}

// TestTwoAnswersToOneRating: one is taken, the other sees it.
func TestTwoAnswersToOneRating(t *testing.T) {
	d := furnish(t, true, "zz.refused")
	r := d.rated("zz.refused", permit.Dissatisfied, "")
	var browsers []*browser
	for _, login := range []string{"zz.s1", "zz.s2", "zz.s3"} {
		d.hire(login, post(access.Supervisor))
		browsers = append(browsers, d.as(login))
	}
	answers := every(browsers, func(b *browser) page {
		return b.post(ratingPath(r)+"/answer", "version", "1", "outcome", "corrected", "words", "答复")
	})
	if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusConflict]) != 2 {
		t.Errorf("%d taken, %d refused", len(answers[http.StatusSeeOther]), len(answers[http.StatusConflict]))
	}
}
