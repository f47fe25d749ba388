package portal

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// sentCookie carries the reference of a report to the page that shows it: an address would keep it.
const (
	sentCookie = "refusal"
	sentFor    = 10 * time.Minute
)

// refusalsPage leads to a report, by city, and asks for the reference of one that was sent.
type refusalsPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Cities    []parts.ServiceCardView
	Reference string // as typed
	Errors    parts.Errors
}

// refusalFormPage is the one page of questions.
type refusalFormPage struct {
	Frame                           parts.FrameView
	Visit                           *web.Visit
	City                            string
	Law                             *parts.ClauseView // where the city's text forbids to refuse
	Report                          permit.RefusalReport
	Date                            parts.DateValue
	Key                             string // of the form: two taps make one report
	OwnPermit                       bool   // the number is the account's
	Services, Departments, Counties []parts.Option
	Kinds                           []parts.Option
	Errors                          parts.Errors
}

// refusalPage is a report as its reporter reads it.
type refusalPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Reference string // shown where it is asked for: after sending, and to the account
	Phone     bool   // a text will come
	Signed    bool   // it stands in the account too
	Rows      []parts.Row
	Timeline  parts.TimelineView
	Answer    *refusalAnswer
}

// refusalAnswer is what came of it, in the words of whoever answered.
type refusalAnswer struct {
	Outcome parts.TagView
	Lines   []string
	Title   string
	Clause  *parts.ClauseView
}

func (s *Portal) refusals(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	city, service := web.Query(c).Get("city"), web.Query(c).Get("service")
	if r, _ := s.findService(service); r != nil {
		city = r.Jurisdiction
	}
	if _, known := s.office.Book.Jurisdiction(city); !known {
		return s.chooseRefusal(c, nil, "")
	}
	page, err := s.refusalForm(v, permit.RefusalReport{Jurisdiction: city, Service: service})
	if err != nil {
		return err
	}
	if v.Session != nil {
		own, err := s.office.Permit(c.UserContext(), v.Actor, "")
		if err != nil && !errors.Is(err, office.ErrNotFound) {
			return err
		}
		if err == nil && own.Permit.Jurisdiction == city {
			page.Report.Permit, page.OwnPermit = own.Permit.Number, true
		}
	}
	return web.Render(c, fiber.StatusOK, refusalFormView(page))
}

// chooseRefusal shows the first page, with what is wrong with a reference that was typed.
func (s *Portal) chooseRefusal(c *fiber.Ctx, wrong parts.Errors, reference string) error {
	v := web.VisitOf(c)
	page := refusalsPage{Frame: frame(v, v.Printer.Say("refusals.title")), Visit: v, Reference: reference, Errors: wrong}
	page.Frame.HasErrors = len(wrong) > 0
	var err error
	if page.Cities, err = s.cityCards(v.Printer, "/refusals"); err != nil {
		return err
	}
	return web.Render(c, status(wrong), refusalsView(page))
}

func (s *Portal) refusalForm(v *web.Visit, report permit.RefusalReport) (refusalFormPage, error) {
	p := v.Printer
	rules, _, err := s.office.InForce(report.Jurisdiction)
	if err != nil {
		return refusalFormPage{}, err
	}
	page := refusalFormPage{Frame: frame(v, p.Say("refusals.form.title")), Visit: v, City: cityName(s.office, p, rules.Jurisdiction), Report: report, Key: office.NewKey()}
	page.Frame.Back = &parts.Link{Label: p.Say("refusals.title"), Href: "/refusals"}
	for _, right := range rules.Rights {
		if right.Code == "no_refusal" {
			page.Law = &parts.ClauseView{Number: right.Clause, Document: pick(p, rules.Name), Text: right.Quote}
		}
	}
	for _, one := range rules.Services {
		group := p.Say("refusals.group." + one.Category)
		if one.Category == "tier_service" {
			group = tierNames(p, rules, one.Tiers)
		}
		page.Services = append(page.Services, parts.Option{Value: one.ID, Label: pick(p, one.Title), Group: group})
	}
	for _, d := range permit.RefusalDepartments(rules) {
		page.Departments = append(page.Departments, parts.Option{Value: d.Code, Label: parts.BodyName(p, d.Name, d.Successor)})
	}
	for _, county := range civic.Counties(rules.Jurisdiction) {
		page.Counties = append(page.Counties, parts.Option{Value: county.Code, Label: county.Name})
	}
	for _, kind := range permit.RefusalKinds() {
		page.Kinds = append(page.Kinds, parts.Option{Value: string(kind), Label: p.Say("refusals.kind." + string(kind))})
	}
	return page, nil
}

// reportRefusal takes the form, or shows it again with what was typed and what is wrong.
func (s *Portal) reportRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	report := permit.RefusalReport{Jurisdiction: form.Get("city"), County: form.Get("county"), Service: form.Get("service"), Department: form.Get("department"),
		Kind: permit.RefusalKind(form.Get("kind")), Place: form.Get("place"), Words: form.Get("words"), Permit: form.Get("permit_number"), Phone: form.Get("phone"),
		Lang: string(p.Lang()), Counter: "portal"}
	date := parts.ReadDate("happened_on", form.Get)
	report.HappenedOn, err = date.Date()
	mistyped := err != nil && !date.Empty()
	made, err := s.office.ReportRefusal(c.UserContext(), v.Actor, report, form.Get("key"), v.Peer)
	if err == nil {
		web.SetCookie(c, sentCookie, made.Reference, sentFor)
		return web.SeeOther(c, "/refusals/sent")
	}
	wrong, err := faultsOf(p, err)
	if err != nil {
		return err
	}
	if _, known := s.office.Book.Jurisdiction(report.Jurisdiction); !known {
		return s.chooseRefusal(c, parts.Errors{{Field: "city", Message: p.Say("fault.city_choose")}}, "")
	}
	page, err := s.refusalForm(v, report)
	if err != nil {
		return err
	}
	for i := range wrong {
		if wrong[i].Field == "happened_on" && mistyped { // a date that no calendar has is not a missing one
			wrong[i].Message = p.Say("fault.date")
		}
	}
	page.Date, page.Key, page.Errors = date, form.Get("key"), wrong
	page.Frame.HasErrors, page.Frame.Path = true, "/refusals?city="+report.Jurisdiction
	return web.Render(c, fiber.StatusUnprocessableEntity, refusalFormView(page))
}

// sentRefusal shows the reference, and what happens next, to the browser that has just sent the report.
func (s *Portal) sentRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.SentRefusal(c.UserContext(), v.Actor, web.Cookie(c, sentCookie))
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/refusals")
	}
	if err != nil {
		return err
	}
	page := s.refusalPage(v, file)
	page.Frame.Title, page.Reference, page.Phone = v.Printer.Say("refusals.sent.title"), file.Reference, file.Phone != ""
	page.Signed = file.Account != ""
	return web.Render(c, fiber.StatusOK, refusalSentView(page))
}

// lookUpRefusal answers a POST with the page itself: an address would keep the reference.
func (s *Portal) lookUpRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	typed := form.Get("reference")
	file, err := s.office.Refusal(c.UserContext(), v.Actor, typed, v.Peer)
	if errors.Is(err, office.ErrNotFound) {
		return s.chooseRefusal(c, parts.Errors{{Field: "reference", Message: p.Say("refusals.nothing")}}, typed)
	}
	if wrong, err := faultsOf(p, err); err != nil {
		return err
	} else if len(wrong) > 0 {
		return s.chooseRefusal(c, wrong, typed)
	}
	page := s.refusalPage(v, file)
	page.Frame.Back, page.Frame.Path = &parts.Link{Label: p.Say("refusals.shown.other"), Href: "/refusals"}, "/refusals"
	return web.Render(c, fiber.StatusOK, refusalView(page))
}

// ownRefusal is a report of whoever is signed in, with all that was written and its reference.
func (s *Portal) ownRefusal(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	file, err := s.office.OwnRefusal(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	page := s.refusalPage(v, file)
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	row := func(field string, lines ...string) {
		if lines[0] != "" {
			page.Rows = append(page.Rows, parts.Row{Key: p.Say("refusals.field." + field), Lines: lines})
		}
	}
	row("place", file.Place)
	row("words", strings.Split(file.Words, "\n")...)
	row("permit_number", file.Permit)
	row("reference", file.Reference)
	return web.Render(c, fiber.StatusOK, refusalView(page))
}

// refusalPage lays out what whoever knows the reference may read: nothing of what was written.
func (s *Portal) refusalPage(v *web.Visit, file office.RefusalFile) refusalPage {
	p := v.Printer
	page := refusalPage{Frame: frame(v, p.Say("refusals.shown.title")), Visit: v, Timeline: refusalTimeline(p, file, s.office.Today())}
	row := func(field, value string) {
		if value != "" {
			page.Rows = append(page.Rows, parts.Row{Key: p.Say("refusals.field." + field), Value: value})
		}
	}
	row("city", cityName(s.office, p, file.Jurisdiction))
	row("kind", p.Say("refusals.kind."+string(file.Kind)))
	if service, ok := file.Rules.Service(file.Service); ok {
		row("service", pick(p, service.Title))
	}
	row("department", refusalDepartment(p, file.Rules, file.Department))
	row("county", parts.CountyName(file.County))
	row("happened_on", parts.Date(p, file.HappenedOn))
	page.Rows = append(page.Rows, parts.Row{Key: p.Say("refusals.field.state"), Tag: refusalTag(p, file.State)})
	if e, ok := file.Answered(); ok {
		answer := refusalAnswer{Outcome: parts.TagView{Tone: parts.Info, Text: p.Say("refusals.outcome." + string(e.Outcome))}, Lines: strings.Split(e.Words, "\n")}
		if e.Outcome == permit.Redressed {
			answer.Outcome.Tone = parts.Good
		}
		if basis, ok := permit.RefusalBasisOf(file.Rules, e.Basis); ok {
			answer.Title = pick(p, basis.Title)
			answer.Clause = &parts.ClauseView{Number: basis.Clause, Document: wording(p, basis.Basis, pick(p, file.Rules.Name)), Text: basis.Quote, Open: true}
		}
		page.Answer = &answer
	}
	return page
}

// refusalTimeline draws what is past and by when the answer comes. The reporter is not told which colleague acted.
func refusalTimeline(p text.Printer, file office.RefusalFile, today civic.Date) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("refusals.shown.steps")}
	for _, e := range file.Events {
		view.Steps = append(view.Steps, parts.Step{State: parts.Past, When: parts.Date(p, civic.DateOf(e.At)),
			Title: p.Say("refusals.step."+e.Verb, "Department", refusalDepartment(p, file.Rules, e.Department))})
	}
	if file.State == permit.RefusalReceived {
		next := parts.Step{State: parts.Now, Title: p.Say("refusals.step.find")}
		if file.Department != "" {
			next.Title = p.Say("refusals.step.answer_by", "Department", refusalDepartment(p, file.Rules, file.Department))
		}
		if view.PromisedBy = file.DueOn; file.DueOn.IsZero() {
			next.Detail = p.Say("refusals.soon")
		} else {
			view.Overdue = today.After(file.DueOn)
		}
		view.Steps = append(view.Steps, next)
	}
	return view
}

// refusalDepartment names the department that answers.
func refusalDepartment(p text.Printer, r *policy.Ruleset, code string) string {
	if d, ok := r.Department(code); ok {
		return parts.BodyName(p, d.Name, d.Successor)
	}
	return p.Say("refusals.unknown_department")
}

func refusalTag(p text.Printer, state permit.RefusalState) *parts.TagView {
	tag := parts.TagView{Tone: parts.Wait, Text: p.Say("refusals.state." + string(state))}
	if state == permit.RefusalAnswered {
		tag.Tone = parts.Good
	}
	return &tag
}

// refusalRows lists what a citizen has reported, for the account.
func (s *Portal) refusalRows(c *fiber.Ctx, v *web.Visit) (parts.TableView, error) {
	p := v.Printer
	table := parts.TableView{ID: "refusals", Caption: p.Say("refusals.mine"), Columns: []parts.Column{{Label: p.Say("refusals.field.received")}, {Label: p.Say("refusals.field.kind")}, {Label: p.Say("refusals.field.state")}}}
	reports, err := s.office.OwnRefusals(c.UserContext(), v.Actor)
	for _, r := range reports {
		table.Rows = append(table.Rows, []parts.Cell{{Text: parts.Date(p, civic.DateOf(r.ReceivedAt)), Href: "/account/refusals/" + r.ID}, {Text: p.Say("refusals.kind." + string(r.Kind))}, {Tag: refusalTag(p, r.State)}})
	}
	return table, err
}
