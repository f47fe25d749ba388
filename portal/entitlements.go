package portal

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/web"
)

// entitlementsPage is "what can I use": a city, a situation, at most six questions, the answer. Everything stands in the address and nothing
// in it says who asks, so it works without script and can be passed on.
type entitlementsPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Cities   []parts.ServiceCardView // while no city is chosen
	City     string
	Law      lawView
	View     parts.EntitlementsView
	Question *policy.Question // the one to be put; nil with an answer
	Answered bool
	Share    string // the whole address of the answer
}

func (s *Portal) entitlements(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p, query := v.Printer, web.Query(c)
	page := entitlementsPage{Frame: frame(v, p.Say("entitlements.title")), Visit: v}
	city := query.Get("city")
	if _, ok := s.office.Book.Jurisdiction(city); !ok {
		var err error
		if page.Cities, err = s.cityCards(p, "/entitlements"); err != nil {
			return err
		}
		return web.Render(c, fiber.StatusOK, entitlementsView(page))
	}
	view, law, err := s.asked(v, city, query)
	if err != nil {
		return err
	}
	page.City, page.Law, page.View = cityName(s.office, p, city), law, view
	page.Frame.Back = &parts.Link{Label: p.Say("services.cities"), Href: "/entitlements"}
	if !view.Ready() || query.Has("edit") {
		page.Frame.HasErrors = len(view.Errors) > 0
		return web.Render(c, status(view.Errors), entitlementsView(page))
	}
	page.Frame.Back = &parts.Link{Label: p.Say("entitlements.edit"), Href: view.Asked.Edited("/entitlements")}
	if open := view.Open(); len(open) > 0 {
		page.Question = &open[0]
		page.Frame.Title = pick(p, open[0].Text)
		return web.Render(c, fiber.StatusOK, entitlementsView(page))
	}
	page.Answered, page.Frame.Title = true, view.Title(p)
	page.Share = s.office.Origin + view.Asked.Shown("/entitlements")
	return web.Render(c, fiber.StatusOK, entitlementsView(page))
}

// asked reads and answers the inquiry of an address.
func (s *Portal) asked(v *web.Visit, city string, query web.Form) (parts.EntitlementsView, lawView, error) {
	p := v.Printer
	r, law, err := s.law(p, city, query.Get("ruleset"), "/entitlements")
	if err != nil {
		return parts.EntitlementsView{}, law, err
	}
	view := parts.EntitlementsView{Book: s.office.Book, Ruleset: r, Today: s.office.Today(), Path: "/entitlements", Service: func(id string) string { return "/services/" + id }}
	return view.Read(p, r.StatusOn(view.Today, s.office.Extensions), query), law, nil
}

// entitlementsReceipt is the answer on paper 80 mm wide.
func (s *Portal) entitlementsReceipt(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p, query := v.Printer, web.Query(c)
	city := query.Get("city")
	if _, ok := s.office.Book.Jurisdiction(city); !ok {
		return web.SeeOther(c, "/entitlements")
	}
	view, law, err := s.asked(v, city, query)
	if err != nil {
		return err
	}
	if !view.Ready() {
		return web.SeeOther(c, view.Asked.Address("/entitlements"))
	}
	code, err := qrCode(s.office.Origin+view.Asked.Shown("/entitlements"), p.Say("entitlements.receipt.scan"))
	if err != nil {
		return err
	}
	page := entitlementsPage{Frame: frame(v, view.Title(p)), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("entitlements.title"), Href: view.Asked.Shown("/entitlements")}
	return web.Render(c, fiber.StatusOK, entitlementsReceiptView(page, parts.EntitlementReceiptView{EntitlementsView: view, City: cityName(s.office, p, city), Standing: law.Standing,
		Code: code, Demo: v.Demo}))
}

// permitServices leads a holder to the answer for the own permit: what the house knows is filled in.
func (s *Portal) permitServices(c *fiber.Ctx) error {
	r, inquiry, err := s.office.OwnInquiry(c.UserContext(), web.VisitOf(c).Actor)
	if errors.Is(err, office.ErrNotFound) {
		return web.SeeOther(c, "/entitlements")
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, parts.OwnAsked(r, inquiry).Address("/entitlements"))
}
