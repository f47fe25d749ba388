package api_test

import (
	"testing"
	"time"

	"anju/server/civic"
)

func TestStatisticsOfBothCities(t *testing.T) {
	h := furnish(t, "zz.issued", "zz.in_review", "zb.kiosk")
	h.clock.Set(civic.MustDate("2026-12-15").Start().Add(10 * time.Hour))
	all := into[[]struct {
		Jurisdiction string
		AsOf         string `json:"as_of"`
		Months       []struct {
			Month                                                                     string
			Submitted, Kiosk, Accepted, Issued, Refused, Declined, Deadlines, On_time int
			Rate                                                                      *float64 `json:"on_time_rate"`
			Ratings                                                                   *struct{}
		}
	}](t, h.get("/api/v1/statistics"))
	if len(all) != 2 || all[0].Jurisdiction != "350600" || all[0].AsOf != "2026-12-15" || len(all[0].Months) != 13 {
		t.Fatalf("%+v", all)
	}
	november, december := all[0].Months[11], all[0].Months[12]
	if november.Month != "2026-11" || november.Submitted != 2 || november.Accepted != 2 || november.Issued != 1 || november.Rate != nil || november.Ratings != nil {
		t.Errorf("%+v", november)
	}
	if december.Deadlines != 2 || december.On_time != 1 || december.Rate == nil || *december.Rate != 50 {
		t.Errorf("%+v", december)
	}
	if zibo := all[1].Months[11]; zibo.Submitted != 1 || zibo.Kiosk != 1 {
		t.Errorf("%+v", zibo)
	}
	if one := into[[]struct{ Jurisdiction string }](t, h.get("/api/v1/statistics?jurisdiction=370300")); len(one) != 1 || one[0].Jurisdiction != "370300" {
		t.Errorf("%+v", one)
	}
	for target, status := range map[string]int{"/api/v1/statistics?jurisdiction=999999": 422, "/api/v1/statistics?city=350600": 400} {
		if a := h.send("GET", target, ""); a.StatusCode != status {
			t.Errorf("%s: %d", target, a.StatusCode)
		}
	}
}
