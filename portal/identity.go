package portal

import (
	"anju/server/civic"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// identityStep asks who applies: name, citizen ID number, ethnic group. Sex and birth date are in the number.
var identityStep = step{
	step: permit.StepIdentity,
	answer: func(f web.Form, d *permit.Draft) {
		d.Name, d.IDNumber, d.EthnicGroup = f.Get("name"), f.Get("id_number"), f.Get("ethnic_group")
	},
	view: func(page stepPage) view { return identityView(page) },
}

// ethnicOptions are the 56 ethnic groups in the order of GB/T 3304.
func ethnicOptions(p text.Printer) []parts.Option {
	var options []parts.Option
	for _, e := range civic.EthnicGroups() {
		label := e.Name.Zh
		if p.Lang() == text.English {
			label = e.Name.En + " " + e.Name.Zh
		}
		options = append(options, parts.Option{Value: e.Code, Label: label})
	}
	return options
}
