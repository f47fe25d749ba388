package console

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// registerPage lists the documents that a government and its departments owe, with the form that enters one.
type registerPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Place  string
	Chips  []parts.Chip
	Table  parts.TableView
	Owed   []parts.Option // what the visitor may enter
	Hidden []parts.Hidden
	Typed  typedDocument
	Errors parts.Errors
}

// typedDocument is what was typed into the form.
type typedDocument struct {
	Owed, Title, Number     string
	PublishedOn, ReportedOn parts.DateValue
}

func registerPath(government string) string { return "/console/register?government=" + government }

func (s *Console) register(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	page, err := s.registerPage(c, v, web.Query(c).Get("government"), office.NewKey())
	if err != nil {
		return err
	}
	page.Typed.Owed = web.Query(c).Get("owed")
	return web.Render(c, fiber.StatusOK, registerView(page))
}

func (s *Console) registerPage(c *fiber.Ctx, v *web.Visit, government, key string) (page registerPage, err error) {
	desks := s.office.Desks(v.Actor)
	at := slices.IndexFunc(desks, func(d office.Desk) bool { return government == "" || d.Government == government })
	if at < 0 {
		return page, office.ErrNotFound
	}
	desk := desks[at]
	list, err := s.office.Register(c.UserContext(), desk.Jurisdiction, desk.Government)
	if err != nil {
		return page, err
	}
	p := v.Printer
	page = registerPage{Frame: frame(v, p.Say("console.register.title")), Visit: v, Place: pick(p, s.office.GovernmentName(desk.Government)),
		Hidden: []parts.Hidden{{Name: "government", Value: desk.Government}, {Name: "key", Value: key}}}
	page.Frame.Wide, page.Frame.Path = true, registerPath(desk.Government)
	page.Chips = s.governmentChips(p, desks, desk.Government, registerPath)
	page.Table = s.registerTable(p, list)
	for _, one := range list {
		if desk.Files(one.Department) {
			page.Owed = append(page.Owed, parts.Option{Value: owedCode(one), Label: s.owedName(p, one)})
		}
	}
	return page, nil
}

// owedCode names an obligation in the form: "zhangzhou-2016/measures/edu".
func owedCode(one office.Owed) string {
	return one.Ruleset.ID + "/" + one.Rule.Code + "/" + one.Department
}

// owedName names an obligation with who owes it.
func (s *Console) owedName(p text.Printer, one office.Owed) string {
	return s.owedBy(p, one) + p.Pick("：", ": ") + pick(p, one.Rule.Title)
}

// owedBy is the department that owes a document, or the government.
func (s *Console) owedBy(p text.Printer, one office.Owed) string {
	if one.Department == "" {
		return pick(p, s.office.GovernmentName(one.Government))
	}
	return pick(p, s.office.DepartmentName(one.Ruleset.ID, one.Department))
}

func (s *Console) registerTable(p text.Printer, list []office.Owed) parts.TableView {
	view := parts.TableView{ID: "register", Caption: p.Say("register.caption", "Total", len(list)), Empty: p.Say("register.none"), Columns: []parts.Column{
		{Label: p.Say("register.owed")}, {Label: p.Say("register.due")}, {Label: p.Say("register.published")}}}
	for _, one := range list {
		due := parts.Cell{Text: parts.Date(p, one.Rule.Due)}
		if one.Rule.Due.IsZero() {
			due.Text = p.Say("register.no_day")
		}
		published := parts.Cell{Body: filesView(p, one.Documents), Tag: owedTag(p, one)}
		view.Rows = append(view.Rows, []parts.Cell{{Text: s.owedBy(p, one), Note: pick(p, one.Rule.Title) + " · " + one.Rule.Clause}, due, published})
	}
	return view
}

// owedTag says how an obligation stands.
func owedTag(p text.Printer, one office.Owed) *parts.TagView {
	switch {
	case one.Overdue:
		return &parts.TagView{Tone: parts.Stop, Text: p.Say("register.overdue")}
	case one.Late:
		return &parts.TagView{Tone: parts.Wait, Text: p.Say("register.late")}
	case len(one.Documents) > 0:
		return &parts.TagView{Tone: parts.Good, Text: p.Say("register.in_time")}
	}
	return &parts.TagView{Text: p.Say("register.missing")}
}

// fileDocument enters a document. What was typed comes back with the fault; a browser never sends the same file twice by itself.
func (s *Console) fileDocument(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, form, err := web.ReadUpload(c, "file", office.MaxEvidenceBytes)
	var faults permit.Faults
	if errors.Is(err, web.ErrTooLarge) {
		faults, err = permit.Faults{{Field: "file", Code: "document_large"}}, nil
	}
	if err != nil {
		return err
	}
	typed := typedDocument{Owed: form.Get("owed"), Title: strings.TrimSpace(form.Get("title")), Number: strings.TrimSpace(form.Get("number")),
		PublishedOn: parts.ReadDate("published_on", form.Get), ReportedOn: parts.ReadDate("reported_on", form.Get)}
	filing := office.Filing{Government: form.Get("government"), Title: typed.Title, Number: typed.Number, Key: form.Get("key")}
	if names := strings.Split(typed.Owed, "/"); len(names) == 3 {
		filing.Ruleset, filing.Obligation, filing.Department = names[0], names[1], names[2]
	} else {
		faults = append(faults, permit.Fault{Field: "owed", Code: "document_owed"})
	}
	filing.PublishedOn, _ = typed.PublishedOn.Date() // no day that there is stays none, and is told beside the field
	filing.ReportedOn, err = typed.ReportedOn.Date()
	if err != nil && !typed.ReportedOn.Empty() {
		filing.ReportedOn = civic.Date{}
		faults = append(faults, permit.Fault{Field: "reported_on", Code: "date"})
	}
	if file != nil {
		filing.Bytes = file.Bytes
	}
	if len(faults) > 0 {
		faults = append(s.office.CheckFiling(filing), faults...)
	} else if _, err := s.office.FileDocument(c.UserContext(), v.Actor, filing); err == nil {
		web.SetFlash(c, "document_filed")
		return web.SeeOther(c, registerPath(filing.Government))
	} else if faults = office.FaultsOf(err); len(faults) == 0 {
		return err
	}
	page, err := s.registerPage(c, v, filing.Government, office.NewKey())
	if err != nil {
		return err
	}
	page.Typed, page.Errors, page.Frame.HasErrors = typed, errorsOf(v.Printer, faults), true
	status := fiber.StatusUnprocessableEntity
	if slices.Contains(faults, permit.Fault{Field: "file", Code: "document_large"}) {
		status = fiber.StatusRequestEntityTooLarge
	}
	return web.Render(c, status, registerView(page))
}
