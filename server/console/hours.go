package console

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// hoursPage sets when a station takes appointments: its week, its bounds, and the days on which it departs from them.
type hoursPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Errors   parts.Errors
	Station  string
	Name     string
	Stations []parts.Chip // of several
	Entered  string       // by whom and when
	Misfits  []misfit
	Version  int
	Values   map[string]string // of the fields, as typed or as set
	Days     []exceptionView
	Day      parts.DateValue // of a new exception, as typed
	Times    string
	Reason   string
	Stale    bool
}

// misfit is a day with appointments that no longer fit; who sees no appointments, such as an administrator, has no address of it.
type misfit struct{ Label, Href string }

// exceptionView is a day on which the station departs from its week.
type exceptionView struct {
	Day, Text string
	Value     string // for the form that withdraws it
}

// hoursFields are the fields of the week, Monday first, and of the make-up days.
var hoursFields = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "make_up"}

// hoursNumbers are the fields of the bounds.
var hoursNumbers = []string{"slot_minutes", "capacity", "notice_minutes", "ahead_days", "open_each", "hint_days"}

// firstStation stands for whichever of the officer's stations comes first; no station is called so, and no form may send it.
const firstStation = "*"

func (s *Console) hours(c *fiber.Ctx) error {
	code := web.Query(c).Get("station")
	if code == "" {
		code = firstStation
	}
	page, err := s.hoursPage(c, code)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, hoursView(page))
}

func (s *Console) hoursPage(c *fiber.Ctx, code string) (hoursPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	page := hoursPage{Frame: frame(v, p.Say("console.hours.title")), Visit: v, Values: map[string]string{}}
	list, err := s.office.StationHours(c.UserContext(), v.Actor)
	if err != nil {
		return page, err
	}
	i := slices.IndexFunc(list, func(h office.StationHours) bool { return h.Station.Code == code })
	if code == firstStation && len(list) > 0 {
		i = 0
	}
	if i < 0 {
		return page, office.ErrNotFound
	}
	one := list[i]
	page.Station, page.Name, page.Version = one.Station.Code, pick(p, one.Station.Name), one.Hours.Version
	page.Frame.Path = "/console/appointments/hours?station=" + page.Station
	if v.Actor.Holds(office.AppointmentRoles()...) {
		page.Frame.Back = &parts.Link{Label: p.Say("console.appointments.back"), Href: "/console/appointments"}
	}
	if len(list) > 1 {
		for _, other := range list {
			page.Stations = append(page.Stations, parts.Chip{Label: pick(p, other.Station.Name), Href: "/console/appointments/hours?station=" + other.Station.Code, Current: other.Station.Code == page.Station})
		}
	}
	if one.Hours.Version > 0 {
		page.Entered = p.Say("console.hours.entered", "Name", one.Hours.ByName, "At", moment(p, one.Hours.At))
	}
	page.Values = hoursValues(one.Hours)
	for _, e := range one.Exceptions {
		page.Days = append(page.Days, exceptionView{Day: parts.LongDate(p, e.Day), Text: exceptionWords(p, e.Exception), Value: e.Day.String()})
	}
	for _, day := range slices.SortedFunc(maps.Keys(one.Misfits), civic.Date.Compare) {
		line := misfit{Label: p.Say("console.hours.misfit", "Day", parts.LongDate(p, day), "Count", one.Misfits[day])}
		if page.Frame.Back != nil {
			line.Href = dayPath("/console/appointments", day, s.office.Today(), page.Station)
		}
		page.Misfits = append(page.Misfits, line)
	}
	return page, nil
}

// hoursValues writes hours into the fields; a station that has none is offered ordinary ones.
func hoursValues(h office.HoursEntry) map[string]string {
	if h.Version == 0 {
		h.Hours = permit.Hours{SlotMinutes: 30, Capacity: 1, NoticeMinutes: 120, AheadDays: 30, OpenEach: 2, HintDays: 180}
	}
	values := map[string]string{}
	for i, day := range append(h.Week[:], h.MakeUp) {
		values[hoursFields[i]] = day.String()
	}
	for i, n := range []int{h.SlotMinutes, h.Capacity, h.NoticeMinutes, h.AheadDays, h.OpenEach, h.HintDays} {
		values[hoursNumbers[i]] = strconv.Itoa(n)
	}
	return values
}

func exceptionWords(p text.Printer, e permit.Exception) string {
	if len(e.Open) == 0 {
		return p.Say("console.hours.closed") + " · " + e.Reason
	}
	return e.Open.String() + " · " + e.Reason
}

// readHours reads the fields; what cannot be read is among the errors.
func readHours(p text.Printer, values map[string]string) (h permit.Hours, wrong parts.Errors) {
	for i, field := range hoursFields {
		day, ok := permit.ParseOpenDay(values[field])
		if !ok {
			wrong = append(wrong, parts.Error{Field: field, Message: p.Say("console.hours.unreadable", "Day", p.Say("console.hours."+field))})
		}
		if i < len(h.Week) {
			h.Week[i] = day
		} else {
			h.MakeUp = day
		}
	}
	for i, into := range []*int{&h.SlotMinutes, &h.Capacity, &h.NoticeMinutes, &h.AheadDays, &h.OpenEach, &h.HintDays} {
		n, err := strconv.Atoi(strings.TrimSpace(values[hoursNumbers[i]]))
		if err != nil {
			n = -1 // out of every bound: said by the law
		}
		*into = n
	}
	return h, wrong
}

func (s *Console) setHours(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	page, err := s.hoursPage(c, strings.TrimPrefix(form.Get("station"), firstStation))
	if err != nil {
		return err
	}
	p := page.Visit.Printer
	seen := page.Version
	for _, field := range append(slices.Clone(hoursFields), hoursNumbers...) {
		page.Values[field] = form.Get(field)
	}
	page.Version = versionIn(form)
	hours, wrong := readHours(p, page.Values)
	page.Errors = append(wrong, errorsOf(p, hours.Check())...)
	if len(page.Errors) == 0 {
		err = s.office.SetHours(c.UserContext(), page.Visit.Actor, office.HoursEntry{Station: page.Station, Version: page.Version, Hours: hours})
		switch {
		case err == nil:
			web.SetFlash(c, "hours")
			return web.SeeOther(c, page.Frame.Path)
		case errors.Is(err, office.ErrStale):
			page.Stale, page.Version = true, seen
			return web.Render(c, fiber.StatusConflict, hoursView(page))
		}
		return err
	}
	page.Frame.HasErrors = true
	return web.Render(c, fiber.StatusUnprocessableEntity, hoursView(page))
}

// setException closes the station on a day, opens it at other times, or withdraws that.
func (s *Console) setException(c *fiber.Ctx) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	page, err := s.hoursPage(c, strings.TrimPrefix(form.Get("station"), firstStation))
	if err != nil {
		return err
	}
	p := page.Visit.Printer
	entry := office.ExceptionEntry{Station: page.Station}
	if withdrawn, err := civic.ParseDate(form.Get("withdraw")); err == nil {
		entry.Day, entry.Withdrawn = withdrawn, true
	} else {
		page.Day, page.Times, page.Reason = parts.ReadDate("day", form.Get), form.Get("times"), form.Get("exception_reason")
		entry.Day, _ = page.Day.Date()
		entry.Reason = strings.Join(strings.Fields(page.Reason), " ")
		open, ok := permit.ParseOpenDay(page.Times)
		if !ok {
			page.Errors = append(page.Errors, parts.Error{Field: "times", Message: p.Say("console.hours.unreadable", "Day", p.Say("console.hours.times"))})
		}
		entry.Open = open
		page.Errors = append(page.Errors, errorsOf(p, entry.Check(s.office.Today()))...)
	}
	if len(page.Errors) == 0 {
		if err := s.office.SetException(c.UserContext(), page.Visit.Actor, entry); err != nil {
			return err
		}
		web.SetFlash(c, "hours")
		return web.SeeOther(c, page.Frame.Path)
	}
	page.Frame.HasErrors = true
	return web.Render(c, fiber.StatusUnprocessableEntity, hoursView(page))
}
