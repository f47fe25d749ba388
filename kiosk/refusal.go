package kiosk

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// serviceOptions are the services in the groups of their text, and none of them.
func serviceOptions(p text.Printer, rules *policy.Ruleset) []parts.Option {
	var options []parts.Option
	for _, g := range groups(p, rules) {
		for i, s := range g.Services {
			option := parts.Option{Value: s.ID, Label: pick(p, s.Title)}
			if i == 0 {
				option.Or = g.Title
			}
			options = append(options, option)
		}
	}
	return append(options, parts.Option{Value: noneOf, Label: p.Say("refusals.form.none"), Or: p.Say("kiosk.refusals.or")})
}

// bodyOptions are the departments that can be named, not knowing first.
func bodyOptions(p text.Printer, rules *policy.Ruleset) []parts.Option {
	options := []parts.Option{{Value: noneOf, Label: p.Say("refusals.form.unknown"), Hint: p.Say("refusals.form.department_hint")}}
	for _, d := range permit.RefusalDepartments(rules) {
		options = append(options, parts.Option{Value: d.Code, Label: parts.BodyName(p, d.Name, d.Successor)})
	}
	return options
}

func kindOptions(p text.Printer) []parts.Option {
	var options []parts.Option
	for _, kind := range permit.RefusalKinds() {
		options = append(options, parts.Option{Value: string(kind), Label: p.Say("refusals.kind." + string(kind))})
	}
	return options
}

func countyOptions(p text.Printer, rules *policy.Ruleset) []parts.Option {
	var options []parts.Option
	for _, county := range civic.Counties(rules.Jurisdiction) {
		options = append(options, parts.Option{Value: county.Code, Label: county.Name})
	}
	return append(options, parts.Option{Value: noneOf, Label: p.Say("refusals.form.county_none")})
}

// bodyName names who answers, or says that it is still to be found out.
func bodyName(p text.Printer, rules *policy.Ruleset, code string) string {
	if d, ok := rules.Department(code); ok {
		return parts.BodyName(p, d.Name, d.Successor)
	}
	return p.Say("refusals.unknown_department")
}

// refusalAnswers lay out what was answered, each with the way back to its page.
func refusalAnswers(p text.Printer, pg refusalStepPage) []parts.Row {
	r := pg.Report
	service := ""
	if s, ok := pg.Rules.Service(r.Service); ok {
		service = pick(p, s.Title)
	}
	rows := []parts.Row{{Key: p.Say("refusals.field.service"), Value: service, Change: refusalPath("service")}}
	if r.Service == "" {
		rows = append(rows, parts.Row{Key: p.Say("refusals.field.department"), Value: bodyName(p, pg.Rules, r.Department), Change: refusalPath("department")})
	}
	return append(rows,
		parts.Row{Key: p.Say("refusals.field.kind"), Value: p.Say("refusals.kind." + string(r.Kind)), Change: refusalPath("what")},
		parts.Row{Key: p.Say("refusals.field.happened_on"), Value: parts.Date(p, r.HappenedOn), Change: refusalPath("what")},
		parts.Row{Key: p.Say("refusals.field.county"), Value: parts.CountyName(r.County), Change: refusalPath("where")},
		parts.Row{Key: p.Say("refusals.field.place"), Value: r.Place, Change: refusalPath("where")},
		parts.Row{Key: p.Say("refusals.field.permit_number"), Value: r.Permit, Change: refusalPath("more")},
		parts.Row{Key: p.Say("refusals.field.phone"), Value: civic.MaskPhone(r.Phone), Change: refusalPath("more")},
		parts.Row{Key: p.Say("refusals.field.words"), Lines: written(r.Words), Change: refusalPath("more")})
}

// written are the lines of a text, none of an empty one.
func written(words string) []string {
	if words == "" {
		return nil
	}
	return strings.Split(words, "\n")
}

// refusalSentPage is what the person takes away: the reference, who answers and by when. Nothing of what was written is on it.
type refusalSentPage struct {
	page
	Reference  string
	City       string
	Department string
	Kind       string
	SentOn     string
	By         string // "" when no day is known
	Texted     bool
}

func (k *Kiosk) sentRefusal(c *fiber.Ctx) error {
	pg, gone, err := k.refusalSentPage(c)
	if gone || err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, refusalSentView(pg))
}

// printRefusal is the slip on paper 80 mm wide.
func (k *Kiosk) printRefusal(c *fiber.Ctx) error {
	pg, gone, err := k.refusalSentPage(c)
	if gone || err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, refusalReceiptView(pg))
}

func (k *Kiosk) refusalSentPage(c *fiber.Ctx) (pg refusalSentPage, gone bool, err error) {
	v := web.VisitOf(c)
	p := v.Printer
	file, err := k.Office.SentRefusalInVisit(c.UserContext(), v.Actor)
	if errors.Is(err, office.ErrNotFound) {
		return pg, true, web.SeeOther(c, "/kiosk/refusals")
	}
	if err != nil {
		return pg, false, err
	}
	return refusalSentPage{page: k.page(c, p.Say("kiosk.refusals.sent")), Reference: file.Reference, City: k.cityName(p, file.Jurisdiction),
		Department: bodyName(p, file.Rules, file.Department), Kind: p.Say("refusals.kind." + string(file.Kind)), SentOn: parts.Date(p, civic.DateOf(file.ReceivedAt)),
		By: parts.Date(p, file.DueOn), Texted: file.Phone != ""}, false, nil
}

// refusalAskPage asks for the reference of a report.
type refusalAskPage struct {
	page
	Reference string // as typed
}

func (k *Kiosk) askRefusal(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, refusalAskView(refusalAskPage{page: k.page(c, web.VisitOf(c).Printer.Say("refusals.look"))}))
}

func (k *Kiosk) findRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = k.Office.AskRefusalInVisit(c.UserContext(), v.Actor, form.Get("reference"), v.Peer)
	if err == nil {
		return web.SeeOther(c, "/kiosk/refusals/answer/report")
	}
	pg := refusalAskPage{page: k.page(c, v.Printer.Say("refusals.look")), Reference: form.Get("reference")}
	pg.wrong(office.FaultsOf(err))
	if errors.Is(err, office.ErrNotFound) {
		pg.Errors, pg.Frame.HasErrors = parts.Errors{{Field: "reference", Message: v.Printer.Say("refusals.nothing")}}, true
	}
	if len(pg.Errors) == 0 {
		return err
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, refusalAskView(pg))
}

// refusalPage is a report for whoever knows its reference: how it stands and what was answered, nothing of what was written.
type refusalPage struct {
	page
	State    parts.TagView
	Rows     []parts.Row
	Timeline parts.TimelineView
	Outcome  string // with the answer
	Lines    []string
	Clause   *parts.ClauseView
}

func (k *Kiosk) shownRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	file, err := k.Office.AskedRefusalInVisit(c.UserContext(), v.Actor)
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/kiosk/refusals/answer")
	}
	if err != nil {
		return err
	}
	pg := refusalPage{page: k.page(c, p.Say("refusals.shown.title")), State: parts.TagView{Tone: parts.Wait, Text: p.Say("refusals.state." + string(file.State))},
		Timeline: refusalTimeline(p, file, k.Office.Today()), Rows: []parts.Row{
			{Key: p.Say("refusals.field.city"), Value: k.cityName(p, file.Jurisdiction)}, {Key: p.Say("refusals.field.kind"), Value: p.Say("refusals.kind." + string(file.Kind))},
			{Key: p.Say("refusals.field.happened_on"), Value: parts.Date(p, file.HappenedOn)}, {Key: p.Say("refusals.field.department"), Value: bodyName(p, file.Rules, file.Department)},
		}}
	if e, ok := file.Answered(); ok {
		pg.State.Tone, pg.Outcome, pg.Lines = parts.Good, p.Say("refusals.outcome."+string(e.Outcome)), written(e.Words)
		if basis, ok := permit.RefusalBasisOf(file.Rules, e.Basis); ok {
			pg.Clause = &parts.ClauseView{Number: basis.Clause, Document: pick(p, file.Rules.Name), Text: basis.Quote, Open: true}
		}
	}
	return web.Render(c, fiber.StatusOK, refusalView(pg))
}

// refusalTimeline draws what is past, and by when the answer comes.
func refusalTimeline(p text.Printer, file office.RefusalFile, today civic.Date) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("refusals.shown.steps")}
	for _, e := range file.Events {
		view.Steps = append(view.Steps, parts.Step{State: parts.Past, When: parts.Date(p, civic.DateOf(e.At)), Title: p.Say("refusals.step."+e.Verb, "Department", bodyName(p, file.Rules, e.Department))})
	}
	if file.State != permit.RefusalReceived {
		return view
	}
	next := parts.Step{State: parts.Now, Title: p.Say("refusals.step.find")}
	if file.Department != "" {
		next.Title = p.Say("refusals.step.answer_by", "Department", bodyName(p, file.Rules, file.Department))
	}
	if view.PromisedBy, view.Overdue = file.DueOn, today.After(file.DueOn); file.DueOn.IsZero() {
		next.Detail = p.Say("refusals.soon")
	}
	view.Steps = append(view.Steps, next)
	return view
}
