package office

import (
	"context"
	"errors"
	"slices"
	"time"

	"anju/server/access"
	"anju/server/ledger"
)

// keyShown is how long a new key waits, sealed, to be shown once.
const keyShown = 10 * time.Minute

func keyPath(code string) string { return "partner-key/" + code }

// NewPartnerKey makes a key for a partner. The one before stays good for a while, so that the partner can change over; with two that are
// good already there is no third. The key itself is given to the page that comes next, once.
func (o *Office) NewPartnerKey(ctx context.Context, actor access.Actor, jurisdiction, code, formKey string) (key string, err error) {
	city, err := partnerCity(actor, jurisdiction)
	if err != nil {
		return "", err
	}
	if !isUUID(formKey) {
		return "", &Error{What: Invalid, Why: "key_missing"}
	}
	now := o.now()
	key, name, hash := access.NewPartnerKey(city)
	err = o.changePartner(ctx, actor, city, code, ledger.Keyed, string(name), func(tx Tx, p Partner) error {
		made := access.PartnerKey{Name: name, CreatedAt: now, ExpiresAt: now.Add(access.PartnerKeyLife)}
		again, err := tx.CreatePartnerKey(ctx, city, code, made, hash, staffID(actor), formKey)
		if err != nil {
			return err
		}
		if again {
			return errNothingToDo
		}
		for _, k := range p.Keys {
			if k.Alive(now) && k.ExpiresAt.After(now.Add(access.PartnerKeyOverlap)) {
				k.ExpiresAt = now.Add(access.PartnerKeyOverlap)
				if err := tx.SavePartnerKey(ctx, city, k); err != nil {
					return err
				}
			}
		}
		if actor.Kind != access.Staff {
			return nil
		}
		return tx.Park(ctx, ParkedForm{Account: actor.ID, Path: keyPath(code), Values: map[string][]string{"key": {key}}, Until: now.Add(keyShown)})
	})
	return key, err
}

// ShowPartnerKey gives a key that the actor has just made, once; "" when there is none to show.
func (o *Office) ShowPartnerKey(ctx context.Context, actor access.Actor, code string) (key string, err error) {
	values, err := o.Unpark(ctx, actor.ID, keyPath(code))
	if err != nil || len(values["key"]) != 1 {
		return "", err
	}
	return values["key"][0], nil
}

// RevokePartnerKey ends a key at once.
func (o *Office) RevokePartnerKey(ctx context.Context, actor access.Actor, jurisdiction, code string, name access.PartnerKeyName) error {
	city, err := partnerCity(actor, jurisdiction)
	if err != nil {
		return err
	}
	return o.changePartner(ctx, actor, city, code, ledger.Keyed, "revoked "+string(name), func(tx Tx, p Partner) error {
		i := slices.IndexFunc(p.Keys, func(k access.PartnerKey) bool { return k.Name == name })
		if i < 0 {
			return ErrNotFound
		}
		k := p.Keys[i]
		if !k.EndedAt.IsZero() {
			return errNothingToDo
		}
		k.EndedAt = o.now()
		return tx.SavePartnerKey(ctx, city, k)
	})
}

// Admit finds the partner of a key. Too many requests with one key, or too many wrong keys from one address, have to wait.
func (o *Office) Admit(ctx context.Context, key, peer string) (access.Actor, error) {
	city, _, hash, ok := access.ParsePartnerKey(key)
	if !ok {
		return access.Actor{}, o.wrongKey(ctx, peer)
	}
	now := o.now()
	var code string
	var k access.PartnerKey
	err := o.Store.Within(ctx, func(tx Tx) (err error) {
		if code, k, err = tx.PartnerKey(ctx, city, hash); err != nil || !k.Alive(now) || !k.NeedsTouch(now) {
			return err
		}
		k.UsedAt = now
		return tx.SavePartnerKey(ctx, city, k)
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return access.Actor{}, o.wrongKey(ctx, peer)
	case err != nil:
		return access.Actor{}, err
	case !k.Alive(now):
		return access.Actor{}, &Error{What: Unauthorised, Why: "key_ended"}
	}
	if err := o.throttled(ctx, city+"/"+string(k.Name), access.RequestsPerKey); err != nil {
		return access.Actor{}, err
	}
	return access.Actor{Kind: access.Partner, ID: access.PartnerID(city, code)}, nil
}

func (o *Office) wrongKey(ctx context.Context, peer string) error {
	if err := o.throttled(ctx, peer, access.WrongKeysPerPeer); err != nil {
		return err
	}
	return &Error{What: Unauthorised, Why: "key_unknown"}
}
