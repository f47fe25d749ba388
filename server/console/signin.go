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
	} else if page, kept := interrupted(c); page != "" {
		next = page
		if kept != nil && v.Lapsed != nil {
			if err := s.office.Park(c.UserContext(), v.Lapsed.Subject, kept.name, kept.form.Values()); err != nil {
				return err
			}
		}
		web.SetFlash(c, "not_saved")
	}
	return web.SeeOther(c, "/console/sign-in?next="+url.QueryEscape(next))
}

// keptForm is a form that was sent too late, under the name by which its page finds it again.
type keptForm struct {
	name string
	form web.Form
}

// interrupted is the page on which a form stood that was sent too late, and the form, when it is worth keeping: a decision on a case
// or a permit, the answer to a report, the texts of an entry. Nothing for a form that changes nothing.
func interrupted(c *fiber.Ctx) (page string, kept *keptForm) {
	reference, isCase := permit.ParseReference(c.Params("reference"))
	number, isPermit := permit.ParseNumber(c.Params("number"))
	form, err := web.ReadForm(c)
	switch service := c.Params("service"); {
	case path.Dir(c.Path()) == refusalPath(c.Params("id")):
		page = web.NextPath(path.Dir(c.Path()), "")
		kept = &keptForm{page + "/" + path.Base(c.Path()), form}
	case isPermit:
		page = permitPath(number)
		kept = &keptForm{page + "/" + strings.TrimPrefix(c.Path(), permitPath(c.Params("number"))+"/"), form}
	case isCase:
		page = casePath(reference)
		if path.Base(c.Path()) != issue.resource { // nobody's signature is kept for another moment
			kept = &keptForm{page + "/" + path.Base(c.Path()), form}
		}
	case service != "":
		page = web.NextPath(entryPath(form.Get("government"), service, form.Get("department")), "/console/catalogue")
		if form.Has("scope_zh") {
			kept = &keptForm{page, form}
		}
	case strings.HasPrefix(c.Path(), "/console/persons/"):
		page = web.NextPath(path.Dir(c.Path()), "/console")
	case strings.HasPrefix(c.Path(), "/console/corrections"):
		page = "/console/corrections"
	case strings.HasPrefix(c.Path(), "/console/production"):
		page = web.NextPath(c.Path(), "/console/production")
	case strings.HasPrefix(c.Path(), "/console/catalogue"):
		page = "/console/catalogue"
	case strings.HasPrefix(c.Path(), "/console/register"):
		page = "/console/register"
	}
	if err != nil {
		kept = nil
	}
	return page, kept
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
