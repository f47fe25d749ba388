package console_test

import (
	"net/http"
	"testing"
	"time"

	"anju/server/access"
)

// TestASessionLeftOpenElsewhereIsEnded: a colleague sees every place that is signed in and ends the others; somebody else's stay.
func TestASessionLeftOpenElsewhereIsEnded(t *testing.T) {
	d := furnish(t, true)
	forgotten, colleague := d.as("zz.accept"), d.as("zz.review")
	d.house.Clock.Add(3 * time.Minute)
	here := d.as("zz.accept")
	got := here.get("/console/sessions")
	d.says(got, "登录着 2 处", "这里", "别处", "2026年11月24日 09:33", "2026年11月24日 09:30", "结束别处的登录")
	d.says(here.get("/console"), `href="/console/sessions"`)
	d.says(here.follow(here.post("/console/sessions/end")), "别处的登录已结束", "登录着 1 处")
	d.silent(here.get("/console/sessions"), "结束别处的登录")
	if got := forgotten.get("/console"); got.status != http.StatusSeeOther {
		t.Errorf("the forgotten session is alive: %d", got.status)
	}
	d.status(colleague.get("/console"), http.StatusOK, "a colleague's session")
	d.house.Clock.Add(access.LimitsOf(access.Staff).Idle)
	d.says(d.as("zz.accept").get("/console/sessions"), "登录着 1 处") // one that has run out is none
}
