package portal

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// appointmentsPage lists a citizen's appointments, those to come first.
type appointmentsPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Open  parts.TableView
	Past  parts.TableView // no table while there is none
}

func (s *Portal) appointments(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	list, err := s.office.Appointments(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page := appointmentsPage{Frame: frame(v, p.Say("appointment.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	columns := []parts.Column{{Label: p.Say("appointment.when")}, {Label: p.Say("appointment.where")}, {Label: p.Say("appointment.purpose")}}
	page.Open = parts.TableView{ID: "appointments", Caption: p.Say("appointment.to_come"), Empty: p.Say("appointment.none"), Columns: columns}
	page.Past = parts.TableView{ID: "past", Caption: p.Say("appointment.past"), Columns: columns}
	for _, one := range list {
		table := &page.Past
		if one.Appointment.State.Open() {
			table = &page.Open
		}
		table.Rows = append(table.Rows, appointmentRow(p, one))
	}
	return web.Render(c, fiber.StatusOK, appointmentsView(page))
}

func appointmentRow(p text.Printer, c office.AppointmentCase) []parts.Cell {
	a := c.Appointment
	when := parts.Cell{Text: slotWords(p, a.Slot), Href: "/appointments/" + a.Reference}
	purpose := parts.Cell{Text: p.Say("appointment.purpose." + string(a.Purpose)), Note: c.Case}
	if a.State != permit.AppointmentBooked {
		purpose.Tag = appointmentTag(p, a.State)
	}
	return []parts.Cell{when, {Text: pick(p, c.Station.Name)}, purpose}
}

// slotWords writes day, weekday and time.
func slotWords(p text.Printer, s permit.Slot) string {
	return parts.LongDate(p, s.Day) + p.Pick(" ", ", ") + s.Time()
}

// appointmentTag shows a state in its colour.
func appointmentTag(p text.Printer, s permit.AppointmentState) *parts.TagView {
	tone := map[permit.AppointmentState]parts.Tone{permit.AppointmentBooked: parts.Info, permit.AppointmentArrived: parts.Good, permit.AppointmentServed: parts.Good, permit.AppointmentMissed: parts.Wait}[s]
	return &parts.TagView{Tone: tone, Text: p.Say("appointment.state." + string(s))}
}
