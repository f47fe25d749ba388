package credential

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"anju/server/civic"

	"github.com/fxamacker/cbor/v2"
)

const listAddress = "https://anju.example/api/v1/status-lists/350600-1"

var listTime = time.Date(2026, 11, 22, 1, 30, 5, 0, time.UTC)

// TestStatusListOfTheDraft reads the examples of the draft (section "Status List", 1 and 2 bits): what others write, we read.
func TestStatusListOfTheDraft(t *testing.T) {
	for _, c := range []struct {
		bits int
		list string
		want []Standing
	}{
		{1, "eNrbuRgAAhcBXQ", []Standing{1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1}},
		{2, "eNo76fITAAPfAgc", []Standing{1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3}},
	} {
		packed, err := base64.RawURLEncoding.DecodeString(c.list)
		if err != nil {
			t.Fatal(err)
		}
		l, err := unpackList(listWire{c.bits, packed})
		if err != nil || l.Len() != len(c.want) {
			t.Fatalf("%d bits: %d places, %v", c.bits, l.Len(), err)
		}
		for i, want := range c.want {
			if got, ok := l.At(i); !ok || got != want {
				t.Errorf("%d bits, place %d: %d, want %d", c.bits, i, got, want)
			}
		}
	}
}

// TestStatusListTells writes standings, signs, reads back, and asks every place.
func TestStatusListTells(t *testing.T) {
	private, keys := listKeys(t)
	l := NewStatusList(64)
	want := map[int]Standing{0: StandingSuspended, 3: StandingLost, 4: StandingInvalid, 63: StandingSuspended}
	for i, s := range want {
		if err := l.Set(i, s); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(l.Set(5, StandingLost), l.Set(5, StandingValid)); err != nil { // a loss that was withdrawn
		t.Fatal(err)
	}
	token, err := SignStatusList(private.Signer(KeyID{1, 2}), listAddress, l, listTime, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	read, asOf, err := keys.CheckStatusList(token, listAddress)
	if err != nil || !asOf.Equal(listTime) || read.Len() != 64 {
		t.Fatal(read.Len(), asOf, err)
	}
	for i := range 64 {
		if got, ok := read.At(i); !ok || got != want[i] {
			t.Errorf("place %d: %d, want %d", i, got, want[i])
		}
	}
	for _, outside := range []int{-1, 64, 1 << 30} {
		if _, ok := read.At(outside); ok || l.Set(outside, StandingLost) == nil {
			t.Errorf("place %d is inside", outside)
		}
	}
	if l.Set(1, 4) == nil {
		t.Error("a value that two bits do not hold was written")
	}
}

// TestStatusListIsNotAnybodys changes every byte of a token once, and tries the tokens of others.
func TestStatusListIsNotAnybodys(t *testing.T) {
	private, keys := listKeys(t)
	l := NewStatusList(4096)
	token, err := SignStatusList(private.Signer(KeyID{1, 2}), listAddress, l, listTime, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for i := range token {
		changed := bytes.Clone(token)
		changed[i] ^= 1
		if _, _, err := keys.CheckStatusList(changed, listAddress); err == nil {
			t.Fatalf("byte %d may be changed", i)
		}
	}
	if _, _, err := keys.CheckStatusList(append(token, 0), listAddress); !errors.Is(err, ErrForged) {
		t.Error("a byte behind it:", err)
	}
	if _, _, err := keys.CheckStatusList(token, listAddress+"0"); !errors.Is(err, ErrForged) {
		t.Error("the token of another list:", err)
	}
	stranger, err := GeneratePrivate()
	if err != nil {
		t.Fatal(err)
	}
	for kid, want := range map[KeyID]error{{1, 2}: ErrForged, {9, 9}: ErrUnknown} {
		theirs, err := SignStatusList(stranger.Signer(kid), listAddress, l, listTime, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := keys.CheckStatusList(theirs, listAddress); !errors.Is(err, want) {
			t.Errorf("key %s of a stranger: %v, want %v", kid, err, want)
		}
	}
	// A permit signed by us is no status list, and a list is no permit.
	permit, err := Sign(private.Signer(KeyID{1, 2}), Claims{Jurisdiction: 350600, Number: "350602-2026-0000042-Q", Tier: TierResidencePermit,
		IssuedOn: civic.MustDate("2026-01-10"), Name: "张*明", LastFour: "0015", List: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := keys.CheckStatusList(permit, listAddress); !errors.Is(err, ErrForged) {
		t.Error("a permit passes for a list:", err)
	}
	e, _, err := splitEnvelope(token)
	if err != nil {
		t.Fatal("the token is too long to be tried as a permit:", err)
	}
	if _, err := keys.Check(Code{Kind: Signed, envelope: e, signed: token}, listTime); !errors.Is(err, ErrForged) {
		t.Error("a list passes for a permit:", err)
	}
}

// TestStatusListIsNoBomb unpacks what is small and becomes large: it stops at the size of a list.
func TestStatusListIsNoBomb(t *testing.T) {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range 300 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, bits := range []int{1, 2, 4, 8} {
		if _, err := unpackList(listWire{bits, packed.Bytes()}); err == nil {
			t.Errorf("%d bytes were unpacked to 300 MB", packed.Len())
		}
	}
	for _, bits := range []int{-1, 0, 3, 16} {
		if _, err := unpackList(listWire{bits, []byte{0x78, 0xda, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 1}}); err == nil {
			t.Errorf("%d bits a place were taken", bits)
		}
	}
}

// TestStandingsGoThereAndBack: what a checker without network says is what the record says, as far as two bits tell it.
func TestStandingsGoThereAndBack(t *testing.T) {
	for status, want := range map[Status]Status{StatusActive: StatusActive, StatusSuspended: StatusSuspended, StatusLost: StatusLost, StatusCancelled: StatusCancelled,
		StatusSuperseded: StatusCancelled, StatusExpired: StatusCancelled, NoRecord: StatusCancelled} {
		if got := StandingOf(status).Status(); got != want {
			t.Errorf("%d is shown as %d, want %d", status, got, want)
		}
	}
}

// TestAMillionPlacesInAHundredKilobytes is the size that a phone has to carry: a million permits, one in ten not valid.
func TestAMillionPlacesInAHundredKilobytes(t *testing.T) {
	private, keys := listKeys(t)
	l, random := NewStatusList(1_000_000), rand.New(rand.NewPCG(5, 3))
	for i := range 1_000_000 {
		s := StandingValid
		switch n := random.IntN(100); {
		case n < 7:
			s = StandingSuspended
		case n < 9:
			s = StandingInvalid
		case n < 10:
			s = StandingLost
		}
		if err := l.Set(i, s); err != nil {
			t.Fatal(err)
		}
	}
	token, err := SignStatusList(private.Signer(KeyID{1, 2}), listAddress, l, listTime, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(token))
	if len(token) > 100_000 {
		t.Errorf("the token has %d bytes", len(token))
	}
	if read, _, err := keys.CheckStatusList(token, listAddress); err != nil || !bytes.Equal(read.Bytes(), l.Bytes()) {
		t.Error("it is not read back as it was:", err)
	}
}

// FuzzStatusList reads what anybody may put in place of a list: never a panic, and nothing that our key did not sign.
func FuzzStatusList(f *testing.F) {
	private, keys := listKeys(f)
	token, err := SignStatusList(private.Signer(KeyID{1, 2}), listAddress, NewStatusList(64), listTime, time.Minute)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add([]byte{tagSign1, 0x84})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := keys.CheckStatusList(b, listAddress); err == nil && !bytes.Equal(b, token) {
			t.Errorf("%x was accepted", b)
		}
		var w listWire
		if cbor.Unmarshal(b, &w) == nil {
			_, _ = unpackList(w)
		}
	})
}

func listKeys(t testing.TB) (PrivateKey, KeySet) {
	t.Helper()
	private, err := GeneratePrivate()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := NewKeySet(Key{Kid: KeyID{1, 2}, Alg: ES256, Public: private.Public(), NotBefore: listTime, NotAfter: listTime.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return private, keys
}
