package store_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/ledger"
	"anju/server/office"
	"anju/server/permit"
)

func draftOf(owner string) office.DraftRecord {
	return office.DraftRecord{Jurisdiction: city, ID: id(), Owner: owner, OwnerKind: access.Citizen, UpdatedAt: now, Version: 1,
		Draft: permit.Draft{Jurisdiction: city, Ruleset: "zhangzhou-2016", Name: "张小明", Grounds: []string{"employment"}}}
}

func TestDraft(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	owner := id()
	draft := draftOf(owner)
	d.do(func(tx office.Tx) error { return tx.CreateDraft(ctx, draft) })
	refused(t, d.try(func(tx office.Tx) error { return tx.CreateDraft(ctx, draftOf(owner)) }), conflict("draft_exists"))
	read := func() (got office.DraftRecord) {
		d.do(func(tx office.Tx) (err error) { got, err = tx.DraftOf(ctx, owner, view); return })
		got.UpdatedAt = got.UpdatedAt.UTC()
		return got
	}
	if got := read(); !reflect.DeepEqual(got, draft) {
		t.Fatalf("%+v", got)
	}
	stale := draft
	draft.Draft.Detail, draft.UpdatedAt = "新华北路八号", now.Add(time.Minute)
	d.do(func(tx office.Tx) error { return tx.SaveDraft(ctx, draft) })
	refused(t, d.try(func(tx office.Tx) error { return tx.SaveDraft(ctx, stale) }), office.ErrStale)
	draft.Version = 2
	if got := read(); !reflect.DeepEqual(got, draft) {
		t.Fatalf("%+v", got)
	}
	d.do(func(tx office.Tx) error { return tx.DeleteDraft(ctx, draft) })
	refused(t, d.try(func(tx office.Tx) error { return tx.DeleteDraft(ctx, draft) }), office.ErrNotFound)
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.DraftOf(ctx, owner, view); return err }), office.ErrNotFound)

	if got := d.owner(`select concat_ws(' ', jurisdiction, account, object, action, purpose, actor_id) from ledger_entry`); len(got) != 2 ||
		got[0] != city+" "+owner+" draft/"+draft.ID+" viewed review reader" {
		t.Fatal(got)
	}
}

func TestPurgeDrafts(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	old, young := draftOf("visit-1"), draftOf("visit-2")
	old.OwnerKind, old.UpdatedAt = access.Kiosk, now.Add(-31*24*time.Hour)
	file := photo(old.Jurisdiction, old.ID, "draft")
	d.do(func(tx office.Tx) error {
		if err := errors.Join(tx.CreateDraft(ctx, old), tx.CreateDraft(ctx, young)); err != nil {
			return err
		}
		return tx.AddEvidence(ctx, file)
	})
	d.do(func(tx office.Tx) error {
		n, err := tx.PurgeDrafts(ctx, now.Add(-30*24*time.Hour))
		if n != 1 {
			t.Errorf("%d drafts were purged", n)
		}
		return err
	})
	if left := d.owner(`select owner from draft union all select 'evidence' from evidence`); len(left) != 1 || left[0] != "visit-2" {
		t.Fatal(left)
	}
}

func photo(jurisdiction, holder, kind string) office.Evidence {
	content := []byte("\xff\xd8\xff a labour contract \xff\xd9")
	return office.Evidence{Jurisdiction: jurisdiction, ID: id(), Holder: holder, HolderKind: kind, Kind: "labour_contract", MediaType: "image/jpeg", Size: len(content),
		SHA256: bytes.Repeat([]byte{7}, 32), Content: content, AddedAt: now}
}

func TestEvidence(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	draft := draftOf(c.account.ID)
	file, second := photo(city, draft.ID, "draft"), photo(city, draft.ID, "draft")
	d.do(func(tx office.Tx) error {
		return errors.Join(tx.CreateDraft(ctx, draft), tx.AddEvidence(ctx, file), tx.AddEvidence(ctx, second))
	})
	get := func(jurisdiction, holder, id string) (e office.Evidence, err error) {
		err = d.try(func(tx office.Tx) error { e, err = tx.Evidence(ctx, jurisdiction, holder, id, view); return err })
		e.AddedAt = e.AddedAt.UTC()
		return e, err
	}
	if got, err := get(city, draft.ID, file.ID); err != nil || !reflect.DeepEqual(got, file) {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, wrong := range [][3]string{{other, draft.ID, file.ID}, {city, id(), file.ID}, {city, draft.ID, id()}, {city, draft.ID, "../../etc/passwd"}} {
		_, err := get(wrong[0], wrong[1], wrong[2])
		refused(t, err, office.ErrNotFound)
	}
	d.do(func(tx office.Tx) error {
		list, err := tx.EvidenceOf(ctx, city, draft.ID)
		if len(list) != 2 || list[0].ID != file.ID || list[0].Content != nil || list[0].HolderKind != "draft" {
			t.Errorf("%+v", list)
		}
		return err
	})
	d.do(func(tx office.Tx) error { return tx.RemoveEvidence(ctx, city, draft.ID, second.ID) })
	refused(t, d.try(func(tx office.Tx) error { return tx.RemoveEvidence(ctx, city, draft.ID, second.ID) }), office.ErrNotFound)

	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	d.do(func(tx office.Tx) error {
		return errors.Join(tx.MoveEvidence(ctx, city, draft.ID, a.ID), tx.DeleteDraft(ctx, draft))
	})
	file.Holder, file.HolderKind = a.ID, "application"
	if got, err := get(city, a.ID, file.ID); err != nil || !reflect.DeepEqual(got, file) {
		t.Fatalf("%+v, %v", got, err)
	}
	if got := d.owner(`select concat_ws(' ', person, account, object) from ledger_entry where object like 'evidence/%' order by seq`); len(got) != 2 ||
		got[0] != c.account.ID+" evidence/"+file.ID || got[1] != a.Person+" "+c.account.ID+" evidence/"+file.ID {
		t.Fatal(got)
	}
	if err := d.try(func(tx office.Tx) error { return tx.AddEvidence(ctx, photo(city, id(), "application")) }); err == nil {
		t.Fatal("evidence was hung on nothing")
	}
}

// No data without an entry: a method that shows a person refuses to without knowing who looks.
func TestViewNeedsEntry(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	draft := draftOf(c.account.ID)
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	file := photo(city, a.ID, "application")
	number := d.issue(a, c).Number
	d.do(func(tx office.Tx) error { return errors.Join(tx.CreateDraft(ctx, draft), tx.AddEvidence(ctx, file)) })
	mine := office.Finder{Jurisdiction: city, Reference: a.Reference, Account: c.account.ID}
	for name, look := range map[string]func(tx office.Tx, view ledger.Entry) (any, error){
		"DraftOf":         func(tx office.Tx, v ledger.Entry) (any, error) { return tx.DraftOf(ctx, c.account.ID, v) },
		"Evidence":        func(tx office.Tx, v ledger.Entry) (any, error) { return tx.Evidence(ctx, city, a.ID, file.ID, v) },
		"FindApplication": func(tx office.Tx, v ledger.Entry) (any, error) { return tx.FindApplication(ctx, mine, v) },
		"LockApplication": func(tx office.Tx, v ledger.Entry) (any, error) { return tx.LockApplication(ctx, mine, v) },
		"ApplicationsOf":  func(tx office.Tx, v ledger.Entry) (any, error) { return tx.ApplicationsOf(ctx, c.account.ID, v) },
		"Queue": func(tx office.Tx, v ledger.Entry) (any, error) {
			p, err := tx.Queue(ctx, scope, office.QueueQuery{Size: 10}, v)
			return p.Cases, err
		},
		"FindPermit": func(tx office.Tx, v ledger.Entry) (any, error) {
			return tx.FindPermit(ctx, office.PermitFinder{Jurisdiction: city, Number: number, Anyone: true}, v)
		},
		"PermitsOf": func(tx office.Tx, v ledger.Entry) (any, error) { return tx.PermitsOf(ctx, c.account.ID, v) },
	} {
		for mistake, entry := range map[string]ledger.Entry{"none": {}, "of a stranger kind": {At: now, ActorKind: "ghost", Action: ledger.Viewed}} {
			var data any
			err := d.try(func(tx office.Tx) (err error) { data, err = look(tx, entry); return })
			if err == nil || !reflect.ValueOf(data).IsZero() {
				t.Errorf("%s, entry %s: %v, and gave %v", name, mistake, err, data)
			}
		}
		before := len(d.owner(`select '' from ledger_entry`))
		d.do(func(tx office.Tx) error { _, err := look(tx, view); return err })
		if after := len(d.owner(`select '' from ledger_entry`)); after != before+1 {
			t.Errorf("%s: %d entries for one view", name, after-before)
		}
	}
}
