package portal

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// servicesPage is the catalogue of a ruleset; without a city it asks for one.
type servicesPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Cities []parts.ServiceCardView // while no city is chosen
	City   string
	Law    lawView
	Groups []serviceGroup
	Rights []policy.Right
	Count  int    // of items
	Words  string // that were searched for
	Kept   []parts.Hidden
	Found  []serviceGroup // what fits them, a group for each city
	Hits   int
	Back   string // the page without the search
}

// serviceGroup is a part of the catalogue as its text divides it.
type serviceGroup struct {
	Title, Who string
	Services   []serviceLine
}

// serviceLine is one service in the list, its items folded unless they were searched for.
type serviceLine struct {
	ID, Title, Clause, Departments string
	Items                          []serviceItem
	Open                           bool
}

// serviceItem is one thing that a service offers. Free is said only where the text says it.
type serviceItem struct {
	Label      string
	Free, Open bool
	Conditions []string
	Where      string // when it differs from the service's
}

// lawView says by which text, and how that text stands today.
type lawView struct {
	Name, Document, Standing string
	Aged                     bool // it is not simply in force
	Others                   []parts.Link
}

// title is the name of the text and its number.
func (law lawView) title(p text.Printer) string {
	if law.Document == "" {
		return law.Name
	}
	return law.Name + p.Pick("，", ", ") + law.Document
}

func (s *Portal) services(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p, query := v.Printer, web.Query(c)
	page := servicesPage{Frame: frame(v, p.Say("services.title")), Visit: v, Words: query.Get("q"), Back: "/services"}
	city := query.Get("city")
	if _, ok := s.office.Book.Jurisdiction(city); !ok {
		for _, j := range s.office.Book.Jurisdictions() {
			r, _, err := s.office.InForce(j.Code)
			if err != nil {
				return err
			}
			page.find(s, p, r)
		}
		var err error
		if page.Cities, err = s.cityCards(p, "/services"); err != nil {
			return err
		}
		return web.Render(c, fiber.StatusOK, servicesView(page))
	}
	r, law, err := s.law(p, city, query.Get("ruleset"), "/services")
	if err != nil {
		return err
	}
	page.City, page.Law, page.Rights, page.Kept = cityName(s.office, p, city), law, r.Rights, []parts.Hidden{{Name: "city", Value: city}}
	page.Back += "?city=" + city
	if query.Has("ruleset") {
		page.Kept, page.Back = append(page.Kept, parts.Hidden{Name: "ruleset", Value: r.ID}), page.Back+"&ruleset="+r.ID
	}
	page.find(s, p, r)
	page.Frame.Back = &parts.Link{Label: p.Say("services.cities"), Href: "/services"}
	for i := range r.Services {
		one := &r.Services[i]
		if i == 0 || one.Category != r.Services[i-1].Category || !slices.Equal(one.Tiers, r.Services[i-1].Tiers) {
			page.Groups = append(page.Groups, serviceGroup{Title: p.Say("services.group." + one.Category), Who: tierNames(p, r, one.Tiers)})
		}
		group := &page.Groups[len(page.Groups)-1]
		group.Services = append(group.Services, s.line(p, r, one))
		page.Count += len(one.Items)
	}
	return web.Render(c, fiber.StatusOK, servicesView(page))
}

// find adds what fits the words in one city's text.
func (page *servicesPage) find(s *Portal, p text.Printer, r *policy.Ruleset) {
	var group serviceGroup
	for _, hit := range r.Search(page.Words) {
		line := s.line(p, r, hit.Service)
		if len(hit.Items) > 0 {
			line.Items, line.Open = s.items(p, hit.Service.Office, hit.Items), true
		}
		group.Services = append(group.Services, line)
	}
	if page.Hits += len(group.Services); len(group.Services) > 0 {
		group.Title = cityName(s.office, p, r.Jurisdiction)
		page.Found = append(page.Found, group)
	}
}

// line lays one service out for a list.
func (s *Portal) line(p text.Printer, r *policy.Ruleset, service *policy.Service) serviceLine {
	return serviceLine{ID: service.ID, Title: pick(p, service.Title), Clause: service.Clause, Departments: departmentNames(p, r, service), Items: s.items(p, service.Office, everyItem(service))}
}

func everyItem(service *policy.Service) []*policy.Item {
	list := make([]*policy.Item, len(service.Items))
	for i := range service.Items {
		list[i] = &service.Items[i]
	}
	return list
}

// cityCards leads to the same page for each city, and says which text it would go by.
func (s *Portal) cityCards(p text.Printer, path string) ([]parts.ServiceCardView, error) {
	var cards []parts.ServiceCardView
	for _, j := range s.office.Book.Jurisdictions() {
		r, _, err := s.office.InForce(j.Code)
		if err != nil {
			return nil, err
		}
		cards = append(cards, parts.ServiceCardView{ID: "city-" + j.Code, Href: path + "?city=" + j.Code, Title: pick(p, j.Name), Summary: pick(p, r.Name)})
	}
	return cards, nil
}

// law chooses the ruleset of a city: the named one, or the one in force; with links to the city's others on the same page.
func (s *Portal) law(p text.Printer, city, ruleset, path string) (*policy.Ruleset, lawView, error) {
	var name *string
	if ruleset != "" {
		name = &ruleset
	}
	r, standing := s.office.Book.Choose(city, name, s.office.Today(), s.office.Extensions)
	if r == nil {
		return nil, lawView{}, web.ErrNotFound
	}
	law := lawView{Name: pick(p, r.Name), Document: r.Document, Standing: p.Say("ruleset.status." + string(standing)), Aged: standing != policy.InForce}
	if law.Document == r.Name.Zh {
		law.Document = "" // a text without a number is known by its name
	}
	switch {
	case standing == policy.Extended:
		for _, x := range s.office.Extensions {
			if x.Ruleset == r.ID {
				law.Standing = p.Say("services.extended", "Until", parts.Date(p, x.Until), "Document", x.Document)
			}
		}
	case standing == policy.Expired:
		law.Standing = p.Say("services.expired", "Day", parts.Date(p, r.InForce.To))
	case standing == policy.NotYet:
		law.Standing = p.Say("services.not_yet", "Day", parts.Date(p, r.InForce.From))
	}
	j, _ := s.office.Book.Jurisdiction(city)
	for _, other := range j.Rulesets {
		if other.ID != r.ID {
			law.Others = append(law.Others, parts.Link{Label: pick(p, other.Name), Href: path + "?" + url.Values{"city": {city}, "ruleset": {other.ID}}.Encode()})
		}
	}
	return r, law, nil
}

// items lays out what a service offers; office is where the service leads when an item names no other.
func (s *Portal) items(p text.Printer, office string, items []*policy.Item) []serviceItem {
	list := make([]serviceItem, len(items))
	for i, one := range items {
		list[i] = serviceItem{Label: pick(p, one.Label), Free: one.Free == policy.Yes, Open: one.Open()}
		for _, code := range one.Conditions {
			if c, ok := s.office.Book.Condition(code); ok {
				words := pick(p, c.Label)
				if c.ByOffice {
					words = p.Say("services.by_office", "Condition", words)
				}
				list[i].Conditions = append(list[i].Conditions, words)
			}
		}
		if where, ok := s.office.Book.Office(one.Office); ok && one.Office != office {
			list[i].Where = pick(p, where.Name)
		}
	}
	return list
}

// tierNames says who may use a service, as long as there are several permits.
func tierNames(p text.Printer, r *policy.Ruleset, tiers []string) string {
	if len(r.Tiers) == 1 {
		return ""
	}
	var names []string
	for _, code := range tiers {
		if t, ok := r.Tier(code); ok {
			names = append(names, pick(p, t.Name))
		}
	}
	return p.Say("services.who", "Tiers", strings.Join(names, p.Pick("、", ", ")))
}

// departmentNames lists the departments of a service under their names of today, and says so when they are our inference.
func departmentNames(p text.Printer, r *policy.Ruleset, service *policy.Service) string {
	var names []string
	for _, code := range service.Departments {
		if d, ok := r.Department(code); ok {
			names = append(names, pick(p, d.Name))
		}
	}
	line := strings.Join(names, p.Pick("、", ", "))
	if service.DepartmentsSource == "inferred" && line != "" {
		line = p.Say("services.inferred_short", "Departments", line)
	}
	return line
}
