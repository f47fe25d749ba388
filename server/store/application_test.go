package store_test

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"anju/server/access"
	"anju/server/office"
	"anju/server/permit"
)

func TestPersonOf(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	first := permit.Person{ID: id(), Jurisdiction: city, Name: "张小明", IDNumber: citizen(t, 1), EthnicGroup: "01", Phone: "13800005678"}
	of := func(p permit.Person) (got permit.Person) {
		d.do(func(tx office.Tx) (err error) { got, err = tx.PersonOf(ctx, p, now); return })
		return got
	}
	if got := of(first); got != first {
		t.Fatalf("%+v", got)
	}
	renamed := permit.Person{ID: id(), Jurisdiction: city, Name: "张晓明", IDNumber: first.IDNumber, Phone: "13900001234"}
	if got := of(renamed); got != first {
		t.Fatalf("somebody who types the number changed the person: %+v", got)
	}
	d.do(func(tx office.Tx) error { return tx.RenewPerson(ctx, renamed, now) })
	want := first
	want.Name, want.Phone = renamed.Name, renamed.Phone // what is not given stays
	if got := of(first); got != want {
		t.Fatalf("%+v", got)
	}
	refused(t, d.try(func(tx office.Tx) error {
		return tx.RenewPerson(ctx, permit.Person{Jurisdiction: other, IDNumber: first.IDNumber, Name: "张晓明"}, now)
	}), office.ErrNotFound)
	elsewhere := first
	elsewhere.ID, elsewhere.Jurisdiction = id(), other
	if got := of(elsewhere); got.ID != elsewhere.ID {
		t.Fatal("a person of one city was found in another")
	}
}

func TestPersonMadeTwiceAtOnce(t *testing.T) {
	d := open(t)
	var wait sync.WaitGroup
	made := make([]permit.Person, 4)
	for i := range made {
		wait.Go(func() {
			err := d.try(func(tx office.Tx) (err error) {
				made[i], err = tx.PersonOf(t.Context(), permit.Person{ID: id(), Jurisdiction: city, Name: "张小明", IDNumber: citizen(t, 1), EthnicGroup: "01", Phone: "13800005678"}, now)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, p := range made {
		if p != made[0] {
			t.Fatal("one person was made twice")
		}
	}
}

func TestFindApplication(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	a := d.submit(c.account.ID, "欧阳𠮷·昝", citizen(t, 1))
	d.submit(c.account.ID, "李四", citizen(t, 2))
	base := office.Finder{Jurisdiction: city, Reference: a.Reference}
	with := func(change func(*office.Finder)) office.Finder { f := base; change(&f); return f }
	for name, f := range map[string]office.Finder{
		"staff":     with(func(f *office.Finder) { f.Scope = &scope }),
		"citizen":   with(func(f *office.Finder) { f.Account = c.account.ID }),
		"ID number": with(func(f *office.Finder) { f.IDNumber = citizen(t, 1) }),
		"token":     {Token: a.token},
	} {
		d.do(func(tx office.Tx) error {
			got, err := tx.FindApplication(ctx, f, view)
			got.Application.SubmittedAt = got.Application.SubmittedAt.UTC()
			if want := (office.Case{Application: a.Application, Person: a.person, Token: a.token}); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v", name, got)
			}
			return err
		})
	}
	if got := d.owner(`select distinct concat_ws(' ', jurisdiction, person, account, object) from ledger_entry`); len(got) != 1 ||
		got[0] != strings.Join([]string{city, a.Person, c.account.ID, "application/" + a.Reference}, " ") {
		t.Fatal(got)
	}
	for name, f := range map[string]office.Finder{
		"nobody":            base,
		"no station":        with(func(f *office.Finder) { f.Scope = &access.Scope{Jurisdiction: city} }),
		"another station":   with(func(f *office.Finder) { f.Scope = &access.Scope{Jurisdiction: city, Stations: []string{"lw"}} }),
		"another city":      with(func(f *office.Finder) { f.Scope = &access.Scope{Jurisdiction: other, Stations: []string{"xq"}} }),
		"another account":   with(func(f *office.Finder) { f.Account = id() }),
		"no account at all": with(func(f *office.Finder) { f.Account = "x" }),
		"another ID number": with(func(f *office.Finder) { f.IDNumber = citizen(t, 2) }),
		"another token":     {Token: [16]byte(uuid.New())},
		"not a reference":   with(func(f *office.Finder) { f.Reference, f.Scope = "3506-\x00", &scope }),
		"unknown reference": {Jurisdiction: city, Reference: permit.NewReference(city), Scope: &scope},
	} {
		for _, find := range []func(tx office.Tx) (office.Case, error){
			func(tx office.Tx) (office.Case, error) { return tx.FindApplication(ctx, f, view) },
			func(tx office.Tx) (office.Case, error) { return tx.LockApplication(ctx, f, view) },
		} {
			err := d.try(func(tx office.Tx) error { _, err := find(tx); return err })
			if !errors.Is(err, office.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestApplicationsOf(t *testing.T) {
	d := open(t)
	c := d.cast()
	older := d.submit(c.account.ID, "张小明", citizen(t, 1))
	newer := d.submit(c.account.ID, "李四", citizen(t, 2), func(a *permit.Application) { a.SubmittedAt = now.Add(time.Hour) })
	d.submit("", "王五", citizen(t, 3), func(a *permit.Application) { a.Counter = "kiosk" })
	d.do(func(tx office.Tx) error {
		list, err := tx.ApplicationsOf(t.Context(), c.account.ID, view)
		if len(list) != 2 || list[0].Application.ID != newer.ID || list[1].Application.ID != older.ID {
			t.Errorf("%+v", list)
		}
		return err
	})
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.ApplicationsOf(t.Context(), "x", view); return err }), office.ErrNotFound)
}

func TestIdempotencyKey(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	again := func(body string) (made permit.Application, repeated bool, err error) {
		err = d.try(func(tx office.Tx) error {
			b := application(a.person, c.account.ID)
			made, repeated, err = tx.CreateApplication(ctx, b, [16]byte(uuid.New()), submitted(b), a.key, []byte(body))
			return err
		})
		return made, repeated, err
	}
	if made, repeated, err := again(a.key); err != nil || !repeated || made.Reference != a.Reference {
		t.Fatal(made.Reference, repeated, err)
	}
	_, _, err := again("another body")
	refused(t, err, office.ErrReused)

	with := func(key, body string) (made permit.Application, err error) {
		err = d.try(func(tx office.Tx) error { made, err = tx.SubmittedWith(ctx, key, []byte(body)); return err })
		return made, err
	}
	if made, err := with(a.key, a.key); err != nil || made.Reference != a.Reference {
		t.Fatal(made, err)
	}
	_, err = with(a.key, "another body")
	refused(t, err, office.ErrReused)
	_, err = with(id(), a.key)
	refused(t, err, office.ErrNotFound)

	if n := d.owner(`select reference from application`); len(n) != 1 {
		t.Fatal(n)
	}
	err = d.try(func(tx office.Tx) error {
		b := application(a.person, c.account.ID)
		_, _, err := tx.CreateApplication(ctx, b, [16]byte(uuid.New()), submitted(b), id(), []byte("x"))
		return err
	})
	refused(t, err, conflict("open_application"))
}

// Two taps at the same moment make one application, and both are told the same reference.
func TestIdempotencyKeyAtOnce(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	key := id()
	var wait sync.WaitGroup
	references := make([]string, 6)
	for i := range references {
		wait.Go(func() {
			err := d.try(func(tx office.Tx) error {
				p, err := tx.PersonOf(ctx, permit.Person{ID: id(), Jurisdiction: city, Name: "张小明", IDNumber: citizen(t, 1), EthnicGroup: "01", Phone: "13800005678"}, now)
				if err != nil {
					return err
				}
				a := application(p, c.account.ID)
				made, _, err := tx.CreateApplication(ctx, a, [16]byte(uuid.New()), submitted(a), key, []byte("body"))
				references[i] = made.Reference
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	rows := d.owner(`select reference from application`)
	for _, r := range references {
		if len(rows) != 1 || r != rows[0] {
			t.Fatal(references, rows)
		}
	}
	if n := d.owner(`select verb from application_event`); len(n) != 1 {
		t.Fatal(n)
	}
}

func TestDecisions(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	d.do(func(tx office.Tx) error { return save(ctx, tx)(accepted(a.Application, c.acceptor)) })
	refused(t, d.try(func(tx office.Tx) error { return save(ctx, tx)(accepted(a.Application, c.acceptor)) }), office.ErrStale)
	d.do(func(tx office.Tx) error {
		found, err := tx.LockApplication(ctx, office.Finder{Jurisdiction: city, Reference: a.Reference, Scope: &scope}, view)
		if err != nil {
			return err
		}
		want, _ := accepted(a.Application, c.acceptor)
		found.Application.SubmittedAt = found.Application.SubmittedAt.UTC()
		if !reflect.DeepEqual(found.Application, want) {
			t.Errorf("%+v", found.Application)
		}
		return save(ctx, tx)(decided(found.Application, permit.VerbRefuse, c.reviewer))
	})
	d.do(func(tx office.Tx) error {
		events, err := tx.Events(ctx, city, a.ID)
		if len(events) != 3 || events[0].Verb != permit.VerbSubmit || events[0].By != (permit.Officer{}) || events[0].Counter != "portal" {
			t.Fatalf("%+v", events)
		}
		_, want := decided(a.Application, permit.VerbRefuse, c.reviewer)
		events[2].At = events[2].At.UTC()
		if events[2] != want || events[1].By != c.acceptor {
			t.Errorf("%+v", events)
		}
		return err
	})
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.Events(ctx, city, "x"); return err }), office.ErrNotFound)
}

// Two officers decide at once: one wins, the others are told that the case has moved on.
func TestTwoOfficersAtOnce(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	d.do(func(tx office.Tx) error { return save(ctx, tx)(accepted(a.Application, c.acceptor)) })
	inReview, _ := accepted(a.Application, c.acceptor)
	var wait sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wait.Go(func() {
			verb := []string{permit.VerbGrant, permit.VerbRefuse}[i%2]
			errs[i] = d.try(func(tx office.Tx) error { return save(ctx, tx)(decided(inReview, verb, c.reviewer)) })
		})
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, office.ErrStale):
			t.Error(err)
		}
	}
	if n := d.owner(`select verb from application_event where version = 3`); won != 1 || len(n) != 1 {
		t.Fatal(won, n)
	}
}

func TestOpenApplication(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	open := func(jurisdiction, person string) (reference string, err error) {
		err = d.try(func(tx office.Tx) error {
			reference, err = tx.OpenApplication(ctx, jurisdiction, person, permit.KindIssue)
			return err
		})
		return reference, err
	}
	if reference, err := open(city, a.Person); err != nil || reference != a.Reference {
		t.Fatal(reference, err)
	}
	for _, none := range [][2]string{{other, a.Person}, {city, id()}, {city, "x"}} {
		_, err := open(none[0], none[1])
		refused(t, err, office.ErrNotFound)
	}
	d.issue(a, c)
	if reference, err := open(city, a.Person); err != nil || reference != a.Reference {
		t.Fatal("an issued permit is in force:", reference, err)
	}
	d.owner(`update permit set status = 'cancelled' returning number`)
	_, err := open(city, a.Person)
	refused(t, err, office.ErrNotFound)
}
