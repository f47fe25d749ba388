package portal

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

// agentStep asks who applies for somebody else, by what right, and for the consents that the law asks for.
var agentStep = step{
	step: permit.StepAgent,
	answer: func(f web.Form, d *permit.Draft) {
		if d.Agent == nil {
			return
		}
		d.Agent = &permit.Agent{Name: f.Get("agent_name"), IDNumber: f.Get("agent_id_number"), Relation: policy.Relation(f.Get("agent_relation")),
			Reason: policy.Principal(f.Get("agent_reason")), Declared: f.Get("agent_declared") == "yes"}
		for _, code := range []string{policy.ConsentChild, policy.ConsentHealth} {
			if f.Get("consent_"+code) == "yes" {
				d.Agent.Consents = append(d.Agent.Consents, code)
			}
		}
	},
	view:   func(page stepPage) view { return agentView(page) },
	fields: func(page stepPage) view { return agentFields(page) },
}

// forWhom are the two ways to apply; most people apply for themselves, so that is chosen already.
func forWhom(p text.Printer) []parts.Option {
	return []parts.Option{{Value: "self", Label: p.Say("agent.for.self")}, {Value: "other", Label: p.Say("agent.for.other"), Hint: p.Say("agent.for.other_hint")}}
}

// agentReasons ask whether moving gives the person difficulty. The age of older people is a hint only.
func agentReasons(page stepPage) []parts.Option {
	p := page.Visit.Printer
	return []parts.Option{
		{Value: string(policy.Older), Label: p.Say("agent.reason.older"), Hint: p.Say("agent.reason.older_hint", "Age", page.App.Ruleset.Proxies.OlderFrom)},
		{Value: string(policy.Disabled), Label: p.Say("agent.reason.disabled"), Reveal: healthConsent(page)},
		{Value: string(permit.NoReason), Label: p.Say("agent.reason.none")},
	}
}

// agentRelations are the relations of which one is chosen.
func agentRelations(page stepPage) []parts.Option {
	p := page.Visit.Printer
	var options []parts.Option
	for _, relation := range page.App.Draft.AgentRelations(page.App.Ruleset, page.App.Today) {
		options = append(options, parts.Option{Value: string(relation), Label: p.Say("agent.relation." + string(relation)), Hint: p.Say("agent.relation_hint." + string(relation))})
	}
	return options
}

// consentClause is the passage that a consent rests on.
func consentClause(p text.Printer, r *policy.Ruleset, code string) parts.ClauseView {
	for _, c := range r.Proxies.Consents {
		if c.Code == code {
			return passage(p, r, c.Basis)
		}
	}
	return parts.ClauseView{}
}

// isMinor reports that the person applied for is a minor by age, so that no other reason is asked for.
func isMinor(page stepPage) bool {
	return page.App.Draft.Principal(page.App.Ruleset, page.App.Today) == policy.Minor
}

// asksChild reports that a guardian's consent is asked for.
func asksChild(page stepPage) bool {
	for _, c := range page.App.Draft.ConsentsAsked(page.App.Ruleset, page.App.Today) {
		if c.Code == policy.ConsentChild {
			return true
		}
	}
	return false
}

// agentRows are the agent's particulars as they were given; without the reason once the consent to handle it was withdrawn.
func agentRows(p text.Printer, app office.PreApplication, m *permit.Mandate) []parts.Row {
	d := app.Draft
	reason := p.Say("agent.reason." + string(d.Principal(app.Ruleset, app.Today)))
	if m != nil {
		reason = p.Say("agent.reason." + string(m.For))
		if m.Withdrawn(policy.ConsentHealth) {
			reason = p.Say("agent.reason_withdrawn")
		}
	}
	return []parts.Row{{Key: p.Say("agent.name"), Value: d.Agent.Name}, {Key: p.Say("agent.id_number"), Value: d.Agent.IDNumber},
		{Key: p.Say("agent.relation"), Value: p.Say("agent.relation." + string(d.Agent.Relation))}, {Key: p.Say("agent.reason"), Value: reason}}
}

// myDataPage shows what a citizen has consented to, and takes a consent back.
type myDataPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Consents []consentView
}

// consentView is one consent with what can be done about it.
type consentView struct {
	Title     string
	Rows      []parts.Row
	Tag       parts.TagView
	Withdraw  string // where it is taken back, "" once it is
	Then, Now string
}

func (s *Portal) myData(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := myDataPage{Frame: frame(v, p.Say("my_data.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	given, err := s.office.Consents(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	for _, one := range given {
		view := consentView{Title: p.Say("consent." + one.Code + ".name"), Tag: parts.TagView{Tone: parts.Good, Text: p.Say("my_data.stands")}, Withdraw: "/my-data/consents/" + one.ID + "/withdrawal",
			Then: p.Say("consent." + one.Code + ".withdraw"), Rows: []parts.Row{
				{Key: p.Say("application.reference"), Value: one.Reference},
				{Key: p.Say("my_data.given"), Value: parts.Date(p, civic.DateOf(one.GivenAt))},
				{Key: p.Say("my_data.as"), Value: p.Say("agent.relation." + string(one.Relation))},
				{Key: p.Say("my_data.wording"), Value: parts.Date(p, one.Wording)},
			}}
		if one.Withdrawn() {
			view.Tag, view.Withdraw, view.Now = parts.TagView{Tone: parts.Stop, Text: p.Say("my_data.withdrawn", "Day", parts.Date(p, civic.DateOf(one.WithdrawnAt)))}, "", p.Say("consent."+one.Code+".withdrawn")
		}
		page.Consents = append(page.Consents, view)
	}
	return web.Render(c, fiber.StatusOK, myDataView(page))
}

// withdrawConsent takes a consent back. The second of two taps finds it taken back.
func (s *Portal) withdrawConsent(c *fiber.Ctx) error {
	if err := s.office.WithdrawConsent(c.UserContext(), web.VisitOf(c).Actor, c.Params("id"), "portal"); err != nil {
		return err
	}
	web.SetFlash(c, "consent_withdrawn")
	return web.SeeOther(c, "/my-data")
}

// childRulesPage are the rules for handling what is known of children (PIPL Art. 31).
type childRulesPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Rows  parts.SummaryView
}

// childRules are the points of those rules.
var childRules = []string{"who", "what", "why", "seen", "kept", "rights", "refuse"}

func (s *Portal) childRules(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := childRulesPage{Frame: frame(v, p.Say("child_rules.title")), Visit: v}
	for _, point := range childRules {
		page.Rows.Rows = append(page.Rows.Rows, parts.Row{Key: p.Say("child_rules.point." + point), Value: p.Say("child_rules.text." + point)})
	}
	return web.Render(c, fiber.StatusOK, childRulesView(page))
}
