package portal

import (
	"slices"

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

// confirmationsPage shows what other systems have confirmed of the citizen.
type confirmationsPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Items  []parts.SummaryView
	Basis  *parts.ClauseView // that systems share what they know; nil while there is nothing
	Papers *parts.ClauseView // that no paper is asked for what is shared
}

func (s *Portal) confirmations(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := confirmationsPage{Frame: frame(v, p.Say("confirmations.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("my_data.title"), Href: "/my-data"}
	list, states, err := s.office.OwnConfirmations(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	names, err := s.confirmers(c, list)
	if err != nil {
		return err
	}
	for _, one := range list {
		r, _, err := s.office.InForce(one.Jurisdiction)
		if err != nil {
			return err
		}
		if page.Basis == nil {
			basis, papers := passage(p, r, r.Confirmations.Basis), passage(p, r, r.Confirmations.Replaces)
			page.Basis, page.Papers = &basis, &papers
		}
		page.Items = append(page.Items, parts.SummaryView{Title: confirmedWhat(p, r, one.SystemConfirmation), Rows: confirmationRows(p, r, one.SystemConfirmation, states[one.ID], names)})
	}
	return web.Render(c, fiber.StatusOK, confirmationsView(page))
}

// confirmers are the names of those who confirmed something.
func (s *Portal) confirmers(c *fiber.Ctx, list []office.OwnConfirmation) (map[string]civic.Text, error) {
	var cities []string
	for _, one := range list {
		cities = append(cities, one.Jurisdiction)
	}
	return s.office.PartnerNames(c.UserContext(), cities...)
}

// confirmedWhat names what is confirmed: a paper, or that a condition is met or not.
func confirmedWhat(p text.Printer, r *policy.Ruleset, one permit.SystemConfirmation) string {
	name, known := r.Confirmable(one.What)
	what := one.What
	if known {
		what = pick(p, name)
	}
	if !one.Met {
		return p.Say("confirmations.not_met", "What", what)
	}
	return what
}

// confirmedLine says in a sentence what is confirmed, by whom and when.
func confirmedLine(p text.Printer, r *policy.Ruleset, one permit.SystemConfirmation, names map[string]civic.Text) string {
	return p.Say("confirmations.line", "What", confirmedWhat(p, r, one), "By", pick(p, names[access.PartnerID(one.Jurisdiction, one.Partner)]), "On", parts.Date(p, one.IssuedOn))
}

var stateTones = map[permit.ConfirmationState]parts.Tone{permit.Confirmed: parts.Good, permit.ConfirmationDisputed: parts.Wait, permit.ConfirmationWithdrawn: parts.Stop}

func confirmationRows(p text.Printer, r *policy.Ruleset, one permit.SystemConfirmation, state permit.ConfirmationState, names map[string]civic.Text) []parts.Row {
	until := p.Say("confirmations.no_end")
	if !one.ValidUntil.IsZero() {
		until = parts.Date(p, one.ValidUntil)
	}
	source := parts.Row{Key: p.Say("confirmations.source"), Value: pick(p, names[access.PartnerID(one.Jurisdiction, one.Partner)])}
	if kind, ok := r.Confirmations.Kind(one.Kind); ok {
		source.Note = pick(p, kind.Name)
	}
	rows := []parts.Row{{Key: p.Say("confirmations.state"), Tag: &parts.TagView{Tone: stateTones[state], Text: p.Say("confirmations.state." + string(state))}}, source,
		{Key: p.Say("confirmations.document"), Value: one.Document, Note: parts.Date(p, one.IssuedOn)}, {Key: p.Say("confirmations.until"), Value: until},
		{Key: p.Say("confirmations.received"), Value: parts.Date(p, civic.DateOf(one.ReceivedAt))}}
	switch o := one.Objection; {
	case o == nil && slices.Contains([]permit.ConfirmationState{permit.Confirmed, permit.ConfirmationReplaced, permit.ConfirmationExpired}, state):
		rows[0].Body = objectView(p, one.ID, confirmedWhat(p, r, one))
	case o.Open():
		rows = append(rows, parts.Row{Key: p.Say("confirmations.objection"), Value: o.Note, Note: p.Say("confirmations.objected", "On", parts.Date(p, civic.DateOf(o.At)))})
	case o != nil:
		verdict := "right"
		if o.Upheld {
			verdict = "wrong"
		}
		rows = append(rows, parts.Row{Key: p.Say("confirmations.objection"), Value: o.Note}, parts.Row{Key: p.Say("confirmations.answer"), Value: o.Answer,
			Note: p.Say("confirmations.verdict."+verdict, "On", parts.Date(p, civic.DateOf(o.AnsweredAt)))})
	}
	return rows
}

// objectionPage asks why a confirmation is wrong.
type objectionPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	ID, Note string
	What     parts.SummaryView
}

// ownConfirmation finds one of the citizen's own confirmations, for the page of its objection.
func (s *Portal) objectionPage(c *fiber.Ctx) (objectionPage, bool, error) {
	v := web.VisitOf(c)
	p := v.Printer
	page := objectionPage{Frame: frame(v, p.Say("confirmations.object")), Visit: v, ID: c.Params("id")}
	page.Frame.Back = &parts.Link{Label: p.Say("confirmations.title"), Href: "/my-data/confirmations"}
	list, states, err := s.office.OwnConfirmations(c.UserContext(), v.Actor)
	if err != nil {
		return page, false, err
	}
	i := slices.IndexFunc(list, func(one office.OwnConfirmation) bool { return one.ID == page.ID })
	if i < 0 {
		return page, false, web.ErrNotFound
	}
	names, err := s.confirmers(c, list[i:i+1])
	if err != nil {
		return page, false, err
	}
	r, _, err := s.office.InForce(list[i].Jurisdiction)
	if err != nil {
		return page, false, err
	}
	one := list[i].SystemConfirmation
	page.What = parts.SummaryView{Title: confirmedWhat(p, r, one), Rows: confirmationRows(p, r, one, states[one.ID], names)}
	page.What.Rows[0].Body = nil
	return page, one.Objection != nil, nil
}

func (s *Portal) objection(c *fiber.Ctx) error {
	page, made, err := s.objectionPage(c)
	switch {
	case err != nil:
		return err
	case made:
		return web.SeeOther(c, "/my-data/confirmations")
	}
	return web.Render(c, fiber.StatusOK, objectionView(page))
}

func (s *Portal) object(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = s.office.Object(c.UserContext(), v.Actor, c.Params("id"), form.Get("note"))
	if err == nil {
		web.SetFlash(c, "objected")
		return web.SeeOther(c, "/my-data/confirmations")
	}
	faults, err := faultsOf(v.Printer, err)
	if err != nil {
		return err
	}
	page, _, err := s.objectionPage(c)
	if err != nil {
		return err
	}
	page.Errors, page.Note, page.Frame.HasErrors = faults, form.Get("note"), true
	return web.Render(c, fiber.StatusUnprocessableEntity, objectionView(page))
}
