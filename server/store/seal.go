package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// A sealed value is one byte of key version, a nonce of 12 random bytes, and AES-256-GCM of the value. Table, row, column and version
// are bound into it as associated data, so a value that was copied to another row or column does not open.
//
// Each column has a key of its own, derived from the master key (RFC 5869): far below the 2^32 values that random nonces allow to a key.

const nonceSize = 12

// Secrets seals and opens what is stored about people, and makes the keyed hashes by which it is found again.
type Secrets struct {
	masters map[byte][]byte
	oldest  byte // its keyed hashes find everything, so it stays the key of hashes until they are all made anew
	newest  byte // seals
	sealers sync.Map
	hashes  sync.Map
}

// MasterKey is one generation of the key from which all others are derived.
type MasterKey struct {
	Version byte // from 1, rising with every rotation
	Key     [32]byte
}

// NewSecrets takes every master key whose values are still stored. The newest one seals; all of them open.
func NewSecrets(keys ...MasterKey) (*Secrets, error) {
	if len(keys) == 0 {
		return nil, errors.New("store: there is no master key")
	}
	s := &Secrets{masters: map[byte][]byte{}}
	for _, k := range keys {
		if k.Version == 0 || s.masters[k.Version] != nil {
			return nil, fmt.Errorf("store: version %d of the master key is zero or given twice", k.Version)
		}
		s.masters[k.Version] = k.Key[:]
		s.newest = max(s.newest, k.Version)
		if s.oldest == 0 || k.Version < s.oldest {
			s.oldest = k.Version
		}
	}
	return s, nil
}

// Key derives 32 bytes for a purpose outside the store, such as hashing one-time codes. The same purpose gives the same key on every
// machine that has the same oldest master key.
func (s *Secrets) Key(purpose string) []byte { return s.derive(s.oldest, "key/"+purpose) }

func (s *Secrets) derive(version byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, s.masters[version], nil, "anju/"+purpose, 32)
	if err != nil { // only a length beyond 8160 bytes fails
		panic(err)
	}
	return key
}

// place is where a sealed value stands.
type place struct{ table, row, column string }

func (p place) bound(version byte) []byte {
	return fmt.Appendf(nil, "%s|%s|%s|%d", p.table, p.row, p.column, version)
}

type sealer struct {
	version byte
	column  string
}

func (s *Secrets) sealer(version byte, p place) (cipher.AEAD, error) {
	id := sealer{version, p.table + "." + p.column}
	if known, ok := s.sealers.Load(id); ok {
		return known.(cipher.AEAD), nil
	}
	if s.masters[version] == nil {
		return nil, fmt.Errorf("no master key of version %d", version)
	}
	block, err := aes.NewCipher(s.derive(version, "seal/"+id.column))
	if err != nil {
		return nil, err
	}
	made, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	known, _ := s.sealers.LoadOrStore(id, made)
	return known.(cipher.AEAD), nil
}

// seal returns the stored form of a value.
func (s *Secrets) seal(p place, value []byte) []byte {
	aead, err := s.sealer(s.newest, p)
	if err != nil { // the newest key is there and has 32 bytes
		panic(err)
	}
	out := make([]byte, 1+nonceSize, 1+nonceSize+len(value)+aead.Overhead())
	out[0] = s.newest
	rand.Read(out[1:])
	return aead.Seal(out, out[1:], value, p.bound(s.newest))
}

// open returns the value that was sealed in this place.
func (s *Secrets) open(p place, sealed []byte) ([]byte, error) {
	if len(sealed) < 1+nonceSize {
		return nil, fmt.Errorf("store: %s.%s is too short to be sealed", p.table, p.column)
	}
	version := sealed[0]
	aead, err := s.sealer(version, p)
	if err != nil {
		return nil, fmt.Errorf("store: %s.%s does not open: %w", p.table, p.column, err)
	}
	value, err := aead.Open(nil, sealed[1:1+nonceSize], sealed[1+nonceSize:], p.bound(version))
	if err != nil {
		return nil, fmt.Errorf("store: %s.%s does not open: it was changed or belongs to another row", p.table, p.column)
	}
	return value, nil
}

// sealJSON seals a value of several fields as a whole.
func (s *Secrets) sealJSON(p place, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("store: %s.%s: %w", p.table, p.column, err)
	}
	return s.seal(p, text), nil
}

func (s *Secrets) openJSON(p place, sealed []byte, value any) error {
	text, err := s.open(p, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("store: %s.%s is not what was sealed", p.table, p.column)
	}
	return nil
}

// blind returns the keyed hash by which a value of a column is found again. Each column has its own key, so that equal values in two
// columns cannot be told to be equal.
func (s *Secrets) blind(column string, value []byte) []byte {
	key, ok := s.hashes.Load(column)
	if !ok {
		key, _ = s.hashes.LoadOrStore(column, s.derive(s.oldest, "index/"+column))
	}
	mac := hmac.New(sha256.New, key.([]byte))
	mac.Write(value)
	return mac.Sum(nil)
}

func (s *Secrets) blindText(column, value string) []byte { return s.blind(column, []byte(value)) }
