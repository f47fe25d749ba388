package console

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

var (
	// registrationRoles see the registrations of their stations.
	registrationRoles = []access.Role{access.Assistant, access.Acceptor, access.Supervisor}
	// registrars take them into the record.
	registrars = []access.Role{access.Assistant, access.Acceptor}
)

// unconfirmedDays is how many days a declaration waits before the list shows it in amber.
const unconfirmedDays = 3

// registrationPath is the address of a registration.
func registrationPath(number string) string { return "/console/registrations/" + number }

// registrationsPage lists the registrations of the officer's stations: first what waits to be confirmed.
type registrationsPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Term      string
	Chips     []parts.Chip
	Table     parts.TableView
	Empty     *parts.EmptyView
	Pager     parts.PagerView
	Registers bool // may register somebody
	Imports   bool
}

func (s *Console) registrations(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p, query := v.Printer, web.Query(c)
	term := s.openTerm(v.Actor.ID, query.Get("search"))
	state := permit.RegistrationState(query.Get("state"))
	known := false
	for _, one := range permit.RegistrationStates() {
		known = known || one == state
	}
	if !known && state != "all" {
		state = permit.RegistrationDeclared
	}
	chosen := string(state)
	if term != "" || state == "all" {
		state, chosen = "", "all"
	}
	number, err := strconv.Atoi(query.Get("page"))
	if err != nil || number < 1 || number > 1_000_000 {
		number = 1
	}
	list, err := s.office.Registrations(c.UserContext(), v.Actor, office.RegistrationQuery{State: state, Text: term, Page: number, Size: queueSize})
	if err != nil {
		return err
	}
	page := registrationsPage{Frame: frame(v, p.Say("console.registrations.title")), Visit: v, Term: term, Chips: registrationChips(p, list, chosen),
		Registers: v.Actor.Holds(registrars...), Imports: v.Actor.Holds(access.Supervisor)}
	page.Frame.Wide, page.Frame.Path = true, "/console/registrations"
	if len(list.Cases) == 0 {
		page.Empty = &parts.EmptyView{Title: p.Say("console.registrations.none")}
		if term != "" {
			page.Empty = &parts.EmptyView{Title: p.Say("console.registrations.not_found"), Text: p.Say("console.registrations.not_found_text")}
		}
	}
	page.Table = parts.TableView{ID: "registrations", Caption: p.Say("console.registrations.caption", "Total", list.Total), Columns: []parts.Column{
		{Label: p.Say("registration.number")}, {Label: p.Say("console.registrations.person")}, {Label: p.Say("registration.address")}, {Label: p.Say("registration.state")}, {Label: p.Say("console.registrations.declared")}}}
	for _, one := range list.Cases {
		page.Table.Rows = append(page.Table.Rows, s.registrationRow(p, one))
	}
	link := func(n int) string {
		address := "/console/registrations?page=" + strconv.Itoa(n)
		if term != "" {
			return address + "&search=" + query.Get("search")
		}
		return address + "&state=" + chosen
	}
	page.Pager.Page, page.Pager.Pages = number, (list.Total+queueSize-1)/queueSize
	if number > 1 && page.Pager.Pages > 0 {
		page.Pager.Previous = link(min(number-1, page.Pager.Pages))
	}
	if number < page.Pager.Pages {
		page.Pager.Next = link(number + 1)
	}
	return web.Render(c, fiber.StatusOK, registrationsView(page))
}

// registrationRow is a line of the list. Who only passes by must not read whom it is about: name, number and door are masked.
func (s *Console) registrationRow(p text.Printer, one office.RegistrationCase) []parts.Cell {
	d := one.Particulars
	declared := parts.Cell{Text: parts.Date(p, one.DeclaredOn), Note: p.Say("registration.source." + one.Source)}
	if days := s.office.Today().DaysSince(one.DeclaredOn); one.State == permit.RegistrationDeclared && days >= unconfirmedDays {
		declared.Body, declared.Tag = dated(declared.Text), &parts.TagView{Tone: parts.Wait, Text: p.Say("console.queue.age", "Count", days)}
	}
	who := parts.Cell{Text: civic.MaskName(d.Name), Note: civic.CitizenID(d.IDNumber).Masked()}
	if one.Household != one.ID {
		who.Note = p.Say("registration.relation." + d.Child.Relation)
	}
	return []parts.Cell{{Text: one.Number, Href: registrationPath(one.Number)}, who, {Text: streetLine(d)}, {Tag: parts.RegistrationTag(p, string(one.State))}, declared}
}

// streetLine is an address down to the community.
func streetLine(d permit.Declaration) string {
	d.Detail = ""
	return office.AddressLine(d.Draft)
}

func registrationChips(p text.Printer, list office.RegistrationPage, chosen string) []parts.Chip {
	var chips []parts.Chip
	all := 0
	for _, state := range permit.RegistrationStates() {
		all += list.Counts[state]
		chips = append(chips, parts.Chip{Label: p.Say("registration.state." + string(state)), Href: "/console/registrations?state=" + string(state), Current: chosen == string(state), Count: list.Counts[state]})
	}
	return append(chips, parts.Chip{Label: p.Say("console.queue.all"), Href: "/console/registrations?state=all", Current: chosen == "all", Count: all})
}

// searchRegistrations takes what an officer looks for and answers with an address that tells nothing, as search does.
func (s *Console) searchRegistrations(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	term := []rune(strings.Join(strings.Fields(form.Get("term")), " "))
	if len(term) == 0 {
		return web.SeeOther(c, "/console/registrations")
	}
	return web.SeeOther(c, "/console/registrations?search="+s.sealTerm(web.VisitOf(c).Actor.ID, string(term[:min(len(term), maxTerm)])))
}

// registeringPage is the form by which somebody is registered at the window, or on the spot.
type registeringPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Errors parts.Errors
	Form   parts.DeclarationView
	Key    string
	Seen   []string
	Kept   bool
}

func (s *Console) registering(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	parked, err := s.office.Unpark(c.UserContext(), v.Actor.ID, "/console/registrations")
	if err != nil {
		return err
	}
	page := s.registeringPage(v, web.NewForm(parked), office.NewKey(), nil)
	page.Kept = parked != nil
	return web.Render(c, fiber.StatusOK, registeringView(page))
}

func (s *Console) registeringPage(v *web.Visit, form web.Form, key string, faults permit.Faults) registeringPage {
	p, city := v.Printer, v.Actor.Scope(registrars...).Jurisdiction
	page := registeringPage{Frame: frame(v, p.Say("console.registrations.new")), Visit: v, Key: key, Seen: form.All("declared")}
	page.Frame.Path = "/console/registrations/new"
	page.Frame.Back = &parts.Link{Label: p.Say("console.registrations.back"), Href: "/console/registrations"}
	page.Form = parts.DeclarationView{City: s.cityName(p, city), Root: city, Get: form.Get, Children: permit.MaxChildren}
	for _, code := range permit.Relations() {
		page.Form.Relations = append(page.Form.Relations, parts.Option{Value: code, Label: p.Say("registration.relation." + code)})
	}
	if len(faults) > 0 {
		page.Errors = parts.DeclarationErrors(p, errorsOf(p, faults), form.Get, permit.MaxChildren)
		page.Form.Errors, page.Frame.HasErrors = page.Errors, true
	}
	return page
}

// cityName is the name of a city in the language of the page.
func (s *Console) cityName(p text.Printer, code string) string {
	if j, ok := s.office.Book.Jurisdiction(code); ok {
		return pick(p, j.Name)
	}
	return code
}

// registerResidence registers somebody. Two taps make one registration.
func (s *Console) registerResidence(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	key, city := form.Get("key"), v.Actor.Scope(registrars...).Jurisdiction
	if parts.AddressShown("hukou", form.Get) || parts.AddressShown("residence", form.Get) {
		return web.Render(c, fiber.StatusOK, registeringView(s.registeringPage(v, form, key, nil)))
	}
	answers := permit.Answers{Line: form.Get, Date: func(name string) civic.Date { return dateIn(form, name) }, Division: func(name string) string {
		scope, root := parts.Nation, ""
		if name == "residence" {
			scope, root = parts.City, city
		}
		code, _ := parts.ReadAddress(name, scope, root, form.Get)
		return code
	}}
	made, err := s.office.RegisterResidence(c.UserContext(), v.Actor, office.DeclarationForm{Declaration: permit.ReadDeclaration(city, answers), Declared: form.Get("declared") == "yes", Key: key, Body: c.Body()})
	if err == nil {
		web.SetFlash(c, "registered")
		return web.SeeOther(c, registrationPath(made.Number))
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, registeringView(s.registeringPage(v, form, key, faults)))
}

// dateIn is the date that was typed, zero when it is none.
func dateIn(form web.Form, name string) civic.Date {
	d, err := parts.ReadDate(name, form.Get).Date()
	if err != nil {
		return civic.Date{}
	}
	return d
}
