package portal

import (
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
		d.SetResidence(code)
		d.Detail = f.Get("detail")
	},
	shown:  func(f web.Form) bool { return parts.AddressShown("residence", f.Get) },
	typed:  func(_ web.Form, page *stepPage) { page.Errors = parts.FirstUnanswered(page.Errors) },
	view:   func(page stepPage) view { return residenceView(page) },
	fields: func(page stepPage) view { return residenceFields(page) },
}
