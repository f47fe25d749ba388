package console

import (
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

// objectionRoles answer objections of their stations.
var objectionRoles = []access.Role{access.Reviewer, access.Supervisor}

// confirmedWhat names what is confirmed, who did, and the document.
func (s *Console) confirmedWhat(p text.Printer, r *policy.Ruleset, one permit.SystemConfirmation, names map[string]civic.Text) parts.Cell {
	what := one.What
	if name, ok := r.Confirmable(one.What); ok {
		what = pick(p, name)
	}
	if !one.Met {
		what = p.Say("confirmations.not_met", "What", what)
	}
	return parts.Cell{Text: what, Note: pick(p, names[access.PartnerID(one.Jurisdiction, one.Partner)]) + p.Pick("，", ", ") + one.Document + p.Pick("，", ", ") + parts.Date(p, one.IssuedOn)}
}

// confirmedTable is what other systems have confirmed of the person of a case, and how it stands.
func (s *Console) confirmedTable(c *fiber.Ctx, v *web.Visit, file office.Progress) (*parts.TableView, error) {
	p := v.Printer
	list, states, err := s.office.Confirmations(c.UserContext(), v.Actor, file.Case)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	r, err := s.office.Ruleset(file.Application.Ruleset)
	if err != nil {
		return nil, err
	}
	names, err := s.office.PartnerNames(c.UserContext(), file.Application.Jurisdiction)
	if err != nil {
		return nil, err
	}
	view := &parts.TableView{ID: "confirmed", Caption: p.Say("console.confirmed.title"), Columns: []parts.Column{{Label: p.Say("console.objections.what")}, {Label: p.Say("console.confirmed.state")}}}
	for _, one := range list {
		state := parts.Cell{Tag: &parts.TagView{Tone: parts.Wait, Text: p.Say("confirmations.state." + string(states[one.ID]))}}
		if states[one.ID] == permit.Confirmed {
			state.Tag.Tone = parts.Good
		}
		if !one.SameName {
			state.Tag.Tone, state.Note = parts.Stop, p.Say("console.confirmed.other_name")
		}
		view.Rows = append(view.Rows, []parts.Cell{s.confirmedWhat(p, r, one, names), state})
	}
	return view, nil
}

// objectionsPage lists what applicants say is wrong.
type objectionsPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Table parts.TableView
}

func (s *Console) objections(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := objectionsPage{Frame: frame(v, p.Say("console.objections.title")), Visit: v}
	list, err := s.office.Objections(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page.Table = parts.TableView{ID: "objections", Caption: p.Say("console.objections.title"), CaptionHidden: true, Empty: p.Say("console.objections.none"), Columns: []parts.Column{
		{Label: p.Say("console.objections.since")}, {Label: p.Say("console.objections.who")}, {Label: p.Say("console.objections.what")}, {Label: p.Say("console.confirmed.state")}}}
	for _, one := range list {
		r, _, err := s.office.InForce(one.Jurisdiction)
		if err != nil {
			return err
		}
		names, err := s.office.PartnerNames(c.UserContext(), one.Jurisdiction)
		if err != nil {
			return err
		}
		state := &parts.TagView{Tone: parts.Wait, Text: p.Say("console.objections.open")}
		if !one.Objection.Open() {
			state = &parts.TagView{Tone: parts.Good, Text: p.Say("console.objections.answered")}
		}
		page.Table.Rows = append(page.Table.Rows, []parts.Cell{{Text: parts.Date(p, civic.DateOf(one.Objection.At)), Href: "/console/objections/" + one.ID}, {Text: civic.MaskName(one.Holder.Name)},
			s.confirmedWhat(p, r, one.SystemConfirmation, names), {Tag: state}})
	}
	return web.Render(c, fiber.StatusOK, objectionsView(page))
}

// objectionPage is one objection with the form of its answer.
type objectionPage struct {
	Frame              parts.FrameView
	Visit              *web.Visit
	Errors             parts.Errors
	ID, Verdict, Words string
	About              parts.SummaryView
	Open               bool
}

func (s *Console) objection(c *fiber.Ctx) error {
	page, err := s.objectionPage(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, objectionView(page))
}

func (s *Console) objectionPage(c *fiber.Ctx) (objectionPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	page := objectionPage{Frame: frame(v, p.Say("console.objections.answer")), Visit: v, ID: c.Params("id")}
	page.Frame.Back = &parts.Link{Label: p.Say("console.objections.title"), Href: "/console/objections"}
	one, err := s.office.Objection(c.UserContext(), v.Actor, page.ID)
	if err != nil {
		return page, err
	}
	r, _, err := s.office.InForce(one.Jurisdiction)
	if err != nil {
		return page, err
	}
	names, err := s.office.PartnerNames(c.UserContext(), one.Jurisdiction)
	if err != nil {
		return page, err
	}
	what := s.confirmedWhat(p, r, one.SystemConfirmation, names)
	page.Open = one.Objection.Open()
	page.About = parts.SummaryView{Rows: []parts.Row{{Key: p.Say("console.objections.who"), Value: one.Holder.Name, Note: one.Holder.IDNumber.Masked()}, {Key: p.Say("console.objections.what"), Value: what.Text, Note: what.Note},
		{Key: p.Say("console.objections.said"), Value: one.Objection.Note, Note: parts.Date(p, civic.DateOf(one.Objection.At))}}}
	if !page.Open {
		verdict := p.Say("console.objections.right")
		if one.Objection.Upheld {
			verdict = p.Say("console.objections.wrong")
		}
		page.About.Rows = append(page.About.Rows, parts.Row{Key: p.Say("console.objections.words"), Value: one.Objection.Answer, Note: verdict + p.Pick("，", ", ") + one.Objection.By.Name})
	}
	return page, nil
}

func (s *Console) answerObjection(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = s.office.AnswerObjection(c.UserContext(), v.Actor, c.Params("id"), form.Get("verdict"), form.Get("answer"))
	if err == nil {
		web.SetFlash(c, "objection")
		return web.SeeOther(c, "/console/objections")
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	page, err := s.objectionPage(c)
	if err != nil {
		return err
	}
	page.Errors, page.Verdict, page.Words, page.Frame.HasErrors = errorsOf(v.Printer, faults), form.Get("verdict"), form.Get("answer"), true
	return web.Render(c, fiber.StatusUnprocessableEntity, objectionView(page))
}
