package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/web"
)

func TestGuardsLetInWhomTheyName(t *testing.T) {
	h := open(t, nil)
	h.sessions.add(access.Citizen, "citizen", noon)
	h.sessions.add(access.Kiosk, "kiosk", noon)
	h.sessions.add(access.Staff, "acceptor", noon, access.Acceptor)
	h.sessions.add(access.Staff, "old", noon.Add(-16*time.Minute), access.Acceptor)
	for _, p := range []struct {
		counter, path string
		g             web.Guard
	}{
		{"portal", "/account", web.Citizen(nil)}, {"portal", "/special", web.Citizen(func(c *fiber.Ctx) error { return c.Status(418).SendString("mine") })},
		{"kiosk", "/kiosk/choose", web.KioskVisit()}, {"console", "/console/cases", web.Staff(access.Acceptor, access.Reviewer)},
		{"console", "/console/staff", web.Staff(access.Administrator)}, {"console", "/console", web.Staff()},
	} {
		r := h.Counter(p.counter)
		r.Get(p.path, p.g, say("in"))
		r.Post(p.path, p.g, say("in"))
	}
	for _, c := range []struct {
		method, path, cookie string
		status               int
		to                   string
	}{
		{"GET", "/account", "anju_citizen=citizen", 200, ""}, {"POST", "/account", "anju_citizen=citizen", 200, ""},
		{"GET", "/account?tab=2", "", 303, "/sign-in?next=%2Faccount%3Ftab%3D2"}, {"HEAD", "/account", "", 303, "/sign-in?next=%2Faccount"}, {"POST", "/account", "", 401, ""},
		{"GET", "/account", "anju_staff=acceptor", 303, "/sign-in?next=%2Faccount"}, {"GET", "/account", "anju_citizen=acceptor", 303, "/sign-in?next=%2Faccount"},
		{"GET", "/account", "anju_citizen=citizen; anju_citizen=citizen", 303, "/sign-in?next=%2Faccount"}, // planted beside ours
		{"GET", "/special", "", 418, ""},
		{"GET", "/kiosk/choose", "anju_kiosk=kiosk", 200, ""}, {"GET", "/kiosk/choose", "", 303, "/kiosk"}, {"POST", "/kiosk/choose", "", 303, "/kiosk"},
		{"GET", "/console/cases", "anju_staff=acceptor", 200, ""}, {"GET", "/console", "anju_staff=acceptor", 200, ""}, {"GET", "/console/staff", "anju_staff=acceptor", 403, ""},
		{"GET", "/console/cases", "", 303, "/console/sign-in?next=%2Fconsole%2Fcases"}, {"GET", "/console/cases", "anju_staff=old", 303, "/console/sign-in?next=%2Fconsole%2Fcases"},
		{"GET", "/CONSOLE/cases", "", 404, ""}, {"GET", "/console%2Fcases", "", 404, ""},
	} {
		answer := h.ask(t, c.method, c.path, "", "Cookie: "+c.cookie)
		if answer.StatusCode != c.status || answer.Header.Get("Location") != c.to {
			t.Errorf("%s %s with %q: %d to %q, want %d to %q", c.method, c.path, c.cookie, answer.StatusCode, answer.Header.Get("Location"), c.status, c.to)
		}
		dressed(t, c.method+" "+c.path, answer.Header)
	}
}

func TestSessionsAreNeverAdopted(t *testing.T) {
	h := open(t, func(c *web.Config) { c.Origin = "https://example.com" })
	portal := h.Counter("portal")
	portal.Post("/sign-in", web.Public, func(c *fiber.Ctx) error {
		token, _ := access.NewToken()
		web.SignIn(c, access.Citizen, token)
		return web.SeeOther(c, "/account")
	})
	portal.Get("/account", web.Citizen(nil), say("in"))
	answer := h.ask(t, "GET", "/account", "", "Cookie: __Host-anju_citizen=chosen-by-an-attacker")
	if answer.StatusCode != 303 || len(answer.Cookies()) != 1 || answer.Cookies()[0].Value != "" || answer.Cookies()[0].MaxAge >= 0 {
		t.Errorf("an unknown token: %d %v", answer.StatusCode, answer.Cookies())
	}
	seen := map[string]bool{"chosen-by-an-attacker": true}
	for range 100 {
		answer = h.ask(t, "POST", "/sign-in", "", "Cookie: __Host-anju_citizen=chosen-by-an-attacker")
		token := session(t, answer, "__Host-anju_citizen").Value
		if seen[token] || len(token) < 43 {
			t.Fatalf("the token %q was used before or is short", token)
		}
		seen[token] = true
	}
	h.sessions.add(access.Citizen, "known", noon)
	if answer := h.ask(t, "GET", "/account", "", "Cookie: anju_citizen=known"); answer.StatusCode != 303 {
		t.Error("a cookie without the __Host- prefix was believed on https")
	}
}

// session returns the one cookie of a name that an answer sets.
func session(t *testing.T, answer *http.Response, name string) *http.Cookie {
	t.Helper()
	for _, c := range answer.Cookies() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cookie %s in %v", name, answer.Cookies())
	return nil
}

func TestCookiesAreClosed(t *testing.T) {
	for origin, prefix := range map[string]string{"https://example.com": "__Host-anju_", "http://example.com": "anju_"} {
		h := open(t, func(c *web.Config) { c.Origin = origin })
		h.Counter("portal").Post("/in/:kind", web.Public, func(c *fiber.Ctx) error {
			web.SignIn(c, access.Kind(c.Params("kind")), "token")
			return web.SeeOther(c, "/")
		})
		h.Counter("portal").Post("/out/:kind", web.Public, func(c *fiber.Ctx) error {
			web.SignOut(c, access.Kind(c.Params("kind")))
			return web.SeeOther(c, "/")
		})
		for kind, sameSite := range map[string]http.SameSite{"citizen": http.SameSiteLaxMode, "staff": http.SameSiteStrictMode, "kiosk": http.SameSiteStrictMode} {
			c := session(t, h.ask(t, "POST", "/in/"+kind, ""), prefix+kind)
			if c.Value != "token" || !c.HttpOnly || c.Secure != strings.HasPrefix(origin, "https") || c.SameSite != sameSite || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
				t.Errorf("%s at %s: %+v", kind, origin, c)
			}
			out := h.ask(t, "POST", "/out/"+kind, "")
			if c := session(t, out, prefix+kind); c.Value != "" || c.MaxAge >= 0 || !strings.Contains(out.Header.Get("Clear-Site-Data"), `"cache"`) {
				t.Errorf("sign-out of %s: %+v, %s", kind, c, out.Header.Get("Clear-Site-Data"))
			}
			if kind == "kiosk" {
				session(t, out, prefix+"lang")
				session(t, out, prefix+"challenge")
			}
		}
	}
}

func TestLapsedSessionIsToldApartFromAnEndedOne(t *testing.T) {
	h := open(t, nil)
	h.sessions.add(access.Citizen, "idle", noon.Add(-20*time.Minute))
	h.sessions.add(access.Citizen, "ended", noon)
	ended := h.sessions.byToken["ended"]
	ended.EndedAt = noon
	h.sessions.byToken["ended"] = ended
	h.Counter("portal").Post("/apply", web.Citizen(func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		if v.Lapsed == nil {
			return c.SendString("nobody")
		}
		f, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		return c.SendString(v.Lapsed.Subject + " " + f.Get("name") + " " + string(v.Actor.Kind))
	}), say("in"))
	for token, want := range map[string]string{"idle": "subject-idle zhang anyone", "ended": "nobody", "unknown": "nobody"} {
		if got := words(t, h.ask(t, "POST", "/apply", "name=zhang", "Cookie: anju_citizen="+token)); got != want {
			t.Errorf("%s: %q, want %q", token, got, want)
		}
	}
}

func TestPublicPagesOutliveTheSessionStore(t *testing.T) {
	h := open(t, nil)
	h.sessions.add(access.Citizen, "token", noon)
	h.Counter("portal").Get("/", web.Public, say("home"))
	h.Counter("portal").Get("/account", web.Citizen(nil), say("in"))
	for _, c := range []struct {
		down    error
		account int
	}{{&web.Error{What: "unavailable"}, 503}, {errors.New("pq: broken"), 500}} {
		h.sessions.down = c.down
		if answer := h.ask(t, "GET", "/", "", "Cookie: anju_citizen=token"); answer.StatusCode != 200 || len(answer.Cookies()) != 0 {
			t.Errorf("%v: public page %d, cookies %v", c.down, answer.StatusCode, answer.Cookies())
		}
		if answer := h.ask(t, "GET", "/account", "", "Cookie: anju_citizen=token"); answer.StatusCode != c.account || len(answer.Cookies()) != 0 {
			t.Errorf("%v: guarded page %d, cookies %v", c.down, answer.StatusCode, answer.Cookies())
		}
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	h := open(t, nil)
	r := h.Counter("portal")
	r.Post("/do", web.Public, func(c *fiber.Ctx) error {
		web.SetFlash(c, "draft.saved", "ZZ-2026-1", "居住证")
		return web.SeeOther(c, "/")
	})
	show := func(c *fiber.Ctx) error {
		v := web.VisitOf(c)
		return web.Render(c, 200, templ.Raw(v.Flash+"|"+strings.Join(v.FlashArgs, "|")))
	}
	r.Get("/", web.Public, show)
	cookie := session(t, h.ask(t, "POST", "/do", ""), "anju_flash")
	answer := h.ask(t, "GET", "/", "", "Cookie: anju_flash="+cookie.Value)
	if got := words(t, answer); got != "draft.saved|ZZ-2026-1|居住证" {
		t.Errorf("flash %q", got)
	}
	if c := session(t, answer, "anju_flash"); c.Value != "" || c.MaxAge >= 0 {
		t.Errorf("the flash stays: %+v", c)
	}
	for _, forged := range []string{"PHNjcmlwdD4", "!!", strings.Repeat("YWFh", 400)} { // <script>, no base64, too long
		if got := words(t, h.ask(t, "GET", "/", "", "Cookie: anju_flash="+forged)); got != "|" {
			t.Errorf("forged flash %q shows %q", forged, got)
		}
	}
}

func TestRedirectsStayHere(t *testing.T) {
	for _, s := range []string{"/", "/account", "/apply/dwelling?step=2&x=%2F%2Fevil", "/V#123", "/apply?next=//x"} {
		if got := web.NextPath(s, "/home"); got != s {
			t.Errorf("NextPath(%q) = %q", s, got)
		}
	}
	outside := []string{"", "account", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example", "javascript:alert(1)", "/\tx", "/\n//evil.example",
		" /x", "/a//evil.example", "/../x", "/./x", "/x\r\nSet-Cookie: a=b", "/居住", "/%zz", "//user@evil.example", "/\x00", "/" + strings.Repeat("a", 3000), "http:/x", "?x", "#x"}
	for _, s := range outside {
		if got := web.NextPath(s, "/home"); got != "/home" {
			t.Errorf("NextPath(%q) = %q", s, got)
		}
	}
	h := open(t, nil)
	h.Counter("portal").Post("/go", web.Public, func(c *fiber.Ctx) error {
		f, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		return web.SeeOther(c, f.Get("to"))
	})
	if answer := h.ask(t, "POST", "/go", "to=//evil.example"); answer.StatusCode != 500 || answer.Header.Get("Location") != "" {
		t.Errorf("a foreign address: %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	if answer := h.ask(t, "POST", "/go", "to=/account"); answer.StatusCode != 303 || answer.Header.Get("Location") != "/account" {
		t.Errorf("our own address: %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
}

func TestActorOfAnotherKindIsADefect(t *testing.T) {
	h := open(t, nil)
	h.sessions.add(access.Citizen, "mixed", noon)
	h.sessions.actors["mixed"] = access.Actor{Kind: access.Staff, ID: "lin"}
	h.Counter("portal").Get("/account", web.Citizen(nil), say("in"))
	if answer := h.ask(t, "GET", "/account", "", "Cookie: anju_citizen=mixed"); answer.StatusCode != 500 {
		t.Errorf("a staff member came in by a citizen's cookie: %d", answer.StatusCode)
	}
}
