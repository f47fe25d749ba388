package portal

import (
	"cmp"

	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// residenceStep asks where the applicant lives: county, street and community from the lists, and a free line for the rest, so that an
// address that is missing from a list is no dead end.
var residenceStep = step{
	step: permit.StepResidence,
	answer: func(f web.Form, d *permit.Draft) {
		code, _ := parts.ReadAddress("residence", parts.City, d.Jurisdiction, f.Get)
		d.County, d.Street, d.Community = "", "", ""
		if len(code) >= 6 && code != d.Jurisdiction {
			d.County = code[:6]
		}
		if len(code) >= 9 {
			d.Street = code[:9]
		}
		if len(code) == 12 {
			d.Community = code
		}
		d.Detail = f.Get("detail")
	},
	shown: func(f web.Form) bool { return parts.AddressShown("residence", f.Get) },
	view:  func(page stepPage) view { return residenceView(page) },
}

// residenceCode is the deepest division chosen.
func residenceCode(d permit.Draft) string { return cmp.Or(d.Community, d.Street, d.County) }

// residenceError is the first fault of the three lists.
func residenceError(e parts.Errors) string {
	return cmp.Or(e.For("county"), e.For("street"), e.For("community"))
}
