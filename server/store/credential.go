package store

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/credential"
	"anju/server/office"
)

// Unsigned locks what it returns and passes over what another process is signing, so that two of them share the work.
func (t *tx) Unsigned(ctx context.Context, limit int) ([]office.PreparedCredential, error) {
	rows, err := t.q.Query(ctx, `
		select jurisdiction, number, claims from permit_credential where signed is null
		order by jurisdiction, number limit $1 for update skip locked`, limit)
	if err != nil {
		return nil, failed(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[office.PreparedCredential])
	if err != nil {
		return nil, failed(err)
	}
	for i, c := range list {
		if list[i].Claims, err = t.secrets.open(place{"permit_credential", c.Number, "claims"}, c.Claims); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// SaveCredential keeps the first signature: one that comes later is told ErrStale.
func (t *tx) SaveCredential(ctx context.Context, jurisdiction, number string, kid [2]byte, signed []byte, now time.Time) error {
	return fresh(t.q.Exec(ctx, `update permit_credential set kid = $3, signed = $4, signed_at = $5 where jurisdiction = $1 and number = $2 and signed is null`,
		jurisdiction, number, kid[:], t.secrets.seal(place{"permit_credential", number, "signed"}, signed), now))
}

func keyPlace(kid credential.KeyID) place { return place{"signing_key", kid.String(), "private"} }

func (t *tx) SigningKeys(ctx context.Context) ([]office.StoredKey, error) {
	rows, err := t.q.Query(ctx, `select kid, alg, public, private, not_before, not_after, withdrawn_at from signing_key order by not_before, kid`)
	if err != nil {
		return nil, failed(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (k office.StoredKey, err error) {
		r, err := pgx.RowToStructByName[struct {
			Kid, Public, Private []byte
			Alg                  int64
			NotBefore, NotAfter  time.Time
			WithdrawnAt          *time.Time
		}](row)
		if err != nil {
			return k, failed(err)
		}
		k.Key = credential.Key{Kid: credential.KeyID(r.Kid), Alg: credential.Alg(r.Alg), NotBefore: r.NotBefore, NotAfter: r.NotAfter, Withdrawn: orZero(r.WithdrawnAt)}
		if k.Key.Public, err = x509.ParsePKIXPublicKey(r.Public); err != nil {
			return k, fmt.Errorf("store: public key %s: %w", hex.EncodeToString(r.Kid), err)
		}
		k.Private, err = t.secrets.open(keyPlace(k.Key.Kid), r.Private)
		return k, err
	})
}

func (t *tx) CreateSigningKey(ctx context.Context, k office.StoredKey) error {
	public, err := x509.MarshalPKIXPublicKey(k.Key.Public)
	if err != nil {
		return fmt.Errorf("store: public key: %w", err)
	}
	_, err = t.q.Exec(ctx, `insert into signing_key (kid, alg, public, private, not_before, not_after, withdrawn_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		k.Key.Kid[:], int64(k.Key.Alg), public, t.secrets.seal(keyPlace(k.Key.Kid), k.Private), k.Key.NotBefore, k.Key.NotAfter, orNull(k.Key.Withdrawn))
	return failed(err)
}

// WithdrawSigningKey keeps the first withdrawal: one that comes later is told ErrStale.
func (t *tx) WithdrawSigningKey(ctx context.Context, kid credential.KeyID, now time.Time) error {
	var there bool
	if err := t.q.QueryRow(ctx, `select exists (select from signing_key where kid = $1)`, kid[:]).Scan(&there); err != nil || !there {
		return cmp.Or(failed(err), error(office.ErrNotFound))
	}
	return fresh(t.q.Exec(ctx, `update signing_key set withdrawn_at = $2 where kid = $1 and withdrawn_at is null`, kid[:], now))
}

// Unsign passes over what another process is working on: whoever comes last finds it done.
func (t *tx) Unsign(ctx context.Context, limit int) (int, error) {
	tag, err := t.q.Exec(ctx, `
		update permit_credential c set kid = null, signed = null, signed_at = null
		from (select w.jurisdiction, w.number from permit_credential w join signing_key k on k.kid = w.kid
			where k.withdrawn_at is not null limit $1 for update of w skip locked) o
		where c.jurisdiction = o.jurisdiction and c.number = o.number`, limit)
	return int(tag.RowsAffected()), failed(err)
}
