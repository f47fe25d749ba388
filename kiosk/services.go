package kiosk

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// citiesPage asks of which city the services are wanted.
type citiesPage struct {
	page
	Cities []parts.Option
}

func (k *Kiosk) cities(c *fiber.Ctx) error {
	p := web.VisitOf(c).Printer
	return web.Render(c, fiber.StatusOK, citiesView(citiesPage{k.page(c, p.Say("kiosk.services.title")), k.cityOptions(p)}))
}

// servicesPage is the catalogue of a city, in the groups of its text.
type servicesPage struct {
	page
	City   string
	Code   string
	Rules  string // the document, and how it stands
	Groups []group
	Words  string // that were searched for
	Found  []policy.Hit
}

// group is one list of the text.
type group struct {
	Title    string
	Services []policy.Service
}

func (k *Kiosk) services(c *fiber.Ctx) error {
	p := web.VisitOf(c).Printer
	r, state, err := k.Office.InForce(c.Params("city"))
	if err != nil {
		return err
	}
	pg := servicesPage{page: k.page(c, p.Say("kiosk.services.title")), City: k.cityName(p, r.Jurisdiction), Code: r.Jurisdiction, Rules: rulesetLine(p, r, state),
		Groups: groups(p, r), Words: web.Query(c).Get("q")}
	pg.Found = r.Search(pg.Words)
	return web.Render(c, fiber.StatusOK, servicesView(pg))
}

// groups keeps the order of the text. Services that a tier opens stand under that tier.
func groups(p text.Printer, r *policy.Ruleset) []group {
	var list []group
	for _, s := range r.Services {
		var title string
		if s.Category != "tier_service" {
			title = p.Say("kiosk.services.group." + s.Category)
		} else {
			var tiers []string
			for _, code := range s.Tiers {
				if tier, ok := r.Tier(code); ok {
					tiers = append(tiers, pick(p, tier.Name))
				}
			}
			title = strings.Join(tiers, p.Pick("、", ", "))
		}
		if len(list) == 0 || list[len(list)-1].Title != title {
			list = append(list, group{Title: title})
		}
		last := &list[len(list)-1]
		last.Services = append(last.Services, s)
	}
	return list
}

// servicePage is one service with its items, conditions, offices and the words of the text.
type servicePage struct {
	page
	City        string
	Code        string
	Rules       *policy.Ruleset
	Service     policy.Service
	Departments string
	Office      string
	Notes       []string
	Items       []item
	Published   []office.PublishedEntry // of the city
}

type item struct {
	Label      string
	Free       bool
	Conditions []string
	Office     string // its own, when it differs from the service's
}

func (k *Kiosk) service(c *fiber.Ctx) error {
	p := web.VisitOf(c).Printer
	r, _, err := k.Office.InForce(c.Params("city"))
	if err != nil {
		return err
	}
	s, ok := r.Service(c.Params("id"))
	if !ok {
		return web.ErrNotFound
	}
	pg := servicePage{page: k.page(c, pick(p, s.Title)), City: k.cityName(p, r.Jurisdiction), Code: r.Jurisdiction, Rules: r, Service: *s,
		Departments: parts.DepartmentLine(p, r, s), Office: k.officeName(p, s.Office)}
	for _, note := range s.Notes {
		pg.Notes = append(pg.Notes, pick(p, note))
	}
	for _, it := range s.Items {
		view := item{Label: pick(p, it.Label), Free: it.Free == policy.Yes}
		if it.Office != s.Office {
			view.Office = k.officeName(p, it.Office)
		}
		for _, code := range it.Conditions {
			if condition, ok := k.Office.Book.Condition(code); ok {
				view.Conditions = append(view.Conditions, pick(p, condition.Label))
			}
		}
		pg.Items = append(pg.Items, view)
	}
	if pg.Published, err = k.Office.Published(c.UserContext(), s.ID, r.Jurisdiction); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, serviceView(pg))
}

func (k *Kiosk) officeName(p text.Printer, code string) string {
	if o, ok := k.Office.Book.Office(code); ok {
		return pick(p, o.Name)
	}
	return ""
}
