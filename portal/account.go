package portal

import (
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/web"
)

// accountPage is what a citizen has here: a draft, applications, the permit.
type accountPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Draft   *office.PreApplication
	City    string // of the draft
	Cases   parts.TableView
	Permits []parts.Row // with whose they are
	Permit  *office.PermitCase
	Status  *parts.TagView // of the permit

	Refusals parts.TableView // what was reported; no table while there is none
}

func (s *Portal) account(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := accountPage{Frame: frame(v, p.Say("account.title")), Visit: v}
	page.Frame.Account = nil
	page.Frame.SignedIn = &parts.SignedIn{Name: p.Say("account.signed_in"), SignOut: "/sign-out"}
	draft, err := s.office.Draft(c.UserContext(), v.Actor)
	switch {
	case err == nil:
		page.Draft, page.City = &draft, cityName(s.office, p, draft.Jurisdiction)
	case !errors.Is(err, office.ErrNotFound):
		return err
	}
	cases, err := s.office.Applications(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page.Cases = parts.TableView{ID: "applications", Caption: p.Say("account.applications"), Empty: p.Say("account.no_applications"),
		Columns: []parts.Column{{Label: p.Say("application.reference")}, {Label: p.Say("kind.column")}, {Label: p.Say("family.applicant")}, {Label: p.Say("account.city")}, {Label: p.Say("application.state")}}}
	for _, one := range cases {
		a := one.Application
		page.Cases.Rows = append(page.Cases.Rows, []parts.Cell{{Text: a.Reference, Href: "/applications/" + a.Reference}, {Text: p.Say("kind." + string(a.Kind))}, applicantCell(p, a), {Text: cityName(s.office, p, a.Jurisdiction)}, {Tag: stateTag(p, a.State)}})
	}
	if page.Refusals, err = s.refusalRows(c, v); err != nil {
		return err
	}
	found, others, err := s.office.OwnPermits(c.UserContext(), v.Actor, "")
	switch {
	case err == nil:
		page.Permit, page.Status, page.Permits = &found.PermitCase, permitTag(p, found.Permit.StatusOn(s.office.Today())), s.permitRows(p, others)
	case !errors.Is(err, office.ErrNotFound):
		return err
	}
	return web.Render(c, fiber.StatusOK, accountView(page))
}

// accessLogPage lists who did what with, and who saw, the citizen's data.
type accessLogPage struct {
	Frame parts.FrameView
	Visit *web.Visit
	Table parts.TableView
}

func (s *Portal) accessLog(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := accessLogPage{Frame: frame(v, p.Say("access_log.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("portal.account"), Href: "/account"}
	entries, err := s.office.AccessLog(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	stations, err := s.office.StationNames(c.UserContext(), entries)
	if err != nil {
		return err
	}
	partners, err := s.office.PartnerNames(c.UserContext(), office.PartnersIn(entries)...)
	if err != nil {
		return err
	}
	page.Table = parts.TableView{ID: "access-log", Caption: p.Say("access_log.caption"), Empty: p.Say("access_log.empty"),
		Columns: []parts.Column{{Label: p.Say("access_log.when")}, {Label: p.Say("access_log.who")}, {Label: p.Say("access_log.what")}}}
	for i := 0; i < len(entries); {
		e, alike := entries[i], 1
		for i+alike < len(entries) && sameLook(e, entries[i+alike]) { // one look at a page after another makes one row
			alike++
		}
		i += alike
		at := e.At.In(civic.Zone)
		when := fmt.Sprintf("%s %s", p.Date(at.Year(), int(at.Month()), at.Day()), at.Format("15:04"))
		who := p.Say("access_log.by." + e.ActorKind)
		if e.ActorKind == string(v.Actor.Kind) && e.ActorID == v.Actor.ID {
			who = p.Say("access_log.you")
		}
		if name, ok := partners[e.ActorID]; ok {
			who = pick(p, name)
		}
		what := parts.Cell{Text: p.Say("access_log.action." + string(e.Action))}
		if alike > 1 {
			what.Note = p.Say("access_log.times", "Count", alike)
		}
		page.Table.Rows = append(page.Table.Rows, []parts.Cell{{Text: when}, {Text: who, Note: pick(p, stations[e.Station])}, what})
	}
	return web.Render(c, fiber.StatusOK, accessLogView(page))
}

// sameLook reports whether two entries, one after the other, are the same deed of the same actor on one day.
func sameLook(a, b office.LogEntry) bool {
	return a.ActorKind == b.ActorKind && a.ActorID == b.ActorID && a.Station == b.Station && a.Action == b.Action && civic.DateOf(a.At) == civic.DateOf(b.At)
}
