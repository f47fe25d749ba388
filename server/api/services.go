package api

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/policy"
	"anju/server/web"
)

// words is a text in both languages, or in the one that was asked for.
type words struct {
	Zh string `json:"zh,omitempty"`
	En string `json:"en,omitempty"`
}

// catalogue is every service of a ruleset, and what the codes in it stand for.
type catalogue struct {
	Jurisdiction string        `json:"jurisdiction"`
	Ruleset      string        `json:"ruleset"`
	Status       policy.Status `json:"ruleset_status"`
	Services     []service     `json:"services"`
	Tiers        []named       `json:"tiers"`
	Departments  []department  `json:"departments"`
	Conditions   []condition   `json:"conditions"`
	Offices      []named       `json:"offices"`
}

type service struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Title    words  `json:"title"`
	source
	Tiers             []string `json:"tiers"`
	Departments       []string `json:"departments"`
	DepartmentsSource string   `json:"departments_source"`
	Office            string   `json:"office"`
	Notes             []words  `json:"notes"`
	Items             []item   `json:"items"`
}

// source is where a text stands, and its words.
type source struct {
	Clause  string         `json:"clause"`
	Quote   string         `json:"quote"`
	Wording policy.Wording `json:"wording"`
}

type item struct {
	ID         string               `json:"id"`
	Label      words                `json:"label"`
	Free       policy.Known         `json:"free"`
	Office     string               `json:"office"`
	Conditions []string             `json:"conditions"`
	For        []policy.Beneficiary `json:"for"`
}

type department struct {
	Code      string  `json:"code"`
	Role      string  `json:"role"`
	Named     *string `json:"named"` // null: inferred
	Name      words   `json:"name"`
	Successor *words  `json:"successor"`
	Duty      words   `json:"duty"`
	source
}

type condition struct {
	Code     string `json:"code"`
	Label    words  `json:"label"`
	ByOffice bool   `json:"by_office"`
	Question *words `json:"question"` // null: the office applies it, nobody is asked
}

// named is a code and what it is called.
type named struct {
	Code string `json:"code"`
	Name words  `json:"name"`
}

// services lists what a city's ruleset grants, word for word.
func (a *API) services(c *fiber.Ctx) error {
	book, code := a.office.Book, c.Params("code")
	if _, ok := book.Jurisdiction(code); !ok {
		return &web.Error{What: "not_found", Why: "jurisdiction_unknown", At: "code"}
	}
	q, err := query(c, "ruleset")
	if err != nil {
		return err
	}
	var name *string
	if asked := q.Get("ruleset"); asked != "" {
		name = &asked
		if _, ok := book.Ruleset(asked); !ok {
			return invalid(policy.FaultUnknown, "ruleset")
		}
	}
	r, status := book.Choose(code, name, a.office.Today(), a.office.Extensions)
	if r == nil {
		return invalid(policy.FaultOther, "ruleset")
	}
	return c.JSON(catalogueOf(book, r, status, speaker(q.Get("lang"))))
}

// speaker is the language of an answer: "zh", "en", or empty for both.
type speaker string

func (s speaker) say(t civic.Text) words {
	switch s {
	case "zh":
		return words{Zh: t.Zh}
	case "en":
		return words{En: t.En}
	}
	return words(t)
}

// may says a text that need not be there.
func (s speaker) may(t *civic.Text) *words {
	if t == nil {
		return nil
	}
	said := s.say(*t)
	return &said
}

func catalogueOf(book *policy.Book, r *policy.Ruleset, status policy.Status, s speaker) catalogue {
	all := catalogue{Jurisdiction: r.Jurisdiction, Ruleset: r.ID, Status: status, Services: []service{}, Tiers: []named{}, Departments: []department{},
		Conditions: []condition{}, Offices: []named{}}
	var conditions, offices []string // in the order in which the services name them
	for i := range r.Services {
		one := serviceOf(&r.Services[i], s)
		for _, it := range one.Items {
			conditions, offices = append(conditions, it.Conditions...), append(offices, it.Office)
		}
		all.Services, offices = append(all.Services, one), append(offices, one.Office)
	}
	for _, t := range r.Tiers {
		all.Tiers = append(all.Tiers, named{t.Code, s.say(t.Name)})
	}
	for _, d := range r.Departments {
		one := department{Code: d.Code, Role: d.Role, Name: s.say(d.Name), Successor: s.may(d.Successor), Duty: s.say(d.Duty), source: sourceOf(d.Basis)}
		if d.Named != "" {
			one.Named = &d.Named
		}
		all.Departments = append(all.Departments, one)
	}
	for _, code := range once(conditions) {
		if c, ok := book.Condition(code); ok {
			all.Conditions = append(all.Conditions, condition{code, s.say(c.Label), c.ByOffice, s.may(c.Question)})
		}
	}
	for _, code := range once(offices) {
		if o, ok := book.Office(code); ok {
			all.Offices = append(all.Offices, named{code, s.say(o.Name)})
		}
	}
	return all
}

func serviceOf(from *policy.Service, s speaker) service {
	one := service{ID: from.ID, Category: from.Category, Title: s.say(from.Title), source: sourceOf(from.Basis), Tiers: from.Tiers, Departments: given(from.Departments),
		DepartmentsSource: from.DepartmentsSource, Office: from.Office, Notes: []words{}, Items: []item{}}
	for _, note := range from.Notes {
		one.Notes = append(one.Notes, s.say(note))
	}
	for _, it := range from.Items {
		one.Items = append(one.Items, item{it.ID, s.say(it.Label), it.Free, it.Office, given(it.Conditions), it.For})
	}
	return one
}

func sourceOf(b policy.Basis) source {
	if b.Wording == "" {
		b.Wording = policy.Verbatim
	}
	return source(b)
}

// given is a list that JSON writes as a list even when it is empty.
func given(codes []string) []string {
	if codes == nil {
		return []string{}
	}
	return codes
}

// once keeps the first of each code.
func once(codes []string) []string {
	var kept []string
	for _, code := range codes {
		if !slices.Contains(kept, code) {
			kept = append(kept, code)
		}
	}
	return kept
}
