package portal

import (
	"github.com/arran4/golang-ical"
	"github.com/gofiber/fiber/v2"

	"anju/server/permit"
	"anju/server/web"
)

// appointmentCalendar is a booked appointment for the calendar of a phone (RFC 5545): when and where, and nothing of the person or the case,
// because calendars are shared. The times are instants, so no phone needs to know the zone.
func (s *Portal) appointmentCalendar(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	found, err := s.office.Appointment(c.UserContext(), v.Actor, c.Params("reference"))
	if err != nil {
		return err
	}
	a, p := found.Appointment, v.Printer
	if a.State != permit.AppointmentBooked {
		return web.ErrNotFound
	}
	calendar := ics.NewCalendar()
	calendar.SetMethod(ics.MethodPublish)
	calendar.SetProductId("-//Anju//appointments//ZH")
	event := calendar.AddEvent(a.ID)
	event.SetDtStampTime(s.office.Clock.Now())
	event.SetStartAt(a.Slot.Start())
	event.SetEndAt(a.End())
	event.SetSequence(a.Version)
	event.SetSummary(p.Say("appointment.calendar_summary"))
	event.SetLocation(pick(p, found.Station.Name) + ", " + pick(p, found.Station.Address))
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="appointment.ics"`)
	return c.SendString(calendar.Serialize(ics.WithNewLineWindows)) // RFC 5545 3.1: CRLF, whatever machine serves it
}
