package credential_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/credential"

	"github.com/fxamacker/cbor/v2"
)

const (
	origin = "https://anju.example"
)

var (
	update = flag.Bool("update", false, "write testdata/golden.json anew")
	now    = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	kid    = credential.KeyID{0x12, 0x34}
)

func sample() credential.Claims {
	return credential.Claims{
		Jurisdiction: 350600, Number: "350602-2026-0000042-Q", Tier: credential.TierResidencePermit, IssuedOn: civic.MustDate("2026-01-10"),
		Name: "张*明", LastFour: "0015", List: 3, Index: 123456, Photo: []byte{1, 2, 3, 4, 5, 6, 7, 8},
	}
}

// issuer is a private key and the key set that knows it.
type issuer struct {
	private credential.PrivateKey
	keys    credential.KeySet
}

func newIssuer(t testing.TB) issuer {
	t.Helper()
	private, err := credential.GeneratePrivate()
	if err != nil {
		t.Fatal(err)
	}
	return issuerOf(t, private)
}

func issuerOf(t testing.TB, private credential.PrivateKey) issuer {
	t.Helper()
	keys, err := credential.NewKeySet(public(private, kid))
	if err != nil {
		t.Fatal(err)
	}
	return issuer{private, keys}
}

func public(p credential.PrivateKey, id credential.KeyID) credential.Key {
	return credential.Key{Kid: id, Alg: credential.ES256, Public: p.Public(), NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0)}
}

func (i issuer) sign(t testing.TB, c credential.Claims) []byte {
	t.Helper()
	signed, err := credential.Sign(i.private.Signer(kid), c)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// check reads a text as a counter does.
func (i issuer) check(text string, at time.Time) (credential.Code, credential.Proof, error) {
	code, err := credential.Parse(text, origin)
	if err != nil {
		return code, credential.Proof{}, err
	}
	proof, err := i.keys.Check(code, at)
	return code, proof, err
}

// phone is a holder's key.
type phone struct{ key *ecdsa.PrivateKey }

func newPhone(t testing.TB) phone {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return phone{key}
}

func (p phone) public() []byte {
	point, _ := p.key.PublicKey.Bytes()
	return append([]byte{2 + point[64]&1}, point[1:33]...)
}

// live puts time and signature behind a signed permit, as a phone does.
func (p phone) live(t testing.TB, signed []byte, at time.Time) []byte {
	t.Helper()
	seconds := uint32(at.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) / time.Second)
	message := binary.BigEndian.AppendUint32(bytes.Clone(signed), seconds)
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, p.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return append(message, sig...)
}

func same(t *testing.T, got, want credential.Claims) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("claims\n got %s\nwant %s", g, w)
	}
}

func TestSignedPermitSaysWhatWasSigned(t *testing.T) {
	i := newIssuer(t)
	dated := sample()
	dated.Jurisdiction, dated.Tier, dated.ValidUntil, dated.Photo = 370300, credential.TierThreeYears, civic.MustDate("2029-01-09"), nil
	long := sample()
	long.Name, long.LastFour = "阿"+strings.Repeat("*", 48)+"𠮷", "123X"
	for name, c := range map[string]credential.Claims{"no term": sample(), "three years": dated, "longest name": long} {
		t.Run(name, func(t *testing.T) {
			code, proof, err := i.check(credential.SignedText(origin, i.sign(t, c)), now)
			if err != nil || code.Kind != credential.Signed || proof.Kid != kid {
				t.Fatalf("%v %v %v", code.Kind, proof.Kid, err)
			}
			same(t, proof.Claims, c)
		})
	}
}

func TestSignRefusesClaimsOutsideTheFormat(t *testing.T) {
	i := newIssuer(t)
	for name, change := range map[string]func(*credential.Claims){
		"jurisdiction": func(c *credential.Claims) { c.Jurisdiction = 3506 },
		"number":       func(c *credential.Claims) { c.Number = "号" },
		"tier":         func(c *credential.Claims) { c.Tier = 4 },
		"no date":      func(c *credential.Claims) { c.IssuedOn = civic.Date{} },
		"before 2000":  func(c *credential.Claims) { c.IssuedOn = civic.MustDate("1999-12-31") },
		"after 2273":   func(c *credential.Claims) { c.ValidUntil = civic.MustDate("2300-01-01") },
		"swapped":      func(c *credential.Claims) { c.ValidUntil = c.IssuedOn.AddDays(-1) },
		"no name":      func(c *credential.Claims) { c.Name = "" },
		"name":         func(c *credential.Claims) { c.Name = strings.Repeat("张", 51) },
		"not UTF-8":    func(c *credential.Claims) { c.Name = "\xff" },
		"last four":    func(c *credential.Claims) { c.LastFour = "X015" },
		"photo":        func(c *credential.Claims) { c.Photo = []byte{1} },
		"holder":       func(c *credential.Claims) { c.Holder = make([]byte, 33) },
		"long name":    func(c *credential.Claims) { c.Number = strings.Repeat("1", 41) },
	} {
		c := sample()
		change(&c)
		if _, err := credential.Sign(i.private.Signer(kid), c); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

func TestEveryChangedDigitIsForged(t *testing.T) {
	i := newIssuer(t)
	text := credential.SignedText(origin, i.sign(t, sample()))
	start := strings.Index(text, "#") + 1
	for at := start; at < len(text); at++ {
		for d := byte('0'); d <= '9'; d++ {
			if text[at] == d {
				continue
			}
			changed := []byte(text)
			changed[at] = d
			if _, _, err := i.check(string(changed), now); !errors.Is(err, credential.ErrForged) {
				t.Fatalf("digit %d made %c: %v", at-start, d, err)
			}
		}
	}
	for n := range 12 {
		if _, _, err := i.check(text[:len(text)-1-n*20], now); !errors.Is(err, credential.ErrForged) {
			t.Errorf("%d digits missing: %v", 1+n*20, err)
		}
	}
	if _, _, err := i.check(text+"0", now); !errors.Is(err, credential.ErrForged) {
		t.Error("a digit more", err)
	}
}

func TestLiveCodeCountsForAMinute(t *testing.T) {
	i, p := newIssuer(t), newPhone(t)
	c := sample()
	c.Holder = p.public()
	signed := i.sign(t, c)
	text := credential.SignedText(origin, p.live(t, signed, now))
	for age, want := range map[time.Duration]error{
		-21 * time.Second: credential.ErrStale, -20 * time.Second: nil, 0: nil, 60 * time.Second: nil, 61 * time.Second: credential.ErrStale,
		80 * time.Second: credential.ErrStale, 365 * 24 * time.Hour: credential.ErrStale,
	} {
		code, proof, err := i.check(text, now.Add(age))
		if !errors.Is(err, want) || code.Kind != credential.Live || proof.Age != age {
			t.Errorf("after %v: kind %v, age %v, %v", age, code.Kind, proof.Age, err)
		}
		same(t, proof.Claims, c)
	}
	if _, _, err := i.check(credential.SignedText(origin, signed), now); !errors.Is(err, credential.ErrStale) {
		t.Error("without its live part:", err)
	}
	other := newPhone(t).live(t, signed, now)
	if _, _, err := i.check(credential.SignedText(origin, other), now); !errors.Is(err, credential.ErrForged) {
		t.Error("another phone:", err)
	}
	renewed := p.live(t, signed, now)
	renewed[len(signed)+3]++ // a later time under the old signature
	if _, _, err := i.check(credential.SignedText(origin, renewed), now); !errors.Is(err, credential.ErrForged) {
		t.Error("time changed:", err)
	}
	plain := p.live(t, i.sign(t, sample()), now)
	if _, _, err := i.check(credential.SignedText(origin, plain), now); !errors.Is(err, credential.ErrForged) {
		t.Error("no holder key inside:", err)
	}
}

func TestKeysDecide(t *testing.T) {
	i, other := newIssuer(t), newIssuer(t)
	text := credential.SignedText(origin, i.sign(t, sample()))
	if _, _, err := other.check(text, now); !errors.Is(err, credential.ErrForged) {
		t.Error("another key of that name:", err)
	}
	second := credential.KeyID{0x12, 0x35}
	keys, err := credential.NewKeySet(public(i.private, second))
	if err != nil {
		t.Fatal(err)
	}
	code, _ := credential.Parse(text, origin)
	if _, err := keys.Check(code, now); !errors.Is(err, credential.ErrUnknown) {
		t.Error("unknown kid:", err)
	}
	old := public(i.private, kid)
	old.NotAfter = now.AddDate(0, -6, 0)
	keys, _ = credential.NewKeySet(old, public(other.private, second))
	if _, err := keys.Check(code, now); err != nil {
		t.Error("signed before the rotation:", err)
	}
	old.Withdrawn = now
	keys, _ = credential.NewKeySet(old, public(other.private, second))
	if _, err := keys.Check(code, now); !errors.Is(err, credential.ErrUnknown) {
		t.Error("withdrawn:", err)
	}
	jwks, _ := keys.JWKS()
	if bytes.Contains(jwks, []byte(`"1234"`)) || !bytes.Contains(jwks, []byte(`"1235"`)) {
		t.Errorf("published: %s", jwks)
	}
	if _, err := credential.NewKeySet(old, old); err == nil {
		t.Error("two keys of one name")
	}
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	for _, k := range []credential.Key{{Kid: kid, Alg: -8, Public: i.private.Public()}, {Kid: kid, Alg: credential.ES256, Public: &p384.PublicKey}, {Kid: kid, Alg: credential.ES256}} {
		if _, err := credential.NewKeySet(k); err == nil {
			t.Errorf("key taken: %+v", k)
		}
	}
}

func TestPublishedKeyIsTheKey(t *testing.T) {
	i := newIssuer(t)
	b, err := i.keys.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(b, &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%s %v", b, err)
	}
	k := set.Keys[0]
	if k["kty"] != "EC" || k["crv"] != "P-256" || k["kid"] != "1234" || k["alg"] != "ES256" || k["use"] != "sig" || k["exp"] != float64(now.AddDate(1, 0, 0).Unix()) {
		t.Errorf("%s", b)
	}
	point, _ := i.private.Public().(*ecdsa.PublicKey).Bytes()
	if k["x"] != b64(point[1:33]) || k["y"] != b64(point[33:]) {
		t.Error("coordinates")
	}
}

func TestPrivateKeySurvivesStorage(t *testing.T) {
	i := newIssuer(t)
	der, err := i.private.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := credential.ParsePrivate(der)
	if err != nil {
		t.Fatal(err)
	}
	signed, _ := credential.Sign(again.Signer(kid), sample())
	if _, _, err := i.check(credential.SignedText(origin, signed), now); err != nil {
		t.Error(err)
	}
	if _, err := credential.ParsePrivate(der[:len(der)-1]); err == nil {
		t.Error("truncated key taken")
	}
}

// golden is shared with every other reader of the codes (the offline checker): formats may not drift.
type golden struct {
	Origin  string            `json:"origin"`
	Private string            `json:"private_pkcs8"` // a key for tests only
	Claims  credential.Claims `json:"claims"`
	Payload string            `json:"payload"`
	Signed  string            `json:"signed_text"`
	Live    string            `json:"live_text"`
	LiveAt  time.Time         `json:"live_at"`
	Token   string            `json:"token"`
	TokenAt string            `json:"token_text"`
}

func TestGoldenVectors(t *testing.T) {
	const file = "testdata/golden.json"
	if *update {
		writeGolden(t, file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	der, _ := hex.DecodeString(g.Private)
	private, err := credential.ParsePrivate(der)
	if err != nil {
		t.Fatal(err)
	}
	i := issuerOf(t, private)
	if got := hex.EncodeToString(payload(t, i.sign(t, g.Claims))); got != g.Payload {
		t.Errorf("payload\n got %s\nwant %s", got, g.Payload)
	}
	for text, kind := range map[string]credential.Kind{g.Signed: credential.Signed, g.Live: credential.Live} {
		code, proof, err := i.check(text, g.LiveAt.Add(30*time.Second))
		if err != nil || code.Kind != kind {
			t.Fatalf("%s: %v %v", kind, code.Kind, err)
		}
		proof.Claims.Holder = nil
		same(t, proof.Claims, g.Claims)
	}
	token, _ := hex.DecodeString(g.Token)
	if got := credential.TokenText(g.Origin, [16]byte(token)); got != g.TokenAt {
		t.Errorf("token text %s, want %s", got, g.TokenAt)
	}
}

func writeGolden(t *testing.T, file string) {
	i, p := newIssuer(t), newPhone(t)
	der, _ := i.private.Marshal()
	token := [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255}
	c := sample()
	c.Holder = p.public()
	g := golden{
		Origin: origin, Private: hex.EncodeToString(der), Claims: sample(), Payload: hex.EncodeToString(payload(t, i.sign(t, sample()))),
		Signed: credential.SignedText(origin, i.sign(t, sample())), Live: credential.SignedText(origin, p.live(t, i.sign(t, c), now)), LiveAt: now,
		Token: hex.EncodeToString(token[:]), TokenAt: credential.TokenText(origin, token),
	}
	b, _ := json.MarshalIndent(g, "", "  ")
	if err := os.WriteFile(file, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// payload takes the third element out of a COSE_Sign1 with another decoder configuration than the product's.
func payload(t testing.TB, signed []byte) []byte {
	t.Helper()
	var tag cbor.RawTag
	var parts []cbor.RawMessage
	var b []byte
	if err := errors.Join(cbor.Unmarshal(signed, &tag), cbor.Unmarshal(tag.Content, &parts), cbor.Unmarshal(parts[2], &b)); err != nil {
		t.Fatal(err)
	}
	return b
}

// text writes any bytes as a signed code, as SignedText does.
func text(b []byte) string {
	return "HTTPS://ANJU.EXAMPLE/V#" + new(big.Int).SetBytes(append([]byte{1}, b...)).String()
}
