package portal

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// checkPage shows all answers once more, with what the law says of them, before they are sent.
type checkPage struct {
	stepPage
	Sections []parts.SummaryView
	Law      policy.EligibilityAnswer
	Lawful   bool // it can be sent
	Key      string
}

func (s *Portal) check(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	app, err := s.office.Draft(c.UserContext(), v.Actor)
	if err != nil {
		return lostDraft(c, err)
	}
	if next := app.Next(); next != permit.StepCheck {
		return web.SeeOther(c, "/apply/"+string(next))
	}
	return web.Render(c, fiber.StatusOK, checkView(s.checkPage(v, app, office.NewKey())))
}

func (s *Portal) checkPage(v *web.Visit, app office.PreApplication, key string) checkPage {
	page := checkPage{stepPage: s.stepPage(v, step{step: permit.StepCheck}, app, ""), Sections: sections(v.Printer, app, nil, true), Law: s.office.Eligibility(app), Key: key}
	page.Lawful = app.Draft.Lawful(page.Law)
	return page
}

// sections lays out the answers of a draft; with links to change them while it has not been sent.
func sections(p text.Printer, app office.PreApplication, m *permit.Mandate, changeable bool) []parts.SummaryView {
	d := app.Draft
	section := func(step permit.Step, rows ...parts.Row) parts.SummaryView {
		view := parts.SummaryView{Title: stepName(p, step, d), Rows: rows}
		if changeable && slices.Contains(app.Steps(), step) { // what is on record is not changed here
			view.Change = "/apply/" + string(step) + "?return=check"
		}
		return view
	}
	row := func(key, value string) parts.Row { return parts.Row{Key: p.Say(key), Value: value} }
	ethnic, _ := civic.EthnicByCode(d.EthnicGroup)
	list := businessSection(p, app, changeable)
	list = append(list,
		section(permit.StepIdentity, row("field.name", d.Name), row("field.id_number", d.IDNumber), row("field.ethnic_group", pick(p, ethnic.Name))),
	)
	if d.Agent != nil {
		list = append(list, section(permit.StepAgent, agentRows(p, app, m)...))
	}
	list = append(list,
		section(permit.StepHukou, row("field.hukou", parts.DivisionNames(d.HukouDivision))),
		section(permit.StepResidence, residenceRow(p, d)),
	)
	var stay []parts.Row
	if permit.AsksRegistration(app.Ruleset) {
		registered := row("field.registered_on", parts.Date(p, d.RegisteredOn))
		if d.Registration != "" {
			registered.Note = p.Say("registration.from_record", "Number", d.Registration)
		}
		stay = append(stay, registered)
	}
	if d.Intends != "" && !permit.AsksRegistration(app.Ruleset) {
		stay = append(stay, row("apply.check.intends", p.Say("field."+d.Intends)))
	}
	if tier, ok := app.Ruleset.Tier(d.Tier); ok {
		stay = append(stay, row("apply.check.tier", pick(p, tier.Name)))
	}
	if d.Workplace != "" {
		stay = append(stay, row("field.workplace", d.Workplace))
	}
	list = append(list, section(permit.StepStay, stay...))
	var grounds []string
	for _, g := range d.GroundChoices(app.Ruleset) {
		for _, chosen := range d.Grounds {
			if chosen == g.Code {
				grounds = append(grounds, pick(p, g.Name))
			}
		}
	}
	if len(grounds) > 0 {
		list = append(list, section(permit.StepGrounds, parts.Row{Key: p.Say("apply.step.grounds"), Lines: grounds}))
	}
	var documents []parts.Row
	for _, e := range app.Evidence {
		documents = append(documents, parts.Row{Key: kindName(p, app, e.Kind), Value: fileNote(p, e)})
	}
	for _, one := range app.Confirmed {
		documents = append(documents, parts.Row{Key: kindName(p, app, permit.EvidenceKind(one.What)), Value: p.Say("confirmations.instead")})
	}
	if len(documents) > 0 {
		list = append(list, section(permit.StepEvidence, documents...))
	}
	return list
}

// residenceRow is the address, in a change with the one that it takes the place of.
func residenceRow(p text.Printer, d permit.Draft) parts.Row {
	row := parts.Row{Key: p.Say("apply.check.residence"), Value: office.AddressLine(d)}
	if d.Was != "" {
		row.Note = p.Say("business.was", "Residence", d.Was)
	}
	return row
}

// businessSection says what is done with which permit, and before it is sent what it costs; nothing for a first permit.
func businessSection(p text.Printer, app office.PreApplication, changeable bool) []parts.SummaryView {
	d := app.Draft
	if d.Business() == permit.KindIssue {
		return nil
	}
	rows := []parts.Row{{Key: p.Say("kind.column"), Value: p.Say("kind." + string(d.Business()))}, {Key: p.Say("account.permit_number"), Value: d.Permit}}
	if d.Why != "" {
		rows[0].Note = p.Say("business.why." + d.Why)
	}
	if changeable {
		fee := parts.Row{Key: p.Say("fee.title"), Value: p.Say("fee.free")}
		if one, ok := permit.FeeOf(d.Business(), app.Ruleset, app.Today); ok {
			fee.Value, fee.Note = feeAmount(p, one), p.Say("fee.at_window")
		}
		rows = append(rows, fee)
	}
	return []parts.SummaryView{{Title: p.Say("business.title_one"), Rows: rows}}
}

// submit sends the pre-application. Two taps, a retry or a refresh lead to the same reference.
func (s *Portal) submit(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	sent := office.Submission{Declared: form.Get("declared") == "yes", Key: form.Get("key"), Body: c.Body(), Counter: "portal"}
	a, err := s.office.Submit(c.UserContext(), v.Actor, sent)
	if err == nil {
		web.SetFlash(c, "sent")
		return web.SeeOther(c, "/applications/"+a.Reference)
	}
	faults := office.FaultsOf(err)
	denied := &office.Error{What: office.Denied}
	if len(faults) == 0 && !errors.Is(err, denied) {
		return lostDraft(c, err)
	}
	app, draftErr := s.office.Draft(c.UserContext(), v.Actor)
	if draftErr != nil {
		return lostDraft(c, draftErr)
	}
	page := s.checkPage(v, app, form.Get("key"))
	page.Errors = errorsOf(v.Printer, faults)
	if known := new(office.Error); len(faults) == 0 && errors.As(err, &known) {
		page.Errors = parts.Errors{{Field: "declared", Message: v.Printer.Say("refusal." + known.Why)}}
	}
	page.Frame.HasErrors = true
	return web.Render(c, fiber.StatusUnprocessableEntity, checkView(page))
}
