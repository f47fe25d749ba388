package kiosk

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/web"
)

// jobs are what can be done at the kiosk, and the page on which each begins.
var jobs = []job{
	{"apply", "/kiosk/apply", "document"},
	{"progress", "/kiosk/progress", "search"},
	{"permit", "/kiosk/permit", "calendar"},
	{"services", "/kiosk/services", "house"},
	{"refusals", "/kiosk/refusals", "shield"},
}

type job struct{ name, first, icon string }

// startPage is the first page: which language, how large, which job. Continue leads back to a pre-application that is being filled in.
type startPage struct {
	page
	Continue string
}

func (k *Kiosk) start(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	pg := startPage{page: k.page(c, v.Printer.Say("kiosk.start.title"))}
	switch {
	case v.Session != nil:
		app, err := k.Office.Draft(c.UserContext(), v.Actor)
		if err == nil {
			pg.Continue = address(next(app))
		} else if !errors.Is(err, office.ErrNotFound) {
			return err
		}
	case untouched(c):
		pg.Wiped = neverWiped
	}
	return web.Render(c, fiber.StatusOK, startView(pg))
}

// untouched tells that nobody has chosen anything at this screen.
func untouched(c *fiber.Ctx) bool {
	for _, name := range []string{"lang", sizeCookie, themeCookie, lowCookie} {
		if web.Cookie(c, name) != "" || web.Query(c).Has(name) {
			return false
		}
	}
	return true
}

// begin starts a visit with a job. A visit that is still open here is somebody else's, or abandoned: it ends, and its draft with it.
func (k *Kiosk) begin(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if form.Get("job") != j.name {
			continue
		}
		v := web.VisitOf(c)
		for _, old := range []*access.Session{v.Session, v.Lapsed} {
			if old == nil {
				continue
			}
			if err := k.Office.EndVisit(c.UserContext(), v.Actor, *old); err != nil {
				return err
			}
		}
		token, err := k.Office.BeginVisit(c.UserContext())
		if err != nil {
			return err
		}
		web.DropCookie(c, challengeCookie)
		web.SignIn(c, access.Kiosk, token)
		return web.SeeOther(c, j.first)
	}
	return web.SeeOther(c, "/kiosk")
}

// alive is what the page sends while somebody touches the screen. The guard has noted the sign of life.
func (k *Kiosk) alive(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusNoContent) }

// end wipes everything: the visit, its draft, the cookies. It serves a visit that has run out too, and a screen on which somebody chose
// a language and went away.
func (k *Kiosk) end(c *fiber.Ctx) error { return k.over(c) }

// wordsPage is a page to read.
type wordsPage struct {
	page
	Back string
}

func (k *Kiosk) help(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, helpView(wordsPage{k.page(c, web.VisitOf(c).Printer.Say("kiosk.help.title")), "/kiosk"}))
}

func (k *Kiosk) privacy(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, privacyView(wordsPage{k.page(c, web.VisitOf(c).Printer.Say("kiosk.privacy.title")), "/kiosk"}))
}
