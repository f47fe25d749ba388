package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"time"
	"unicode"
)

// One-time codes: six digits, five minutes, five tries, single use (ASVS 6.5, 6.6).
const (
	CodeDigits   = 6
	CodeLifetime = 5 * time.Minute
	CodeTries    = 5
)

// The reasons for which a one-time code is not taken.
var (
	ErrCodeWrong   = errors.New("access: the code is not the one that was sent")
	ErrCodeExpired = errors.New("access: the code has expired or was used")
	ErrCodeTries   = errors.New("access: too many tries with this code")
)

// Challenge is a one-time code that was sent to a phone and is being waited for. It is bound to the browser that asked
// (by Hash, the hash of a token in its cookie), to the phone and to the purpose.
type Challenge struct {
	Hash      []byte // SHA-256 of the browser's challenge token
	Purpose   string // "sign-in" or "kiosk"
	Phone     string
	CodeHash  []byte
	ExpiresAt time.Time
	Tries     int
	UsedAt    time.Time
}

// NewCode returns six random digits.
func NewCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil { // crypto/rand does not fail on the systems we run on; a guessable code must never be sent
		panic(err)
	}
	return fmt.Sprintf("%06d", n)
}

// ParseCode reads a code as people type it: spaces in it and full-width digits are as good. ok is false when it is not six digits.
func ParseCode(s string) (code string, ok bool) {
	var digits []byte
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r >= '０' && r <= '９':
			digits = append(digits, byte('0'+r-'０'))
		case !unicode.IsSpace(r):
			return "", false
		}
	}
	return string(digits), len(digits) == CodeDigits
}

// HashCode is how a code is stored: keyed, because a million possibilities are no secret, and bound to its challenge.
func HashCode(key, challengeHash []byte, code string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(challengeHash)
	mac.Write([]byte(code))
	return mac.Sum(nil)
}

// Try checks a code. The caller must store Tries and UsedAt whatever the answer.
func (c *Challenge) Try(key []byte, code string, now time.Time) error {
	if !c.UsedAt.IsZero() || !now.Before(c.ExpiresAt) {
		return ErrCodeExpired
	}
	if c.Tries >= CodeTries {
		return ErrCodeTries
	}
	c.Tries++
	if !hmac.Equal(c.CodeHash, HashCode(key, c.Hash, code)) {
		if c.Tries >= CodeTries {
			return ErrCodeTries
		}
		return ErrCodeWrong
	}
	c.UsedAt = now
	return nil
}

// Limit is a throttle: at most Max events of a name and a key (a phone, an address) in a Window.
type Limit struct {
	Name   string
	Max    int
	Window time.Duration
}

// The throttles. A code is short, so what protects an account is the daily cap; the global cap sounds the alarm when codes are
// sprayed over many phones.
var (
	CodesPerPhoneHour = Limit{"code-phone-hour", 3, time.Hour}
	CodesPerPhoneDay  = Limit{"code-phone-day", 10, 24 * time.Hour}
	CodesPerPeerHour  = Limit{"code-peer-hour", 60, time.Hour}
	CodesPerDay       = Limit{"code-all-day", 20_000, 24 * time.Hour}
	StaffPerLogin     = Limit{"staff-login", 10, 15 * time.Minute}
	StaffPerPeer      = Limit{"staff-peer", 60, 15 * time.Minute}
	LookupsPerPeer    = Limit{"lookup-peer", 30, time.Hour} // progress by reference and ID number, an answer by reference, without a session
	// IdentitiesPerAccount is how many people an account may begin an application for in a day.
	IdentitiesPerAccount = Limit{"identity-account", 20, 24 * time.Hour}

	RefusalsPerPeer = Limit{"refusal-peer", 30, time.Hour} // reports that a permit was not honoured: many people may share an address
)

// ErrThrottled says that a limit has been reached; the visitor is told when to come back.
type ErrThrottled struct {
	Limit Limit
	Until time.Time
}

func (e ErrThrottled) Error() string { return "access: throttled by " + e.Limit.Name }
