package credential

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/veraison/go-cose"
)

// Why a code does not count. Parse and Check return exactly one of them, wrapped with the detail that a log may have.
var (
	ErrForeign = errors.New("credential: not a code of this site")
	ErrForged  = errors.New("credential: not what we signed")
	ErrUnknown = errors.New("credential: no such token or key")
	ErrStale   = errors.New("credential: a live code that is not fresh")
)

// A live code counts while -LiveAhead <= checker's clock - code's time <= LiveAge.
const (
	LiveAge   = 60 * time.Second
	LiveAhead = 20 * time.Second
)

const (
	tagSign1 = 0xd2 // CBOR tag 18
	liveTail = 4 + 64
)

// liveEpoch is where the four-byte time of a live code begins.
var liveEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// header is the protected header: these two labels and nothing else.
type header struct {
	Alg Alg    `cbor:"1,keyasint"`
	Kid []byte `cbor:"4,keyasint"`
}

// envelope is COSE_Sign1 without its tag (RFC 9052 section 4.2). Headers outside the signature must be absent.
type envelope struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected cbor.RawMessage
	Payload     []byte
	Signature   []byte
}

var emptyMap = cbor.RawMessage{0xa0}

// coseSigner lets go-cose build and sign the Sig_structure through our narrower interface.
type coseSigner struct{ Signer }

func (s coseSigner) Algorithm() cose.Algorithm { return cose.Algorithm(s.Alg()) }

func (s coseSigner) Sign(_ io.Reader, content []byte) ([]byte, error) {
	return s.Signer.Sign(content)
}

// Sign signs the claims and returns the COSE_Sign1 bytes. The claims must be in the ranges of the format.
func Sign(signer Signer, c Claims) ([]byte, error) {
	payload, err := c.marshal()
	if err != nil {
		return nil, err
	}
	id := signer.KeyID()
	headers := cose.Headers{
		Protected:   cose.ProtectedHeader{cose.HeaderLabelAlgorithm: cose.Algorithm(signer.Alg()), cose.HeaderLabelKeyID: id[:]},
		Unprotected: cose.UnprotectedHeader{},
	}
	signed, err := cose.Sign1(nil, coseSigner{signer}, headers, payload, nil)
	if err != nil {
		return nil, fmt.Errorf("credential: sign with key %s: %w", id, err)
	}
	if len(signed) > maxEnvelope {
		return nil, fmt.Errorf("credential: %d bytes signed, at most %d", len(signed), maxEnvelope)
	}
	return signed, nil
}

// splitEnvelope reads one COSE_Sign1 and returns what follows it.
func splitEnvelope(b []byte) (envelope, []byte, error) {
	var e envelope
	if len(b) == 0 || b[0] != tagSign1 || len(b) > maxEnvelope+liveTail {
		return e, nil, errors.New("credential: not a COSE_Sign1")
	}
	rest, err := decodeStrict.UnmarshalFirst(b[1:], &e)
	if err != nil {
		return e, nil, err
	}
	again, err := encode.Marshal(e)
	if err != nil {
		return e, nil, err
	}
	if !bytes.Equal(again, b[1:len(b)-len(rest)]) || !bytes.Equal(e.Unprotected, emptyMap) {
		return e, nil, errors.New("credential: COSE_Sign1 is not in canonical form")
	}
	return e, rest, nil
}

// Proof is what a signed or live code was found to say.
type Proof struct {
	Claims Claims
	Kid    KeyID
	Age    time.Duration // of a live code, by the checker's clock
}

// Check verifies a signed or live code at the checker's time now: form, key, signature and, for a live code, the holder's signature
// and its age. The claims' dates and the permit's status are for Judge. The form is checked before the key is looked up, so that a
// changed digit is forged and never merely unknown.
//
// Errors: ErrForged, ErrUnknown (no such key, or a withdrawn one), ErrStale (too old, from the future, or a holder's code whose live
// part was cut off). With ErrStale the proof is filled in.
func (s KeySet) Check(code Code, now time.Time) (Proof, error) {
	e := code.envelope
	var h header
	if err := decodeStrict.Unmarshal(e.Protected, &h); err != nil || len(h.Kid) != len(KeyID{}) {
		return Proof{}, fmt.Errorf("%w: header", ErrForged)
	}
	if again, err := encode.Marshal(h); err != nil || !bytes.Equal(again, e.Protected) {
		return Proof{}, fmt.Errorf("%w: header", ErrForged)
	}
	claims, err := unmarshalClaims(e.Payload)
	if err != nil {
		return Proof{}, fmt.Errorf("%w: claims", ErrForged)
	}
	proof := Proof{Claims: claims, Kid: KeyID(h.Kid)}
	verifier, ok := s.verifiers[proof.Kid]
	if !ok {
		return Proof{}, fmt.Errorf("%w: key %s", ErrUnknown, proof.Kid)
	}
	if cose.Algorithm(h.Alg) != verifier.Algorithm() {
		return Proof{}, fmt.Errorf("%w: algorithm", ErrForged)
	}
	message := cose.Sign1Message{Payload: e.Payload, Signature: e.Signature}
	message.Headers.Protected = cose.ProtectedHeader{cose.HeaderLabelAlgorithm: verifier.Algorithm(), cose.HeaderLabelKeyID: h.Kid}
	if err := message.Verify(nil, verifier); err != nil {
		return Proof{}, fmt.Errorf("%w: signature", ErrForged)
	}
	if code.Kind != Live {
		if claims.Holder != nil {
			return proof, fmt.Errorf("%w: its live part is missing", ErrStale)
		}
		return proof, nil
	}
	key := holderKey(claims.Holder)
	if key == nil || !holderSigned(key, liveMessage(code.signed, code.at), code.holder) {
		return Proof{}, fmt.Errorf("%w: holder's signature", ErrForged)
	}
	proof.Age = now.Sub(liveEpoch.Add(time.Duration(code.at) * time.Second))
	if proof.Age < -LiveAhead || proof.Age > LiveAge {
		return proof, ErrStale
	}
	return proof, nil
}

// liveMessage is what the phone signs: the signed permit, then the time.
func liveMessage(signed []byte, at uint32) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(signed), at)
}
