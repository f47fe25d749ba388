package portal

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// comparisonPage lays two cities side by side for somebody who moves from one to the other.
type comparisonPage struct {
	Frame    parts.FrameView
	Visit    *web.Visit
	Cities   []parts.Option
	From, To side
	Rules    parts.TableView
	Services parts.TableView
	Only     []string // in one sentence each: what only one of the cities has
}

// side is one of the two cities with the text that it goes by.
type side struct {
	Code, City string
	Ruleset    *policy.Ruleset
	Law        lawView
}

func (s *Portal) comparison(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p, query := v.Printer, web.Query(c)
	page := comparisonPage{Frame: frame(v, p.Say("comparison.title")), Visit: v}
	page.Frame.Back = &parts.Link{Label: p.Say("services.title"), Href: "/services"}
	page.Frame.Wide = true
	cities := s.office.Book.Jurisdictions()
	codes := []string{cities[len(cities)-1].Code, cities[0].Code} // the two that are compared until others are chosen
	for i, name := range []string{"from", "to"} {
		if _, ok := s.office.Book.Jurisdiction(query.Get(name)); ok {
			codes[i] = query.Get(name)
		}
	}
	for _, j := range cities {
		page.Cities = append(page.Cities, parts.Option{Value: j.Code, Label: pick(p, j.Name)})
	}
	var err error
	if page.From, err = s.side(p, codes[0]); err != nil {
		return err
	}
	if page.To, err = s.side(p, codes[1]); err != nil {
		return err
	}
	if codes[0] != codes[1] {
		s.compare(&page)
	}
	return web.Render(c, fiber.StatusOK, comparisonView(page))
}

func (s *Portal) side(p text.Printer, city string) (side, error) {
	r, law, err := s.law(p, city, "", "/comparison")
	law.Others = nil
	return side{Code: city, City: cityName(s.office, p, city), Ruleset: r, Law: law}, err
}

// compare lays out what it takes to get and keep a permit, and then what it opens, theme by theme.
func (s *Portal) compare(page *comparisonPage) {
	p, from, to := page.Visit.Printer, page.From, page.To
	columns := []parts.Column{{Label: p.Say("comparison.topic")}, {Label: from.City}, {Label: to.City}}
	page.Rules = parts.TableView{ID: "rules", Caption: p.Say("comparison.rules"), Columns: columns}
	a, b := ruleLines(p, from.Ruleset, s.office.Today()), ruleLines(p, to.Ruleset, s.office.Today())
	for i := range a {
		page.Rules.Rows = append(page.Rules.Rows, []parts.Cell{{Text: a[i].topic}, a[i].cell(p), b[i].cell(p)})
	}
	page.Services = parts.TableView{ID: "themes", Caption: p.Say("comparison.services"), Columns: columns}
	var onlyFrom, onlyTo []string
	for _, c := range s.office.Book.Compare(from.Ruleset, to.Ruleset) {
		name := pick(p, c.Theme.Name)
		page.Services.Rows = append(page.Services.Rows, []parts.Cell{{Text: name}, {Body: comparedView(page.Visit, from.Ruleset, c.From)}, {Body: comparedView(page.Visit, to.Ruleset, c.To)}})
		switch {
		case openEnded(c.From) && openEnded(c.To): // an open list names nothing that could be lost
		case len(c.To) == 0:
			onlyFrom = append(onlyFrom, name)
		case len(c.From) == 0:
			onlyTo = append(onlyTo, name)
		}
	}
	for _, only := range []struct {
		key, city string
		names     []string
	}{{"comparison.only_to", to.City, onlyTo}, {"comparison.only_from", from.City, onlyFrom}} {
		if len(only.names) > 0 {
			page.Only = append(page.Only, p.Say(only.key, "City", only.city, "Themes", strings.Join(only.names, p.Pick("、", ", "))))
		}
	}
}

// openEnded reports that nothing stands there but the open lists of a text.
func openEnded(services []policy.ComparedService) bool {
	for _, s := range services {
		for _, it := range s.Items {
			if !it.Open() {
				return false
			}
		}
	}
	return true
}

// ruleLine is what a city's text says of one topic, and where.
type ruleLine struct {
	topic, says, clause string
}

func (l ruleLine) cell(p text.Printer) parts.Cell {
	cell := parts.Cell{Text: l.says}
	if l.clause != "" {
		cell.Note = p.Say("help.clause", "Clause", l.clause)
	}
	return cell
}

// ruleLines says how a permit is got and kept: always the same topics in the same order.
func ruleLines(p text.Printer, r *policy.Ruleset, today civic.Date) []ruleLine {
	var lines []ruleLine
	line := func(topic, says, clause string) {
		lines = append(lines, ruleLine{p.Say("comparison.topic." + topic), says, clause})
	}
	half := p.Say("comparison.half_year.intended")
	switch {
	case r.HalfYear.Months > 0:
		half = p.Say("comparison.half_year.months", "N", r.HalfYear.Months)
	case r.HalfYear.Days > 0:
		half = p.Say("comparison.half_year.days", "N", r.HalfYear.Days)
	}
	line("half_year", half, r.HalfYear.Clause)
	if r.Grounds != nil {
		line("ground", p.Say("comparison.ground.any", "Grounds", groundList(p, r.Grounds)), r.Grounds.Clause)
	} else {
		line("ground", p.Say("comparison.ground.none"), "")
	}
	var tiers []string
	for i := range r.Tiers {
		if t := &r.Tiers[i]; t.Granted() {
			tiers = append(tiers, termOf(p, t))
		}
	}
	line("permit", strings.Join(tiers, p.Pick("；", "; ")), r.Tiers[0].Clause)
	if e := r.Endorsement; e != nil {
		line("endorsement", p.Say("comparison.endorsement.every", "Months", e.EveryMonths, "Window", e.WindowMonths), e.Clause)
	} else {
		line("endorsement", p.Say("comparison.endorsement.none"), "")
	}
	line("deadline", days(p, r.IssueDeadline.Statutory), r.IssueDeadline.Clause)
	for _, kind := range []string{"issue", "replace"} {
		says, clause := p.Say("comparison.fee.unknown"), ""
		if fee, ok := r.FeeFor(kind, today); ok {
			says, clause = p.Say("help.free"), fee.Clause
			if fee.Yuan > 0 {
				says = p.Say("help.yuan", "Yuan", strconv.Itoa(fee.Yuan))
			}
			if !fee.Confirmed {
				says = p.Say("comparison.unconfirmed", "Says", says)
			}
		}
		line("fee_"+kind, says, clause)
	}
	return lines
}

func termOf(p text.Printer, t *policy.Tier) string {
	if t.TermYears > 0 {
		return p.Say("comparison.term.years", "Tier", pick(p, t.Name), "Years", t.TermYears)
	}
	return p.Say("comparison.term.none", "Tier", pick(p, t.Name))
}

func groundList(p text.Printer, rule *policy.GroundRule) string {
	names := make([]string, len(rule.List))
	for i := range rule.List {
		names[i] = pick(p, rule.List[i].Name)
	}
	return strings.Join(names, p.Pick("、", ", "))
}
