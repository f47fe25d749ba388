package policy

import (
	"slices"

	"anju/server/civic"
)

// PublicationRule is the duty of governments to publish what a permit opens, anew from time to time.
type PublicationRule struct {
	// EveryYears is 0 where the text gives no cycle ("定期").
	EveryYears int `yaml:"every_years,omitempty"`
	// FirstDue is the day of the first publication, from which the cycle counts while no release is known.
	FirstDue civic.Date `yaml:"first_due,omitempty"`
	// Levels are those of the governments that publish: "city", "county".
	Levels []string
	// WarnDays are how many days before a due day those concerned are warned, the longest first.
	WarnDays []int `yaml:"warn_days,omitempty"`
	Basis    `yaml:",inline"`
}

// The levels of government.
const (
	CityLevel   = "city"
	CountyLevel = "county"
)

// LevelOf is the level of a government within the ruleset's city.
func (r *Ruleset) LevelOf(government string) string {
	if government == r.Jurisdiction {
		return CityLevel
	}
	return CountyLevel
}

// Governments are those that have a catalogue of their own in the city of the ruleset: the city's and each county's.
func (r *Ruleset) Governments() []string {
	all := []string{r.Jurisdiction}
	for _, county := range civic.Counties(r.Jurisdiction) {
		all = append(all, county.Code)
	}
	return all
}

// Governs reports whether a government is one of the ruleset's city.
func (r *Ruleset) Governs(government string) bool {
	return slices.Contains(r.Governments(), government)
}

// Duty is how the duty of one government to publish stands on a day.
type Duty struct {
	Last civic.Date // of the last release; zero when none is known
	Due  civic.Date // the day by which the next must be out; zero where the text gives no cycle or lays no duty on the level
	Days int        // left until Due; below zero when it has passed
	// Warning is the shortest of the rule's WarnDays that has been reached, 0 while there is time or nothing is due.
	Warning int
}

// DutyState says in a word how a duty stands.
type DutyState string

// The states of a duty.
const (
	DutyNone    DutyState = "none" // the text gives no cycle
	DutyInTime  DutyState = "in_time"
	DutySoon    DutyState = "soon" // a warning has been reached
	DutyToday   DutyState = "today"
	DutyOverdue DutyState = "overdue"
)

// State says how the duty stands.
func (d Duty) State() DutyState {
	switch {
	case d.Due.IsZero():
		return DutyNone
	case d.Days < 0:
		return DutyOverdue
	case d.Days == 0:
		return DutyToday
	case d.Warning > 0:
		return DutySoon
	}
	return DutyInTime
}

// Overdue reports that the due day has passed.
func (d Duty) Overdue() bool { return d.State() == DutyOverdue }

// Pressing reports that the government is to be warned.
func (d Duty) Pressing() bool { return d.Warning > 0 || d.Overdue() }

// PublicationDuty says how the duty of a government stands on a day, counted from its last release, or from the first due day when none is
// known (Zhangzhou 三(三) "每三年至少对外更新公布一次").
func (r *Ruleset) PublicationDuty(government string, last, today civic.Date) Duty {
	d, rule := Duty{Last: last}, r.Publication
	if rule.EveryYears == 0 || !slices.Contains(rule.Levels, r.LevelOf(government)) {
		return d
	}
	from := last
	if from.IsZero() {
		from = rule.FirstDue
	}
	d.Due = from.AddMonths(12 * rule.EveryYears)
	d.Days = d.Due.DaysSince(today)
	for _, n := range rule.WarnDays {
		if d.Days >= 0 && d.Days <= n {
			d.Warning = n
		}
	}
	return d
}

// DueDays are the days of the cycle counted from the first one, up to the first that a day has not passed: what the text asks of a
// government of which nothing is known.
func (p *PublicationRule) DueDays(today civic.Date) (days []civic.Date) {
	if p.EveryYears == 0 {
		return nil
	}
	for n := 0; ; n++ {
		day := p.FirstDue.AddMonths(12 * p.EveryYears * n)
		days = append(days, day)
		if !day.Before(today) {
			return days
		}
	}
}

// DocumentRule is a document that somebody must make and publish.
type DocumentRule struct {
	Code  string
	Title civic.Text
	// Publisher is who owes it: "county_government", "city_department", "county_department" or "department", of both levels.
	Publisher string
	// DepartmentsOf says which departments owe it: those that answer for a service ("services") or those that the text gives a duty
	// ("duties"); empty where governments owe it.
	DepartmentsOf string     `yaml:"departments_of,omitempty"`
	Due           civic.Date `yaml:",omitempty"`
	// ReportedTo is the office that must be told of it; nil where none is named.
	ReportedTo *civic.Text `yaml:"reported_to,omitempty"`
	Basis      `yaml:",inline"`
}

// The publishers of a DocumentRule.
const (
	CountyGovernment = "county_government"
	CityDepartment   = "city_department"
	CountyDepartment = "county_department"
	AnyDepartment    = "department"
)

// Obligation is a document that one government, or one of its departments, owes.
type Obligation struct {
	Ruleset    *Ruleset
	Rule       *DocumentRule
	Government string
	Department string // empty when the government itself owes it
}

// Obligations are the documents that a government and its departments owe, in the order of the text.
func (r *Ruleset) Obligations(government string) (owed []Obligation) {
	level := r.LevelOf(government)
	for i := range r.Documents {
		rule := &r.Documents[i]
		switch {
		case rule.Publisher == CountyGovernment && level == CountyLevel:
			owed = append(owed, Obligation{r, rule, government, ""})
		case rule.Publisher == AnyDepartment, rule.Publisher == CityDepartment && level == CityLevel, rule.Publisher == CountyDepartment && level == CountyLevel:
			for _, code := range r.owing(rule) {
				owed = append(owed, Obligation{r, rule, government, code})
			}
		}
	}
	return owed
}

// owing are the departments that owe a document. The text's "其它有关部门" is no department that could be named.
func (r *Ruleset) owing(rule *DocumentRule) (codes []string) {
	for _, d := range r.Departments {
		answers := slices.ContainsFunc(r.Services, func(s Service) bool { return slices.Contains(s.Departments, d.Code) })
		if rule.DepartmentsOf == "services" && answers || rule.DepartmentsOf == "duties" && d.Role == "duty" && d.Successor != nil {
			codes = append(codes, d.Code)
		}
	}
	return codes
}

// Overdue reports that the document is owed on a day and its due day has passed.
func (o Obligation) Overdue(published bool, today civic.Date) bool {
	return !published && !o.Rule.Due.IsZero() && today.After(o.Rule.Due)
}
