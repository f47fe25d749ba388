package console

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// bookingPage books for somebody at the window or on the phone: for a case, or for a visitor without one.
type bookingPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Case     string // reference; empty for a visitor
	Station  string // code
	Name     string // of the station
	Stations []parts.Chip
	Closed   bool
	NotNow   bool // nobody has to come for the case
	Purpose  permit.Purpose
	Purposes []parts.Option
	Times    timesView
	Who      string // as typed
	Phone    string
	Key      string
}

func (s *Console) newAppointment(c *fiber.Ctx) error {
	page, err := s.bookingPage(c, web.Query(c), "")
	if err != nil {
		return err
	}
	page.Key = office.NewKey()
	return web.Render(c, fiber.StatusOK, bookingView(page))
}

// bookingPage reads case, station and day from a query or a form.
func (s *Console) bookingPage(c *fiber.Ctx, in web.Form, chosen string) (bookingPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	page := bookingPage{Frame: frame(v, p.Say("appointment.new")), Visit: v, Purpose: permit.Purpose(in.Get("purpose"))}
	scope := v.Actor.Scope(office.AppointmentRoles()...)
	day, err := civic.ParseDate(in.Get("day"))
	if slot, ok := permit.ParseSlot(chosen); ok {
		day = slot.Day
	} else if err != nil {
		day = s.office.Today()
	}
	page.Station = in.Get("station")
	page.Frame.Back = &parts.Link{Label: p.Say("console.appointments.back"), Href: dayPath("/console/appointments", day, s.office.Today(), page.Station)}
	if in.Get("case") != "" {
		file, err := s.office.CaseFile(c.UserContext(), v.Actor, in.Get("case"))
		if err != nil {
			return page, err
		}
		a := file.Application
		page.Case, page.Station, page.Purpose = a.Reference, a.Station, permit.PurposeOf(a)
		page.NotNow = page.Purpose == ""
		page.Frame.Back = &parts.Link{Label: a.Reference, Href: casePath(a.Reference)}
	} else if page.Station == "" {
		page.Station = scope.Stations[0]
	}
	if len(scope.At(page.Station).Stations) == 0 {
		return page, office.ErrNotFound
	}
	query := url.Values{"station": {page.Station}}
	if page.Case != "" {
		query = url.Values{"case": {page.Case}}
	}
	page.Frame.Path = "/console/appointments/new?" + query.Encode()
	open, err := s.office.Openings(c.UserContext(), v.Actor, scope.Jurisdiction, page.Station)
	if err != nil {
		return page, err
	}
	page.Name, page.Closed = pick(p, open.Station.Name), open.Closed
	page.Times = s.timesView(p, open, day, chosen, func(d civic.Date) string {
		query.Set("day", d.String())
		return "/console/appointments/new?" + query.Encode()
	})
	if page.Case != "" {
		return page, nil
	}
	for _, purpose := range permit.Purposes() {
		if !purpose.OfApplication() {
			page.Purposes = append(page.Purposes, parts.Option{Value: string(purpose), Label: p.Say("appointment.purpose." + string(purpose))})
		}
	}
	if len(scope.Stations) < 2 {
		return page, nil
	}
	stations, err := s.office.Stations(c.UserContext(), v.Actor)
	if err != nil {
		return page, err
	}
	for _, one := range stations {
		page.Stations = append(page.Stations, parts.Chip{Label: pick(p, one.Name), Href: dayPath("/console/appointments/new", day, s.office.Today(), one.Code), Current: one.Code == page.Station})
	}
	return page, nil
}

// book makes the appointment; what was typed stays when something is wrong with it.
func (s *Console) book(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	page, err := s.bookingPage(c, form, form.Get("slot"))
	if err != nil {
		return err
	}
	v := page.Visit
	slot, _ := permit.ParseSlot(form.Get("slot"))
	scope := v.Actor.Scope(office.AppointmentRoles()...)
	made, err := s.office.Appoint(c.UserContext(), v.Actor, office.BookingOrder{Jurisdiction: scope.Jurisdiction, Station: page.Station, Case: page.Case, Purpose: page.Purpose, Slot: slot, Name: form.Get("name"),
		Phone: form.Get("phone"), Key: form.Get("key")})
	if err == nil {
		web.SetFlash(c, "appointment_booked")
		return web.SeeOther(c, "/console/appointments/"+made.Reference)
	}
	known := new(office.Error)
	switch {
	case errors.As(err, &known) && len(known.Faults) > 0:
		page.Errors = errorsOf(v.Printer, known.Faults)
	case errors.As(err, &known) && known.What != office.NotFound && text.Has("refusal."+known.Why):
		page.Errors = parts.Errors{{Field: "slot", Message: v.Printer.Say("refusal." + known.Why)}}
	default:
		return err
	}
	page.Who, page.Phone, page.Key, page.Frame.HasErrors = form.Get("name"), form.Get("phone"), form.Get("key"), true
	return web.Render(c, fiber.StatusUnprocessableEntity, bookingView(page))
}
