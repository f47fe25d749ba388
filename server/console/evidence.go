package console

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
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
