package console

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// monthlyRoles see the monthly report; a supervisor closes it, an auditor reads.
var monthlyRoles = []access.Role{access.Supervisor, access.Auditor}

// monthlyPage is the report of a month for the performance review (综治考评), of one county or of all that the reader sees.
type monthlyPage struct {
	Frame         parts.FrameView
	Visit         *web.Visit
	Errors        parts.Errors
	City, Title   string
	Month         string
	Before, After string // addresses; After is "" for the present month
	Chips         []parts.Chip
	Table         parts.TableView
	Export        string
	Over          bool // the month has passed
	One           *office.MonthlyCounty
	ClosedBy      string
	Reason        string // of the correction that is shown
	Changed       parts.TableView
	Typed         string // reason that was typed
}

// monthly leads to the last month that has passed.
func (s *Console) monthly(c *fiber.Ctx) error {
	today := s.office.Today()
	return web.SeeOther(c, monthlyPath(today.AddDays(1-today.Day()).AddMonths(-1)))
}

func monthlyPath(month civic.Date) string { return "/console/statistics/monthly/" + month.String()[:7] }

func (s *Console) monthlyReport(c *fiber.Ctx) error {
	page, _, err := s.monthlyPage(c, web.Query(c).Get("county"))
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, monthlyView(page))
}

// exportMonthly gives out every county's figures in one sheet.
func (s *Console) exportMonthly(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	_, report, err := s.monthlyPage(c, "")
	if err != nil {
		return err
	}
	table := parts.TableView{Columns: []parts.Column{{Label: p.Say("console.statistics.county")}}}
	for _, county := range report.Counties {
		one := monthlyTable(p, report.Month, county)
		if len(table.Columns) == 1 {
			table.Columns = append(table.Columns, one.Columns...)
			table.Columns = append(table.Columns, parts.Column{Label: p.Say("monthly.state")})
		}
		state := p.Say("monthly.open")
		if county.Closed != nil {
			state = p.Say("monthly.closed", "On", moment(p, county.Closed.At), "Who", county.Closed.By.Name, "Revision", county.Closed.Revision)
		}
		for _, row := range one.Rows {
			table.Rows = append(table.Rows, append(append([]parts.Cell{{Text: countyName(p, county.County)}}, row...), parts.Cell{Text: state}))
		}
	}
	return s.sendSheet(c, v, p.Say("monthly.title"), "monthly-"+report.Month.String()[:7], table)
}

// monthlyPage lays out the month of the address; a county that is not among the reader's is none.
func (s *Console) monthlyPage(c *fiber.Ctx, chosen string) (page monthlyPage, report office.MonthlyReport, err error) {
	v := web.VisitOf(c)
	p := v.Printer
	month, ok := s.office.ParseMonth(c.Params("month"))
	if !ok {
		return page, report, web.ErrNotFound
	}
	if report, err = s.office.MonthlyReport(c.UserContext(), v.Actor, month); err != nil {
		return page, report, err
	}
	page = monthlyPage{Frame: frame(v, p.Say("monthly.title")), Visit: v, City: pick(p, s.office.GovernmentName(report.Jurisdiction)), Month: month.String()[:7], Over: report.Over,
		Before: monthlyPath(month.AddMonths(-1)), Export: monthlyPath(month) + "/export"}
	page.Frame.Wide, page.Frame.Path = true, monthlyPath(month)
	if next := month.AddMonths(1); !next.After(s.office.Today()) {
		page.After = monthlyPath(next)
	}
	whole := office.MonthlyCounty{This: office.Figures{}, Before: office.Figures{}, YearAgo: office.Figures{}}
	for i, county := range report.Counties {
		if len(report.Counties) == 1 || chosen != "" && county.County == chosen {
			page.One = &report.Counties[i]
		}
		for into, figures := range map[*office.Figures]office.Figures{&whole.This: county.This, &whole.Before: county.Before, &whole.YearAgo: county.YearAgo} {
			for name, n := range figures {
				(*into)[name] += n
			}
		}
	}
	if len(report.Counties) > 1 {
		page.Chips = []parts.Chip{{Label: p.Say("monthly.all"), Href: monthlyPath(month), Current: page.One == nil}}
		for _, county := range report.Counties {
			if county.County != "" {
				page.Chips = append(page.Chips, parts.Chip{Label: countyName(p, county.County), Href: monthlyPath(month) + "?county=" + county.County, Current: page.One != nil && page.One.County == county.County})
			}
		}
	}
	page.Title = p.Say("monthly.title_of", "Month", page.Month, "County", page.City)
	if page.One == nil {
		page.Table = monthlyTable(p, month, whole)
		return page, report, nil
	}
	page.Title = p.Say("monthly.title_of", "Month", page.Month, "County", countyName(p, page.One.County))
	page.Table = monthlyTable(p, month, *page.One)
	if closed := page.One.Closed; closed != nil {
		page.ClosedBy, page.Reason = p.Say("monthly.closed", "On", moment(p, closed.At), "Who", closed.By.Name, "Revision", closed.Revision), closed.Reason
		page.Changed = parts.TableView{ID: "changed", Caption: p.Say("monthly.changed"), Columns: []parts.Column{{Label: p.Say("monthly.figure")}, {Label: p.Say("monthly.as_closed"), Numeric: true}, {Label: p.Say("monthly.now"), Numeric: true}}}
		for _, f := range page.One.Changed {
			page.Changed.Rows = append(page.Changed.Rows, []parts.Cell{{Text: figureName(p, f)}, {Text: strconv.Itoa(closed.Figures[f.Name()])}, {Text: strconv.Itoa(page.One.Now[f.Name()])}})
		}
	}
	return page, report, nil
}

// countyName is the name of a county, or that none was named.
func countyName(p text.Printer, code string) string {
	if code == "" {
		return p.Say("monthly.no_county")
	}
	return parts.CountyName(code)
}

// figureName says what a figure counts, its group first.
func figureName(p text.Printer, f office.Figure) string {
	name := ""
	switch f.Group {
	case "rating":
		name = p.Say("rating.level." + f.Code)
	case "cancellation":
		name = p.Say("life.ground." + f.Code)
	default:
		name = p.Say("monthly.figure." + f.Code)
	}
	group := "monthly.group." + f.Group
	for _, kind := range permit.Kinds() {
		if f.Group == string(kind) {
			group = "kind." + f.Group
		}
	}
	return p.Say(group) + " · " + name
}

// monthlyTable is a month beside the one before and the same a year ago, with the rates that follow from its figures.
func monthlyTable(p text.Printer, month civic.Date, county office.MonthlyCounty) parts.TableView {
	table := parts.TableView{ID: "monthly", Caption: p.Say("monthly.caption"), Columns: []parts.Column{{Label: p.Say("monthly.figure")}, {Label: month.String()[:7], Numeric: true},
		{Label: month.AddMonths(-1).String()[:7], Numeric: true}, {Label: month.AddMonths(-12).String()[:7], Numeric: true}}}
	row := func(label string, value func(office.Figures) string) {
		table.Rows = append(table.Rows, []parts.Cell{{Text: label}, {Text: value(county.This)}, {Text: value(county.Before)}, {Text: value(county.YearAgo)}})
	}
	ratio := func(label, part, whole string, unit float64, suffix string) {
		row(label, func(f office.Figures) string {
			if f[whole] == 0 {
				return p.Say("console.statistics.none")
			}
			return strconv.FormatFloat(unit*float64(f[part])/float64(f[whole]), 'f', 1, 64) + suffix
		})
	}
	for _, f := range office.MonthlyFigures() {
		row(figureName(p, f), func(figures office.Figures) string {
			if _, counted := figures[f.Name()]; !counted && strings.HasSuffix(f.Code, "_anew") {
				return p.Say("console.statistics.none")
			}
			return strconv.Itoa(figures[f.Name()])
		})
		switch f.Name() {
		case "deadline.met":
			ratio(p.Say("monthly.rate"), "deadline.met", "deadline.fell", 100, " %")
		case "deadline.met_anew":
			ratio(p.Say("monthly.rate_anew"), "deadline.met_anew", "deadline.fell_anew", 100, " %")
		case "window.people":
			ratio(p.Say("monthly.per_window"), "window.people", "window.windows", 1, "")
		}
	}
	return table
}

// closeMonth fixes a county's figures, or corrects them. A second tap finds it done; of two supervisors the second sees what the first did.
func (s *Console) closeMonth(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	month, ok := s.office.ParseMonth(c.Params("month"))
	if !ok {
		return web.ErrNotFound
	}
	seen, err := strconv.Atoi(form.Get("seen"))
	if err != nil {
		seen = -1 // of no page that we made: answered as one that is out of date
	}
	county := form.Get("county")
	err = s.office.CloseMonth(c.UserContext(), v.Actor, month, county, seen, form.Get("reason"))
	faults := office.FaultsOf(err)
	switch {
	case err == nil:
		web.SetFlash(c, "month_closed")
	case errors.Is(err, office.ErrStale), errors.Is(err, &office.Error{What: office.Denied}): // the page says how it stands
		web.SetFlash(c, "month_moved")
	case len(faults) == 0:
		return err
	}
	if len(faults) == 0 {
		return web.SeeOther(c, monthlyPath(month)+"?county="+county)
	}
	page, _, err := s.monthlyPage(c, county)
	if err != nil {
		return err
	}
	page.Errors, page.Frame.HasErrors, page.Typed = errorsOf(v.Printer, faults), true, strings.TrimSpace(form.Get("reason"))
	return web.Render(c, fiber.StatusUnprocessableEntity, monthlyView(page))
}
