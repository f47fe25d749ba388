package portal

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// statisticsPage is what anyone may see of how the offices work: by city and month, of nobody.
type statisticsPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Tables []parts.TableView
	Least  int // ratings that a month must have
}

func (s *Portal) statistics(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	p := v.Printer
	page := statisticsPage{Frame: frame(v, p.Say("statistics.title")), Visit: v, Least: office.LeastRatings}
	for _, j := range s.office.Book.Jurisdictions() {
		months, err := s.office.PublicStatistics(c.UserContext(), j.Code)
		if err != nil {
			return err
		}
		table := parts.TableView{ID: "months-" + j.Code, Caption: pick(p, j.Name), Columns: []parts.Column{{Label: p.Say("console.statistics.month")}, {Label: p.Say("console.statistics.submitted"), Numeric: true},
			{Label: p.Say("console.statistics.issued"), Numeric: true}, {Label: p.Say("console.statistics.on-time"), Numeric: true}}}
		for i := len(months) - 1; i >= 0; i-- { // the present month first
			m := months[i]
			if m.Submitted+m.Issued+m.Deadlines == 0 && i < len(months)-1 {
				continue // nothing happened
			}
			rate := parts.Cell{Text: p.Say("console.statistics.none")}
			if r := m.Rate(); r != nil {
				rate = parts.Cell{Text: strconv.FormatFloat(*r, 'f', 1, 64) + " %", Note: strconv.Itoa(m.OnTime) + "/" + strconv.Itoa(m.Deadlines)}
			}
			table.Rows = append(table.Rows, []parts.Cell{{Text: m.Month}, {Text: strconv.Itoa(m.Submitted)}, {Text: strconv.Itoa(m.Issued)}, rate})
		}
		page.Tables = append(page.Tables, table)
		ratings, err := s.office.PublicRatings(c.UserContext(), j.Code)
		if err != nil {
			return err
		}
		page.Tables = append(page.Tables, ratingMonths(p, j.Code, pick(p, j.Name), months, ratings))
	}
	return web.Render(c, fiber.StatusOK, statisticsView(page))
}

// ratingMonths says how a city was rated, the present month first. Months with few ratings are not in it.
func ratingMonths(p text.Printer, city, name string, months []office.MonthCount, ratings map[string]office.RatingSum) parts.TableView {
	table := parts.TableView{ID: "ratings-" + city, Caption: p.Say("statistics.ratings", "City", name), Empty: p.Say("statistics.few_ratings", "Least", office.LeastRatings),
		Columns: []parts.Column{{Label: p.Say("console.statistics.month")}}}
	for _, level := range permit.RatingLevels() {
		table.Columns = append(table.Columns, parts.Column{Label: p.Say("rating.level." + string(level)), Numeric: true})
	}
	table.Columns = append(table.Columns, parts.Column{Label: p.Say("statistics.satisfied"), Numeric: true})
	for i := len(months) - 1; i >= 0; i-- {
		sum, published := ratings[months[i].Month]
		if !published {
			continue
		}
		row := []parts.Cell{{Text: months[i].Month}}
		for _, level := range permit.RatingLevels() {
			row = append(row, parts.Cell{Text: strconv.Itoa(sum[level])})
		}
		table.Rows = append(table.Rows, append(row, parts.Cell{Text: strconv.FormatFloat(*sum.Rate(), 'f', 1, 64) + " %", Note: strconv.Itoa(sum.Good()) + "/" + strconv.Itoa(sum.Total())}))
	}
	return table
}
