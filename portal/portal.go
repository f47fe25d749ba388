// Package portal is the citizen's counter: a phone or a computer of one's own. Its site map is Routes; one page is <page>.go, <page>.templ
// and <page>_test.go.
package portal

import (
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// Portal holds what its pages need.
type Portal struct {
	office *office.Office
	log    *slog.Logger
	words  func(office.Message) string // of the demonstration's texts
}

// New returns the portal of an office.
func New(o *office.Office, log *slog.Logger) *Portal { return &Portal{office: o, log: log} }

// Routes is the site map.
func (s *Portal) Routes(r *web.Counter) {
	citizen := web.Citizen(s.signedOut)

	r.Get("/", web.Public, s.home)
	r.Get("/help", web.Public, s.help)
	r.Get("/privacy", web.Public, s.privacy)
	r.Get("/privacy/children", web.Public, s.childRules)
	r.Get("/eligibility", web.Public, s.eligibility)
	r.Get("/entitlements", web.Public, s.entitlements)
	r.Get("/entitlements/receipt", web.Public, s.entitlementsReceipt)
	r.Get("/comparison", web.Public, s.comparison)
	r.Get("/services", web.Public, s.services)
	r.Get("/services/:id", web.Public, s.service)
	r.Get("/catalogue", web.Public, s.catalogue)
	r.Get("/catalogue/:government", web.Public, s.releases)
	r.Get("/catalogue/:government/services/:service", web.Public, s.addedTo)
	r.Get("/catalogue/:government/:number", web.Public, s.version)
	r.Get("/catalogue/:government/:number/changes", web.Public, s.changes)
	r.Get("/register", web.Public, s.register)
	r.Get("/register/:id/file", web.Public, s.document)
	r.Get("/statistics", web.Public, s.statistics)
	r.Get("/track", web.Public, s.track)
	r.Post("/track", web.Public, s.tracked)

	r.Get("/refusals", web.Public, s.refusals)
	r.Post("/refusals", web.Public, s.reportRefusal)
	r.Get("/refusals/sent", web.Public, s.sentRefusal)
	r.Post("/refusals/answer", web.Public, s.lookUpRefusal)
	r.Get("/account/refusals/:id", citizen, s.ownRefusal)

	r.Get("/verify", web.Public, s.verify)
	r.Post("/verify", web.Public, s.verified)
	r.Upload("/verify/picture", web.Public, maxPicture, s.verifiedPicture)
	r.Get("/V", web.Public, s.opened)
	r.Get("/V/:token", web.Public, s.openedToken)

	r.Get("/sign-in", web.Public, s.signIn)
	r.Post("/sign-in", web.Public, s.sendCode)
	r.Get("/sign-in/code", web.Public, s.code)
	r.Post("/sign-in/code", web.Public, s.enterCode)
	r.Post("/sign-out", citizen, s.signOut)
	r.Get("/account", citizen, s.account)
	r.Get("/access-log", citizen, s.accessLog)
	r.Get("/my-data", citizen, s.myData)
	r.Post("/my-data/consents/:id/withdrawal", citizen, s.withdrawConsent)
	r.Get("/my-data/confirmations", citizen, s.confirmations)
	r.Get("/my-data/confirmations/:id/objection", citizen, s.objection)
	r.Post("/my-data/confirmations/:id/objection", citizen, s.object)

	r.Get("/apply", citizen, s.apply)
	r.Post("/apply", citizen, s.startApplying)
	for _, p := range steps {
		r.Get("/apply/"+string(p.step), citizen, s.showStep(p))
		r.Post("/apply/"+string(p.step), citizen, s.saveStep(p))
	}
	r.Get("/apply/evidence", citizen, s.evidence)
	r.Upload("/apply/evidence", citizen, office.MaxEvidenceBytes, s.addEvidence)
	r.Get("/apply/evidence/:id", citizen, s.showEvidence)
	r.Post("/apply/evidence/:id/removal", citizen, s.removeEvidence)
	r.Get("/apply/check", citizen, s.check)
	r.Post("/apply/submission", citizen, s.submit)

	r.Get("/applications/:reference", citizen, s.application)
	r.Get("/applications/:reference/slip", citizen, s.slip)
	r.Post("/applications/:reference/relatives", citizen, s.startRelative)
	r.Get("/applications/:reference/receipt", citizen, s.feeReceipt)
	r.Get("/applications/:reference/evidence", citizen, s.laterEvidence)
	r.Upload("/applications/:reference/evidence", citizen, office.MaxEvidenceBytes, s.addLaterEvidence)

	r.Get("/applications/:reference/supplement", citizen, s.supplement)
	r.Post("/applications/:reference/supplement", citizen, s.sendSupplement)
	r.Get("/applications/:reference/rating", citizen, s.rating(ratedApplication))
	r.Post("/applications/:reference/rating", citizen, s.rate(ratedApplication))

	r.Get("/registration", citizen, s.registrations)
	r.Get("/registration/new", citizen, s.declaration)
	r.Post("/registration", citizen, s.declare)
	r.Post("/registration/claim", citizen, s.claimRegistration)
	r.Get("/registration/:number/receipt", citizen, s.receipt)
	r.Post("/registration/:number/end", citizen, s.endRegistration)

	r.Get("/appointments", citizen, s.appointments)
	r.Get("/appointments/new", citizen, s.newAppointment)
	r.Post("/appointments", citizen, s.book)
	r.Get("/appointments/:reference", citizen, s.appointment)
	r.Get("/appointments/:reference/time", citizen, s.newTime)
	r.Post("/appointments/:reference/time", citizen, s.reschedule)
	r.Post("/appointments/:reference/cancellation", citizen, s.callOff)
	r.Get("/appointments/:reference/calendar", citizen, s.appointmentCalendar)

	r.Get("/permit", citizen, s.permit)
	r.Get("/permit/print", citizen, s.printPermit)
	r.Get("/permit/services", citizen, s.permitServices)
	r.Get("/permit/endorsement", citizen, s.endorsement)
	r.Post("/permit/endorsement", citizen, s.endorse)
	r.Get("/permit/loss-report", citizen, s.lossReport)
	r.Post("/permit/loss-report", citizen, s.reportLoss)
	r.Post("/permit/loss-report/withdrawal", citizen, s.withdrawLoss)
	r.Get("/permit/rating", citizen, s.rating(ratedEndorsement))
	r.Post("/permit/rating", citizen, s.rate(ratedEndorsement))
	for _, b := range businesses {
		r.Get(b.path, citizen, s.business(b))
		r.Post(b.path, citizen, s.startBusiness(b))
	}
}

// Demo adds the pages that only the demo has.
func (s *Portal) Demo(r *web.Counter) {
	r.Get("/parts", web.Public, s.parts)
	r.Get("/demo/messages", web.Public, s.messages)
}

// frame starts the frame of a page.
func frame(v *web.Visit, title string) parts.FrameView {
	p := v.Printer
	f := parts.FrameView{Variant: parts.PortalFrame, Title: title, Path: v.Path, Demo: v.Demo}
	if v.Session != nil {
		f.Account = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	} else {
		f.Account = &parts.Link{Label: p.Say("portal.sign_in"), Href: "/sign-in"}
	}
	if v.Flash != "" {
		f.Flash = &parts.NoticeView{Tone: parts.Info, Text: p.Say("flash." + v.Flash), Live: true}
	}
	return f
}

// errorsOf says faults in the language of the page.
func errorsOf(p text.Printer, faults permit.Faults) parts.Errors {
	var list parts.Errors
	for _, f := range faults {
		list = append(list, parts.Error{Field: f.Field, Message: p.Say("fault." + f.Code)})
	}
	return list
}

// faultsOf answers with the errors of an Invalid error, or passes any other error on to the boundary.
func faultsOf(p text.Printer, err error) (parts.Errors, error) {
	if faults := office.FaultsOf(err); len(faults) > 0 {
		return errorsOf(p, faults), nil
	}
	return nil, err
}

// cityName is the name of a city in the language of the page.
func cityName(o *office.Office, p text.Printer, jurisdiction string) string {
	if j, ok := o.Book.Jurisdiction(jurisdiction); ok {
		return p.Pick(j.Name.Zh, j.Name.En)
	}
	return jurisdiction
}

// pick chooses the language of a text that comes from data.
func pick(p text.Printer, t civic.Text) string { return p.Pick(t.Zh, t.En) }

// status is the HTTP status of a page that shows errors or not.
func status(errors parts.Errors) int {
	if len(errors) > 0 {
		return fiber.StatusUnprocessableEntity
	}
	return fiber.StatusOK
}
