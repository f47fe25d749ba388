package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/credential"
	"anju/server/scene"
)

// applicant is somebody new who walks the whole way.
type applicant struct {
	city   scene.City
	lang   string
	name   string
	phone  string
	id     string
	ethnic string
	hukou  [3]string
	tier   string // "" where there is no choice
	ground string // "" where none is asked
	paper  string
}

var (
	zhangzhouApplicant = applicant{scene.Zhangzhou, "zh", "欧阳𠮷", "13950600101", "410102199203070011", "01", [3]string{"410000", "410100", "410102"}, "", "employment", "labour_contract"}
	ziboApplicant      = applicant{scene.Zibo, "en", "单于昭", "13853300101", "130102198911112887", "01", [3]string{"130000", "130100", "130102"}, "permit_3y", "business_licence", "business_licence"}
)

func TestJourneyZhangzhou(t *testing.T) { journey(t, zhangzhouApplicant, true) }
func TestJourneyZibo(t *testing.T)      { journey(t, ziboApplicant, true) }

// TestJourneyWithoutScript walks the citizen's part with JavaScript off.
func TestJourneyWithoutScript(t *testing.T) {
	a := zhangzhouApplicant
	a.phone, a.name = "13950600102", "诸葛若"
	a.id = number(t, "510104", "1994-06-18", 23)
	a.hukou = [3]string{"510000", "510100", "510104"}
	journey(t, a, false)
}

// journey is the main job: eligibility, application, acceptance, review, production, issue, the permit and its verification.
func journey(t *testing.T, a applicant, script bool) {
	a.id = number(t, a.hukou[2], "1992-03-07", 331+len(a.phone)+int(a.phone[10]))
	prefix := a.city.Prefix
	if !script {
		prefix += "-noscript"
	}
	citizen := openTab(t, phone, script)
	citizen.open("/?lang=" + a.lang)
	citizen.check(prefix + "-home")
	citizen.open("/eligibility?lang=" + a.lang)
	citizen.check(prefix + "-eligibility")

	reference := citizen.apply(a, prefix)

	officer := openTab(t, desktop, true)
	officer.signInStaff(a.city.Prefix + ".accept")
	officer.checkBoth(prefix+"-console-queue", "/console")
	officer.checkBoth(prefix+"-console-case", "/console/cases/"+reference)
	officer.tick("seen", "identity")
	officer.tick("seen", "evidence")
	officer.click(`form[action$="/acceptance"] button[type="submit"]`)
	officer.checkBoth(prefix+"-console-slip", "/console/cases/"+reference+"/slip")

	citizen.open("/applications/" + reference)
	citizen.checkBoth(prefix+"-progress", "/applications/"+reference)

	for _, step := range []struct{ login, verb string }{{".review", "grant"}, {".issue", "production"}, {".issue", "issue"}} {
		colleague := openTab(t, desktop, true)
		colleague.signInStaff(a.city.Prefix + step.login)
		colleague.open("/console/cases/" + reference)
		colleague.check(prefix + "-console-" + step.verb)
		if step.verb == "issue" {
			colleague.tick("collected", "seen")
			colleague.tick("signing", "paper")
		}
		colleague.click(`form[action$="/` + step.verb + `"] button[type="submit"]`)
	}
	citizen.showAndVerify(prefix)
}

// apply is the citizen's part up to the reference.
func (tb *tab) apply(a applicant, prefix string) string {
	tb.t.Helper()
	tb.open("/apply")
	tb.signIn(a.phone)
	tb.checkBoth(prefix+"-apply", "/apply")
	tb.tick("city", a.city.Jurisdiction)
	tb.press()

	tb.checkBoth(prefix+"-identity", "/apply/identity")
	tb.fill("name", a.name)
	tb.fill("id_number", strings.ToLower(a.id[:17])+"0") // a wrong check digit, mostly
	if a.id[17] == '0' {
		tb.fill("id_number", a.id[:17]+"1")
	}
	tb.choose("ethnic_group", a.ethnic, "")
	tb.press()
	if got := tb.attribute("#id_number", "aria-invalid"); got != "true" {
		tb.t.Fatalf("a wrong check digit is not marked at the field")
	}
	if got := tb.attribute("#name", "value"); got != a.name {
		tb.t.Errorf("the typed name was lost: %q", got)
	}
	tb.check(prefix + "-identity-error")
	tb.fill("id_number", a.id)
	tb.press()

	tb.checkBoth(prefix+"-hukou", "/apply/hukou")
	tb.choose("hukou_province", a.hukou[0], "prefecture")
	tb.choose("hukou_prefecture", a.hukou[1], "county")
	tb.choose("hukou_county", a.hukou[2], "")
	tb.press()

	tb.checkBoth(prefix+"-residence-empty", "/apply/residence")
	tb.residence(a.city)
	tb.check(prefix + "-residence")
	tb.press()

	tb.checkBoth(prefix+"-stay-empty", "/apply/stay")

	if a.city == scene.Zhangzhou {
		tb.fill("registered_on", "2026")
		tb.fill("registered_on-month", "3")
		tb.fill("registered_on-day", "15")
	} else {
		tb.tick("intends", "yes")
		tb.tick("tier", a.tier)
	}
	tb.check(prefix + "-stay")
	tb.press()

	tb.checkBoth(prefix+"-grounds", "/apply/grounds")
	tb.tick("grounds", a.ground)
	tb.press()

	tb.checkBoth(prefix+"-evidence", "/apply/evidence")
	photo := filepath.Join(tb.t.TempDir(), "contract.jpg")
	if err := os.WriteFile(photo, scene.Photo(), 0o600); err != nil {
		tb.t.Fatal(err)
	}
	tb.do(chromedp.Click(chromedp.CSS(`input[name="kind"]`)))
	tb.upload("#evidence", photo)
	tb.press()
	tb.check(prefix + "-evidence-there")
	tb.press()

	tb.checkBoth(prefix+"-check", "/apply/check")
	tb.tick("declared", "yes")
	tb.press()
	tb.check(prefix + "-sent")
	path := tb.path()
	reference, ok := strings.CutPrefix(path, "/applications/")
	if !ok {
		tb.t.Fatalf("the application was not sent: %s\n%s", path, tb.text("main"))
	}
	return reference
}

// showAndVerify shows the permit and has a stranger check its code: as it is, with one digit changed, and an unknown token.
func (tb *tab) showAndVerify(prefix string) {
	tb.t.Helper()
	tb.checkBoth(prefix+"-permit", "/permit")
	tb.checkBoth(prefix+"-permit-services", "/permit/services")
	tb.checkBoth(prefix+"-access-log", "/access-log")
	tb.open("/permit")
	picture := tb.codePicture(`svg.qr`)
	content := readQR(tb.t, picture)

	stranger := openTab(tb.t, phone, tb.script)
	stranger.open("/verify?lang=zh")
	stranger.check(prefix + "-verify")
	stranger.verify(content)
	stranger.check(prefix + "-verdict-valid")
	stranger.see(verdictWord(credential.Valid))

	digit := []byte(content)
	at := len(digit) - 20
	digit[at] = '0' + (digit[at]-'0'+1)%10
	stranger.open("/verify")
	stranger.verify(string(digit))
	stranger.see(verdictWord(credential.Forged))
	stranger.check(prefix + "-verdict-forged")

	stranger.open("/verify")
	stranger.verify(credential.TokenText(tb.city.origin, [16]byte{1, 2, 3}))
	stranger.see(verdictWord(credential.Unknown))

	stranger.open("/verify")
	file := filepath.Join(tb.t.TempDir(), "code.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		tb.t.Fatal(err)
	}
	stranger.upload("#picture", file)
	stranger.click(`form[action="/verify/picture"] button[type="submit"]`)
	stranger.see(verdictWord(credential.Valid))
}

// verify pastes a code.
func (tb *tab) verify(content string) {
	tb.t.Helper()
	tb.do(chromedp.SendKeys(chromedp.CSS("#code"), content))
	tb.click(`form[action="/verify"] button[type="submit"]`)
}
