package portal

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// servicePage is one service: its text word for word, what it offers to whom, where to go, who answers for it.
type servicePage struct {
	Frame       parts.FrameView
	Visit       *web.Visit
	City        string
	Law         lawView
	Service     *policy.Service
	Who         string
	Items       []serviceItem
	Conditional bool // some item has conditions or a place of its own
	Where       string
	Departments []parts.Row
	Inferred    bool
	// Jurisdiction and Ruleset are codes, for links.
	Jurisdiction, Ruleset string
	County                string // whose additions are shown beside the city's; empty for none
	Counties              []parts.Option
	Published             []office.PublishedEntry
	Unread                bool // the published entries cannot be read now
}

func (s *Portal) service(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	r, service := s.findService(c.Params("id"))
	if service == nil {
		return web.ErrNotFound
	}
	_, law, err := s.law(p, r.Jurisdiction, r.ID, "/services")
	if err != nil {
		return err
	}
	page := servicePage{Frame: frame(v, pick(p, service.Title)), Visit: v, City: cityName(s.office, p, r.Jurisdiction), Law: law, Service: service,
		Who: tierNames(p, r, service.Tiers), Items: s.items(p, service.Office, everyItem(service)), Departments: departmentRows(p, r, service), Inferred: service.DepartmentsSource == "inferred", Jurisdiction: r.Jurisdiction, Ruleset: r.ID}
	page.Law.Others = nil // another text has other services
	page.Frame.Back = &parts.Link{Label: p.Say("services.all"), Href: "/services?city=" + r.Jurisdiction + "&ruleset=" + r.ID + "#" + service.ID}
	if where, ok := s.office.Book.Office(service.Office); ok {
		page.Where = pick(p, where.Name)
	}
	for _, item := range page.Items {
		page.Conditional = page.Conditional || len(item.Conditions) > 0 || item.Where != ""
	}
	s.publish(c, &page)
	return web.Render(c, fiber.StatusOK, serviceView(page))
}

// publish adds what departments have published about the service: the city's, and a county's when one is chosen. The law can be read
// without the record, so the page stands even when that cannot be.
func (s *Portal) publish(c *fiber.Ctx, page *servicePage) {
	governments := []string{page.Jurisdiction}
	page.Counties = countyOptions(page.Jurisdiction)
	for _, o := range page.Counties {
		if o.Value == web.Query(c).Get("county") {
			page.County = o.Value
			governments = append(governments, o.Value)
		}
	}
	var err error
	if page.Published, err = s.office.Published(c.UserContext(), page.Service.ID, governments...); err != nil {
		s.log.Warn("published entries not read", "id", page.Visit.ID, "err", err)
		page.Unread = true
	}
}

// findService finds a service by its id, which belongs to one ruleset only.
func (s *Portal) findService(id string) (*policy.Ruleset, *policy.Service) {
	for _, j := range s.office.Book.Jurisdictions() {
		for _, r := range j.Rulesets {
			if service, ok := r.Service(id); ok {
				return r, service
			}
		}
	}
	return nil, nil
}

// departmentRows lists who answers for a service: the name in the text, and today's where it has changed.
func departmentRows(p text.Printer, r *policy.Ruleset, service *policy.Service) []parts.Row {
	var rows []parts.Row
	for _, code := range service.Departments {
		d, ok := r.Department(code)
		if !ok {
			continue
		}
		row := parts.Row{Key: p.Say("services.department"), Value: pick(p, d.Name)}
		if d.Successor != nil && pick(p, *d.Successor) != row.Value {
			row.Note = p.Say("services.today", "Name", pick(p, *d.Successor))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		rows = []parts.Row{{Key: p.Say("services.department"), Value: p.Say("services.no_department")}}
	}
	return rows
}

// wording names the document of a quote, and says when the quote gives the content and not the words.
func wording(p text.Printer, b policy.Basis, document string) string {
	if b.Wording == policy.Reported {
		return p.Say("services.reported")
	}
	return document
}
