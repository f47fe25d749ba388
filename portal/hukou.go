package portal

import (
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// hukouStep asks where the household is registered, down to the county. The ID number does not tell: it keeps the place of its first issue.
var hukouStep = step{
	step: permit.StepHukou,
	answer: func(f web.Form, d *permit.Draft) {
		d.HukouDivision, _ = parts.ReadAddress("hukou", parts.Nation, "", f.Get)
	},
	shown:  func(f web.Form) bool { return parts.AddressShown("hukou", f.Get) },
	view:   func(page stepPage) view { return hukouView(page) },
	fields: func(page stepPage) view { return hukouFields(page) },
}
