package policy

import (
	"strings"

	"anju/server/civic"
)

// Basis is where a rule stands: the place in a text and its words. Clause is a place in the
// ruleset's own document ("三(二)1(3)") or, with a title or number in front, in another one.
type Basis struct {
	Clause string `json:"clause"`
	Quote  string `json:"quote"`
	// Wording is Verbatim or Reported.
	Wording Wording `json:"wording" yaml:",omitempty"`
}

// Elsewhere reports whether the clause stands in another document than the ruleset's own; its title or number is then part of the clause.
func (b Basis) Elsewhere() bool {
	return strings.Contains(b.Clause, "《") || strings.Contains(b.Clause, "令第")
}

// Wording says whether a quote gives the words of the text or, where the text was not at hand,
// only its content.
type Wording string

// The wordings; an empty one is Verbatim.
const (
	Verbatim Wording = "verbatim"
	Reported Wording = "reported"
)

// Ruleset is one dated policy of one city. It is read-only after Load.
type Ruleset struct {
	ID           string
	Jurisdiction string
	Name         civic.Text
	Document     string     // number, else title
	IssuedBy     civic.Text `yaml:"issued_by"`
	InForce      Period     `yaml:"in_force"`
	Scope        ScopeRule
	HalfYear     HalfYearRule `yaml:"half_year"`
	// Grounds is nil where none is needed (zibo-2014's one-year permit).
	Grounds *GroundRule
	// ThreeYearGrounds is nil where there is no three-year permit.
	ThreeYearGrounds *GroundRule `yaml:"three_year_grounds"`
	// Tiers stand from the lowest to the highest.
	Tiers []Tier
	// Endorsement is nil where permits are not endorsed (zibo-2014: they run out).
	Endorsement    *EndorsementRule
	IssueDeadline  DeadlineRule `yaml:"issue_deadline"`
	Ratings        RatingRule
	Fees           []Fee
	ResidenceYears ResidenceYearRule `yaml:"residence_years"`
	// Proxies are those who may act for somebody who does not come.
	Proxies      ProxyRules
	Registration RegistrationRule
	// TermRenewal is nil where permits have no term.
	TermRenewal   *TermRenewalRule  `yaml:"term_renewal"`
	AddressChange AddressChangeRule `yaml:"address_change"`
	// Confirmations are what other systems confirm of a person.
	Confirmations ConfirmationRules
	// Rights belong to every holder and are no service: no refusal, rural rights.
	Rights []Right
	// Publication is what governments publish of services, and how often; Documents is what else somebody must publish.
	Publication PublicationRule
	Documents   []DocumentRule
	Departments []Department `yaml:"-"`
	Services    []Service    `yaml:"-"`

	book    *Book
	codes   map[string]int // of every ruleset's conditions
	items   []itemRule
	tiers   []tierRule
	indexes []index // of Services

	conditionCount int // over all items
}

// Period is when a document is in force, both days included; To is zero when it has no end.
type Period struct {
	From  civic.Date
	To    civic.Date `yaml:",omitempty"`
	Basis `yaml:",inline"`
}

// ScopeRule says who has left the hukou place at all.
type ScopeRule struct {
	// Across is "county" (municipal districts of one city count as one place) or "prefecture".
	Across string
	Basis  `yaml:",inline"`
	Says   struct {
		Met        civic.Text
		Unknown    civic.Text
		Outside    civic.Text
		SameCity   civic.Text `yaml:"same_city"`
		SameCounty civic.Text `yaml:"same_county"`
		OwnPermit  civic.Text `yaml:"own_permit"`
	}
	SameCityBasis  Basis `yaml:"same_city_basis"`
	OwnPermitBasis Basis `yaml:"own_permit_basis"`
}

// Says holds what a rule tells a person, by outcome.
type Says struct {
	Met     civic.Text
	NotMet  civic.Text `yaml:"not_met"`
	Unknown civic.Text
}

func (s *Says) text(k Known) civic.Text {
	switch k {
	case Yes:
		return s.Met
	case No:
		return s.NotMet
	}
	return s.Unknown
}

// HalfYearRule is a half year already registered, in months or in days, or only intended.
type HalfYearRule struct {
	Rule   string // "registered" or "intended"
	Months int    `yaml:",omitempty"`
	Days   int    `yaml:",omitempty"`
	Basis  `yaml:",inline"`
	Says   Says
}

// GroundRule lists grounds of which one is enough.
type GroundRule struct {
	Basis `yaml:",inline"`
	Says  Says
	List  []Ground
}

// Ground is one ground for a permit and what proves it.
type Ground struct {
	Code  string
	Name  civic.Text
	Basis `yaml:",inline"`
	// Need is "any" or "all" of Evidence.
	Need     string
	Evidence []Evidence
	// Household says that what shows the ground shows it for everybody who lives there.
	Household bool `yaml:",omitempty"`
}

// Evidence is one kind of paper. The same code is the same kind everywhere.
type Evidence struct {
	Code string
	Name civic.Text
}

// Tier is a kind of permit, or what a permit grows into with residence.
type Tier struct {
	Code string
	Name civic.Text
	// TermYears is 0 for a permit without term.
	TermYears int `yaml:"term_years,omitempty"`
	// ThreeYearGround says that a permit of this tier needs one of the three-year grounds.
	ThreeYearGround bool `yaml:"three_year_ground,omitempty"`
	// ReachedFrom names the tier of the permit that grows into this one; such a tier is never applied for.
	ReachedFrom string `yaml:"reached_from,omitempty"`
	// AfterMonths is how long the holder must have resided, from ReachedFrom on.
	AfterMonths int `yaml:"after_months,omitempty"`
	// Needs says what someone without this tier must do.
	Needs civic.Text
	// SinceUnknown says what a holder is told whose residence has no known beginning.
	SinceUnknown *civic.Text `yaml:"since_unknown,omitempty"`
	Basis        `yaml:",inline"`
}

// Granted reports whether a permit of this tier exists, as opposed to a tier reached by residence.
func (t *Tier) Granted() bool { return t.ReachedFrom == "" }

// EndorsementRule is the yearly endorsement.
type EndorsementRule struct {
	EveryMonths  int `yaml:"every_months"`
	WindowMonths int `yaml:"window_months"`
	Basis        `yaml:",inline"`
	Anchor       Anchor
}

// Anchor is the day from which endorsement years are counted.
type Anchor struct {
	CountedFrom string `yaml:"counted_from"` // "issue" or "residence"
	Basis       `yaml:",inline"`
}

// Deadline is a number of days counted from the day after its start.
type Deadline struct {
	N           int
	Unit        string // "calendar" or "working"
	RollHoliday bool   `yaml:"roll_holiday"`
}

// DeadlineRule is what the law demands and what the office promises; the promise never ends later.
type DeadlineRule struct {
	Statutory Deadline
	Promised  Deadline
	// Extended is nil where no text lets the office take longer.
	Extended *ExtensionRule `yaml:",omitempty"`
	Basis    `yaml:",inline"`
}

// ExtensionRule is the most that an extended deadline may come to, counted from acceptance like the statutory one, and for what.
type ExtensionRule struct {
	Deadline `yaml:",inline"`
	Grounds  []ExtensionGround
	// Confirmed is false where no implementing rule of the prefecture that makes use of it was found: who extends names that rule.
	Confirmed bool
	Basis     `yaml:",inline"`
}

// ExtensionGround is one case in which a deadline may be extended.
type ExtensionGround struct {
	Code  string
	Name  civic.Text
	Basis `yaml:",inline"`
}

// RatingRule is how long a person may rate what was done (好差评), and by when a bad rating is answered.
type RatingRule struct {
	OpenDays int      `yaml:"open_days"` // calendar days after the day on which it ended, the last one included
	Answer   Deadline // counted from the day of the rating
	// Confirmed is false where no text sets the days.
	Confirmed bool
	Basis     `yaml:",inline"`
}

// Fee is what one kind of business costs in whole yuan, between two days (zero: open).
type Fee struct {
	Kind string // register, issue, endorse, renew, replace, change
	Yuan int
	From civic.Date `yaml:",omitempty"`
	To   civic.Date `yaml:",omitempty"`
	// Confirmed is false where no text with the amount was found.
	Confirmed bool
	Basis     `yaml:",inline"`
}

// ResidenceYearRule says how years of residence are counted.
type ResidenceYearRule struct {
	CountedFrom string `yaml:"counted_from"` // "registration" or "permit_issue"
	// CrossCountyResets: a move to another county of the same city starts the years anew.
	CrossCountyResets bool `yaml:"cross_county_resets"`
	// LateEndorsementRestarts: the years count anew from a late endorsement.
	LateEndorsementRestarts bool `yaml:"late_endorsement_restarts"`
	// LegacyPermitCounts: years on a temporary residence permit (暂住证) are added.
	LegacyPermitCounts bool `yaml:"legacy_permit_counts"`
	// Confirmed is false while the city has not fixed its method.
	Confirmed bool
	Basis     `yaml:",inline"`
}

// TermRenewalRule is from when a permit that runs out can be renewed.
type TermRenewalRule struct {
	WindowMonths int `yaml:"window_months"` // before the last day of the term
	// Confirmed is false where no text sets a day.
	Confirmed bool
	Basis     `yaml:",inline"`
}

// AddressChangeRule is what a move to another county of the same city does to a permit; a move inside a county does nothing to it.
type AddressChangeRule struct {
	// IssueDateRestarts: the day of the change becomes the day of issue, from which endorsement years count.
	IssueDateRestarts bool `yaml:"issue_date_restarts"`
	// Confirmed is false where no text says so.
	Confirmed bool
	Basis     `yaml:",inline"`
}

// Right is something a holder keeps or may insist on.
type Right struct {
	Code  string
	Text  civic.Text
	Basis `yaml:",inline"`
}
