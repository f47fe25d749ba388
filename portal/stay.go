package portal

import (
	"anju/server/civic"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// stayStep asks since when, or for how long, and for which permit.
var stayStep = step{
	step: permit.StepStay,
	answer: func(f web.Form, d *permit.Draft) {
		d.RegisteredOn = civic.Date{}
		if date, err := parts.ReadDate("registered_on", f.Get).Date(); err == nil {
			d.RegisteredOn = date
		}
		d.Intends, d.Workplace = f.Get("intends"), f.Get("workplace")
		if f.Has("tier") {
			d.Tier = f.Get("tier")
		}
	},
	typed: func(f web.Form, page *stepPage) {
		page.Date = parts.ReadDate("registered_on", f.Get)
		if _, err := page.Date.Date(); err != nil && !page.Date.Empty() { // a date that no calendar has is not a missing one
			for i, e := range page.Errors {
				if e.Field == "registered_on" {
					page.Errors[i].Message = page.Visit.Printer.Say("fault.date")
				}
			}
		}
	},
	view:   func(page stepPage) view { return stayView(page) },
	fields: func(page stepPage) view { return stayFields(page) },
}

// tierOptions are the permits that can be applied for, where there is a choice.
func tierOptions(p text.Printer, page stepPage) []parts.Option {
	var options []parts.Option
	for _, t := range permit.TierChoices(page.App.Ruleset) {
		options = append(options, parts.Option{Value: t.Code, Label: pick(p, t.Name), Hint: p.Say("apply.tier_hint." + t.Code)})
	}
	return options
}
