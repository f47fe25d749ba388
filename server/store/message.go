package store

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/office"
)

func (t *tx) Send(ctx context.Context, m office.Message) error {
	args, err := t.secrets.sealJSON(place{"message", m.ID, "args"}, m.Args)
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `insert into message (id, phone, phone_index, lang, kind, args, created_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, t.secrets.seal(place{"message", m.ID, "phone"}, []byte(m.Phone)), t.phoneIndex("message", m.Phone), m.Lang, m.Kind, args, m.CreatedAt, cmp.Or(m.NotBefore, m.CreatedAt))
	return failed(err)
}

func (t *tx) phoneIndex(table, phone string) []byte {
	return t.secrets.blindText(table+".phone", phone)
}

const selectMessage = `select id, phone, lang, kind, args, created_at, sent_at, tries from message `

func (t *tx) MessagesTo(ctx context.Context, phone string, limit int) ([]office.Message, error) {
	return t.messages(ctx, selectMessage+`where phone_index = $1 order by created_at desc, id desc limit $2`, t.phoneIndex("message", phone), limit)
}

// NextMessages passes over what another process is handing to the gateway.
func (t *tx) NextMessages(ctx context.Context, now time.Time, limit int) ([]office.Message, error) {
	return t.messages(ctx, selectMessage+`where sent_at is null and due_at <= $1 order by due_at, id limit $2 for update skip locked`, now, limit)
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
			SentAt         *time.Time
			Tries          int
		}](row)
		if err != nil {
			return office.Message{}, failed(err)
		}
		open := t.opener("message", r.ID)
		m := office.Message{ID: r.ID, Phone: open.text("phone", r.Phone), Lang: r.Lang, Kind: r.Kind, CreatedAt: r.CreatedAt, SentAt: orZero(r.SentAt), Tries: r.Tries}
		open.json("args", r.Args, &m.Args)
		return m, open.err
	})
}

func (t *tx) MarkSent(ctx context.Context, id string, now time.Time) error {
	return t.mark(ctx, `update message set sent_at = $2, tries = tries + 1 where id = $1 and sent_at is null`, id, now)
}

func (t *tx) MarkFailed(ctx context.Context, id string, again time.Time) error {
	return t.mark(ctx, `update message set due_at = $2, tries = tries + 1 where id = $1 and sent_at is null`, id, again)
}

func (t *tx) mark(ctx context.Context, sql, id string, at time.Time) error {
	if err := ids(id); err != nil {
		return err
	}
	return found(t.q.Exec(ctx, sql, id, at))
}
