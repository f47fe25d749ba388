package portal

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/parts"
	"anju/server/web"
)

// homePage says what can be done here.
type homePage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Ways  []parts.ServiceCardView // in the order in which a newcomer needs them
}

func (s *Portal) home(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := homePage{Frame: frame(v, ""), Visit: v}
	way := func(name, href string) {
		page.Ways = append(page.Ways, parts.ServiceCardView{ID: "way-" + name, Href: href, Title: p.Say("home.way." + name), Summary: p.Say("home.say." + name)})
	}
	if v.Session != nil {
		way("account", "/account")
	}
	way("eligibility", "/eligibility")
	way("registration", "/registration")
	way("apply", "/apply")
	way("entitlements", "/entitlements")
	way("services", "/services")
	way("track", "/track")
	way("verify", "/verify")
	return web.Render(c, fiber.StatusOK, homeView(page))
}
