package access_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"anju/server/access"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestCodeIsTakenOnceWithinItsTime(t *testing.T) {
	key := []byte("a key of the deployment")
	fresh := func() access.Challenge {
		_, hash := access.NewToken()
		return access.Challenge{Hash: hash, CodeHash: access.HashCode(key, hash, "042137"), ExpiresAt: noon.Add(access.CodeLifetime)}
	}
	c := fresh()
	if err := c.Try(key, "042138", noon); !errors.Is(err, access.ErrCodeWrong) {
		t.Fatalf("a wrong code: %v", err)
	}
	if err := c.Try(key, "042137", noon); err != nil {
		t.Fatalf("the right code: %v", err)
	}
	if err := c.Try(key, "042137", noon); !errors.Is(err, access.ErrCodeExpired) {
		t.Errorf("the same code again: %v", err)
	}
	c = fresh()
	if err := c.Try(key, "042137", noon.Add(access.CodeLifetime)); !errors.Is(err, access.ErrCodeExpired) {
		t.Errorf("the right code too late: %v", err)
	}
	c = fresh()
	for range access.CodeTries {
		_ = c.Try(key, "000000", noon)
	}
	if err := c.Try(key, "042137", noon); !errors.Is(err, access.ErrCodeTries) {
		t.Errorf("the right code after five wrong ones: %v", err)
	}
	c, other := fresh(), fresh()
	c.CodeHash = other.CodeHash
	if err := c.Try(key, "042137", noon); !errors.Is(err, access.ErrCodeWrong) {
		t.Errorf("a code of another browser: %v", err)
	}
}

func TestSessionEndsByIdlenessAgeAndDecision(t *testing.T) {
	s := access.Session{Kind: access.Staff, CreatedAt: noon, SeenAt: noon}
	if !s.Alive(noon.Add(14*time.Minute)) || s.Alive(noon.Add(15*time.Minute)) {
		t.Error("a staff session lives 15 minutes without a sign of life")
	}
	s.SeenAt = noon.Add(8*time.Hour - time.Minute)
	if s.Alive(noon.Add(8 * time.Hour)) {
		t.Error("a staff session ends after 8 hours even when it is used")
	}
	s = access.Session{Kind: access.Kiosk, CreatedAt: noon, SeenAt: noon}
	if s.Alive(noon.Add(90 * time.Second)) {
		t.Error("a kiosk session outlived its 90 seconds")
	}
	s = access.Session{Kind: access.Citizen, CreatedAt: noon, SeenAt: noon, EndedAt: noon}
	if s.Alive(noon) {
		t.Error("an ended session is alive")
	}
}

func TestPasswordAndSecondFactor(t *testing.T) {
	hash := access.HashPassword("correct horse")
	if !access.CheckPassword(hash, "correct horse") || access.CheckPassword(hash, "wrong horse") || access.CheckPassword("", "nobody signs in with this") {
		t.Error("the password check is wrong")
	}
	secret, _, err := access.NewTOTPSecret("lin")
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(secret, noon)
	if err != nil {
		t.Fatal(err)
	}
	step, ok := access.CheckTOTP(secret, code, 0, noon)
	if !ok {
		t.Fatal("the right code was refused")
	}
	if _, ok := access.CheckTOTP(secret, code, step, noon.Add(5*time.Second)); ok {
		t.Error("a used code was taken again")
	}
}

func TestScopeHoldsOnlyStationsOfOneCity(t *testing.T) {
	a := access.Actor{Posts: []access.Post{{Jurisdiction: "350600", Station: "a", Role: access.Acceptor}, {Jurisdiction: "350600", Station: "b", Role: access.Verifier},
		{Jurisdiction: "370300", Station: "c", Role: access.Acceptor}, {Jurisdiction: "350600", Station: "a", Role: access.Issuer}}}
	s := a.Scope()
	if s.Jurisdiction != "350600" || len(s.Stations) != 1 || s.Stations[0] != "a" {
		t.Errorf("scope %+v", s)
	}
	if got := a.Scope(access.Auditor); len(got.Stations) != 0 {
		t.Errorf("a role that is not held gives a scope: %+v", got)
	}
	if got := s.At("b"); len(got.Stations) != 0 {
		t.Errorf("a station outside: %+v", got)
	}
}

func TestAPostSaysWhatItsRoleNeeds(t *testing.T) {
	for _, c := range []struct {
		post  access.Post
		valid bool
	}{
		{access.Post{Jurisdiction: "350600", Station: "a", Role: access.Acceptor}, true},
		{access.Post{Jurisdiction: "350600", Role: access.Auditor}, true},
		{access.Post{Jurisdiction: "350600", Role: access.Acceptor, Department: "edu"}, false},
		{access.Post{Jurisdiction: "350600", Role: access.Acceptor, Government: "350600"}, false},
		{access.Post{Jurisdiction: "350600", Role: access.Verifier, Department: "edu"}, true},
		{access.Post{Jurisdiction: "350600", Role: access.Editor, Government: "350602", Department: "edu"}, true},
		{access.Post{Jurisdiction: "350600", Role: access.Editor, Government: "350602"}, false},
		{access.Post{Jurisdiction: "350600", Role: access.Editor, Department: "edu"}, false},
		{access.Post{Jurisdiction: "350600", Role: access.Editor, Government: "370303", Department: "edu"}, false},
		{access.Post{Jurisdiction: "350600", Role: access.Publisher, Government: "350600"}, true},
		{access.Post{Jurisdiction: "350600", Role: access.Publisher, Government: "3506"}, false},
		{access.Post{Jurisdiction: "350600", Role: access.Publisher}, false},
	} {
		if c.post.Valid() != c.valid {
			t.Errorf("%+v: valid is not %v", c.post, c.valid)
		}
	}
}
