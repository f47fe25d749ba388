package office

import (
	"context"
	"errors"
	"time"
)

// deliverBatch is how many texts are locked at a time.
const deliverBatch = 20

// Deliver hands the texts that are due to a sender. A text that is not taken is tried again, later each time; two processes never take
// the same one, because it stays locked until it is marked.
func (o *Office) Deliver(ctx context.Context, s Sender) (sent int, err error) {
	var failed error
	err = o.Store.Within(ctx, func(tx Tx) error {
		due, err := tx.NextMessages(ctx, o.now(), deliverBatch)
		if err != nil {
			return err
		}
		for _, m := range due {
			if err := s.Send(ctx, m); err != nil {
				failed = errors.Join(failed, err)
				if err := tx.MarkFailed(ctx, m.ID, o.now().Add(backOff(m.Tries))); err != nil {
					return err
				}
				continue
			}
			if err := tx.MarkSent(ctx, m.ID, o.now()); err != nil {
				return err
			}
			sent++
		}
		return nil
	})
	return sent, errors.Join(err, failed)
}

// backOff waits 10 s, 20 s, 40 s … at most an hour.
func backOff(tries int) time.Duration {
	return min(10*time.Second<<min(tries, 9), time.Hour)
}
