package console

import (
	"slices"
	"strings"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
)

// agentRows lay out who applied for the person and by what right; none where the person did.
func (s *Console) agentRows(p text.Printer, file office.Progress, r *policy.Ruleset) []parts.Row {
	d, m := file.Application.Particulars, file.Mandate
	if d.Agent == nil || m == nil {
		return nil
	}
	sent := civic.DateOf(file.Application.SubmittedAt)
	reason := p.Say("agent.reason." + string(m.For))
	if m.Withdrawn(policy.ConsentHealth) {
		reason = p.Say("agent.reason_withdrawn")
	}
	right := parts.Row{Key: p.Say("console.agent.relation"), Value: p.Say("console.agent.relation_value", "Relation", p.Say("agent.relation."+string(m.Relation)), "Reason", reason)}
	if years, _ := d.Age(sent); d.BelowOlder(r, sent) {
		right.Note = p.Say("console.agent.younger", "Years", years, "Age", r.Proxies.OlderFrom)
	}
	rows := []parts.Row{{Key: p.Say("console.agent.name"), Value: d.Agent.Name}, {Key: p.Say("console.agent.id_number"), Value: d.Agent.IDNumber}, right}
	if rule, ok := d.ProxyBasis(r, sent); ok {
		rows = append(rows, parts.Row{Key: p.Say("console.agent.basis"), Body: parts.Clause(p, parts.ClauseView{Number: rule.Clause, Text: rule.Quote})})
	}
	for _, c := range m.Consents {
		row := parts.Row{Key: p.Say("console.agent.consent"), Value: p.Say("consent." + c.Code + ".name"), Note: moment(p, c.GivenAt)}
		if c.Withdrawn() {
			row.Tag = &parts.TagView{Tone: parts.Stop, Text: p.Say("my_data.withdrawn", "Day", parts.Date(p, civic.DateOf(c.WithdrawnAt)))}
		}
		rows = append(rows, row)
	}
	return rows
}

// seenOptions are what the officer confirms before the clock starts.
func seenOptions(page casePage) []parts.Option {
	p := page.Visit.Printer
	options := []parts.Option{{Value: "identity", Label: p.Say("console.accept.identity")}, {Value: "evidence", Label: p.Say("console.accept.evidence")}}
	if page.Application.Particulars.Agent != nil {
		options = append(options, parts.Option{Value: "agent", Label: p.Say("console.accept.agent")})
	}
	return options
}

// householdRows lead to the other applications of the household; shared names the documents that this one and another hold alike.
func householdRows(p text.Printer, file office.Progress, r *policy.Ruleset) (rows []parts.Row, shared string) {
	for _, c := range file.Household {
		a := c.Application
		row := parts.Row{Key: c.Person.Name, Body: caseLink(a.Reference), Tag: stateTag(a.State, p.Say("state."+string(a.State)))}
		if agent := a.Particulars.Agent; agent != nil {
			row.Note = p.Say("console.slip.agent_value", "Name", agent.Name, "Relation", p.Say("agent.relation."+string(agent.Relation)))
		}
		rows = append(rows, row)
	}
	var names []string
	for _, one := range file.Shared {
		seen := slices.ContainsFunc(file.Household, func(c office.Case) bool { return c.Application.Reference == one.Reference })
		if name := evidenceName(p, r, one.Kind); seen && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return rows, ""
	}
	return rows, p.Say("console.family.shared", "Documents", strings.Join(names, p.Pick("、", ", ")))
}
