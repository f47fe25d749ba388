package access

import (
	"crypto/rand"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Partner is the kind of a department or system of a city that comes with a key, not with a session.
const Partner Kind = "partner"

// PartnerID is how a partner stands in an actor and in the ledger.
func PartnerID(jurisdiction, code string) string { return jurisdiction + "/" + code }

// PartnerOf takes the id of a partner apart; both are empty for anybody else.
func (a Actor) PartnerOf() (jurisdiction, code string) {
	jurisdiction, code, ok := strings.Cut(a.ID, "/")
	if a.Kind != Partner || !ok {
		return "", ""
	}
	return jurisdiction, code
}

// A key is "anju_<city>_<name>_<secret>": the city leads to the place where it is kept, the name tells people which key it is, and the
// secret has 256 random bits. Because nobody can guess it, its SHA-256 is kept as it is, where a password needs a slow hash with salt
// (Argon2id): a key is looked up at every request, and there is no dictionary to try.
var keyForm = regexp.MustCompile(`^anju_([0-9]{6})_([a-z2-7]{8})_[A-Za-z0-9_-]{43}$`)

// PartnerKeyName is what tells two keys apart in lists: no secret.
type PartnerKeyName string

const keyLetters = "abcdefghijklmnopqrstuvwxyz234567"

// NewPartnerKey makes a key for a partner of a city, with its name and the hash under which it is kept.
func NewPartnerKey(jurisdiction string) (key string, name PartnerKeyName, hash []byte) {
	var raw [40]byte
	rand.Read(raw[:])
	letters := make([]byte, 8)
	for i := range letters {
		letters[i] = keyLetters[raw[32+i]&31]
	}
	name = PartnerKeyName(letters)
	key = "anju_" + jurisdiction + "_" + string(name) + "_" + base64.RawURLEncoding.EncodeToString(raw[:32])
	return key, name, HashToken(key)
}

// ParsePartnerKey finds the city and the name in what was sent as a key, and its hash. What has not the form of a key belongs to nobody.
func ParsePartnerKey(s string) (jurisdiction string, name PartnerKeyName, hash []byte, ok bool) {
	found := keyForm.FindStringSubmatch(s)
	if found == nil {
		return "", "", nil, false
	}
	return found[1], PartnerKeyName(found[2]), HashToken(s), true
}

// PartnerKey is what is kept of a key.
type PartnerKey struct {
	Name      PartnerKeyName
	CreatedAt time.Time
	ExpiresAt time.Time
	EndedAt   time.Time // zero while nobody has revoked it
	UsedAt    time.Time // zero while it was never used; kept to the minute
}

// The lives of keys.
const (
	// PartnerKeyLife is how long a key is good.
	PartnerKeyLife = 365 * 24 * time.Hour
	// PartnerKeyOverlap is how long the key before a new one stays good, so that a partner can change over.
	PartnerKeyOverlap = 14 * 24 * time.Hour
	// PartnerKeysAlive is how many keys of a partner may be good at once.
	PartnerKeysAlive = 2
)

// Alive reports whether the key may be used at now.
func (k PartnerKey) Alive(now time.Time) bool { return k.EndedAt.IsZero() && now.Before(k.ExpiresAt) }

// NeedsTouch reports whether the last use should be written: not at every request.
func (k PartnerKey) NeedsTouch(now time.Time) bool { return now.Sub(k.UsedAt) >= touchEvery }

// Scope kinds: what a partner may do.
const (
	ScopeChanges       = "changes"        // read the feed of the city's changes
	ScopeConfirmations = "confirmations:" // send confirmations; the kind of system follows
	ScopeVerifications = "verifications:" // check codes for a purpose, which follows
)

var scopeForm = regexp.MustCompile(`^(changes|(confirmations|verifications):[a-z][a-z0-9_]{0,39})$`)

// ScopeNamed reports whether s has the form of a scope. Whether the city knows its kind of system is for the law to say.
func ScopeNamed(s string) bool { return scopeForm.MatchString(s) }

// The fields of a permit that a partner may be given. Each needs a legal basis of its own; number, what happened and when come with
// every event.
const (
	FieldStatus     = "status"
	FieldTier       = "tier"
	FieldCounty     = "county"
	FieldIssuedOn   = "issued_on"
	FieldValidUntil = "valid_until"
	FieldEndorseBy  = "endorse_by"
	FieldName       = "name"
	FieldIDNumber   = "id_number"
	FieldResidence  = "residence"
)

// PartnerFields lists them, the telling ones last.
func PartnerFields() []string {
	return []string{FieldStatus, FieldTier, FieldCounty, FieldIssuedOn, FieldValidUntil, FieldEndorseBy, FieldName, FieldIDNumber, FieldResidence}
}

// FieldsOf are the fields that a scope can have: one that only brings something in gives nothing out.
func FieldsOf(scope string) []string {
	if strings.HasPrefix(scope, ScopeConfirmations) {
		return nil
	}
	return PartnerFields()
}

// Telling reports whether a field says who somebody is.
func Telling(field string) bool {
	return slices.Contains([]string{FieldName, FieldIDNumber, FieldResidence}, field)
}

// The throttles of partners: of one key, and of wrong keys from one address. A key cannot be guessed; the second one keeps a machine that
// is set up wrongly from keeping the database busy.
var (
	RequestsPerKey   = Limit{"partner-key", 1200, time.Minute}
	WrongKeysPerPeer = Limit{"partner-wrong-peer", 60, 15 * time.Minute}
)
