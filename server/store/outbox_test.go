package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"anju/server/office"
	"anju/server/store"
)

// TestWhatNobodyTakesIsGivenUp lets the last three tries of a text fail: the operator is told when it is over, and nothing of whom it was for.
// A text is never tried for ever, and an outbox that is stopped comes to its end.
func TestWhatNobodyTakesIsGivenUp(t *testing.T) {
	d := open(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	text := office.Message{ID: id(), Phone: "13800138001", Lang: "zh", Kind: "submitted", Args: map[string]string{"Reference": "3506-7K2M-9QXT"}, CreatedAt: now}
	d.do(func(tx office.Tx) error { return tx.Send(ctx, text) })
	d.owner(`update river.river_job set attempt = max_attempts - 3 returning 'x'`)
	var logged bytes.Buffer
	over := make(chan struct{})
	log := slog.New(slog.NewTextHandler(writer(func(line []byte) {
		logged.Write(line)
		if bytes.Contains(line, []byte("level=ERROR")) {
			close(over)
		}
	}), nil))
	outbox := store.Outbox{Log: log, Poll: time.Millisecond, Pause: func(time.Duration) time.Duration { return 0 },
		Deliver: func(context.Context, string) (time.Duration, error) { return 0, errors.New("down") }}
	done := make(chan error)
	go func() { done <- outbox.Run(ctx, d.Store) }()
	select {
	case <-over:
	case <-time.After(time.Minute):
		t.Fatal("never given up")
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(logged.String(), "level=WARN"); n != 2 || strings.Contains(logged.String(), text.Phone) || strings.Contains(logged.String(), text.ID) {
		t.Errorf("%d warnings before it was given up: %s", n, logged.String())
	}
	if state := d.owner(`select state::text from river.river_job`); state[0] != "discarded" {
		t.Error(state)
	}
}

// writer is a function that is written to.
type writer func(line []byte)

func (w writer) Write(line []byte) (int, error) {
	w(line)
	return len(line), nil
}
