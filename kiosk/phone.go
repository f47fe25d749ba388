package kiosk

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// challengeCookie binds a one-time code to the browser that asked for it.
const challengeCookie = "challenge"

// phonePage asks for the number, and then for the code that was sent to it.
type phonePage struct {
	stepPage
	Phone  string // as typed
	Masked string // the number that is confirmed already
}

// phone asks for the number under which the application will stand on the portal.
func (k *Kiosk) phone(c *fiber.Ctx) error {
	app, gone, err := k.draft(c, stepPhone)
	if gone || err != nil {
		return err
	}
	pg := phonePage{stepPage: k.stepPage(c, stepPhone, app, web.Query(c).Get("return"))}
	if pg.Masked, err = k.Office.DraftPhone(c.UserContext(), app); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, phoneView(pg))
}

// sendCode sends a one-time code. Known and unknown phones get the same answer.
func (k *Kiosk) sendCode(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	app, gone, err := k.draft(c, stepPhone)
	if gone || err != nil {
		return err
	}
	challenge, err := k.Office.SendCode(c.UserContext(), form.Get("phone"), "kiosk", string(v.Printer.Lang()), v.Peer)
	if faults := office.FaultsOf(err); len(faults) > 0 {
		pg := phonePage{stepPage: k.stepPage(c, stepPhone, app, form.Get("return")), Phone: form.Get("phone")}
		pg.wrong(faults)
		return web.Render(c, fiber.StatusUnprocessableEntity, phoneView(pg))
	}
	if err != nil {
		return err
	}
	web.SetCookie(c, challengeCookie, challenge, access.CodeLifetime)
	return web.SeeOther(c, "/kiosk/apply/code")
}

func (k *Kiosk) code(c *fiber.Ctx) error {
	app, gone, err := k.draft(c, stepPhone)
	if gone || err != nil {
		return err
	}
	if web.Cookie(c, challengeCookie) == "" {
		return web.SeeOther(c, address(stepPhone))
	}
	return web.Render(c, fiber.StatusOK, codeView(k.codePage(c, app)))
}

func (k *Kiosk) codePage(c *fiber.Ctx, app office.PreApplication) stepPage {
	pg := k.stepPage(c, stepPhone, app, "")
	pg.Before = address(stepPhone)
	return pg
}

// enterCode binds the phone to the draft.
func (k *Kiosk) enterCode(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	app, gone, err := k.draft(c, stepPhone)
	if gone || err != nil {
		return err
	}
	challenge := web.Cookie(c, challengeCookie)
	if challenge == "" && app.Draft.Account != "" { // the second of two taps
		return web.SeeOther(c, address(permit.StepCheck))
	}
	_, err = k.Office.ConfirmPhone(c.UserContext(), v.Actor, challenge, form.Get("code"), string(v.Printer.Lang()))
	if faults := office.FaultsOf(err); len(faults) > 0 {
		pg := k.codePage(c, app)
		pg.wrong(faults)
		return web.Render(c, fiber.StatusUnprocessableEntity, codeView(pg))
	}
	if err != nil {
		return lostDraft(c, err)
	}
	web.DropCookie(c, challengeCookie)
	return web.SeeOther(c, address(permit.StepCheck))
}

// sendAgain is the button that leads back to the number.
func sendAgain(pg stepPage) parts.Button {
	return parts.Button{Label: pg.Visit.Printer.Say("kiosk.code.again"), Href: address(stepPhone)}
}
