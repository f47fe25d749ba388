package store_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
)

func TestAccount(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	var mine office.Account
	d.do(func(tx office.Tx) (err error) { mine, err = tx.AccountOf(ctx, "13800005678", "zh", now); return })
	d.do(func(tx office.Tx) error {
		again, err := tx.AccountOf(ctx, "13800005678", "en", now)
		if again.ID != mine.ID {
			t.Error("a second account for one phone")
		}
		return err
	})
	d.do(func(tx office.Tx) error {
		got, err := tx.Account(ctx, mine.ID)
		if want := (office.Account{ID: mine.ID, Phone: "13800005678", Lang: "en"}); got != want {
			t.Errorf("%+v", got)
		}
		return err
	})
	for _, unknown := range []string{id(), "", "x", "'; drop table account"} {
		refused(t, d.try(func(tx office.Tx) error { _, err := tx.Account(ctx, unknown); return err }), office.ErrNotFound)
	}
}

func TestAccountMadeTwiceAtOnce(t *testing.T) {
	d := open(t)
	var wait sync.WaitGroup
	made := make([]office.Account, 4)
	for i := range made {
		wait.Go(func() {
			err := d.try(func(tx office.Tx) (err error) {
				made[i], err = tx.AccountOf(t.Context(), "13800005678", "zh", now)
				return
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, a := range made {
		if a != made[0] {
			t.Fatal("one phone has two accounts")
		}
	}
}

func TestParkedForm(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	form := office.ParkedForm{Account: id(), Path: "/apply/identity", Values: map[string][]string{"name": {"张小明"}, "grounds": {"a", "b"}}, Until: now.Add(time.Hour)}
	d.do(func(tx office.Tx) error { return tx.Park(ctx, form) })
	form.Values["name"] = []string{"张大明"}
	d.do(func(tx office.Tx) error { return tx.Park(ctx, form) })
	unpark := func(account, path string, at time.Time) (p office.ParkedForm, err error) {
		err = d.try(func(tx office.Tx) error { p, err = tx.Unpark(ctx, account, path, at); return err })
		return p, err
	}
	for _, other := range [][2]string{{id(), form.Path}, {form.Account, "/apply/hukou"}, {"x", form.Path}} {
		_, err := unpark(other[0], other[1], now)
		refused(t, err, office.ErrNotFound)
	}
	_, err := unpark(form.Account, form.Path, form.Until)
	refused(t, err, office.ErrNotFound)
	got, err := unpark(form.Account, form.Path, now)
	if err != nil || !reflect.DeepEqual(got.Values, form.Values) {
		t.Fatal(got, err)
	}
	_, err = unpark(form.Account, form.Path, now)
	refused(t, err, office.ErrNotFound)
}

func TestStaff(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	d.do(func(tx office.Tx) error { return tx.CreateStation(ctx, station("xq")) })
	member := access.StaffMember{ID: id(), Login: "Lin.Shouli", Name: "林受理", PasswordHash: access.HashPassword("correct horse"), TOTPSecret: "JBSWY3DPEHPK3PXP",
		Posts: []access.Post{{Jurisdiction: city, Role: access.Auditor}, {Jurisdiction: city, Station: "xq", Role: access.Acceptor}}}
	d.do(func(tx office.Tx) error { return tx.CreateStaff(ctx, member) })
	d.do(func(tx office.Tx) error { return tx.SaveTOTPStep(ctx, member.ID, 7) })
	member.TOTPStep = 7
	for _, find := range []func(tx office.Tx) (access.StaffMember, error){
		func(tx office.Tx) (access.StaffMember, error) { return tx.StaffByLogin(ctx, "lin.shouli") },
		func(tx office.Tx) (access.StaffMember, error) { return tx.StaffByID(ctx, member.ID) },
	} {
		d.do(func(tx office.Tx) error {
			got, err := find(tx)
			if !reflect.DeepEqual(got, member) {
				t.Errorf("%+v", got)
			}
			return err
		})
	}
	for _, unknown := range []string{"nobody", "", "a\x00b", "\xff"} {
		refused(t, d.try(func(tx office.Tx) error { _, err := tx.StaffByLogin(ctx, unknown); return err }), office.ErrNotFound)
		refused(t, d.try(func(tx office.Tx) error { _, err := tx.StaffByID(ctx, unknown); return err }), office.ErrNotFound)
	}
	same := member
	same.ID, same.Login = id(), "LIN.shouli"
	refused(t, d.try(func(tx office.Tx) error { return tx.CreateStaff(ctx, same) }), conflict("login_taken"))

	refused(t, d.try(func(tx office.Tx) error { return tx.SaveTOTPStep(ctx, member.ID, 7) }), office.ErrStale)
	demo := access.StaffMember{ID: id(), Login: "demo", Name: "演示", PasswordHash: member.PasswordHash}
	d.do(func(tx office.Tx) error { return tx.CreateStaff(ctx, demo) })
	d.do(func(tx office.Tx) error { return tx.SaveTOTPStep(ctx, demo.ID, 0) })
}

func TestStation(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	street, county := station("xq", "350602001", "350602002"), station("county", "350602")
	d.do(func(tx office.Tx) error {
		for _, s := range []office.Station{street, county} {
			if err := tx.CreateStation(ctx, s); err != nil {
				return err
			}
		}
		renamed := street
		renamed.Name.Zh, renamed.Divisions = "改名", []string{"350602009"}
		return tx.CreateStation(ctx, renamed)
	})
	for division, want := range map[string]office.Station{"350602001": street, "350602003": county, "350602": county} {
		d.do(func(tx office.Tx) error {
			got, err := tx.StationFor(ctx, city, division)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v", division, got)
			}
			return err
		})
	}
	d.do(func(tx office.Tx) error {
		got, err := tx.Station(ctx, city, "xq")
		if !reflect.DeepEqual(got, street) {
			t.Errorf("%+v", got)
		}
		return err
	})
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.Station(ctx, other, "xq"); return err }), office.ErrNotFound)
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.StationFor(ctx, city, "350603001"); return err }), office.ErrNotFound)
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.StationFor(ctx, other, "350602001"); return err }), office.ErrNotFound)
	refused(t, d.try(func(tx office.Tx) error { return tx.CreateStation(ctx, station("rival", "350602001")) }), conflict("division_served"))
}
