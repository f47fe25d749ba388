package api_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/scene"
	"anju/server/store/storetest"
	"anju/server/text"
)

// furnished is a desk in a house with people.
type furnished struct {
	desk
	store office.Store
	all   map[string]scene.Played
}

func furnish(t *testing.T, people ...string) furnished {
	t.Helper()
	h := furnished{store: storetest.Open(t), all: map[string]scene.Played{}}
	h.desk = open(t, func(c *office.Config) {
		c.Store, c.Demo = h.store, true
		c.Extensions = []policy.Extension{{Ruleset: "zibo-2014", Until: civic.MustDate("2027-12-31"), Document: "test"}}
	})
	h.clock.Set(scene.Morning)
	if err := h.office.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	house := scene.House{Office: h.office, Store: h.store, Clock: h.clock}
	if err := house.Furnish(t.Context(), "password"); err != nil {
		t.Fatal(err)
	}
	for _, key := range people {
		played, err := house.Play(t.Context(), scene.PersonOf(key))
		if err != nil {
			t.Fatal(err)
		}
		h.all[key] = played
	}
	return h
}

// permit is what the holder has in hand.
func (h furnished) permit(key string) office.PermitCase {
	h.Helper()
	c, err := h.office.Permit(h.Context(), h.all[key].Citizen(), "")
	if err != nil {
		h.Fatal(err)
	}
	return c
}

type verification struct {
	Verdict    string
	Permit     *struct{ Number, Jurisdiction, Tier, Name string }
	CodeKind   *string `json:"code_kind"`
	CodeAge    *int    `json:"code_age_s"`
	CheckedAt  string  `json:"checked_at"`
	StatusAsOf *string `json:"status_as_of"`
	Reason     *string
	NextStep   civic.Text `json:"next_step"`
}

// check asks about a code and makes sure that the next step is said for the verdict, in both languages.
func (h furnished) check(code string) verification {
	h.Helper()
	v := into[verification](h, h.post("/api/v1/verifications", string(bodyOf(code))))
	key := "parts.verdict.next." + v.Verdict
	if v.NextStep.Zh != text.For(text.Chinese).Say(key) || v.NextStep.En != text.For(text.English).Say(key) || v.NextStep.Zh == v.NextStep.En {
		h.Errorf("%s: %+v", v.Verdict, v.NextStep)
	}
	if (v.Permit == nil) != (v.StatusAsOf == nil) {
		h.Errorf("%s: a status without a permit, or a permit without", v.Verdict)
	}
	return v
}

func bodyOf(code string) []byte {
	body, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		panic(err) // of a string it does not fail
	}
	return body
}

func TestVerificationsGiveTheMinimum(t *testing.T) {
	h := furnish(t, "zz.issued", "zb.issued_1y")
	held := h.permit("zz.issued")
	signed := credential.SignedText(origin, held.Signed)
	a := h.post("/api/v1/verifications", string(bodyOf(signed)))
	same(t, a.body, `{"verdict":"valid","permit":{"number":"`+held.Permit.Number+`","jurisdiction":"350600","tier":"residence_permit","name":"张*明","id_number":"**************`+h.all["zz.issued"].ID[14:]+`",
		"issued_on":"2026-11-22","valid_until":null},"code_kind":"signed","code_age_s":null,"checked_at":"2026-11-24T09:30:00+08:00","status_as_of":"2026-11-24T09:30:00+08:00","reason":null,
		"next_step":{"zh":"…","en":"…"}}`)

	token := h.check(credential.TokenText(origin, held.Permit.Token))
	if token.Verdict != "valid" || *token.CodeKind != "token" || token.Permit == nil || token.Permit.Number != held.Permit.Number {
		t.Errorf("%+v", token)
	}
	zibo := h.post("/api/v1/verifications", string(bodyOf(credential.SignedText(origin, h.permit("zb.issued_1y").Signed))))
	if !strings.Contains(string(zibo.body), `"tier":"permit_1y","name":"田*"`) || strings.Contains(string(zibo.body), `"valid_until":null`) {
		t.Errorf("%s", zibo.body)
	}
	whole := map[string]string{"zz.issued": string(a.body), "zb.issued_1y": string(zibo.body)}
	for key, body := range whole {
		p := h.all[key]
		for _, secret := range []string{p.Name, p.ID, p.ID[:14], p.Phone, p.Reference, "胜利路"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s is told: %s", secret, body)
			}
		}
	}
}

func TestVerdictsOnCodesThatProveNothing(t *testing.T) {
	h := furnish(t, "zz.issued", "zz.pre_applied")
	signed := credential.SignedText(origin, h.permit("zz.issued").Signed)
	digit := len(signed) - 20
	changed := signed[:digit] + string('0'+(signed[digit]-'0'+1)%10) + signed[digit+1:]
	for name, c := range map[string]struct{ code, verdict, kind string }{
		"one digit changed": {changed, "forged", "signed"},
		"no such token":     {credential.TokenText(origin, [16]byte{1, 2, 3}), "unknown", "token"},
		"no token at all":   {origin + "/V/HELLO", "unknown", ""},
		"another site":      {strings.Replace(signed, "EXAMPLE.COM", "EXAMPLE.ORG", 1), "foreign", ""},
		"a payment code":    {"https://qr.alipay.com/fkx1", "foreign", ""},
		"cut short":         {signed[:len(signed)/2], "forged", ""},
		"far too long":      {strings.Repeat("1", 50_000), "foreign", ""},
		"NUL":               {"\x00", "foreign", ""},
		"half a surrogate":  {"\ud7ff\ufffd", "foreign", ""},
	} {
		v := h.check(c.code)
		kind := ""
		if v.CodeKind != nil {
			kind = *v.CodeKind
		}
		if v.Verdict != c.verdict || kind != c.kind || v.Permit != nil || v.CodeAge != nil || v.Reason != nil {
			t.Errorf("%s: %+v", name, v)
		}
	}

	slip, err := h.office.Application(t.Context(), h.all["zz.pre_applied"].Citizen(), h.all["zz.pre_applied"].Reference)
	if err != nil {
		t.Fatal(err)
	}
	if v := h.check(credential.TokenText(origin, slip.Token)); v.Verdict != "unknown" || v.Permit != nil || v.Reason == nil || *v.Reason != "no_permit" {
		t.Errorf("a slip without permit: %+v", v)
	}
}

func TestVerdictsFollowTheClock(t *testing.T) {
	h := furnish(t, "zb.issued_1y")
	oneYear := h.permit("zb.issued_1y")
	code := credential.SignedText(origin, oneYear.Signed)
	for at, want := range map[string]string{
		oneYear.Permit.IssuedOn.AddDays(-1).String():  "not_yet_valid",
		oneYear.Permit.IssuedOn.String():              "valid",
		oneYear.Permit.ValidUntil.String():            "valid",
		oneYear.Permit.ValidUntil.AddDays(1).String(): "expired",
	} {
		h.clock.Set(civic.MustDate(at).Start())
		if v := h.check(code); v.Verdict != want || v.Permit == nil || v.CheckedAt != at+"T00:00:00+08:00" {
			t.Errorf("on %s: %+v", at, v)
		}
	}
}

func TestLiveCodesGrowOld(t *testing.T) {
	h := furnish(t, "zz.issued")
	held := h.permit("zz.issued")
	phone, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed := h.sign(held, phone)
	h.clock.Set(scene.Morning.Add(12 * time.Second))
	code := credential.SignedText(origin, live(t, signed, phone, scene.Morning))
	if v := h.check(code); v.Verdict != "valid" || *v.CodeKind != "live" || v.CodeAge == nil || *v.CodeAge != 12 {
		t.Errorf("fresh: %+v", v)
	}
	h.clock.Set(scene.Morning.Add(61 * time.Second))
	if v := h.check(code); v.Verdict != "stale_code" || v.CodeAge == nil || *v.CodeAge != 61 || v.Permit == nil {
		t.Errorf("old: %+v", v)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if v := h.check(credential.SignedText(origin, live(t, signed, other, h.clock.Now()))); v.Verdict != "forged" || v.CodeAge != nil || v.Permit != nil {
		t.Errorf("another phone: %+v", v)
	}
}

// sign makes a permit with a phone's key in it, under the key of the house.
func (h furnished) sign(held office.PermitCase, phone *ecdsa.PrivateKey) []byte {
	h.Helper()
	var stored []office.StoredKey
	err := h.store.Within(h.Context(), func(tx office.Tx) (err error) {
		stored, err = tx.SigningKeys(h.Context())
		return err
	})
	if err != nil || len(stored) != 1 {
		h.Fatal(len(stored), err)
	}
	private, err := credential.ParsePrivate(stored[0].Private)
	if err != nil {
		h.Fatal(err)
	}
	point, err := phone.PublicKey.Bytes()
	if err != nil {
		h.Fatal(err)
	}
	signed, err := credential.Sign(private.Signer(stored[0].Key.Kid), credential.Claims{Jurisdiction: 350600, Number: held.Permit.Number, Tier: credential.TierResidencePermit,
		IssuedOn: held.Permit.IssuedOn, Name: "张*明", LastFour: "0015", Holder: append([]byte{2 + point[64]&1}, point[1:33]...)})
	if err != nil {
		h.Fatal(err)
	}
	return signed
}

// live puts time and signature behind a signed permit, as a phone does.
func live(t *testing.T, signed []byte, phone *ecdsa.PrivateKey, at time.Time) []byte {
	t.Helper()
	seconds := uint32(at.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) / time.Second)
	message := binary.BigEndian.AppendUint32(bytes.Clone(signed), seconds)
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, phone, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []*big.Int{r, s} {
		message = append(message, n.FillBytes(make([]byte, 32))...)
	}
	return message
}

func TestVerificationsStandInTheHoldersLog(t *testing.T) {
	h := furnish(t, "zz.issued")
	h.check(credential.SignedText(origin, h.permit("zz.issued").Signed))
	entries, err := h.office.AccessLog(t.Context(), h.all["zz.issued"].Citizen())
	if err != nil || len(entries) == 0 {
		t.Fatal(len(entries), err)
	}
	if e := entries[0]; string(e.Action) != "verified" || e.RequestID == "" || e.ActorID != "" {
		t.Errorf("%+v", e)
	}
}

// There are no partners yet: no key is known, and what only a key opens is refused.
func TestVerificationsWithoutPartners(t *testing.T) {
	d := open(t, nil)
	const target = "/api/v1/verifications"
	for _, key := range []string{"Bearer secret", "Basic YTpi", "Bearer"} {
		a := d.send("POST", target, `{"code":"1"}`, "Authorization", key)
		d.refused(a, 401, "key_unknown", "")
	}
	for body, want := range map[string]string{
		`{}`:            "required code",
		`{"code":""}`:   "required code",
		`{"code":null}`: "required code",
		`{"code":42}`:   "wrong_type code",
		`{"code":"1","purpose":"school_enrolment"}`: "partner_only purpose",
		`{"code":"1","purpose":""}`:                 "partner_only purpose",
		`{"code":"1","purpose":7}`:                  "wrong_type purpose",
	} {
		reason, field, _ := strings.Cut(want, " ")
		d.refused(d.send("POST", target, body), 422, reason, field)
	}
	if v := into[verification](t, d.post(target, `{"code":"1","purpose":null}`)); v.Verdict != "foreign" {
		t.Errorf("%+v", v)
	}
}

func TestPublishedKeysAreThoseOfTheHouse(t *testing.T) {
	h := furnish(t)
	a := h.get("/.well-known/jwks.json")
	want, err := h.office.KeySet().JWKS()
	if err != nil || !bytes.Equal(a.body, want) || a.Header.Get("Content-Type") != "application/jwk-set+json" {
		t.Errorf("%s, %v", a.body, err)
	}
	if keys := into[struct{ Keys []any }](t, a).Keys; len(keys) != 1 {
		t.Errorf("%d keys", len(keys))
	}
}
