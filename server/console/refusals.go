package console

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// refusalRoles may see reports that a permit was not honoured. Which ones, the department and the government of their posts tell.
var refusalRoles = []access.Role{access.Supervisor, access.Editor, access.Verifier}

// undatedDays is how long a report without a due day may wait before that is shown: fifteen working days are at least as long.
const undatedDays = 21

// refusalsPage lists the reports.
type refusalsPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Whole  bool // the whole city, and not a department
	Chips  []parts.Chip
	Table  parts.TableView
	Empty  *parts.EmptyView
	Pager  parts.PagerView
	Export string // address of the list as a file, "" for an empty one
}

func (s *Console) refusals(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	chosen := refusalShow(c)
	number, err := strconv.Atoi(web.Query(c).Get("page"))
	if err != nil || number < 1 || number > 1_000_000 {
		number = 1
	}
	list, err := s.office.RefusalQueue(c.UserContext(), v.Actor, office.RefusalQuery{Show: chosen, Page: number, Size: queueSize})
	if err != nil {
		return err
	}
	page := refusalsPage{Frame: frame(v, p.Say("console.refusals.title")), Visit: v, Whole: office.AssignsRefusals(v.Actor)}
	page.Frame.Wide = true
	link := func(show office.RefusalShow, n int) string {
		return "/console/refusals?show=" + string(show) + "&page=" + strconv.Itoa(n)
	}
	for _, show := range refusalShows {
		page.Chips = append(page.Chips, parts.Chip{Label: p.Say("console.refusals.show." + string(show)), Href: link(show, 1), Current: show == chosen, Count: list.Counts[show]})
	}
	page.Pager = parts.PagerView{Page: number, Pages: (list.Total + queueSize - 1) / queueSize}
	if number > 1 && page.Pager.Pages > 0 {
		page.Pager.Previous = link(chosen, min(number-1, page.Pager.Pages))
	}
	if number < page.Pager.Pages {
		page.Pager.Next = link(chosen, number+1)
	}
	if len(list.Reports) == 0 {
		page.Empty = &parts.EmptyView{Title: p.Say("console.refusals.none"), Text: p.Say("console.refusals.none_text")}
	}
	if len(list.Reports) > 0 {
		page.Export = "/console/export/refusals?show=" + string(chosen)
	}
	page.Table = s.refusalTable(p, list, chosen)
	return web.Render(c, fiber.StatusOK, refusalsView(page))
}

// refusalShows are the filters, the first one where none is asked for.
var refusalShows = []office.RefusalShow{office.ShowOpen, office.ShowOverdue, office.ShowAnswered}

func refusalShow(c *fiber.Ctx) office.RefusalShow {
	for _, show := range refusalShows {
		if web.Query(c).Get("show") == string(show) {
			return show
		}
	}
	return refusalShows[0]
}

func (s *Console) refusalTable(p text.Printer, list office.RefusalPage, chosen office.RefusalShow) parts.TableView {
	table := parts.TableView{ID: "refusals", Caption: p.Say("console.refusals.caption."+string(chosen), "Total", list.Total), Columns: []parts.Column{
		{Label: p.Say("refusals.field.kind")}, {Label: p.Say("console.refusals.about")}, {Label: p.Say("console.refusals.where")}, {Label: p.Say("refusals.field.received")}, {Label: p.Say("console.refusals.due")},
	}}
	for _, r := range list.Reports {
		table.Rows = append(table.Rows, s.refusalLine(p, r))
	}
	return table
}

// refusalLine is a line of the list. It says nothing of what was written.
func (s *Console) refusalLine(p text.Printer, r permit.RefusalReport) []parts.Cell {
	rules, err := s.office.Ruleset(r.Ruleset)
	if err != nil {
		rules = &policy.Ruleset{}
	}
	about := parts.Cell{Text: departmentName(p, rules, r.Department), Note: serviceName(p, rules, r.Service)}
	if r.Department == "" {
		about.Text, about.Tag = "", &parts.TagView{Tone: parts.Wait, Text: p.Say("console.refusals.no_department")}
	}
	due := parts.Cell{Text: parts.Date(p, r.DueOn), Tag: refusalDueTag(p, r, s.office.Today())}
	switch {
	case r.State == permit.RefusalAnswered:
		due = parts.Cell{Text: p.Say("console.refusals.answered_on", "On", parts.Date(p, civic.DateOf(r.AnsweredAt)))}
	case r.DueOn.IsZero():
		due.Text = p.Say("console.refusals.soon")
	}
	if due.Tag != nil {
		due.Body = dated(due.Text)
	}
	where := parts.CountyName(r.County)
	if where == "" {
		where = p.Say("parts.none")
	}
	return []parts.Cell{{Text: p.Say("refusals.kind." + string(r.Kind)), Href: refusalPath(r.ID)}, about,
		{Text: where, Note: parts.Date(p, r.HappenedOn)}, {Text: parts.Date(p, civic.DateOf(r.ReceivedAt))}, due}
}

// refusalDueTag warns of an answer that is nearly due (amber) or late (red); without a due day, of one that waits long.
func refusalDueTag(p text.Printer, r permit.RefusalReport, today civic.Date) *parts.TagView {
	if r.State != permit.RefusalReceived {
		return nil
	}
	if r.DueOn.IsZero() {
		if days := today.DaysSince(civic.DateOf(r.ReceivedAt)); days > undatedDays {
			return &parts.TagView{Tone: parts.Wait, Text: p.Say("console.queue.age", "Count", days)}
		}
		return nil
	}
	return dueTag(p, r.DueOn, today)
}

func departmentName(p text.Printer, rules *policy.Ruleset, code string) string {
	if d, ok := rules.Department(code); ok {
		return parts.BodyName(p, d.Name, d.Successor)
	}
	return code
}

func serviceName(p text.Printer, rules *policy.Ruleset, id string) string {
	if one, ok := rules.Service(id); ok {
		return pick(p, one.Title)
	}
	return id
}

// refusalPath is the address of a report. The id in it opens nothing to anybody else: what the reporter has is the reference.
func refusalPath(id string) string { return "/console/refusals/" + id }

// refusalPage is a report as those who answer it see it.
type refusalPage struct {
	Frame       parts.FrameView
	Visit       *web.Visit
	Errors      parts.Errors
	ID          string
	Version     int
	State       parts.TagView
	Facts       parts.SummaryView
	Law         []parts.ClauseView
	Timeline    parts.TimelineView
	Open        bool           // it may be answered
	Assigned    bool           // to a department
	Texted      bool           // the reporter gets a text
	Bases       []parts.Option // what an answer can rest on
	Departments []parts.Option // to send it to; only a supervisor has them
	Stale       *stale
	Tried       string // the form that is shown again
	Answer      permit.RefusalAnswer
	Department  string
	Kept        bool // what was typed before the session ended is back
}

func (s *Console) refusalFile(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, err := s.office.RefusalFile(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, refusalPath(file.ID)+"/answer")
	if err != nil {
		return err
	}
	var answer permit.RefusalAnswer
	if kept := parked != nil && file.State == permit.RefusalReceived; kept {
		answer = readAnswer(web.NewForm(parked))
	}
	page := s.refusalPage(v, file, answer)
	page.Kept = answer != permit.RefusalAnswer{}
	return web.Render(c, fiber.StatusOK, refusalView(page))
}

func (s *Console) refusalPage(v *web.Visit, file office.RefusalFile, typed permit.RefusalAnswer) refusalPage {
	p, r, rules := v.Printer, file.RefusalReport, file.Rules
	page := refusalPage{Frame: frame(v, p.Say("console.refusals.one")), Visit: v, ID: r.ID, Version: r.Version, Facts: s.refusalFacts(p, file), Timeline: refusalHistory(p, file),
		Open: r.State == permit.RefusalReceived, Assigned: r.Department != "", Texted: r.Phone != "", Answer: typed, State: parts.TagView{Tone: parts.Good, Text: p.Say("refusals.state." + string(r.State))}}
	page.Frame.Wide, page.Frame.Path = true, refusalPath(r.ID)
	page.Frame.Back = &parts.Link{Label: p.Say("console.refusals.back"), Href: "/console/refusals"}
	if page.Open {
		page.State.Tone = parts.Wait
	}
	for _, code := range []string{r.Service, "no_refusal"} {
		if basis, ok := permit.RefusalBasisOf(rules, code); ok {
			page.Law = append(page.Law, parts.ClauseView{Number: basis.Clause, Document: pick(p, rules.Name), Text: basis.Quote, Open: code == r.Service})
		}
	}
	if !page.Open {
		return page
	}
	for _, b := range permit.RefusalBases(rules) {
		page.Bases = append(page.Bases, parts.Option{Value: b.Code, Label: b.Clause + " " + pick(p, b.Title)})
	}
	if office.AssignsRefusals(v.Actor) {
		for _, d := range permit.RefusalDepartments(rules) {
			if d.Code != r.Department {
				page.Departments = append(page.Departments, parts.Option{Value: d.Code, Label: parts.BodyName(p, d.Name, d.Successor)})
			}
		}
	}
	return page
}

// refusalFacts lay out what was reported. The phone is the house's to use once, and shown to nobody.
func (s *Console) refusalFacts(p text.Printer, file office.RefusalFile) parts.SummaryView {
	r := file.RefusalReport
	row := func(field string, lines ...string) parts.Row {
		if len(lines) == 1 && lines[0] == "" {
			lines = nil
		}
		return parts.Row{Key: p.Say("refusals.field." + field), Lines: lines}
	}
	due := parts.Row{Key: p.Say("console.refusals.due"), Value: parts.Date(p, r.DueOn), Tag: refusalDueTag(p, r, s.office.Today())}
	if r.DueOn.IsZero() {
		due.Value = p.Say("console.refusals.soon")
	}
	department := departmentName(p, file.Rules, r.Department)
	if r.Department == "" {
		department = p.Say("console.refusals.no_department")
	}
	return parts.SummaryView{Title: p.Say("console.refusals.reported"), Rows: []parts.Row{
		row("kind", p.Say("refusals.kind."+string(r.Kind))), row("service", serviceName(p, file.Rules, r.Service)), row("department", department),
		row("happened_on", parts.Date(p, r.HappenedOn)), row("county", parts.CountyName(r.County)), row("place", r.Place), row("words", strings.Split(r.Words, "\n")...),
		row("permit_number", r.Permit), due,
	}}
}

// refusalHistory draws who did what and when, and the answer as the reporter reads it.
func refusalHistory(p text.Printer, file office.RefusalFile) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("console.case.history")}
	for _, e := range file.Events {
		step := parts.Step{State: parts.Past, When: moment(p, e.At), Who: e.By.Name, Title: refusalDid(p, file.Rules, e)}
		if e.Verb == permit.VerbReport {
			step.Who = p.Say("console.refusals.by." + e.Counter)
		}
		if e.Verb == permit.VerbAnswer {
			step.Detail = p.Say("refusals.outcome."+string(e.Outcome)) + p.Pick("：", ": ") + e.Words
			if basis, ok := permit.RefusalBasisOf(file.Rules, e.Basis); ok {
				step.Detail += p.Pick("（", " (") + basis.Clause + p.Pick("）", ")")
			}
		}
		view.Steps = append(view.Steps, step)
	}
	return view
}

// refusalDid says a deed in a few words.
func refusalDid(p text.Printer, rules *policy.Ruleset, e permit.RefusalEvent) string {
	return p.Say("refusals.step."+e.Verb, "Department", departmentName(p, rules, e.Department))
}

func readAnswer(form web.Form) permit.RefusalAnswer {
	return permit.RefusalAnswer{Outcome: permit.RefusalOutcome(form.Get("outcome")), Basis: form.Get("basis"), Words: form.Get("words")}
}

// answerRefusal ends a report. The same answer sent twice is taken once and answered twice; of two colleagues the second sees what the
// first has written (409).
func (s *Console) answerRefusal(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	answer := readAnswer(form)
	return s.decideRefusal(c, form, "answer", answer, func(v *web.Visit, d office.RefusalDecision) error {
		return s.office.AnswerRefusal(c.UserContext(), v.Actor, d, answer)
	}, func(e permit.RefusalEvent) bool {
		return e.Verb == permit.VerbAnswer && e.RefusalAnswer == answer.Tidy()
	})
}

// assignRefusal sends a report to a department.
func (s *Console) assignRefusal(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	department := form.Get("department")
	return s.decideRefusal(c, form, "department", permit.RefusalAnswer{}, func(v *web.Visit, d office.RefusalDecision) error {
		return s.office.AssignRefusal(c.UserContext(), v.Actor, d, department)
	}, func(e permit.RefusalEvent) bool { return e.Verb == permit.VerbAssign && e.Department == department })
}

// decideRefusal is what both have in common. same tells whether an event is what this form asks for.
func (s *Console) decideRefusal(c *fiber.Ctx, form web.Form, tried string, typed permit.RefusalAnswer, do func(*web.Visit, office.RefusalDecision) error, same func(permit.RefusalEvent) bool) error {
	v := web.VisitOf(c)
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		version = 0 // of no page that we made: answered as a page that is out of date
	}
	d := office.RefusalDecision{ID: c.Params("id"), Version: version}
	err = do(v, d)
	faults, late := office.FaultsOf(err), errors.Is(err, office.ErrStale)
	if err != nil && !late && len(faults) == 0 {
		return err
	}
	file, readErr := s.office.RefusalFile(c.UserContext(), v.Actor, d.ID)
	if readErr != nil {
		return readErr
	}
	if late && version >= 1 && version < len(file.Events) {
		if e := file.Events[version]; e.By.ID == v.Actor.ID && same(e) { // events count from zero: this is what followed the version that was seen
			err = nil
		}
	}
	if err == nil {
		web.SetFlash(c, "refusal_"+tried)
		return web.SeeOther(c, refusalPath(file.ID))
	}
	page := s.refusalPage(v, file, typed)
	page.Tried, page.Department, page.Frame.HasErrors = tried, form.Get("department"), true
	if late {
		page.Stale = refusalStale(v.Printer, file, version, typed.Words)
		return web.Render(c, fiber.StatusConflict, refusalView(page))
	}
	page.Errors = errorsOf(v.Printer, faults)
	return web.Render(c, fiber.StatusUnprocessableEntity, refusalView(page))
}

// refusalStale says what a colleague did while the page stood open, and gives back what was typed.
func refusalStale(p text.Printer, file office.RefusalFile, version int, words string) *stale {
	st := &stale{Note: words}
	for _, e := range file.Events[min(max(version, 1), len(file.Events)):] {
		st.Happened = append(st.Happened, p.Say("console.stale.event", "When", moment(p, e.At), "Who", e.By.Name, "What", refusalDid(p, file.Rules, e)))
	}
	return st
}
