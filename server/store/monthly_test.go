package store_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/office"
)

// TestAClosedMonthStays: revisions are only added, and the database keeps apart what cannot be true together.
func TestAClosedMonthStays(t *testing.T) {
	d := open(t)
	c, ctx := d.cast(), t.Context()
	month := civic.MustDate("2026-10-01")
	first := office.MonthlyClosing{Revision: 1, Figures: office.Figures{"issue.submitted": 3}, At: now, By: c.reviewer}
	second := office.MonthlyClosing{Revision: 2, Figures: office.Figures{"issue.submitted": 4}, At: now.Add(time.Hour), By: c.reviewer, Reason: "补录一件"}
	d.do(func(tx office.Tx) error { return tx.CloseMonth(ctx, city, "350602", month, first) })
	if err := d.try(func(tx office.Tx) error { return tx.CloseMonth(ctx, city, "350602", month, first) }); err == nil {
		t.Error("a revision was closed twice")
	}
	d.do(func(tx office.Tx) error { return tx.CloseMonth(ctx, city, "350602", month, second) })
	d.do(func(tx office.Tx) error {
		got, err := tx.MonthlyClosings(ctx, city, month)
		if one := got["350602"]; len(got) != 1 || one.Revision != 2 || one.Reason != second.Reason || one.By.Name != c.reviewer.Name || !maps.Equal(one.Figures, second.Figures) {
			t.Errorf("%+v", got)
		}
		return err
	})
	for constraint, set := range map[string]string{"monthly_report_correction": `reason = null`, "monthly_report_county_of_city": `county = '370303'`, "monthly_report_month_first_day": `month = '2026-10-02'`,
		"monthly_report_closed_after": `month = '2026-11-01'`, "monthly_report_figures": `figures = '[]'`, "monthly_report_sealed": `closed_name = 'x'`} {
		if _, err := d.asOwner(`update monthly_report set ` + set + ` where revision = 2`); err == nil || !strings.Contains(err.Error(), `"`+constraint+`"`) {
			t.Errorf("%s is not refused by %s: %v", set, constraint, err)
		}
	}
	for _, sql := range []string{`update monthly_report set figures = '{}'`, `delete from monthly_report`} {
		if err := d.asApplication(sql); err == nil {
			t.Errorf("the application may %s", sql)
		}
	}
}
