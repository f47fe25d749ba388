package store_test

import (
	"reflect"
	"testing"
	"time"

	"anju/server/ledger"
	"anju/server/office"
)

func TestEntriesAbout(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	c := d.cast()
	a := d.submit(c.account.ID, "张小明", citizen(t, 1))
	stranger := d.submit("", "李四", citizen(t, 2))
	entry := func(minutes int, change func(*ledger.Entry)) ledger.Entry {
		e := view
		e.At, e.Jurisdiction = now.Add(time.Duration(minutes)*time.Minute), city
		change(&e)
		return e
	}
	aboutPerson := entry(2, func(e *ledger.Entry) { e.Person, e.Object = a.Person, "application/"+a.Reference })
	aboutAccount := entry(1, func(e *ledger.Entry) {
		e.Jurisdiction, e.ActorKind, e.ActorID, e.Station, e.Action, e.Account = "", "citizen", c.account.ID, "", ledger.SignedIn, c.account.ID
	})
	d.do(func(tx office.Tx) error {
		return tx.Record(ctx, aboutAccount, aboutPerson, entry(3, func(e *ledger.Entry) { e.Person = stranger.Person }),
			entry(0, func(e *ledger.Entry) { e.ActorKind, e.ActorID = "system", "" }))
	})
	d.do(func(tx office.Tx) error { return tx.Record(ctx) })
	d.do(func(tx office.Tx) error {
		got, err := tx.EntriesAbout(ctx, c.account.ID, 10)
		for i := range got {
			got[i].At = got[i].At.UTC()
		}
		if !reflect.DeepEqual(got, []ledger.Entry{aboutPerson, aboutAccount}) {
			t.Errorf("%+v", got)
		}
		if newest, _ := tx.EntriesAbout(ctx, c.account.ID, 1); len(newest) != 1 || newest[0].Person != a.Person {
			t.Errorf("%+v", newest)
		}
		return err
	})
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.EntriesAbout(ctx, "x", 10); return err }), office.ErrNotFound)
}
