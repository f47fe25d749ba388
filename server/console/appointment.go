package console

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// appointmentPage is one appointment as the officers of its station see it.
type appointmentPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Case     office.AppointmentCase
	Rows     []parts.Row
	Deeds    []string
	Timeline parts.TimelineView
	Times    timesView // to choose another, while it is booked
	Stale    bool      // somebody was faster; below stands how it is now
}

// timesView are the days to choose from and the times of one of them.
type timesView struct {
	Days    parts.DaysView
	Day     string
	Times   []parts.Option
	Chosen  string
	Horizon string
}

func (s *Console) timesView(p text.Printer, open office.Openings, asked civic.Date, chosen string, link func(civic.Date) string) timesView {
	t := s.office.TimesOn(open, asked)
	view := timesView{Days: parts.DaysView{Label: p.Say("appointment.days")}, Day: parts.LongDate(p, t.Day), Chosen: chosen}
	for _, day := range t.Days {
		view.Days.Days = append(view.Days.Days, parts.Day{Date: day, Href: link(day), Current: day == t.Day})
	}
	for _, offer := range t.Offers {
		view.Times = append(view.Times, parts.Option{Value: offer.Slot.String(), Label: offer.Slot.Time(), Hint: p.Say("appointment.left", "Count", offer.Free)})
	}
	if !t.Horizon.IsZero() {
		view.Horizon = p.Say("appointment.horizon", "From", parts.Date(p, t.Horizon))
	}
	return view
}

func (s *Console) appointment(c *fiber.Ctx) error {
	page, err := s.appointmentPage(c, web.Query(c).Get("day"), "")
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, appointmentView(page))
}

func (s *Console) appointmentPage(c *fiber.Ctx, day, chosen string) (appointmentPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	found, err := s.office.StaffAppointment(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return appointmentPage{}, err
	}
	a := found.Appointment
	path := "/console/appointments/" + a.Reference
	page := appointmentPage{Frame: frame(v, p.Say("appointment.one")), Visit: v, Case: found, Deeds: appointmentDeeds(a, s.office.Clock.Now()), Timeline: appointmentHistory(p, found)}
	page.Frame.Path = path
	page.Frame.Back = &parts.Link{Label: p.Say("console.appointments.back"), Href: dayPath("/console/appointments", a.Slot.Day, s.office.Today(), "")}
	page.Rows = []parts.Row{
		{Key: p.Say("appointment.when"), Value: parts.LongDate(p, a.Slot.Day) + " " + a.Slot.Time() + "-" + permit.Time(a.Until), Tag: appointmentTag(p, a.State)},
		{Key: p.Say("console.appointments.who"), Value: found.Name},
		{Key: p.Say("appointment.purpose"), Value: p.Say("appointment.purpose." + string(a.Purpose))},
	}
	if found.Case != "" {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("console.case.reference"), Body: caseLink(found.Case)})
	}
	if mark := a.Mark(); mark != "" {
		page.Rows = append(page.Rows, parts.Row{Key: p.Say("appointment.mark"), Value: mark})
	}
	if a.State != permit.AppointmentBooked {
		return page, nil
	}
	open, err := s.office.Openings(c.UserContext(), v.Actor, a.Jurisdiction, a.Station)
	if err != nil {
		return page, err
	}
	asked, err := civic.ParseDate(day)
	if err != nil {
		asked = a.Slot.Day
	}
	page.Times = s.timesView(p, open, asked, chosen, func(d civic.Date) string { return path + "?day=" + d.String() })
	return page, nil
}

// appointmentHistory says who did what to an appointment.
func appointmentHistory(p text.Printer, c office.AppointmentCase) parts.TimelineView {
	view := parts.TimelineView{Label: p.Say("appointment.history")}
	for _, e := range c.Events {
		step := parts.Step{State: parts.Past, Title: p.Say("appointment.did." + e.Verb), When: moment(p, e.At), Who: e.By.Officer.Name, Detail: parts.LongDate(p, e.Slot.Day) + " " + e.Slot.Time()}
		if e.By.Counter != "" {
			step.Who = p.Say("console.counter." + e.By.Counter)
		}
		if e.Reason != "" {
			step.Detail = p.Say("appointment.ended." + e.Reason)
		}
		view.Steps = append(view.Steps, step)
	}
	return view
}

// appointmentDeed is something that an officer notes about an appointment.
type appointmentDeed func(o *office.Office, ctx context.Context, actor access.Actor, d office.AppointmentChange) (office.AppointmentCase, error)

// note makes the handler of a deed. Arrivals and absences lead back to the day, from which they were tapped.
func (s *Console) note(flash string, deed appointmentDeed) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		done, err := deed(s.office, c.UserContext(), v.Actor, office.AppointmentChange{Reference: c.Params("reference"), Version: versionIn(form)})
		if err == nil {
			web.SetFlash(c, flash)
			return web.SeeOther(c, dayPath("/console/appointments", done.Appointment.Slot.Day, s.office.Today(), ""))
		}
		return s.appointmentRefused(c, err, "")
	}
}

// appointmentRefused shows the appointment as it is, with why nothing was done.
func (s *Console) appointmentRefused(c *fiber.Ctx, err error, slot string) error {
	known := new(office.Error)
	if !errors.As(err, &known) || known.What == office.NotFound || known.What == office.Forbidden {
		return err
	}
	chosen, _ := permit.ParseSlot(slot)
	page, loadErr := s.appointmentPage(c, chosen.Day.String(), slot)
	if loadErr != nil {
		return loadErr
	}
	p, status := page.Visit.Printer, fiber.StatusUnprocessableEntity
	switch {
	case errors.Is(err, office.ErrStale):
		page.Stale, status = true, fiber.StatusConflict
	case len(known.Faults) > 0:
		page.Errors = errorsOf(p, known.Faults)
	case text.Has("refusal." + known.Why):
		page.Errors = parts.Errors{{Message: p.Say("refusal." + known.Why)}}
	default:
		return err
	}
	page.Frame.HasErrors = len(page.Errors) > 0
	return web.Render(c, status, appointmentView(page))
}

// moveAppointment gives an appointment another time.
func (s *Console) moveAppointment(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	slot, _ := permit.ParseSlot(form.Get("slot"))
	moved, err := s.office.Reschedule(c.UserContext(), v.Actor, office.AppointmentChange{Reference: c.Params("reference"), Version: versionIn(form)}, slot)
	if err != nil {
		return s.appointmentRefused(c, err, form.Get("slot"))
	}
	web.SetFlash(c, "appointment_moved")
	return web.SeeOther(c, "/console/appointments/"+moved.Appointment.Reference)
}
