package kiosk

import (
	"encoding/base64"
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/kiosk/device"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// identityStep asks who applies: read from the card, or typed. What is typed is no longer what the device has read.
var identityStep = step{
	step: permit.StepIdentity,
	answer: func(f web.Form, d *permit.Draft) {
		d.Name, d.IDNumber, d.EthnicGroup, d.ReadByDevice = f.Get("name"), f.Get("id_number"), f.Get("ethnic_group"), ""
	},
	view: func(pg stepPage) parts.Component { return identityView(pg) },
}

// nonce hands out the nonce of one card read.
func (k *Kiosk) nonce(c *fiber.Ctx) error {
	nonce, err := k.Office.AskCard(c.UserContext(), web.VisitOf(c).Actor)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"nonce": base64.RawURLEncoding.EncodeToString(nonce)})
}

// card takes a read that the agent has signed. The page in between is not believed: device, signature, nonce and age are checked here,
// and the nonce is struck out before that, so that no read comes twice.
func (k *Kiosk) card(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	app, gone, err := k.draft(c, permit.StepIdentity)
	if gone || err != nil {
		return err
	}
	read, problem, err := k.openRead(c, form)
	if err != nil {
		return err
	}
	if problem != "" {
		return k.cardRefused(c, app, form, problem)
	}
	app, faults, err := k.Office.SaveStep(c.UserContext(), v.Actor, permit.StepIdentity, func(d *permit.Draft) {
		d.Name, d.IDNumber, d.EthnicGroup, d.ReadByDevice = read.Card.Name, read.Card.Number, read.Card.Ethnic, read.Device
	})
	if err != nil {
		return lostDraft(c, err)
	}
	if len(faults) > 0 { // a rare character that the chip writes in its own way, an ethnic group without a code: to be completed by hand
		app.Draft.ReadByDevice = ""
		return k.again(c, identityStep, app, form, faults)
	}
	return web.SeeOther(c, address(permit.StepIdentity))
}

// openRead opens a signed read. problem names the sentence to show when it is not taken.
func (k *Kiosk) openRead(c *fiber.Ctx, form web.Form) (read device.Read, problem string, err error) {
	nonce, bad := base64.RawURLEncoding.DecodeString(form.Get("nonce"))
	if bad != nil {
		return read, "untrusted", nil
	}
	err = k.Office.TakeCard(c.UserContext(), web.VisitOf(c).Actor, nonce)
	if errors.Is(err, &office.Error{What: office.Denied, Why: "card_nonce"}) {
		return read, "untrusted", nil
	}
	if err != nil {
		return read, "", err
	}
	read, err = device.OpenRead(form.Get("read"), k.Keys, nonce, k.Office.Clock.Now())
	fault := new(device.Fault)
	switch {
	case errors.As(err, &fault):
		k.Log.Warn("card read refused", "code", string(fault.Code), "request", web.VisitOf(c).ID)
		return read, "untrusted", nil
	case err != nil:
		return read, "", err
	case read.Card.Kind == device.HKMT:
		return read, "hkmt", nil
	case read.Card.Kind != device.Resident:
		return read, "foreigner", nil
	}
	return read, "", nil
}

// cardRefused shows the identity page with why the card was not taken.
func (k *Kiosk) cardRefused(c *fiber.Ctx, app office.PreApplication, form web.Form, problem string) error {
	pg := k.stepPage(c, permit.StepIdentity, app, form.Get("return"))
	pg.Frame.Path = address(permit.StepIdentity)
	pg.Errors = parts.Errors{{Field: "card", Message: pg.Visit.Printer.Say("kiosk.card." + problem)}}
	pg.Frame.HasErrors = true
	return web.Render(c, fiber.StatusUnprocessableEntity, identityView(pg))
}

// cardReading is where a card that was read is sent. Typed: what the card says could be typed instead.
type cardReading struct {
	Agent, Action, Nonces string
	Emulated, Typed       bool
	Hidden                []parts.Hidden
}

// say is what a person is told when a card was not taken. Where nothing can be typed instead, nobody is sent to do so.
func (v cardReading) say(p text.Printer, code string) string {
	if !v.Typed && text.Has("life.card."+code) {
		return p.Say("life.card." + code)
	}
	return p.Say("kiosk.card." + code)
}

// cardCodes are the answers of the agent that a person can do something about; any other is said as the last.
var cardCodes = []device.Code{device.CardNone, device.CardRemove, device.CardRead, device.CardKind, device.ReaderBusy, device.ReaderOff}
