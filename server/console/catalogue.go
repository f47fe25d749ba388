package console

import (
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// catalogueRoles work on the catalogue and the register, or look at them.
var catalogueRoles = []access.Role{access.Editor, access.Publisher, access.Supervisor}

// cataloguePage is the catalogue of one government: the entries of the editor's departments, or all of them; for the publisher what waits
// for a release; the releases.
type cataloguePage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Place    string
	Lead     string
	Chips    []parts.Chip
	Duty     parts.NoticeView
	Clause   parts.ClauseView
	Entries  parts.TableView
	Ready    []readyEntry
	Own      []string // ready, but written by the visitor: somebody else must release them
	Order    orderForm
	Publish  bool
	Renew    bool // also without a change
	Releases parts.TableView
	Errors   parts.Errors
}

// readyEntry is a draft that waits for a release, with what it would change.
type readyEntry struct {
	Title, Who, Href string
	Changes          []changedField
	Withdrawn        bool
}

// orderForm is the form of a release.
type orderForm struct {
	Hidden []parts.Hidden
	Note   string
}

func cataloguePath(government string) string { return "/console/catalogue?government=" + government }

func (s *Console) catalogue(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	page, err := s.cataloguePage(c, v, web.Query(c).Get("government"), "", office.NewKey())
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, catalogueView(page))
}

func (s *Console) cataloguePage(c *fiber.Ctx, v *web.Visit, government, note, key string) (page cataloguePage, err error) {
	list, err := s.office.Catalogue(c.UserContext(), v.Actor, government)
	if err != nil {
		return page, err
	}
	p := v.Printer
	page = cataloguePage{Frame: frame(v, p.Say("console.catalogue.title")), Visit: v, Place: pick(p, s.office.GovernmentName(list.Government)), Publish: list.Publishes,
		Lead: p.Say("console.catalogue.lead." + deskWord(list.Desk)), Duty: s.dutyNotice(p, list.Ruleset, list.Duty), Clause: publicationClause(p, list.Ruleset)}
	page.Frame.Wide, page.Frame.Path = true, cataloguePath(list.Government)
	page.Chips = s.governmentChips(p, list.Desks, list.Government, cataloguePath)
	page.Entries = s.entryTable(p, list)
	page.Releases = s.releaseTable(p, list.Releases)
	if !list.Publishes {
		return page, nil
	}
	page.Renew = list.Renewable()
	page.Order = orderForm{Note: note, Hidden: []parts.Hidden{{Name: "government", Value: list.Government}, {Name: "key", Value: key}}}
	for _, line := range list.Ready() {
		title := s.entryTitle(p, list.Ruleset.ID, line)
		if line.Own {
			page.Own = append(page.Own, title)
			continue
		}
		page.Ready = append(page.Ready, readyEntry{Title: title, Who: p.Say("console.catalogue.handed", "Who", line.Draft.ByName, "When", moment(p, line.Draft.SavedAt)),
			Href: entryPath(list.Government, line.Service.ID, line.Department), Changes: entryChanges(p, line), Withdrawn: line.Draft.Withdrawn})
	}
	for _, line := range list.Ready() { // also what is the visitor's own, so that it can be told why it is not released
		page.Order.Hidden = append(page.Order.Hidden, parts.Hidden{Name: "seen", Value: fmt.Sprintf("%s/%s/%d", line.Service.ID, line.Department, line.Draft.Version)})
	}
	return page, nil
}

// deskWord names what the visitor does at a desk.
func deskWord(d office.Desk) string {
	switch {
	case d.Publishes:
		return "publisher"
	case d.Supervises:
		return "reader"
	}
	return "editor"
}

// governmentChips lead from one government of the visitor to the others; there are none to choose between with one alone.
func (s *Console) governmentChips(p text.Printer, desks []office.Desk, current string, path func(string) string) (chips []parts.Chip) {
	if len(desks) < 2 {
		return nil
	}
	for _, d := range desks {
		chips = append(chips, parts.Chip{Label: pick(p, s.office.GovernmentName(d.Government)), Href: path(d.Government), Current: d.Government == current})
	}
	return chips
}

// publicationClause is the passage that lays the duty down.
func publicationClause(p text.Printer, r *policy.Ruleset) parts.ClauseView {
	return parts.ClauseView{Number: r.Publication.Clause, Document: pick(p, r.Name), Text: r.Publication.Quote}
}

// entryTitle names an entry by its service and department.
func (s *Console) entryTitle(p text.Printer, ruleset string, line office.EntryLine) string {
	title := pick(p, line.Service.Title)
	if name := pick(p, s.office.DepartmentName(ruleset, line.Department)); name != "" {
		title += p.Pick("（"+name+"）", " ("+name+")")
	}
	return title
}

func (s *Console) entryTable(p text.Printer, list office.Catalogue) parts.TableView {
	view := parts.TableView{ID: "entries", Empty: p.Say("console.catalogue.none"), Columns: []parts.Column{
		{Label: p.Say("console.catalogue.service")}, {Label: p.Say("console.catalogue.draft")}, {Label: p.Say("console.catalogue.step")}, {Label: p.Say("console.catalogue.public")}}}
	all := deskWord(list.Desk) != "editor"
	for _, line := range list.Lines {
		if !all && !line.Mine {
			continue
		}
		row := []parts.Cell{{Text: pick(p, line.Service.Title), Href: entryPath(list.Government, line.Service.ID, line.Department), Note: s.entryNote(p, list.Ruleset, line)}, {Tag: entryTag(p, line.Draft)}, {}, {Text: p.Say("console.catalogue.not_public")}}
		if d := line.Draft; d != nil {
			row[2] = parts.Cell{Text: d.ByName, Note: moment(p, d.SavedAt)}
		}
		if line.Published != nil {
			row[3] = parts.Cell{Text: p.Say("console.catalogue.is_public")}
		}
		view.Rows = append(view.Rows, row)
	}
	view.Caption = p.Say("console.catalogue.entries", "Total", len(view.Rows))
	return view
}

// entryNote places a service: its clause and who writes about it.
func (s *Console) entryNote(p text.Printer, r *policy.Ruleset, line office.EntryLine) string {
	name := pick(p, s.office.DepartmentName(r.ID, line.Department))
	if name == "" {
		name = p.Say("console.catalogue.no_department")
	}
	return line.Service.Clause + " · " + name
}

// entryTag shows where a draft stands.
func entryTag(p text.Printer, d *office.EntryDraft) *parts.TagView {
	if d == nil {
		return &parts.TagView{Text: p.Say("console.entry.state.none")}
	}
	tone := map[office.EntryState]parts.Tone{office.EntryDrafting: parts.Info, office.EntryReady: parts.Wait, office.EntryReturned: parts.Stop, office.EntryReleased: parts.Good}[d.State]
	word := string(d.State)
	if d.Withdrawn {
		word = "withdrawn_" + word
	}
	return &parts.TagView{Tone: tone, Text: p.Say("console.entry.state." + word)}
}

// entryPath is where an entry is worked on.
func entryPath(government, service, department string) string {
	return "/console/catalogue/" + service + "?" + url.Values{"department": {department}, "government": {government}}.Encode()
}
