package store_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/store"
	"anju/server/store/storetest"
)

// reported is a report as the law makes it; change it before it is stored.
func reported(change ...func(*permit.RefusalReport)) (permit.RefusalReport, permit.RefusalEvent) {
	r := permit.RefusalReport{Jurisdiction: city, ID: id(), Reference: permit.NewRefusalReference(), Ruleset: "zhangzhou-2016", Service: "zz.bs.01", Department: "edu",
		County: "350602", Kind: "local_hukou", HappenedOn: civic.MustDate("2026-11-20"), Place: "延安北路小学招生处", Words: "说必须有本地户口才能登记", Permit: "350602-2026-0000042-Q",
		Phone: "13800005678", Lang: "zh", Counter: "portal", State: permit.RefusalReceived, ReceivedAt: now, DueOn: civic.MustDate("2026-12-15"), Version: 1}
	for _, c := range change {
		c(&r)
	}
	return r, permit.RefusalEvent{Verb: permit.VerbReport, State: r.State, At: r.ReceivedAt, Counter: r.Counter, Department: r.Department}
}

// report stores one.
func (d desk) report(change ...func(*permit.RefusalReport)) permit.RefusalReport {
	d.t.Helper()
	r, event := reported(change...)
	d.do(func(tx office.Tx) error {
		_, _, err := tx.CreateRefusal(d.t.Context(), r, event, id(), []byte(r.ID))
		return err
	})
	return r
}

// answer stores the answer to one.
func (d desk) answer(r permit.RefusalReport, by permit.Officer, at time.Time) error {
	r.State, r.AnsweredAt, r.Phone, r.Version = permit.RefusalAnswered, at, "", r.Version+1
	return d.try(func(tx office.Tx) error {
		return tx.SaveRefusal(d.t.Context(), r, permit.RefusalEvent{Verb: permit.VerbAnswer, State: r.State, At: at, By: by,
			RefusalAnswer: permit.RefusalAnswer{Outcome: "not_covered", Basis: "zz.bs.01", Words: "已联系学校，请带证再去"}})
	})
}

func TestRefusalIsStoredOnceAndWhole(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	r, event := reported()
	key := id()
	create := func(r permit.RefusalReport, body string) (made permit.RefusalReport, again bool, err error) {
		err = d.try(func(tx office.Tx) error {
			made, again, err = tx.CreateRefusal(ctx, r, event, key, []byte(body))
			return err
		})
		return made, again, err
	}
	if made, again, err := create(r, "body"); err != nil || again || made != r {
		t.Fatal(made, again, err)
	}
	second, _ := reported()
	if made, again, err := create(second, "body"); err != nil || !again || made.Reference != r.Reference || made.ID != r.ID {
		t.Fatal(made, again, err)
	}
	_, _, err := create(second, "another body")
	refused(t, err, office.ErrReused)
	second.Jurisdiction, second.County = other, ""
	_, _, err = create(second, "another city")
	refused(t, err, office.ErrReused)

	d.do(func(tx office.Tx) error {
		got, err := tx.FindRefusal(ctx, office.RefusalFinder{Reference: r.Reference}, view)
		got.ReceivedAt = got.ReceivedAt.UTC()
		if got != r {
			t.Errorf("found %+v, not %+v", got, r)
		}
		return err
	})
	if n := d.owner(`select object from ledger_entry`); len(n) != 1 || n[0] != "refusal/"+r.ID {
		t.Error(n)
	}
	refused(t, d.try(func(tx office.Tx) error {
		_, err := tx.FindRefusal(ctx, office.RefusalFinder{Reference: permit.NewRefusalReference()}, view)
		return err
	}), office.ErrNotFound)
	if err := d.try(func(tx office.Tx) error {
		_, err := tx.FindRefusal(ctx, office.RefusalFinder{Reference: r.Reference}, ledger.Entry{})
		return err
	}); err == nil {
		t.Error("a report was shown without an entry")
	}
}

// Each post sees its own reports, in the list and alone, and a second deed on one version meets nothing.
func TestRefusalScopes(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	by := d.cast().acceptor
	in := func(name, department, county string) permit.RefusalReport {
		return d.report(func(r *permit.RefusalReport) { r.Place, r.Department, r.County = name, department, county })
	}
	names := map[string]string{}
	for _, r := range []permit.RefusalReport{in("edu in the county", "edu", "350602"), in("edu in another county", "edu", "350603"), in("edu somewhere", "edu", ""),
		in("health in the county", "health", "350602"), in("nobody's", "", "350602")} {
		names[r.ID] = r.Place
	}
	for what, test := range map[string]struct {
		scope office.RefusalScope
		want  []string
	}{
		"supervisor":            {office.RefusalScope{Jurisdiction: city, All: true}, []string{"edu in another county", "edu in the county", "edu somewhere", "health in the county", "nobody's"}},
		"city's education":      {office.RefusalScope{Jurisdiction: city, Desks: []office.RefusalDesk{{Department: "edu"}}}, []string{"edu in another county", "edu in the county", "edu somewhere"}},
		"county's education":    {office.RefusalScope{Jurisdiction: city, Desks: []office.RefusalDesk{{Department: "edu", County: "350602"}}}, []string{"edu in the county"}},
		"two desks":             {office.RefusalScope{Jurisdiction: city, Desks: []office.RefusalDesk{{Department: "edu", County: "350603"}, {Department: "health"}}}, []string{"edu in another county", "health in the county"}},
		"nobody":                {office.RefusalScope{Jurisdiction: city}, nil},
		"no post":               {office.RefusalScope{}, nil},
		"another city's":        {office.RefusalScope{Jurisdiction: other, All: true}, nil},
		"a desk without a name": {office.RefusalScope{Jurisdiction: city, Desks: []office.RefusalDesk{{}}}, nil},
	} {
		var listed, alone []string
		d.do(func(tx office.Tx) error {
			page, err := tx.RefusalQueue(ctx, test.scope, office.RefusalQuery{Page: 1, Size: 10}, view)
			for _, r := range page.Reports {
				listed = append(listed, names[r.ID])
				if r.Place != "" || r.Phone != "" || r.Reference != "" {
					t.Error("a line of the list says what is sealed")
				}
			}
			if page.Total != len(test.want) || page.Counts[office.ShowOpen] != len(test.want) {
				t.Errorf("%s: %d lines, %v", what, page.Total, page.Counts)
			}
			return err
		})
		for one := range names {
			err := d.try(func(tx office.Tx) error {
				_, err := tx.FindRefusal(ctx, office.RefusalFinder{Scope: &test.scope, ID: one}, view)
				return err
			})
			if err == nil {
				alone = append(alone, names[one])
			} else if !errors.Is(err, office.ErrNotFound) {
				t.Error(err)
			}
		}
		slices.Sort(listed)
		slices.Sort(alone)
		if !slices.Equal(listed, test.want) || !slices.Equal(alone, test.want) {
			t.Errorf("%s sees %v in the list and %v alone, want %v", what, listed, alone, test.want)
		}
	}
	r := d.report()
	if err := d.answer(r, by, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	refused(t, d.answer(r, by, now.Add(time.Hour)), office.ErrStale)
	d.do(func(tx office.Tx) error {
		events, err := tx.RefusalEvents(ctx, city, r.ID)
		if len(events) != 2 || events[1].Words != "已联系学校，请带证再去" || events[1].By.Name != by.Name || events[1].Basis != "zz.bs.01" {
			t.Errorf("%+v", events)
		}
		got, err2 := tx.FindRefusal(ctx, office.RefusalFinder{Reference: r.Reference}, view)
		if got.Phone != "" || got.Place != r.Place || got.State != permit.RefusalAnswered {
			t.Errorf("%+v", got)
		}
		return errors.Join(err, err2)
	})
}

func TestRefusalQueueSelects(t *testing.T) {
	d := open(t)
	by := d.cast().acceptor
	at := func(days int, due string) func(*permit.RefusalReport) {
		return func(r *permit.RefusalReport) {
			r.ReceivedAt, r.HappenedOn = now.AddDate(0, 0, -days), civic.DateOf(now.AddDate(0, 0, -days))
			if r.DueOn = (civic.Date{}); due != "" {
				r.DueOn = civic.MustDate(due)
			}
		}
	}
	late, today, fresh, undated := d.report(at(30, "2026-11-23")), d.report(at(20, "2026-11-24")), d.report(at(0, "2026-12-15")), d.report(at(40, ""))
	old, new := d.report(at(50, "2026-11-01")), d.report(at(10, "2026-12-01"))
	if err := errors.Join(d.answer(old, by, now.AddDate(0, 0, -9)), d.answer(new, by, now)); err != nil {
		t.Fatal(err)
	}
	for show, want := range map[office.RefusalShow][]string{office.ShowOpen: {undated.ID, late.ID, today.ID, fresh.ID}, office.ShowOverdue: {late.ID}, office.ShowAnswered: {new.ID, old.ID}, "nonsense": {undated.ID, late.ID, today.ID, fresh.ID}} {
		d.do(func(tx office.Tx) error {
			page, err := tx.RefusalQueue(t.Context(), office.RefusalScope{Jurisdiction: city, All: true}, office.RefusalQuery{Show: show, Today: civic.DateOf(now), Size: 10}, view)
			var got []string
			for _, r := range page.Reports {
				got = append(got, r.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", show, got, want)
			}
			return err
		})
	}
}

// The database itself refuses what cannot be true, and the role of the application changes no history.
func TestRefusalChecks(t *testing.T) {
	d := open(t)
	by := d.cast().acceptor
	open, closed := d.report(), d.report()
	if err := d.answer(closed, by, now); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ constraint, table, set, of string }{
		{"refusal_report_answer", "refusal_report", `state = 'answered'`, open.ID},
		{"refusal_report_answer", "refusal_report", `answered_at = null`, closed.ID},
		{"refusal_report_phone_serves", "refusal_report", `phone = place`, closed.ID},
		{"refusal_report_kind_known", "refusal_report", `kind = 'rude'`, open.ID},
		{"refusal_report_county_of_city", "refusal_report", `county = '370303'`, open.ID},
		{"refusal_report_dates_in_order", "refusal_report", `happened_on = '2026-11-25'`, open.ID},
		{"refusal_report_dates_in_order", "refusal_report", `due_on = '2026-11-24'`, open.ID},
		{"refusal_report_sealed", "refusal_report", `place = 'plain'`, open.ID},
		{"refusal_report_counter_known", "refusal_report", `counter = 'fax'`, open.ID},
		{"refusal_event_outcome", "refusal_event", `outcome = null, basis = null`, closed.ID},
		{"refusal_event_outcome", "refusal_event", `words = null`, closed.ID},
		{"refusal_event_basis", "refusal_event", `basis = null`, closed.ID},
		{"refusal_event_basis", "refusal_event", `outcome = 'redressed'`, closed.ID},
		{"refusal_event_officer", "refusal_event", `by_staff = null, by_name = null`, closed.ID},
		{"refusal_event_verb_gives_state", "refusal_event", `state = 'received'`, closed.ID},
	} {
		column := map[string]string{"refusal_report": "id", "refusal_event": "version = 2 and report"}[test.table]
		if _, err := d.asOwner(`update `+test.table+` set `+test.set+` where `+column+` = $1`, test.of); err == nil || !strings.Contains(err.Error(), `"`+test.constraint+`"`) {
			t.Errorf("%s set %s: not refused by %s: %v", test.table, test.set, test.constraint, err)
		}
	}
	for _, statement := range []string{`update refusal_event set words = null`, `delete from refusal_event`, `delete from refusal_report`, `update refusal_report set reference_index = body_index`,
		`update refusal_report set due_on = null`, `truncate refusal_event`} {
		if err := d.asApplication(statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// Whoever steals the database reads neither what was written nor the reference that opens the answer; two years after the answer what the
// reporter wrote is gone, and the answer is still there.
func TestRefusalSecretsAndTheirEnd(t *testing.T) {
	d := open(t)
	by := d.cast().acceptor
	r, waiting := d.report(), d.report()
	if err := d.answer(r, by, now); err != nil {
		t.Fatal(err)
	}
	dump := storetest.Dump(t, d.address)
	if !bytes.Contains(dump, []byte(r.ID)) {
		t.Fatal("the dump is not one")
	}
	for _, secret := range []string{r.Reference, waiting.Reference, r.Place, r.Words, r.Permit, r.Phone, "已联系学校", by.Name} {
		if bytes.Contains(dump, []byte(secret)) {
			t.Errorf("the dump contains %q", secret)
		}
	}
	sweep := func(at time.Time) (n int) {
		d.do(func(tx office.Tx) (err error) { n, err = tx.Sweep(t.Context(), at); return err })
		return n
	}
	if n := sweep(now.Add(store.RefusalKept - time.Hour)); n != 0 {
		t.Errorf("%d rows went too early", n)
	}
	if n := sweep(now.Add(store.RefusalKept + time.Hour)); n != 1 {
		t.Errorf("%d rows went", n)
	}
	if n := sweep(now.Add(store.RefusalKept + time.Hour)); n != 0 {
		t.Errorf("%d rows went twice", n)
	}
	d.do(func(tx office.Tx) error {
		got, err := tx.FindRefusal(t.Context(), office.RefusalFinder{Reference: r.Reference}, view)
		if got.Place+got.Words+got.Permit+got.Phone != "" || got.Kind != r.Kind {
			t.Errorf("%+v", got)
		}
		left, err2 := tx.FindRefusal(t.Context(), office.RefusalFinder{Reference: waiting.Reference}, view)
		if left.Words != waiting.Words || left.Phone != waiting.Phone {
			t.Errorf("%+v", left)
		}
		return errors.Join(err, err2)
	})
}
