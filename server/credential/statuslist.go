package credential

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/veraison/go-cose"
)

// Standing is what a status list says about one permit (Token Status List, draft-ietf-oauth-status-list, "Status Types"). Two bits hold it.
type Standing uint8

// The standings. A list has no room for more: expired, cancelled and superseded all are invalid, and an expiry stands in the code itself.
const (
	StandingValid     Standing = 0
	StandingInvalid   Standing = 1
	StandingSuspended Standing = 2
	StandingLost      Standing = 3 // the value that the draft leaves to the application
)

// StandingOf is how the list shows a status of the record.
func StandingOf(s Status) Standing {
	switch s {
	case StatusActive:
		return StandingValid
	case StatusSuspended:
		return StandingSuspended
	case StatusLost:
		return StandingLost
	}
	return StandingInvalid
}

// Status is what a checker without network may say of a standing. What is invalid is shown as cancelled, whatever ended it (contracts, section 4).
func (s Standing) Status() Status {
	switch s {
	case StandingValid:
		return StatusActive
	case StandingSuspended:
		return StatusSuspended
	case StandingLost:
		return StatusLost
	}
	return StatusCancelled
}

// StatusListBits is the width of a place in our lists.
const StatusListBits = 2

// MaxStatusList is how many places a list that is read may have: more is no list of a city, but a bomb.
const MaxStatusList = 1 << 20

// StatusList is the standing of every permit of a list, by its index. The zero StatusList has no places.
type StatusList struct {
	width  int // bits of a place: 1, 2, 4 or 8
	places []byte
}

// NewStatusList makes a list of a number of places, a multiple of four, all valid.
func NewStatusList(size int) StatusList {
	return StatusList{StatusListBits, make([]byte, size*StatusListBits/8)}
}

// Set writes the standing of a place. A place outside the list is an error.
func (l StatusList) Set(index int, s Standing) error {
	if index < 0 || index >= l.Len() || int(s) >= 1<<l.width {
		return fmt.Errorf("credential: status list of %d places has no place %d for %d", l.Len(), index, s)
	}
	per := 8 / l.width
	shift := index % per * l.width
	mask := byte(1<<l.width-1) << shift
	l.places[index/per] = l.places[index/per]&^mask | byte(s)<<shift
	return nil
}

// At is the standing of a place; ok is false outside the list.
func (l StatusList) At(index int) (s Standing, ok bool) {
	if index < 0 || index >= l.Len() {
		return 0, false
	}
	per := 8 / l.width
	return Standing(l.places[index/per] >> (index % per * l.width) & byte(1<<l.width-1)), true
}

// Len is the number of places.
func (l StatusList) Len() int {
	if l.width == 0 {
		return 0
	}
	return len(l.places) * 8 / l.width
}

// Bytes are the places as they are compressed, the first one in the lowest bits of the first byte. They must not be changed.
func (l StatusList) Bytes() []byte { return l.places }

// listWire is the status list inside the token.
type listWire struct {
	Bits int    `cbor:"bits"`
	List []byte `cbor:"lst"`
}

// listClaims are the claims of a Status List Token in CWT form.
type listClaims struct {
	Subject string   `cbor:"2,keyasint"`
	Expires int64    `cbor:"4,keyasint"`
	Issued  int64    `cbor:"6,keyasint"`
	TTL     int64    `cbor:"65534,keyasint"`
	List    listWire `cbor:"65533,keyasint"`
}

// listHeader is the protected header of a Status List Token.
type listHeader struct {
	Alg  Alg    `cbor:"1,keyasint"`
	Kid  []byte `cbor:"4,keyasint"`
	Type string `cbor:"16,keyasint"`
}

// StatusListType is the media type of a Status List Token in CWT form.
const StatusListType = "application/statuslist+cwt"

// maxStatusToken is the largest token that is read, in bytes: a list of MaxStatusList places that does not compress at all, and its envelope.
const maxStatusToken = MaxStatusList*StatusListBits/8 + 4096

// decodeList reads a Status List Token as strictly as a permit, but with its longer byte strings and its header's text.
var decodeList = must(cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
	MaxNestedLevels: 4, MaxArrayElements: 16, MaxMapPairs: 16, UTF8: cbor.UTF8RejectInvalid}.DecMode())

// SignStatusList makes the signed token of a list under its address. It counts from asOf; a checker asks again after ttl, and after MaxStatusAge no
// longer trusts it.
func SignStatusList(signer Signer, address string, l StatusList, asOf time.Time, ttl time.Duration) ([]byte, error) {
	var packed bytes.Buffer
	w, err := zlib.NewWriterLevel(&packed, zlib.BestCompression) // the draft's own form: DEFLATE in a ZLIB envelope, at the highest level
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(l.places); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	payload, err := encode.Marshal(listClaims{Subject: address, Expires: asOf.Add(MaxStatusAge).Unix(), Issued: asOf.Unix(), TTL: int64(ttl / time.Second),
		List: listWire{l.width, packed.Bytes()}})
	if err != nil {
		return nil, err
	}
	id := signer.KeyID()
	headers := cose.Headers{
		Protected:   cose.ProtectedHeader{cose.HeaderLabelAlgorithm: cose.Algorithm(signer.Alg()), cose.HeaderLabelKeyID: id[:], int64(16): StatusListType},
		Unprotected: cose.UnprotectedHeader{},
	}
	signed, err := cose.Sign1(nil, coseSigner{signer}, headers, payload, nil)
	if err != nil {
		return nil, fmt.Errorf("credential: sign the status list with key %s: %w", id, err)
	}
	return signed, nil
}

// CheckStatusList verifies a Status List Token that was fetched from an address, and returns the list and since when it counts. Its age is for Judge.
//
// Errors: ErrForged (form, signature, or another list's token), ErrUnknown (no such key, or a withdrawn one).
func (s KeySet) CheckStatusList(token []byte, address string) (l StatusList, asOf time.Time, err error) {
	if len(token) == 0 || token[0] != tagSign1 || len(token) > maxStatusToken {
		return l, asOf, fmt.Errorf("%w: not a COSE_Sign1", ErrForged)
	}
	var e envelope
	if err := decodeList.Unmarshal(token[1:], &e); err != nil || !bytes.Equal(e.Unprotected, emptyMap) {
		return l, asOf, fmt.Errorf("%w: envelope", ErrForged)
	}
	var h listHeader
	if err := decodeList.Unmarshal(e.Protected, &h); err != nil || h.Type != StatusListType || len(h.Kid) != len(KeyID{}) {
		return l, asOf, fmt.Errorf("%w: header", ErrForged)
	}
	verifier, ok := s.verifiers[KeyID(h.Kid)]
	if !ok {
		return l, asOf, fmt.Errorf("%w: key %s", ErrUnknown, KeyID(h.Kid))
	}
	if cose.Algorithm(h.Alg) != verifier.Algorithm() {
		return l, asOf, fmt.Errorf("%w: algorithm", ErrForged)
	}
	message := cose.Sign1Message{Payload: e.Payload, Signature: e.Signature}
	message.Headers.RawProtected, err = cbor.Marshal(e.Protected)
	if err != nil {
		return l, asOf, err
	}
	message.Headers.Protected = cose.ProtectedHeader{cose.HeaderLabelAlgorithm: verifier.Algorithm()}
	if err := message.Verify(nil, verifier); err != nil {
		return l, asOf, fmt.Errorf("%w: signature", ErrForged)
	}
	var c listClaims
	if err := decodeList.Unmarshal(e.Payload, &c); err != nil || c.Subject != address {
		return l, asOf, fmt.Errorf("%w: another list", ErrForged)
	}
	if l, err = unpackList(c.List); err != nil {
		return l, asOf, fmt.Errorf("%w: %w", ErrForged, err)
	}
	return l, time.Unix(c.Issued, 0), nil
}

// unpackList takes lists of every width of the draft. However small it is packed, no more than MaxStatusList places are unpacked.
func unpackList(w listWire) (StatusList, error) {
	switch w.Bits {
	case 1, 2, 4, 8:
	default:
		return StatusList{}, fmt.Errorf("credential: status list with %d bits a place", w.Bits)
	}
	r, err := zlib.NewReader(bytes.NewReader(w.List))
	if err != nil {
		return StatusList{}, fmt.Errorf("credential: status list: %w", err)
	}
	limit := int64(MaxStatusList * w.Bits / 8)
	places, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return StatusList{}, fmt.Errorf("credential: status list: %w", err)
	}
	if int64(len(places)) > limit {
		return StatusList{}, errors.New("credential: status list with too many places")
	}
	return StatusList{w.Bits, places}, nil
}
