package portal

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// cataloguePage lists the governments that publish what a permit opens, and how their duty to do so stands.
type cataloguePage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Cities []cityCatalogue
}

// cityCatalogue is a city with its counties.
type cityCatalogue struct {
	Name   string
	Clause parts.ClauseView
	Table  parts.TableView
}

// dutyTones are the colours of how the duty to publish stands.
var dutyTones = map[policy.DutyState]parts.Tone{policy.DutyNone: parts.Plain, policy.DutyInTime: parts.Good, policy.DutySoon: parts.Wait, policy.DutyToday: parts.Wait, policy.DutyOverdue: parts.Stop}

func (s *Portal) catalogue(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := cataloguePage{Frame: frame(v, p.Say("catalogue.title")), Visit: v}
	for _, j := range s.office.Book.Jurisdictions() {
		duties, err := s.office.PublicationDuties(c.UserContext(), j.Code)
		if err != nil {
			return err
		}
		page.Cities = append(page.Cities, s.cityCatalogue(p, pick(p, j.Name), duties))
	}
	return web.Render(c, fiber.StatusOK, catalogueView(page))
}

func (s *Portal) cityCatalogue(p text.Printer, name string, duties []office.GovernmentDuty) cityCatalogue {
	city := cityCatalogue{Name: name, Table: parts.TableView{ID: "governments-" + duties[0].Government, Caption: name, CaptionHidden: true, Columns: []parts.Column{
		{Label: p.Say("catalogue.government")}, {Label: p.Say("catalogue.last")}, {Label: p.Say("catalogue.next")}}}}
	city.Clause = publicationClause(p, duties[0].Ruleset)
	for _, d := range duties {
		last := parts.Cell{Text: p.Say("catalogue.never")}
		if d.Last != nil {
			last = parts.Cell{Text: p.Say("release.number", "Number", d.Last.Number), Href: versionPath(d.Government, d.Last.Number), Note: parts.Date(p, d.Last.ReleasedOn)}
		}
		next := parts.Cell{Text: p.Say("catalogue.no_cycle")}
		if state := d.Duty.State(); state != policy.DutyNone {
			next = parts.Cell{Body: due(parts.Date(p, d.Duty.Due)), Tag: &parts.TagView{Tone: dutyTones[state], Text: dutyTag(p, d.Duty)}}
		}
		city.Table.Rows = append(city.Table.Rows, []parts.Cell{{Text: pick(p, s.office.GovernmentName(d.Government)), Href: "/catalogue/" + d.Government}, last, next})
	}
	return city
}

// publicationClause is the passage that lays the duty down.
func publicationClause(p text.Printer, r *policy.Ruleset) parts.ClauseView {
	return parts.ClauseView{Number: r.Publication.Clause, Document: pick(p, r.Name), Text: r.Publication.Quote}
}

// dutyTag says in a few words how a duty stands.
func dutyTag(p text.Printer, d policy.Duty) string {
	return p.Say("duty.tag."+string(d.State()), "Count", max(d.Days, -d.Days))
}

// releasesPage lists the versions of one government's catalogue.
type releasesPage struct {
	Frame      parts.FrameView
	Visit      *web.Visit
	Government string
	Above      *parts.Link // of a county: its city's catalogue
	Duty       parts.NoticeView
	Clause     parts.ClauseView
	Table      parts.TableView
	Services   []parts.Link // what is published now, service by service
}

func (s *Portal) releases(c *fiber.Ctx) error {
	v, government := web.VisitOf(c), c.Params("government")
	p := v.Printer
	list, err := s.office.Releases(c.UserContext(), government)
	if err != nil {
		return err
	}
	r, _, err := s.office.InForce(government[:4] + "00")
	if err != nil {
		return err
	}
	page := releasesPage{Frame: frame(v, p.Say("catalogue.of", "Government", pick(p, s.office.GovernmentName(government)))), Visit: v, Government: pick(p, s.office.GovernmentName(government)),
		Clause: publicationClause(p, r), Table: releaseTable(p, list)}
	page.Frame.Back = &parts.Link{Label: p.Say("catalogue.all"), Href: "/catalogue"}
	var last office.Release
	if len(list) > 0 {
		if last, _, err = s.office.ReleaseOf(c.UserContext(), government, list[0].Number); err != nil {
			return err
		}
	}
	page.Duty = s.dutyNotice(p, r, r.PublicationDuty(government, last.ReleasedOn, s.office.Today()))
	if government != r.Jurisdiction {
		page.Above = &parts.Link{Label: p.Say("catalogue.above", "City", cityName(s.office, p, r.Jurisdiction)), Href: "/catalogue/" + r.Jurisdiction}
	}
	seen := ""
	for _, e := range last.Entries {
		if _, service := s.findService(e.Service); service != nil && service.ID != seen {
			page.Services = append(page.Services, parts.Link{Label: pick(p, service.Title), Href: "/catalogue/" + government + "/services/" + service.ID})
			seen = service.ID
		}
	}
	return web.Render(c, fiber.StatusOK, releasesView(page))
}

// dutyNotice says plainly when was published last, by when next, and whether that is overdue.
func (s *Portal) dutyNotice(p text.Printer, r *policy.Ruleset, d policy.Duty) parts.NoticeView {
	words := []string{p.Say("duty.never")}
	if !d.Last.IsZero() {
		words[0] = p.Say("duty.last", "Day", parts.Date(p, d.Last))
	}
	words = append(words, p.Say("duty.say."+string(d.State()), "Due", parts.Date(p, d.Due), "Count", max(d.Days, -d.Days), "Warning", d.Warning))
	if days := r.Publication.DueDays(s.office.Today()); d.Last.IsZero() && len(days) > 0 {
		var named []string
		for _, day := range days {
			named = append(named, parts.Date(p, day))
		}
		words = append(words, p.Say("duty.days", "Days", strings.Join(named, p.Pick("、", ", "))))
	}
	return parts.NoticeView{Tone: dutyTones[d.State()], Title: p.Say("duty.title"), Text: strings.Join(words, p.Pick("", " "))}
}

func releaseTable(p text.Printer, list []office.Release) parts.TableView {
	view := parts.TableView{ID: "releases", Caption: p.Say("catalogue.versions"), Empty: p.Say("catalogue.none"), Columns: []parts.Column{
		{Label: p.Say("catalogue.version")}, {Label: p.Say("release.note")}, {Label: p.Say("release.reported_on")}}}
	for _, r := range list {
		reported := parts.Cell{Text: p.Say("catalogue.unreported")}
		if r.Report != nil {
			reported = parts.Cell{Text: parts.Date(p, r.Report.On), Note: r.Report.Document}
		}
		view.Rows = append(view.Rows, []parts.Cell{{Text: p.Say("release.number", "Number", r.Number), Href: versionPath(r.Government, r.Number), Note: parts.Date(p, r.ReleasedOn)}, {Text: r.Note}, reported})
	}
	return view
}

func versionPath(government string, number int) string {
	return "/catalogue/" + government + "/" + strconv.Itoa(number)
}

// addedPage is what the city's departments, and below them those of a county, have added to one service, as it stands today.
type addedPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Place   string
	Title   string
	Clause  parts.ClauseView
	Service string
	Entries []office.PublishedEntry
}

func (s *Portal) addedTo(c *fiber.Ctx) error {
	v, government := web.VisitOf(c), c.Params("government")
	p := v.Printer
	r, service := s.findService(c.Params("service"))
	if service == nil || !r.Governs(government) {
		return web.ErrNotFound
	}
	governments := []string{r.Jurisdiction}
	if government != r.Jurisdiction {
		governments = append(governments, government) // a county adds to its city's
	}
	entries, err := s.office.Published(c.UserContext(), service.ID, governments...)
	if err != nil {
		return err
	}
	page := addedPage{Frame: frame(v, pick(p, service.Title)), Visit: v, Place: pick(p, s.office.GovernmentName(government)), Title: pick(p, service.Title), Service: service.ID, Entries: entries,
		Clause: parts.ClauseView{Number: service.Clause, Document: wording(p, service.Basis, pick(p, r.Name)), Text: service.Quote}}
	page.Frame.Back = &parts.Link{Label: p.Say("catalogue.of", "Government", page.Place), Href: "/catalogue/" + government}
	return web.Render(c, fiber.StatusOK, addedView(page))
}
