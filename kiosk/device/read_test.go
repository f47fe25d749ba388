package device

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"testing"
	"time"
)

var (
	nonce   = []byte("0123456789abcdef")
	seedKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // for tests only, and never enrolled elsewhere
)

func p256(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func trust(t testing.TB, keys ...crypto.PublicKey) Keys {
	t.Helper()
	trusted, err := Trust(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return trusted
}

func signed(t testing.TB, key crypto.Signer, r Read) string {
	t.Helper()
	text, err := r.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestOpenRead(t *testing.T) {
	other := p256(t)
	keys := trust(t, seedKey.Public(), other.Public())
	for _, key := range []crypto.Signer{seedKey, other} {
		for _, card := range []Card{resident, hkmt, foreigner, foreigner23} {
			at := clock().Truncate(time.Millisecond)
			got, err := OpenRead(signed(t, key, Read{Nonce: nonce, At: at, Card: card}), keys, nonce, at.Add(MaxReadAge))
			if err != nil {
				t.Fatal(card.Kind, err)
			}
			id, _ := DeviceID(key.Public())
			if got.Device != id || !bytes.Equal(got.Nonce, nonce) || !got.At.Equal(at) || got.Card != card {
				t.Errorf("%+v", got)
			}
		}
	}
}

func TestOpenReadRefused(t *testing.T) {
	at := clock()
	good := Read{Nonce: nonce, At: at, Card: resident}
	text := signed(t, seedKey, good)
	keys := trust(t, seedKey.Public())
	stranger := p256(t)
	// The right name, but another key answers under it.
	swapped := Keys(func(string) (crypto.PublicKey, bool) { return stranger.Public(), true })
	minor := good
	minor.Card.Number = "350602199003070011"
	bare := good
	bare.Nonce = nil

	for name, x := range map[string]struct {
		text  string
		keys  Keys
		nonce []byte
		now   time.Time
		want  Code
	}{
		"nothing":              {"", keys, nonce, at, ReadFormat},
		"padding":              {text + "=", keys, nonce, at, ReadFormat},
		"line break":           {text[:80] + "\n" + text[80:], keys, nonce, at, ReadFormat},
		"more behind":          {text + "AAAA", keys, nonce, at, ReadFormat},
		"too long":             {text + string(bytes.Repeat([]byte("A"), maxReadText)), keys, nonce, at, ReadFormat},
		"kiosk not enrolled":   {signed(t, stranger, good), keys, nonce, at, ReadDevice},
		"another key":          {text, swapped, nonce, at, ReadSignature},
		"sent again":           {text, keys, []byte("another nonce 16"), at, ReadNonce},
		"no nonce expected":    {signed(t, seedKey, bare), keys, nil, at, ReadNonce},
		"too old":              {text, keys, nonce, at.Add(MaxReadAge + time.Millisecond), ReadOld},
		"from the future":      {text, keys, nonce, at.Add(-MaxClockAhead - time.Millisecond), ReadAhead},
		"impossible person":    {signed(t, seedKey, minor), keys, nonce, at, CardData},
		"signed for something": {signedFor(t, "anju heartbeat\x00", good), keys, nonce, at, ReadSignature},
	} {
		_, err := OpenRead(x.text, x.keys, x.nonce, x.now)
		if fault, ok := err.(*Fault); !ok || fault.Code != x.want {
			t.Errorf("%s: %v, want %s", name, err, x.want)
		}
	}
}

// signedFor puts a genuine signature over the same payload, made for another purpose, into an envelope.
func signedFor(t *testing.T, purpose string, r Read) string {
	t.Helper()
	id, _ := DeviceID(seedKey.Public())
	payload, _ := wireOut.Marshal(wireRead{Version: readVersion, Device: id, Nonce: r.Nonce, At: r.At.UnixMilli(), Card: r.Card.wire()})
	signature, err := sign(seedKey, append([]byte(purpose), payload...))
	if err != nil {
		t.Fatal(err)
	}
	envelope, _ := wireOut.Marshal(wireEnvelope{Payload: payload, Signature: signature})
	return encodeText(envelope)
}

// No bit of a signed read can be changed, and there is one spelling only.
func TestOpenReadTampered(t *testing.T) {
	at := clock()
	for _, key := range []crypto.Signer{seedKey, p256(t)} {
		keys := trust(t, key.Public())
		raw, ok := decodeText(signed(t, key, Read{Nonce: nonce, At: at, Card: resident}))
		if !ok {
			t.Fatal("not in its own form")
		}
		for i := range raw {
			for bit := range 8 {
				changed := bytes.Clone(raw)
				changed[i] ^= 1 << bit
				if _, err := OpenRead(encodeText(changed), keys, nonce, at); err == nil {
					t.Fatalf("byte %d bit %d changed and accepted", i, bit)
				}
			}
		}
	}
}

// The text form is a contract between kiosks and servers of different age.
func TestSignedReadIsStable(t *testing.T) {
	const want = "gljKhQFxa2dvcGM3Nml4bW1jcXBudmVQMDEyMzQ1Njc4OWFiY2RlZhsAAAGiCxEagI5ocmVzaWRlbnRp5qyn6Ziz5pidYGRtYWxlYjAxajE5OTAtMDMtMDd4MOemj-W7uuecgea8s-W3nuW4guiKl-WfjuWMuuekuuS-i-ihl-mBkzHlj7cgMuWupHIzNTA2MDIxOTkwMDMwNzAwMVh4Hua8s-W3nuW4guWFrOWuieWxgOiKl-WfjuWIhuWxgGBgYGoyMDIwLTAxLTAxYFhAiPbgckygmphUBkSgduW79DqDlb9YqtPInYsUcj3x5uIaDEsO_TQPJEthrpbP_ZChJHvEhRHQ0EwId6wj8zNECA"
	if got := signed(t, seedKey, Read{Nonce: nonce, At: clock(), Card: resident}); got != want {
		t.Fatal(got)
	}
}

func TestKeys(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	big, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{small, big} {
		if _, err := Trust(key.Public()); err == nil {
			t.Errorf("%T enrolled", key)
		}
		if _, err := (Read{Nonce: nonce, Card: resident}).Sign(key); err == nil {
			t.Errorf("%T signed", key)
		}
	}
	for _, key := range []crypto.PublicKey{seedKey.Public(), p256(t).Public()} {
		text, err := FormatPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParsePublicKey(text)
		if err != nil || !key.(interface{ Equal(crypto.PublicKey) bool }).Equal(again) {
			t.Errorf("%v became %v, %v", key, again, err)
		}
		if _, err := ParsePublicKey(text[1:]); err == nil {
			t.Error("cut-off key taken")
		}
	}
}

func FuzzOpenRead(f *testing.F) {
	at := clock()
	keys := trust(f, seedKey.Public())
	for _, card := range []Card{resident, hkmt, foreigner} {
		f.Add(signed(f, seedKey, Read{Nonce: nonce, At: at, Card: card}))
	}
	f.Add("gkBA")
	f.Add("n4CAgICAgICA_w")
	genuine := map[Card]bool{resident: true, hkmt: true, foreigner: true}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := OpenRead(text, keys, nonce, at)
		if err != nil {
			if _, ok := err.(*Fault); !ok {
				t.Fatalf("%T", err)
			}
			return
		}
		if !genuine[got.Card] || signed(t, seedKey, got) != text {
			t.Fatalf("forged: %q", text)
		}
	})
}
