package portal

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// permitPage is the electronic permit with its signed code.
type permitPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Card  *parts.PermitCardView // nil: no permit yet
	Ready bool                  // the code has been signed, or is not shown because it is shut
	Shut  bool                  // the code opens nothing: the permit is not in use

	Standing  parts.NoticeView // what the status means and what to do next
	Done      *parts.ConfirmationView
	Residence parts.SummaryView
	Yearly    *parts.ClauseView // of the endorsement; nil where there is none
	Years     *parts.ClauseView // of the years of residence
	Unsettled bool              // the city has not fixed how they are counted
	Act       *parts.Button     // what to do next
	Lose      bool              // a loss can be reported
	Endorsed  bool              // there is an endorsement to rate
	Offers    []parts.Task      // what can be applied for, now or later

	Jurisdiction string // of the permit

	Number string      // of the permit, where the account has several: it stays in the addresses
	Others []parts.Row // the other permits of the account
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
	if page.Card == nil || page.Shut {
		return web.SeeOther(c, "/permit"+page.Number)
	}
	return web.Render(c, fiber.StatusOK, permitPrintView(page))
}

func (s *Portal) permitPage(c *fiber.Ctx, v *web.Visit) (permitPage, error) {
	p := v.Printer
	page := permitPage{Frame: frame(v, p.Say("permit.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	file, suffix, others, err := s.ownPermit(c, web.Query(c).Get("number"))
	if errors.Is(err, office.ErrNotFound) {
		return page, nil
	}
	if err != nil {
		return page, err
	}
	card, today := s.card(v, file.PermitCase), s.office.Today()
	status := file.Permit.StatusOn(today)
	page.Shut = status != permit.Active
	if page.Ready = page.Shut || len(file.Signed) > 0; page.Ready && !page.Shut {
		code, err := qrCode(credential.SignedText(s.office.Origin, file.Signed), p.Say("permit.code_label"))
		if err != nil {
			return page, err
		}
		card.Code = &code
	}
	page.Card, page.Jurisdiction, page.Number, page.Others = &card, file.Permit.Jurisdiction, suffix, s.permitRows(p, others)
	page.Standing, page.Residence = standing(p, file, today), parts.SummaryView{Title: p.Say("life.residence"), Rows: residenceRows(p, file, today)}
	if link := page.Standing.Link; link != nil { // a button, because it is what to do next
		page.Act, page.Standing.Link = &parts.Button{Label: link.Label, Href: link.Href}, nil
		if page.Act.Href != "/apply" {
			page.Act.Href += suffix
		}
	}
	page.Endorsed = len(file.Endorsements) > 0
	page.Offers = s.offers(p, file, suffix)
	page.Lose = status == permit.Active || status == permit.Suspended
	if file.Rules.Endorsement != nil {
		yearly := passage(p, file.Rules, file.Rules.Endorsement.Basis)
		page.Yearly = &yearly
	}
	if len(page.Residence.Rows) > 0 {
		years := passage(p, file.Rules, file.Rules.ResidenceYears.Basis)
		page.Years, page.Unsettled = &years, !file.Rules.ResidenceYears.Confirmed
	}
	if n := len(file.Endorsements); v.Flash == "endorsed" && n > 0 {
		page.Frame.Flash = nil
		page.Done = &parts.ConfirmationView{Title: p.Say("flash.endorsed"), Text: p.Say("life.endorse.done", "Due", parts.Date(p, file.Endorsements[n-1].NextDue))}
	}
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
