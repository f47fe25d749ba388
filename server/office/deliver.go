package office

import (
	"context"
	"errors"
	"time"

	"anju/server/access"
)

// Deliver hands one text of the outbox to a sender, unless that has been done. It returns how long the text has still to wait, by the clock of
// the office: nobody is texted by night. No transaction waits for the gateway; a crash between the gateway's answer and the mark sends the
// text once more under the same id, which the gateway knows. A text that is gone, or a code that has lapsed meanwhile, is not sent.
func (o *Office) Deliver(ctx context.Context, s Sender, id string) (wait time.Duration, err error) {
	var m Message
	err = o.Store.Within(ctx, func(tx Tx) error {
		m, err = tx.Message(ctx, id)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	}
	now := o.now()
	if !m.SentAt.IsZero() || m.Kind == signInCode && now.Sub(m.CreatedAt) > access.CodeLifetime {
		return 0, nil
	}
	if wait := m.NotBefore.Sub(now); wait > 0 {
		return wait, nil
	}
	if err := s.Send(ctx, m); err != nil {
		return 0, err
	}
	return 0, o.Store.Within(ctx, func(tx Tx) error { return tx.MarkSent(ctx, m.ID, o.now()) })
}
