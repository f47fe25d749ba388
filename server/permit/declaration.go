package permit

import (
	"fmt"
	"slices"

	"anju/server/civic"
	"anju/server/policy"
)

// Declaration is what is asked for a residence registration, at every counter. Who and where are asked and checked as for a permit. It is
// stored sealed as a whole, so its JSON names are part of the stored format.
type Declaration struct {
	Draft
	Phone     string     `json:"phone,omitempty"`
	ArrivedOn civic.Date `json:"arrived_on"`         // at the address
	Earlier   Earlier    `json:"earlier,omitzero"`   // asked for; an officer decides
	Children  []Child    `json:"children,omitempty"` // who came along
	Child     Child      `json:"child,omitzero"`     // in the registration of a child: who it is
	External  string     `json:"external,omitempty"` // of the provincial system: its number there
}

// Child is a child who came along.
type Child struct {
	Name     string     `json:"name"`
	Sex      civic.Sex  `json:"sex"`
	Relation string     `json:"relation"`            // to whoever declares
	IDNumber string     `json:"id_number,omitempty"` // or else
	Born     civic.Date `json:"born"`
}

// Earlier asks that a registration counts from before its declaration (补充居住登记), and names what shows it.
type Earlier struct {
	From     civic.Date `json:"from"`
	Evidence string     `json:"evidence"`
}

// Asked reports whether an earlier beginning is asked for.
func (e Earlier) Asked() bool { return !e.From.IsZero() || e.Evidence != "" }

// MaxChildren is how many children one declaration takes.
const MaxChildren = 4

// adult is the age from which nobody is a child any more (Civil Code Art. 17).
const adult = 18

// Relations are what a child is to whoever declares.
func Relations() []string { return []string{"child", "grandchild", "sibling", "ward"} }

// Answers are how a counter reads the answers of a form: a line, a date (zero when it is none), and a division of a list.
type Answers struct {
	Line     func(name string) string
	Date     func(name string) civic.Date
	Division func(name string) string
}

// ReadDeclaration reads a declaration in a city from the answers of a form.
func ReadDeclaration(jurisdiction string, a Answers) Declaration {
	d := Declaration{Draft: Draft{Jurisdiction: jurisdiction, Name: a.Line("name"), IDNumber: a.Line("id_number"), EthnicGroup: a.Line("ethnic_group"), HukouDivision: a.Division("hukou"),
		Detail: a.Line("detail"), Workplace: a.Line("workplace")},
		Phone: a.Line("phone"), ArrivedOn: a.Date("arrived_on"), Earlier: Earlier{From: a.Date("earlier"), Evidence: a.Line("earlier_evidence")}}
	d.SetResidence(a.Division("residence"))
	for i := range MaxChildren {
		d.Children = append(d.Children, Child{Name: a.Line(ChildField(i, "name")), Sex: civic.Sex(a.Line(ChildField(i, "sex"))), Relation: a.Line(ChildField(i, "relation")),
			IDNumber: a.Line(ChildField(i, "id_number")), Born: a.Date(ChildField(i, "born"))})
	}
	return d
}

// Tidy brings the answers into their written form, and drops the last rows of children while they say nothing.
func (d Declaration) Tidy(today civic.Date) Declaration {
	d.Draft = d.Tidied(today)
	if phone, err := civic.ParsePhone(d.Phone); err == nil {
		d.Phone = phone
	}
	children := slices.Clone(d.Children)
	for len(children) > 0 && children[len(children)-1] == (Child{}) {
		children = children[:len(children)-1]
	}
	for i, c := range children {
		if name, err := civic.ParseName(c.Name); err == nil {
			c.Name = name
		}
		if id, err := civic.ParseCitizenID(c.IDNumber, today); err == nil {
			c.IDNumber = string(id)
			if c.Born.IsZero() {
				c.Born = id.Born()
			}
			if c.Sex == "" {
				c.Sex = id.Sex()
			}
		}
		children[i] = c
	}
	d.Children = children
	return d
}

// Check returns everything that is wrong with a declaration.
func (d Declaration) Check(r *policy.Ruleset, today civic.Date) Faults {
	faults := d.checkIdentity(r, today)
	for i, f := range faults {
		if f.Code == "child_needs_guardian" {
			faults[i].Code = "child_declares" // on this form a guardian declares, and the child comes along
		}
	}
	faults = append(faults, d.checkHukou()...)
	faults = append(faults, d.checkResidence(r)...)
	if len(d.checkHukou()) == 0 && d.County != "" {
		if met, _ := r.Floating(d.HukouDivision, d.County); met == policy.No {
			faults = append(faults, Fault{"hukou_division", "registration_at_home"})
		}
	}
	faults = append(faults, checkLine("workplace", d.Workplace, MaxWorkplace, false)...)
	if _, err := civic.ParsePhone(d.Phone); err != nil {
		faults = append(faults, Fault{"phone", "phone"})
	}
	switch born := civic.CitizenID(d.IDNumber).Born(); {
	case d.ArrivedOn.IsZero():
		faults = append(faults, Fault{"arrived_on", "arrived_on_empty"})
	case d.ArrivedOn.After(today):
		faults = append(faults, Fault{"arrived_on", "arrived_on_future"})
	case !born.IsZero() && d.ArrivedOn.Before(born):
		faults = append(faults, Fault{"arrived_on", "arrived_on_birth"})
	}
	if d.Earlier.Asked() {
		faults = append(faults, d.checkEarlier(d.Earlier, r, today)...)
		if !d.ArrivedOn.IsZero() && d.Earlier.From.Before(d.ArrivedOn) {
			faults = append(faults, Fault{"earlier", "earlier_arrival"})
		}
	}
	return append(faults, d.checkChildren(today)...)
}

func (d Declaration) checkChildren(today civic.Date) (faults Faults) {
	numbers := map[string]bool{d.IDNumber: true}
	if len(d.Children) > MaxChildren {
		faults = append(faults, Fault{"child-1", "children_many"})
	}
	for i, c := range d.Children {
		if c == (Child{}) {
			continue // a row that was left out
		}
		wrong := func(field, code string) { faults = append(faults, Fault{ChildField(i, field), code}) }
		if _, err := civic.ParseName(c.Name); err != nil {
			wrong("name", "child_name")
		}
		if !slices.Contains(Relations(), c.Relation) {
			wrong("relation", "child_relation")
		}
		id, err := civic.ParseCitizenID(c.IDNumber, today)
		switch {
		case c.IDNumber != "" && err != nil:
			wrong("id_number", problem("id_number", err)[0].Code)
		case c.IDNumber != "" && numbers[string(id)]:
			wrong("id_number", "child_twice")
		case c.IDNumber != "" && !c.Born.IsZero() && c.Born != id.Born():
			wrong("born", "child_born_differs")
		case c.IDNumber != "" && c.Sex != "" && c.Sex != id.Sex():
			wrong("sex", "child_sex_differs")
		case c.IDNumber == "" && c.Born.IsZero():
			wrong("born", "child_born")
		}
		if id != "" {
			numbers[string(id)] = true
		}
		if c.Sex != civic.Male && c.Sex != civic.Female {
			wrong("sex", "child_sex")
		}
		switch {
		case c.Born.IsZero():
		case c.Born.After(today):
			wrong("born", "child_born_future")
		case today.YearsSince(c.Born) >= adult:
			wrong("born", "child_adult")
		}
	}
	return faults
}

// ChildField names the control of an answer about a child, counted from 0.
func ChildField(i int, field string) string { return fmt.Sprintf("child-%d-%s", i+1, field) }

// checkEarlier judges an earlier beginning by the day on which the registration was declared.
func (d Declaration) checkEarlier(e Earlier, r *policy.Ruleset, declared civic.Date) (faults Faults) {
	rule := r.Registration.Backdating
	if rule == nil {
		return Faults{{"earlier", "earlier_none"}}
	}
	born := civic.CitizenID(d.IDNumber).Born()
	if d.Child != (Child{}) {
		born = d.Child.Born
	}
	switch {
	case e.From.IsZero():
		faults = append(faults, Fault{"earlier", "earlier_empty"})
	case !e.From.Before(declared):
		faults = append(faults, Fault{"earlier", "earlier_late"})
	case !born.IsZero() && e.From.Before(born):
		faults = append(faults, Fault{"earlier", "earlier_birth"})
	case e.From.Before(rule.Earliest(declared)):
		faults = append(faults, Fault{"earlier", "earlier_limit"})
	}
	if !rule.Shows(e.Evidence) {
		faults = append(faults, Fault{"earlier_evidence", "earlier_evidence"})
	}
	return faults
}
