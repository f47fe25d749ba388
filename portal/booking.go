package portal

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

// bookingPage asks for the time of an appointment. What it is for stands in the address.
type bookingPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Errors  parts.Errors
	Wanted  wanted
	Station office.Station
	City    string
	Closed  bool // the station takes no appointments
	Missed  bool
	Times   timesView
	Name    string
	Key     string
}

// wanted is what an appointment is for, as it travels in addresses and forms.
type wanted struct {
	Case, City, Station string
	Purpose             permit.Purpose
}

func (w wanted) query() url.Values {
	q := url.Values{}
	if w.Case != "" {
		q.Set("case", w.Case)
		return q
	}
	q.Set("purpose", string(w.Purpose))
	q.Set("city", w.City)
	q.Set("station", w.Station)
	return q
}

func (w wanted) hidden() []parts.Hidden {
	if w.Case != "" {
		return []parts.Hidden{{Name: "case", Value: w.Case}}
	}
	return []parts.Hidden{{Name: "purpose", Value: string(w.Purpose)}, {Name: "city", Value: w.City}, {Name: "station", Value: w.Station}}
}

func wantedOf(get func(string) string) wanted {
	return wanted{Case: get("case"), Purpose: permit.Purpose(get("purpose")), City: get("city"), Station: get("station")}
}

// timesView are the days to choose from and the times of one of them.
type timesView struct {
	Days    parts.DaysView
	Day     string // whose times are shown
	Times   []parts.Option
	Chosen  string
	Horizon string   // from when on nothing can be offered yet
	Closed  []string // days on which the station takes nobody, and why
}

// timesView lays out what a station offers; link gives the address of a day.
func (s *Portal) timesView(p text.Printer, open office.Openings, asked civic.Date, chosen string, link func(civic.Date) string) timesView {
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
	for _, e := range t.Closed {
		view.Closed = append(view.Closed, p.Say("appointment.closed_day", "Day", parts.LongDate(p, e.Day), "Reason", e.Reason))
	}
	return view
}

// newAppointment asks what for and where, or, when the address says it, at what time.
func (s *Portal) newAppointment(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	query := web.Query(c)
	w := wantedOf(query.Get)
	if w.Case == "" && (w.Station == "" || w.City == "") {
		return s.whatFor(c, v, w)
	}
	day, err := civic.ParseDate(query.Get("day"))
	if err != nil {
		day = civic.Date{}
	}
	page, err := s.bookingPage(c, v, w, day, "")
	if err != nil {
		return err
	}
	page.Key = office.NewKey()
	return web.Render(c, fiber.StatusOK, bookingView(page))
}

// bookingPage loads what is offered. An application that needs nobody to come, and one that has its appointment, lead to themselves.
func (s *Portal) bookingPage(c *fiber.Ctx, v *web.Visit, w wanted, day civic.Date, chosen string) (bookingPage, error) {
	p := v.Printer
	page := bookingPage{Frame: frame(v, p.Say("appointment.new")), Visit: v, Wanted: w}
	page.Frame.Back = &parts.Link{Label: p.Say("appointment.title"), Href: "/appointments"}
	if w.Case != "" {
		progress, err := s.office.Application(c.UserContext(), v.Actor, w.Case)
		if err != nil {
			return page, err
		}
		a := progress.Application
		page.Wanted = wanted{Case: a.Reference, City: a.Jurisdiction, Station: a.Station, Purpose: permit.PurposeOf(a)}
		page.Frame.Back = &parts.Link{Label: a.Reference, Href: "/applications/" + a.Reference}
	} else if w.Purpose.OfApplication() || !text.Has("appointment.purpose."+string(w.Purpose)) {
		return page, office.ErrNotFound
	}
	open, err := s.office.Openings(c.UserContext(), v.Actor, page.Wanted.City, page.Wanted.Station)
	if err != nil {
		return page, err
	}
	page.Station, page.City, page.Closed, page.Missed = open.Station, cityName(s.office, p, page.Wanted.City), open.Closed, open.Missed
	page.Times = s.timesView(p, open, day, chosen, func(d civic.Date) string {
		q := page.Wanted.query()
		q.Set("day", d.String())
		return "/appointments/new?" + q.Encode()
	})
	page.Frame.Path = "/appointments/new?" + page.Wanted.query().Encode()
	return page, nil
}

// book makes the appointment. What was typed stays when the time was taken meanwhile, with what is still free beside it.
func (s *Portal) book(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	w := wantedOf(form.Get)
	slot, _ := permit.ParseSlot(form.Get("slot"))
	page, err := s.bookingPage(c, v, w, slot.Day, form.Get("slot"))
	if err != nil {
		return err
	}
	made, err := s.office.Appoint(c.UserContext(), v.Actor, office.BookingOrder{Jurisdiction: page.Wanted.City, Station: page.Wanted.Station, Case: page.Wanted.Case, Purpose: page.Wanted.Purpose, Slot: slot,
		Name: form.Get("name"), Key: form.Get("key"), Counter: "portal"})
	if err == nil {
		web.SetFlash(c, "appointment_booked")
		return web.SeeOther(c, "/appointments/"+made.Reference)
	}
	if page.Errors, err = slotErrors(v.Printer, err); err != nil {
		return err
	}
	page.Name, page.Key, page.Frame.HasErrors = form.Get("name"), form.Get("key"), true
	return web.Render(c, fiber.StatusUnprocessableEntity, bookingView(page))
}

// slotErrors says why a time was not given, beside the times; any other error is passed on to the boundary.
func slotErrors(p text.Printer, err error) (parts.Errors, error) {
	known := new(office.Error)
	switch {
	case !errors.As(err, &known):
	case len(known.Faults) > 0:
		return errorsOf(p, known.Faults), nil
	case known.What == office.Denied, known.Why == "slot_taken", known.Why == "appointment_exists", known.Why == "calendar_horizon":
		if text.Has("refusal." + known.Why) {
			return parts.Errors{{Field: "slot", Message: p.Say("refusal." + known.Why)}}, nil
		}
	}
	return nil, err
}

// whatForPage asks what an appointment is for, and where.
type whatForPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Cases    []parts.ServiceCardView // own applications for which one has to come
	Purposes []parts.Option
	Purpose  string
	Cities   []stationsOf
}

// stationsOf are the stations of a city that take appointments.
type stationsOf struct {
	Code, Name string
	Stations   parts.SelectView
}

func (s *Portal) whatFor(c *fiber.Ctx, v *web.Visit, w wanted) error {
	p := v.Printer
	page := whatForPage{Frame: frame(v, p.Say("appointment.new")), Visit: v, Purpose: string(permit.Register)}
	page.Frame.Back = &parts.Link{Label: p.Say("appointment.title"), Href: "/appointments"}
	cases, err := s.office.Applications(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	for _, one := range cases {
		if purpose := permit.PurposeOf(one.Application); purpose != "" {
			page.Cases = append(page.Cases, parts.ServiceCardView{ID: "case-" + one.Application.Reference, Href: "/appointments/new?case=" + one.Application.Reference,
				Title: p.Say("appointment.purpose." + string(purpose)), Summary: cityName(s.office, p, one.Application.Jurisdiction) + " · " + one.Application.Reference})
		}
	}
	for _, purpose := range permit.Purposes() {
		if !purpose.OfApplication() {
			page.Purposes = append(page.Purposes, parts.Option{Value: string(purpose), Label: p.Say("appointment.purpose." + string(purpose)), Hint: p.Say("appointment.purpose_hint." + string(purpose))})
			if purpose == w.Purpose {
				page.Purpose = string(purpose)
			}
		}
	}
	for _, city := range s.office.Book.Jurisdictions() {
		stations, err := s.office.StationsWithHours(c.UserContext(), city.Code)
		if err != nil {
			return err
		}
		one := stationsOf{Code: city.Code, Name: pick(p, city.Name)}
		one.Stations = parts.SelectView{ID: "station-" + city.Code, Name: "station", Label: p.Say("appointment.station"), Value: w.Station}
		for _, station := range stations {
			one.Stations.Options = append(one.Stations.Options, parts.Option{Value: station.Code, Label: pick(p, station.Name), Group: pick(p, station.Issuer)})
		}
		page.Cities = append(page.Cities, one)
	}
	return web.Render(c, fiber.StatusOK, whatForView(page))
}
