package console

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// queueSize is how many cases a page of the queue shows.
const queueSize = 25

// queuePage lists the cases of the officer's stations.
type queuePage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Due      *dutyWarning // of supervisors: governments that must publish
	Stations string
	Errors   parts.Errors
	Term     string // what was searched for, "" when nothing was
	Filter   queueFilter
	Chips    []parts.Chip
	Table    parts.TableView
	Empty    *parts.EmptyView
	Pager    parts.PagerView
	Export   string // address of the list as a file, "" for an empty one
}

// queue is the console's first page: the cases that wait for this officer, or what a colleague without cases may do.
func (s *Console) queue(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	due, err := s.dutyWarnings(c, v)
	if err != nil {
		return err
	}
	if !v.Actor.Holds(caseRoles...) {
		page := s.dutiesPage(v)
		page.Due = due
		return web.Render(c, fiber.StatusOK, dutiesView(page))
	}
	return s.sendQueue(c, fiber.StatusOK, s.filterOf(c, v), slip{}, due)
}

// slip is a number that was mistyped: the code of what is wrong, and what was typed.
type slip struct{ code, typed string }

// sendQueue answers with the list that a filter selects.
func (s *Console) sendQueue(c *fiber.Ctx, status int, f queueFilter, wrong slip, due *dutyWarning) error {
	v := web.VisitOf(c)
	list, err := s.office.Queue(c.UserContext(), v.Actor, f.query(v.Actor))
	if err != nil {
		return err
	}
	stations, err := s.office.Stations(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page := s.queuePage(v, list, stations, f)
	page.Due = due
	if wrong.code != "" {
		page.Term, page.Errors, page.Frame.HasErrors = wrong.typed, parts.Errors{{Field: "term", Message: v.Printer.Say("fault." + wrong.code)}}, true
	}
	if n := len(list.Cases); n > 0 {
		page.Export = f.address("/console/export")
		if first := office.CursorOf(list.Cases[0]); list.Fewer {
			page.Pager.Previous = f.beside("before", first)
		}
		if last := office.CursorOf(list.Cases[n-1]); list.More {
			page.Pager.Next = f.beside("after", last)
		}
		if page.Pager.Page = f.number; !list.Beyond {
			page.Pager.Pages = (list.Total + queueSize - 1) / queueSize
		}
	}
	return web.Render(c, status, queueView(page))
}

func (s *Console) queuePage(v *web.Visit, list office.QueuePage, stations []office.Station, f queueFilter) queuePage {
	p, term := v.Printer, f.term
	page := queuePage{Frame: frame(v, p.Say("console.queue.title")), Visit: v, Term: term, Filter: f, Chips: chips(p, list, v.Actor, f)}
	page.Frame.Wide, page.Frame.Path = true, f.address("/console")
	var names []string
	byCode := map[string]string{}
	for _, station := range stations {
		byCode[station.Code] = pick(p, station.Name)
		names = append(names, byCode[station.Code])
	}
	page.Stations = strings.Join(names, p.Pick("、", ", "))
	if len(list.Cases) == 0 {
		page.Empty = &parts.EmptyView{Title: p.Say("console.queue.none"), Text: p.Say("console.queue.none_text")}
		if term != "" {
			page.Empty = &parts.EmptyView{Title: p.Say("console.queue.not_found"), Text: p.Say("console.queue.not_found_text"), Action: &parts.Link{Label: p.Say("console.queue.back"), Href: "/console"}}
		}
		return page
	}
	if len(stations) < 2 {
		byCode = nil // one's own only station need not be said in every line
	}
	page.Table = parts.TableView{ID: "queue", Caption: p.Say("console.queue.caption", "Total", counted(list), "Order", orderName(p, f.sort)), Columns: []parts.Column{
		{Label: p.Say("console.case.reference")}, {Label: p.Say("console.case.applicant")}, {Label: p.Say("kind.column")},
		{Label: p.Say("console.case.state")}, {Label: p.Say("console.case.submitted")}, {Label: p.Say("console.case.promised")},
	}}
	for _, one := range list.Cases {
		page.Table.Rows = append(page.Table.Rows, s.queueRow(p, one, byCode[one.Application.Station], v.Actor.Holds(permitRoles...)))
	}
	return page
}

// orderName says how the list is sorted.
func orderName(p text.Printer, sort office.QueueSort) string {
	switch sort {
	case office.DueFirst:
		return p.Say("console.filter.due")
	case office.NewestFirst:
		return p.Say("console.filter.newest")
	}
	return p.Say("console.filter.oldest")
}

// queueRow is a line of the queue. Who only passes by must not read whom it is about: name and number are masked. The permit is named to those
// who see permits.
func (s *Console) queueRow(p text.Printer, c office.Case, station string, sees bool) []parts.Cell {
	a, today := c.Application, s.office.Today()
	age := parts.Cell{Text: parts.Date(p, civic.DateOf(a.SubmittedAt))}
	if days := today.DaysSince(a.WaitingSince()); a.State.Open() && a.State != permit.ToSupplement && days > 0 {
		age.Note = p.Say("console.queue.age", "Count", days)
		if a.State == permit.PreApplied && days >= office.WaitingDays {
			age.Body, age.Note, age.Tag = dated(age.Text), "", &parts.TagView{Tone: parts.Wait, Text: p.Say("console.queue.age", "Count", days)}
		}
	}
	promised := parts.Cell{Text: parts.Date(p, a.PromisedBy), Tag: promiseTag(p, a, today)}
	switch {
	case promised.Tag != nil:
		promised.Body = dated(promised.Text)
	case a.Paused():
		promised = parts.Cell{Tag: &parts.TagView{Tone: parts.Info, Text: p.Say("console.queue.paused")}, Note: p.Say("console.queue.paused_since", "On", parts.Date(p, a.PausedOn))}
	case a.State == permit.PreApplied || a.State == permit.ToSupplement:
		promised.Text = p.Say("console.queue.no_promise")
	}
	reference := parts.Cell{Text: a.Reference, Href: casePath(a.Reference)}
	if a.Permit != "" && sees {
		reference.Body = caseAndPermit(a.Reference, a.Permit)
	}
	return []parts.Cell{
		reference, {Text: civic.MaskName(c.Person.Name), Href: personPath(a.Person), Note: c.Person.IDNumber.Masked()},
		{Text: p.Say("kind." + string(a.Kind)), Note: joined(p, s.tierName(p, a), station)}, {Tag: stateTag(a.State, p.Say("console.queue."+string(a.State)))}, age, promised,
	}
}

// joined writes what there is of several words on one line.
func joined(p text.Printer, words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), p.Pick("，", ", "))
}

// promiseTag warns of a promise that is nearly due (amber) or broken (red); nil while there is time or the clock stands still, and when nothing
// is owed.
func promiseTag(p text.Printer, a permit.Application, today civic.Date) *parts.TagView {
	if !a.State.Open() || a.PromisedBy.IsZero() || a.Paused() {
		return nil
	}
	return dueTag(p, a.PromisedBy, today)
}

// dueTag warns of a day that is near or has passed.
func dueTag(p text.Printer, due, today civic.Date) *parts.TagView {
	switch left := due.DaysSince(today); {
	case left < 0:
		return &parts.TagView{Tone: parts.Stop, Text: p.Say("console.queue.overdue", "Count", -left)}
	case left == 0:
		return &parts.TagView{Tone: parts.Wait, Text: p.Say("console.queue.due_today")}
	case left <= office.DueSoonDays:
		return &parts.TagView{Tone: parts.Wait, Text: p.Say("console.queue.due_soon", "Count", left)}
	}
	return nil
}

// tierName is what is applied for.
func (s *Console) tierName(p text.Printer, a permit.Application) string {
	if tier, ok := s.office.Book.TierOf(a.Jurisdiction, a.Ruleset, a.Tier); ok {
		return pick(p, tier.Name)
	}
	return a.Tier
}

// todo lists the states in which this officer can do something; for colleagues who decide nothing, all that is open.
func todo(a access.Actor) []permit.State {
	var mine, open []permit.State
	for _, state := range permit.States() {
		if state.Open() {
			open = append(open, state)
		}
		if state == permit.ToSupplement { // waits for the applicant
			continue
		}
		if slices.ContainsFunc(state.Verbs(), func(verb string) bool { return a.Holds(decisionOf(verb).role) }) {
			mine = append(mine, state)
		}
	}
	if len(mine) == 0 {
		return open
	}
	return mine
}
