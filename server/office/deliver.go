package office

import (
	"context"
	"errors"
	"time"
)

// deliverBatch is how many texts are taken at a time: few enough that all are handed over within the shortest back-off, even when the
// gateway takes its time.
const deliverBatch = 5

// Deliver hands the texts that are due to a sender. Each is first put off to its next try, so that no transaction waits for the gateway
// and no two processes take the same one; what is taken by the gateway is then marked as sent. A crash in between sends a text once more
// under the same id, which the gateway knows.
func (o *Office) Deliver(ctx context.Context, s Sender) (sent int, err error) {
	var due []Message
	err = o.Store.Within(ctx, func(tx Tx) error {
		if due, err = tx.NextMessages(ctx, o.now(), deliverBatch); err != nil {
			return err
		}
		for _, m := range due {
			if err := tx.MarkFailed(ctx, m.ID, o.now().Add(backOff(m.Tries))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, m := range due {
		if failed := s.Send(ctx, m); failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		marked := o.Store.Within(ctx, func(tx Tx) error { return tx.MarkSent(ctx, m.ID, o.now()) })
		if marked != nil {
			err = errors.Join(err, marked)
			continue
		}
		sent++
	}
	return sent, err
}

// backOff waits 1, 2, 4 … minutes, at most an hour.
func backOff(tries int) time.Duration {
	return min(time.Minute<<min(tries, 6), time.Hour)
}
