package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/civic"
	"anju/server/scene"
	"anju/server/store/storetest"
)

// TestThePublishedRateIsWhatHappened: the rate that anyone may see is the one counted anew from every history; and when somebody mends a
// stored deadline behind the office's back, the command says so.
func TestThePublishedRateIsWhatHappened(t *testing.T) {
	address := storetest.Database(t)
	house, site, _ := openHouseAt(t, storetest.OpenAt(t, address))
	ctx := context.Background()
	for _, key := range []string{"zz.pre_applied", "zz.in_review", "zz.issued", "zz.refused", "zz.declined", "zb.issued", "zb.in_production"} {
		if _, err := house.Play(ctx, scene.PersonOf(key)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"zz.paused", "zz.extension"} { // of the first nothing can be said while its clock stands still
		if _, err := house.PlayCourse(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	house.Clock.Set(civic.MustDate("2026-12-20").Start().Add(10 * time.Hour))
	var out bytes.Buffer
	for city, want := range map[string]string{"350600": "2/4 50.0 %       2/4 50.0 %", "370300": "1/2 50.0 %       1/2 50.0 %"} {
		out.Reset()
		differs, err := compareRates(ctx, house.Office, city, "", &out)
		if err != nil || differs != 0 || !strings.Contains(out.String(), "2026-12  "+want) {
			t.Errorf("%s: %d differ, %v\n%s", city, differs, err, out.String())
		}
	}
	answer, err := site.App().Test(httptest.NewRequest("GET", "/api/v1/statistics?jurisdiction=350600", nil), 20_000)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(answer.Body); err != nil || !strings.Contains(body.String(), `"deadlines":4,"on_time":2,"on_time_rate":50`) {
		t.Errorf("the API: %v %s", err, body.String())
	}

	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `update application set statutory_by = '2027-01-31' where state = 'in_review'`); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if differs, err := compareRates(ctx, house.Office, "350600", "", &out); err != nil || differs != 1 || !strings.Contains(out.String(), "differs") {
		t.Errorf("a mended deadline is not noticed: %d, %v\n%s", differs, err, out.String())
	}
}
