package store_test

import (
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/permit"
)

// issue brings a sent application to its permit.
func (d desk) issue(a sent, c cast) (p permit.Permit) {
	d.t.Helper()
	ctx := d.t.Context()
	today := civic.DateOf(now)
	x, e := accepted(a.Application, c.acceptor)
	d.do(func(tx office.Tx) error { return tx.SaveApplication(ctx, x, e) })
	x, e = decided(x, permit.VerbGrant, c.reviewer)
	d.do(func(tx office.Tx) error { return tx.SaveApplication(ctx, x, e) })
	x.State, x.Version, x.ProducedOn = permit.ToCollect, x.Version+1, today
	d.do(func(tx office.Tx) error {
		return tx.SaveApplication(ctx, x, permit.Event{Verb: permit.VerbProduce, State: x.State, At: now, On: today, By: c.acceptor})
	})
	d.do(func(tx office.Tx) error {
		list, index, err := tx.NextStatusIndex(ctx, city)
		if err != nil {
			return err
		}
		serial, err := tx.NextSerial(ctx, city, "350602", 2026)
		if err != nil {
			return err
		}
		p = permit.Permit{Jurisdiction: city, Number: permit.NewNumber("350602", 2026, serial), Application: a.ID, Person: a.Person, Ruleset: a.Ruleset, Tier: a.Tier,
			Division: "350602", Issuer: civic.Text{Zh: "漳州市公安局芗城分局", En: "Xiangcheng"}, IssuedOn: today, EndorseFrom: today, EndorseBy: today.AddMonths(12), StatusSince: today, Version: 1,
			Residence: "芗城区新华北路八号三栋501室", Status: permit.Active, StatusList: list, StatusIndex: index, Token: [16]byte(uuid.New())}
		x.State, x.Version, x.IssuedOn, x.Permit = permit.Issued, x.Version+1, today, p.Number
		event := permit.Event{Verb: permit.VerbIssue, State: x.State, At: now, On: today, By: c.acceptor}
		if err := tx.SaveApplication(ctx, x, event); err != nil {
			return err
		}
		line := permit.Interval{Reason: permit.ReasonRegistered, From: a.Particulars.RegisteredOn, On: today}
		return tx.CreatePermit(ctx, permit.Begin(p, event, line), []byte("claims of "+p.Number))
	})
	return p
}

func signingKey(t *testing.T, kid credential.KeyID) office.StoredKey {
	t.Helper()
	private, err := credential.GeneratePrivate()
	if err != nil {
		t.Fatal(err)
	}
	marshalled, err := private.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return office.StoredKey{Private: marshalled, Key: credential.Key{Kid: kid, Alg: credential.ES256, Public: private.Public(), NotBefore: now, NotAfter: now.AddDate(2, 0, 0)}}
}

func TestSigningKeys(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	first, second := signingKey(t, credential.KeyID{1, 2}), signingKey(t, credential.KeyID{1, 3})
	second.Key.NotBefore, second.Key.Withdrawn = now.AddDate(1, 0, 0), now.AddDate(1, 6, 0)
	d.do(func(tx office.Tx) error {
		return errors.Join(tx.CreateSigningKey(ctx, second), tx.CreateSigningKey(ctx, first))
	})
	d.do(func(tx office.Tx) error {
		keys, err := tx.SigningKeys(ctx)
		for i, want := range []office.StoredKey{first, second} {
			got := keys[i]
			if got.Key.Kid != want.Key.Kid || got.Key.Alg != want.Key.Alg || !reflect.DeepEqual(got.Key.Public, want.Key.Public) || !slices.Equal(got.Private, want.Private) ||
				!got.Key.NotBefore.Equal(want.Key.NotBefore) || !got.Key.NotAfter.Equal(want.Key.NotAfter) || !got.Key.Withdrawn.Equal(want.Key.Withdrawn) {
				t.Errorf("%+v", got.Key)
			}
		}
		return err
	})
	refused(t, d.try(func(tx office.Tx) error { return tx.CreateSigningKey(ctx, signingKey(t, first.Key.Kid)) }), conflict("kid_taken"))
}

func TestPermit(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	p := d.issue(a, c)
	if want := permit.NewNumber("350602", 2026, 1); p.Number != want {
		t.Fatal(p.Number)
	}
	want := office.PermitCase{Permit: p, Holder: a.person, Account: c.account.ID, Station: "xq", Reference: a.Reference}
	for name, f := range map[string]office.PermitFinder{
		"holder": {Jurisdiction: city, Number: p.Number, Account: c.account.ID},
		"staff":  {Jurisdiction: city, Number: p.Number, Scope: &scope},
		"code":   {Jurisdiction: city, Number: p.Number, Anyone: true},
		"token":  {Token: p.Token},
	} {
		d.do(func(tx office.Tx) error {
			got, err := tx.FindPermit(ctx, f, view)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v", name, got)
			}
			return err
		})
	}
	for name, f := range map[string]office.PermitFinder{
		"nobody":             {Jurisdiction: city, Number: p.Number},
		"another account":    {Jurisdiction: city, Number: p.Number, Account: id()},
		"no account":         {Jurisdiction: city, Number: p.Number, Account: "x"},
		"another station":    {Jurisdiction: city, Number: p.Number, Scope: &access.Scope{Jurisdiction: city, Stations: []string{"lw"}}},
		"another city":       {Jurisdiction: other, Number: p.Number, Anyone: true},
		"another token":      {Token: [16]byte(uuid.New())},
		"the slip's token":   {Token: a.token},
		"an unknown number":  {Jurisdiction: city, Number: permit.NewNumber("350602", 2026, 2), Anyone: true},
		"not a number":       {Jurisdiction: city, Number: "350602\x00", Anyone: true},
		"no number whatever": {},
	} {
		err := d.try(func(tx office.Tx) error { _, err := tx.FindPermit(ctx, f, view); return err })
		if !errors.Is(err, office.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.do(func(tx office.Tx) error {
		list, err := tx.PermitsOf(ctx, c.account.ID, view)
		if len(list) != 1 || !reflect.DeepEqual(list[0], want) {
			t.Errorf("%+v", list)
		}
		return err
	})
	if got := d.owner(`select distinct concat_ws(' ', jurisdiction, person, account, object) from ledger_entry`); len(got) != 1 ||
		got[0] != city+" "+a.Person+" "+c.account.ID+" permit/"+p.Number {
		t.Fatal(got)
	}
	refused(t, d.try(func(tx office.Tx) error {
		p.Number = permit.NewNumber("350602", 2026, 9)
		p.StatusIndex = 9
		return tx.CreatePermit(ctx, permit.Change{Permit: p}, nil)
	}),
		conflict("permit_exists"))
}

// What is signed is known before it is signed, and is signed once.
func TestCredential(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	p := d.issue(d.submit(c.account.ID, "张小明", citizen(t, 1)), c)
	key := signingKey(t, credential.KeyID{1, 2})
	d.do(func(tx office.Tx) error { return tx.CreateSigningKey(ctx, key) })
	unsigned := func() (list []office.PreparedCredential) {
		d.do(func(tx office.Tx) (err error) { list, err = tx.Unsigned(ctx, 10); return })
		return list
	}
	want := office.PreparedCredential{Jurisdiction: city, Number: p.Number, Claims: []byte("claims of " + p.Number)}
	if list := unsigned(); len(list) != 1 || !reflect.DeepEqual(list[0], want) {
		t.Fatalf("%+v", list)
	}
	sign := func(number string, kid credential.KeyID) error {
		return d.try(func(tx office.Tx) error { return tx.SaveCredential(ctx, city, number, kid, []byte("signed"), now) })
	}
	if err := sign(p.Number, credential.KeyID{9, 9}); err == nil {
		t.Fatal("signed with a key that nobody knows")
	}
	if err := sign(p.Number, key.Key.Kid); err != nil {
		t.Fatal(err)
	}
	refused(t, sign(p.Number, key.Key.Kid), office.ErrStale)
	if list := unsigned(); len(list) != 0 {
		t.Fatalf("%+v", list)
	}
	d.do(func(tx office.Tx) error {
		got, err := tx.FindPermit(ctx, office.PermitFinder{Token: p.Token}, view)
		if string(got.Signed) != "signed" {
			t.Errorf("%q", got.Signed)
		}
		return err
	})
}

// Counters give every number once, and give it again when the transaction that took it failed.
func TestCounters(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	mine := errors.New("mine")
	refused(t, d.try(func(tx office.Tx) error {
		_, err := tx.NextSerial(ctx, city, "350602", 2026)
		return errors.Join(err, mine)
	}), mine)
	var wait sync.WaitGroup
	serials, places := make([]int, 5), make([]int, 5)
	for i := range serials {
		wait.Go(func() {
			err := d.try(func(tx office.Tx) error {
				list, place, err := tx.NextStatusIndex(ctx, city)
				if list != 1 {
					t.Error("list", list)
				}
				if err != nil {
					return err
				}
				places[i] = place
				serials[i], err = tx.NextSerial(ctx, city, "350602", 2026)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	slices.Sort(serials)
	slices.Sort(places)
	if !slices.Equal(serials, []int{1, 2, 3, 4, 5}) || !slices.Equal(places, []int{0, 1, 2, 3, 4}) {
		t.Fatal(serials, places)
	}
	d.owner(`update status_position set next = 1048576 returning ''`)
	d.do(func(tx office.Tx) error {
		for _, other := range []struct {
			division string
			year     int
		}{{"350603", 2026}, {"350602", 2027}} {
			if n, err := tx.NextSerial(ctx, city, other.division, other.year); err != nil || n != 1 {
				t.Error(n, err)
			}
		}
		list, place, err := tx.NextStatusIndex(ctx, city)
		if list != 2 || place != 0 {
			t.Error(list, place)
		}
		return err
	})
}
