package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"anju/kiosk/device"
	"anju/server/access"
	"anju/server/office"
	"anju/server/scene"
	"anju/server/store"
	"anju/server/store/storetest"
	"anju/server/web"
)

// openHouseAt furnishes a house on a database of the test's own, with a clock that the test moves, and opens its counters.
func openHouseAt(t *testing.T, st *store.Store) (scene.House, *web.Site, *bytes.Buffer) {
	t.Helper()
	logs := &bytes.Buffer{}
	log := slog.New(slog.NewJSONHandler(logs, nil))
	house, err := scene.NewHouse(context.Background(), st, "http://example.com", log)
	if err != nil {
		t.Fatal(err)
	}
	o := house.Office
	if err := house.Furnish(context.Background(), "password of the test"); err != nil {
		t.Fatal(err)
	}
	keys, err := device.Trust()
	if err != nil {
		t.Fatal(err)
	}
	site, err := newSite(config{origin: "http://example.com", agentAddr: "127.0.0.1:1"}, o, keys, log)
	if err != nil {
		t.Fatal(err)
	}
	return house, site, logs
}

// describe writes a route with its guard as the site map does.
func describe(r web.Route) string {
	roles := make([]string, len(r.Guard.Roles))
	for i, role := range r.Guard.Roles {
		roles[i] = string(role)
	}
	return strings.TrimRight(fmt.Sprintf("%-8s %-6s %-52s %s %s", r.Counter, r.Method, r.Path, r.Guard.Kind, strings.Join(roles, ",")), " ")
}

// TestSiteMap compares every route and its guard with testdata/sitemap.txt: a new route, or a guard that was loosened, is seen there.
func TestSiteMap(t *testing.T) {
	_, site, _ := openHouseAt(t, storetest.Open(t))
	var lines []string
	for _, r := range site.Table() {
		lines = append(lines, describe(r))
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if os.Getenv("ANJU_UPDATE") != "" {
		if err := os.WriteFile("testdata/sitemap.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/sitemap.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the site map has changed; look at each line, then run ANJU_UPDATE=1 go test -run TestSiteMap ./server\n%s", got)
	}
}

// visitor is somebody who tries every door.
type visitor struct {
	name    string
	kind    access.Kind
	roles   []access.Role
	subject string
}

// cookie begins a session for the visitor: a route may have ended the one before.
func (v visitor) cookie(t *testing.T, house scene.House) string {
	t.Helper()
	if v.kind == access.Anyone {
		return ""
	}
	token, hash := access.NewToken()
	now := house.Clock.Now()
	err := house.Store.Within(context.Background(), func(tx office.Tx) error {
		return tx.CreateSession(context.Background(), access.Session{Hash: hash, Kind: v.kind, Subject: v.subject, CreatedAt: now, SeenAt: now})
	})
	if err != nil {
		t.Fatal(err)
	}
	return "anju_" + string(v.kind) + "=" + token
}

// visitors are one of each kind, and staff of each role.
func visitors(t *testing.T, house scene.House) []visitor {
	t.Helper()
	ctx, hash := context.Background(), access.HashPassword("password of the test")
	all := []visitor{{name: "anyone", kind: access.Anyone}, {name: "kiosk visit", kind: access.Kiosk, subject: office.NewKey()}}
	err := house.Store.Within(ctx, func(tx office.Tx) error {
		account, err := tx.AccountOf(ctx, "13800138000", "zh", house.Clock.Now())
		if err != nil {
			return err
		}
		all = append(all, visitor{name: "citizen", kind: access.Citizen, subject: account.ID})
		for _, role := range access.Roles() {
			m := access.StaffMember{ID: office.NewKey(), Login: "map." + string(role), Name: "图测试", PasswordHash: hash, Posts: []access.Post{postAs(role)}}
			if err := tx.CreateStaff(ctx, m); err != nil {
				return err
			}
			all = append(all, visitor{name: string(role), kind: access.Staff, roles: []access.Role{role}, subject: m.ID})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// postAs is a post of a role in Zhangzhou, with all that the role needs.
func postAs(role access.Role) access.Post {
	p := access.Post{Jurisdiction: scene.Zhangzhou.Jurisdiction, Station: scene.Zhangzhou.Station(), Role: role}
	switch role {
	case access.Editor:
		p.Station, p.Government, p.Department = "", scene.Zhangzhou.Jurisdiction, "edu"
	case access.Publisher:
		p.Station, p.Government = "", scene.Zhangzhou.Jurisdiction
	}
	return p
}

// meant reports whether a route is open to a visitor.
func meant(g web.Guard, v visitor) bool {
	return g.Kind == access.Anyone || g.Kind == v.kind && (len(g.Roles) == 0 || slices.ContainsFunc(g.Roles, func(role access.Role) bool { return slices.Contains(v.roles, role) }))
}

// TestEveryRouteForEveryRole knocks at every route as every kind of visitor and every role: nobody gets in who is not meant, and nobody
// finds a defect.
func TestEveryRouteForEveryRole(t *testing.T) {
	house, site, _ := openHouseAt(t, storetest.Open(t))
	params := strings.NewReplacer(":reference", "3506-0000-0000", ":number", "350602-2026-0000001-0", ":id", "none", ":token", "AAAA", ":code", "350600", ":government", "350600", ":service", "zz.bs.01")
	for _, v := range visitors(t, house) {
		for _, r := range site.Table() {
			request := httptest.NewRequest(r.Method, params.Replace(r.Path), strings.NewReader(""))
			if r.Method != "GET" {
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			if cookie := v.cookie(t, house); cookie != "" {
				request.Header.Set("Cookie", cookie)
			}
			response, err := site.App().Test(request, 20_000)
			if err != nil {
				t.Fatal(err)
			}
			location := response.Header.Get("Location")
			turned := response.StatusCode == 401 || response.StatusCode == 403 || response.StatusCode == 303 && (strings.Contains(location, "sign-in") || location == "/kiosk")
			switch {
			case response.StatusCode >= 500 && response.StatusCode != 503:
				t.Errorf("%s %s answers %d to %s", r.Method, r.Path, response.StatusCode, v.name)
			case !meant(r.Guard, v) && !turned:
				t.Errorf("%s %s lets %s in: %d %s", r.Method, r.Path, v.name, response.StatusCode, location)
			case meant(r.Guard, v) && r.Guard.Kind != access.Anyone && (response.StatusCode == 401 || response.StatusCode == 303 && strings.Contains(location, "sign-in")):
				t.Errorf("%s %s turns %s away: %d %s", r.Method, r.Path, v.name, response.StatusCode, location)
			}
		}
	}
}
