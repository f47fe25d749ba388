package portal

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/web"
)

// challengeCookie binds a one-time code to the browser that asked for it.
const challengeCookie = "challenge"

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
		next = pageOf(c.Path())
		kept, err := s.park(c, v)
		if err != nil {
			return err
		}
		if kept {
			web.SetFlash(c, "signed_out_kept")
		} else {
			web.SetFlash(c, "signed_out_again")
		}
	}
	return web.SeeOther(c, signInPath(next))
}

// signInPath is the sign-in page that goes on to a page of this site.
func signInPath(next string) string { return "/sign-in?next=" + url.QueryEscape(next) }

// park keeps the answers of a step for the person whose session has ended. Nobody else's are kept, nor a file, which is chosen again.
func (s *Portal) park(c *fiber.Ctx, v *web.Visit) (kept bool, err error) {
	isStep := slices.ContainsFunc(steps, func(st step) bool { return c.Path() == "/apply/"+string(st.step) })
	if v.Lapsed == nil || !isStep {
		return false, nil
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return false, err
	}
	return true, s.office.Park(c.UserContext(), v.Lapsed.Subject, c.Path(), form.Values())
}

// pageOf is the page that holds the form which is sent to a path.
func pageOf(path string) string {
	switch {
	case path == "/sign-out":
		return "/account"
	case path == "/apply/submission":
		return "/apply/check"
	case path == "/permit/loss-report/withdrawal":
		return "/permit/loss-report"
	case strings.HasPrefix(path, "/apply/evidence/"):
		return "/apply/evidence"
	}
	return path
}

func (s *Portal) signIn(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	next := web.NextPath(c.Query("next"), "/account")
	if v.Session != nil {
		return web.SeeOther(c, next)
	}
	return web.Render(c, fiber.StatusOK, signInView(s.signInPage(v, "", next, nil)))
}

func (s *Portal) signInPage(v *web.Visit, phone, next string, list parts.Errors) signInPage {
	f := frame(v, v.Printer.Say("portal.sign_in.title"))
	f.HasErrors = len(list) > 0
	f.Account = nil
	return signInPage{Frame: f, Visit: v, Phone: phone, Next: next, Errors: list}
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
		status := fiber.StatusUnprocessableEntity
		list, unknown := faultsOf(v.Printer, err)
		if errors.Is(err, &office.Error{What: office.Throttled}) {
			list, unknown = parts.Errors{{Field: "phone", Message: v.Printer.Say("portal.sign_in.throttled")}}, nil
			status = fiber.StatusTooManyRequests
		}
		if unknown != nil {
			return unknown
		}
		return web.Render(c, status, signInView(s.signInPage(v, form.Get("phone"), next, list)))
	}
	web.SetCookie(c, challengeCookie, challenge, access.CodeLifetime)
	return web.SeeOther(c, "/sign-in/code?next="+url.QueryEscape(next))
}

func (s *Portal) code(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	next := web.NextPath(c.Query("next"), "/account")
	switch {
	case v.Session != nil:
		return web.SeeOther(c, next)
	case web.Cookie(c, challengeCookie) == "": // no code is under way for this browser
		return web.SeeOther(c, signInPath(next))
	}
	return web.Render(c, fiber.StatusOK, codeView(s.codePage(v, next, nil)))
}

func (s *Portal) codePage(v *web.Visit, next string, list parts.Errors) codePage {
	f := frame(v, v.Printer.Say("portal.code.title"))
	f.HasErrors = len(list) > 0
	f.Account = nil
	f.Back = &parts.Link{Label: v.Printer.Say("portal.back"), Href: signInPath(next)}
	return codePage{Frame: f, Visit: v, Next: next, Errors: list}
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
		list, err := faultsOf(v.Printer, err)
		if err != nil {
			return err
		}
		return web.Render(c, fiber.StatusUnprocessableEntity, codeView(s.codePage(v, next, list)))
	}
	web.DropCookie(c, challengeCookie)
	web.SignIn(c, access.Citizen, token)
	return web.SeeOther(c, next)
}

func (s *Portal) signOut(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	if err := s.office.SignOut(c.UserContext(), v.Actor, *v.Session); err != nil {
		return err
	}
	web.SignOut(c, access.Citizen)
	web.DropCookie(c, sentCookie) // the next person at this browser sees no reference
	web.SetFlash(c, "signed_out")
	return web.SeeOther(c, "/")
}
