package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// textJob hands one text to the gateway. It names the text, whose words and phone stay sealed in its row.
type textJob struct {
	Message string `json:"message"`
}

// Kind names the job in the queue.
func (textJob) Kind() string { return "text" }

// outboxTries is how often a text is tried before it is given up: with backOff, for four days. Nobody needs to be reminded later than that.
const outboxTries = 100

// backOff waits 1, 2, 4 … minutes after a failed try, at most an hour.
func backOff(tries int) time.Duration {
	return min(time.Minute<<min(max(tries-1, 0), 6), time.Hour)
}

// enqueuer adds jobs in the transaction of the deed that they belong to. It never works any.
func enqueuer() (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(nil), &river.Config{Schema: riverSchema, PollOnly: true, Logger: slog.New(slog.DiscardHandler)})
}

// Outbox works the texts that wait.
type Outbox struct {
	// Deliver hands over the text with the id. A wait above zero asks to be called again after it: the text may not go out yet.
	Deliver func(ctx context.Context, id string) (wait time.Duration, err error)
	Log     *slog.Logger
	// Pause stretches or shortens the time until a text is looked at again; nil leaves it as it is. Tests do not wait for minutes.
	Pause func(time.Duration) time.Duration
	// Poll is how often the queue is asked for work; zero: every second.
	Poll time.Duration
}

// Run works the outbox until the context ends, then lets what is being handed over come to its end. Any number of processes may run it at
// once: each text is taken by one. It asks the queue instead of listening, because a pooler in between drops notifications without a word.
func (o Outbox) Run(ctx context.Context, s *Store) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &textWorker{outbox: o})
	client, err := river.NewClient(riverpgxv5.New(s.pool), &river.Config{
		Schema: riverSchema, Workers: workers, PollOnly: true, FetchPollInterval: o.Poll, FetchCooldown: o.Poll,
		Queues:       map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 5}},
		JobTimeout:   30 * time.Second, // more than the gateway is given
		RetryPolicy:  o,
		ErrorHandler: o, Logger: o.Log,
		ReindexerIndexNames: []string{}, // the role of the application owns no index
	})
	if err != nil {
		return err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), outboxStop)
	defer cancel()
	if err := client.Stop(stop); errors.Is(err, context.DeadlineExceeded) {
		return client.StopAndCancel(context.WithoutCancel(ctx))
	}
	return nil
}

// outboxStop is how long a stop waits for texts that are being handed over. What is cut off is handed over again under its own id.
const outboxStop = 10 * time.Second

func (o Outbox) pause(d time.Duration) time.Duration {
	if o.Pause != nil {
		return o.Pause(d)
	}
	return d
}

// NextRetry is when a text that the gateway did not take is tried again.
func (o Outbox) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(o.pause(backOff(job.Attempt)))
}

// HandleError tells the operator; a text that is given up is an error, one that is tried again a warning. Neither names a person.
func (o Outbox) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if job.Attempt >= job.MaxAttempts {
		o.Log.Error("a text was given up", "tries", job.Attempt, "err", err)
	} else {
		o.Log.Warn("a text could not be delivered", "tries", job.Attempt, "err", err)
	}
	return nil
}

// HandlePanic tells the operator as HandleError does.
func (o Outbox) HandlePanic(_ context.Context, job *rivertype.JobRow, reason any, trace string) *river.ErrorHandlerResult {
	o.Log.Error("delivering a text panicked", "tries", job.Attempt, "panic", reason, "trace", trace)
	return nil
}

type textWorker struct {
	river.WorkerDefaults[textJob]
	outbox Outbox
}

// Work hands a text over, or lays it aside until it may go out. That wait does not count as a try.
func (w *textWorker) Work(ctx context.Context, job *river.Job[textJob]) error {
	wait, err := w.outbox.Deliver(ctx, job.Args.Message)
	if err == nil && wait > 0 {
		return river.JobSnooze(w.outbox.pause(wait))
	}
	return err
}
