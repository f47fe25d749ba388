package kiosk

import (
	"strings"

	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// hukouStep asks where the household is registered, down to the county.
var hukouStep = step{
	step: permit.StepHukou,
	answer: func(f web.Form, d *permit.Draft) {
		d.HukouDivision, _ = parts.ReadAddress("hukou", parts.Nation, "", f.Get)
	},
	shown: func(f web.Form) bool { return parts.AddressShown("hukou", f.Get) },
	view:  func(pg stepPage) parts.Component { return hukouView(pg) },
}

// residenceStep asks where the applicant lives: the lists, and a line for the rest.
var residenceStep = step{
	step: permit.StepResidence,
	answer: func(f web.Form, d *permit.Draft) {
		code, _ := parts.ReadAddress("residence", parts.City, d.Jurisdiction, f.Get)
		d.SetResidence(code)
		d.Detail = f.Get("detail")
	},
	shown: func(f web.Form) bool { return parts.AddressShown("residence", f.Get) },
	view:  func(pg stepPage) parts.Component { return residenceView(pg) },
}

// stayStep asks since when, or for how long, and for which permit.
var stayStep = step{
	step: permit.StepStay,
	answer: func(f web.Form, d *permit.Draft) {
		d.RegisteredOn, _ = parts.ReadDate("registered_on", f.Get).Date()
		d.Intends, d.Workplace = f.Get("intends"), f.Get("workplace")
		if f.Has("tier") {
			d.Tier = f.Get("tier")
		}
	},
	typed: func(f web.Form, pg *stepPage) {
		pg.Date = parts.ReadDate("registered_on", f.Get)
		if _, err := pg.Date.Date(); err == nil || pg.Date.Empty() {
			return
		}
		for i, e := range pg.Errors { // a date that no calendar has is not a missing one
			if e.Field == "registered_on" {
				pg.Errors[i].Message = pg.Visit.Printer.Say("fault.date")
			}
		}
	},
	view: func(pg stepPage) parts.Component { return stayView(pg) },
}

// tierOptions are the permits that can be applied for, where there is a choice.
func tierOptions(p text.Printer, pg stepPage) []parts.Option {
	var options []parts.Option
	for _, t := range permit.TierChoices(pg.App.Ruleset) {
		options = append(options, parts.Option{Value: t.Code, Label: pick(p, t.Name), Hint: p.Say("apply.tier_hint." + t.Code)})
	}
	return options
}

// groundsStep asks on which ground, or grounds, the applicant relies.
var groundsStep = step{
	step:   permit.StepGrounds,
	answer: func(f web.Form, d *permit.Draft) { d.Grounds = f.All("grounds") },
	view:   func(pg stepPage) parts.Component { return groundsView(pg) },
}

// groundOptions are the grounds with the documents that show each.
func groundOptions(p text.Printer, pg stepPage) []parts.Option {
	var options []parts.Option
	for _, g := range pg.App.Draft.GroundChoices(pg.App.Ruleset) {
		var papers []string
		for _, e := range g.Evidence {
			papers = append(papers, pick(p, e.Name))
		}
		options = append(options, parts.Option{Value: g.Code, Label: pick(p, g.Name), Hint: p.Say("apply.ground_papers", "Papers", strings.Join(papers, p.Pick("、", ", ")))})
	}
	return options
}
