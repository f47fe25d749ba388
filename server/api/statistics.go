package api

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
)

// statistics are the counts of a city that anyone may see.
type statistics struct {
	Jurisdiction string       `json:"jurisdiction"`
	AsOf         civic.Date   `json:"as_of"`
	Months       []monthCount `json:"months"`
}

type monthCount struct {
	Month     string   `json:"month"`
	Submitted int      `json:"submitted"`
	Kiosk     int      `json:"kiosk"`
	Accepted  int      `json:"accepted"`
	Issued    int      `json:"issued"`
	Refused   int      `json:"refused"`
	Declined  int      `json:"declined"`
	Deadlines int      `json:"deadlines"`
	OnTime    int      `json:"on_time"`
	Rate      *float64 `json:"on_time_rate"` // percent; null where no deadline fell
}

// statistics answers for one city, or for all.
func (a *API) statistics(c *fiber.Ctx) error {
	q, err := query(c, "jurisdiction")
	if err != nil {
		return err
	}
	cities := []statistics{}
	for _, j := range a.office.Book.Jurisdictions() {
		if asked := q.Get("jurisdiction"); asked != "" && asked != j.Code {
			continue
		}
		months, err := a.office.PublicStatistics(c.UserContext(), j.Code)
		if err != nil {
			return err
		}
		cities = append(cities, statistics{j.Code, a.office.Today(), monthsOf(months)})
	}
	if len(cities) == 0 {
		return invalid("unknown", "jurisdiction")
	}
	return c.JSON(cities)
}

func monthsOf(months []office.MonthCount) []monthCount {
	list := []monthCount{}
	for _, m := range months {
		list = append(list, monthCount{m.Month, m.Submitted, m.Kiosk, m.Accepted, m.Issued, m.Refused, m.Declined, m.Deadlines, m.OnTime, m.Rate()})
	}
	return list
}
