package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"anju/server/office"
)

// AccountOf finds the account by the keyed hash of its phone. Two first sign-ins at once make one account: the second waits for the
// first at the unique constraint, and then finds it.
func (t *tx) AccountOf(ctx context.Context, phone, lang string, now time.Time) (office.Account, error) {
	a := office.Account{Phone: phone, Lang: lang}
	id, index := newID(), t.phoneIndex("account", phone)
	err := t.q.QueryRow(ctx, `
		insert into account (id, phone, phone_index, lang, created_at) values ($1, $2, $3, $4, $5)
		on conflict (phone_index) do update set lang = excluded.lang
		returning id`,
		id, t.secrets.seal(place{"account", id, "phone"}, []byte(phone)), index, lang, now).Scan(&a.ID)
	return a, failed(err)
}

func (t *tx) Account(ctx context.Context, id string) (office.Account, error) {
	if err := ids(id); err != nil {
		return office.Account{}, err
	}
	a := office.Account{ID: id}
	var phone []byte
	if err := t.q.QueryRow(ctx, `select phone, lang from account where id = $1`, id).Scan(&phone, &a.Lang); err != nil {
		return office.Account{}, failed(err)
	}
	open := t.opener("account", id)
	a.Phone = open.text("phone", phone)
	return a, open.err
}

func (t *tx) KnownAccount(ctx context.Context, phone string) (office.Account, error) {
	a := office.Account{Phone: phone}
	err := t.q.QueryRow(ctx, `select id, lang from account where phone_index = $1`, t.phoneIndex("account", phone)).Scan(&a.ID, &a.Lang)
	return a, failed(err)
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func (t *tx) Park(ctx context.Context, p office.ParkedForm) error {
	form, err := t.secrets.sealJSON(parkedPlace(p.Account, p.Path), p.Values)
	if err != nil {
		return err
	}
	_, err = t.q.Exec(ctx, `
		insert into parked_form (account, path, form, until) values ($1, $2, $3, $4)
		on conflict (account, path) do update set form = excluded.form, until = excluded.until`,
		p.Account, p.Path, form, p.Until)
	return failed(err)
}

func parkedPlace(account, path string) place {
	return place{"parked_form", account + " " + path, "form"}
}

// Unpark deletes what it gives, and also what has grown too old to be given.
func (t *tx) Unpark(ctx context.Context, account, path string, now time.Time) (office.ParkedForm, error) {
	if err := ids(account); err != nil {
		return office.ParkedForm{}, err
	}
	p := office.ParkedForm{Account: account, Path: path}
	var form []byte
	err := t.q.QueryRow(ctx, `delete from parked_form where account = $1 and path = $2 returning form, until`, account, path).Scan(&form, &p.Until)
	if err != nil {
		return office.ParkedForm{}, failed(err)
	}
	if !now.Before(p.Until) {
		return office.ParkedForm{}, office.ErrNotFound
	}
	return p, t.secrets.openJSON(parkedPlace(account, path), form, &p.Values)
}
