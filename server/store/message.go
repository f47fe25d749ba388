package store

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"anju/server/office"
)

// Send stores a text and, in the same transaction, the job that hands it over.
func (t *tx) Send(ctx context.Context, m office.Message) error {
	args, err := t.secrets.sealJSON(place{"message", m.ID, "args"}, m.Args)
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `insert into message (id, phone, phone_index, lang, kind, args, created_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, t.secrets.seal(place{"message", m.ID, "phone"}, []byte(m.Phone)), t.phoneIndex("message", m.Phone), m.Lang, m.Kind, args, m.CreatedAt, cmp.Or(m.NotBefore, m.CreatedAt))
	if err != nil {
		return failed(err)
	}
	_, err = t.jobs.InsertTx(ctx, t.q, textJob{Message: m.ID}, &river.InsertOpts{MaxAttempts: outboxTries})
	return failed(err)
}

func (t *tx) phoneIndex(table, phone string) []byte {
	return t.secrets.blindText(table+".phone", phone)
}

const selectMessage = `select id, phone, lang, kind, args, created_at, due_at, sent_at from message `

func (t *tx) MessagesTo(ctx context.Context, phone string, limit int) ([]office.Message, error) {
	return t.messages(ctx, selectMessage+`where phone_index = $1 order by created_at desc, id desc limit $2`, t.phoneIndex("message", phone), limit)
}

func (t *tx) Message(ctx context.Context, id string) (office.Message, error) {
	if err := ids(id); err != nil {
		return office.Message{}, err
	}
	list, err := t.messages(ctx, selectMessage+`where id = $1`, id)
	if err != nil {
		return office.Message{}, err
	}
	if len(list) == 0 {
		return office.Message{}, office.ErrNotFound
	}
	return list[0], nil
}

func (t *tx) messages(ctx context.Context, sql string, args ...any) ([]office.Message, error) {
	rows, err := t.q.Query(ctx, sql, args...)
	if err != nil {
		return nil, failed(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (office.Message, error) {
		r, err := pgx.RowToStructByName[struct {
			ID, Lang, Kind string
			Phone, Args    []byte
			CreatedAt      time.Time
			DueAt          time.Time
			SentAt         *time.Time
		}](row)
		if err != nil {
			return office.Message{}, failed(err)
		}
		open := t.opener("message", r.ID)
		m := office.Message{ID: r.ID, Phone: open.text("phone", r.Phone), Lang: r.Lang, Kind: r.Kind, CreatedAt: r.CreatedAt, NotBefore: r.DueAt, SentAt: orZero(r.SentAt)}
		open.json("args", r.Args, &m.Args)
		return m, open.err
	})
}

func (t *tx) MarkSent(ctx context.Context, id string, now time.Time) error {
	if err := ids(id); err != nil {
		return err
	}
	return found(t.q.Exec(ctx, `update message set sent_at = $2 where id = $1 and sent_at is null`, id, now))
}
