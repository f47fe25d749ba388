package console

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

func releasePath(government string, number int) string {
	return "/console/catalogue/releases/" + government + "/" + strconv.Itoa(number)
}

func (s *Console) releaseTable(p text.Printer, releases []office.Release) parts.TableView {
	view := parts.TableView{ID: "releases", Caption: p.Say("console.release.list"), Empty: p.Say("console.release.none"), Columns: []parts.Column{
		{Label: p.Say("console.release.number")}, {Label: p.Say("console.release.note")}, {Label: p.Say("console.release.reported")}}}
	for _, r := range releases {
		reported := parts.Cell{Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("console.release.unreported")}}
		if r.Report != nil {
			reported = parts.Cell{Text: parts.Date(p, r.Report.On), Note: r.Report.Document}
		}
		view.Rows = append(view.Rows, []parts.Cell{{Text: p.Say("release.number", "Number", r.Number), Href: releasePath(r.Government, r.Number), Note: parts.Date(p, r.ReleasedOn)}, {Text: r.Note}, reported})
	}
	return view
}

// release publishes the next version. A wrong form is shown again; a draft that has moved since the page was made is said in words.
func (s *Console) release(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	order := office.ReleaseOrder{Government: form.Get("government"), Note: form.Get("note"), Key: form.Get("key"), Seen: seenDrafts(form.All("seen"))}
	made, err := s.office.Release(c.UserContext(), v.Actor, order)
	if err == nil {
		web.SetFlash(c, "released")
		return web.SeeOther(c, releasePath(made.Government, made.Number))
	}
	problems := s.refusal(v.Printer, err, "note", office.FaultsOf(err))
	if problems == nil {
		return err
	}
	page, readErr := s.cataloguePage(c, v, order.Government, order.Note, office.NewKey())
	if readErr != nil {
		return readErr
	}
	page.Errors, page.Frame.HasErrors = problems, true
	return web.Render(c, refusalStatus(err), catalogueView(page))
}

// seenDrafts reads which drafts stood on the page, as "service/department/version".
func seenDrafts(values []string) (seen []office.SeenDraft) {
	for _, value := range values {
		fields := strings.Split(value, "/")
		if len(fields) != 3 {
			continue
		}
		version, err := strconv.Atoi(fields[2])
		if err == nil {
			seen = append(seen, office.SeenDraft{Service: fields[0], Department: fields[1], Version: version})
		}
	}
	return seen
}

// refusal puts an expected error in words: faults beside their fields, anything else at the named one. Nil for an error that is none of these.
func (s *Console) refusal(p text.Printer, err error, field string, faults permit.Faults) parts.Errors {
	if len(faults) > 0 {
		return errorsOf(p, faults)
	}
	var known *office.Error
	if errors.As(err, &known) && (known.What == office.Denied || known.What == office.Conflict) && text.Has("console.refused."+known.Why) {
		return parts.Errors{{Field: field, Message: p.Say("console.refused." + known.Why)}}
	}
	return nil
}

// refusalStatus is 409 when somebody was faster, else 422.
func refusalStatus(err error) int {
	if errors.Is(err, office.ErrStale) {
		return fiber.StatusConflict
	}
	return fiber.StatusUnprocessableEntity
}

// releasePage is one version as it was released, and whether it was reported to the government's office.
type releasePage struct {
	Frame              parts.FrameView
	Visit              *web.Visit
	Place              string
	Title              string
	Rows               parts.SummaryView
	Entries            []shownEntry
	Public             string // its public page
	Report             bool   // the visitor may record the report
	Path               string
	Errors             parts.Errors
	On                 parts.DateValue
	Document           string
	Government, Number string
}

// shownEntry is an entry to read.
type shownEntry struct {
	Title string
	Rows  []parts.Row
}

func (s *Console) releaseFile(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	page, err := s.releasePage(c, v)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, releaseView(page))
}

func (s *Console) releasePage(c *fiber.Ctx, v *web.Visit) (page releasePage, err error) {
	government := c.Params("government")
	list, err := s.office.Catalogue(c.UserContext(), v.Actor, government)
	if err != nil {
		return page, err
	}
	number, err := releaseNumber(c.Params("number"))
	if err != nil {
		return page, err
	}
	r, _, err := s.office.ReleaseOf(c.UserContext(), list.Government, number)
	if err != nil {
		return page, err
	}
	p := v.Printer
	title := p.Say("release.number", "Number", r.Number)
	page = releasePage{Frame: frame(v, title), Visit: v, Place: pick(p, s.office.GovernmentName(government)), Title: title, Path: releasePath(government, number),
		Public: "/catalogue/" + government + "/" + strconv.Itoa(number), Report: list.Publishes && r.Report == nil}
	page.Frame.Path, page.Frame.Back = page.Path, &parts.Link{Label: p.Say("console.catalogue.back"), Href: cataloguePath(government)}
	page.Rows.Rows = []parts.Row{{Key: p.Say("release.released_on"), Value: parts.Date(p, r.ReleasedOn), Note: r.ByName}, {Key: p.Say("release.note"), Lines: strings.Split(r.Note, "\n")}}
	if r.Report != nil {
		page.Rows.Rows = append(page.Rows.Rows, parts.Row{Key: p.Say("release.reported_on"), Value: parts.Date(p, r.Report.On), Note: r.Report.Document + " · " + r.Report.ByName})
	} else {
		page.Rows.Rows = append(page.Rows.Rows, parts.Row{Key: p.Say("release.reported_on"), Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("console.release.unreported")}})
	}
	law, err := s.office.Ruleset(r.Ruleset)
	if err != nil {
		return page, err
	}
	for _, e := range r.Entries {
		one := shownEntry{Title: e.Service, Rows: parts.EntryRows(p, e.Entry)}
		if service, ok := law.Service(e.Service); ok {
			one.Title = s.entryTitle(p, r.Ruleset, office.EntryLine{Service: service, Department: e.Department})
		}
		page.Entries = append(page.Entries, one)
	}
	return page, nil
}

// releaseNumber reads the number in an address. It is written in one way only.
func releaseNumber(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 1_000_000 || strconv.Itoa(n) != s {
		return 0, office.ErrNotFound
	}
	return n, nil
}

// report records that a release was reported to the government's office.
func (s *Console) report(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	number, err := releaseNumber(c.Params("number"))
	if err != nil {
		return err
	}
	typed := parts.ReadDate("reported_on", form.Get)
	on, err := typed.Date()
	if err != nil {
		on = civic.Date{} // told beside the field
	}
	err = s.office.ReportRelease(c.UserContext(), v.Actor, c.Params("government"), number, on, form.Get("document"))
	if err == nil {
		web.SetFlash(c, "reported")
		return web.SeeOther(c, releasePath(c.Params("government"), number))
	}
	problems := s.refusal(v.Printer, err, "", office.FaultsOf(err))
	if problems == nil {
		return err
	}
	page, readErr := s.releasePage(c, v)
	if readErr != nil {
		return readErr
	}
	page.Errors, page.Frame.HasErrors, page.On, page.Document = problems, true, typed, form.Get("document")
	return web.Render(c, refusalStatus(err), releaseView(page))
}
