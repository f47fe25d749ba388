package console

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// appointmentsPage is what the officer's stations expect on a day.
type appointmentsPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Day      string
	Before   string // address of the day before; After of the day after, Today of today
	After    string
	Today    string
	Chips    []parts.Chip // of several stations
	Tables   []parts.TableView
	Search   string
	New      string
	Export   string // address of the list as a file, "" for an empty one
	SetsDays bool   // this officer sets the hours
}

// dayPath is the address of a day, of one station or of all of the officer's.
func dayPath(path string, day, today civic.Date, station string) string {
	q := url.Values{}
	if day != today {
		q.Set("day", day.String())
	}
	if station != "" {
		q.Set("station", station)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// dayOf reads which day and station the address asks for: today when it says none.
func (s *Console) dayOf(c *fiber.Ctx) (day civic.Date, station string) {
	day, err := civic.ParseDate(web.Query(c).Get("day"))
	if err != nil {
		day = s.office.Today()
	}
	return day, web.Query(c).Get("station")
}

// appointments lists a day, or leads to the appointment whose number was typed.
func (s *Console) appointments(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	day, station := s.dayOf(c)
	days, err := s.office.AppointmentDays(c.UserContext(), v.Actor, station, day)
	if err != nil {
		return err
	}
	page := s.appointmentsPage(v, days, day, station)
	if page.Search = web.Query(c).Get("reference"); page.Search != "" {
		found, err := s.office.StaffAppointment(c.UserContext(), v.Actor, page.Search)
		if err == nil {
			return web.SeeOther(c, "/console/appointments/"+found.Appointment.Reference)
		}
		if !errors.Is(err, office.ErrNotFound) {
			return err
		}
		page.Errors, page.Frame.HasErrors = parts.Errors{{Field: "reference", Message: v.Printer.Say("console.appointments.unknown")}}, true
		return web.Render(c, fiber.StatusUnprocessableEntity, appointmentsView(page))
	}
	return web.Render(c, fiber.StatusOK, appointmentsView(page))
}

func (s *Console) appointmentsPage(v *web.Visit, days []office.AppointmentDay, day civic.Date, station string) appointmentsPage {
	p, today := v.Printer, s.office.Today()
	const path = "/console/appointments"
	page := appointmentsPage{Frame: frame(v, p.Say("console.appointments.title")), Visit: v, Day: parts.LongDate(p, day), Before: dayPath(path, day.AddDays(-1), today, station),
		After: dayPath(path, day.AddDays(1), today, station), New: dayPath(path+"/new", day, today, station), SetsDays: v.Actor.Holds(office.HoursRoles()...)}
	if day != today {
		page.Today = dayPath(path, today, today, station)
	}
	page.Frame.Wide, page.Frame.Path = true, dayPath(path, day, today, station)
	if scope := v.Actor.Scope(office.AppointmentRoles()...); len(scope.Stations) > 1 {
		page.Chips = append(page.Chips, parts.Chip{Label: p.Say("console.appointments.all"), Href: dayPath(path, day, today, ""), Current: station == ""})
		for _, one := range days {
			page.Chips = append(page.Chips, parts.Chip{Label: pick(p, one.Station.Name), Href: dayPath(path, day, today, one.Station.Code), Current: station == one.Station.Code})
		}
	}
	for _, one := range days {
		page.Tables = append(page.Tables, s.appointmentTable(p, one, day))
		if len(one.List) > 0 {
			page.Export = dayPath(path+"/export", day, today, station)
		}
	}
	return page
}

func (s *Console) appointmentTable(p text.Printer, d office.AppointmentDay, day civic.Date) parts.TableView {
	table := parts.TableView{ID: "day-" + d.Station.Code, Caption: p.Say("console.appointments.caption", "Station", pick(p, d.Station.Name), "Count", len(d.List)), Empty: emptyDay(p, d, day), Columns: []parts.Column{
		{Label: p.Say("console.appointments.time")}, {Label: p.Say("console.appointments.mark")}, {Label: p.Say("console.appointments.who")}, {Label: p.Say("appointment.purpose")},
		{Label: p.Say("console.appointments.state")}, {Label: p.Say("console.appointments.do")}}}
	for _, one := range d.List {
		table.Rows = append(table.Rows, s.appointmentLine(p, d.Openings.Diary, one))
	}
	return table
}

// emptyDay says why nobody is expected.
func emptyDay(p text.Printer, d office.AppointmentDay, day civic.Date) string {
	if d.Openings.Closed {
		return p.Say("console.appointments.no_hours")
	}
	if e, ok := d.Openings.Diary.Exceptions[day]; ok && len(e.Open) == 0 {
		return p.Say("appointment.closed_day", "Day", parts.LongDate(p, day), "Reason", e.Reason)
	}
	if slots, err := d.Openings.Diary.Slots(day); err != nil {
		return p.Say("appointment.horizon", "From", parts.Date(p, day))
	} else if len(slots) == 0 {
		return p.Say("console.appointments.closed")
	}
	return p.Say("console.appointments.nobody")
}

// appointmentLine is a line of the day. Who only passes by must not read whom it is about: the name is masked.
func (s *Console) appointmentLine(p text.Printer, diary permit.Diary, c office.AppointmentCase) []parts.Cell {
	a := c.Appointment
	state := parts.Cell{Tag: appointmentTag(p, a.State)}
	switch {
	case !a.State.Open():
	case diary.Outside(a.Held()):
		state.Note = p.Say("console.appointments.outside")
	case diary.Overbooked(a.Held()):
		state.Note = p.Say("console.appointments.overbooked")
	}
	purpose := parts.Cell{Text: p.Say("appointment.purpose." + string(a.Purpose))}
	if c.Case != "" {
		purpose = parts.Cell{Text: c.Case, Href: casePath(c.Case), Note: purpose.Text}
	}
	return []parts.Cell{
		{Text: a.Slot.Time() + "-" + permit.Time(a.Until), Href: "/console/appointments/" + a.Reference}, {Text: a.Mark()}, {Text: civic.MaskName(c.Name)}, purpose, state,
		{Body: oneTap(p, a, appointmentDeeds(a, s.office.Clock.Now()))},
	}
}

// appointmentTag shows a state in its colour.
func appointmentTag(p text.Printer, s permit.AppointmentState) *parts.TagView {
	tone := map[permit.AppointmentState]parts.Tone{permit.AppointmentBooked: parts.Info, permit.AppointmentArrived: parts.Wait, permit.AppointmentServed: parts.Good, permit.AppointmentMissed: parts.Stop}[s]
	return &parts.TagView{Tone: tone, Text: p.Say("appointment.state." + string(s))}
}

// appointmentDeeds are what an officer may note about an appointment with one tap now: resources below it.
func appointmentDeeds(a permit.Appointment, now time.Time) []string {
	switch {
	case a.State == permit.AppointmentArrived:
		return []string{"service"}
	case a.Slot.Day != civic.DateOf(now) && a.State == permit.AppointmentBooked && now.After(a.End()):
		return []string{"absence"}
	case a.Slot.Day != civic.DateOf(now):
		return nil
	case a.State == permit.AppointmentBooked && !now.Before(a.End()):
		return []string{"arrival", "absence"}
	case a.State == permit.AppointmentBooked, a.State == permit.AppointmentMissed:
		return []string{"arrival"}
	}
	return nil
}

// exportAppointments gives out a day as a file: the same columns and masks as on the page.
func (s *Console) exportAppointments(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	day, station := s.dayOf(c)
	days, err := s.office.ExportAppointments(c.UserContext(), v.Actor, station, day)
	if err != nil {
		return err
	}
	p := v.Printer
	table := parts.TableView{Columns: []parts.Column{{Label: p.Say("appointment.station")}, {Label: p.Say("appointment.when")}}}
	for _, one := range days {
		list := s.appointmentTable(p, one, day)
		if len(table.Columns) == 2 {
			table.Columns = append(table.Columns, list.Columns[:len(list.Columns)-1]...)
		}
		for i, row := range list.Rows {
			cells := slices.Clone(row[:len(row)-1])
			table.Rows = append(table.Rows, append([]parts.Cell{{Text: pick(p, one.Station.Name)}, {Text: parts.Date(p, one.List[i].Appointment.Slot.Day)}}, cells...))
		}
	}
	return s.sendSheet(c, v, p.Say("console.appointments.title"), "appointments", table)
}

// versionIn reads which version of a record a form was made for; one that is no number is nobody's.
func versionIn(form web.Form) int {
	n, err := strconv.Atoi(form.Get("version"))
	if err != nil {
		return 0
	}
	return n
}
