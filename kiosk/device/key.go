package device

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base32"
	"errors"
	"strings"
)

// A kiosk signs with Ed25519, or with P-256 (ECDSA over SHA-256, ASN.1 signature) where a security chip holds the key.
// The algorithm follows from the key and is never taken from the message.
var errKeyKind = errors.New("device: a kiosk's key is Ed25519 or P-256")

// Keys finds the public key of an enrolled device.
type Keys func(device string) (crypto.PublicKey, bool)

// Trust enrols these public keys, each under its DeviceID.
func Trust(keys ...crypto.PublicKey) (Keys, error) {
	enrolled := map[string]crypto.PublicKey{}
	for _, key := range keys {
		id, err := DeviceID(key)
		if err != nil {
			return nil, err
		}
		enrolled[id] = key
	}
	return func(device string) (crypto.PublicKey, bool) {
		key, ok := enrolled[device]
		return key, ok
	}, nil
}

// DeviceID names a kiosk by its public key: "k" and the first 80 bits of the key's SHA-256 in base32. So no name can be
// taken by another key, and none has to be handed out.
func DeviceID(key crypto.PublicKey) (string, error) {
	der, err := marshalKey(key)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(der)
	return "k" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])), nil
}

// FormatPublicKey writes a kiosk's public key on one line, for enrolment at the server.
func FormatPublicKey(key crypto.PublicKey) (string, error) {
	der, err := marshalKey(key)
	return encodeText(der), err
}

// ParsePublicKey reads what FormatPublicKey wrote.
func ParsePublicKey(text string) (crypto.PublicKey, error) {
	der, ok := decodeText(text)
	if !ok {
		return nil, errKeyKind
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errKeyKind
	}
	if _, err := marshalKey(key); err != nil {
		return nil, err
	}
	return key, nil
}

func marshalKey(key crypto.PublicKey) ([]byte, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return nil, errKeyKind
		}
	default:
		return nil, errKeyKind
	}
	return x509.MarshalPKIXPublicKey(key)
}

func sign(key crypto.Signer, message []byte) ([]byte, error) {
	if _, ok := key.Public().(ed25519.PublicKey); ok {
		return key.Sign(rand.Reader, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

func verify(key crypto.PublicKey, message, signature []byte) bool {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return len(k) == ed25519.PublicKeySize && ed25519.Verify(k, message, signature)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		return k.Curve == elliptic.P256() && ecdsa.VerifyASN1(k, sum[:], signature)
	default:
		return false
	}
}
