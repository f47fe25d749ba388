package kiosk

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// agentStep asks who applies for somebody else: the own card, or typed; by what right; and the consents that the law asks for.
var agentStep = step{
	step: permit.StepAgent,
	answer: func(f web.Form, d *permit.Draft) {
		if d.Agent == nil {
			return
		}
		a := *d.Agent
		if f.Has("agent_name") { // typed: no longer what the device has read
			a.Name, a.IDNumber, a.ReadByDevice = f.Get("agent_name"), f.Get("agent_id_number"), ""
		}
		a.Relation, a.Reason, a.Declared, a.Consents = policy.Relation(f.Get("agent_relation")), policy.Principal(f.Get("agent_reason")), f.Get("agent_declared") == "yes", nil
		for _, code := range []string{policy.ConsentChild, policy.ConsentHealth} {
			if f.Get("consent_"+code) == "yes" {
				a.Consents = append(a.Consents, code)
			}
		}
		d.Agent = &a
	},
	typed: func(f web.Form, pg *stepPage) { pg.Typed = f.Has("agent_name") },
	view:  func(pg stepPage) parts.Component { return agentView(pg) },
}

// forWhom are the two ways to apply; most people apply for themselves, so that is chosen already.
func forWhom(p text.Printer) []parts.Option {
	return []parts.Option{{Value: "self", Label: p.Say("agent.for.self")}, {Value: "other", Label: p.Say("agent.for.other"), Hint: p.Say("agent.for.other_hint")}}
}

// agentReasons ask whether moving gives the person difficulty.
func agentReasons(pg stepPage) []parts.Option {
	p := pg.Visit.Printer
	return []parts.Option{
		{Value: string(policy.Older), Label: p.Say("agent.reason.older"), Hint: p.Say("agent.reason.older_hint", "Age", pg.App.Ruleset.Proxies.OlderFrom)},
		{Value: string(policy.Disabled), Label: p.Say("agent.reason.disabled"), Reveal: healthConsent(pg)},
		{Value: string(permit.NoReason), Label: p.Say("agent.reason.none")},
	}
}

// agentRelations are the relations of which one is chosen.
func agentRelations(pg stepPage) []parts.Option {
	p := pg.Visit.Printer
	var options []parts.Option
	for _, relation := range pg.App.Draft.AgentRelations(pg.App.Ruleset, pg.App.Today) {
		options = append(options, parts.Option{Value: string(relation), Label: p.Say("agent.relation." + string(relation)), Hint: p.Say("agent.relation_hint." + string(relation))})
	}
	return options
}

// isMinor reports that the person applied for is a minor by age, so that no other reason is asked for.
func isMinor(pg stepPage) bool {
	return pg.App.Draft.Principal(pg.App.Ruleset, pg.App.Today) == policy.Minor
}

// asksChild reports that a guardian's consent is asked for.
func asksChild(pg stepPage) bool {
	for _, c := range pg.App.Draft.ConsentsAsked(pg.App.Ruleset, pg.App.Today) {
		if c.Code == policy.ConsentChild {
			return true
		}
	}
	return false
}

// agentDeclaration is what the agent declares: of a minor the relation, of an adult also that the person has asked for it.
func agentDeclaration(pg stepPage) string {
	if isMinor(pg) {
		return pg.Visit.Printer.Say("agent.declare_minor")
	}
	return pg.Visit.Printer.Say("agent.declare_adult")
}

// ticked is a box that is ticked or not.
func ticked(yes bool) []string {
	if yes {
		return []string{"yes"}
	}
	return nil
}

// agentCard takes the read of the agent's own card.
func (k *Kiosk) agentCard(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	app, gone, err := k.draft(c, permit.StepAgent)
	if gone || err != nil {
		return err
	}
	read, problem, err := k.openRead(c, form)
	if err != nil {
		return err
	}
	if problem != "" {
		pg := k.stepPage(c, permit.StepAgent, app, form.Get("return"))
		pg.Frame.Path = address(permit.StepAgent)
		pg.Errors, pg.Frame.HasErrors = parts.Errors{{Field: "card", Message: v.Printer.Say("kiosk.card." + problem)}}, true
		return web.Render(c, fiber.StatusUnprocessableEntity, agentView(pg))
	}
	app, faults, err := k.Office.ReadAgent(c.UserContext(), v.Actor, read.Card.Name, read.Card.Number, read.Device)
	if err != nil {
		return lostDraft(c, err)
	}
	if len(faults) > 0 {
		app.Draft.Agent.ReadByDevice = ""
		pg := k.stepPage(c, permit.StepAgent, app, form.Get("return"))
		pg.wrong(faults)
		pg.Typed = true
		return web.Render(c, fiber.StatusUnprocessableEntity, agentView(pg))
	}
	to := address(permit.StepAgent)
	if form.Get("return") == "check" {
		to += "?return=check"
	}
	return web.SeeOther(c, to)
}

// agentRows are what was answered about the agent. Others may stand behind: the number is masked.
func agentRows(p text.Printer, app office.PreApplication) []parts.Row {
	a := app.Draft.Agent
	if a == nil {
		return nil
	}
	change := address(permit.StepAgent) + "?return=check"
	rows := []parts.Row{
		{Key: p.Say("agent.name"), Value: a.Name, Change: change},
		{Key: p.Say("agent.id_number"), Value: civic.CitizenID(a.IDNumber).Masked(), Change: change},
		{Key: p.Say("agent.relation"), Value: p.Say("agent.relation." + string(a.Relation)), Change: change},
		{Key: p.Say("agent.reason"), Value: p.Say("agent.reason." + string(app.Draft.Principal(app.Ruleset, app.Today))), Change: change},
	}
	if a.ReadByDevice != "" {
		rows[1].Note = p.Say("kiosk.card.was_read")
	}
	return rows
}

// childRulesPage are the rules for handling what is known of children.
type childRulesPage struct {
	wordsPage
	Rows []parts.Row
}

func (k *Kiosk) childRules(c *fiber.Ctx) error {
	p := web.VisitOf(c).Printer
	pg := childRulesPage{wordsPage: wordsPage{k.page(c, p.Say("child_rules.title")), address(permit.StepAgent)}}
	for _, point := range []string{"who", "what", "why", "seen", "kept", "rights", "refuse"} {
		pg.Rows = append(pg.Rows, parts.Row{Key: p.Say("child_rules.point." + point), Value: p.Say("child_rules.text." + point)})
	}
	return web.Render(c, fiber.StatusOK, childRulesView(pg))
}

// agentLead says what to do with the card.
func agentLead(p text.Printer, read bool) string {
	if read {
		return p.Say("kiosk.card.done")
	}
	return p.Say("agent.kiosk_lead")
}

// identityTitle is whose identity is asked for.
func identityTitle(pg stepPage) string {
	if pg.App.Draft.Agent != nil {
		return pg.Visit.Printer.Say("agent.identity.title")
	}
	return pg.Visit.Printer.Say("apply.step.identity")
}

// identityLead says whose card is meant; to somebody who applies alone nothing needs to be said.
func identityLead(pg stepPage) string {
	if pg.App.Draft.Agent != nil {
		return pg.Visit.Printer.Say("agent.kiosk_identity")
	}
	return ""
}
