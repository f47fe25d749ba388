package portal

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// appointmentPage is one appointment: when, where, what to bring, and how to change it.
type appointmentPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Case     office.AppointmentCase
	Made     bool // just now
	Rows     []parts.Row
	Changes  bool // it may still be changed here
	Timeline parts.TimelineView
	Times    timesView // of the page that changes the time
}

func (s *Portal) appointment(c *fiber.Ctx) error {
	page, err := s.appointmentPage(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, appointmentView(page))
}

func (s *Portal) appointmentPage(c *fiber.Ctx) (appointmentPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	found, err := s.office.Appointment(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return appointmentPage{}, err
	}
	a := found.Appointment
	page := appointmentPage{Frame: frame(v, p.Say("appointment.one")), Visit: v, Case: found, Made: v.Flash == "appointment_booked" || v.Flash == "appointment_moved",
		Changes: a.State == permit.AppointmentBooked && s.office.Clock.Now().Before(a.Slot.Start())}
	page.Frame.Path = "/appointments/" + a.Reference
	page.Frame.Back = &parts.Link{Label: p.Say("appointment.title"), Href: "/appointments"}
	if page.Made {
		page.Frame.Flash = nil // the confirmation says it
	}
	page.Rows = []parts.Row{
		{Key: p.Say("appointment.when"), Value: slotWords(p, a.Slot)},
		{Key: p.Say("appointment.where"), Value: pick(p, found.Station.Name), Note: pick(p, found.Station.Address)},
		{Key: p.Say("appointment.purpose"), Value: p.Say("appointment.purpose." + string(a.Purpose)), Note: found.Case},
	}
	if a.State.Open() {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("appointment.bring"), Value: p.Say("appointment.bring." + string(a.Purpose))})
	}
	if mark := a.Mark(); mark != "" {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("appointment.mark"), Value: mark})
	}
	if len(found.Events) > 1 {
		page.Timeline = appointmentHistory(p, found)
	}
	return page, nil
}

// appointmentHistory says what happened to an appointment, the old times included.
func appointmentHistory(p text.Printer, c office.AppointmentCase) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("appointment.history")}
	for _, e := range c.Events {
		at := e.At.In(civic.Zone)
		step := parts.Step{State: parts.Past, Title: p.Say("appointment.did." + e.Verb), When: parts.Date(p, civic.DateOf(e.At)) + " " + at.Format("15:04"), Detail: slotWords(p, e.Slot)}
		if e.Reason != "" {
			step.Detail = p.Say("appointment.ended." + e.Reason)
		}
		view.Steps = append(view.Steps, step)
	}
	return view
}

// changeOf reads which version of the appointment a form was made for.
func (page appointmentPage) changeOf(form web.Form) office.AppointmentChange {
	version, _ := strconv.Atoi(form.Get("version")) // one that is no number is nobody's: changed meanwhile
	return office.AppointmentChange{Reference: page.Case.Appointment.Reference, Version: version, Counter: "portal"}
}

// newTime lets another time be chosen.
func (s *Portal) newTime(c *fiber.Ctx) error {
	page, err := s.newTimePage(c, web.Query(c).Get("day"), "")
	if err != nil {
		return err
	}
	if !page.Changes {
		return web.SeeOther(c, "/appointments/"+page.Case.Appointment.Reference)
	}
	return web.Render(c, fiber.StatusOK, newTimeView(page))
}

func (s *Portal) newTimePage(c *fiber.Ctx, day, chosen string) (appointmentPage, error) {
	page, err := s.appointmentPage(c)
	if err != nil {
		return page, err
	}
	v, a := page.Visit, page.Case.Appointment
	p := v.Printer
	path := "/appointments/" + a.Reference
	page.Frame.Title, page.Frame.Path, page.Frame.Back = p.Say("appointment.change"), path+"/time", &parts.Link{Label: p.Say("portal.back"), Href: path}
	open, err := s.office.Openings(c.UserContext(), v.Actor, a.Jurisdiction, a.Station)
	if err != nil {
		return page, err
	}
	asked, err := civic.ParseDate(day)
	if err != nil {
		asked = a.Slot.Day
	}
	page.Times = s.timesView(p, open, asked, chosen, func(d civic.Date) string { return path + "/time?day=" + d.String() })
	return page, nil
}

// reschedule moves the appointment.
func (s *Portal) reschedule(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	slot, _ := permit.ParseSlot(form.Get("slot"))
	page, err := s.newTimePage(c, slot.Day.String(), form.Get("slot"))
	if err != nil {
		return err
	}
	path := "/appointments/" + page.Case.Appointment.Reference
	_, err = s.office.Reschedule(c.UserContext(), page.Visit.Actor, page.changeOf(form), slot)
	switch {
	case err == nil:
		web.SetFlash(c, "appointment_moved")
		return web.SeeOther(c, path)
	case errors.Is(err, office.ErrStale), errors.Is(err, &office.Error{What: office.Denied}):
		web.SetFlash(c, "appointment_changed")
		return web.SeeOther(c, path)
	}
	if page.Errors, err = slotErrors(page.Visit.Printer, err); err != nil {
		return err
	}
	page.Frame.HasErrors = true
	return web.Render(c, fiber.StatusUnprocessableEntity, newTimeView(page))
}

// callOff takes the appointment back.
func (s *Portal) callOff(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	page, err := s.appointmentPage(c)
	if err != nil {
		return err
	}
	_, err = s.office.CallOff(c.UserContext(), page.Visit.Actor, page.changeOf(form))
	flash := "appointment_cancelled"
	if errors.Is(err, office.ErrStale) || errors.Is(err, &office.Error{What: office.Denied}) {
		flash, err = "appointment_changed", nil
	}
	if err != nil {
		return err
	}
	web.SetFlash(c, flash)
	return web.SeeOther(c, "/appointments/"+page.Case.Appointment.Reference)
}
