package portal

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/parts"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// eligibilityPage asks which city, then only what its ruleset uses, then answers. Everything stands in the address, and nothing in it says
// who asks: the answer can be shared and works without script.
type eligibilityPage struct {
	Frame   parts.FrameView
	Visit   *web.Visit
	Cities  []parts.ServiceCardView // while no city is chosen
	City    string
	Ruleset *policy.Ruleset
	Law     lawView
	Answers eligibilityAnswers
	Hidden  []parts.Hidden

	Recorded string // number of the own registration that the date was taken from
	Errors   parts.Errors
}

// eligibilityAnswers is what was answered, as it stands in the query.
type eligibilityAnswers struct {
	Hukou     string // deepest division chosen
	HukouDone bool
	Residence string
	Date      parts.DateValue
	Intends   string
	Grounds   []string
	Grounds3Y []string
}

// noGround is the answer that none of the grounds holds, which differs from no answer.
const noGround = "none"

func readEligibility(f web.Form) eligibilityAnswers {
	a := eligibilityAnswers{Residence: f.Get("residence"), Date: parts.ReadDate("registered_on", f.Get), Intends: f.Get("intends"),
		Grounds: f.All("grounds"), Grounds3Y: f.All("grounds_3y")}
	a.Hukou, a.HukouDone = parts.ReadAddress("hukou", parts.Nation, "", f.Get)
	return a
}

func (s *Portal) eligibility(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p, query := v.Printer, web.Query(c)
	city := query.Get("city")
	page := eligibilityPage{Frame: frame(v, p.Say("eligibility.title")), Visit: v}
	if _, ok := s.office.Book.Jurisdiction(city); !ok {
		var err error
		if page.Cities, err = s.cityCards(p, "/eligibility"); err != nil {
			return err
		}
		return web.Render(c, fiber.StatusOK, eligibilityView(page))
	}
	r, law, err := s.law(p, city, query.Get("ruleset"), "/eligibility")
	if err != nil {
		return err
	}
	page.City, page.Ruleset, page.Law, page.Answers = cityName(s.office, p, city), r, law, readEligibility(query)
	page.Frame.Back = &parts.Link{Label: p.Say("services.cities"), Href: "/eligibility"}
	page.Hidden = []parts.Hidden{{Name: "city", Value: city}, {Name: "ask", Value: "1"}}
	if query.Has("ruleset") {
		page.Hidden = append(page.Hidden, parts.Hidden{Name: "ruleset", Value: r.ID})
	}
	if !query.Has("ask") || parts.AddressShown("hukou", query.Get) {
		if page.Recorded, err = s.recordedFor(c, v, r, &page.Answers); err != nil {
			return err
		}
		return web.Render(c, fiber.StatusOK, eligibilityView(page))
	}
	asked, errors := s.eligibilityQuery(p, r, page.Answers)
	if len(errors) > 0 {
		page.Errors, page.Frame.HasErrors = errors, true
		return web.Render(c, fiber.StatusUnprocessableEntity, eligibilityView(page))
	}
	answer := policy.Eligibility(r, r.StatusOn(asked.On, s.office.Extensions), asked)
	return web.Render(c, fiber.StatusOK, eligibleView(s.eligiblePage(page, query, asked, answer)))
}

// eligibilityQuery turns the answers into a question to the law. An answer that is missing stays missing; only one that cannot be is an
// error.
func (s *Portal) eligibilityQuery(p text.Printer, r *policy.Ruleset, a eligibilityAnswers) (policy.EligibilityQuery, parts.Errors) {
	var errors parts.Errors
	wrong := func(field, key string) { errors = append(errors, parts.Error{Field: field, Message: p.Say(key)}) }
	q := policy.EligibilityQuery{Jurisdiction: r.Jurisdiction, Ruleset: &r.ID, On: s.office.Today()}
	if a.Hukou != "" && !a.HukouDone {
		wrong("hukou_division", "fault.division_county")
	} else if a.Hukou != "" {
		q.HukouDivision = &a.Hukou
	}
	if a.Residence != "" {
		q.ResidenceDivision = &a.Residence
	}
	if !a.Date.Empty() {
		date, err := a.Date.Date()
		if err != nil {
			wrong("registered_on", "fault.date")
		}
		q.RegisteredOn = date
	}
	switch a.Intends {
	case "yes":
		q.IntendsHalfYear = policy.Yes
	case "no":
		q.IntendsHalfYear = policy.No
	}
	var ok, ok3 bool
	if q.Grounds, ok = groundCodes(a.Grounds); !ok {
		wrong("grounds", "eligibility.none_and_some")
	}
	if q.Grounds3Y, ok3 = groundCodes(a.Grounds3Y); !ok3 {
		wrong("grounds_3y", "eligibility.none_and_some")
	}
	for _, f := range q.Check(s.office.Book, q.On) {
		switch {
		case f.Field == "residence_division":
			wrong("residence", "fault.address_county")
		case f.Field == "hukou_division":
			wrong(f.Field, "fault.division_county")
		case f.Code == policy.FaultAfter:
			wrong(f.Field, "fault.registered_on_future")
		case f.Code == policy.FaultDateRange:
			wrong(f.Field, "fault.date")
		default:
			wrong(f.Field, "fault.grounds_choose")
		}
	}
	return q, errors
}

// groundCodes tells no answer (nil), the answer none (empty) and some apart; none and some together are no answer that can be used.
func groundCodes(chosen []string) ([]string, bool) {
	switch {
	case len(chosen) == 0:
		return nil, true
	case !slices.Contains(chosen, noGround):
		return chosen, true
	}
	return []string{}, len(chosen) == 1
}

// groundChoices are the grounds of a rule and, below them, none of them.
func groundChoices(p text.Printer, rule *policy.GroundRule) []parts.Option {
	var options []parts.Option
	for i := range rule.List {
		g := &rule.List[i]
		options = append(options, parts.Option{Value: g.Code, Label: pick(p, g.Name), Hint: p.Say("apply.ground_papers", "Papers", papers(p, g))})
	}
	return append(options, parts.Option{Value: noGround, Label: p.Say("eligibility.none"), Or: p.Say("eligibility.or")})
}

// papers names what shows a ground.
func papers(p text.Printer, g *policy.Ground) string {
	names := make([]string, len(g.Evidence))
	for i, e := range g.Evidence {
		names[i] = pick(p, e.Name)
	}
	return strings.Join(names, p.Pick("、", ", "))
}

// countyOptions are the counties of a city.
func countyOptions(city string) []parts.Option {
	var options []parts.Option
	for _, d := range civic.Counties(city) {
		options = append(options, parts.Option{Value: d.Code, Label: d.Name})
	}
	return options
}

// eligiblePage is the answer. It is never an error page: what rules somebody out stands beside what would change it.
type eligiblePage struct {
	eligibilityPage
	Answer  policy.EligibilityAnswer
	Tone    parts.Tone
	Title   string
	Lead    string
	Reasons []parts.Row
	Missing []parts.Link
	Changes []string
	Given   parts.SummaryView
	Edit    string // the questions with these answers
}

// eligibilityFields are the names of the query that hold answers.
var eligibilityFields = []string{"city", "ruleset", "hukou_province", "hukou_prefecture", "hukou_county", "residence", "registered_on_year", "registered_on_month", "registered_on_day", "intends", "grounds", "grounds_3y"}

func (s *Portal) eligiblePage(asked eligibilityPage, query web.Form, q policy.EligibilityQuery, a policy.EligibilityAnswer) eligiblePage {
	p, r := asked.Visit.Printer, asked.Ruleset
	page := eligiblePage{eligibilityPage: asked, Answer: a}
	kept := url.Values{}
	for _, name := range eligibilityFields {
		if all := query.All(name); len(all) > 0 {
			kept[name] = all
		}
	}
	page.Edit = "/eligibility?" + kept.Encode()
	page.Frame.Back = &parts.Link{Label: p.Say("eligibility.edit"), Href: page.Edit}
	page.Title = p.Say("eligibility.verdict." + string(a.Verdict))
	page.Frame.Title = page.Title
	switch a.Verdict {
	case policy.Eligible:
		page.Tone = parts.Good
		var tiers []string
		for _, code := range a.Tiers {
			if t, ok := r.Tier(code); ok {
				tiers = append(tiers, pick(p, t.Name))
			}
		}
		page.Lead = p.Say("eligibility.eligible_since", "Date", parts.Date(p, *a.EligibleOn), "Tiers", strings.Join(tiers, p.Pick("、", ", ")))
		if !q.RegisteredOn.IsZero() || r.HalfYear.Rule == "registered" {
			break
		}
		page.Lead = p.Say("eligibility.eligible_now", "Tiers", strings.Join(tiers, p.Pick("、", ", ")))
	case policy.TooEarly:
		page.Tone, page.Lead = parts.Wait, p.Say("eligibility.from", "Date", parts.Date(p, *a.EligibleOn))
	case policy.NeedMore:
		page.Tone, page.Lead = parts.Info, p.Say("eligibility.need_more_lead")
	default:
		page.Tone, page.Lead = parts.Wait, p.Say("eligibility.not_lead")
	}
	for _, reason := range a.Reasons {
		basis := basisOf(r, reason)
		page.Reasons = append(page.Reasons, parts.Row{Key: p.Say("eligibility.rule." + reason.Rule), Body: reasonView(p, reason, parts.ClauseView{
			Number: basis.Clause, Document: wording(p, basis, pick(p, r.Name)), Text: basis.Quote})})
	}
	for _, field := range a.Missing {
		page.Missing = append(page.Missing, parts.Link{Label: p.Say("eligibility.missing." + field), Href: page.Edit + "#" + controlOf(field)})
	}
	page.Changes = eligibilityChanges(p, r, q, a)
	page.Given = givenAnswers(p, asked, page.Edit)
	return page
}

// controlOf is the id of the control that asks a field of the query.
func controlOf(field string) string {
	switch field {
	case "residence_division":
		return "residence"
	case "intends_half_year":
		return "intends"
	}
	return field
}

// basisOf finds the words behind the clause of a reason.
func basisOf(r *policy.Ruleset, reason policy.Reason) policy.Basis {
	list := []policy.Basis{r.Scope.Basis, r.Scope.SameCityBasis, r.Scope.OwnPermitBasis}
	switch {
	case reason.Rule == "ground" && r.Grounds != nil:
		list = []policy.Basis{r.Grounds.Basis}
	case reason.Rule == "ground_3y" && r.ThreeYearGrounds != nil:
		list = []policy.Basis{r.ThreeYearGrounds.Basis}
	case reason.Rule != "scope":
		list = []policy.Basis{r.HalfYear.Basis}
	}
	for _, b := range list {
		if b.Clause == reason.Clause {
			return b
		}
	}
	return policy.Basis{Clause: reason.Clause}
}

// eligibilityChanges says what would change the answer, or open more.
func eligibilityChanges(p text.Printer, r *policy.Ruleset, q policy.EligibilityQuery, a policy.EligibilityAnswer) []string {
	var list []string
	grounds := func(key string, rule *policy.GroundRule) {
		for i := range rule.List {
			g := &rule.List[i]
			list = append(list, p.Say(key, "Ground", pick(p, g.Name), "Papers", papers(p, g)))
		}
	}
	for _, reason := range a.Reasons {
		switch says := &r.Scope.Says; {
		case reason.Rule == "scope" && reason.Met == policy.No:
			switch reason.Text {
			case says.OwnPermit:
				list = append(list, p.Say("eligibility.change.own_permit"))
			case says.Outside:
				list = append(list, p.Say("eligibility.change.outside"))
			default:
				list = append(list, p.Say("eligibility.change.at_home"))
			}
		case reason.Rule == "half_year" && reason.Met == policy.No:
			list = append(list, p.Say("eligibility.change.wait", "Date", parts.Date(p, r.HalfYearOn(q.RegisteredOn))))
		case reason.Rule == "half_year" && reason.Met == policy.Unknown && a.Verdict != policy.NotEligible:
			list = append(list, p.Say("eligibility.change.register"))
		case reason.Rule == "intention" && reason.Met == policy.No:
			list = append(list, p.Say("eligibility.change.intention"))
		case reason.Rule == "ground" && reason.Met == policy.No:
			grounds("eligibility.change.ground", r.Grounds)
		case reason.Rule == "ground_3y" && reason.Met != policy.Yes && a.Verdict == policy.Eligible:
			grounds("eligibility.change.three_year", r.ThreeYearGrounds)
		}
	}
	return list
}

// givenAnswers repeats what was answered.
func givenAnswers(p text.Printer, page eligibilityPage, edit string) parts.SummaryView {
	view := parts.SummaryView{Title: p.Say("eligibility.given")}
	row := func(field, control string, values ...string) {
		view.Rows = append(view.Rows, parts.Row{Key: p.Say("eligibility.missing." + field), Lines: values, Change: edit + "#" + control})
	}
	named := func(values ...string) []string {
		return slices.DeleteFunc(values, func(s string) bool { return s == "" })
	}
	a, r := page.Answers, page.Ruleset
	row("hukou_division", "hukou_division", named(parts.DivisionNames(a.Hukou))...)
	row("residence_division", "residence", named(parts.DivisionNames(a.Residence))...)
	if r.HalfYear.Rule == "registered" {
		date, _ := a.Date.Date() // it has been checked; none is the zero date
		row("registered_on", "registered_on", named(parts.Date(p, date))...)
	} else {
		var said string
		if a.Intends == "yes" || a.Intends == "no" {
			said = p.Say("field." + a.Intends)
		}
		row("intends_half_year", "intends", named(said)...)
	}
	if r.Grounds != nil {
		row("grounds", "grounds", groundNames(p, r.Grounds, a.Grounds)...)
	}
	if r.ThreeYearGrounds != nil {
		row("grounds_3y", "grounds_3y", groundNames(p, r.ThreeYearGrounds, a.Grounds3Y)...)
	}
	return view
}

func groundNames(p text.Printer, rule *policy.GroundRule, chosen []string) []string {
	var names []string
	for i := range rule.List {
		if slices.Contains(chosen, rule.List[i].Code) {
			names = append(names, pick(p, rule.List[i].Name))
		}
	}
	if slices.Contains(chosen, noGround) {
		names = append(names, p.Say("eligibility.none"))
	}
	return names
}
