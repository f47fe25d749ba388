package console

import (
	"math"
	"strconv"

	"github.com/go-analyze/charts"
	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// statisticsPage is a supervisor's view of the city: each plot with the table of its figures beside it, so that nobody needs to see.
type statisticsPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	City   string
	Sums   []parts.StatisticView
	Plots  []plotView
	Tables []parts.TableView
}

// plotView is a plot and its table.
type plotView struct {
	Title, Src, Alt string
	Table           parts.TableView
}

// plots are those that can be asked for, each with what it shows of a month.
var plots = []struct {
	name  string
	value func(office.MonthCount) *float64
}{
	{"intake", func(m office.MonthCount) *float64 { return number(m.Submitted) }},
	{"on-time", office.MonthCount.Rate},
	{"kiosk", func(m office.MonthCount) *float64 { return number(m.Kiosk) }},
}

func number(n int) *float64 {
	f := float64(n)
	return &f
}

func (s *Console) statistics(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	known, err := s.office.Statistics(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	page := statisticsPage{Frame: frame(v, p.Say("console.statistics.title")), Visit: v}
	page.Frame.Wide = true
	if j, ok := s.office.Book.Jurisdiction(known.Jurisdiction); ok {
		page.City = pick(p, j.Name)
	}
	page.Sums = sums(p, known)
	for _, plot := range plots {
		key := "console.statistics." + plot.name
		page.Plots = append(page.Plots, plotView{Title: p.Say(key), Src: "/console/statistics/" + plot.name + ".svg", Alt: p.Say("console.statistics.alt", "Title", p.Say(key)),
			Table: monthTable(p, plot.name, p.Say(key), known.Months, plot.value)})
	}
	page.Tables = []parts.TableView{countyTable(p, known), stockTable(p, known.Stock), reasonTable(p, known.Reasons), dueTable(p, known.Due)}
	return web.Render(c, fiber.StatusOK, statisticsView(page))
}

// sums are the figures of this month.
func sums(p text.Printer, known office.Statistics) []parts.StatisticView {
	m := known.Months[len(known.Months)-1]
	waiting := 0
	for _, one := range known.Stock {
		waiting += one.Count
	}
	list := []parts.StatisticView{
		{Label: p.Say("console.statistics.submitted"), Value: strconv.Itoa(m.Submitted)}, {Label: p.Say("console.statistics.issued"), Value: strconv.Itoa(m.Issued)},
		{Label: p.Say("console.statistics.stock"), Value: strconv.Itoa(waiting)},
	}
	rate := parts.StatisticView{Label: p.Say("console.statistics.on-time"), Value: p.Say("console.statistics.none")}
	if r := m.Rate(); r != nil {
		rate.Value, rate.Unit, rate.Tone = strconv.FormatFloat(*r, 'f', 1, 64), "%", parts.Good
		if *r < 100 {
			rate.Tone = parts.Wait
		}
	}
	return append(list, rate)
}

func monthTable(p text.Printer, id, caption string, months []office.MonthCount, value func(office.MonthCount) *float64) parts.TableView {
	table := parts.TableView{ID: id, Caption: caption, CaptionHidden: true, Columns: []parts.Column{{Label: p.Say("console.statistics.month")}, {Label: caption, Numeric: true}}}
	for _, m := range months {
		said := p.Say("console.statistics.none")
		if n := value(m); n != nil {
			said = strconv.FormatFloat(*n, 'f', -1, 64)
			if id == "on-time" {
				said = strconv.FormatFloat(*n, 'f', 1, 64) + " %"
			}
		}
		table.Rows = append(table.Rows, []parts.Cell{{Text: m.Month}, {Text: said}})
	}
	return table
}

func countyTable(p text.Printer, known office.Statistics) parts.TableView {
	table := parts.TableView{ID: "counties", Caption: p.Say("console.statistics.counties"), Columns: []parts.Column{{Label: p.Say("console.statistics.county")}}}
	for _, what := range []string{"submitted", "accepted", "issued", "refused", "declined", "kiosk", "on-time"} {
		table.Columns = append(table.Columns, parts.Column{Label: p.Say("console.statistics." + what), Numeric: true})
	}
	for _, m := range known.Counties {
		d, _ := civic.DivisionByCode(m.County)
		row := []parts.Cell{{Text: d.Name}}
		for _, n := range []int{m.Submitted, m.Accepted, m.Issued, m.Refused, m.Declined, m.Kiosk} {
			row = append(row, parts.Cell{Text: strconv.Itoa(n)})
		}
		rate := p.Say("console.statistics.none")
		if r := m.Rate(); r != nil {
			rate = strconv.FormatFloat(*r, 'f', 1, 64) + " %"
		}
		cell := parts.Cell{Text: rate}
		if m.Deadlines > 0 {
			cell.Note = strconv.Itoa(m.OnTime) + "/" + strconv.Itoa(m.Deadlines)
		}
		table.Rows = append(table.Rows, append(row, cell))
	}
	return table
}

func stockTable(p text.Printer, stock []office.StockCount) parts.TableView {
	table := parts.TableView{ID: "stock", Caption: p.Say("console.statistics.stock"), Empty: p.Say("console.statistics.empty"),
		Columns: []parts.Column{{Label: p.Say("console.case.state")}, {Label: p.Say("console.statistics.count"), Numeric: true}}}
	for _, state := range permit.States() {
		n := 0
		for _, one := range stock {
			if one.State == state {
				n += one.Count
			}
		}
		if state.Open() {
			table.Rows = append(table.Rows, []parts.Cell{{Text: p.Say("console.queue." + string(state))}, {Text: strconv.Itoa(n)}})
		}
	}
	return table
}

func reasonTable(p text.Printer, reasons []office.ReasonCount) parts.TableView {
	table := parts.TableView{ID: "reasons", Caption: p.Say("console.statistics.reasons"), Empty: p.Say("console.statistics.empty"),
		Columns: []parts.Column{{Label: p.Say("console.statistics.reason")}, {Label: p.Say("console.case.state")}, {Label: p.Say("console.statistics.count"), Numeric: true}}}
	for _, r := range reasons {
		state := map[string]permit.State{permit.VerbDecline: permit.Declined, permit.VerbRefuse: permit.Refused}[r.Verb]
		table.Rows = append(table.Rows, []parts.Cell{{Text: p.Say("reason." + r.Reason)}, {Text: p.Say("console.queue." + string(state))}, {Text: strconv.Itoa(r.Count)}})
	}
	return table
}

func dueTable(p text.Printer, due []office.DueCount) parts.TableView {
	table := parts.TableView{ID: "due", Caption: p.Say("console.statistics.due"), Empty: p.Say("console.statistics.empty"),
		Columns: []parts.Column{{Label: p.Say("console.statistics.month")}, {Label: p.Say("console.statistics.count"), Numeric: true}}}
	for _, d := range due {
		table.Rows = append(table.Rows, []parts.Cell{{Text: d.Month}, {Text: strconv.Itoa(d.Count)}})
	}
	return table
}

// plot draws one of the plots. It is a picture of its own and no part of the page: it may carry styles that the page's policy forbids.
func (s *Console) plot(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	for _, plot := range plots {
		if c.Params("plot") != plot.name+".svg" {
			continue
		}
		known, err := s.office.Statistics(c.UserContext(), v.Actor)
		if err != nil {
			return err
		}
		picture, err := draw(known.Months, plot.value)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "image/svg+xml")
		return c.Send(picture)
	}
	return web.ErrNotFound
}

// draw makes a plot of bars, one a month. Months are written in figures, so that every viewer has the letters.
func draw(months []office.MonthCount, value func(office.MonthCount) *float64) ([]byte, error) {
	heights, labels := make([]float64, len(months)), make([]string, len(months))
	for i, m := range months {
		labels[i] = m.Month[2:]
		if n := value(m); n != nil {
			heights[i] = *n
		}
	}
	options := charts.NewBarChartOptionWithData([][]float64{heights})
	options.Theme = charts.GetTheme(charts.ThemeLight).WithSeriesColors([]charts.Color{charts.ColorFromHex("#0f6b5c")})
	options.CategoryAxis.Labels = labels
	options.ValueFormatter = func(f float64) string { // nobody applies by halves
		if f != math.Trunc(f) {
			return ""
		}
		return strconv.Itoa(int(f))
	}
	painter := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: 720, Height: 260})
	if err := painter.BarChart(options); err != nil {
		return nil, err
	}
	return painter.Bytes()
}

// statisticsRoles see the counts of their city, and nobody's case.
var statisticsRoles = []access.Role{access.Supervisor}
