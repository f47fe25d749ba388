package store_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/store"
)

// ratingOf is a bad rating of an application that an officer has declined.
func (d desk) ratingOf(c cast, account, name string, seq int) permit.Rating {
	d.t.Helper()
	a := d.submit(account, name, citizen(d.t, seq)).Application
	x := a
	x.State, x.Version, x.DecidedOn, x.DecidedBy = permit.Declined, 2, civic.DateOf(now), c.acceptor.ID
	d.do(func(tx office.Tx) error {
		return tx.SaveApplication(d.t.Context(), x, permit.Event{Verb: permit.VerbDecline, State: x.State, At: now, On: x.DecidedOn, By: c.acceptor, Reason: "duplicate"})
	})
	return permit.Rating{ID: id(), Opinion: permit.Opinion{Level: permit.Dissatisfied, Tags: []string{"speed", "papers"}, Comment: "等了两个小时"}, Counter: "portal", RatedAt: now, Version: 1,
		AnswerBy: civic.MustDate("2026-12-15"), RatedDeed: permit.RatedDeed{Jurisdiction: city, Ruleset: a.Ruleset, Application: a.ID, Verb: permit.VerbDecline, EndedOn: civic.DateOf(now),
			Station: "xq", Officers: []string{c.acceptor.ID}, Account: account}}
}

func (d desk) rate(r permit.Rating) {
	d.t.Helper()
	d.do(func(tx office.Tx) error { _, _, err := tx.CreateRating(d.t.Context(), r); return err })
}

func TestARatingIsStoredOnceAndSealed(t *testing.T) {
	d := open(t)
	c, ctx := d.cast(), t.Context()
	r := d.ratingOf(c, c.account.ID, "张小明", 1)
	d.rate(r)
	again := r
	again.ID, again.Level, again.AnswerBy = id(), permit.VerySatisfied, civic.Date{}
	d.do(func(tx office.Tx) error {
		made, twice, err := tx.CreateRating(ctx, again)
		if !twice || made.ID != r.ID || made.Level != r.Level {
			t.Errorf("a second rating is %+v (%v)", made, twice)
		}
		return err
	})
	d.do(func(tx office.Tx) error {
		got, err := tx.RatingOf(ctx, r.RatedDeed, view)
		got.RatedAt = got.RatedAt.UTC()
		if !reflect.DeepEqual(got, r) {
			t.Errorf("stored %+v, read %+v", r, got)
		}
		return err
	})
	if n := d.owner(`select count(*)::text from rating where position(convert_to('两个小时', 'UTF8') in comment) > 0`); n[0] != "0" {
		t.Error("the comment is not sealed")
	}
	for _, s := range []access.Scope{{Jurisdiction: city, Stations: []string{"lw"}}, {Jurisdiction: other, Stations: []string{"xq"}}, {}} {
		err := d.try(func(tx office.Tx) error { _, err := tx.FindRating(ctx, s, r.ID, view); return err })
		refused(t, err, office.ErrNotFound)
		d.do(func(tx office.Tx) error {
			page, err := tx.RatingQueue(ctx, s, office.RatingQuery{Show: office.RatingsAll, Page: 1, Size: 10}, view)
			if page.Total != 0 {
				t.Errorf("%+v sees %d", s, page.Total)
			}
			return err
		})
	}
	d.do(func(tx office.Tx) error {
		page, err := tx.RatingQueue(ctx, scope, office.RatingQuery{Show: office.RatingsOverdue, Today: civic.MustDate("2026-12-16"), Page: 1, Size: 10}, view)
		if page.Total != 1 || page.Counts[office.RatingsToAnswer] != 1 || page.Ratings[0].Comment != "" {
			t.Errorf("%+v", page)
		}
		return err
	})
	if err := d.try(func(tx office.Tx) error {
		_, err := tx.RatingOf(ctx, r.RatedDeed, ledger.Entry{})
		return err
	}); err == nil {
		t.Error("a rating was read without an entry in the ledger")
	}
	answered := r
	answered.Version, answered.AnsweredAt, answered.AnsweredBy, answered.RatingAnswer = 2, now.Add(time.Hour), c.reviewer, permit.RatingAnswer{Outcome: "explained", Words: "按号排队"}
	d.do(func(tx office.Tx) error { return tx.SaveRatingAnswer(ctx, answered) })
	refused(t, d.try(func(tx office.Tx) error { return tx.SaveRatingAnswer(ctx, answered) }), office.ErrStale)
}

func TestNamedChecksOfRatings(t *testing.T) {
	d := open(t)
	c := d.cast()
	r := d.ratingOf(c, c.account.ID, "张小明", 1)
	d.rate(r)
	const answered = `answered_at = rated_at, answered_name = comment, outcome = 'explained', answer = comment, version = 2, answered_by = `
	for constraint, sets := range map[string][]string{
		"rating_level_known":         {`level = 'good', answer_by = null`},
		"rating_tags_known":          {`tags = '{gold}'`, `tags = '{null}'`},
		"rating_answer":              {`level = 'satisfied'`, `outcome = 'explained'`, answered + `null`},
		"rating_answered_by_another": {answered + `'` + c.acceptor.ID + `'`},
		"rating_version_rises":       {`version = 2`},
		"rating_one_deed":            {`application = null`, `verb = 'endorse'`, `permit = '350602-2026-0000001-X', due_on = '2026-11-24'`},
		"rating_dates_in_order":      {`ended_on = '2026-11-25'`, `answer_by = '2026-11-24'`},
		"rating_sealed":              {`comment = 'x'`},
		"rating_counter_known":       {`counter = 'fax'`},
	} {
		for _, set := range sets {
			if _, err := d.asOwner(`update rating set ` + set); err == nil || !strings.Contains(err.Error(), `"`+constraint+`"`) {
				t.Errorf("%s is not refused by %s: %v", set, constraint, err)
			}
		}
	}
	d.owner(`update rating set ` + answered + `'` + c.reviewer.ID + `'`)
	for _, sql := range []string{`update rating set level = 'satisfied'`, `delete from rating`, `update rating_request set asked_at = now()`, `delete from rating_request`} {
		if err := d.asApplication(sql); err == nil {
			t.Errorf("the application may %s", sql)
		}
	}
}

// TestWordsOfARatingAreForgotten: two years after the rating, of a bad one after the answer.
func TestWordsOfARatingAreForgotten(t *testing.T) {
	d := open(t)
	c, ctx := d.cast(), t.Context()
	waits, good := d.ratingOf(c, c.account.ID, "张小明", 1), d.ratingOf(c, c.account.ID, "李四", 2)
	good.Level, good.AnswerBy = permit.Satisfied, civic.Date{}
	d.rate(waits)
	d.rate(good)
	words := func() string {
		return strings.Join(d.owner(`select level from rating where comment is not null order by 1`), " ")
	}
	for _, step := range []struct {
		after time.Duration
		left  string
	}{{store.RatingKept - time.Hour, "dissatisfied satisfied"}, {store.RatingKept + time.Hour, "dissatisfied"}} {
		d.do(func(tx office.Tx) error { _, err := tx.Sweep(ctx, now.Add(step.after)); return err })
		if got := words(); got != step.left {
			t.Errorf("after %v there are the words of %q, want %q", step.after, got, step.left)
		}
	}
	waits.Version, waits.AnsweredAt, waits.AnsweredBy, waits.RatingAnswer = 2, now.Add(store.RatingKept), c.reviewer, permit.RatingAnswer{Outcome: "explained", Words: "按号排队"}
	d.do(func(tx office.Tx) error { return tx.SaveRatingAnswer(ctx, waits) })
	d.do(func(tx office.Tx) error { _, err := tx.Sweep(ctx, now.Add(2*store.RatingKept-time.Hour)); return err })
	if got := words(); got != "dissatisfied" {
		t.Errorf("the words went before their time: %q", got)
	}
	d.do(func(tx office.Tx) error { _, err := tx.Sweep(ctx, now.Add(2*store.RatingKept+time.Hour)); return err })
	if got := words(); got != "" {
		t.Errorf("the words stay: %q", got)
	}
}
