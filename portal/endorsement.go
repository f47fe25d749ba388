package portal

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// endorsementPage is the yearly endorsement by the holder: what it does, what is confirmed, and, where it is late, what that costs, said
// before the button.
type endorsementPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Errors    parts.Errors
	File      office.PermitFile
	Open      bool // it can be made today
	Why       parts.NoticeView
	Rows      []parts.Row
	Restarts  string // what a late one does to the years of residence
	Clause    parts.ClauseView
	Penalties []parts.ClauseView
	Grounds   []parts.Option
	Ground    string // as chosen
	Confirmed []string
	Number    string // keeps which permit of several is meant
}

func (s *Portal) endorsement(c *fiber.Ctx) error {
	page, err := s.endorsementPage(c, web.Query(c).Get("number"))
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/permit")
	}
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, endorsementView(page))
}

func (s *Portal) endorsementPage(c *fiber.Ctx, number string) (page endorsementPage, err error) {
	v := web.VisitOf(c)
	p := v.Printer
	page = endorsementPage{Frame: frame(v, p.Say("life.endorse.title")), Visit: v}
	if page.File, page.Number, _, err = s.ownPermit(c, number); err != nil {
		return page, err
	}
	page.Frame.Back = &parts.Link{Label: p.Say("permit.title"), Href: "/permit" + page.Number}
	f := page.File
	page.Why = standing(p, f, s.office.Today())
	page.Why.Link = nil
	inUse := f.Permit.Status == permit.Active || f.Permit.Status == permit.Suspended
	page.Open = inUse && (f.Timing == permit.InTime || f.Timing == permit.Late)
	page.Rows = []parts.Row{{Key: p.Say("account.permit_number"), Value: f.Permit.Number}}
	if page.Number != "" {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("family.holder"), Value: f.Holder.Name})
	}
	if refused := mayNot(p, f.MayAct("endorse", s.office.Today())); refused != nil && page.Open {
		page.Open, page.Why = false, *refused
	}
	if inUse && f.Timing != permit.NotEndorsed {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("life.opens"), Value: parts.Date(p, f.Opens)}, parts.Row{Key: p.Say("life.due"), Value: parts.Date(p, f.Permit.EndorseBy)})
	}
	if !page.Open {
		return page, nil
	}
	today := s.office.Today()
	if f.Timing == permit.Late {
		page.Restarts = restarts(p, f, today)
	}
	page.Clause = passage(p, f.Rules, f.Rules.Endorsement.Basis)
	page.Clause.Open = f.Timing == permit.Late
	for _, b := range permit.Penalties() {
		page.Penalties = append(page.Penalties, parts.ClauseView{Number: b.Clause, Document: p.Say("console.decree"), Text: b.Quote, Open: true})
	}
	page.Grounds = endorsementGrounds(p, f.Rules)
	return page, nil
}

// restarts says what a late endorsement does to the years of residence: plainly, with the years that are lost.
func restarts(p text.Printer, f office.PermitFile, today civic.Date) string {
	if !f.Rules.ResidenceYears.LateEndorsementRestarts {
		return p.Say("life.late.keeps")
	}
	since := f.Residence.Since(today)
	if since.IsZero() {
		return p.Say("life.late.restarts", "Today", parts.Date(p, today))
	}
	return p.Say("life.late.restarts_from", "Today", parts.Date(p, today), "Since", parts.Date(p, since), "Years", f.Residence.YearsOn(today))
}

// endorsementGrounds are the grounds of which one must still hold.
func endorsementGrounds(p text.Printer, r *policy.Ruleset) []parts.Option {
	var options []parts.Option
	for _, g := range permit.EndorsementGrounds(r) {
		options = append(options, parts.Option{Value: g.Code, Label: pick(p, g.Name)})
	}
	return options
}

// passage is a passage with the document that it stands in.
func passage(p text.Printer, r *policy.Ruleset, b policy.Basis) parts.ClauseView {
	document := pick(p, r.Name)
	if b.Elsewhere() {
		document = "" // the clause names it
	}
	return parts.ClauseView{Number: b.Clause, Document: wording(p, b, document), Text: b.Quote}
}

// endorse makes the endorsement. A form that comes twice finds the due day endorsed and leads to the same page.
func (s *Portal) endorse(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	due, err := civic.ParseDate(form.Get("due"))
	if err != nil {
		due = civic.Date{} // of no page that we made: answered as one that is out of date
	}
	_, err = s.office.EndorseOwn(c.UserContext(), v.Actor, form.Get("number"), office.EndorsementForm{Due: due,
		Confirmation: permit.Confirmation{Confirmed: form.Get("confirmed") == "yes", Ground: form.Get("ground")}})
	known := new(office.Error)
	switch {
	case err == nil:
		web.SetFlash(c, "endorsed")
		return web.SeeOther(c, s.permitAddress(c, form.Get("number")))
	case errors.Is(err, office.ErrStale), errors.Is(err, office.ErrNotFound):
		web.SetFlash(c, "life_moved")
		return web.SeeOther(c, s.permitAddress(c, form.Get("number")))
	case !errors.As(err, &known) || known.What != office.Denied && len(known.Faults) == 0:
		return err
	}
	page, err := s.endorsementPage(c, form.Get("number")) // what stands against it is said by the page itself
	if err != nil {
		return err
	}
	page.Errors = errorsOf(v.Printer, known.Faults)
	page.Frame.HasErrors = len(page.Errors) > 0
	page.Ground, page.Confirmed = form.Get("ground"), form.All("confirmed")
	return web.Render(c, fiber.StatusUnprocessableEntity, endorsementView(page))
}
