package portal

import (
	"strings"

	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// groundsStep asks on which ground, or grounds, the applicant relies.
var groundsStep = step{
	step:   permit.StepGrounds,
	answer: func(f web.Form, d *permit.Draft) { d.Grounds = f.All("grounds") },
	view:   func(page stepPage) view { return groundsView(page) },
	fields: func(page stepPage) view { return groundsFields(page) },
}

// groundOptions are the grounds with the documents that show each.
func groundOptions(p text.Printer, page stepPage) []parts.Option {
	var options []parts.Option
	for _, g := range page.App.Draft.GroundChoices(page.App.Ruleset) {
		var papers []string
		for _, e := range g.Evidence {
			papers = append(papers, pick(p, e.Name))
		}
		options = append(options, parts.Option{Value: g.Code, Label: pick(p, g.Name), Hint: p.Say("apply.ground_papers", "Papers", strings.Join(papers, p.Pick("、", ", ")))})
	}
	return options
}
