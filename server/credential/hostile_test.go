package credential_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"anju/server/credential"

	"github.com/fxamacker/cbor/v2"
)

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func enc(v any) []byte {
	b, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err)
	}
	out, err := b.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

// envelope signs any header and payload with the real key, so that only the form is wrong.
func (i issuer) envelope(t testing.TB, protected, unprotected, payload []byte) []byte {
	t.Helper()
	sig, err := i.private.Signer(kid).Sign(enc([]any{"Signature1", protected, []byte{}, payload}))
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{0xd2}, enc([]any{protected, cbor.RawMessage(unprotected), payload, sig})...)
}

var (
	goodHeader = enc(map[int]any{1: -7, 4: kid[:]})
	noHeaders  = []byte{0xa0}
)

// array is the payload of the sample with some elements replaced.
func array(replace map[int]any) []byte {
	a := []any{1, 350600, "350602-2026-0000042-Q", 1, 9506, nil, "张*明", "0015", 3, 123456, []byte{1, 2, 3, 4, 5, 6, 7, 8}, nil}
	for k, v := range replace {
		a[k] = v
	}
	return enc(a)
}

// hostile is the catalogue of signed codes that must be refused although our key signed them.
func hostile(t testing.TB, i issuer) map[string][]byte {
	good := array(nil)
	return map[string][]byte{
		"alg outside the signature, positive": i.envelope(t, enc(map[int]any{4: kid[:]}), enc(map[int]any{1: 7}), good),
		"alg twice":                           i.envelope(t, goodHeader, enc(map[int]any{1: -7}), good),
		"no header":                           i.envelope(t, []byte{}, noHeaders, good),
		"alg none":                            i.envelope(t, enc(map[int]any{1: 0, 4: kid[:]}), noHeaders, good),
		"alg EdDSA":                           i.envelope(t, enc(map[int]any{1: -8, 4: kid[:]}), noHeaders, good),
		"alg text":                            i.envelope(t, enc(map[int]any{1: "ES256", 4: kid[:]}), noHeaders, good),
		"alg too large":                       i.envelope(t, enc(map[int]any{1: uint64(1) << 63, 4: kid[:]}), noHeaders, good),
		"kid of three bytes":                  i.envelope(t, enc(map[int]any{1: -7, 4: []byte{0x12, 0x34, 0}}), noHeaders, good),
		"kid a number":                        i.envelope(t, enc(map[int]any{1: -7, 4: 0x1234}), noHeaders, good),
		"further header":                      i.envelope(t, enc(map[int]any{1: -7, 2: []int{1}, 4: kid[:]}), noHeaders, good),
		"header twice":                        i.envelope(t, []byte{0xa3, 1, 0x26, 1, 0x26, 4, 0x42, 0x12, 0x34}, noHeaders, good),
		"header unsorted":                     i.envelope(t, []byte{0xa2, 4, 0x42, 0x12, 0x34, 1, 0x26}, noHeaders, good),
		"header not minimal":                  i.envelope(t, []byte{0xa2, 1, 0x38, 6, 4, 0x42, 0x12, 0x34}, noHeaders, good),
		"header nested":                       i.envelope(t, bytes.Repeat([]byte{0x81}, 300), noHeaders, good),
		"version 2":                           i.envelope(t, goodHeader, noHeaders, array(map[int]any{0: 2})),
		"jurisdiction negative":               i.envelope(t, goodHeader, noHeaders, array(map[int]any{1: -350600})),
		"jurisdiction text":                   i.envelope(t, goodHeader, noHeaders, array(map[int]any{1: "350600"})),
		"number null":                         i.envelope(t, goodHeader, noHeaders, array(map[int]any{2: nil})),
		"tier 256+1":                          i.envelope(t, goodHeader, noHeaders, array(map[int]any{3: 257})),
		"tier a fraction":                     i.envelope(t, goodHeader, noHeaders, array(map[int]any{3: 1.0})),
		"issued never":                        i.envelope(t, goodHeader, noHeaders, array(map[int]any{4: nil})),
		"issued in the year 10000":            i.envelope(t, goodHeader, noHeaders, array(map[int]any{4: 3_000_000})),
		"dates swapped":                       i.envelope(t, goodHeader, noHeaders, array(map[int]any{5: 9000})),
		"name bytes":                          i.envelope(t, goodHeader, noHeaders, array(map[int]any{6: []byte("张*明")})),
		"index true":                          i.envelope(t, goodHeader, noHeaders, array(map[int]any{9: true})),
		"photo empty":                         i.envelope(t, goodHeader, noHeaders, array(map[int]any{10: []byte{}})),
		"photo an array":                      i.envelope(t, goodHeader, noHeaders, array(map[int]any{10: []int{1, 2, 3, 4, 5, 6, 7, 8}})),
		"holder off the curve":                i.envelope(t, goodHeader, noHeaders, array(map[int]any{11: append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...)})),
		"eleven elements":                     i.envelope(t, goodHeader, noHeaders, append([]byte{0x8b}, good[1:len(good)-1]...)),
		"thirteen elements":                   i.envelope(t, goodHeader, noHeaders, append(append([]byte{0x8d}, good[1:]...), 0xf6)),
		"trailing byte in the payload":        i.envelope(t, goodHeader, noHeaders, append(bytes.Clone(good), 0)),
		"a map":                               i.envelope(t, goodHeader, noHeaders, enc(map[int]any{1: 350600})),
		"not minimal":                         i.envelope(t, goodHeader, noHeaders, bytes.Replace(good, []byte{0x8c, 1}, []byte{0x8c, 0x18, 1}, 1)),
		"indefinite length":                   i.envelope(t, goodHeader, noHeaders, append(append([]byte{0x9f}, good[1:]...), 0xff)),
		"nested":                              i.envelope(t, goodHeader, noHeaders, bytes.Repeat([]byte{0x81}, 380)),
		"a billion elements":                  i.envelope(t, goodHeader, noHeaders, []byte{0x9a, 0x40, 0, 0, 0}),
		"a gigabyte of name":                  i.envelope(t, goodHeader, noHeaders, []byte{0x8c, 1, 0x7a, 0x40, 0, 0, 0}),
		"too long":                            i.envelope(t, goodHeader, noHeaders, array(map[int]any{6: strings.Repeat("张", 200)})),
		"without its tag":                     i.envelope(t, goodHeader, noHeaders, good)[1:],
		"two tags":                            append([]byte{0xd2}, i.envelope(t, goodHeader, noHeaders, good)...),
		"a byte behind":                       append(i.envelope(t, goodHeader, noHeaders, good), 0),
		"another live tail":                   append(i.envelope(t, goodHeader, noHeaders, good), make([]byte, 69)...),
		"nothing":                             {},
		"only nesting":                        bytes.Repeat([]byte{0xd2, 0x81}, 800),
	}
}

func TestHostileCodesAreForged(t *testing.T) {
	i := newIssuer(t)
	if _, _, err := i.check(text(i.envelope(t, goodHeader, noHeaders, array(nil))), now); err != nil {
		t.Fatalf("the harness itself is wrong: %v", err)
	}
	for name, b := range hostile(t, i) {
		if _, _, err := i.check(text(b), now); !errors.Is(err, credential.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	i, p := newIssuer(f), newPhone(f)
	c := sample()
	c.Holder = p.public()
	ours := map[string]bool{}
	for _, b := range [][]byte{i.sign(f, sample()), p.live(f, i.sign(f, c), now)} {
		ours[string(b)] = true
		f.Add(b)
	}
	for _, b := range hostile(f, i) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := i.check(text(b), now); err == nil && !ours[string(b)] {
			// Whoever knows a signature (r, s) also knows (r, n-s); the claims are the same, so it is no forgery.
			code, _ := credential.Parse(text(b), origin)
			proof, _ := i.keys.Check(code, now)
			proof.Claims.Holder = nil
			same(t, proof.Claims, sample())
		}
	})
}

func FuzzParse(f *testing.F) {
	i := newIssuer(f)
	for _, s := range []string{
		credential.TokenText(origin, [16]byte{1}), credential.SignedText(origin, i.sign(f, sample())), "https://anju.example@evil.example/V/AA", "",
		"HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK", strings.Repeat("9", 4296), strings.Repeat("9", 4297), "ＨＴＴＰＳ", "abcd-efgh ijkl",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := credential.Parse(s, origin)
		if (err == nil) == (code.Kind == "") {
			t.Fatalf("%q: kind %q with %v", s, code.Kind, err)
		}
		if code.Kind == credential.Token {
			again, err := credential.Parse(credential.TokenText(origin, code.Token), origin)
			if err != nil || again.Token != code.Token {
				t.Fatalf("%q does not come round: %v", s, err)
			}
		}
	})
}
