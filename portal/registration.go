package portal

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// registrationsPage is what a citizen has registered: where and since when, the receipt, and the ways on.
type registrationsPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	List     []registrationView
	Cities   []parts.ServiceCardView // to register in
	Number   string                  // as typed, of a registration made elsewhere
	IDNumber string
}

// registrationView is one registration.
type registrationView struct {
	office.RegistrationFile
	Title  string
	Rows   []parts.Row
	Why    string // it was rejected, and what the officer wrote
	Note   string
	Errors parts.Errors    // of the form that ends it
	Ended  parts.DateValue // as typed
	Open   bool            // that form is shown again
}

func (s *Portal) registrations(c *fiber.Ctx) error {
	page, err := s.registrationsPage(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, registrationsView(page))
}

func (s *Portal) registrationsPage(c *fiber.Ctx) (page registrationsPage, err error) {
	v := web.VisitOf(c)
	p := v.Printer
	page = registrationsPage{Frame: frame(v, p.Say("registration.title")), Visit: v}
	page.Frame.Path = "/registration"
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	list, err := s.office.OwnRegistrations(c.UserContext(), v.Actor)
	if err != nil {
		return page, err
	}
	for _, one := range list {
		page.List = append(page.List, s.registrationView(p, one))
	}
	page.Cities, err = s.cityCards(p, "/registration/new")
	return page, err
}

// registrationView lays out one: the name whole, because it is one's own, the number masked, because others may look on.
func (s *Portal) registrationView(p text.Printer, one office.RegistrationFile) registrationView {
	d := one.Particulars
	view := registrationView{RegistrationFile: one, Title: cityName(s.office, p, one.Jurisdiction), Ended: parts.DateValueOf(s.office.Today())}
	view.Rows = []parts.Row{
		{Key: p.Say("registration.number"), Value: one.Number}, {Key: p.Say("registration.state"), Tag: parts.RegistrationTag(p, string(one.State))},
		{Key: p.Say("field.name"), Value: d.Name, Note: civic.CitizenID(d.IDNumber).Masked()},
		{Key: p.Say("registration.address"), Value: office.AddressLine(d.Draft)},
		{Key: p.Say("registration.on"), Value: parts.Date(p, one.On)},
	}
	switch {
	case one.State == permit.RegistrationRejected:
		last := one.Events[len(one.Events)-1]
		view.Why, view.Note = p.Say("registration.reject."+last.Reason), last.Note
	case one.State == permit.RegistrationEnded:
		view.Rows = append(view.Rows, parts.Row{Key: p.Say("registration.ended_on"), Value: parts.Date(p, one.EndedOn), Note: p.Say("registration.end." + one.EndedFor)})
	case one.Live():
		if one.Since != one.On {
			view.Rows = append(view.Rows, parts.Row{Key: p.Say("registration.since"), Value: parts.Date(p, one.Since)})
		}
		if !one.HalfYearOn.IsZero() {
			row := parts.Row{Key: p.Say("registration.half_year"), Value: parts.Date(p, one.HalfYearOn)}
			if left := one.HalfYearOn.DaysSince(s.office.Today()); left > 0 {
				row.Note = p.Say("registration.days_left", "Count", left)
			}
			view.Rows = append(view.Rows, row)
		}
	}
	return view
}

// declarationPage is the form of a declaration.
type declarationPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Errors parts.Errors
	City   string
	Code   string // of the city
	Form   parts.DeclarationView
	Key    string
	Stated []string // the declaration, as ticked
	Advice []parts.ClauseView
	Says   []string          // the advice itself
	Legacy *parts.ClauseView // on unexpired temporary permits, where the ruleset has a passage
	Old    string            // what it says
	Kept   bool
}

func (s *Portal) declaration(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	city := web.Query(c).Get("city")
	if _, ok := s.office.Book.Jurisdiction(city); !ok {
		return web.SeeOther(c, "/registration")
	}
	parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, "/registration")
	if err != nil {
		return err
	}
	form := web.NewForm(parked)
	page, err := s.declarationPage(v, city, form, office.NewKey(), nil)
	if err != nil {
		return err
	}
	page.Kept = parked != nil
	return web.Render(c, fiber.StatusOK, declarationView(page))
}

func (s *Portal) declarationPage(v *web.Visit, city string, form web.Form, key string, faults permit.Faults) (page declarationPage, err error) {
	p := v.Printer
	r, _, err := s.office.InForce(city)
	if err != nil {
		return page, err
	}
	page = declarationPage{Frame: frame(v, p.Say("registration.declare.title")), Visit: v, City: cityName(s.office, p, city), Code: city, Key: key, Stated: form.All("declared")}
	page.Frame.Path = "/registration/new?city=" + city
	page.Frame.Back = &parts.Link{Label: p.Say("registration.title"), Href: "/registration"}
	page.Form = parts.DeclarationView{City: page.City, Root: city, Get: form.Get, Relations: relationOptions(p), Evidence: earlierOptions(p, r), Children: permit.MaxChildren}
	if len(faults) > 0 {
		page.Errors = parts.DeclarationErrors(p, errorsOf(p, faults), form.Get, permit.MaxChildren)
		page.Form.Errors, page.Frame.HasErrors = page.Errors, true
	}
	for _, a := range r.Registration.Advice {
		page.Says = append(page.Says, pick(p, a.Text))
		page.Advice = append(page.Advice, passage(p, r, a.Basis))
	}
	if old := r.Registration.LegacyPermit; old != nil {
		law := passage(p, r, old.Basis)
		page.Legacy, page.Old = &law, p.Say("registration.legacy", "On", parts.Date(p, old.IssuedUntil))+" "+pick(p, old.Text)
	}
	return page, nil
}

func relationOptions(p text.Printer) []parts.Option {
	var options []parts.Option
	for _, code := range permit.Relations() {
		options = append(options, parts.Option{Value: code, Label: p.Say("registration.relation." + code)})
	}
	return options
}

// earlierOptions are the kinds of evidence that let a registration count from an earlier day.
func earlierOptions(p text.Printer, r *policy.Ruleset) []parts.Option {
	if r.Registration.Backdating == nil {
		return nil
	}
	var options []parts.Option
	for _, e := range r.Registration.Backdating.Evidence {
		options = append(options, parts.Option{Value: e.Code, Label: pick(p, e.Name)})
	}
	return options
}

// answersOf is how a form answers what is asked for a registration.
func answersOf(form web.Form, city string) permit.Answers {
	return permit.Answers{Line: form.Get,
		Date: func(name string) civic.Date {
			d, err := parts.ReadDate(name, form.Get).Date()
			if err != nil {
				return civic.Date{}
			}
			return d
		},
		Division: func(name string) string {
			scope, root := parts.Nation, ""
			if name == "residence" {
				scope, root = parts.City, city
			}
			code, _ := parts.ReadAddress(name, scope, root, form.Get)
			return code
		}}
}

// declare sends the declaration. Two taps, a retry or a refresh make one.
func (s *Portal) declare(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	city, key := form.Get("city"), form.Get("key")
	if _, ok := s.office.Book.Jurisdiction(city); !ok {
		return web.SeeOther(c, "/registration")
	}
	if parts.AddressShown("hukou", form.Get) || parts.AddressShown("residence", form.Get) {
		page, err := s.declarationPage(v, city, form, key, nil)
		if err != nil {
			return err
		}
		return web.Render(c, fiber.StatusOK, declarationView(page))
	}
	_, err = s.office.DeclareResidence(c.UserContext(), v.Actor, office.DeclarationForm{Declaration: permit.ReadDeclaration(city, answersOf(form, city)),
		Declared: form.Get("declared") == "yes", Key: key, Body: c.Body()}, "portal")
	if err == nil {
		web.SetFlash(c, "registration_declared")
		return web.SeeOther(c, "/registration")
	}
	faults := office.FaultsOf(err)
	known := new(office.Error)
	switch {
	case len(faults) > 0:
	case errors.As(err, &known) && known.Why == "registration_pending":
		faults = permit.Faults{{Field: "declared", Code: "registration_pending"}}
	case errors.As(err, &known) && known.Why == "no_station":
		faults = permit.Faults{{Field: "county", Code: "registration_no_station"}}
	default:
		return err
	}
	page, err := s.declarationPage(v, city, form, key, faults)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, declarationView(page))
}

// endRegistration ends one of the citizen's registrations, or takes a declaration back.
func (s *Portal) endRegistration(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v := web.VisitOf(c)
	typed := parts.ReadDate("ended_on", form.Get)
	on, dateErr := typed.Date()
	if dateErr != nil {
		on = civic.Date{}
	}
	err = s.office.EndOwnRegistration(c.UserContext(), v.Actor, c.Params("number"), on)
	if err == nil {
		web.SetFlash(c, "registration_ended")
		return web.SeeOther(c, "/registration")
	}
	faults := office.FaultsOf(err)
	if errors.Is(err, office.ErrStale) {
		web.SetFlash(c, "registration_moved")
		return web.SeeOther(c, "/registration")
	}
	if len(faults) == 0 {
		return err
	}
	page, err := s.registrationsPage(c)
	if err != nil {
		return err
	}
	for i, one := range page.List {
		if one.Number == c.Params("number") {
			all := parts.DateErrors(v.Printer, errorsOf(v.Printer, faults), form.Get, "ended_on")
			page.List[i].Errors, page.List[i].Ended, page.List[i].Open = all, typed, true
			page.Errors, page.Frame.HasErrors = all, true
		}
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, registrationsView(page))
}

// claimRegistration takes a registration that was made at a window, or imported, into the account.
func (s *Portal) claimRegistration(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	err = s.office.ClaimRegistration(c.UserContext(), v.Actor, form.Get("number"), form.Get("id_number"), v.Peer)
	if err == nil {
		web.SetFlash(c, "registration_claimed")
		return web.SeeOther(c, "/registration")
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	page, err := s.registrationsPage(c)
	if err != nil {
		return err
	}
	page.Number, page.IDNumber = form.Get("number"), form.Get("id_number")
	page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, faults), true
	return web.Render(c, fiber.StatusUnprocessableEntity, registrationsView(page))
}

// recordedFor fills in the date of the citizen's own registration, where somebody is signed in, the ruleset counts from it and nothing was typed.
func (s *Portal) recordedFor(c *fiber.Ctx, v *web.Visit, r *policy.Ruleset, a *eligibilityAnswers) (number string, err error) {
	if v.Actor.Kind != access.Citizen || !permit.AsksRegistration(r) || !a.Date.Empty() {
		return "", nil
	}
	reg, err := s.office.OwnRegistration(c.UserContext(), v.Actor, r.Jurisdiction)
	if errors.Is(err, office.ErrNotFound) {
		return "", nil
	}
	a.Date = parts.DateValueOf(reg.Since)
	return reg.Number, err
}

// receiptPage is the receipt, to print.
type receiptPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Receipt parts.ReceiptView
}

// receipt shows the receipt of a registration that counts, or has counted.
func (s *Portal) receipt(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	file, err := s.office.OwnRegistrationFile(c.UserContext(), v.Actor, c.Params("number"))
	if err != nil {
		return err
	}
	if !file.Counted() {
		return web.SeeOther(c, "/registration")
	}
	qr, err := credential.QRSVG(credential.TokenText(s.office.Origin, file.Token))
	if err != nil {
		return fmt.Errorf("portal: code: %w", err)
	}
	narrow := web.Query(c).Get("paper") == "80"
	page := receiptPage{Frame: frame(v, p.Say("registration.receipt.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("registration.title"), Href: "/registration"}
	address := "/registration/" + file.Number + "/receipt"
	page.Receipt = parts.ReceiptView{City: cityName(s.office, p, file.Jurisdiction), Number: file.Number, Name: civic.MaskName(file.Particulars.Name),
		IDNumber: civic.CitizenID(file.Particulars.IDNumber).Masked(), Hukou: parts.DivisionNames(file.Particulars.HukouDivision), Residence: office.AddressLine(file.Particulars.Draft),
		On: file.On, Since: file.Since, HalfYear: file.HalfYearOn, Reached: file.ReachedOn(s.office.Today()), Station: pick(p, file.Station.Name), HandledBy: file.HandledBy(),
		Code: parts.Code{Size: qr.Size, Path: qr.Path, Label: p.Say("registration.receipt.code")}, Narrow: narrow, Demo: v.Demo,
		Other: parts.Link{Label: p.Say("registration.receipt.paper80"), Href: address + "?paper=80"}}
	if narrow {
		page.Receipt.Other = parts.Link{Label: p.Say("registration.receipt.sheet"), Href: address}
	}
	if !file.Live() {
		page.Receipt.Ended = p.Say("registration.receipt.ended", "On", parts.Date(p, file.EndedOn))
	}
	return web.Render(c, fiber.StatusOK, receiptView(page))
}

// verifiedReceipt shows what anyone may see of the registration behind the code of a receipt.
func (s *Portal) verifiedReceipt(p text.Printer, r office.ShownReceipt) []parts.Row {
	rows := []parts.Row{
		{Key: p.Say("registration.number"), Value: r.Number, Tag: parts.RegistrationTag(p, string(r.State))},
		{Key: p.Say("field.name"), Value: r.Name}, {Key: p.Say("field.id_number"), Value: r.IDNumber},
		{Key: p.Say("registration.where"), Value: cityName(s.office, p, r.Jurisdiction)}, {Key: p.Say("registration.on"), Value: parts.Date(p, r.On)},
	}
	if r.State == permit.RegistrationEnded {
		rows = append(rows, parts.Row{Key: p.Say("registration.ended_on"), Value: parts.Date(p, r.EndedOn)})
	}
	return rows
}
