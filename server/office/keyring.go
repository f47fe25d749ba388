package office

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"anju/server/credential"
)

// keyring holds the signing keys in memory: all of them to check, the newest to sign.
type keyring struct {
	mu     sync.RWMutex
	set    credential.KeySet
	signer credential.Signer
	read   time.Time
}

func (k *keyring) loaded() bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.signer != nil
}

func (k *keyring) current() (credential.KeySet, credential.Signer) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.set, k.signer
}

// KeepKeys reads the keys anew, because another process may have made or withdrawn one, and signs again what a process that had not heard of a
// withdrawal signed meanwhile.
func (o *Office) KeepKeys(ctx context.Context) error {
	if err := o.loadKeys(ctx); err != nil {
		return err
	}
	_, err := o.resign(ctx)
	return err
}

// rereadEvery is how often keys are looked for again at most, when a code names a key that is not known here.
const rereadEvery = 10 * time.Second

// signingLife is how long a new key signs; what it signed stays good.
const signingLife = 2 * 365 * 24 * time.Hour

// Open loads the signing keys, making the first one when there is none, signs what was prepared and not signed when the house last went
// down, and publishes the status lists.
func (o *Office) Open(ctx context.Context) error {
	if err := o.loadKeys(ctx); err != nil {
		return err
	}
	if !o.ring.loaded() {
		if _, err := o.CreateSigningKey(ctx); err != nil {
			return err
		}
	}
	if err := o.SignPrepared(ctx); err != nil {
		return err
	}
	_, err := o.PublishStatus(ctx)
	return err
}

// CreateSigningKey makes a key that signs from now on. Older keys go on being accepted.
func (o *Office) CreateSigningKey(ctx context.Context) (credential.KeyID, error) {
	private, err := credential.GeneratePrivate()
	if err != nil {
		return credential.KeyID{}, err
	}
	sealed, err := private.Marshal()
	if err != nil {
		return credential.KeyID{}, err
	}
	var kid credential.KeyID
	rand.Read(kid[:])
	now := o.now()
	key := credential.Key{Kid: kid, Alg: credential.ES256, Public: private.Public(), NotBefore: now, NotAfter: now.Add(signingLife)}
	err = o.Store.Within(ctx, func(tx Tx) error { return tx.CreateSigningKey(ctx, StoredKey{Key: key, Private: sealed}) })
	if err != nil {
		return kid, fmt.Errorf("office: signing key: %w", err)
	}
	return kid, o.loadKeys(ctx)
}

// WithdrawSigningKey gives a key up as compromised: from then on nothing that it signed counts, wherever keys are read from us. A new key is made
// when it was the one that signs. Then what it had signed is signed again, permits and status lists; resigned says how many permits.
//
// Codes on paper that the key signed are unknown from then on, and have to be printed again. Errors: ErrNotFound, ErrStale (withdrawn before).
func (o *Office) WithdrawSigningKey(ctx context.Context, kid credential.KeyID) (resigned int, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error { return tx.WithdrawSigningKey(ctx, kid, o.now()) })
	if err != nil {
		return 0, fmt.Errorf("office: withdraw key %s: %w", kid, err)
	}
	if err := o.loadKeys(ctx); err != nil {
		return 0, err
	}
	if !o.ring.loaded() {
		if _, err := o.CreateSigningKey(ctx); err != nil {
			return 0, err
		}
	}
	if resigned, err = o.resign(ctx); err != nil {
		return resigned, err
	}
	_, err = o.PublishStatus(ctx)
	return resigned, err
}

// resign signs again what withdrawn keys had signed.
func (o *Office) resign(ctx context.Context) (n int, err error) {
	const batch = 1000
	for unsigned := batch; unsigned == batch; n += unsigned {
		err := o.Store.Within(ctx, func(tx Tx) (err error) {
			unsigned, err = tx.Unsign(ctx, batch)
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, o.SignPrepared(ctx)
}

func (o *Office) loadKeys(ctx context.Context) error {
	var stored []StoredKey
	err := o.Store.Within(ctx, func(tx Tx) (err error) {
		stored, err = tx.SigningKeys(ctx)
		return err
	})
	if err != nil {
		return err
	}
	now := o.now()
	var keys []credential.Key
	var newest *StoredKey
	for i, k := range stored {
		keys = append(keys, k.Key)
		if k.Key.Withdrawn.IsZero() && !now.Before(k.Key.NotBefore) && now.Before(k.Key.NotAfter) && (newest == nil || k.Key.NotBefore.After(newest.Key.NotBefore)) {
			newest = &stored[i]
		}
	}
	set, err := credential.NewKeySet(keys...)
	if err != nil {
		return err
	}
	var signer credential.Signer
	if newest != nil {
		private, err := credential.ParsePrivate(newest.Private)
		if err != nil {
			return err
		}
		signer = private.Signer(newest.Key.Kid)
	}
	o.ring.mu.Lock()
	defer o.ring.mu.Unlock()
	o.ring.set, o.ring.signer, o.ring.read = set, signer, now
	return nil
}

// KeySet returns the keys that codes are checked with.
func (o *Office) KeySet() credential.KeySet {
	set, _ := o.ring.current()
	return set
}

// check proves a signed code; when it names a key that is not known here, another process may have made one, so keys are read again.
func (o *Office) check(ctx context.Context, code credential.Code) (credential.Proof, error) {
	set, _ := o.ring.current()
	proof, err := set.Check(code, o.now())
	if !errors.Is(err, credential.ErrUnknown) {
		return proof, err
	}
	o.ring.mu.RLock()
	fresh := o.now().Sub(o.ring.read) < rereadEvery
	o.ring.mu.RUnlock()
	if fresh {
		return proof, err
	}
	if err := o.loadKeys(ctx); err != nil {
		return proof, err
	}
	set, _ = o.ring.current()
	return set.Check(code, o.now())
}
