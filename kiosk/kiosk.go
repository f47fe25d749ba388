// Package kiosk is the counter on a public touchscreen, 1080 by 1920. Its site map is Routes; one page is <page>.go, <page>.templ and
// <page>_test.go.
//
// Whoever begins a job begins a visit: a session that knows nobody. It ends when the person says so, when nobody has touched the screen
// for 80 seconds, or by time at the server, and takes everything with it that was not sent.
package kiosk

import (
	"embed"
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"anju/assets"
	"anju/kiosk/device"
	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

//go:embed css/kiosk.css js/*.js
var files embed.FS

func init() {
	for name, file := range map[string]string{"kiosk/kiosk.css": "css/kiosk.css", "kiosk/idle.js": "js/idle.js", "kiosk/keypad.js": "js/keypad.js", "kiosk/card.js": "js/card.js"} {
		body, err := files.ReadFile(file)
		if err != nil {
			panic(err) // it is embedded
		}
		assets.Register(name, body)
	}
}

// Config is what a kiosk is made of.
type Config struct {
	Office    *office.Office
	AgentAddr string      // host and port of the agent on the kiosk machine, as its browser reaches it
	Keys      device.Keys // of the enrolled kiosks: whose card reads are believed
	Log       *slog.Logger
}

// Kiosk holds what its pages need.
type Kiosk struct{ Config }

// New returns the kiosk of an office.
func New(c Config) *Kiosk { return &Kiosk{c} }

// Routes is the site map.
func (k *Kiosk) Routes(r *web.Counter) {
	r.Connect("http://" + k.AgentAddr)
	visit := web.KioskVisit()
	visit.Missing = k.over

	r.Get("/kiosk", web.Public, k.start)
	r.Get("/kiosk/help", web.Public, k.help)
	r.Get("/kiosk/privacy", web.Public, k.privacy)
	r.Get("/kiosk/privacy/children", web.Public, k.childRules)
	r.Post("/kiosk/visits", web.Public, k.begin)
	r.Post("/kiosk/alive", visit, k.alive)
	r.Post("/kiosk/end", web.Public, k.end)

	r.Get("/kiosk/progress", visit, k.progress)
	r.Post("/kiosk/progress", visit, k.ask)
	r.Get("/kiosk/progress/case", visit, k.progressCase)
	r.Post("/kiosk/progress/rating", visit, k.rate)

	r.Get("/kiosk/entitlements", visit, k.entitlements)
	r.Get("/kiosk/entitlements/receipt", visit, k.entitlementsReceipt)

	r.Get("/kiosk/services", visit, k.cities)
	r.Get("/kiosk/services/:city", visit, k.services)
	r.Get("/kiosk/services/:city/:id", visit, k.service)

	r.Get("/kiosk/apply", visit, k.apply)
	r.Post("/kiosk/apply", visit, k.startApplying)
	r.Post("/kiosk/apply/nonces", visit, k.nonce)
	r.Post("/kiosk/apply/card", visit, k.card)
	r.Post("/kiosk/apply/agent-card", visit, k.agentCard)
	for _, s := range steps {
		r.Get(address(s.step), visit, k.showStep(s))
		r.Post(address(s.step), visit, k.saveStep(s))
	}
	r.Get("/kiosk/apply/phone", visit, k.phone)
	r.Post("/kiosk/apply/phone", visit, k.sendCode)
	r.Get("/kiosk/apply/code", visit, k.code)
	r.Post("/kiosk/apply/code", visit, k.enterCode)
	r.Get("/kiosk/apply/check", visit, k.check)
	r.Post("/kiosk/apply/submission", visit, k.submit)

	r.Get("/kiosk/refusals", visit, k.refusals)
	r.Post("/kiosk/refusals", visit, k.beginRefusal)
	for _, s := range refusalSteps {
		r.Get(refusalPath(s.name), visit, k.showRefusalStep(s))
		r.Post(refusalPath(s.name), visit, k.saveRefusalStep(s))
	}
	r.Get("/kiosk/refusals/check", visit, k.checkRefusal)
	r.Post("/kiosk/refusals/submission", visit, k.sendRefusal)
	r.Get("/kiosk/refusals/sent", visit, k.sentRefusal)
	r.Get("/kiosk/refusals/sent/print", visit, k.printRefusal)
	r.Get("/kiosk/refusals/answer", visit, k.askRefusal)
	r.Post("/kiosk/refusals/answer", visit, k.findRefusal)
	r.Get("/kiosk/refusals/answer/report", visit, k.shownRefusal)

	r.Get("/kiosk/permit", visit, k.permit)
	r.Post("/kiosk/permit/nonces", visit, k.nonce)
	r.Post("/kiosk/permit/card", visit, k.permitCard)
	r.Get("/kiosk/endorsement", visit, k.endorsement)
	r.Post("/kiosk/endorsement", visit, k.endorse)
	r.Get("/kiosk/endorsement/result", visit, k.endorsed)
	r.Get("/kiosk/endorsement/print", visit, k.printEndorsement)
	r.Get("/kiosk/loss-report", visit, k.lossReport)
	r.Post("/kiosk/loss-report", visit, k.reportLoss)
	r.Post("/kiosk/loss-report/withdrawal", visit, k.withdrawLoss)
	r.Get("/kiosk/loss-report/result", visit, k.lossReported)
	r.Get("/kiosk/loss-report/print", visit, k.printLossReport)

	r.Get("/kiosk/slip", visit, k.slip)
	r.Get("/kiosk/slip/print", visit, k.printSlip)
}

// page is what every page of the kiosk has.
type page struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Errors parts.Errors
	Wiped  wiping
}

// wiping says what the clock of a page does when nobody touches the screen.
type wiping string

const (
	neverWiped wiping = ""       // nothing is there to wipe
	wiped      wiping = "silent" // nobody's: language, size and contrast go back without a word
	warned     wiping = "warn"   // somebody's visit: a warning first
)

// The names of the cookies that keep how a person wants to read, until the visit ends.
const (
	sizeCookie  = "size"
	themeCookie = "theme"
	lowCookie   = "low"
)

// page begins a page. The title holds nothing personal: it may stay in the browser's history.
func (k *Kiosk) page(c *fiber.Ctx, title string) page {
	v := web.VisitOf(c)
	p := v.Printer
	f := parts.FrameView{Variant: parts.KioskFrame, Title: title, Path: v.Path, Demo: v.Demo, Sizes: true, Themes: true, Styles: []string{"kiosk/kiosk.css"},
		Size:  parts.Size(chosen(c, sizeCookie, "normal", string(parts.SizeLarge), string(parts.SizeHuge))),
		Theme: parts.Theme(chosen(c, themeCookie, "auto", string(parts.ThemeContrast))),
		Low:   chosen(c, lowCookie, "off", "on") == "on"}
	pg := page{Frame: f, Visit: v, Wiped: wiped}
	if v.Session != nil {
		pg.Wiped = warned
		pg.Frame.SignedIn = &parts.SignedIn{SignOut: "/kiosk/end", Label: p.Say("kiosk.end")}
	}
	return pg
}

// wrong adds what is wrong to a page.
func (pg *page) wrong(faults permit.Faults) {
	pg.Errors = errorsOf(pg.Visit.Printer, faults)
	pg.Frame.HasErrors = len(pg.Errors) > 0
}

// chosen returns how the person wants to read: asked for in this address, or before. The first value is the ordinary one and means "".
func chosen(c *fiber.Ctx, name string, values ...string) string {
	value := web.Cookie(c, name)
	asked := web.Query(c).Get(name)
	for _, known := range values {
		if asked == known && asked != value {
			web.SetCookie(c, name, asked, 0)
			value = asked
		}
	}
	for _, known := range values[1:] {
		if value == known {
			return value
		}
	}
	return ""
}

// errorsOf says faults in the language of the page.
func errorsOf(p text.Printer, faults permit.Faults) parts.Errors {
	var list parts.Errors
	for _, f := range faults {
		list = append(list, parts.Error{Field: f.Field, Message: p.Say("fault." + f.Code)})
	}
	return list
}

// pick chooses the language of a text that comes from data.
func pick(p text.Printer, t civic.Text) string { return p.Pick(t.Zh, t.En) }

// cityName is the name of a city in the language of the page.
func (k *Kiosk) cityName(p text.Printer, jurisdiction string) string {
	if j, ok := k.Office.Book.Jurisdiction(jurisdiction); ok {
		return pick(p, j.Name)
	}
	return jurisdiction
}

// over answers whoever comes without a visit, or after it: the start page, and nothing of what was there.
func (k *Kiosk) over(c *fiber.Ctx) error {
	if err := k.forget(c); err != nil {
		return err
	}
	return web.SeeOther(c, "/kiosk")
}

// forget ends the visit of this browser, if it has one, and takes back all that the browser keeps.
func (k *Kiosk) forget(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	session := v.Session
	if session == nil {
		session = v.Lapsed
	}
	if session != nil {
		if err := k.Office.EndVisit(c.UserContext(), v.Actor, *session); err != nil {
			return err
		}
	}
	web.SignOut(c, access.Kiosk)
	for _, name := range []string{challengeCookie, sizeCookie, themeCookie, lowCookie} {
		web.DropCookie(c, name)
	}
	return nil
}
