package kiosk

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/credential"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/web"
)

// entitlementsPage is "what can I use" at the kiosk: a city, a situation, at most six questions, the answer. Nothing of it is stored; a
// phone takes the answer along by its code.
type entitlementsPage struct {
	page
	City     string
	Rules    string // the document, and how it stands
	Standing string
	View     parts.EntitlementsView
	Question *policy.Question
	Answered bool
	Code     parts.Code // of the same answer on the portal
}

func (k *Kiosk) entitlements(c *fiber.Ctx) error {
	pg, chosen, err := k.entitlementsPage(c)
	if err != nil {
		return err
	}
	if !chosen {
		return web.SeeOther(c, "/kiosk/services")
	}
	view := pg.View
	switch {
	case !view.Ready() || web.Query(c).Has("edit"):
	case len(view.Open()) > 0:
		pg.Question = &view.Open()[0]
	default:
		pg.Answered = true
		if pg.Code, err = k.entitlementsCode(pg); err != nil {
			return err
		}
	}
	status := fiber.StatusOK
	if len(pg.Errors) > 0 {
		status = fiber.StatusUnprocessableEntity
	}
	return web.Render(c, status, entitlementsView(pg))
}

// entitlementsReceipt is the answer on paper 80 mm wide.
func (k *Kiosk) entitlementsReceipt(c *fiber.Ctx) error {
	pg, chosen, err := k.entitlementsPage(c)
	if err != nil {
		return err
	}
	if !chosen || !pg.View.Ready() {
		return web.SeeOther(c, "/kiosk/entitlements")
	}
	if pg.Code, err = k.entitlementsCode(pg); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, entitlementsReceiptView(pg))
}

// entitlementsPage reads and answers the inquiry of the address; chosen reports whether it names a city.
func (k *Kiosk) entitlementsPage(c *fiber.Ctx) (pg entitlementsPage, chosen bool, err error) {
	p, query := web.VisitOf(c).Printer, web.Query(c)
	pg = entitlementsPage{page: k.page(c, p.Say("entitlements.title"))}
	city := query.Get("city")
	if _, ok := k.Office.Book.Jurisdiction(city); !ok {
		return pg, false, nil
	}
	r, state, err := k.Office.InForce(city)
	if err != nil {
		return pg, false, err
	}
	pg.City, pg.Rules = k.cityName(p, city), rulesetLine(p, r, state)
	view := parts.EntitlementsView{Book: k.Office.Book, Ruleset: r, Today: k.Office.Today(), Path: "/kiosk/entitlements",
		Service: func(id string) string { return "/kiosk/services/" + city + "/" + id }}
	pg.View, pg.Standing = view.Read(p, state, query), p.Say("ruleset.status."+string(state))
	pg.Errors, pg.Frame.HasErrors = pg.View.Errors, len(pg.View.Errors) > 0
	return pg, true, nil
}

func (k *Kiosk) entitlementsCode(pg entitlementsPage) (parts.Code, error) {
	qr, err := credential.QRSVG(k.Office.Origin + pg.View.Asked.Shown("/entitlements"))
	return parts.Code{Size: qr.Size, Path: qr.Path, Label: pg.Visit.Printer.Say("entitlements.receipt.scan")}, err
}
