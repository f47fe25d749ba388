package permit

import (
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// DeclareResidence makes the registrations of a declaration: of whoever declares, and of each child who came along, at the same address. They wait for
// the station to confirm them. At the window the officer registers instead: ConfirmRegistration follows at once.
func DeclareResidence(d Declaration, r *policy.Ruleset, source string, by Doer, now time.Time) ([]Registration, RegistrationEvent, error) {
	today := civic.DateOf(now)
	d = d.Tidy(today)
	if faults := d.Check(r, today); len(faults) > 0 {
		return nil, RegistrationEvent{}, faults
	}
	verb := VerbDeclare
	if source == FromWindow {
		verb = VerbRegister
	}
	first := Registration{Jurisdiction: r.Jurisdiction, Ruleset: r.ID, Source: source, Particulars: d, DeclaredOn: today, On: today}
	first, event := first.step(verb, RegistrationDeclared, by, "", "", now)
	all := []Registration{first}
	for _, c := range d.Children {
		if c == (Child{}) {
			continue
		}
		child := first
		child.Particulars.Name, child.Particulars.IDNumber, child.Particulars.EthnicGroup = c.Name, c.IDNumber, d.EthnicGroup
		child.Particulars.Child, child.Particulars.Children, child.Particulars.Earlier, child.Particulars.Workplace = c, nil, Earlier{}, ""
		all = append(all, child)
	}
	return all, event, nil
}
