package portal

import (
	"anju/server/permit"
	"anju/server/web"
)

// identityStep asks who applies: name, citizen ID number, ethnic group. Sex and birth date are in the number.
var identityStep = step{
	step: permit.StepIdentity,
	answer: func(f web.Form, d *permit.Draft) {
		d.Name, d.IDNumber, d.EthnicGroup = f.Get("name"), f.Get("id_number"), f.Get("ethnic_group")
	},
	view:   func(page stepPage) view { return identityView(page) },
	fields: func(page stepPage) view { return identityFields(page) },
}
