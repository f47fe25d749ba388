package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"anju/server/access"
	"anju/server/office"
)

// TestSweep keeps what is still of use and deletes what is not, kind by kind.
func TestSweep(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	hour, day := time.Hour, 24*time.Hour
	account := d.cast().account
	stale, fresh := draftOf("visit-old"), draftOf("visit-new")
	stale.OwnerKind, fresh.OwnerKind = access.Kiosk, access.Kiosk
	stale.UpdatedAt, fresh.UpdatedAt = now.Add(-2*hour), now.Add(-hour/2)
	portal := draftOf("somebody at home")
	portal.OwnerKind, portal.UpdatedAt = access.Citizen, now.Add(-5*day)
	session := func(seen time.Time) access.Session {
		_, hash := access.NewToken()
		return access.Session{Hash: hash, Kind: access.Citizen, Subject: account.ID, CreatedAt: seen, SeenAt: seen}
	}
	challenge := func(expires time.Time) access.Challenge {
		_, hash := access.NewToken()
		return access.Challenge{Hash: hash, Purpose: "sign-in", Phone: account.Phone, CodeHash: hash, ExpiresAt: expires}
	}
	text := func(kind string, at time.Time) office.Message {
		return office.Message{ID: id(), Phone: account.Phone, Lang: "zh", Kind: kind, Args: map[string]string{}, CreatedAt: at}
	}
	handedOver := text("accepted", now.Add(-60*day))
	d.do(func(tx office.Tx) error {
		_, _, err := tx.Count(ctx, access.CodesPerPhoneHour, "old", now.Add(-5*hour))
		_, _, again := tx.Count(ctx, access.CodesPerPhoneHour, "new", now)
		return errors.Join(err, again,
			tx.CreateDraft(ctx, stale), tx.CreateDraft(ctx, fresh), tx.CreateDraft(ctx, portal),
			tx.CreateSession(ctx, session(now.Add(-8*day))), tx.CreateSession(ctx, session(now.Add(-day))),
			tx.CreateChallenge(ctx, challenge(now.Add(-2*day))), tx.CreateChallenge(ctx, challenge(now)),
			tx.Park(ctx, office.ParkedForm{Account: account.ID, Path: "/apply/identity", Values: map[string][]string{"name": {"a"}}, Until: now.Add(-time.Minute)}),
			tx.Park(ctx, office.ParkedForm{Account: account.ID, Path: "/apply/hukou", Values: map[string][]string{"name": {"a"}}, Until: now.Add(time.Minute)}),
			tx.Send(ctx, text("sign_in_code", now.Add(-2*day))), tx.Send(ctx, text("submitted", now.Add(-2*day))), tx.Send(ctx, handedOver),
			tx.MarkSent(ctx, handedOver.ID, now.Add(-40*day)))
	})
	const left = `select owner from draft union all select 'session' from session union all select 'challenge' from challenge union all select path from parked_form
		union all select kind from message union all select 'throttle' from throttle order by 1`
	want := []string{"/apply/hukou", "challenge", "session", "somebody at home", "submitted", "throttle", "visit-new"}
	for range 2 { // a second time changes nothing
		d.do(func(tx office.Tx) error { _, err := tx.Sweep(ctx, now); return err })
		got := d.owner(left)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("left are %v, not %v", got, want)
		}
	}
}
