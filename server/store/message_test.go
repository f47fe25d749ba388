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
		return office.Message{ID: id(), Phone: phone, Lang: "zh", Kind: "sign_in_code", Args: map[string]string{"Code": "123456"}, CreatedAt: at, NotBefore: at.Add(time.Minute)}
	}
	first, second, third := text("13800005678", now), text("13800005678", now.Add(time.Second)), text("13900001234", now.Add(2*time.Second))
	d.do(func(tx office.Tx) error {
		return errors.Join(tx.Send(ctx, first), tx.Send(ctx, second), tx.Send(ctx, third))
	})
	d.do(func(tx office.Tx) error {
		list, err := tx.MessagesTo(ctx, "13800005678", 10)
		for i, want := range []office.Message{second, first} {
			if list[i].CreatedAt, list[i].NotBefore = list[i].CreatedAt.UTC(), list[i].NotBefore.UTC(); !reflect.DeepEqual(list[i], want) {
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
	d.do(func(tx office.Tx) error { return tx.MarkSent(ctx, first.ID, now) })
	d.do(func(tx office.Tx) error {
		sent, err := tx.Message(ctx, first.ID)
		waits, failed := tx.Message(ctx, third.ID)
		if !sent.SentAt.Equal(now) || waits.Phone != third.Phone || !waits.SentAt.IsZero() || !waits.NotBefore.Equal(third.NotBefore) {
			t.Errorf("%+v, %+v", sent, waits)
		}
		return errors.Join(err, failed)
	})
	refused(t, d.try(func(tx office.Tx) error { return tx.MarkSent(ctx, first.ID, now) }), office.ErrNotFound)
	for _, nobody := range []string{id(), "x"} {
		refused(t, d.try(func(tx office.Tx) error { _, err := tx.Message(ctx, nobody); return err }), office.ErrNotFound)
	}
	// A text that is not kept has no job either: both are written in one transaction.
	lost := text("13800005678", now)
	refused(t, d.try(func(tx office.Tx) error { return errors.Join(tx.Send(ctx, lost), office.ErrStale) }), office.ErrStale)
	jobs := d.owner(`select args->>'message' from river.river_job order by id`)
	if !reflect.DeepEqual(jobs, []string{first.ID, second.ID, third.ID}) {
		t.Errorf("the queue holds %v", jobs)
	}
}
