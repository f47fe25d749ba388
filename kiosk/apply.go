package kiosk

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// stepPhone stands at the kiosk where the evidence stands on the portal: there is no scanner here, and nobody is signed in.
const stepPhone permit.Step = "phone"

// path is the way of a pre-application through the kiosk.
func path(app office.PreApplication) []permit.Step {
	list := slices.Clone(app.Steps())
	list[slices.Index(list, permit.StepEvidence)] = stepPhone
	return list
}

// answered reports that a step needs nothing more.
func answered(app office.PreApplication, s permit.Step) bool {
	if s == stepPhone {
		return app.Draft.Account != ""
	}
	return len(app.Faults(s)) == 0
}

// next is the first step that is not answered well.
func next(app office.PreApplication) permit.Step {
	for _, s := range path(app) {
		if s == permit.StepCheck || !answered(app, s) {
			return s
		}
	}
	return permit.StepCheck
}

// reachable reports whether a step may be shown now: every step before it is answered well.
func reachable(app office.PreApplication, s permit.Step) bool {
	list := path(app)
	return slices.Contains(list, s) && slices.Index(list, s) <= slices.Index(list, next(app))
}

// address is the page of a step.
func address(s permit.Step) string { return "/kiosk/apply/" + string(s) }

// stepTitle names a step.
func stepTitle(p text.Printer, s permit.Step) string {
	if s == stepPhone {
		return p.Say("kiosk.phone.title")
	}
	return p.Say("apply.step." + string(s))
}

// applyPage asks for the city and says what to have at hand.
type applyPage struct {
	page
	Cities []parts.Option
	For    string // "self" or "other"
}

func (k *Kiosk) apply(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, applyView(k.applyPage(c)))
}

func (k *Kiosk) applyPage(c *fiber.Ctx) applyPage {
	p := web.VisitOf(c).Printer
	return applyPage{page: k.page(c, p.Say("kiosk.apply.title")), Cities: k.cityOptions(p), For: "self"}
}

// cityOptions are the cities, with the ruleset that each acts under.
func (k *Kiosk) cityOptions(p text.Printer) []parts.Option {
	var options []parts.Option
	for _, j := range k.Office.Book.Jurisdictions() {
		option := parts.Option{Value: j.Code, Label: pick(p, j.Name)}
		if r, state, err := k.Office.InForce(j.Code); err == nil {
			option.Hint = rulesetLine(p, r, state)
		}
		options = append(options, option)
	}
	return options
}

// rulesetLine names a ruleset, and how it stands unless it is simply in force.
func rulesetLine(p text.Printer, r *policy.Ruleset, state policy.Status) string {
	if state == policy.InForce {
		return pick(p, r.Name)
	}
	return pick(p, r.Name) + " · " + p.Say("ruleset.status."+string(state))
}

// startApplying begins the draft of the visit.
func (k *Kiosk) startApplying(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	city := form.Get("city")
	if _, ok := k.Office.Book.Jurisdiction(city); !ok {
		pg := k.applyPage(c)
		pg.wrong(permit.Faults{{Field: "city", Code: "city_choose"}})
		if form.Has("for") {
			pg.For = form.Get("for")
		}
		return web.Render(c, fiber.StatusUnprocessableEntity, applyView(pg))
	}
	app, err := k.Office.StartDraft(c.UserContext(), v.Actor, city, true)
	if err != nil {
		return err
	}
	if form.Has("for") {
		if app, err = k.Office.ActFor(c.UserContext(), v.Actor, form.Get("for") == "other"); err != nil {
			return err
		}
	}
	return web.SeeOther(c, address(next(app)))
}

// step is one page of questions: how its form becomes answers, and how it is drawn.
type step struct {
	step   permit.Step
	answer func(web.Form, *permit.Draft)
	shown  func(web.Form) bool // a cascade's button was pressed: show, do not check
	typed  func(web.Form, *stepPage)
	view   func(stepPage) parts.Component
}

// steps are the pages with questions. Phone and check have handlers of their own.
var steps = []step{identityStep, agentStep, hukouStep, residenceStep, stayStep, groundsStep}

// stepPage is what every page of questions needs.
type stepPage struct {
	page
	Step    permit.Step
	App     office.PreApplication
	City    string
	Date    parts.DateValue // as typed
	Return  string          // "check" when the page was reached from there
	Caption string
	Before  string // address of the page before
	Typed   bool   // identity: by hand, although a card can be read
	Agent   string // identity: origin of the agent
}

// Hidden are the hidden fields of the form.
func (pg stepPage) Hidden() []parts.Hidden {
	if pg.Return == "" {
		return nil
	}
	return []parts.Hidden{{Name: "return", Value: pg.Return}}
}

func (k *Kiosk) stepPage(c *fiber.Ctx, s permit.Step, app office.PreApplication, back string) stepPage {
	p := web.VisitOf(c).Printer
	pg := stepPage{page: k.page(c, stepTitle(p, s)), Step: s, App: app, City: k.cityName(p, app.Jurisdiction), Date: parts.DateValueOf(app.Draft.RegisteredOn),
		Before: "/kiosk/apply", Agent: "http://" + k.AgentAddr}
	list := path(app)
	i := slices.Index(list, s)
	pg.Caption = p.Say("kiosk.apply.caption", "City", pg.City, "Step", i+1, "Steps", len(list))
	switch {
	case back == "check":
		pg.Return, pg.Before = back, address(permit.StepCheck)
	case i > 0:
		pg.Before = address(list[i-1])
	}
	return pg
}

// draft loads the draft of the visit for a step that may be reached; otherwise it has sent the person where there is something to do.
func (k *Kiosk) draft(c *fiber.Ctx, s permit.Step) (app office.PreApplication, gone bool, err error) {
	app, err = k.Office.Draft(c.UserContext(), web.VisitOf(c).Actor)
	if err != nil {
		return app, true, lostDraft(c, err)
	}
	if !reachable(app, s) {
		return app, true, web.SeeOther(c, address(next(app)))
	}
	return app, false, nil
}

// lostDraft sends somebody whose draft is gone, because it was sent, to where it went.
func lostDraft(c *fiber.Ctx, err error) error {
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/kiosk/slip")
	}
	return err
}

// showStep shows a page of questions, if it may be reached now.
func (k *Kiosk) showStep(s step) fiber.Handler {
	return func(c *fiber.Ctx) error {
		app, gone, err := k.draft(c, s.step)
		if gone || err != nil {
			return err
		}
		pg := k.stepPage(c, s.step, app, web.Query(c).Get("return"))
		pg.Typed = web.Query(c).Has("typed")
		return web.Render(c, fiber.StatusOK, s.view(pg))
	}
}

// saveStep saves the answers of a page, or shows it again with what was typed and what is wrong.
func (k *Kiosk) saveStep(s step) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		app, gone, err := k.draft(c, s.step)
		if gone || err != nil {
			return err
		}
		if s.shown != nil && s.shown(form) {
			s.answer(form, &app.Draft)
			return k.again(c, s, app, form, nil)
		}
		app, faults, err := k.Office.SaveStep(c.UserContext(), v.Actor, s.step, func(d *permit.Draft) { s.answer(form, d) })
		if err != nil {
			return lostDraft(c, err)
		}
		if len(faults) > 0 {
			return k.again(c, s, app, form, faults)
		}
		return web.SeeOther(c, following(app, s.step, form.Get("return")))
	}
}

// again shows a page of questions with what was typed.
func (k *Kiosk) again(c *fiber.Ctx, s step, app office.PreApplication, form web.Form, faults permit.Faults) error {
	pg := k.stepPage(c, s.step, app, form.Get("return"))
	pg.wrong(faults)
	pg.Typed = true
	if s.typed != nil {
		s.typed(form, &pg)
	}
	status := fiber.StatusOK
	if len(faults) > 0 {
		status = fiber.StatusUnprocessableEntity
	}
	return web.Render(c, status, s.view(pg))
}

// following is the page after a step: back to the check page when it was reached from there and nothing is open.
func following(app office.PreApplication, now permit.Step, back string) string {
	if back == "check" && next(app) == permit.StepCheck {
		return address(permit.StepCheck)
	}
	list := path(app)
	return address(list[slices.Index(list, now)+1])
}
