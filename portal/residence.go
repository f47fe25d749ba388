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
	typed:  func(_ web.Form, page *stepPage) { page.Errors = firstMissing(page.Errors) },
	view:   func(page stepPage) view { return residenceView(page) },
	fields: func(page stepPage) view { return residenceFields(page) },
}

// lists are the three lists of the address: a fault's field, and the control that it is shown at.
var lists = map[string]string{"county": "county", "street": "county-street", "community": "county-community"}

// firstMissing keeps only the first of the three lists that has no answer: the ones below it are not on the page yet.
func firstMissing(all parts.Errors) parts.Errors {
	var kept parts.Errors
	missing := false
	for _, e := range all {
		if control := lists[e.Field]; control != "" {
			if missing {
				continue
			}
			missing, e.Field = true, control
		}
		kept = append(kept, e)
	}
	return kept
}
