package portal

import (
	"errors"
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

// permitPage is the electronic permit with its signed code.
type permitPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Card  *parts.PermitCardView // nil: no permit yet
	Ready bool                  // the code has been signed

	Jurisdiction string // of the permit
}

func (s *Portal) permit(c *fiber.Ctx) error {
	page, err := s.permitPage(c, web.VisitOf(c))
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, permitView(page))
}

func (s *Portal) printPermit(c *fiber.Ctx) error {
	page, err := s.permitPage(c, web.VisitOf(c))
	if err != nil {
		return err
	}
	if page.Card == nil {
		return web.SeeOther(c, "/permit")
	}
	return web.Render(c, fiber.StatusOK, permitPrintView(page))
}

func (s *Portal) permitPage(c *fiber.Ctx, v *web.Visit) (permitPage, error) {
	p := v.Printer
	page := permitPage{Frame: frame(v, p.Say("permit.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	found, err := s.office.Permit(c.UserContext(), v.Actor, "")
	if errors.Is(err, office.ErrNotFound) {
		return page, nil
	}
	if err != nil {
		return page, err
	}
	card := s.card(v, found)
	if page.Ready = len(found.Signed) > 0; page.Ready {
		code, err := qrCode(credential.SignedText(s.office.Origin, found.Signed), p.Say("permit.code_label"))
		if err != nil {
			return page, err
		}
		card.Code = &code
	}
	page.Card, page.Jurisdiction = &card, found.Permit.Jurisdiction
	return page, nil
}

// card lays out a permit: the face of Decree 663 Art. 4, the ID number masked.
func (s *Portal) card(v *web.Visit, found office.PermitCase) parts.PermitCardView {
	p, one, holder := v.Printer, found.Permit, found.Holder
	ethnic, _ := civic.EthnicByCode(holder.EthnicGroup)
	card := parts.PermitCardView{City: cityName(s.office, p, one.Jurisdiction), Number: one.Number, Name: holder.Name, IDNumber: holder.IDNumber.Masked(),
		Issuer: pick(p, one.Issuer), IssuedOn: one.IssuedOn, ValidUntil: one.ValidUntil, Status: permitTag(p, one.StatusOn(s.office.Today())), CodeNote: p.Say("permit.code_note"), Demo: v.Demo,
		Rows: []parts.Row{
			{Key: p.Say("permit.sex"), Value: p.Say("permit.sex." + string(holder.IDNumber.Sex()))},
			{Key: p.Say("field.ethnic_group"), Value: pick(p, ethnic.Name)},
			{Key: p.Say("permit.born"), Value: parts.Date(p, holder.IDNumber.Born())},
			{Key: p.Say("permit.residence"), Value: one.Residence},
		}}
	if r, err := s.office.Ruleset(one.Ruleset); err == nil {
		if tier, ok := r.Tier(one.Tier); ok {
			card.Tier = pick(p, tier.Name)
		}
	}
	if !one.EndorseBy.IsZero() {
		card.Rows = append(card.Rows, parts.Row{Key: p.Say("permit.endorse_by"), Value: parts.Date(p, one.EndorseBy)})
	}
	return card
}

func permitTag(p text.Printer, s permit.Status) *parts.TagView {
	tone := parts.Good
	if s != permit.Active {
		tone = parts.Stop
	}
	return &parts.TagView{Tone: tone, Text: p.Say("permit.status." + string(s))}
}

// permitServicesPage is "what can I use" with the holder's own permit.
type permitServicesPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	City   string
	Tier   string
	Answer policy.EntitlementAnswer
	Groups []verdictGroup
	Next   string // what the next tier adds, and when
}

// verdictGroup is the services under one verdict.
type verdictGroup struct {
	Verdict string
	Items   int
	Cards   []parts.ServiceCardView
}

// permitServices answers "what can I use" for the permit of who is signed in, every item with its clause.
func (s *Portal) permitServices(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	found, r, answer, err := s.office.Entitlements(c.UserContext(), v.Actor, "")
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/services")
	}
	if err != nil {
		return err
	}
	p := v.Printer
	page := permitServicesPage{Frame: frame(v, p.Say("permit.services.title")), Visit: v, City: cityName(s.office, p, found.Permit.Jurisdiction), Answer: answer,
		Groups: verdictGroups(p, r, answer)}
	page.Frame.Back = &parts.Link{Label: p.Say("permit.title"), Href: "/permit"}
	if tier, ok := r.Tier(found.Permit.Tier); ok {
		page.Tier = pick(p, tier.Name)
	}
	if answer.Next != nil && answer.Next.On != nil {
		page.Next = p.Say("permit.services.next", "On", parts.Date(p, *answer.Next.On), "Count", len(answer.Next.Adds))
	}
	return web.Render(c, fiber.StatusOK, permitServicesView(page))
}

// verdictGroups lays the items out by verdict, what can be used now first.
func verdictGroups(p text.Printer, r *policy.Ruleset, answer policy.EntitlementAnswer) []verdictGroup {
	var groups []verdictGroup
	for _, verdict := range []policy.ItemVerdict{policy.Entitled, policy.Conditional, policy.Later, policy.NotEntitled} {
		group := verdictGroup{Verdict: string(verdict)}
		for _, service := range answer.Services {
			known, ok := r.Service(service.ID)
			if !ok {
				continue
			}
			var items []policy.ItemAnswer
			for _, item := range service.Items {
				if item.Verdict == verdict {
					items = append(items, item)
				}
			}
			if len(items) > 0 {
				group.Items += len(items)
				group.Cards = append(group.Cards, serviceCard(p, r, known, items))
			}
		}
		if len(group.Cards) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// serviceCard is a service with those of its items that share a verdict, each named with what it depends on.
func serviceCard(p text.Printer, r *policy.Ruleset, service *policy.Service, answers []policy.ItemAnswer) parts.ServiceCardView {
	card := parts.ServiceCardView{ID: service.ID + "-" + string(answers[0].Verdict), Title: pick(p, service.Title), Href: "/services/" + service.ID, Clause: service.Clause,
		Verdict: string(answers[0].Verdict)}
	var names, departments []string
	for _, a := range answers {
		for i := range service.Items {
			if service.Items[i].ID == a.ID {
				names = append(names, pick(p, service.Items[i].Label))
			}
		}
		if a.From != nil {
			card.From = *a.From
		}
	}
	card.Summary = strings.Join(names, p.Pick("；", "; "))
	for _, code := range service.Departments {
		if d, ok := r.Department(code); ok {
			departments = append(departments, pick(p, d.Name))
		}
	}
	card.Departments = strings.Join(departments, p.Pick("、", ", "))
	return card
}
