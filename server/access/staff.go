package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"
)

// StaffMember is somebody who works at the console.
type StaffMember struct {
	ID           string
	Login        string
	Name         string
	PasswordHash string
	TOTPSecret   string // base32; empty only in the demo
	TOTPStep     int64  // the last step that was used, so that a code cannot be replayed
	Posts        []Post
	DisabledAt   time.Time
}

// argon2id parameters: 19 MiB, two passes, one lane (about 20 ms), as OWASP advises.
const (
	argonMemory  = 19 * 1024
	argonPasses  = 2
	argonLanes   = 1
	argonKeySize = 32
)

// hashing admits two password hashes at a time: each takes 19 MiB and a core.
var hashing = make(chan struct{}, 2)

func argon(password string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonLanes, argonKeySize)
}

// HashPassword returns the stored form of a password.
func HashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		enc.EncodeToString(salt), enc.EncodeToString(argon(password, salt)))
}

// ErrCredentials says that login, password or second factor is wrong, without saying which.
var ErrCredentials = errors.New("access: login, password or code is wrong")

// nobody is a hash to compare with when the login does not exist, so that both cases take the same time.
var nobody = HashPassword("nobody signs in with this")

// CheckPassword compares a password with a stored hash; an empty hash costs the same time and never matches.
func CheckPassword(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = nobody
	}
	fields := strings.Split(hash, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(fields[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(fields[5])
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare(argon(password, salt), want) == 1 && known
}

const totpPeriod = 30

// NewTOTPSecret makes a second-factor secret and the otpauth address that an authenticator app scans.
func NewTOTPSecret(login string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Anju", AccountName: login, Period: totpPeriod})
	if err != nil {
		return "", "", err
	}
	return key.Secret(), key.URL(), nil
}

// CheckTOTP accepts the code of the present step or a neighbour, once: lastStep is the step used last, step the one used now.
func CheckTOTP(secret, code string, lastStep int64, now time.Time) (step int64, ok bool) {
	options := totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	for offset := int64(-1); offset <= 1; offset++ {
		at := now.Add(time.Duration(offset) * totpPeriod * time.Second)
		step := at.Unix() / totpPeriod
		if step <= lastStep {
			continue
		}
		if ok, err := totp.ValidateCustom(code, secret, at, options); err == nil && ok {
			return step, true
		}
	}
	return 0, false
}
