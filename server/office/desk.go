package office

import (
	"slices"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/policy"
)

// Desk is what an actor may do with the catalogue and the register of one government.
type Desk struct {
	Jurisdiction, Government string
	Departments              []string // for which the actor drafts
	Publishes                bool     // returns and releases what others have drafted
	Supervises               bool     // reads everything
}

// Drafts reports whether the actor writes the entries of a department. Where the text names none, the entry is the publisher's.
func (d Desk) Drafts(department string) bool {
	if department == "" {
		return d.Publishes
	}
	return slices.Contains(d.Departments, department)
}

// Files reports whether the actor registers what a department owes: an editor the own department's documents, a publisher all of the government's.
func (d Desk) Files(department string) bool { return d.Publishes || d.Drafts(department) }

// Desks lists the governments whose catalogue the actor works on, then those that a supervisor of the city may look at.
func (o *Office) Desks(actor access.Actor) (desks []Desk) {
	at := func(jurisdiction, government string) *Desk {
		i := slices.IndexFunc(desks, func(d Desk) bool { return d.Government == government })
		if i < 0 {
			desks, i = append(desks, Desk{Jurisdiction: jurisdiction, Government: government}), len(desks)
		}
		return &desks[i]
	}
	for _, post := range actor.PostsAs(access.Editor, access.Publisher) {
		d := at(post.Jurisdiction, post.Government)
		if post.Role == access.Publisher {
			d.Publishes = true
		} else {
			d.Departments = append(d.Departments, post.Department)
		}
	}
	for _, post := range actor.PostsAs(access.Supervisor) {
		if r, _, err := o.InForce(post.Jurisdiction); err == nil {
			for _, government := range r.Governments() {
				at(post.Jurisdiction, government).Supervises = true
			}
		}
	}
	return desks
}

// desk is the actor's desk at a government; no name is the first one. There is none at a government that is not the actor's.
func (o *Office) desk(actor access.Actor, government string) (Desk, error) {
	for _, d := range o.Desks(actor) {
		if government == "" || d.Government == government {
			return d, nil
		}
	}
	return Desk{}, ErrNotFound
}

// government finds the ruleset in force of the city that a government belongs to.
func (o *Office) government(code string) (*policy.Ruleset, error) {
	if len(code) != 6 {
		return nil, ErrNotFound
	}
	r, _, err := o.InForce(code[:4] + "00")
	if err != nil {
		return nil, err
	}
	if !r.Governs(code) {
		return nil, ErrNotFound
	}
	return r, nil
}

// GovernmentName is the name of a city or county. Counties have a Chinese one only.
func (o *Office) GovernmentName(code string) civic.Text {
	if j, ok := o.Book.Jurisdiction(code); ok {
		return j.Name
	}
	d, _ := civic.DivisionByCode(code)
	return civic.Text{Zh: d.Name, En: d.Name}
}

// DepartmentName is the name of a department in a ruleset, empty where there is none.
func (o *Office) DepartmentName(ruleset, code string) civic.Text {
	if r, ok := o.Book.Ruleset(ruleset); ok {
		if d, ok := r.Department(code); ok {
			return d.Name
		}
	}
	return civic.Text{}
}
