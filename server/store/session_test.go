package store_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
)

func TestSession(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	_, hash := access.NewToken()
	want := access.Session{Hash: hash, Kind: access.Citizen, Subject: id(), CreatedAt: now, SeenAt: now}
	read := func() (s access.Session) {
		d.do(func(tx office.Tx) (err error) { s, err = tx.Session(ctx, access.Citizen, hash); return })
		return s
	}
	d.do(func(tx office.Tx) error { return tx.CreateSession(ctx, want) })
	if got := read(); got.Subject != want.Subject || !got.SeenAt.Equal(now) || !got.EndedAt.IsZero() {
		t.Fatalf("%+v", got)
	}
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.Session(ctx, access.Staff, hash); return err }), office.ErrNotFound)
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.Session(ctx, access.Citizen, want.Hash[:31]); return err }), office.ErrNotFound)

	d.do(func(tx office.Tx) error { return tx.TouchSession(ctx, hash, now.Add(time.Minute)) })
	if got := read(); !got.SeenAt.Equal(now.Add(time.Minute)) {
		t.Fatalf("%+v", got)
	}
	d.do(func(tx office.Tx) error { return tx.EndSession(ctx, hash, now.Add(2*time.Minute)) })
	d.do(func(tx office.Tx) error { return tx.EndSession(ctx, hash, now.Add(3*time.Minute)) })
	d.do(func(tx office.Tx) error { return tx.TouchSession(ctx, hash, now.Add(4*time.Minute)) })
	if got := read(); !got.EndedAt.Equal(now.Add(2*time.Minute)) || !got.SeenAt.Equal(now.Add(time.Minute)) {
		t.Fatalf("an ended session lived on: %+v", got)
	}
	if err := d.try(func(tx office.Tx) error { return tx.CreateSession(ctx, want) }); err == nil {
		t.Fatal("a session was made twice")
	}
}

func TestChallenge(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	_, hash := access.NewToken()
	want := access.Challenge{Hash: hash, Purpose: "sign-in", Phone: "13800005678", CodeHash: hash, ExpiresAt: now.Add(access.CodeLifetime)}
	d.do(func(tx office.Tx) error { return tx.CreateChallenge(ctx, want) })
	want.Tries, want.UsedAt = 2, now
	d.do(func(tx office.Tx) error { return tx.SaveChallenge(ctx, want) })
	d.do(func(tx office.Tx) error {
		got, err := tx.Challenge(ctx, hash)
		got.ExpiresAt, got.UsedAt = got.ExpiresAt.UTC(), got.UsedAt.UTC()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v", got)
		}
		return err
	})
	_, unknown := access.NewToken()
	refused(t, d.try(func(tx office.Tx) error { _, err := tx.Challenge(ctx, unknown); return err }), office.ErrNotFound)
	want.Hash = unknown
	refused(t, d.try(func(tx office.Tx) error { return tx.SaveChallenge(ctx, want) }), office.ErrNotFound)
}

// Two tries at the same moment count as two.
func TestChallengeIsLocked(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	_, hash := access.NewToken()
	d.do(func(tx office.Tx) error {
		return tx.CreateChallenge(ctx, access.Challenge{Hash: hash, Purpose: "sign-in", Phone: "13800005678", CodeHash: hash, ExpiresAt: now})
	})
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			err := d.try(func(tx office.Tx) error {
				c, err := tx.Challenge(ctx, hash)
				if err != nil {
					return err
				}
				c.Tries++
				return tx.SaveChallenge(ctx, c)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := d.owner(`select tries::text from challenge`); n[0] != "4" {
		t.Fatalf("%s tries of 4 were counted", n)
	}
}

func TestCount(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	hourly, daily := access.Limit{Name: "hourly", Window: time.Hour}, access.Limit{Name: "daily", Window: 24 * time.Hour}
	for _, step := range []struct {
		limit access.Limit
		key   string
		after time.Duration
		n     int
		until time.Duration
	}{
		{hourly, "13800005678", 0, 1, time.Hour},
		{hourly, "13800005678", 59 * time.Minute, 2, time.Hour},
		{hourly, "13800005679", 0, 1, time.Hour},
		{daily, "13800005678", 0, 1, 22 * time.Hour},
		{hourly, "13800005678", time.Hour, 1, 2 * time.Hour},
		{hourly, "", 0, 1, time.Hour},
	} {
		d.do(func(tx office.Tx) error {
			n, until, err := tx.Count(ctx, step.limit, step.key, now.Add(step.after))
			if n != step.n || !until.Equal(now.Add(step.until)) {
				t.Errorf("%+v: %d until %s", step, n, until)
			}
			return err
		})
	}
	if n := d.owner(`select count(*)::text from throttle`); n[0] != "4" {
		t.Errorf("%s rows for four keys", n)
	}
}
