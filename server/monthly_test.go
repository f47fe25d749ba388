package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/store/storetest"
)

// TestTheMonthlyReportIsWhatHappened plays everybody's story and has every figure of both cities counted anew from the histories: month by month
// both are the same. When somebody mends a stored day behind the office's back, the command says so.
func TestTheMonthlyReportIsWhatHappened(t *testing.T) {
	address := storetest.Database(t)
	house, _, _ := openHouseAt(t, storetest.OpenAt(t, address))
	ctx := context.Background()
	played, err := house.PlayAll(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := house.Office.EndorseOwn(ctx, played["zz.suspended"].Citizen(), played["zz.suspended"].Permit, office.EndorsementForm{Due: civic.MustDate("2026-11-04"),
		Confirmation: permit.Confirmation{Confirmed: true, Ground: "dwelling"}}); err != nil {
		t.Fatal(err)
	}
	house.Clock.Set(civic.MustDate("2027-01-04").Start().Add(10 * time.Hour))
	var out bytes.Buffer
	for _, city := range []string{"350600", "370300"} {
		for month := civic.MustDate("2025-10-01"); !month.After(house.Office.Today()); month = month.AddMonths(1) {
			if differs, err := compareMonth(month.String()[:7])(ctx, house.Office, city, "", &out); err != nil || differs != 0 {
				t.Errorf("%s %s: %d differ, %v\n%s", city, month, differs, err, out.String())
			}
		}
	}
	for _, figure := range []string{"issue.submitted", "issue.accepted", "issue.issued", "issue.declined", "issue.refused", "deadline.fell", "deadline.met", "deadline.fell_anew", "endorsement.late", "permit.suspended",
		"cancellation.left_city", "refusal.due", "refusal.in_time", "rating.very_satisfied", "rating.dissatisfied", "rating_answer.due", "rating_answer.in_time", "kiosk.submitted", "window.windows", "window.people",
		"registration.registered"} {
		if !strings.Contains(out.String(), "  "+figure+" ") {
			t.Errorf("the stories have no %s\n", figure)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `update application set statutory_by = '2027-01-31' where state = 'in_review' and paused_on is null`); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if differs, err := compareMonth("2026-12")(ctx, house.Office, "350600", "", &out); err != nil || differs != 1 || !strings.Contains(out.String(), "differs") {
		t.Errorf("a mended deadline is not noticed: %d, %v\n%s", differs, err, out.String())
	}
	for _, bad := range []string{"2027-02", "2026-13", "october"} {
		if _, err := compareMonth(bad)(ctx, house.Office, "350600", "", &out); err == nil {
			t.Errorf("%s is a month", bad)
		}
	}
}
