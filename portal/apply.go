package portal

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// applyPage is the first page of a pre-application: which city, what to have at hand, and a draft that is there already.
type applyPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Title    string // of the business that the draft is about
	Cities   []parts.Option
	City     string
	For      string // "self" or "other"
	Draft    *office.PreApplication
	Tasks    []parts.Task
	Open     *permit.Application // one that was sent and is not decided yet, and its city
	OpenCity string
	Errors   parts.Errors
}

func (s *Portal) apply(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	page, err := s.applyPage(c, v)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, applyView(page))
}

func (s *Portal) applyPage(c *fiber.Ctx, v *web.Visit) (applyPage, error) {
	p := v.Printer
	page := applyPage{Frame: frame(v, p.Say("apply.title")), Visit: v, Title: p.Say("apply.title"), Cities: s.cities(p), For: "self"}
	draft, err := s.office.Draft(c.UserContext(), v.Actor)
	switch {
	case errors.Is(err, office.ErrNotFound):
		if page.Open, err = s.openApplication(c, v); page.Open != nil {
			page.OpenCity = cityName(s.office, p, page.Open.Jurisdiction)
		}
		return page, err
	case err != nil:
		return page, err
	default:
		page.Draft, page.City, page.Tasks = &draft, draft.Jurisdiction, tasks(p, draft)
		if draft.Draft.Agent != nil {
			page.For = "other"
		}
		if kind := draft.Draft.Business(); kind != permit.KindIssue {
			page.Title = p.Say("business." + string(kind) + ".title")
			page.Frame.Title = page.Title
		}
	}
	return page, nil
}

// openApplication finds the newest application of the citizen that is still under way, nil when there is none.
func (s *Portal) openApplication(c *fiber.Ctx, v *web.Visit) (*permit.Application, error) {
	cases, err := s.office.Applications(c.UserContext(), v.Actor)
	for _, one := range cases {
		if one.Application.State.Open() {
			return &one.Application, nil
		}
	}
	return nil, err
}

// cities are the cities that can be applied to, with the ruleset that each acts under.
func (s *Portal) cities(p text.Printer) []parts.Option {
	var options []parts.Option
	for _, j := range s.office.Book.Jurisdictions() {
		option := parts.Option{Value: j.Code, Label: pick(p, j.Name)}
		if r, state, err := s.office.InForce(j.Code); err == nil {
			option.Hint = pick(p, r.Name)
			if state != "in_force" {
				option.Hint += " · " + p.Say("ruleset.status."+string(state))
			}
		}
		options = append(options, option)
	}
	return options
}

// tasks lists the steps of a draft with how they stand.
func tasks(p text.Printer, d office.PreApplication) []parts.Task {
	var list []parts.Task
	next := d.Next()
	for _, step := range d.Steps() {
		t := parts.Task{ID: "task-" + string(step), Title: stepName(p, step, d.Draft)}
		switch {
		case step == next:
			t.Href, t.Status = "/apply/"+string(step), parts.TagView{Tone: parts.Info, Text: p.Say("apply.task.next")}
		case d.Reachable(step):
			t.Href, t.Status = "/apply/"+string(step), parts.TagView{Tone: parts.Good, Text: p.Say("apply.task.done")}
		default:
			t.Status = parts.TagView{Text: p.Say("apply.task.later")}
		}
		list = append(list, t)
	}
	return list
}

// startApplying begins or continues the draft.
func (s *Portal) startApplying(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	city := form.Get("city")
	if _, ok := s.office.Book.Jurisdiction(city); !ok {
		page, err := s.applyPage(c, v)
		if err != nil {
			return err
		}
		page.Errors = errorsOf(v.Printer, permit.Faults{{Field: "city", Code: "city_choose"}})
		if form.Has("for") {
			page.For = form.Get("for")
		}
		page.Frame.HasErrors = true
		return web.Render(c, fiber.StatusUnprocessableEntity, applyView(page))
	}
	draft, err := s.office.StartDraft(c.UserContext(), v.Actor, city, true)
	if errors.Is(err, &office.Error{What: office.Conflict, Why: "draft_exists"}) { // the second of two taps
		return web.SeeOther(c, "/apply")
	}
	if err != nil {
		return err
	}
	if form.Has("for") {
		if draft, err = s.office.ActFor(c.UserContext(), v.Actor, form.Get("for") == "other"); err != nil {
			return lostDraft(c, err)
		}
	}
	for _, st := range steps { // what was typed into an earlier draft and never saved
		if _, err := s.office.Unpark(c.UserContext(), v.Actor.ID, "/apply/"+string(st.step)); err != nil {
			return err
		}
	}
	return web.SeeOther(c, "/apply/"+string(draft.Next()))
}

// step is one page of questions: what it is called, how its form becomes answers, and how it is drawn.
type step struct {
	step   permit.Step
	answer func(web.Form, *permit.Draft)
	shown  func(web.Form) bool // a cascade's button was pressed: show, do not check
	typed  func(web.Form, *stepPage)
	view   func(stepPage) view
	fields func(stepPage) view // the questions alone, for a page that holds several steps
}

// steps are the pages with questions. Evidence and check have handlers of their own.
var steps = []step{identityStep, agentStep, hukouStep, residenceStep, stayStep, groundsStep}

// stepPage is what every page of questions needs.
type stepPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Step    permit.Step
	App     office.PreApplication
	City    string
	Date    parts.DateValue // as typed
	Errors  parts.Errors
	Kept    bool   // typed before the session ended
	Return  string // "check" when the page was reached from there
	Caption string
}

// Hidden are the hidden fields of the form.
func (page stepPage) Hidden() []parts.Hidden {
	if page.Return == "" {
		return nil
	}
	return []parts.Hidden{{Name: "return", Value: page.Return}}
}

func (s *Portal) stepPage(v *web.Visit, st step, app office.PreApplication, back string) stepPage {
	p := v.Printer
	page := stepPage{Frame: frame(v, stepTitle(p, st.step, app)), Visit: v, Step: st.step, App: app, City: cityName(s.office, p, app.Jurisdiction),
		Date: parts.DateValueOf(app.Draft.RegisteredOn), Return: back}
	list := app.Steps()
	for i, one := range list {
		if one != st.step {
			continue
		}
		page.Caption = p.Say("apply.caption", "City", page.City, "Step", i+1, "Steps", len(list))
		if app.Draft.Agent != nil && app.Draft.Name != "" {
			page.Caption += " · " + p.Say("agent.caption", "Name", app.Draft.Name)
		}
		href := "/apply"
		if i > 0 {
			href = "/apply/" + string(list[i-1])
		}
		if back == "check" {
			href = "/apply/check"
		}
		page.Frame.Back = &parts.Link{Label: p.Say("portal.back"), Href: href}
	}
	return page
}

// stepTitle is the title of a step: who is asked about is another person when somebody applies for them.
func stepTitle(p text.Printer, st permit.Step, app office.PreApplication) string {
	if st == permit.StepIdentity && app.Draft.Agent != nil {
		return p.Say("agent.identity.title")
	}
	return p.Say("apply." + string(st) + ".title")
}

// stepName names a step in a list.
func stepName(p text.Printer, st permit.Step, d permit.Draft) string {
	if st == permit.StepIdentity && d.Agent != nil {
		return p.Say("agent.identity.title")
	}
	return p.Say("apply.step." + string(st))
}

// lead is what stands below the title of a step.
func (page stepPage) lead() string {
	if page.Step == permit.StepIdentity && page.App.Draft.Agent != nil {
		return page.Visit.Printer.Say("agent.identity.lead")
	}
	return page.Visit.Printer.Say("apply." + string(page.Step) + ".lead")
}

// showStep shows a page of questions, if it may be reached now.
func (s *Portal) showStep(st step) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		app, err := s.office.Draft(c.UserContext(), v.Actor)
		if errors.Is(err, office.ErrNotFound) {
			return web.SeeOther(c, "/apply")
		}
		if err != nil {
			return err
		}
		if !app.Reachable(st.step) {
			return web.SeeOther(c, "/apply/"+string(app.Next()))
		}
		back := ""
		if c.Query("return") == "check" {
			back = "check"
		}
		parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, c.Path())
		if err != nil {
			return err
		}
		page := s.stepPage(v, st, app, back)
		if parked != nil {
			form := web.NewForm(parked)
			st.answer(form, &page.App.Draft)
			if st.typed != nil {
				st.typed(form, &page)
			}
			page.Kept, page.Return = true, form.Get("return")
			page.Errors = errorsOf(v.Printer, page.App.Faults(st.step))
			page.Frame.HasErrors = len(page.Errors) > 0
			if err := s.office.Park(c.UserContext(), v.Actor.ID, c.Path(), parked); err != nil { // kept until it is saved: a reload loses nothing
				return err
			}
		}
		return web.Render(c, fiber.StatusOK, st.view(page))
	}
}

// saveStep saves the answers of a page, or shows it again with what was typed and what is wrong.
func (s *Portal) saveStep(st step) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		show := func(app office.PreApplication, faults permit.Faults) error {
			page := s.stepPage(v, st, app, form.Get("return"))
			page.Errors = errorsOf(v.Printer, faults)
			page.Frame.HasErrors = len(faults) > 0
			if st.typed != nil {
				st.typed(form, &page)
			}
			return web.Render(c, status(page.Errors), st.view(page))
		}
		if st.shown != nil && st.shown(form) {
			app, err := s.office.Draft(c.UserContext(), v.Actor)
			if err != nil {
				return lostDraft(c, err)
			}
			st.answer(form, &app.Draft)
			return show(app, nil)
		}
		app, faults, err := s.office.SaveStep(c.UserContext(), v.Actor, st.step, func(d *permit.Draft) { st.answer(form, d) })
		if err != nil {
			return lostDraft(c, err)
		}
		if len(faults) > 0 { // kept as well, so that the language switch and Back bring it up again
			if err := s.office.Park(c.UserContext(), v.Actor.ID, c.Path(), form.Values()); err != nil {
				return err
			}
			return show(app, faults)
		}
		if _, err := s.office.Unpark(c.UserContext(), v.Actor.ID, c.Path()); err != nil {
			return err
		}
		return web.SeeOther(c, "/apply/"+string(following(app, st.step, form.Get("return"))))
	}
}

// lostDraft sends somebody whose draft is no longer there, because it was sent in another window, to the first page.
func lostDraft(c *fiber.Ctx, err error) error {
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/apply")
	}
	return err
}

// following is the page after a step: back to the check page when it was reached from there and nothing is open.
func following(app office.PreApplication, now permit.Step, back string) permit.Step {
	if back == "check" && app.Next() == permit.StepCheck {
		return permit.StepCheck
	}
	list := app.Steps()
	for i, one := range list[:len(list)-1] {
		if one == now {
			return list[i+1]
		}
	}
	return app.Next()
}
