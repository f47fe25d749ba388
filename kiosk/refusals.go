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
	"anju/server/web"
)

// refusalStep is one page of questions about a refusal. All but the last can be answered by touch alone.
type refusalStep struct {
	name   string
	fields []string // in which its faults are
	answer func(web.Form, *permit.RefusalReport)
	view   func(refusalStepPage) parts.Component
}

// noneOf is the answer that names nothing: a service that is not in the list, a department that is not known.
const noneOf = "none"

// refusalSteps are the pages in their order. Who has named a service is not asked for the department.
var refusalSteps = []refusalStep{
	{"service", []string{"service"}, func(f web.Form, r *permit.RefusalReport) {
		r.Service, r.Department = named(f.Get("service")), ""
	}, func(pg refusalStepPage) parts.Component { return refusalServiceView(pg) }},
	{"department", []string{"department"}, func(f web.Form, r *permit.RefusalReport) { r.Department = named(f.Get("department")) },
		func(pg refusalStepPage) parts.Component { return refusalDepartmentView(pg) }},
	{"what", []string{"kind", "happened_on"}, nil, func(pg refusalStepPage) parts.Component { return refusalWhatView(pg) }},
	{"where", []string{"county", "place"}, func(f web.Form, r *permit.RefusalReport) {
		r.County, r.Place = named(f.Get("county")), f.Get("place")
	}, func(pg refusalStepPage) parts.Component { return refusalWhereView(pg) }},
	{"more", []string{"permit_number", "phone", "words"}, func(f web.Form, r *permit.RefusalReport) {
		r.Permit, r.Phone, r.Words = f.Get("permit_number"), f.Get("phone"), f.Get("words")
	}, func(pg refusalStepPage) parts.Component { return refusalMoreView(pg) }},
}

// named is an answer that names something.
func named(s string) string {
	if s == noneOf {
		return ""
	}
	return s
}

// day reads the day: today, yesterday or one that is written out.
func (k *Kiosk) day(f web.Form) (day civic.Date, typed parts.DateValue, err error) {
	today := k.Office.Today()
	switch f.Get("day") {
	case "today":
		return today, typed, nil
	case "yesterday":
		return today.AddDays(-1), typed, nil
	}
	typed = parts.ReadDate("happened_on", f.Get)
	if typed.Empty() {
		return day, typed, nil
	}
	day, err = typed.Date()
	return day, typed, err
}

// refusalPath is the address of a step.
func refusalPath(step string) string { return "/kiosk/refusals/" + step }

// refusalsPage begins: the city, or the answer to an earlier report.
type refusalsPage struct {
	page
	Cities []parts.Option
}

func (k *Kiosk) refusals(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, refusalsView(k.refusalsPage(c)))
}

func (k *Kiosk) refusalsPage(c *fiber.Ctx) refusalsPage {
	p := web.VisitOf(c).Printer
	return refusalsPage{k.page(c, p.Say("kiosk.refusals.title")), k.cityOptions(p)}
}

func (k *Kiosk) beginRefusal(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = k.Office.BeginRefusal(c.UserContext(), web.VisitOf(c).Actor, form.Get("city"))
	if faults := office.FaultsOf(err); len(faults) > 0 {
		pg := k.refusalsPage(c)
		pg.wrong(faults)
		return web.Render(c, fiber.StatusUnprocessableEntity, refusalsView(pg))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, refusalPath(refusalSteps[0].name))
}

// refusalStepPage is what every page of questions needs.
type refusalStepPage struct {
	page
	Step    string
	Report  permit.RefusalReport
	Rules   *policy.Ruleset
	Caption string
	Before  string
	Day     string          // "today", "yesterday", "earlier", or "" while nothing is chosen
	Date    parts.DateValue // an earlier day, as typed
}

func (k *Kiosk) refusalStepPage(c *fiber.Ctx, step string, r permit.RefusalReport) (refusalStepPage, error) {
	p := web.VisitOf(c).Printer
	rules, _, err := k.Office.InForce(r.Jurisdiction)
	pg := refusalStepPage{page: k.page(c, p.Say("kiosk.refusals.title")), Step: step, Report: r, Rules: rules, Before: "/kiosk/refusals"}
	pg.Frame.Path = refusalPath(step)
	path := refusalWay(r)
	if i := slices.Index(path, step); i > 0 {
		pg.Before = refusalPath(path[i-1])
	}
	pg.Caption = p.Say("kiosk.refusals.caption", "City", k.cityName(p, r.Jurisdiction), "Step", max(slices.Index(path, step), 0)+1, "Steps", len(path))
	today := k.Office.Today()
	switch {
	case r.HappenedOn.IsZero():
	case r.HappenedOn == today:
		pg.Day = "today"
	case r.HappenedOn == today.AddDays(-1):
		pg.Day = "yesterday"
	default:
		pg.Day, pg.Date = "earlier", parts.DateValueOf(r.HappenedOn)
	}
	return pg, err
}

// refusalWay is the way of a report through the pages.
func refusalWay(r permit.RefusalReport) []string {
	var way []string
	for _, s := range refusalSteps {
		if s.name != "department" || r.Service == "" {
			way = append(way, s.name)
		}
	}
	return append(way, "check")
}

// lostRefusal sends somebody whose report is gone, because it was sent, to where it went.
func lostRefusal(c *fiber.Ctx, err error) error {
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/kiosk/refusals/sent")
	}
	return err
}

func (k *Kiosk) showRefusalStep(s refusalStep) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, _, err := k.Office.RefusalInVisit(c.UserContext(), web.VisitOf(c).Actor)
		if err != nil {
			return lostRefusal(c, err)
		}
		pg, err := k.refusalStepPage(c, s.name, r)
		if err != nil {
			return err
		}
		return web.Render(c, fiber.StatusOK, s.view(pg))
	}
}

// saveRefusalStep saves the answers of a page, or shows it again with what was typed and what is wrong.
func (k *Kiosk) saveRefusalStep(s refusalStep) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		day, typed, mistyped := k.day(form)
		answer := s.answer
		if answer == nil {
			answer = func(f web.Form, r *permit.RefusalReport) {
				r.Kind, r.HappenedOn = permit.RefusalKind(f.Get("kind")), day
			}
		}
		r, faults, err := k.Office.AnswerInVisit(c.UserContext(), v.Actor, s.fields, func(r *permit.RefusalReport) { answer(form, r) })
		if err != nil {
			return lostRefusal(c, err)
		}
		if len(faults) == 0 {
			way := refusalWay(r)
			return web.SeeOther(c, refusalPath(way[max(slices.Index(way, s.name), 0)+1]))
		}
		pg, err := k.refusalStepPage(c, s.name, r)
		if err != nil {
			return err
		}
		for i := range faults {
			if faults[i].Field == "happened_on" && mistyped != nil { // a date that no calendar has is not a missing one
				faults[i].Code = "date"
			}
			if faults[i].Field == "happened_on" && form.Get("day") != "earlier" {
				faults[i].Field = "day"
			}
		}
		if pg.wrong(faults); s.name == "what" {
			pg.Day, pg.Date = form.Get("day"), typed
		}
		return web.Render(c, fiber.StatusUnprocessableEntity, s.view(pg))
	}
}

// refusalCheckPage shows everything before it is sent.
type refusalCheckPage struct {
	refusalStepPage
	Rows []parts.Row
}

func (k *Kiosk) checkRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	r, faults, err := k.Office.RefusalInVisit(c.UserContext(), v.Actor)
	if err != nil {
		return lostRefusal(c, err)
	}
	for _, s := range refusalSteps { // what is missing is asked first
		if slices.ContainsFunc(faults, func(f permit.Fault) bool { return slices.Contains(s.fields, f.Field) }) {
			return web.SeeOther(c, refusalPath(s.name))
		}
	}
	pg, err := k.refusalStepPage(c, "check", r)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, refusalCheckView(refusalCheckPage{pg, refusalAnswers(v.Printer, pg)}))
}

func (k *Kiosk) sendRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	err := k.Office.SendRefusalInVisit(c.UserContext(), v.Actor, string(v.Printer.Lang()), v.Peer)
	if len(office.FaultsOf(err)) > 0 {
		return web.SeeOther(c, refusalPath("check")) // and from there to the page that is not answered
	}
	if err != nil {
		return lostRefusal(c, err)
	}
	return web.SeeOther(c, "/kiosk/refusals/sent")
}
