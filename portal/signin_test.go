package portal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"anju/server/scene"
)

const phone, otherPhone = "13950688001", "13950688002"

func TestSignIn(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser()
	b.visit("/account").goes(t, "/sign-in?next=%2Faccount")
	b.send("/sign-in", url.Values{"phone": {"1395068"}, "next": {"/apply"}}).shows(t, 422, "请填写 11 位手机号码", `value="1395068"`, `href="#phone"`, `name="next" value="/apply"`, "<title>错误：")
	b.send("/sign-in", url.Values{"phone": {"＋８６ 139 5068 8001"}, "next": {"/apply"}}).goes(t, "/sign-in/code?next=%2Fapply")
	page := b.page("/sign-in/code?next=%2Fapply")
	holds(t, page, `autocomplete="one-time-code"`, `href="/sign-in?next=%2Fapply"`)
	lacks(t, page, phone, c.codeFor(phone))

	// A phone that nobody has used gets the same answer as one that has an account.
	known := c.browser().send("/sign-in", url.Values{"phone": {scene.PersonOf("zz.issued").Phone}, "next": {"/apply"}})
	known.goes(t, "/sign-in/code?next=%2Fapply")

	// The full-width digits and the space of an input method are as good.
	code := c.codeFor(phone)
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, code[:3]) + " " + code[3:]
	before := b.jar["anju_challenge"]
	b.jar["anju_citizen"] = "planted-by-somebody-else"
	done := b.send("/sign-in/code", url.Values{"code": {wide}, "next": {"/apply"}})
	done.goes(t, "/apply")
	token := b.jar["anju_citizen"]
	if token == "" || token == "planted-by-somebody-else" || b.jar["anju_challenge"] != "" || before == "" {
		t.Errorf("cookies after signing in: %v", b.jar)
	}
	for _, cookie := range done.header.Values("Set-Cookie") {
		if strings.HasPrefix(cookie, "anju_citizen=") && (!strings.Contains(strings.ToLower(cookie), "httponly") || !strings.Contains(strings.ToLower(cookie), "samesite=lax")) {
			t.Error(cookie)
		}
	}
	b.visit("/sign-in?next=%2Fapply").goes(t, "/apply")
	b.visit("/sign-in/code").goes(t, "/account")

	// Signing out ends the session itself, not only the cookie.
	b.send("/sign-out", url.Values{}).goes(t, "/")
	if b.jar["anju_citizen"] != "" {
		t.Error("the cookie stays after signing out")
	}
	b.jar["anju_citizen"] = token
	b.visit("/account").goes(t, "/sign-in?next=%2Faccount")
	if again := b.signIn(phone).jar["anju_citizen"]; again == token {
		t.Error("the second session has the token of the first")
	}
}

func TestCodeIsGuarded(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser()
	b.visit("/sign-in/code?next=%2Fapply").goes(t, "/sign-in?next=%2Fapply") // nobody has asked for a code here
	b.send("/sign-in", url.Values{"phone": {phone}})
	code := c.codeFor(phone)
	for _, slip := range []string{"", "12345", "1234567", "abcdef", strings.Repeat("9", 10_000)} {
		b.send("/sign-in/code", url.Values{"code": {slip}}).shows(t, 422, "请填写短信里的 6 位数字", `href="#code"`)
	}
	// Another browser may know the code, and has not asked for it.
	thief := c.browser()
	thief.send("/sign-in/code", url.Values{"code": {code}}).shows(t, 422, "验证码已过期或已用过")
	thief.send("/sign-in", url.Values{"phone": {otherPhone}})
	thief.send("/sign-in/code", url.Values{"code": {code}}).shows(t, 422, "验证码不对")

	asked := b.jar["anju_challenge"]
	b.send("/sign-in/code", url.Values{"code": {code}}).goes(t, "/account")
	reuse := c.browser()
	reuse.jar["anju_challenge"] = asked
	reuse.send("/sign-in/code", url.Values{"code": {code}}).shows(t, 422, "验证码已过期或已用过")

	wrong := c.browser()
	wrong.send("/sign-in", url.Values{"phone": {phone}})
	code = c.codeFor(phone)
	guess := "000000"
	if code == guess {
		guess = "000001"
	}
	for range 4 {
		wrong.send("/sign-in/code", url.Values{"code": {guess}}).shows(t, 422, "验证码不对")
	}
	wrong.send("/sign-in/code", url.Values{"code": {guess}}).shows(t, 422, "试的次数太多")
	wrong.send("/sign-in/code", url.Values{"code": {code}}).shows(t, 422, "试的次数太多")
	wrong.visit("/account").goes(t, "/sign-in?next=%2Faccount")

	late := c.browser()
	late.send("/sign-in", url.Values{"phone": {phone}}).goes(t, "/sign-in/code?next=%2Faccount") // the third of this hour
	c.house.Clock.Add(5 * time.Minute)
	late.send("/sign-in/code", url.Values{"code": {c.codeFor(phone)}}).shows(t, 422, "验证码已过期或已用过")
	late.send("/sign-in", url.Values{"phone": {"139 5068 8001"}, "next": {"/permit"}}).shows(t, 429, "获取验证码的次数太多", `value="139 5068 8001"`, `name="next" value="/permit"`, `href="#phone"`)
	c.house.Clock.Add(time.Hour)
	late.signIn(phone)
}

func TestNextStaysOnThisSite(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	signed := c.browser().signIn(phone)
	for _, elsewhere := range []string{"https://example.net/", "//example.net", `/\example.net`, "/%5cexample.net/..//x", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "\t//example.net", "example.net"} {
		query := url.Values{"next": {elsewhere}}.Encode()
		if to := signed.visit("/sign-in?" + query).to; to != "/account" {
			t.Errorf("%q: signed in, goes to %q", elsewhere, to)
		}
		holds(t, c.browser().page("/sign-in?"+query), `name="next" value="/account"`)
	}
	b := c.browser()
	b.send("/sign-in", url.Values{"phone": {phone}, "next": {"//example.net"}}).goes(t, "/sign-in/code?next=%2Faccount")
	b.send("/sign-in/code", url.Values{"code": {c.codeFor(phone)}, "next": {"https://example.net"}}).goes(t, "/account")
}
