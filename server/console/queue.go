package console

import (
	"slices"
	"strconv"
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

// A promise is shown in amber from two days before it is due, and a pre-application that nobody has taken from its third day on.
const (
	dueSoonDays = 2
	waitingDays = 3
)

// queuePage lists the cases of the officer's stations.
type queuePage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Due      *dutyWarning // of supervisors: governments that must publish
	Stations string
	Term     string // what was searched for, "" when nothing was
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
	query := web.Query(c)
	chosen, term := s.filterOf(c, v)
	number, err := strconv.Atoi(query.Get("page"))
	if err != nil || number < 1 || number > 1_000_000 {
		number = 1
	}
	list, err := s.office.Queue(c.UserContext(), v.Actor, office.QueueQuery{States: statesOf(chosen, v.Actor), Mark: markOf(chosen), Text: term, Page: number, Size: queueSize})
	if err != nil {
		return err
	}
	stations, err := s.office.Stations(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	link := func(page int) string {
		address := "/console?page=" + strconv.Itoa(page)
		if term != "" {
			return address + "&search=" + query.Get("search")
		}
		if chosen != "" {
			address += "&state=" + chosen
		}
		return address
	}
	page := s.queuePage(v, list, stations, chosen, term)
	page.Due = due
	if len(list.Cases) > 0 {
		page.Export = "/console/export" + strings.Replace(strings.TrimPrefix(link(1), "/console?page=1"), "&", "?", 1)
	}
	page.Pager.Page, page.Pager.Pages = number, (list.Total+queueSize-1)/queueSize
	if number > 1 && page.Pager.Pages > 0 {
		page.Pager.Previous = link(min(number-1, page.Pager.Pages))
	}
	if number < page.Pager.Pages {
		page.Pager.Next = link(number + 1)
	}
	return web.Render(c, fiber.StatusOK, queueView(page))
}

// filterOf is what the address asks for: a filter, "" for what waits for this officer, or what was searched for.
func (s *Console) filterOf(c *fiber.Ctx, v *web.Visit) (chosen, term string) {
	query := web.Query(c)
	chosen = query.Get("state")
	if term = s.openTerm(v.Actor.ID, query.Get("search")); term != "" {
		return "all", term
	}
	if chosen != "all" && !slices.Contains(permit.States(), permit.State(chosen)) && markOf(chosen) == "" {
		chosen = ""
	}
	return chosen, ""
}

func (s *Console) queuePage(v *web.Visit, list office.QueuePage, stations []office.Station, chosen, term string) queuePage {
	p := v.Printer
	page := queuePage{Frame: frame(v, p.Say("console.queue.title")), Visit: v, Term: term, Chips: chips(p, list, v.Actor, chosen)}
	page.Frame.Wide = true
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
	page.Table = parts.TableView{ID: "queue", Caption: p.Say("console.queue.caption", "Total", list.Total), Columns: []parts.Column{
		{Label: p.Say("console.case.reference")}, {Label: p.Say("console.case.applicant")}, {Label: p.Say("kind.column")},
		{Label: p.Say("console.case.state")}, {Label: p.Say("console.case.submitted")}, {Label: p.Say("console.case.promised")},
	}}
	for _, one := range list.Cases {
		page.Table.Rows = append(page.Table.Rows, s.queueRow(p, one, byCode[one.Application.Station]))
	}
	return page
}

// queueRow is a line of the queue. Who only passes by must not read whom it is about: name and number are masked.
func (s *Console) queueRow(p text.Printer, c office.Case, station string) []parts.Cell {
	a, today := c.Application, s.office.Today()
	age := parts.Cell{Text: parts.Date(p, civic.DateOf(a.SubmittedAt))}
	if days := today.DaysSince(a.WaitingSince()); a.State.Open() && a.State != permit.ToSupplement && days > 0 {
		age.Note = p.Say("console.queue.age", "Count", days)
		if a.State == permit.PreApplied && days >= waitingDays {
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
	return []parts.Cell{
		{Text: a.Reference, Href: casePath(a.Reference)}, {Text: civic.MaskName(c.Person.Name), Note: c.Person.IDNumber.Masked()},
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
	case left <= dueSoonDays:
		return &parts.TagView{Tone: parts.Wait, Text: p.Say("console.queue.due_soon", "Count", left)}
	}
	return nil
}

// tierName is what is applied for.
func (s *Console) tierName(p text.Printer, a permit.Application) string {
	if r, err := s.office.Ruleset(a.Ruleset); err == nil {
		if tier, ok := r.Tier(a.Tier); ok {
			return pick(p, tier.Name)
		}
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

// statesOf is what a filter shows: "" is what waits for this officer.
func statesOf(chosen string, a access.Actor) []permit.State {
	switch chosen {
	case "":
		return todo(a)
	case "all":
		return nil
	}
	if markOf(chosen) != "" {
		return nil
	}
	return []permit.State{permit.State(chosen)}
}

// markOf is the mark that a filter shows, "" when it shows states.
func markOf(chosen string) office.Mark {
	if slices.Contains(office.Marks(), office.Mark(chosen)) {
		return office.Mark(chosen)
	}
	return ""
}

// chips are the ready-made filters: to do, each state, everything.
func chips(p text.Printer, page office.QueuePage, a access.Actor, chosen string) []parts.Chip {
	counts := page.Counts
	mine, all := 0, 0
	for _, state := range todo(a) {
		mine += counts[state]
	}
	list := []parts.Chip{{Label: p.Say("console.queue.todo"), Href: "/console", Current: chosen == "", Count: mine}}
	for _, state := range permit.States() {
		all += counts[state]
		list = append(list, parts.Chip{Label: p.Say("console.queue." + string(state)), Href: "/console?state=" + string(state), Current: chosen == string(state), Count: counts[state]})
	}
	for _, mark := range office.Marks() {
		if n := page.Marks[mark]; n > 0 || chosen == string(mark) {
			list = append(list, parts.Chip{Label: p.Say("console.queue." + string(mark)), Href: "/console?state=" + string(mark), Current: chosen == string(mark), Count: n})
		}
	}
	return append(list, parts.Chip{Label: p.Say("console.queue.all"), Href: "/console?state=all", Current: chosen == "all", Count: all})
}
