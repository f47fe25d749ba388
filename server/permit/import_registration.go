package permit

import (
	"regexp"
	"slices"
	"time"

	"anju/server/civic"
	"anju/server/policy"
)

// externalForm is a number of the provincial system: we know no more of it than that it is one word.
var externalForm = regexp.MustCompile(`^[0-9A-Za-z-]{4,40}$`)

// CheckImported returns everything that is wrong with a registration of the provincial system. It was made by somebody else's rules, so nobody
// declares it here: a child may stand for itself, and a phone may be missing.
func (d Declaration) CheckImported(r *policy.Ruleset, today civic.Date) Faults {
	var faults Faults
	if !externalForm.MatchString(d.External) {
		faults = append(faults, Fault{"number", "import_number"})
	}
	faults = append(faults, d.checkIdentity(r, today)...)
	hukou := d.checkHukou()
	faults = append(faults, hukou...)
	residence := d.checkResidence(r)
	if len(hukou) == 0 && len(residence) == 0 {
		if met, _ := r.Floating(d.HukouDivision, d.County); met == policy.No {
			faults = append(faults, Fault{"hukou_division", "registration_at_home"})
		}
	}
	faults = append(faults, residence...)
	faults = append(faults, checkLine("workplace", d.Workplace, MaxWorkplace, false)...)
	if _, err := civic.ParsePhone(d.Phone); d.Phone != "" && err != nil {
		faults = append(faults, Fault{"phone", "phone"})
	}
	switch born := civic.CitizenID(d.IDNumber).Born(); {
	case d.RegisteredOn.IsZero():
		faults = append(faults, Fault{"registered_on", "import_date"})
	case d.RegisteredOn.After(today):
		faults = append(faults, Fault{"registered_on", "registered_on_future"})
	case !born.IsZero() && d.RegisteredOn.Before(born):
		faults = append(faults, Fault{"registered_on", "import_birth"})
	}
	return slices.DeleteFunc(faults, func(f Fault) bool { return f.Code == "child_needs_guardian" })
}

// ImportRegistration takes a registration of the provincial system over: it counts from the day that the system has.
func ImportRegistration(d Declaration, r *policy.Ruleset, by Officer, now time.Time) (Registration, RegistrationEvent) {
	reg := Registration{Jurisdiction: r.Jurisdiction, Ruleset: r.ID, Source: FromProvince, Particulars: d, DeclaredOn: d.RegisteredOn, On: d.RegisteredOn}
	reg, event := reg.step(VerbImport, RegistrationConfirmed, Doer{Officer: by}, "", "", now)
	reg.DecidedOn = event.On
	reg.counts(reg.On, r)
	return reg, event
}
