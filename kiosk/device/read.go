package device

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"errors"
	"time"

	"github.com/fxamacker/cbor/v2"

	"anju/server/civic"
)

const (
	// MaxReadAge is how long after the card was read the server still takes it.
	MaxReadAge = 120 * time.Second
	// MaxClockAhead is how far a kiosk's clock may run ahead of the server's.
	MaxClockAhead = 30 * time.Second
	// MinNonce and MaxNonce bound a nonce's length in bytes.
	MinNonce, MaxNonce = 16, 64

	maxReadText = 4096
	readVersion = 1
	// Stands before what is signed, so that a signature made for another purpose is never one of these.
	readContext = "anju card read\x00"
)

// Read is a card together with where, when and for whom it was read. The nonce is the server's, made for one request
// and struck out by the server once used: that is what stops a read from being sent twice.
type Read struct {
	Device string // DeviceID of the kiosk's key
	Nonce  []byte
	At     time.Time // to the millisecond
	Card   Card
}

// On the wire a read is CBOR in core deterministic form (RFC 8949 section 4.2), in base64url without padding: an
// envelope of payload and signature, the payload an array of the fields below in this order.
type (
	wireEnvelope struct {
		_         struct{} `cbor:",toarray"`
		Payload   []byte
		Signature []byte
	}
	wireRead struct {
		_       struct{} `cbor:",toarray"`
		Version uint
		Device  string
		Nonce   []byte
		At      int64 // milliseconds since 1970
		Card    wireCard
	}
	wireCard struct {
		_                                                                         struct{} `cbor:",toarray"`
		Kind, Name, Latin, Sex, Ethnic, Born, Address, Number, Authority, Country string
		Pass, Issues, From, To                                                    string
	}
)

var (
	wireOut = must(cbor.CoreDetEncOptions().EncMode())
	wireIn  = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: 4, MaxArrayElements: 16, MaxMapPairs: 16,
	}.DecMode())
)

func must[T any](mode T, err error) T {
	if err != nil {
		panic(err)
	}
	return mode
}

// Sign returns the read as text, signed with the kiosk's key. Its Device is taken from the key.
func (r Read) Sign(key crypto.Signer) (string, error) {
	id, err := DeviceID(key.Public())
	if err != nil {
		return "", err
	}
	payload, err := wireOut.Marshal(wireRead{Version: readVersion, Device: id, Nonce: r.Nonce, At: r.At.UnixMilli(),
		Card: r.Card.wire()})
	if err != nil {
		return "", err
	}
	signature, err := sign(key, append([]byte(readContext), payload...))
	if err != nil {
		return "", err
	}
	envelope, err := wireOut.Marshal(wireEnvelope{Payload: payload, Signature: signature})
	if err != nil {
		return "", err
	}
	return encodeText(envelope), nil
}

// OpenRead checks a signed read and returns it: enrolled device, its signature, this nonce, MaxReadAge. Every error is
// a *Fault of the read_ codes, or of the card_ codes if a trusted device signed an impossible card.
func OpenRead(text string, keys Keys, nonce []byte, now time.Time) (Read, error) {
	if len(text) > maxReadText {
		return Read{}, &Fault{Code: ReadFormat}
	}
	raw, ok := decodeText(text)
	if !ok {
		return Read{}, &Fault{Code: ReadFormat}
	}
	var envelope wireEnvelope
	var wire wireRead
	if !strictly(raw, &envelope) || !strictly(envelope.Payload, &wire) || wire.Version != readVersion {
		return Read{}, &Fault{Code: ReadFormat}
	}
	key, ok := keys(wire.Device)
	if !ok {
		return Read{}, &Fault{Code: ReadDevice}
	}
	if !verify(key, append([]byte(readContext), envelope.Payload...), envelope.Signature) {
		return Read{}, &Fault{Code: ReadSignature}
	}
	// An empty expectation must not match an empty nonce.
	if len(nonce) < MinNonce || !bytes.Equal(wire.Nonce, nonce) {
		return Read{}, &Fault{Code: ReadNonce}
	}
	at := time.UnixMilli(wire.At)
	if age := now.Sub(at); age > MaxReadAge {
		return Read{}, &Fault{Code: ReadOld}
	} else if age < -MaxClockAhead {
		return Read{}, &Fault{Code: ReadAhead}
	}
	card, err := wire.Card.card()
	if err != nil {
		return Read{}, err
	}
	if err := card.check(civic.DateOf(now)); err != nil {
		return Read{}, err
	}
	return Read{Device: wire.Device, Nonce: wire.Nonce, At: at, Card: card}, nil
}

// strictly decodes one item that is exactly what our encoder writes: no other spelling of the same values, nothing
// behind it.
func strictly(raw []byte, into any) bool {
	if wireIn.Unmarshal(raw, into) != nil {
		return false
	}
	again, err := wireOut.Marshal(into)
	return err == nil && bytes.Equal(raw, again)
}

// encodeText and decodeText: base64url without padding, one spelling only (Go's decoder overlooks line breaks).
func encodeText(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func decodeText(text string) (raw []byte, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return raw, err == nil && encodeText(raw) == text
}

func (c Card) wire() wireCard {
	return wireCard{Kind: string(c.Kind), Name: c.Name, Latin: c.Latin, Sex: string(c.Sex), Ethnic: c.Ethnic,
		Born: c.Born.String(), Address: c.Address, Number: c.Number, Authority: c.Authority, Country: c.Country,
		Pass: c.Pass, Issues: c.Issues, From: c.From.String(), To: c.To.String()}
}

func (w wireCard) card() (Card, error) {
	c := Card{Kind: Kind(w.Kind), Name: w.Name, Latin: w.Latin, Sex: civic.Sex(w.Sex), Ethnic: w.Ethnic,
		Address: w.Address, Number: w.Number, Authority: w.Authority, Country: w.Country, Pass: w.Pass, Issues: w.Issues}
	var errs [3]error
	c.Born, errs[0] = dateOnWire(w.Born)
	c.From, errs[1] = dateOnWire(w.From)
	c.To, errs[2] = dateOnWire(w.To)
	if errors.Join(errs[:]...) != nil {
		return Card{}, &Fault{Code: CardData, Cause: badField("dates")}
	}
	return c, nil
}

func dateOnWire(text string) (civic.Date, error) {
	if text == "" {
		return civic.Date{}, nil
	}
	return civic.ParseDate(text)
}
