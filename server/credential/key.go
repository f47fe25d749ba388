package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/veraison/go-cose"
)

// Alg is a COSE algorithm number. It belongs to a key; what a message says about it is only compared (ASVS 9.1.2).
type Alg int64

// ES256 is ECDSA on P-256 with SHA-256: every browser checks it without a library.
const ES256 = Alg(cose.AlgorithmES256)

// KeyID names a key in the header of a signed code.
type KeyID [2]byte

// String gives four hexadecimal digits, as in the published key set.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// Signer makes signatures with one key. A hardware module or another algorithm stands behind the same three methods.
type Signer interface {
	KeyID() KeyID
	Alg() Alg
	// Sign signs a message, not its digest, and returns the signature in COSE form (for ES256: r and s, 32 bytes each).
	Sign(message []byte) ([]byte, error)
}

// PrivateKey is a signing key held in memory. It has no String: it must not reach a log.
type PrivateKey struct{ key *ecdsa.PrivateKey }

// GeneratePrivate makes a new ES256 key.
func GeneratePrivate() (PrivateKey, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return PrivateKey{k}, err
}

// ParsePrivate reads what Marshal wrote.
func ParsePrivate(pkcs8 []byte) (PrivateKey, error) {
	k, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("credential: private key: %w", err)
	}
	ec, ok := k.(*ecdsa.PrivateKey)
	if !ok || ec.Curve != elliptic.P256() {
		return PrivateKey{}, errors.New("credential: private key is not on P-256")
	}
	return PrivateKey{ec}, nil
}

// Marshal writes the key as PKCS #8, unencrypted: whoever keeps it seals it first.
func (p PrivateKey) Marshal() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(p.key) }

// Public is the half that is published.
func (p PrivateKey) Public() crypto.PublicKey { return &p.key.PublicKey }

// Signer signs with this key under the name id.
func (p PrivateKey) Signer(id KeyID) Signer { return memorySigner{id, p.key} }

type memorySigner struct {
	id  KeyID
	key *ecdsa.PrivateKey
}

func (s memorySigner) KeyID() KeyID { return s.id }
func (s memorySigner) Alg() Alg     { return ES256 }

func (s memorySigner) Sign(message []byte) ([]byte, error) {
	signer, err := cose.NewSigner(cose.AlgorithmES256, s.key)
	if err != nil {
		return nil, err
	}
	return signer.Sign(rand.Reader, message)
}

// Key is the public half of a signing key and its life.
type Key struct {
	Kid       KeyID
	Alg       Alg
	Public    crypto.PublicKey
	NotBefore time.Time // signs from then
	NotAfter  time.Time // and until then; what it signed stays good afterwards, so that permits in hand outlive a rotation
	Withdrawn time.Time // zero unless the key was given up as compromised: nothing it signed counts any more
}

// KeySet checks signatures. It is not changed once made, so any number of requests may share it.
type KeySet struct {
	keys      []Key
	verifiers map[KeyID]cose.Verifier
}

// NewKeySet takes every key that has ever signed, withdrawn ones included. Two keys of one name, an algorithm that is not known or a
// public key that does not fit its algorithm is an error.
func NewKeySet(keys ...Key) (KeySet, error) {
	set := KeySet{verifiers: map[KeyID]cose.Verifier{}}
	seen := map[KeyID]bool{}
	for _, k := range keys {
		if seen[k.Kid] {
			return KeySet{}, fmt.Errorf("credential: two keys are called %s", k.Kid)
		}
		seen[k.Kid] = true
		public, ok := k.Public.(*ecdsa.PublicKey)
		if k.Alg != ES256 || !ok || public.Curve != elliptic.P256() {
			return KeySet{}, fmt.Errorf("credential: key %s is not an ES256 key", k.Kid)
		}
		if !k.Withdrawn.IsZero() {
			continue
		}
		v, err := cose.NewVerifier(cose.Algorithm(k.Alg), public)
		if err != nil {
			return KeySet{}, fmt.Errorf("credential: key %s: %w", k.Kid, err)
		}
		set.keys = append(set.keys, k)
		set.verifiers[k.Kid] = v
	}
	sort.Slice(set.keys, func(i, j int) bool { return set.keys[i].Kid.String() < set.keys[j].Kid.String() })
	return set, nil
}

// Knows reports whether signatures of a key count: it has signed here, and was not withdrawn.
func (s KeySet) Knows(id KeyID) bool {
	_, ok := s.verifiers[id]
	return ok
}

// Verify checks a signature that a key made over a message with Signer.Sign. Errors: ErrUnknown (no such key, or a withdrawn one), ErrForged.
func (s KeySet) Verify(id KeyID, message, signature []byte) error {
	v, ok := s.verifiers[id]
	if !ok {
		return fmt.Errorf("%w: key %s", ErrUnknown, id)
	}
	if err := v.Verify(message, signature); err != nil {
		return fmt.Errorf("%w: signature", ErrForged)
	}
	return nil
}

// jwk is one published key (RFC 7517); nbf and exp are the signing period in seconds since 1970.
type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	Kid string `json:"kid"` // four hexadecimal digits
	Alg string `json:"alg"`
	Use string `json:"use"`
	X   string `json:"x"`
	Y   string `json:"y"`
	Nbf int64  `json:"nbf"`
	Exp int64  `json:"exp"`
}

// JWKS is the key set as published for offline checkers, ordered by kid. Withdrawn keys are not in it, so that their signatures are
// unknown everywhere.
func (s KeySet) JWKS() ([]byte, error) {
	out := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, k := range s.keys {
		point, err := k.Public.(*ecdsa.PublicKey).Bytes() // 4, x, y
		if err != nil {
			return nil, fmt.Errorf("credential: key %s: %w", k.Kid, err)
		}
		out.Keys = append(out.Keys, jwk{
			Kty: "EC", Crv: "P-256", Kid: k.Kid.String(), Alg: "ES256", Use: "sig",
			X:   base64.RawURLEncoding.EncodeToString(point[1:33]),
			Y:   base64.RawURLEncoding.EncodeToString(point[33:]),
			Nbf: k.NotBefore.Unix(), Exp: k.NotAfter.Unix(),
		})
	}
	return json.Marshal(out)
}

// holderKey reads a compressed P-256 point; nil if it is none.
func holderKey(b []byte) *ecdsa.PublicKey {
	if len(b) != 33 {
		return nil
	}
	x, y := elliptic.UnmarshalCompressed(elliptic.P256(), b)
	if x == nil {
		return nil
	}
	point := append([]byte{4}, make([]byte, 64)...)
	x.FillBytes(point[1:33])
	y.FillBytes(point[33:])
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil
	}
	return key
}

// holderSigned checks a phone's signature (r and s, 32 bytes each, as WebCrypto makes it) over SHA-256 of the message.
func holderSigned(key *ecdsa.PublicKey, message, signature []byte) bool {
	v, err := cose.NewVerifier(cose.AlgorithmES256, key)
	if err != nil {
		return false
	}
	digest := sha256.Sum256(message)
	return v.(cose.DigestVerifier).VerifyDigest(digest[:], signature) == nil
}
