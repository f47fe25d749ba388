package kiosk

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
	Answers []parts.Row
	Law     policy.EligibilityAnswer
	Key     string
	Refusal string // why it was not taken, and what to do; nothing on this page would change it
}

func (k *Kiosk) check(c *fiber.Ctx) error {
	app, gone, err := k.draft(c, permit.StepCheck)
	if gone || err != nil {
		return err
	}
	pg, err := k.checkPage(c, app, office.NewKey())
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, checkView(pg))
}

func (k *Kiosk) checkPage(c *fiber.Ctx, app office.PreApplication, key string) (checkPage, error) {
	pg := checkPage{stepPage: k.stepPage(c, permit.StepCheck, app, ""), Law: k.Office.Eligibility(app), Key: key}
	pg.Frame.Path = address(permit.StepCheck)
	masked, err := k.Office.DraftPhone(c.UserContext(), app)
	pg.Answers = answers(pg.Visit.Printer, app, masked)
	return pg, err
}

// answers lays out what was answered, each with the way to change it. Others may stand behind: the numbers are masked.
func answers(p text.Printer, app office.PreApplication, phone string) []parts.Row {
	d := app.Draft
	row := func(s permit.Step, key, value string) parts.Row {
		return parts.Row{Key: key, Value: value, Change: address(s) + "?return=check"}
	}
	ethnic, _ := civic.EthnicByCode(d.EthnicGroup)
	number := row(permit.StepIdentity, p.Say("field.id_number"), civic.CitizenID(d.IDNumber).Masked())
	if d.ReadByDevice != "" {
		number.Note = p.Say("kiosk.card.was_read")
	}
	rows := []parts.Row{
		row(permit.StepIdentity, p.Say("field.name"), d.Name), number, row(permit.StepIdentity, p.Say("field.ethnic_group"), pick(p, ethnic.Name)),
	}
	rows = append(rows, agentRows(p, app)...)
	rows = append(rows,
		row(permit.StepHukou, p.Say("field.hukou"), parts.DivisionNames(d.HukouDivision)),
		row(permit.StepResidence, p.Say("apply.step.residence"), office.AddressLine(d)),
	)
	if permit.AsksRegistration(app.Ruleset) {
		rows = append(rows, row(permit.StepStay, p.Say("field.registered_on"), parts.Date(p, d.RegisteredOn)))
	}
	if tier, ok := app.Ruleset.Tier(d.Tier); ok {
		rows = append(rows, row(permit.StepStay, p.Say("kiosk.check.tier"), pick(p, tier.Name)))
	}
	if d.Workplace != "" {
		rows = append(rows, row(permit.StepStay, p.Say("field.workplace"), d.Workplace))
	}
	var grounds []string
	for _, g := range d.GroundChoices(app.Ruleset) {
		if slices.Contains(d.Grounds, g.Code) {
			grounds = append(grounds, pick(p, g.Name))
		}
	}
	if len(grounds) > 0 {
		rows = append(rows, parts.Row{Key: p.Say("apply.step.grounds"), Lines: grounds, Change: address(permit.StepGrounds) + "?return=check"})
	}
	return append(rows, row(stepPhone, p.Say("kiosk.phone.label"), phone))
}

// submit sends the pre-application. Two taps, a retry or a refresh lead to the same slip.
func (k *Kiosk) submit(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	_, err = k.Office.SubmitInVisit(c.UserContext(), v.Actor, office.Submission{Declared: form.Get("declared") == "yes", Key: form.Get("key"), Body: c.Body(), Counter: "kiosk"})
	if err == nil {
		return web.SeeOther(c, "/kiosk/slip")
	}
	known := new(office.Error)
	if !errors.As(err, &known) || known.What != office.Denied && len(known.Faults) == 0 {
		return lostDraft(c, err)
	}
	app, gone, err := k.draft(c, permit.StepCheck)
	if gone || err != nil {
		return err
	}
	pg, err := k.checkPage(c, app, form.Get("key"))
	if err != nil {
		return err
	}
	pg.wrong(known.Faults)
	if known.What == office.Denied {
		pg.Refusal, pg.Frame.HasErrors = v.Printer.Say("kiosk.refusal."+known.Why), true
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, checkView(pg))
}
