package portal

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// startRelative begins the application of another member of the family, with the address and the documents of the home. The second of two taps
// finds the draft begun.
func (s *Portal) startRelative(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	app, err := s.office.Relative(c.UserContext(), v.Actor, c.Params("reference"), form.Get("for") != "self")
	if errors.Is(err, &office.Error{What: office.Conflict, Why: "draft_exists"}) {
		web.SetFlash(c, "draft_first")
		return web.SeeOther(c, "/apply")
	}
	if err != nil {
		return err
	}
	for _, st := range steps { // what was typed into an earlier draft and never saved
		if _, err := s.office.Unpark(c.UserContext(), v.Actor.ID, "/apply/"+string(st.step)); err != nil {
			return err
		}
	}
	return web.SeeOther(c, "/apply/"+string(app.Next()))
}

// relatives are the two ways in which a member of the family applies from this account.
func relatives(p text.Printer) []parts.Option {
	return []parts.Option{{Value: "other", Label: p.Say("family.for.other"), Hint: p.Say("agent.for.other_hint")}, {Value: "self", Label: p.Say("family.for.self"), Hint: p.Say("family.for.self_hint")}}
}

// mayAddRelative reports that the family can be applied for from here.
func mayAddRelative(a permit.Application) bool {
	return a.Particulars.Business() == permit.KindIssue && a.State != permit.Declined && a.State != permit.Refused
}

// sharedWith names the other applications that hold the same document, each as a link's text.
func sharedWith(p text.Printer, shared []office.SharedDocument, kind permit.EvidenceKind) string {
	var references []string
	for _, one := range shared {
		if one.Kind == kind {
			references = append(references, one.Reference)
		}
	}
	if len(references) == 0 {
		return ""
	}
	return p.Say("family.shared", "References", strings.Join(references, p.Pick("、", ", ")))
}

// permitSuffix keeps which permit of several is meant, in the addresses of its pages. With one permit there is nothing to keep.
func permitSuffix(file office.PermitFile, others []office.PermitCase) string {
	if len(others) == 0 {
		return ""
	}
	return "?number=" + url.QueryEscape(file.Permit.Number)
}

// ownPermit is the permit that a page is about: the one that its address or its form names, else the holder's own.
func (s *Portal) ownPermit(c *fiber.Ctx, number string) (office.PermitFile, string, []office.PermitCase, error) {
	file, others, err := s.office.OwnPermits(c.UserContext(), web.VisitOf(c).Actor, number)
	return file, permitSuffix(file, others), others, err
}

// permitRows list permits with whose they are.
func (s *Portal) permitRows(p text.Printer, permits []office.PermitCase) []parts.Row {
	var rows []parts.Row
	for _, c := range permits {
		rows = append(rows, parts.Row{Key: c.Holder.Name, Body: permitLink(p.Say("family.permit", "Name", c.Holder.Name), "/permit?number="+url.QueryEscape(c.Permit.Number)),
			Tag: permitTag(p, c.Permit.StatusOn(s.office.Today()))})
	}
	return rows
}

// mayNot says why whoever keeps a permit cannot do a kind of business for its holder; nil when they can.
func mayNot(p text.Printer, err error) *parts.NoticeView {
	var refusal permit.Refusal
	if !errors.As(err, &refusal) {
		return nil
	}
	return &parts.NoticeView{Tone: parts.Stop, Title: p.Say("family." + refusal.Code), Text: p.Say("family."+refusal.Code+"_text", "Clause", refusal.Clause)}
}

// permitAddress is the page of a permit after something was done to it.
func (s *Portal) permitAddress(c *fiber.Ctx, number string) string {
	canonical, ok := permit.ParseNumber(number)
	if !ok {
		return "/permit"
	}
	file, others, err := s.office.OwnPermits(c.UserContext(), web.VisitOf(c).Actor, canonical)
	if err != nil {
		return "/permit"
	}
	return "/permit" + permitSuffix(file, others)
}

// applicantCell names the applicant as declared: the record may know another name, which is not for whoever typed the number.
func applicantCell(p text.Printer, a permit.Application) parts.Cell {
	cell := parts.Cell{Text: a.Particulars.Name}
	if a.Particulars.Agent != nil {
		cell.Note = p.Say("family.acted")
	}
	return cell
}

// ownPermitRows show the permit of the account; whose it is stands there when the account only keeps it for somebody.
func ownPermitRows(page accountPage) []parts.Row {
	p := page.Visit.Printer
	rows := []parts.Row{{Key: p.Say("account.permit_number"), Value: page.Permit.Permit.Number, Tag: page.Status}}
	if page.Permit.Mandate != nil {
		rows = append([]parts.Row{{Key: p.Say("family.holder"), Value: page.Permit.Holder.Name}}, rows...)
	}
	return rows
}
