package policy

import (
	"strings"

	"anju/server/civic"
)

// Department is a body the text names or a service needs, under its name of then and of today.
type Department struct {
	Code string `json:"code"`
	// Role is "duty" (the text gives it a duty), "service" (named in the service lists only),
	// "assisting" (helps to accept and issue) or "inferred" (not named by the text).
	Role string `json:"role"`
	// Named is the name in the text; empty when inferred.
	Named string     `json:"named" yaml:",omitempty"`
	Name  civic.Text `json:"name"`
	// Successor is today's name; nil where the body is no department.
	Successor *civic.Text `json:"successor" yaml:",omitempty"`
	Basis     `yaml:",inline"`
	Duty      civic.Text `json:"duty"`
}

// Service is one entry of the lists of services and conveniences. Quote is its text, word for word.
type Service struct {
	ID string `json:"id"`
	// Category is "basic_service", "convenience" or "tier_service".
	Category string `json:"category"`
	// Theme is what the service is about, of Book.Themes; an item may have its own.
	Theme string `json:"-" yaml:"theme"`
	// Also are words that people use for it and the text does not, to find it by.
	Also  []string   `json:"-" yaml:"also,omitempty"`
	Title civic.Text `json:"title"`
	Basis `yaml:",inline"`
	// Tiers are those that open the service; a tier reached from one of them keeps it.
	Tiers       []string `json:"tiers"`
	Departments []string `json:"departments"`
	// DepartmentsSource is "text" or "inferred".
	DepartmentsSource string `json:"departments_source" yaml:"departments_source"`
	// Office is the kind of office to go to; an item may name its own.
	Office string       `json:"office"`
	Notes  []civic.Text `json:"notes" yaml:",omitempty"`
	Items  []Item       `json:"items"`
}

// Item is one thing that a service offers. Its label is ours, made from the text.
type Item struct {
	// ID is the service's with the item's letter ("zz.bs.01.c"); in the file only the letter stands.
	ID    string     `json:"id"`
	Label civic.Text `json:"label"`
	// Free is Yes only where the text says so; else Unknown, never No.
	Free       Known    `json:"free" yaml:",omitempty"`
	Theme      string   `json:"-" yaml:"theme,omitempty"`
	Office     string   `json:"office" yaml:",omitempty"`
	Conditions []string `json:"conditions" yaml:",omitempty"`
	// For says for whom a person may look the item up: its conditions agree on these.
	For []Beneficiary `json:"for" yaml:"-"`
}

// Open reports whether the item stands for an open list of the text (等, 其他).
func (it *Item) Open() bool { return strings.HasSuffix(it.ID, ".z") }

// Beneficiary is the person a service is looked up for.
type Beneficiary string

// The persons a service can be looked up for.
const (
	Self   Beneficiary = "self"
	Child  Beneficiary = "child"
	Parent Beneficiary = "parent"
)

var everyone = []Beneficiary{Self, Child, Parent}

// Condition is what a text asks before an item opens.
type Condition struct {
	Code  string     `json:"code"`
	Label civic.Text `json:"label"`
	// ByOffice: the office applies it; it is shown, never asked, and decides no verdict here.
	ByOffice bool `json:"by_office" yaml:"by_office,omitempty"`
	// Question asks the person, yes meaning met; nil when ByOffice.
	Question *civic.Text   `json:"question" yaml:",omitempty"`
	For      []Beneficiary `json:"-" yaml:",omitempty"`
	// SettledFor: a holder who looks a service up for these has answered the question by that.
	SettledFor []Beneficiary `json:"-" yaml:"settled_for,omitempty"`
	// AgeFrom is the age in years from which the condition is met, as a rule; 0 where it is none of age.
	AgeFrom int `json:"-" yaml:"age_from,omitempty"`
	// ShownBy is what usually proves it; nil where nothing need be brought. It is ours, not a text's.
	ShownBy *civic.Text `json:"-" yaml:"shown_by,omitempty"`
}

// Theme is what services are about, whatever the city calls them.
type Theme struct {
	Code string
	Name civic.Text
}

// Office is a kind of office to go to.
type Office struct {
	Code string     `json:"code"`
	Name civic.Text `json:"name"`
	// Hint tells it from an office that it is taken for; nil where there is none. It is ours, not a text's.
	Hint *civic.Text `json:"hint" yaml:",omitempty"`
}

// Service finds a service by id ("zz.bs.01").
func (r *Ruleset) Service(id string) (*Service, bool) {
	for i := range r.Services {
		if r.Services[i].ID == id {
			return &r.Services[i], true
		}
	}
	return nil, false
}

// Department finds a department by code ("psb").
func (r *Ruleset) Department(code string) (*Department, bool) {
	for i := range r.Departments {
		if r.Departments[i].Code == code {
			return &r.Departments[i], true
		}
	}
	return nil, false
}

// Tier finds a tier by code, reached ones included.
func (r *Ruleset) Tier(code string) (*Tier, bool) {
	for i := range r.Tiers {
		if r.Tiers[i].Code == code {
			return &r.Tiers[i], true
		}
	}
	return nil, false
}

// Ground finds a ground or three-year ground by code.
func (r *Ruleset) Ground(code string) (*Ground, bool) {
	for _, rule := range []*GroundRule{r.Grounds, r.ThreeYearGrounds} {
		if rule == nil {
			continue
		}
		for i := range rule.List {
			if rule.List[i].Code == code {
				return &rule.List[i], true
			}
		}
	}
	return nil, false
}

// Condition finds a condition of any ruleset by code.
func (b *Book) Condition(code string) (*Condition, bool) {
	i, ok := b.codes[code]
	if !ok {
		return nil, false
	}
	return &b.conditions[i], true
}

// Office finds a kind of office by code ("county_police").
func (b *Book) Office(code string) (*Office, bool) {
	for i := range b.offices {
		if b.offices[i].Code == code {
			return &b.offices[i], true
		}
	}
	return nil, false
}
