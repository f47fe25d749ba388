package console

import (
	"net/url"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// signInPage asks for login, password and, outside the demo, the one-time password.
type signInPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Login  string
	Next   string
	Errors parts.Errors
}

// signedOut is what happens at a page that needs staff when nobody is signed in. What was being decided is kept for the officer whose
// session has ended, so that nothing typed is lost.
func (s *Console) signedOut(c *fiber.Ctx) error {
	v, next := web.VisitOf(c), "/console"
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		next = web.NextPath(v.Path, next)
	} else if page, resource := decidedOn(c); page != "" {
		next = page
		if form, err := web.ReadForm(c); err == nil && v.Lapsed != nil {
			if err := s.office.Park(c.UserContext(), v.Lapsed.Subject, next+"/"+resource, form.Values()); err != nil {
				return err
			}
		}
		web.SetFlash(c, "not_saved")
	}
	return web.SeeOther(c, "/console/sign-in?next="+url.QueryEscape(next))
}

// decidedOn is the page of the case, permit or report that a form was about, and the resource below it; "" when the address names none.
func decidedOn(c *fiber.Ctx) (page, resource string) {
	if reference, ok := permit.ParseReference(c.Params("reference")); ok {
		return casePath(reference), path.Base(c.Path())
	}
	if number, ok := permit.ParseNumber(c.Params("number")); ok {
		return permitPath(number), strings.TrimPrefix(c.Path(), permitPath(c.Params("number"))+"/")
	}
	if page := path.Dir(c.Path()); page == refusalPath(c.Params("id")) {
		return web.NextPath(page, ""), path.Base(c.Path())
	}
	return "", ""
}

func (s *Console) signIn(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	next := web.NextPath(web.Query(c).Get("next"), "/console")
	if v.Session != nil {
		return web.SeeOther(c, next)
	}
	return web.Render(c, fiber.StatusOK, signInView(s.signInPage(v, "", next, nil)))
}

func (s *Console) signInPage(v *web.Visit, login, next string, errors parts.Errors) signInPage {
	f := frame(v, v.Printer.Say("console.sign_in.title"))
	f.HasErrors, f.Path = len(errors) > 0, "/console/sign-in?next="+url.QueryEscape(next)
	if f.Flash != nil {
		f.Flash.Tone = parts.Info
	}
	return signInPage{Frame: f, Visit: v, Login: login, Next: next, Errors: errors}
}

// enter signs in. Which of the three was wrong is not said.
func (s *Console) enter(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	next := web.NextPath(form.Get("next"), "/console")
	if v.Session != nil { // the second of two taps
		return web.SeeOther(c, next)
	}
	login := strings.TrimSpace(form.Get("login"))
	token, err := s.office.SignInStaff(c.UserContext(), v.Actor, login, form.Get("password"), strings.TrimSpace(form.Get("code")), v.Peer)
	if err != nil {
		faults := office.FaultsOf(err)
		if len(faults) == 0 {
			return err
		}
		s.log.Warn("staff sign-in refused", "id", v.ID)
		return web.Render(c, fiber.StatusUnprocessableEntity, signInView(s.signInPage(v, login, next, errorsOf(v.Printer, faults))))
	}
	web.SignIn(c, access.Staff, token)
	return web.SeeOther(c, next)
}

func (s *Console) signOut(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	if err := s.office.SignOut(c.UserContext(), v.Actor, *v.Session); err != nil {
		return err
	}
	web.SignOut(c, access.Staff)
	web.SetFlash(c, "signed_out")
	return web.SeeOther(c, "/console") // and from there to the sign-in
}
