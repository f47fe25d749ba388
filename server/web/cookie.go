package web

import (
	"encoding/base64"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
)

// cookieName binds a cookie to this host and to https by its name, where the site has https.
func cookieName(v *Visit, name string) string {
	if v.Secure {
		return "__Host-anju_" + name
	}
	return "anju_" + name
}

// SetCookie keeps a short value in the browser; maxAge 0 keeps it until the browser is closed. Scripts cannot read it.
func SetCookie(c *fiber.Ctx, name, value string, maxAge time.Duration) {
	setCookie(c, name, value, maxAge, fiber.CookieSameSiteLaxMode)
}

func setCookie(c *fiber.Ctx, name, value string, maxAge time.Duration, sameSite string) {
	v := VisitOf(c)
	c.Cookie(&fiber.Cookie{
		Name: cookieName(v, name), Value: value, Path: "/", HTTPOnly: true, Secure: v.Secure, SameSite: sameSite,
		MaxAge: int(maxAge / time.Second),
	})
}

// Cookie returns what SetCookie kept, or nothing. A name that was sent twice was not sent by us, and means nothing.
func Cookie(c *fiber.Ctx, name string) string {
	full, value, found := cookieName(VisitOf(c), name), "", 0
	for k, v := range c.Request().Header.Cookies() {
		if string(k) == full {
			value, found = string(v), found+1
		}
	}
	if found != 1 {
		return ""
	}
	return value
}

// DropCookie removes what SetCookie kept.
func DropCookie(c *fiber.Ctx, name string) {
	setCookie(c, name, "", -time.Second, fiber.CookieSameSiteLaxMode)
}

// SignIn hands a new session's token to the browser. Staff and kiosk are never reached from other sites; a citizen may follow a
// link out of a message.
func SignIn(c *fiber.Ctx, kind access.Kind, token string) {
	sameSite := fiber.CookieSameSiteStrictMode
	if kind == access.Citizen {
		sameSite = fiber.CookieSameSiteLaxMode
	}
	setCookie(c, string(kind), token, 0, sameSite)
}

// SignOut takes the token back and empties the browser's cache, so that the way back shows nobody's page. A kiosk forgets
// everything, the language too: the next person chooses. A phone keeps its storage, where the offline verifier lives.
func SignOut(c *fiber.Ctx, kind access.Kind) {
	DropCookie(c, string(kind))
	data := `"cache"`
	if kind == access.Kiosk {
		data = `"cache", "storage"`
		for _, name := range []string{"lang", "flash", "challenge", "size", "theme"} {
			DropCookie(c, name)
		}
	}
	c.Set("Clear-Site-Data", data)
}

var flashCode = regexp.MustCompile(`^[a-z0-9_.-]{1,60}$`)

// SetFlash has the next page say something once. code is a text key's end; the arguments hold no personal data.
func SetFlash(c *fiber.Ctx, code string, args ...string) {
	value := base64.RawURLEncoding.EncodeToString([]byte(strings.Join(append([]string{code}, args...), "\n")))
	SetCookie(c, "flash", value, time.Minute)
}

// readFlash takes the message out of its cookie. It is not signed: who can set it could only show one of our own sentences.
func (v *Visit) readFlash(c *fiber.Ctx) {
	raw, err := base64.RawURLEncoding.DecodeString(Cookie(c, "flash"))
	if err != nil || len(raw) == 0 || len(raw) > 500 || !clean(string(raw)) {
		return
	}
	parts := strings.Split(string(raw), "\n")
	if flashCode.MatchString(parts[0]) {
		v.Flash, v.FlashArgs = parts[0], parts[1:]
	}
}
