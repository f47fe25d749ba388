package credential

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"unicode"
)

// Kind is the kind of a code.
type Kind string

// The kinds of codes.
const (
	Token  Kind = "token"
	Signed Kind = "signed"
	Live   Kind = "live"
)

// Code is a scanned, pasted or typed text that has the form of one of our codes. Nothing about it is proven yet.
type Code struct {
	Kind     Kind
	Token    [16]byte // Kind Token
	envelope envelope // Kind Signed and Live
	signed   []byte   // the bytes of the envelope
	at       uint32   // Kind Live: seconds since 2000-01-01 UTC
	holder   []byte   // Kind Live: the holder's signature
}

const tokenChars = 26 // of base32 for 16 bytes

var base32Bare = base32.StdEncoding.WithPadding(base32.NoPadding)

// TokenText is the text of a token code. Origin is the public origin, such as https://anju.example; it is put in upper case, so that
// the QR code gets by with alphanumeric mode (version 3 at level M).
func TokenText(origin string, token [16]byte) string {
	return strings.ToUpper(origin) + "/V/" + base32Bare.EncodeToString(token[:])
}

// SignedText is the text of a signed or live code: decimal digits behind a fragment sign, which browsers do not send to a server.
func SignedText(origin string, signed []byte) string {
	return strings.ToUpper(origin) + "/V#" + decimal(signed)
}

// decimal writes bytes as one number behind a leading 1, which keeps their leading zeros.
func decimal(b []byte) string {
	return new(big.Int).SetBytes(append([]byte{1}, b...)).String()
}

// Parse reads the text of a code. Beside the exact text it takes what people paste and type: spaces around and line breaks within,
// either case, no scheme, a query behind the path, bare digits, and a bare token in groups, with 0, 1 and 8 for the letters O, I and B.
//
// Errors: ErrForeign (another site, user information or a look-alike in the host, another page of ours, another kind of text),
// ErrForged (our address for signed codes, but no code of ours behind it), ErrUnknown (our address for tokens, but no token).
func Parse(text, origin string) (Code, error) {
	if len(text) > maxTextChars {
		return Code{}, fmt.Errorf("%w: longer than any QR code", ErrForeign)
	}
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' })
	if strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 { // before upper-casing, which makes S of ſ
		return Code{}, fmt.Errorf("%w: not ASCII", ErrForeign)
	}
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if !strings.ContainsAny(text, "/#:@?.%\\") {
		return parseBare(text)
	}
	scheme, host, _ := strings.Cut(strings.ToUpper(origin), "://")
	if s, rest, ok := strings.Cut(text, "://"); ok {
		if s != scheme {
			return Code{}, fmt.Errorf("%w: scheme", ErrForeign)
		}
		text = rest
	}
	end := strings.IndexAny(text, "/?#")
	if end < 0 || text[:end] != host { // the whole authority: user information, port and punycode make it another one
		return Code{}, fmt.Errorf("%w: host", ErrForeign)
	}
	path, fragment, hasFragment := strings.Cut(text[end:], "#")
	path, _, _ = strings.Cut(path, "?")
	switch {
	case path == "/V" && hasFragment:
		return parseDigits(fragment)
	case strings.HasPrefix(path, "/V/"):
		return parseToken(path[len("/V/"):])
	}
	return Code{}, fmt.Errorf("%w: another page", ErrForeign)
}

// parseBare reads a text without an address.
func parseBare(text string) (Code, error) {
	text = strings.ReplaceAll(text, "-", "")
	switch {
	case len(text) == tokenChars:
		code, err := parseToken(strings.NewReplacer("0", "O", "1", "I", "8", "B").Replace(text))
		if err == nil {
			return code, nil
		}
	case len(text) > 2*tokenChars && strings.Trim(text, "0123456789") == "":
		return parseDigits(text)
	}
	return Code{}, fmt.Errorf("%w: no address and no code", ErrForeign)
}

func parseToken(text string) (Code, error) {
	b, err := base32Bare.DecodeString(text)
	if err != nil || len(b) != len(Code{}.Token) || base32Bare.EncodeToString(b) != text {
		return Code{}, fmt.Errorf("%w: not a token", ErrUnknown)
	}
	return Code{Kind: Token, Token: [16]byte(b)}, nil
}

func parseDigits(text string) (Code, error) {
	if text == "" || text[0] == '0' || strings.Trim(text, "0123456789") != "" {
		return Code{}, fmt.Errorf("%w: not digits", ErrForged)
	}
	n, _ := new(big.Int).SetString(text, 10)
	b := n.Bytes()
	if b[0] != 1 {
		return Code{}, fmt.Errorf("%w: no leading one", ErrForged)
	}
	b = b[1:]
	e, rest, err := splitEnvelope(b)
	if err != nil {
		return Code{}, fmt.Errorf("%w: envelope", ErrForged)
	}
	switch len(rest) {
	case 0:
		return Code{Kind: Signed, envelope: e, signed: b}, nil
	case liveTail:
		signed := b[:len(b)-liveTail]
		return Code{Kind: Live, envelope: e, signed: signed, at: binary.BigEndian.Uint32(rest), holder: rest[4:]}, nil
	}
	return Code{}, fmt.Errorf("%w: extra bytes", ErrForged)
}
