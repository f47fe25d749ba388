package console_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/console"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/policy"
	"anju/server/scene"
	"anju/server/store"
	"anju/server/store/storetest"
	"anju/server/web"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const password = "a password of the tests"

// desk is a console over a furnished house.
type desk struct {
	t      *testing.T
	site   *web.Site
	house  scene.House
	store  *store.Store
	people map[string]scene.Played
	at     string // address of the database, for looking at what is stored
}

// dump is every row of the record.
func (d *desk) dump() []byte { return storetest.Dump(d.t, d.at) }

// furnish builds a site and plays the scenes of the people named.
func furnish(t *testing.T, demo bool, keys ...string) *desk {
	t.Helper()
	t.Parallel()
	book, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, at: storetest.Database(t), people: map[string]scene.Played{}}
	d.store = storetest.OpenAt(t, d.at)
	clock, quiet := scene.NewClock(scene.Morning), slog.New(slog.DiscardHandler)
	o := office.New(office.Config{Store: d.store, Clock: clock, Book: book, Calendar: civic.DefaultCalendar(), Origin: "http://example.com", CodeKey: []byte("a key of the tests"), Demo: demo, Log: quiet,
		Extensions: []policy.Extension{{Ruleset: "zibo-2014", Until: civic.MustDate("2027-12-31"), Document: "淄政办字〔2018〕1号"}}})
	ctx := t.Context()
	if err := o.Open(ctx); err != nil {
		t.Fatal(err)
	}
	d.house = scene.House{Office: o, Store: d.store, Clock: clock}
	if err := d.house.Furnish(ctx, password); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		p, err := d.house.Play(ctx, scene.PersonOf(key))
		if err != nil {
			t.Fatal(err)
		}
		d.people[key] = p
	}
	if d.site, err = web.New(web.Config{Origin: "http://example.com", Demo: demo, Log: quiet, Sessions: o}); err != nil {
		t.Fatal(err)
	}
	console.New(o, quiet).Routes(d.site.Counter("console"))
	if err := d.site.Seal(); err != nil {
		t.Fatal(err)
	}
	return d
}

// hire adds a colleague at the main station of Zhangzhou.
func (d *desk) hire(login string, posts ...access.Post) {
	d.t.Helper()
	m := access.StaffMember{ID: office.NewKey(), Login: login, Name: "林试用", PasswordHash: access.HashPassword(password), Posts: posts}
	if err := d.store.Within(d.t.Context(), func(tx office.Tx) error { return tx.CreateStaff(d.t.Context(), m) }); err != nil {
		d.t.Fatal(err)
	}
}

func post(role access.Role) access.Post {
	return access.Post{Jurisdiction: scene.Zhangzhou.Jurisdiction, Station: scene.Zhangzhou.Station(), Role: role}
}

// other is a post at the other station.
func other(role access.Role) access.Post {
	one := post(role)
	one.Station = "S350602002"
	return one
}

// page is an answer.
type page struct {
	status   int
	location string
	header   http.Header
	body     string
}

// browser is somebody's browser with its cookies. It may be used by one goroutine at a time.
type browser struct {
	d       *desk
	cookies map[string]string
}

func (d *desk) browser() *browser { return &browser{d: d, cookies: map[string]string{}} }

// as signs a colleague in.
func (d *desk) as(login string) *browser {
	d.t.Helper()
	b := d.browser()
	if got := b.post("/console/sign-in", "login", login, "password", password); got.status != http.StatusSeeOther {
		d.t.Fatalf("%s could not sign in: %d", login, got.status)
	}
	return b
}

func (b *browser) get(path string) page {
	return b.send(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form; fields are name and value pairs.
func (b *browser) post(path string, fields ...string) page {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func (b *browser) send(r *http.Request) page {
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := b.d.site.App().Test(r, 20_000)
	if err != nil {
		b.d.t.Error(err)
		return page{}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.d.t.Error(err)
	}
	for _, c := range answer.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return page{answer.StatusCode, answer.Header.Get("Location"), answer.Header, string(body)}
}

// follow goes where a form's answer leads.
func (b *browser) follow(p page) page {
	b.d.t.Helper()
	if p.status != http.StatusSeeOther {
		b.d.t.Fatalf("status %d instead of a redirect: %s", p.status, text(p.body))
	}
	return b.get(p.location)
}

var tags = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>`)

// text is what a page says.
func text(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}

func (d *desk) status(p page, want int, what string) {
	d.t.Helper()
	if p.status != want {
		d.t.Errorf("%s: status %d, want %d: %.300s", what, p.status, want, text(p.body))
	}
}

func (d *desk) says(p page, wants ...string) {
	d.t.Helper()
	for _, want := range wants {
		if !strings.Contains(text(p.body), want) && !strings.Contains(p.body, want) {
			d.t.Errorf("the page does not say %q: %.1500s", want, text(p.body))
		}
	}
}

func (d *desk) silent(p page, secrets ...string) {
	d.t.Helper()
	for _, secret := range secrets {
		if strings.Contains(p.body, secret) {
			d.t.Errorf("the page says %q", secret)
		}
	}
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// version is the hidden version of a case page; every form of a page has the same.
func (d *desk) version(p page) string {
	d.t.Helper()
	found := versionField.FindStringSubmatch(p.body)
	if found == nil {
		d.t.Fatalf("the page has no form: %s", text(p.body))
	}
	return found[1]
}

func casePath(p scene.Played) string { return "/console/cases/" + p.Reference }

// resources are the decisions with the login that may make them and the state from which.
var resources = []struct {
	name, login string
	role        access.Role
	from        permit.State
}{
	{"acceptance", "zz.accept", access.Acceptor, permit.PreApplied},
	{"declination", "zz.accept", access.Acceptor, permit.PreApplied},
	{"grant", "zz.review", access.Reviewer, permit.InReview},
	{"refusal", "zz.review", access.Reviewer, permit.InReview},
	{"production", "zz.issue", access.Issuer, permit.InProduction},
	{"issue", "zz.issue", access.Issuer, permit.ToCollect},
}

func TestACaseOfAnotherStationDoesNotExist(t *testing.T) {
	d := furnish(t, true, "zz.in_review", "zb.in_review")
	d.hire("zz.otherissue", access.Post{Jurisdiction: "350600", Station: "S350602002", Role: access.Issuer})
	for _, login := range []string{"zz.other", "zz.otherissue", "zb.accept", "zb.review", "zb.issue"} {
		b, path := d.as(login), casePath(d.people["zz.in_review"])
		for _, address := range []string{path, path + "/slip", path + "/evidence/" + office.NewKey()} {
			d.status(b.get(address), http.StatusNotFound, login+" reads "+address)
		}
		for _, one := range resources {
			got := b.post(path+"/"+one.name, "version", "2", "seen", "identity", "seen", "evidence", "reason", "duplicate")
			want := http.StatusForbidden
			if actor, err := d.house.Actor(t.Context(), login); err != nil || actor.Holds(one.role) {
				want = http.StatusNotFound
			}
			d.status(got, want, login+" at "+one.name)
		}
	}
	b, path := d.as("zz.other"), casePath(d.people["zz.in_review"]) // holds the roles, at another station
	for _, one := range resources[:4] {
		d.status(b.post(path+"/"+one.name, "version", "2"), http.StatusNotFound, one.name)
		d.status(b.post("/console/cases/3506-0000-0000/"+one.name, "version", "2"), http.StatusNotFound, "no case")
		d.status(b.post("/console/cases/x/"+one.name, "version", "2"), http.StatusNotFound, "no reference")
	}
	if got := b.get("/console?state=all"); strings.Contains(got.body, d.people["zz.in_review"].Reference) {
		t.Error("the queue of another station lists the case")
	}
}

func TestOnlyTheRoleOfAStepDecides(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied", "zz.in_review", "zz.in_production", "zz.to_collect")
	d.hire("zz.admin", access.Post{Jurisdiction: "350600", Station: scene.Zhangzhou.Station(), Role: access.Administrator})
	byState := map[permit.State]scene.Played{}
	for _, p := range d.people {
		byState[p.Stage] = p
	}
	for _, login := range []string{"zz.accept", "zz.review", "zz.issue", "zz.assist", "zz.admin", "zz.audit"} {
		b := d.as(login)
		for _, one := range resources {
			if one.login == login {
				continue
			}
			got := b.post(casePath(byState[one.from])+"/"+one.name, "version", "2")
			d.status(got, http.StatusForbidden, login+" at "+one.name)
		}
		for state, p := range byState {
			got := b.get(casePath(p))
			if login == "zz.admin" || login == "zz.audit" {
				d.status(got, http.StatusForbidden, login+" reads a case")
				continue
			}
			for _, one := range resources {
				has := strings.Contains(got.body, `action="`+casePath(p)+"/"+one.name+`"`)
				if want := one.login == login && one.from == state; has != want {
					t.Errorf("%s in %s: form for %s: %v", login, state, one.name, has)
				}
			}
		}
	}
	d.says(d.as("zz.assist").get(casePath(byState[permit.PreApplied])), "这一步不在您的岗位")
	for _, login := range []string{"zz.audit", "zz.admin"} {
		b := d.as(login)
		got := b.get("/console")
		d.status(got, http.StatusOK, login)
		d.says(got, "这个账号不办理案件")
		d.silent(got, "/console/cases/")
		d.status(b.post("/console/search", "term", "周"), http.StatusForbidden, login+" searches")
	}
	nobody := d.browser()
	for _, path := range []string{"/console", casePath(byState[permit.PreApplied])} {
		got := nobody.get(path)
		if got.status != http.StatusSeeOther || got.location != "/console/sign-in?next="+url.QueryEscape(path) {
			t.Errorf("%s without sign-in: %d %s", path, got.status, got.location)
		}
	}
	d.silent(nobody.post(casePath(byState[permit.PreApplied])+"/acceptance", "version", "1", "seen", "identity", "seen", "evidence"), "周晓梅")
	d.says(d.as("zz.accept").get(casePath(byState[permit.PreApplied])), "等待受理")
}

// every runs the same request from many browsers at once and counts the answers by status.
func every(browsers []*browser, send func(*browser) page) map[int][]page {
	var wait sync.WaitGroup
	var mu sync.Mutex
	start, answers := make(chan struct{}), map[int][]page{}
	for _, b := range browsers {
		wait.Go(func() {
			<-start
			got := send(b)
			mu.Lock()
			defer mu.Unlock()
			answers[got.status] = append(answers[got.status], got)
		})
	}
	close(start)
	wait.Wait()
	return answers
}

// events is the history of a case as the record has it.
func (d *desk) events(p scene.Played) []permit.Event {
	d.t.Helper()
	actor, err := d.house.Actor(context.Background(), p.City.Prefix+".accept")
	if err != nil {
		d.t.Fatal(err)
	}
	file, err := d.house.Office.CaseFile(context.Background(), actor, p.Reference)
	if err != nil {
		d.t.Fatal(err)
	}
	return file.Events
}
