package portal

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/web"
)

// trackPage asks for the reference and the ID number.
type trackPage struct {
	Frame     parts.FrameView
	Visit     *web.Visit
	Reference string
	IDNumber  string // as typed: shown again beside its fault
	Errors    parts.Errors
}

// trackedPage is how an application stands, for whoever knows both numbers: the name masked, no address, no reason of a refusal.
type trackedPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Rows     []parts.Row
	Timeline parts.TimelineView
	Missing  *missingView
	Ended    bool // without a permit: the reason is for the applicant alone
}

func (s *Portal) track(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	return web.Render(c, fiber.StatusOK, trackView(trackPage{Frame: frame(v, v.Printer.Say("track.title")), Visit: v}))
}

// tracked answers a POST with the page itself: a redirect would have to carry who it is about.
func (s *Portal) tracked(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	p, reference, number := v.Printer, form.Get("reference"), form.Get("id_number")
	progress, err := s.office.Track(c.UserContext(), v.Actor, reference, number, v.Peer)
	if err != nil {
		page := trackPage{Frame: frame(v, p.Say("track.title")), Visit: v, Reference: reference, IDNumber: number}
		switch faults := office.FaultsOf(err); {
		case len(faults) > 0:
			page.Errors = errorsOf(p, faults)
		case errors.Is(err, office.ErrNotFound): // one sentence, whichever of the two is wrong
			page.Errors = parts.Errors{{Field: "reference", Message: p.Say("track.nothing")}}
		default:
			return err
		}
		page.Frame.HasErrors = true
		return web.Render(c, fiber.StatusUnprocessableEntity, trackView(page))
	}
	a := progress.Application
	page := trackedPage{Frame: frame(v, p.Say("track.result")), Visit: v, Timeline: timeline(p, progress, s.office.Today()),
		Ended: a.State == permit.Declined || a.State == permit.Refused}
	page.Frame.Back = &parts.Link{Label: p.Say("track.again"), Href: "/track"}
	page.Rows = []parts.Row{
		{Key: p.Say("track.reference"), Value: a.Reference},
		{Key: p.Say("field.name"), Value: civic.MaskName(progress.Person.Name)},
		{Key: p.Say("track.station"), Value: cityName(s.office, p, a.Jurisdiction) + " · " + pick(p, progress.Station.Name)},
		{Key: p.Say("track.state"), Tag: stateTag(p, a.State)},
	}
	if r, err := s.office.Ruleset(a.Ruleset); err == nil {
		page.Missing = missingOf(p, progress, r, false)
	}
	return web.Render(c, fiber.StatusOK, trackedView(page))
}
