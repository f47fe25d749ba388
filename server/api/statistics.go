package api

import (
	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
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
	Ratings   *ratings `json:"ratings"`      // null where a month has fewer than office.LeastRatings
}

// ratings are how the business that was finished was rated in a month, on the five levels of the national scheme.
type ratings struct {
	VerySatisfied    int     `json:"very_satisfied"`
	Satisfied        int     `json:"satisfied"`
	FairlySatisfied  int     `json:"fairly_satisfied"`
	Dissatisfied     int     `json:"dissatisfied"`
	VeryDissatisfied int     `json:"very_dissatisfied"`
	Rate             float64 `json:"satisfied_rate"` // percent: those that are not bad
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
		rated, err := a.office.PublicRatings(c.UserContext(), j.Code)
		if err != nil {
			return err
		}
		cities = append(cities, statistics{j.Code, a.office.Today(), monthsOf(months, rated)})
	}
	if len(cities) == 0 {
		return invalid("unknown", "jurisdiction")
	}
	return c.JSON(cities)
}

func monthsOf(months []office.MonthCount, rated map[string]office.RatingSum) []monthCount {
	list := []monthCount{}
	for _, m := range months {
		list = append(list, monthCount{m.Month, m.Submitted, m.Kiosk, m.Accepted, m.Issued, m.Refused, m.Declined, m.Deadlines, m.OnTime, m.Rate(), ratingsOf(rated[m.Month])})
	}
	return list
}

func ratingsOf(s office.RatingSum) *ratings {
	rate := s.Rate()
	if rate == nil {
		return nil
	}
	return &ratings{s[permit.VerySatisfied], s[permit.Satisfied], s[permit.FairlySatisfied], s[permit.Dissatisfied], s[permit.VeryDissatisfied], *rate}
}
