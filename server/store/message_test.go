package store_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"anju/server/office"
)

func TestMessages(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	text := func(phone string, at time.Time) office.Message {
		return office.Message{ID: id(), Phone: phone, Lang: "zh", Kind: "sign_in_code", Args: map[string]string{"Code": "123456"}, CreatedAt: at}
	}
	first, second, third := text("13800005678", now), text("13800005678", now.Add(time.Second)), text("13900001234", now.Add(2*time.Second))
	d.do(func(tx office.Tx) error {
		return errors.Join(tx.Send(ctx, first), tx.Send(ctx, second), tx.Send(ctx, third))
	})
	next := func(tx office.Tx, at time.Time) (ids []string) {
		list, err := tx.NextMessages(ctx, at, 10)
		if err != nil {
			t.Error(err)
		}
		for _, m := range list {
			ids = append(ids, m.ID)
		}
		return ids
	}
	d.do(func(tx office.Tx) error {
		list, err := tx.MessagesTo(ctx, "13800005678", 10)
		for i, want := range []office.Message{second, first} {
			if list[i].CreatedAt = list[i].CreatedAt.UTC(); !reflect.DeepEqual(list[i], want) {
				t.Errorf("%+v", list[i])
			}
		}
		if one, _ := tx.MessagesTo(ctx, "13800005678", 1); len(list) != 2 || len(one) != 1 || one[0].ID != second.ID {
			t.Errorf("%+v", one)
		}
		if none, _ := tx.MessagesTo(ctx, "13800005679", 10); len(none) != 0 {
			t.Errorf("%+v", none)
		}
		return err
	})
	d.do(func(tx office.Tx) error {
		if got := next(tx, now.Add(time.Second)); !reflect.DeepEqual(got, []string{first.ID, second.ID}) {
			t.Error(got)
		}
		// Another process takes what is left, and does not wait.
		d.do(func(tx office.Tx) error {
			if got := next(tx, now.Add(time.Hour)); !reflect.DeepEqual(got, []string{third.ID}) {
				t.Error(got)
			}
			return nil
		})
		return errors.Join(tx.MarkSent(ctx, first.ID, now), tx.MarkFailed(ctx, second.ID, now.Add(time.Minute)))
	})
	d.do(func(tx office.Tx) error {
		if got := next(tx, now.Add(59*time.Second)); !reflect.DeepEqual(got, []string{third.ID}) {
			t.Error(got)
		}
		if got := next(tx, now.Add(time.Minute)); !reflect.DeepEqual(got, []string{third.ID, second.ID}) {
			t.Error(got)
		}
		list, err := tx.MessagesTo(ctx, "13800005678", 10)
		if list[0].Tries != 1 || !list[0].SentAt.IsZero() || list[1].Tries != 1 || !list[1].SentAt.Equal(now) {
			t.Errorf("%+v", list)
		}
		return err
	})
	refused(t, d.try(func(tx office.Tx) error { return tx.MarkSent(ctx, first.ID, now) }), office.ErrNotFound)
	refused(t, d.try(func(tx office.Tx) error { return tx.MarkFailed(ctx, "x", now) }), office.ErrNotFound)
}
