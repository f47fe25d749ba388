package portal

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/parts"
	"anju/server/web"
)

// challengeCookie binds a one-time code to the browser that asked for it.
const challengeCookie = "anju_challenge"

// signInPage asks for the phone number.
type signInPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Phone  string
	Next   string
	Errors parts.Errors
}

// codePage asks for the code that was sent.
type codePage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Next   string
	Errors parts.Errors
}

// signedOut is what happens at a page that needs a citizen when nobody is signed in. What was being sent is kept for the person whose
// session has ended, so that nothing typed is lost.
func (s *Portal) signedOut(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	next := v.Path
	if c.Method() == fiber.MethodPost {
		if v.Lapsed != nil {
			if form, err := web.ReadForm(c); err == nil {
				if err := s.office.Park(c.UserContext(), v.Lapsed.Subject, c.Path(), form.Values()); err != nil {
					return err
				}
			}
		}
		next = c.Path()
		if next == "/apply/submission" {
			next = "/apply/check"
		}
		web.SetFlash(c, "signed_out_kept")
	}
	return web.SeeOther(c, "/sign-in?next="+url.QueryEscape(next))
}

func (s *Portal) signIn(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	next := web.NextPath(c.Query("next"), "/account")
	if v.Session != nil {
		return web.SeeOther(c, next)
	}
	return web.Render(c, fiber.StatusOK, signInView(s.signInPage(v, "", next, nil)))
}

func (s *Portal) signInPage(v *web.Visit, phone, next string, errors parts.Errors) signInPage {
	f := frame(v, v.Printer.Say("portal.sign_in.title"))
	f.HasErrors = len(errors) > 0
	f.Account = nil
	return signInPage{Frame: f, Visit: v, Phone: phone, Next: next, Errors: errors}
}

// sendCode sends a one-time code. Known and unknown phones get the same answer.
func (s *Portal) sendCode(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	next := web.NextPath(form.Get("next"), "/account")
	challenge, err := s.office.SendCode(c.UserContext(), form.Get("phone"), "sign-in", string(v.Printer.Lang()), v.Peer)
	if err != nil {
		errors, err := faultsOf(v.Printer, err)
		if err != nil {
			return err
		}
		return web.Render(c, fiber.StatusUnprocessableEntity, signInView(s.signInPage(v, form.Get("phone"), next, errors)))
	}
	web.SetCookie(c, challengeCookie, challenge, access.CodeLifetime)
	return web.SeeOther(c, "/sign-in/code?next="+url.QueryEscape(next))
}

func (s *Portal) code(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	return web.Render(c, fiber.StatusOK, codeView(s.codePage(v, web.NextPath(c.Query("next"), "/account"), nil)))
}

func (s *Portal) codePage(v *web.Visit, next string, errors parts.Errors) codePage {
	f := frame(v, v.Printer.Say("portal.code.title"))
	f.HasErrors = len(errors) > 0
	f.Account = nil
	f.Back = &parts.Link{Label: v.Printer.Say("portal.back"), Href: "/sign-in?next=" + url.QueryEscape(next)}
	return codePage{Frame: f, Visit: v, Next: next, Errors: errors}
}

// enterCode signs in. The session is new, whatever the browser held before.
func (s *Portal) enterCode(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	next := web.NextPath(form.Get("next"), "/account")
	if v.Session != nil { // the second of two taps
		return web.SeeOther(c, next)
	}
	token, err := s.office.SignIn(c.UserContext(), v.Actor, web.Cookie(c, challengeCookie), form.Get("code"), string(v.Printer.Lang()), v.Lapsed)
	if err != nil {
		errors, err := faultsOf(v.Printer, err)
		if err != nil {
			return err
		}
		return web.Render(c, fiber.StatusUnprocessableEntity, codeView(s.codePage(v, next, errors)))
	}
	web.SetCookie(c, challengeCookie, "", 0)
	web.SignIn(c, access.Citizen, token)
	return web.SeeOther(c, next)
}

func (s *Portal) signOut(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	if err := s.office.SignOut(c.UserContext(), v.Actor, *v.Session); err != nil {
		return err
	}
	web.SignOut(c, access.Citizen)
	web.SetFlash(c, "signed_out")
	return web.SeeOther(c, "/")
}
