package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"anju/server/access"
	"anju/server/office"
)

func TestSignInAndOut(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied")
	b := d.browser()
	got := b.get("/console/sign-in")
	d.status(got, http.StatusOK, "the page")
	d.silent(got, `name="code"`) // the demo has no second factor
	for _, wrong := range [][2]string{{"zz.accept", "wrong"}, {"nobody", password}, {"", ""}, {"zz.accept", ""}} {
		got = b.post("/console/sign-in", "login", wrong[0], "password", wrong[1])
		d.status(got, http.StatusUnprocessableEntity, wrong[0])
		d.says(got, "登录名、密码或动态口令不对")
		d.silent(got, `value="`+password, `value="wrong"`)
	}
	d.says(got, `value="zz.accept"`)
	d.status(b.get("/console"), http.StatusSeeOther, "not signed in")

	got = b.post("/console/sign-in", "login", " zz.accept ", "password", password, "next", casePath(d.people["zz.pre_applied"]))
	if got.location != casePath(d.people["zz.pre_applied"]) || !strings.Contains(strings.Join(got.header.Values("Set-Cookie"), ""), "SameSite=Strict") {
		t.Errorf("to %q with %q", got.location, got.header.Values("Set-Cookie"))
	}
	d.says(b.get("/console"), "陈晓岚", "受理岗", "退出")
	if got := b.get("/console/sign-in"); got.location != "/console" {
		t.Errorf("signed in already, and led to %q", got.location)
	}
	old := &browser{d: d, cookies: map[string]string{"anju_staff": b.cookies["anju_staff"]}}
	got = b.post("/console/sign-out")
	if got.location != "/console" || got.header.Get("Clear-Site-Data") == "" {
		t.Errorf("sign-out leads to %q", got.location)
	}
	d.says(b.follow(b.follow(got)), "您已退出")
	d.status(old.get("/console"), http.StatusSeeOther, "the old cookie")
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"} {
		if got := d.browser().post("/console/sign-in", "login", "zz.accept", "password", password, "next", next); got.location != "/console" {
			t.Errorf("next %q leads to %q", next, got.location)
		}
	}
}

func TestOutsideTheDemoASecondFactorIsNeeded(t *testing.T) {
	d := furnish(t, false)
	secret, _, err := access.NewTOTPSecret("zz.totp")
	if err != nil {
		t.Fatal(err)
	}
	m := access.StaffMember{ID: office.NewKey(), Login: "zz.totp", Name: "林试用", PasswordHash: access.HashPassword(password), TOTPSecret: secret, Posts: []access.Post{post(access.Acceptor)}}
	if err := d.store.Within(t.Context(), func(tx office.Tx) error { return tx.CreateStaff(t.Context(), m) }); err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(secret, d.house.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	b := d.browser()
	d.says(b.get("/console/sign-in"), `name="code"`, "动态口令")
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for _, try := range []string{"", wrong} {
		d.status(b.post("/console/sign-in", "login", "zz.totp", "password", password, "code", try), http.StatusUnprocessableEntity, "code "+try)
	}
	d.status(b.post("/console/sign-in", "login", "zz.totp", "password", password, "code", code), http.StatusSeeOther, "the right code")
	d.status(d.browser().post("/console/sign-in", "login", "zz.totp", "password", password, "code", code), http.StatusUnprocessableEntity, "the code once more")
}

func TestGuessingIsThrottled(t *testing.T) {
	d := furnish(t, true)
	b := d.browser()
	for range access.StaffPerLogin.Max {
		b.post("/console/sign-in", "login", "zz.accept", "password", "guess")
	}
	d.status(b.post("/console/sign-in", "login", "zz.accept", "password", password), http.StatusTooManyRequests, "one too many")
	d.status(b.post("/console/sign-in", "login", "zz.review", "password", password), http.StatusSeeOther, "somebody else")
}
