package console

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// noticePage gathers everything that is missing in one notice, and shows it as the applicant will read it before it is sent.
type noticePage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Errors    parts.Errors
	Reference string
	Path      string
	Version   int
	Groups    []parts.ChoiceView // the answers of each step, then the documents
	Clause    parts.ClauseView
	Further   string // what a further notice may name, "" for the first
	Preview   []string
	Typed     []parts.Hidden // of the preview
}

// oneNotice is Decree 663 Art. 9, fifth paragraph.
var oneNotice = policy.Basis{Clause: "第九条", Quote: "对申请材料不全的，公安派出所或者受公安机关委托的社区服务机构应当一次性告知申领人需要补充的材料。"}

func noticePath(reference string) string { return casePath(reference) + "/notice" }

func (s *Console) notice(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, r, err := s.caseOf(c, v)
	if err != nil {
		return err
	}
	if !holds(v.Actor, file.Application, office.NotifierOf(file.Application)) {
		return &office.Error{What: office.Forbidden, Why: "role"}
	}
	parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, c.Path())
	if err != nil {
		return err
	}
	page := s.noticePage(v, file, r, web.NewForm(parked), nil)
	return web.Render(c, fiber.StatusOK, noticeFormView(page))
}

// caseOf reads a case with its ruleset.
func (s *Console) caseOf(c *fiber.Ctx, v *web.Visit) (office.Progress, *policy.Ruleset, error) {
	file, err := s.office.CaseFile(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return file, nil, err
	}
	r, err := s.office.Ruleset(file.Application.Ruleset)
	return file, r, err
}

func (s *Console) noticePage(v *web.Visit, file office.Progress, r *policy.Ruleset, typed web.Form, errors parts.Errors) noticePage {
	p, a := v.Printer, file.Application
	page := noticePage{Frame: frame(v, p.Say("notice.form_title")), Visit: v, Reference: a.Reference, Path: noticePath(a.Reference), Version: a.Version, Errors: errors,
		Clause: parts.ClauseView{Number: oneNotice.Clause, Document: p.Say("console.decree"), Text: oneNotice.Quote}}
	page.Frame.Path, page.Frame.HasErrors = page.Path, len(errors) > 0
	page.Frame.Back = &parts.Link{Label: p.Say("console.slip.back"), Href: casePath(a.Reference)}
	if len(file.Course.Notices) > 0 {
		page.Further = p.Say("notice.further")
		if file.Course.Allowance != (permit.Allowance{}) {
			page.Further = p.Say("notice.further_allowed")
		}
	}
	for _, group := range a.Subjects(r) {
		choice := parts.ChoiceView{ID: "deficiency-" + string(group.Step), Name: "deficiency", Legend: p.Say("notice.step." + string(group.Step)), Many: true, Values: typed.All("deficiency")}
		for _, subject := range group.Subjects {
			choice.Choices = append(choice.Choices, parts.Option{Value: string(subject), Label: subjectName(p, r, subject), Reveal: deficiencyView(p, subject, typed, errors)})
		}
		page.Groups = append(page.Groups, choice)
	}
	page.Groups[0].ID = "deficiency" // where the error summary leads
	return page
}

// deficienciesOf reads the form: only what is ticked counts, in the order of the form. A subject that the form does not have is kept, so that
// the law refuses it.
func deficienciesOf(form web.Form) []permit.Deficiency {
	var list []permit.Deficiency
	for _, subject := range form.All("deficiency") {
		line := strings.Join(strings.Fields(form.Get("line-"+subject)), " ")
		list = append(list, permit.Deficiency{Subject: permit.Subject(subject), Code: form.Get("code-" + subject), Line: line})
	}
	return list
}

// giveNotice shows what was gathered as the applicant will read it, and sends it when that was confirmed.
func (s *Console) giveNotice(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	file, r, err := s.caseOf(c, v)
	if err != nil {
		return err
	}
	a, list := file.Application, deficienciesOf(form)
	version, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		version = 0
	}
	if !holds(v.Actor, a, office.NotifierOf(a)) && version == a.Version {
		return &office.Error{What: office.Forbidden, Why: "role"}
	}
	if form.Get("do") == "change" {
		return web.Render(c, fiber.StatusOK, noticeFormView(s.noticePage(v, file, r, form, nil)))
	}
	if form.Get("do") == "send" {
		if _, err = s.office.Notify(c.UserContext(), v.Actor, office.Decision{Reference: a.Reference, Version: version}, list); err == nil {
			web.SetFlash(c, permit.VerbNotify)
			return web.SeeOther(c, casePath(a.Reference))
		}
	} else if version != a.Version {
		err = office.ErrStale
	} else {
		var n permit.DeficiencyNotice
		if n, err = s.office.PreviewNotice(v.Actor, file, list); err == nil {
			page := s.noticePage(v, file, r, form, nil)
			page.Preview, page.Typed = missing(v.Printer, n, r), hiddenOf(form, list, a.Version)
			return web.Render(c, fiber.StatusOK, noticePreview(page))
		}
	}
	if errors.Is(err, office.ErrStale) {
		return s.tooLate(c, v, decision{verb: permit.VerbNotify}, file, version, answers{})
	}
	wrong := errorsOf(v.Printer, office.FaultsOf(err))
	if denied := denial(err); denied != "" {
		wrong = parts.Errors{{Field: "deficiency", Message: v.Printer.Say("console.denied." + denied)}}
	}
	if len(wrong) == 0 {
		return err
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, noticeFormView(s.noticePage(v, file, r, form, wrong)))
}

// hiddenOf carries the gathered deficiencies through the preview.
func hiddenOf(form web.Form, list []permit.Deficiency, version int) []parts.Hidden {
	hidden := []parts.Hidden{{Name: "version", Value: strconv.Itoa(version)}}
	for _, d := range list {
		s := string(d.Subject)
		hidden = append(hidden, parts.Hidden{Name: "deficiency", Value: s}, parts.Hidden{Name: "code-" + s, Value: d.Code}, parts.Hidden{Name: "line-" + s, Value: form.Get("line-" + s)})
	}
	return hidden
}

// codeOptions are what may be wrong with a subject.
func codeOptions(p text.Printer, subject permit.Subject) []parts.Option {
	var options []parts.Option
	for _, code := range permit.DeficiencyCodes(subject) {
		options = append(options, parts.Option{Value: code, Label: p.Say("deficiency." + code)})
	}
	return options
}

// noticePaper is the notice on paper (补正告知书), for people at the window. It leaves the house, so name and number are masked.
type noticePaper struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Station string
	Rows    parts.SummaryView
	Missing []string
	Clause  parts.ClauseView
	Code    parts.Code
	Track   string
}

func (s *Console) printNotice(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	file, r, err := s.caseOf(c, v)
	if err != nil {
		return err
	}
	p, a := v.Printer, file.Application
	if len(file.Course.Notices) == 0 {
		return web.ErrNotFound
	}
	n := file.Course.Notices[len(file.Course.Notices)-1]
	qr, err := credential.QRSVG(credential.TokenText(s.office.Origin, file.Token))
	if err != nil {
		return fmt.Errorf("console: code: %w", err)
	}
	page := noticePaper{Frame: frame(v, p.Say("notice.paper_title")), Visit: v, Station: pick(p, file.Station.Name), Missing: missing(p, n, r), Track: s.office.Origin + "/track",
		Clause: parts.ClauseView{Number: oneNotice.Clause, Document: p.Say("console.decree"), Text: oneNotice.Quote, Open: true},
		Code:   parts.Code{Size: qr.Size, Path: qr.Path, Label: p.Say("console.slip.code")}}
	page.Frame.Back = &parts.Link{Label: p.Say("console.slip.back"), Href: casePath(a.Reference)}
	page.Rows.Rows = []parts.Row{
		{Key: p.Say("console.case.reference"), Value: a.Reference}, {Key: p.Say("console.case.applicant"), Value: civic.MaskName(file.Person.Name)},
		{Key: p.Say("field.id_number"), Value: file.Person.IDNumber.Masked()}, {Key: p.Say("notice.paper_on"), Value: parts.Date(p, civic.DateOf(n.IssuedAt))},
		{Key: p.Say("notice.best_by"), Value: parts.Date(p, n.BestBy), Note: p.Say("notice.best_by_note")},
		{Key: p.Say("console.slip.station"), Value: page.Station, Lines: []string{pick(p, file.Station.Address)}},
	}
	if agent := a.Particulars.Agent; agent != nil {
		page.Rows.Rows = slices.Insert(page.Rows.Rows, 3, parts.Row{Key: p.Say("console.slip.agent"), Value: p.Say("console.slip.agent_value", "Name", civic.MaskName(agent.Name), "Relation", p.Say("agent.relation."+string(agent.Relation)))})
	}
	if n.Version <= len(file.Events) {
		page.Rows.Rows = append(page.Rows.Rows, parts.Row{Key: p.Say("console.slip.officer"), Value: file.Events[n.Version-1].By.Name})
	}
	return web.Render(c, fiber.StatusOK, noticePaperView(page))
}
