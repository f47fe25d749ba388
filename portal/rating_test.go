package portal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// ratingForm is a bad rating, filled in.
func ratingForm() url.Values {
	return url.Values{"level": {"dissatisfied"}, "tag": {"papers", "speed", "gold"}, "comment": {"合同为什么不算？\n请说清楚。"}}
}

func TestWhatIsDoneIsRatedOnceAndAnswered(t *testing.T) {
	c, played := open(t, true, "zz.refused", "zz.in_review", "zb.issued")
	p := played["zz.refused"]
	b := c.browser().signIn(p.Phone)
	path := "/applications/" + p.Reference
	holds(t, b.page(path), `href="`+path+`/rating"`, "评价这次办理")
	page := b.page(path + "/rating")
	holds(t, page, "非常满意", "非常不满意", "不予发放", "评价不影响办理结果", "5 份以上")
	for what, form := range map[string]url.Values{
		"no level":        with(ratingForm(), "level", ""),
		"an unknown one":  with(ratingForm(), "level", "good"),
		"301 characters":  with(ratingForm(), "comment", strings.Repeat("长", 301)),
		"turned-round":    with(ratingForm(), "comment", "a\u202eb"),
		"nothing at all":  {},
		"an empty rating": {"comment": {"合同为什么不算？"}},
	} {
		a := b.send(path+"/rating", form)
		if a.status != 422 || strings.Count(a.page, `class="problem"`) != 1 {
			t.Errorf("%s: %d\n%s", what, a.status, plain(a.page))
		}
		if words := form.Get("comment"); words != "" && !strings.Contains(a.page, words) {
			t.Errorf("%s: what was typed is lost", what)
		}
	}
	b.send(path+"/rating", with(ratingForm(), "comment", strings.Repeat("长", 300))).goes(t, path+"/rating")
	page = b.page(path + "/rating")
	holds(t, page, "您的评价已收到", "不满意", "办理快慢、要求的材料", "2026年12月15日", strings.Repeat("长", 300))
	lacks(t, page, "<textarea", "gold")
	b.send(path+"/rating", url.Values{"level": {"very_satisfied"}}).goes(t, path+"/rating") // a second tap shows the first
	page = b.page(path + "/rating")
	holds(t, page, "办理快慢、要求的材料")
	lacks(t, page, "非常满意")

	if a, err := c.house.Office.Application(t.Context(), p.Citizen(), p.Reference); err != nil || a.Application.Version != 3 || a.Application.State != permit.Refused || len(a.Events) != 3 {
		t.Errorf("a rating has changed the case: %+v %v", a.Application, err)
	}
	chief, err := c.house.Actor(t.Context(), "zz.supervise")
	if err != nil {
		t.Fatal(err)
	}
	file, err := c.house.Office.ApplicationRating(t.Context(), p.Citizen(), p.Reference)
	if err != nil || len(file.Officers) != 2 { // who accepted and who refused
		t.Fatalf("%+v %v", file, err)
	}
	if err := c.house.Office.AnswerRating(t.Context(), chief, file.Rating.ID, 1, permit.RatingAnswer{Outcome: "explained", Words: "合同要写您的名字。\n请补一份。"}); err != nil {
		t.Fatal(err)
	}
	page = b.page(path + "/rating")
	holds(t, page, "答复（2026年11月24日）", "说明情况", "请补一份。", "12345")
	lacks(t, page, chief.Name)
	holds(t, b.page("/access-log"), "评价办理", "答复差评")
	texts, err := c.house.Office.MessagesTo(t.Context(), p.Phone)
	if err != nil || texts[0].Kind != "rating_answered" || len(texts[0].Args) != 0 {
		t.Errorf("%+v %v", texts, err)
	}
	other := c.browser().signIn(played["zb.issued"].Phone)
	for who, visit := range map[string]answer{"somebody else": other.visit(path + "/rating"), "an open case": c.browser().signIn(played["zz.in_review"].Phone).visit("/applications/" + played["zz.in_review"].Reference + "/rating"),
		"no endorsement": other.visit("/permit/rating"), "somebody else sends": other.send(path+"/rating", ratingForm())} {
		if visit.status != 404 {
			t.Errorf("%s: %d", who, visit.status)
		}
	}
	c.browser().visit(path+"/rating").goes(t, "/sign-in?next="+url.QueryEscape(path+"/rating"))
}

func TestNoRatingAfterItsTime(t *testing.T) {
	c, played := open(t, true, "zz.issued")
	p := played["zz.issued"]
	path := "/applications/" + p.Reference + "/rating"
	c.house.Clock.Set(scene.Morning.AddDate(0, 0, 28)) // the thirtieth day
	b := c.browser().signIn(p.Phone)
	holds(t, b.page(path), "<textarea")
	c.house.Clock.Add(24 * time.Hour)
	b = c.browser().signIn(p.Phone)
	page := b.page(path)
	holds(t, page, "评价期限已过", "办结 30 天后")
	lacks(t, page, "<textarea")
	b.send(path, url.Values{"level": {"satisfied"}}).goes(t, path)
	holds(t, b.page(path), "评价期限已过")
}

func TestAnEndorsementIsRated(t *testing.T) {
	c, _ := open(t, true, "zz.draft")
	p, err := c.house.PlayLife(t.Context(), scene.ResidentOf("zz.endorse_open"))
	if err != nil {
		t.Fatal(err)
	}
	b := c.browser().signIn(p.Phone)
	lacks(t, b.page("/permit"), "/permit/rating")
	file, err := c.house.Office.OwnPermitFile(t.Context(), p.Citizen())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.house.Office.EndorseOwn(t.Context(), p.Citizen(), p.Permit, office.EndorsementForm{Due: file.Permit.EndorseBy, Confirmation: permit.Confirmation{Confirmed: true, Ground: "employment"}}); err != nil {
		t.Fatal(err)
	}
	holds(t, b.page("/permit"), `href="/permit/rating"`)
	holds(t, b.page("/permit/rating"), "签注")
	b.send("/permit/rating", url.Values{"level": {"satisfied"}}).goes(t, "/permit/rating")
	page := b.page("/permit/rating?lang=en")
	holds(t, page, "We have your rating", "Satisfied")
	lacks(t, page, "supervisor answers") // a good rating needs no answer
}

// TestFewRatingsAreNotPublished: four say nothing to anybody, five are counted.
func TestFewRatingsAreNotPublished(t *testing.T) {
	c, played := open(t, true, "zz.issued", "zz.refused", "zz.declined", "zz.pre_applied", "zz.in_review")
	act := func(key, login string, version int, verb func(*office.Office, access.Actor, office.Decision) (office.Case, error)) {
		t.Helper()
		actor, err := c.house.Actor(t.Context(), login)
		if err == nil {
			_, err = verb(c.house.Office, actor, office.Decision{Reference: played[key].Reference, Version: version})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	act("zz.pre_applied", "zz.accept", 1, func(o *office.Office, a access.Actor, d office.Decision) (office.Case, error) {
		return o.Decline(t.Context(), a, d, "outside_scope", "不在范围")
	})
	act("zz.in_review", "zz.review", 2, func(o *office.Office, a access.Actor, d office.Decision) (office.Case, error) {
		return o.Refuse(t.Context(), a, d, "outside_scope", "不在范围")
	})
	for i, key := range []string{"zz.issued", "zz.refused", "zz.declined", "zz.pre_applied", "zz.in_review"} {
		p := played[key]
		if i == 4 {
			page := c.browser().page("/statistics")
			holds(t, page, "还没有哪个月有 5 份以上的评价")
			lacks(t, page, "80.0 %")
		}
		level := permit.VerySatisfied
		if i == 0 {
			level = permit.VeryDissatisfied
		}
		if _, err := c.house.Office.RateApplication(t.Context(), p.Citizen(), p.Reference, permit.Opinion{Level: level}); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, c.browser().page("/statistics"), "80.0 %", "4/5")
}
