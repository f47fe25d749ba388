package office

import (
	"context"

	"github.com/google/uuid"
)

// newID makes an identifier that sorts by time (UUID version 7).
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// signInCode is the kind of text that carries a one-time code.
const signInCode = "sign_in_code"

// message makes a text for a phone: the kind names the sentence, which notify says in the language of the person.
func (o *Office) message(phone, lang, kind string, pairs ...string) Message {
	m := Message{ID: newID(), Phone: phone, Lang: lang, Kind: kind, Args: map[string]string{}, CreatedAt: o.now()}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Args[pairs[i]] = pairs[i+1]
	}
	return m
}

// MessagesTo returns the texts for a phone, newest first. Only the demo offers them.
func (o *Office) MessagesTo(ctx context.Context, phone string) (messages []Message, err error) {
	if !o.Demo {
		return nil, ErrNotFound
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		messages, err = tx.MessagesTo(ctx, phone, 20)
		return err
	})
	return messages, err
}

// tell sends the holder of an application a text in the language of the account.
func (o *Office) tell(ctx context.Context, tx Tx, c Case, kind string, pairs ...string) error {
	account, err := tx.Account(ctx, c.Application.Account)
	if err != nil {
		return err
	}
	return tx.Send(ctx, o.message(account.Phone, account.Lang, kind, append([]string{"Reference", c.Application.Reference}, pairs...)...))
}

// isUUID reports whether a form's idempotency key has its form.
func isUUID(s string) bool { return uuid.Validate(s) == nil }

// NewKey makes the idempotency key of a form.
func NewKey() string { return newID() }
