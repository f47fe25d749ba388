// Package credential is the permit's QR code: what it says, how it is signed, read back and judged. It is pure: it opens no file
// and no connection, and knows the time only when told. There are three codes:
//
//   - token: an address with 16 random bytes, resolved online only (receipts, slips);
//   - signed: an address whose fragment is a signed permit, checked without a network (print, PDF);
//   - live: a signed permit bound to a key in the holder's phone, followed by the phone's time and signature, so that a copy dies.
package credential

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"anju/server/civic"

	"github.com/fxamacker/cbor/v2"
)

// Tier is the kind of permit in the code. The numbers stand in signed codes and never change their meaning.
type Tier uint8

// The kinds of permit.
const (
	TierResidencePermit Tier = 1 // residence_permit: Zhangzhou, and Zibo since 2017
	TierOneYear         Tier = 2 // permit_1y: Zibo 2014, part 二
	TierThreeYears      Tier = 3 // permit_3y
)

// claimsVersion is the first element of the signed array.
const claimsVersion = 1

// Sizes of what a code may carry. The longest genuine permit stays under half of them.
const (
	maxClaims    = 384     // bytes of CBOR
	maxEnvelope  = 512     // bytes of COSE_Sign1
	maxNumber    = 40      // characters of a permit number
	maxName      = 50      // characters of a masked name, as in civic.ParseName
	maxDays      = 100_000 // days since 2000-01-01: the year 2273
	maxTextChars = 4296    // what the largest QR code holds in alphanumeric mode
)

// Claims is what a signed permit says about itself: only what a stranger who checks it may see.
type Claims struct {
	Jurisdiction uint32     // six-digit division code of the city, such as 350600
	Number       string     // permit number
	Tier         Tier       //
	IssuedOn     civic.Date //
	ValidUntil   civic.Date // last day on which it counts; zero where the law sets no term
	Name         string     // masked (civic.MaskName)
	LastFour     string     // of the ID number
	List, Index  uint32     // its place in the status lists
	Photo        []byte     // first 8 bytes of the SHA-256 of the photo; nil without a photo
	Holder       []byte     // holder's public key, compressed P-256, 33 bytes; nil in codes that are printed
}

// wire is the CBOR array, element by element.
type wire struct {
	_            struct{} `cbor:",toarray"`
	Version      uint64
	Jurisdiction uint32
	Number       string
	Tier         uint8
	IssuedOn     uint32
	ValidUntil   *uint32
	Name         string
	LastFour     string
	List, Index  uint32
	Photo        []byte
	Holder       []byte
}

var (
	epoch        = civic.MustDate("2000-01-01")
	numberShape  = regexp.MustCompile(`^[0-9A-Z-]+$`)
	lastFour     = regexp.MustCompile(`^[0-9]{3}[0-9X]$`)
	encode       = must(cbor.CoreDetEncOptions().EncMode())
	decodeStrict = must(cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   4,
		MaxArrayElements:  16,
		MaxMapPairs:       16,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		UTF8:              cbor.UTF8RejectInvalid,
	}.DecMode())
)

// must is for options that are constants: a mistake in them is seen by the first test.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// check says whether the claims are in the ranges of the format.
func (c Claims) check() error {
	switch {
	case c.Jurisdiction < 100000 || c.Jurisdiction > 999999:
		return errors.New("credential: jurisdiction is not a six-digit code")
	case len(c.Number) > maxNumber || !numberShape.MatchString(c.Number):
		return errors.New("credential: permit number")
	case c.Tier < TierResidencePermit || c.Tier > TierThreeYears:
		return errors.New("credential: tier")
	case !inRange(c.IssuedOn):
		return errors.New("credential: date of issue")
	case !c.ValidUntil.IsZero() && (!inRange(c.ValidUntil) || c.ValidUntil.Before(c.IssuedOn)):
		return errors.New("credential: last day")
	case c.Name == "" || !utf8.ValidString(c.Name) || utf8.RuneCountInString(c.Name) > maxName:
		return errors.New("credential: name")
	case !lastFour.MatchString(c.LastFour):
		return errors.New("credential: last four of the ID number")
	case c.Photo != nil && len(c.Photo) != 8:
		return errors.New("credential: photo hash is 8 bytes")
	case c.Holder != nil && holderKey(c.Holder) == nil:
		return errors.New("credential: holder key is not a compressed P-256 point")
	}
	return nil
}

// marshal writes the claims as deterministic CBOR (RFC 8949 section 4.2).
func (c Claims) marshal() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	w := wire{
		Version: claimsVersion, Jurisdiction: c.Jurisdiction, Number: c.Number, Tier: uint8(c.Tier), IssuedOn: days(c.IssuedOn),
		Name: c.Name, LastFour: c.LastFour, List: c.List, Index: c.Index, Photo: c.Photo, Holder: c.Holder,
	}
	if !c.ValidUntil.IsZero() {
		n := days(c.ValidUntil)
		w.ValidUntil = &n
	}
	b, err := encode.Marshal(w)
	if err == nil && len(b) > maxClaims {
		err = fmt.Errorf("credential: %d bytes of claims, at most %d", len(b), maxClaims)
	}
	return b, err
}

// unmarshalClaims reads claims and takes only the one form that marshal writes: no unknown element, no second way to write a number,
// no trailing byte.
func unmarshalClaims(b []byte) (Claims, error) {
	var w wire
	if len(b) > maxClaims {
		return Claims{}, errors.New("credential: claims too long")
	}
	if err := decodeStrict.Unmarshal(b, &w); err != nil {
		return Claims{}, err
	}
	if w.Version != claimsVersion {
		return Claims{}, fmt.Errorf("credential: version %d of the claims", w.Version)
	}
	if w.IssuedOn > maxDays || w.ValidUntil != nil && *w.ValidUntil > maxDays {
		return Claims{}, errors.New("credential: date out of range")
	}
	c := Claims{
		Jurisdiction: w.Jurisdiction, Number: w.Number, Tier: Tier(w.Tier), IssuedOn: epoch.AddDays(int(w.IssuedOn)),
		Name: w.Name, LastFour: w.LastFour, List: w.List, Index: w.Index, Photo: w.Photo, Holder: w.Holder,
	}
	if w.ValidUntil != nil {
		c.ValidUntil = epoch.AddDays(int(*w.ValidUntil))
	}
	again, err := c.marshal()
	if err != nil {
		return Claims{}, err
	}
	if !bytes.Equal(again, b) {
		return Claims{}, errors.New("credential: claims are not in canonical form")
	}
	return c, nil
}

func inRange(d civic.Date) bool {
	return !d.IsZero() && !d.Before(epoch) && d.DaysSince(epoch) <= maxDays
}

// days since 2000-01-01 of a date in range.
func days(d civic.Date) uint32 { return uint32(d.DaysSince(epoch)) }
