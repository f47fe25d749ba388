package store_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
)

// published is a catalogue with one released entry, its report and a document.
type published struct {
	editor, publisher string
	key               office.EntryKey
	draft             office.EntryDraft
	release           office.Release
	document          office.Document
}

func entry(zh string) (e policy.Entry) {
	for _, f := range policy.EntryFields() {
		*e.Text(f) = civic.Text{Zh: string(f) + zh, En: "“words” & <b>"}
	}
	return e
}

func (d desk) publish() (p published) {
	d.t.Helper()
	ctx := d.t.Context()
	p.editor, p.publisher = id(), id()
	p.key = office.EntryKey{Jurisdiction: city, Government: "350602", Service: "zz.bs.01", Department: "edu"}
	p.draft = office.EntryDraft{EntryKey: p.key, Ruleset: "zhangzhou-2016", State: office.EntryReady, Entry: entry("说明"), SavedAt: now, By: p.editor, Version: 1}
	p.release = office.Release{Jurisdiction: city, Government: "350602", Number: 1, Ruleset: "zhangzhou-2016", ReleasedAt: now, ReleasedOn: civic.DateOf(now), By: p.publisher, Note: "首次公布。",
		Digest: bytes.Repeat([]byte{7}, 32), Entries: []policy.ReleasedEntry{{Service: "zz.bs.01", Department: "edu", Entry: p.draft.Entry}}}
	p.document = office.Document{Jurisdiction: city, ID: id(), Government: "350602", Ruleset: "zhangzhou-2016", Obligation: "county_plan", Title: "实施方案", PublishedOn: civic.MustDate("2016-11-24"), Size: 4,
		SHA256: bytes.Repeat([]byte{1}, 32), Content: []byte("%PDF"), FiledAt: now, By: p.publisher}
	d.do(func(tx office.Tx) error {
		for staff, login := range map[string]string{p.editor: "edit", p.publisher: "publish"} {
			m := access.StaffMember{ID: staff, Login: login, Name: "名" + login, PasswordHash: "$argon2id$v=19$m=1,t=1,p=1$x$y"}
			if err := tx.CreateStaff(ctx, m); err != nil {
				return err
			}
		}
		if err := tx.SaveEntryDraft(ctx, p.draft, office.EntryEvent{Version: 1, Verb: office.EntryHandedOver, At: now, By: p.editor}); err != nil {
			return err
		}
		if err := tx.LockCatalogue(ctx, "350602"); err != nil {
			return err
		}
		if err := tx.CreateRelease(ctx, p.release, "key-1"); err != nil {
			return err
		}
		if err := tx.CreateReport(ctx, p.release, office.ReleaseReport{On: civic.DateOf(now), Document: "教1号", RecordedAt: now, By: p.publisher}); err != nil {
			return err
		}
		_, _, err := tx.CreateDocument(ctx, p.document, "key-1")
		return err
	})
	return p
}

func TestCatalogueDrafts(t *testing.T) {
	d := open(t)
	p := d.publish()
	ctx := t.Context()
	next := p.draft
	next.State, next.Reason, next.Version, next.By = office.EntryReturned, "请写电话", 2, p.publisher
	step := office.EntryEvent{Version: 2, Verb: office.EntrySentBack, At: now, By: p.publisher, Reason: "请写电话"}
	d.do(func(tx office.Tx) error { return tx.SaveEntryDraft(ctx, next, step) })
	refused(t, d.try(func(tx office.Tx) error { return tx.SaveEntryDraft(ctx, next, step) }), office.ErrStale)
	refused(t, d.try(func(tx office.Tx) error {
		return tx.SaveEntryDraft(ctx, p.draft, office.EntryEvent{Version: 1, Verb: office.EntrySaved, At: now, By: p.editor})
	}), office.ErrStale)
	d.do(func(tx office.Tx) error {
		got, err := tx.EntryDraft(ctx, p.key)
		if err != nil || got.Entry != p.draft.Entry || got.Reason != "请写电话" || got.ByName != "名publish" || got.Version != 2 || len(got.Writers) != 1 || got.Writers[0] != p.editor {
			t.Errorf("%+v %v", got, err)
		}
		other := p.key
		other.Government = "350600"
		if _, err := tx.EntryDraft(ctx, other); err != office.ErrNotFound {
			t.Errorf("another government's: %v", err)
		}
		events, err := tx.EntryEvents(ctx, p.key)
		if err != nil || len(events) != 2 || events[1].Reason != "请写电话" || events[0].ByName != "名edit" {
			t.Errorf("%+v %v", events, err)
		}
		return nil
	})
	// Released: whoever wrote before may release what somebody else writes next.
	next.State, next.Reason, next.Version = office.EntryReleased, "", 3
	d.do(func(tx office.Tx) error {
		if err := tx.SaveEntryDraft(ctx, next, office.EntryEvent{Version: 3, Verb: office.EntryPublished, At: now, By: p.publisher, Release: 1}); err != nil {
			return err
		}
		got, err := tx.EntryDrafts(ctx, city, "350602")
		if len(got) != 1 || len(got[0].Writers) != 0 {
			t.Errorf("%+v", got)
		}
		return err
	})
}

func TestCatalogueReleases(t *testing.T) {
	d := open(t)
	p := d.publish()
	ctx := t.Context()
	second := p.release
	second.Number, second.Entries = 2, []policy.ReleasedEntry{{Service: "zz.bs.01", Department: "edu", Entry: entry("新")}, {Service: "zz.bs.11", Entry: entry("无部门")}}
	d.do(func(tx office.Tx) error { return tx.CreateRelease(ctx, second, "key-2") })
	if err := d.try(func(tx office.Tx) error { return tx.CreateRelease(ctx, second, "key-3") }); err == nil {
		t.Error("a number was given twice")
	}
	d.do(func(tx office.Tx) error {
		one, err := tx.Release(ctx, city, "350602", 1)
		if err != nil || len(one.Entries) != 1 || one.Entries[0] != p.release.Entries[0] || one.Report == nil || one.Report.Document != "教1号" || one.ByName != "名publish" || one.ReleasedOn != p.release.ReleasedOn {
			t.Errorf("%+v %v", one, err)
		}
		two, err := tx.ReleaseWithKey(ctx, city, "key-2")
		if err != nil || two.Number != 2 || two.Report != nil {
			t.Errorf("%+v %v", two, err)
		}
		if _, err := tx.ReleaseWithKey(ctx, other, "key-2"); err != office.ErrNotFound {
			t.Errorf("the key of another city: %v", err)
		}
		all, err := tx.Releases(ctx, city, "350602")
		if err != nil || len(all) != 2 || all[0].Number != 2 {
			t.Errorf("%+v %v", all, err)
		}
		latest, err := tx.LatestReleases(ctx, city)
		if err != nil || len(latest) != 1 || latest[0].Number != 2 {
			t.Errorf("%+v %v", latest, err)
		}
		now, err := tx.PublishedEntries(ctx, city, "zz.bs.01")
		if err != nil || len(now) != 1 || now[0].Number != 2 || now[0].Entry != second.Entries[0].Entry {
			t.Errorf("%+v %v", now, err)
		}
		return nil
	})
}

// A release of one government waits for another of the same government and for no other.
func TestCatalogueLock(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	lock := func(government string, then func()) error {
		return d.Within(ctx, func(tx office.Tx) error {
			err := tx.LockCatalogue(ctx, government)
			then()
			return err
		})
	}
	free, taken, errs := make(chan struct{}), make(chan struct{}), make(chan error, 2)
	go func() { errs <- lock("350602", func() { close(taken); <-free }) }()
	<-taken
	if err := lock("350603", func() {}); err != nil {
		t.Fatal(err)
	}
	second := make(chan struct{})
	go func() { errs <- lock("350602", func() { close(second) }) }()
	select {
	case <-second:
		t.Error("two hold the lock")
	case <-time.After(200 * time.Millisecond):
	}
	close(free)
	<-second
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Error(err)
	}
}

// An entry that was added to an old release, or changed in it, is noticed: its digest does not fit.
func TestATamperedReleaseIsNotShown(t *testing.T) {
	d := open(t)
	d.publish() // its digest is none of these entries
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := office.New(office.Config{Store: d.Store, Clock: still{}, Book: book})
	if r, _, err := o.ReleaseOf(t.Context(), "350602", 1); err == nil || !strings.Contains(err.Error(), "not what was released") {
		t.Errorf("%+v %v", r, err)
	}
}

// still is a clock that stands.
type still struct{}

func (still) Now() time.Time { return now }

func TestRegisterDocuments(t *testing.T) {
	d := open(t)
	p := d.publish()
	ctx := t.Context()
	d.do(func(tx office.Tx) error {
		again := p.document
		again.ID = id()
		made, known, err := tx.CreateDocument(ctx, again, "key-1")
		if err != nil || !known || made.ID != p.document.ID {
			t.Errorf("%+v %v %v", made, known, err)
		}
		got, err := tx.Document(ctx, p.document.ID)
		if err != nil || string(got.Content) != "%PDF" || got.Title != "实施方案" || got.PublishedOn != p.document.PublishedOn || got.Number != "" || !got.ReportedOn.IsZero() {
			t.Errorf("%+v %v", got, err)
		}
		list, err := tx.Documents(ctx, city)
		if err != nil || len(list) != 1 || list[0].Content != nil {
			t.Errorf("%+v %v", list, err)
		}
		for _, bad := range []string{"x", id()} {
			if _, err := tx.Document(ctx, bad); err != office.ErrNotFound {
				t.Errorf("%s: %v", bad, err)
			}
		}
		return nil
	})
	changed := p.document
	changed.ID, changed.SHA256 = id(), bytes.Repeat([]byte{2}, 32)
	refused(t, d.try(func(tx office.Tx) error { _, _, err := tx.CreateDocument(ctx, changed, "key-1"); return err }), office.ErrReused)
	same := p.document
	same.ID = id()
	refused(t, d.try(func(tx office.Tx) error { _, _, err := tx.CreateDocument(ctx, same, "key-2"); return err }), conflict("document_known"))
}

// What has been published is never changed or removed by the application.
func TestNothingReleasedCanBeChanged(t *testing.T) {
	d := open(t)
	d.publish()
	for _, table := range []string{"catalogue_release", "catalogue_release_entry", "catalogue_release_report", "catalogue_draft_event", "register_document"} {
		for _, statement := range []string{`delete from ` + table, `truncate ` + table + ` cascade`, `update ` + table + ` set jurisdiction = jurisdiction`} {
			if err := d.asApplication(statement); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	for _, statement := range []string{`update catalogue_release_entry set entry = '{}'`, `update catalogue_release set note = 'x'`, `update catalogue_release_report set reported_on = '2020-01-01'`,
		`update register_document set content = 'x'`, `delete from catalogue_draft`, `update catalogue_draft set government = '350600'`} {
		if err := d.asApplication(statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestCatalogueChecks(t *testing.T) {
	d := open(t)
	d.publish()
	for _, c := range []struct{ constraint, table, set string }{
		{"catalogue_draft_state_known", "catalogue_draft", `state = 'gone'`},
		{"catalogue_draft_reason", "catalogue_draft", `state = 'returned'`},
		{"catalogue_draft_reason", "catalogue_draft", `reason = 'x'`},
		{"catalogue_draft_withdrawal", "catalogue_draft", `withdrawn = true, state = 'drafting'`},
		{"catalogue_draft_version_rises", "catalogue_draft", `version = 0`},
		{"catalogue_draft_entry", "catalogue_draft", `entry = '[]'`},
		{"catalogue_draft_event_verb_known", "catalogue_draft_event", `verb = 'eat'`},
		{"catalogue_draft_event_reason", "catalogue_draft_event", `verb = 'return'`},
		{"catalogue_draft_event_release", "catalogue_draft_event", `verb = 'release'`},
		{"catalogue_draft_event_released", "catalogue_draft_event", `verb = 'release', release = 9`},
		{"catalogue_release_number_from_one", "catalogue_release", `number = 0`},
		{"catalogue_release_day", "catalogue_release", `released_on = released_on - 1`},
		{"catalogue_release_lengths", "catalogue_release", `digest = 'x'`},
		{"catalogue_release_government_of_city", "catalogue_release", `government = '370303'`},
		{"catalogue_release_report_past", "catalogue_release_report", `reported_on = reported_on + 1`},
		{"register_document_days", "register_document", `published_on = '2013-12-31'`},
		{"register_document_days", "register_document", `published_on = filed_at::date + 2`},
		{"register_document_days", "register_document", `reported_on = published_on - 1`},
		{"register_document_content", "register_document", `size = 5`},
		{"register_document_government_of_city", "register_document", `government = '370303'`},
	} {
		_, err := d.asOwner(`update ` + c.table + ` set ` + c.set)
		if err == nil || !strings.Contains(err.Error(), `"`+c.constraint+`"`) {
			t.Errorf("%s set %s: not refused by %s: %v", c.table, c.set, c.constraint, err)
		}
	}
}
