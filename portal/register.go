package portal

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/text"
	"anju/server/web"
)

// registerPage says who must publish which document, and what has been published. Without a government it counts, government by
// government; with one it lists every document.
type registerPage struct {
	Frame      parts.FrameView
	Visit      *web.Visit
	Government string // "" on the page that counts
	Lead       string
	Tables     []parts.TableView
	Groups     []owedGroup
}

// owedGroup is one kind of document with all who owe it.
type owedGroup struct {
	Title  string
	Due    parts.SummaryView
	Clause parts.ClauseView
	Table  parts.TableView
}

func (s *Portal) register(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p, government := v.Printer, web.Query(c).Get("government")
	if web.Query(c).Has("government") {
		return s.registerOf(c, v, government)
	}
	page := registerPage{Frame: frame(v, p.Say("register.page")), Visit: v, Lead: p.Say("register.lead")}
	for _, j := range s.office.Book.Jurisdictions() {
		list, err := s.office.Register(c.UserContext(), j.Code)
		if err != nil {
			return err
		}
		page.Tables = append(page.Tables, s.registerTable(p, pick(p, j.Name), list))
	}
	return web.Render(c, fiber.StatusOK, registerView(page))
}

// registerTable counts what the governments of a city owe, have published and are late with.
func (s *Portal) registerTable(p text.Printer, city string, list []office.Owed) parts.TableView {
	type sum struct {
		government               string
		owed, published, overdue int
	}
	var sums []sum
	for _, one := range list {
		at := slices.IndexFunc(sums, func(x sum) bool { return x.government == one.Government })
		if at < 0 {
			sums, at = append(sums, sum{government: one.Government}), len(sums)
		}
		sums[at].owed++
		if len(one.Documents) > 0 {
			sums[at].published++
		}
		if one.Overdue {
			sums[at].overdue++
		}
	}
	view := parts.TableView{ID: "register-" + list[0].Government, Caption: city, Columns: []parts.Column{
		{Label: p.Say("catalogue.government")}, {Label: p.Say("register.owes"), Numeric: true}, {Label: p.Say("register.has"), Numeric: true}, {Label: p.Say("register.state")}}}
	for _, x := range sums {
		state := &parts.TagView{Tone: parts.Good, Text: p.Say("register.all")}
		switch {
		case x.overdue > 0:
			state = &parts.TagView{Tone: parts.Stop, Text: p.Say("register.overdue_of", "Count", x.overdue)}
		case x.published < x.owed:
			state = &parts.TagView{Text: p.Say("register.missing")}
		}
		view.Rows = append(view.Rows, []parts.Cell{{Text: pick(p, s.office.GovernmentName(x.government)), Href: "/register?government=" + x.government}, {Text: p.Say("register.figure", "N", x.owed)}, {Text: p.Say("register.figure", "N", x.published)}, {Tag: state}})
	}
	return view
}

func (s *Portal) registerOf(c *fiber.Ctx, v *web.Visit, government string) error {
	p := v.Printer
	if len(government) != 6 {
		return web.ErrNotFound
	}
	city := government[:4] + "00"
	list, err := s.office.Register(c.UserContext(), city, government)
	if err != nil {
		return err
	}
	if r, _, err := s.office.InForce(city); err != nil || !r.Governs(government) {
		return web.ErrNotFound
	}
	page := registerPage{Frame: frame(v, p.Say("register.page")), Visit: v, Government: pick(p, s.office.GovernmentName(government)), Lead: p.Say("register.lead")}
	page.Frame.Back = &parts.Link{Label: p.Say("register.back"), Href: "/register"}
	for i, one := range list {
		if i == 0 || one.Rule != list[i-1].Rule {
			page.Groups = append(page.Groups, owedGroupOf(p, one))
		}
		group := &page.Groups[len(page.Groups)-1]
		who := page.Government
		if one.Department != "" {
			who = pick(p, s.office.DepartmentName(one.Ruleset.ID, one.Department))
		}
		tag := owedTag(p, one)
		group.Table.Rows = append(group.Table.Rows, []parts.Cell{{Text: who}, {Body: documentsView(p, one.Documents), Tag: &tag}})
	}
	return web.Render(c, fiber.StatusOK, registerView(page))
}

func owedGroupOf(p text.Printer, one office.Owed) owedGroup {
	group := owedGroup{Title: pick(p, one.Rule.Title), Clause: parts.ClauseView{Number: one.Rule.Clause, Document: pick(p, one.Ruleset.Name), Text: one.Rule.Quote}}
	group.Table = parts.TableView{ID: "owed-" + one.Ruleset.ID + "-" + one.Rule.Code, Caption: group.Title, CaptionHidden: true, Columns: []parts.Column{{Label: p.Say("register.who")}, {Label: p.Say("register.owed")}}}
	due := parts.Row{Key: p.Say("register.due"), Value: parts.Date(p, one.Rule.Due)}
	if one.Rule.Due.IsZero() {
		due.Value = p.Say("register.no_day")
	}
	if one.Rule.ReportedTo != nil {
		due.Note = p.Say("register.report_to", "Office", pick(p, *one.Rule.ReportedTo))
	}
	group.Due.Rows = []parts.Row{due}
	return group
}

// owedTag says how an obligation stands.
func owedTag(p text.Printer, one office.Owed) parts.TagView {
	switch {
	case one.Overdue:
		return parts.TagView{Tone: parts.Stop, Text: p.Say("register.overdue")}
	case one.Late:
		return parts.TagView{Tone: parts.Wait, Text: p.Say("register.late")}
	case len(one.Documents) > 0:
		return parts.TagView{Tone: parts.Good, Text: p.Say("register.in_time")}
	}
	return parts.TagView{Text: p.Say("register.missing")}
}

// documentNote is when a document was published, its number, and when it was reported.
func documentNote(p text.Printer, d office.Document) string {
	note := parts.Date(p, d.PublishedOn)
	if d.Number != "" {
		note += " · " + d.Number
	}
	if !d.ReportedOn.IsZero() {
		note += " · " + p.Say("register.reported", "Day", parts.Date(p, d.ReportedOn))
	}
	return note
}

// document gives out a file of the register, only as a file to keep: a browser's viewer would run it in our origin. It never changes.
func (s *Portal) document(c *fiber.Ctx) error {
	d, err := s.office.DocumentFile(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+d.ID+`.pdf"; filename*=UTF-8''`+url.PathEscape(d.Title)+".pdf")
	return c.Send(d.Content)
}
