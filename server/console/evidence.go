package console

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// document is a piece of evidence in the list of a case.
type document struct {
	Name    string
	Label   string // name, form and size
	Href    string
	Picture bool
}

// evidencePage is one document beside what was declared.
type evidencePage struct {
	Frame          parts.FrameView
	Visit          *web.Visit
	Document       document
	Place          string // which of how many
	Previous, Next string // addresses of its neighbours, "" at the ends
	Declared       parts.SummaryView
}

// view is the address of the page that shows the document.
func (d document) view() string { return d.Href + "/view" }

func (s *Console) viewEvidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, r, err := s.caseOf(c, v)
	if err != nil {
		return err
	}
	p, list := v.Printer, documents(v.Printer, file, r)
	at := slices.IndexFunc(file.Evidence, func(e office.Evidence) bool { return e.ID == c.Params("id") })
	if at < 0 {
		return office.ErrNotFound
	}
	page := evidencePage{Frame: frame(v, p.Say("console.evidence.view_title")), Visit: v, Document: list[at], Declared: s.particulars(p, file, r),
		Place: p.Say("console.evidence.place", "Number", at+1, "Total", len(list))}
	page.Frame.Wide, page.Frame.Path = true, list[at].view()
	page.Frame.Back = &parts.Link{Label: p.Say("console.slip.back"), Href: casePath(file.Application.Reference) + "#evidence"}
	if at > 0 {
		page.Previous = list[at-1].view()
	}
	if at < len(list)-1 {
		page.Next = list[at+1].view()
	}
	return web.Render(c, fiber.StatusOK, evidenceView(page))
}

func documents(p text.Printer, file office.Progress, r *policy.Ruleset) []document {
	var list []document
	for _, e := range file.Evidence {
		d := document{Name: kindName(p, file.Application, r, e.Kind), Href: casePath(file.Application.Reference) + "/evidence/" + e.ID, Picture: e.MediaType == "image/jpeg"}
		form := p.Say("console.evidence.photo")
		if !d.Picture {
			form = "PDF"
		}
		d.Label = p.Say("console.evidence.label", "Name", d.Name, "Form", form, "Size", strconv.Itoa((e.Size+1023)/1024))
		list = append(list, d)
	}
	return list
}

// kindName names a document as the ruleset does.
func kindName(p text.Printer, a permit.Application, r *policy.Ruleset, kind permit.EvidenceKind) string {
	for _, e := range a.Particulars.EvidenceChoices(r) {
		if e.Code == string(kind) {
			return pick(p, e.Name)
		}
	}
	return string(kind)
}

// evidence gives out a document: a photo as a picture, a PDF only as a file to keep, because a browser's viewer would run it in our
// origin. The file is named after the case and never after the person.
func (s *Console) evidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	reference, ok := permit.ParseReference(c.Params("reference"))
	if !ok {
		return office.ErrNotFound
	}
	e, err := s.office.Evidence(c.UserContext(), v.Actor, reference, c.Params("id"))
	if err != nil {
		return err
	}
	disposition, extension := "inline", ".jpg"
	if e.MediaType != "image/jpeg" {
		disposition, extension = "attachment", ".pdf"
	}
	name := v.Printer.Say("console.evidence.file", "Reference", reference)
	c.Set(fiber.HeaderContentType, e.MediaType)
	c.Set(fiber.HeaderContentDisposition, disposition+`; filename="`+reference+extension+`"; filename*=UTF-8''`+url.PathEscape(name)+extension)
	return c.Send(e.Content)
}
