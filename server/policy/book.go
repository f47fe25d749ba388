package policy

import "anju/server/civic"

// Book holds every jurisdiction and ruleset. It is read-only after Load and safe for concurrent use.
type Book struct {
	jurisdictions []Jurisdiction
	conditions    []Condition
	codes         map[string]int
	offices       []Office
	themes        []Theme
	inactive      map[PermitStatus]civic.Text
	grounds       map[string]bool // of every ruleset
	threeYear     map[string]bool
}

// Jurisdiction is a city whose policy the book holds.
type Jurisdiction struct {
	Code     string
	Name     civic.Text
	Province civic.Text
	// Rulesets stand from the oldest to the newest.
	Rulesets []*Ruleset `yaml:"-"`
}

// Status is where a ruleset stands on a day.
type Status string

// The statuses of a ruleset.
const (
	InForce  Status = "in_force"
	Expired  Status = "expired"
	Extended Status = "extended" // past its last day, prolonged by an administrator's Extension
	NotYet   Status = "not_yet"
)

// Extension prolongs a ruleset that has a last day, on the strength of a document.
type Extension struct {
	Ruleset  string
	Until    civic.Date // the last day it is prolonged to
	Document string     // its number
}

// Themes returns what services are about, in the order in which they are shown.
func (b *Book) Themes() []Theme { return b.themes }

// Jurisdictions returns the cities in order of code.
func (b *Book) Jurisdictions() []Jurisdiction { return b.jurisdictions }

// Jurisdiction finds a city by its six-digit code.
func (b *Book) Jurisdiction(code string) (*Jurisdiction, bool) {
	for i := range b.jurisdictions {
		if b.jurisdictions[i].Code == code {
			return &b.jurisdictions[i], true
		}
	}
	return nil, false
}

// Ruleset finds a ruleset by id.
func (b *Book) Ruleset(id string) (*Ruleset, bool) {
	for i := range b.jurisdictions {
		for _, r := range b.jurisdictions[i].Rulesets {
			if r.ID == id {
				return r, true
			}
		}
	}
	return nil, false
}

// StatusOn says where the ruleset stands on a day. Days of force include the first and the last
// (zibo-2014: 施行 2014年10月1日, 有效期至 2018年12月31日).
func (r *Ruleset) StatusOn(on civic.Date, extensions []Extension) Status {
	switch {
	case on.Before(r.InForce.From):
		return NotYet
	case r.InForce.To.IsZero() || !on.After(r.InForce.To):
		return InForce
	}
	for _, x := range extensions {
		if x.Ruleset == r.ID && !on.After(x.Until) {
			return Extended
		}
	}
	return Expired
}

// TierOf is a tier by its code: of the ruleset named or, for a permit that outlives its document, of another one of the city.
func (b *Book) TierOf(jurisdiction, ruleset, code string) (Tier, bool) {
	if r, ok := b.Ruleset(ruleset); ok {
		if t, ok := r.Tier(code); ok {
			return *t, true
		}
	}
	if j, ok := b.Jurisdiction(jurisdiction); ok {
		for _, r := range j.Rulesets {
			if t, ok := r.Tier(code); ok {
				return *t, true
			}
		}
	}
	return Tier{}, false
}

// InForce chooses the ruleset of a city for a day: an extended one wins over its successor; of two
// in force the older while it lasts (permits issued under it stay valid, 居住证暂行条例 第二十三条);
// where none is in force the nearest in time. It returns nil for an unknown city.
func (b *Book) InForce(jurisdiction string, on civic.Date, extensions []Extension) (*Ruleset, Status) {
	j, ok := b.Jurisdiction(jurisdiction)
	if !ok {
		return nil, ""
	}
	for _, want := range []Status{Extended, InForce} {
		for _, r := range j.Rulesets {
			if r.StatusOn(on, extensions) == want {
				return r, want
			}
		}
	}
	nearest := j.Rulesets[0]
	for _, r := range j.Rulesets[1:] {
		if r.distance(on) < nearest.distance(on) {
			nearest = r
		}
	}
	return nearest, nearest.StatusOn(on, extensions)
}

// distance is the number of days between the ruleset's time in force and a day outside it.
func (r *Ruleset) distance(on civic.Date) int {
	if on.Before(r.InForce.From) {
		return r.InForce.From.DaysSince(on)
	}
	return on.DaysSince(r.InForce.To)
}

// Choose resolves the ruleset of a query: the named one whatever its status, else InForce. It
// returns nil when the name is unknown or belongs to another city.
func (b *Book) Choose(jurisdiction string, ruleset *string, on civic.Date, extensions []Extension) (*Ruleset, Status) {
	if ruleset == nil {
		return b.InForce(jurisdiction, on, extensions)
	}
	r, ok := b.Ruleset(*ruleset)
	if !ok || r.Jurisdiction != jurisdiction {
		return nil, ""
	}
	return r, r.StatusOn(on, extensions)
}
