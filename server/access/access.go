// Package access knows the people who sign in: sessions, one-time codes, staff with their roles and stations, throttles.
// It decides; it stores nothing and reads no clock.
package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"
)

// Role is what a staff member may do (contracts, section 5).
type Role string

// The roles of the console. A reviewer never reviews what the same person accepted; an administrator sees no cases.
const (
	Assistant     Role = "assistant"
	Acceptor      Role = "acceptor"
	Reviewer      Role = "reviewer"
	Issuer        Role = "issuer"
	Verifier      Role = "verifier"
	Editor        Role = "editor"
	Publisher     Role = "publisher"
	Supervisor    Role = "supervisor"
	Auditor       Role = "auditor"
	Administrator Role = "administrator"
)

// Roles lists every role.
func Roles() []Role {
	return []Role{Assistant, Acceptor, Reviewer, Issuer, Verifier, Editor, Publisher, Supervisor, Auditor, Administrator}
}

// ParseRole returns the role named s.
func ParseRole(s string) (Role, bool) {
	r := Role(s)
	return r, slices.Contains(Roles(), r)
}

// Kind tells at which counter somebody stands.
type Kind string

// The kinds of actor. Anyone has not signed in; System is the house itself (daily jobs, migrations, the demo city).
const (
	Anyone  Kind = "anyone"
	Citizen Kind = "citizen"
	Staff   Kind = "staff"
	Kiosk   Kind = "kiosk"
	System  Kind = "system"
)

// Post is one role: at a station, or in a department of a government.
type Post struct {
	Jurisdiction string // six digits: the city
	Station      string // empty for a post of the whole city, and of a department
	Role         Role
	// Government is the city or county, six digits, whose catalogue an editor or publisher works on; empty for other roles.
	Government string
	// Department is the code of the rulesets ("edu") whose window or desk the post is; empty for other roles.
	Department string
}

// Valid reports whether the post says all that its role needs: an editor drafts for one department of one government, a publisher
// releases for one government.
func (p Post) Valid() bool {
	governs := p.Role == Editor || p.Role == Publisher
	if governs != (p.Government != "") || p.Government != "" && prefecture(p.Government) != p.Jurisdiction {
		return false
	}
	if p.Role == Editor {
		return p.Department != ""
	}
	return p.Department == "" || p.Role == Verifier
}

// prefecture is the city of a county, and a city's own.
func prefecture(division string) string {
	if len(division) != 6 {
		return ""
	}
	return division[:4] + "00"
}

// Actor is who does something: it stands in every ledger entry, and scopes what staff can see.
type Actor struct {
	Kind      Kind
	ID        string // account, staff or kiosk session id; empty for Anyone
	Name      string // staff only: shown to colleagues and in the history of a case
	Posts     []Post // staff only
	RequestID string
}

// Holds reports whether the actor has a role at any station.
func (a Actor) Holds(roles ...Role) bool {
	return slices.ContainsFunc(a.Posts, func(p Post) bool { return slices.Contains(roles, p.Role) })
}

// PostsAs returns the posts in which the actor holds one of the roles.
func (a Actor) PostsAs(roles ...Role) []Post {
	return slices.DeleteFunc(slices.Clone(a.Posts), func(p Post) bool { return !slices.Contains(roles, p.Role) })
}

// Scope is the set of stations whose cases a staff query may see. An empty scope sees nothing.
type Scope struct {
	Jurisdiction string
	Stations     []string
}

// Scope returns the stations at which the actor holds one of the roles; with no role named, any that handles cases.
// A staff member serves one city: the jurisdiction of the first such post.
func (a Actor) Scope(roles ...Role) Scope {
	if len(roles) == 0 {
		roles = []Role{Assistant, Acceptor, Reviewer, Issuer, Supervisor}
	}
	var s Scope
	for _, p := range a.Posts {
		if !slices.Contains(roles, p.Role) || s.Jurisdiction != "" && s.Jurisdiction != p.Jurisdiction {
			continue
		}
		s.Jurisdiction = p.Jurisdiction
		if !slices.Contains(s.Stations, p.Station) {
			s.Stations = append(s.Stations, p.Station)
		}
	}
	return s
}

// At returns the scope narrowed to one station, empty when the actor does not serve it.
func (s Scope) At(station string) Scope {
	if !slices.Contains(s.Stations, station) {
		return Scope{Jurisdiction: s.Jurisdiction}
	}
	return Scope{Jurisdiction: s.Jurisdiction, Stations: []string{station}}
}

// Session is a signed-in visit. Only the hash of its token is stored.
type Session struct {
	Hash      []byte // SHA-256 of the token
	Kind      Kind
	Subject   string // account or staff id; for a kiosk the visit's own id
	CreatedAt time.Time
	SeenAt    time.Time
	EndedAt   time.Time // zero while it has not been ended
}

// Limits are how long a session lives without a sign of life, and in all (ASVS 7.3).
type Limits struct{ Idle, Absolute time.Duration }

// LimitsOf returns the limits of a kind of session.
func LimitsOf(kind Kind) Limits {
	switch kind {
	case Staff:
		return Limits{Idle: 15 * time.Minute, Absolute: 8 * time.Hour}
	case Kiosk:
		return Limits{Idle: 90 * time.Second, Absolute: 10 * time.Minute}
	default:
		return Limits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour}
	}
}

// Alive reports whether the session may still act at now.
func (s Session) Alive(now time.Time) bool {
	limits := LimitsOf(s.Kind)
	return s.EndedAt.IsZero() && now.Before(s.SeenAt.Add(limits.Idle)) && now.Before(s.CreatedAt.Add(limits.Absolute))
}

// touchEvery is how stale SeenAt may grow before it is written again, so that a page view is seldom a write.
const touchEvery = time.Minute

// NeedsTouch reports whether the sign of life should be written. A kiosk session is written each time: its limit is short.
func (s Session) NeedsTouch(now time.Time) bool {
	return s.Kind == Kiosk || now.Sub(s.SeenAt) >= touchEvery
}

// NewToken makes a session token of 256 random bits and the hash under which it is stored.
func NewToken() (token string, hash []byte) {
	var raw [32]byte
	rand.Read(raw[:])
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	return token, HashToken(token)
}

// HashToken returns the hash of a token as a browser sent it.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
