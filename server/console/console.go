// Package console is the staff's counter: a queue, a case, a decision. Its site map is Routes; one page is <page>.go, <page>.templ and
// <page>_test.go.
package console

import (
	"crypto/cipher"
	"log/slog"
	"strings"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// Console holds what its pages need.
type Console struct {
	office *office.Office
	log    *slog.Logger
	terms  cipher.AEAD // seals what is searched for in addresses
}

// New returns the console of an office.
func New(o *office.Office, log *slog.Logger) *Console {
	return &Console{office: o, log: log, terms: termCipher(o.CodeKey)}
}

// caseRoles see cases of their stations. Auditors and administrators see none (contracts, section 5).
var caseRoles = []access.Role{access.Assistant, access.Acceptor, access.Reviewer, access.Issuer, access.Supervisor}

// Routes is the site map.
func (s *Console) Routes(r *web.Counter) {
	staff := func(roles ...access.Role) web.Guard {
		g := web.Staff(roles...)
		g.Missing = s.signedOut
		return g
	}
	cases, catalogue := staff(caseRoles...), staff(catalogueRoles...)
	writers, publisher := staff(access.Editor, access.Publisher), staff(access.Publisher)

	r.Get("/console/sign-in", web.Public, s.signIn)
	r.Post("/console/sign-in", web.Public, s.enter)
	r.Post("/console/sign-out", staff(), s.signOut)

	r.Get("/console/sessions", staff(), s.sessions)
	r.Post("/console/sessions/end", staff(), s.endSessions)

	r.Get("/console", staff(), s.queue)
	r.Get("/console/export", cases, s.exportQueue)
	r.Get("/console/export/refusals", staff(refusalRoles...), s.exportRefusals)
	r.Post("/console/search", cases, s.search)
	r.Get("/console/cases/:reference", cases, s.caseFile)
	r.Get("/console/cases/:reference/slip", cases, s.slip)
	r.Get("/console/cases/:reference/handover", cases, s.handover)
	r.Get("/console/cases/:reference/handover/signature", cases, s.signature)
	r.Get("/console/cases/:reference/evidence/:id", cases, s.evidence)
	r.Get("/console/cases/:reference/evidence/:id/view", cases, s.viewEvidence)
	r.Get("/console/persons/:id", cases, s.person)
	r.Post("/console/persons/:id/corrections", staff(correctionRoles...), s.proposeCorrection)
	r.Get("/console/corrections", staff(correctionRoles...), s.corrections)
	r.Post("/console/corrections/:id/confirmation", staff(correctionRoles...), s.decideCorrection(true))
	r.Post("/console/corrections/:id/rejection", staff(correctionRoles...), s.decideCorrection(false))
	r.Get("/console/help", staff(), s.help)

	r.Post("/console/cases/:reference/acceptance", staff(access.Acceptor), s.decide(acceptance))
	r.Post("/console/cases/:reference/declination", staff(access.Acceptor), s.decide(declination))
	r.Get("/console/cases/:reference/notice", staff(access.Acceptor, access.Reviewer), s.notice)
	r.Post("/console/cases/:reference/notice", staff(access.Acceptor, access.Reviewer), s.giveNotice)
	r.Get("/console/cases/:reference/notice/print", cases, s.printNotice)
	r.Post("/console/cases/:reference/notice-allowance", staff(access.Supervisor), s.decide(noticeAllowance))
	r.Post("/console/cases/:reference/supplement", staff(access.Acceptor, access.Reviewer), s.decide(windowSupplement))
	r.Post("/console/cases/:reference/pause", staff(access.Reviewer), s.decide(pausing))
	r.Post("/console/cases/:reference/resumption", staff(access.Reviewer), s.decide(resumption))
	r.Post("/console/cases/:reference/extension-request", staff(access.Reviewer), s.decide(extensionRequest))
	r.Post("/console/cases/:reference/extension", staff(access.Supervisor), s.decide(extension))
	r.Post("/console/cases/:reference/extension-denial", staff(access.Supervisor), s.decide(extensionDenial))
	r.Post("/console/cases/:reference/grant", staff(access.Reviewer), s.decide(grant))
	r.Post("/console/cases/:reference/refusal", staff(access.Reviewer), s.decide(refusal))
	r.Post("/console/cases/:reference/production", staff(access.Issuer), s.decide(production))
	r.Post("/console/cases/:reference/issue", staff(access.Issuer), s.decide(issue))
	r.Post("/console/cases/:reference/payment", staff(feeRoles...), s.pay)
	r.Post("/console/cases/:reference/refund", staff(feeRoles...), s.refund)
	r.Get("/console/cases/:reference/receipt", cases, s.receipt)

	appointments, hours := staff(office.AppointmentRoles()...), staff(office.HoursRoles()...)
	r.Get("/console/appointments", appointments, s.appointments)
	r.Post("/console/appointments", appointments, s.book)
	r.Get("/console/appointments/new", appointments, s.newAppointment)
	r.Get("/console/appointments/export", appointments, s.exportAppointments)
	r.Get("/console/appointments/hours", hours, s.hours)
	r.Post("/console/appointments/hours", hours, s.setHours)
	r.Post("/console/appointments/exceptions", hours, s.setException)
	r.Get("/console/appointments/:reference", appointments, s.appointment)
	r.Post("/console/appointments/:reference/time", appointments, s.moveAppointment)
	r.Post("/console/appointments/:reference/cancellation", appointments, s.note("appointment_cancelled", (*office.Office).CallOff))
	r.Post("/console/appointments/:reference/arrival", appointments, s.note("appointment_arrived", (*office.Office).Arrive))
	r.Post("/console/appointments/:reference/service", appointments, s.note("appointment_served", (*office.Office).Serve))
	r.Post("/console/appointments/:reference/absence", appointments, s.note("appointment_missed", (*office.Office).Miss))

	r.Get("/console/permits/:number", staff(permitRoles...), s.permit)
	for _, d := range deeds() {
		r.Post("/console/permits/:number/"+d.resource, staff(d.roles...), s.act(d))
	}
	for _, b := range businesses {
		r.Get("/console/permits/:number/"+b.resource, staff(access.Acceptor), s.business(b))
		r.Post("/console/permits/:number/"+b.resource, staff(access.Acceptor), s.sendBusiness(b))
	}

	r.Get("/console/registrations", staff(registrationRoles...), s.registrations)
	r.Post("/console/registrations/search", staff(registrationRoles...), s.searchRegistrations)
	r.Get("/console/registrations/new", staff(registrars...), s.registering)
	r.Post("/console/registrations", staff(registrars...), s.registerResidence)
	r.Get("/console/registrations/import", staff(access.Supervisor), s.imports)
	r.Upload("/console/registrations/import", staff(access.Supervisor), office.MaxImportBytes, s.importRegistrations)
	r.Get("/console/registrations/:number", staff(registrationRoles...), s.registration)
	r.Get("/console/registrations/:number/receipt", staff(registrationRoles...), s.registrationReceipt)
	for _, act := range registrationActs() {
		r.Post("/console/registrations/:number/"+act.resource, staff(act.roles...), s.actOnRegistration(act))
	}

	r.Get("/console/export/ratings", staff(access.Supervisor), s.exportRatings)
	r.Get("/console/ratings", staff(access.Supervisor), s.ratings)
	r.Get("/console/ratings/:id", staff(access.Supervisor), s.rating)
	r.Post("/console/ratings/:id/answer", staff(access.Supervisor), s.answerRating)

	r.Get("/console/refusals", staff(refusalRoles...), s.refusals)
	r.Get("/console/refusals/:id", staff(refusalRoles...), s.refusalFile)
	r.Post("/console/refusals/:id/answer", staff(refusalRoles...), s.answerRefusal)
	r.Post("/console/refusals/:id/department", staff(access.Supervisor), s.assignRefusal)

	r.Get("/console/catalogue", catalogue, s.catalogue)
	r.Post("/console/catalogue/releases", publisher, s.release)
	r.Get("/console/catalogue/releases/:government/:number", catalogue, s.releaseFile)
	r.Post("/console/catalogue/releases/:government/:number/report", publisher, s.report)
	r.Get("/console/catalogue/:service", catalogue, s.entry)
	r.Post("/console/catalogue/:service", writers, s.writeEntry(entrySave))
	r.Post("/console/catalogue/:service/hand-over", writers, s.writeEntry(entryHandOver))
	r.Post("/console/catalogue/:service/withdrawal", writers, s.writeEntry(entryWithdraw))
	r.Post("/console/catalogue/:service/return", publisher, s.writeEntry(entryReturn))
	r.Get("/console/register", catalogue, s.register)
	r.Upload("/console/register", writers, office.MaxEvidenceBytes, s.fileDocument)

	r.Get("/console/production", staff(productionRoles...), s.production)
	r.Post("/console/production", staff(productionRoles...), s.makeBatch)
	r.Get("/console/production/:station/:batch", staff(productionRoles...), s.batch)
	r.Post("/console/production/:station/:batch", staff(productionRoles...), s.markBatch)
	r.Get("/console/production/:station/:batch/print", staff(productionRoles...), s.printBatch)
	r.Get("/console/production/:station/:batch/export", staff(productionRoles...), s.exportBatch)

	r.Get("/console/cards", staff(cardRoles...), s.cards)
	r.Post("/console/cards", staff(cardRoles...), s.moveCards)

	r.Get("/console/objections", staff(objectionRoles...), s.objections)
	r.Get("/console/objections/:id", staff(objectionRoles...), s.objection)
	r.Post("/console/objections/:id", staff(objectionRoles...), s.answerObjection)

	keeper := staff(access.Administrator)
	r.Get("/console/partners", keeper, s.partners)
	r.Post("/console/partners", keeper, s.addPartner)
	r.Get("/console/partners/:partner", keeper, s.partner)
	r.Get("/console/partners/:partner/scope", keeper, s.partnerScope)
	r.Post("/console/partners/:partner/scope", keeper, s.allowPartner)
	r.Post("/console/partners/:partner/scope/withdrawal", keeper, s.withdrawScope)
	r.Post("/console/partners/:partner/keys", keeper, s.makePartnerKey)
	r.Post("/console/partners/:partner/keys/:key/revocation", keeper, s.revokePartnerKey)

	r.Get("/console/statistics", staff(statisticsRoles...), s.statistics)
	r.Get("/console/statistics/monthly", staff(monthlyRoles...), s.monthly)
	r.Get("/console/statistics/monthly/:month", staff(monthlyRoles...), s.monthlyReport)
	r.Get("/console/statistics/monthly/:month/export", staff(monthlyRoles...), s.exportMonthly)
	r.Post("/console/statistics/monthly/:month/closing", staff(access.Supervisor), s.closeMonth)
	r.Get("/console/statistics/:plot", staff(statisticsRoles...), s.plot)

	r.Get("/console/calendar", staff(access.Administrator), s.calendar)
	r.Get("/console/calendar/:year", staff(access.Administrator), s.calendarYear)
	r.Post("/console/calendar/:year", staff(access.Administrator), s.setCalendarYear)
}

// frame starts the frame of a page. Titles hold no personal data: they end in the browser's history.
func frame(v *web.Visit, title string) parts.FrameView {
	p := v.Printer
	f := parts.FrameView{Variant: parts.ConsoleFrame, Title: title, Path: v.Path, Demo: v.Demo}
	if v.Session != nil {
		f.Nav, f.Help, f.Scripts = nav(v), "/console/help", []string{"js/keys.js"}
		f.SignedIn = &parts.SignedIn{Name: v.Actor.Name, Href: "/console/sessions", Detail: roleNames(p, v.Actor), SignOut: "/console/sign-out"}
	}
	if key := "console.flash." + v.Flash; v.Flash != "" && text.Has(key) {
		f.Flash = &parts.NoticeView{Tone: parts.Good, Text: p.Say(key), Live: true}
	}
	return f
}

// sections are the parts of the console, in the order of the head.
var sections = []section{
	{"console.queue.title", "/console", caseRoles, nil},
	{"console.registrations.title", "/console/registrations", registrationRoles, nil},
	{"console.appointments.title", "/console/appointments", office.AppointmentRoles(), nil},
	{"console.catalogue.title", "/console/catalogue", catalogueRoles, nil},
	{"console.register.title", "/console/register", catalogueRoles, nil},
	{"console.refusals.title", "/console/refusals", refusalRoles, office.SeesRefusals},
	{"production.title", "/console/production", productionRoles, nil},
	{"console.ratings.title", "/console/ratings", []access.Role{access.Supervisor}, nil},
	{"correction.title", "/console/corrections", correctionRoles, nil},
	{"console.cards.title", "/console/cards", cardRoles, nil},
	{"console.statistics.title", "/console/statistics", statisticsRoles, nil},
	{"monthly.title", "/console/statistics/monthly", monthlyRoles, func(a access.Actor) bool { return !a.Holds(statisticsRoles...) }}, // a supervisor finds it among the statistics
	{"console.objections.title", "/console/objections", objectionRoles, nil},
	{"console.partners.title", "/console/partners", []access.Role{access.Administrator}, nil},
	{"console.calendar.title", "/console/calendar", []access.Role{access.Administrator}, nil},
	{"console.hours.title", "/console/appointments/hours", []access.Role{access.Administrator}, nil},
}

// section is one of them. Whoever holds one of the roles finds it there, as long as further, where the role alone does not tell, agrees.
type section struct {
	text, path string // of the label, and where it begins
	roles      []access.Role
	further    func(access.Actor) bool
}

func (s section) open(a access.Actor) bool {
	return a.Holds(s.roles...) && (s.further == nil || s.further(a))
}

// links lead to the sections that are open to somebody.
func links(v *web.Visit) []parts.Link {
	var list []parts.Link
	for _, s := range sections {
		if s.open(v.Actor) {
			list = append(list, parts.Link{Label: v.Printer.Say(s.text), Href: s.path})
		}
	}
	return list
}

// nav leads to the sections that are open to the visitor. With one alone there is nothing to choose.
func nav(v *web.Visit) []parts.NavItem {
	path, _, _ := strings.Cut(v.Path, "?")
	var items []parts.NavItem
	for _, s := range sections {
		if !s.open(v.Actor) {
			continue
		}
		current := strings.HasPrefix(path, s.path)
		if s.path == "/console" {
			current = path == s.path || strings.HasPrefix(path, "/console/cases") || strings.HasPrefix(path, "/console/permits") || strings.HasPrefix(path, "/console/persons")
		}
		items = append(items, parts.NavItem{Label: v.Printer.Say(s.text), Href: s.path, Current: current})
	}
	if len(items) < 2 {
		return nil
	}
	return items
}

// rolesOf lists the roles of a member of staff, each once, in the order of the contracts.
func rolesOf(a access.Actor) []access.Role {
	var held []access.Role
	for _, role := range access.Roles() {
		if a.Holds(role) {
			held = append(held, role)
		}
	}
	return held
}

func roleNames(p text.Printer, a access.Actor) string {
	var names []string
	for _, role := range rolesOf(a) {
		names = append(names, p.Say("console.role."+string(role)))
	}
	return strings.Join(names, p.Pick("、", ", "))
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

// stateTag shows a state in its colour, in the words that there is room for.
func stateTag(s permit.State, words string) *parts.TagView {
	tone := parts.Info
	switch s {
	case permit.PreApplied, permit.ToSupplement:
		tone = parts.Wait
	case permit.ToCollect, permit.Issued, permit.Completed:
		tone = parts.Good
	case permit.Declined, permit.Refused:
		tone = parts.Stop
	}
	return &parts.TagView{Tone: tone, Text: words}
}

// casePath is the address of a case.
func casePath(reference string) string { return "/console/cases/" + reference }
