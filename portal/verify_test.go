package portal_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/scene"
)

// signed is the text of a permit's signed code, and its token's.
func signed(t *testing.T, c counter, p scene.Played) (code, token string) {
	t.Helper()
	found, err := c.house.Office.Permit(t.Context(), p.Citizen(), p.Permit)
	if err != nil {
		t.Fatal(err)
	}
	return credential.SignedText(origin, found.Signed), credential.TokenText(origin, found.Permit.Token)
}

// slip is the text of the code on an application's slip.
func slip(t *testing.T, c counter, p scene.Played) string {
	t.Helper()
	progress, err := c.house.Office.Application(t.Context(), p.Citizen(), p.Reference)
	if err != nil {
		t.Fatal(err)
	}
	return credential.TokenText(origin, progress.Token)
}

func TestVerify(t *testing.T) {
	c, played := open(t, true, "zz.issued", "zb.issued", "zz.in_review")
	p := played["zz.issued"]
	code, token := signed(t, c, p)
	zibo, _ := signed(t, c, played["zb.issued"])
	personal := []string{p.Name, p.ID, p.Phone, "胜利路", "410102"}
	last := "4"
	if strings.HasSuffix(code, last) {
		last = "5"
	}
	digits := code[strings.Index(code, "#")+1:]

	check := func(text string) (string, string) {
		t.Helper()
		status, page, header := c.post("/verify", url.Values{"code": {text}})
		if status != 200 || header.Get("Refresh") == "" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("%.60s: %d, %v", text, status, header)
		}
		holds(t, page, `data-seconds="60"`)
		lacks(t, page, personal...)
		_, rest, _ := strings.Cut(page, `data-verdict="`)
		verdict, _, _ := strings.Cut(rest, `"`)
		return verdict, page
	}
	for name, one := range map[string]struct{ text, want string }{
		"as scanned":        {code, "valid"},
		"digits alone":      {digits, "valid"},
		"lower case, typed": {"  " + strings.ToLower(code) + "\r\n", "valid"},
		"token":             {token, "valid"},
		"Zibo":              {zibo, "valid"},
		"one digit changed": {code[:len(code)-1] + last, "forged"},
		"no digits":         {origin + "/V#", "forged"},
		"unknown token":     {credential.TokenText(origin, [16]byte{1}), "unknown"},
		"another site":      {strings.Replace(code, "EXAMPLE.COM", "EXAMPLE.COM.EVIL.CN", 1), "foreign"},
		"user information":  {strings.Replace(code, "EXAMPLE.COM", "EXAMPLE.COM@EVIL.CN", 1), "foreign"},
		"a payment code":    {"wxp://f2f0abc", "foreign"},
		"markup":            {`<script>alert(1)</script>`, "foreign"},
		"very long":         {strings.Repeat("9", 20_000), "foreign"},
	} {
		verdict, page := check(one.text)
		if verdict != one.want {
			t.Errorf("%s: %q, want %q", name, verdict, one.want)
		}
		shown := one.want == "valid" && name != "Zibo"
		if shown {
			holds(t, page, civic.MaskName(p.Name), "**************"+p.ID[14:], p.Permit, "漳州市 · 居住证", "2026年11月22日")
		} else {
			lacks(t, page, p.Permit, civic.MaskName(p.Name), "alert(1)")
		}
	}
	if _, page := check(zibo); true {
		holds(t, page, "淄博市 · 3年期居住证", "2029年11月22日")
	}

	english := func(path string) string { return c.get(path + "?lang=en") }
	holds(t, english("/verify"), "Check a residence permit", `type="file"`)
	page := english(strings.TrimPrefix(token, strings.ToUpper(origin)))
	holds(t, page, `data-verdict="valid"`, `Zhangzhou · Residence permit`)

	status, page, _ := c.post("/verify", url.Values{"code": {""}})
	if status != 422 {
		t.Error("an empty code:", status)
	}
	holds(t, page, "请贴上或输入码的内容")

	// The holder finds the checks in the access log, and nobody's name as the one who checked.
	entries, err := c.house.Office.AccessLog(t.Context(), p.Citizen())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range entries {
		if string(e.Action) == "verified" {
			seen++
			if e.ActorKind != string(access.Anyone) || e.ActorID != "" {
				t.Errorf("the checker is recorded: %+v", e)
			}
		}
	}
	if seen == 0 {
		t.Error("no check stands in the holder's access log")
	}
}

func TestSlipIsNoPermit(t *testing.T) {
	c, played := open(t, true, "zz.in_review", "zz.issued")
	text := slip(t, c, played["zz.in_review"])
	for _, page := range []string{c.get(strings.TrimPrefix(text, strings.ToUpper(origin))), second(c.post("/verify", url.Values{"code": {text}}))} {
		holds(t, page, "申请回执是真的，但它不是居住证", "审核")
		lacks(t, page, "data-verdict", played["zz.in_review"].Name, played["zz.in_review"].Reference, civic.MaskName(played["zz.in_review"].Name))
	}
	issued := slip(t, c, played["zz.issued"]) // its permit is there: the slip leads to it
	holds(t, c.get(strings.TrimPrefix(issued, strings.ToUpper(origin))), `data-verdict="valid"`)
}

func second(_ int, page string, _ http.Header) string { return page }

func TestOpenedHandsTheDigitsOver(t *testing.T) {
	c, _ := open(t, true)
	page := c.get("/V")
	holds(t, page, "js/opened.js", `data-address="`+origin+`/V#"`, `action="/verify"`, "把地址栏里的完整网址复制到下面")
	for path, want := range map[string]int{"/v": 404, "/V/": 404, "/V/a/b": 404} {
		if status, _, _ := c.do(httptest.NewRequest("GET", path, nil)); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"/V/x", "/V/" + strings.Repeat("A", 25), "/V/%00", "/V/" + strings.Repeat("A", 5000)} {
		status, page, _ := c.do(httptest.NewRequest("GET", path, nil))
		if status != 200 && status != 400 || status == 200 && !strings.Contains(page, `data-verdict="`) {
			t.Errorf("%.20s: %d", path, status)
		}
	}
}

func TestVerifyReadsPictures(t *testing.T) {
	c, played := open(t, true, "zz.issued")
	code, _ := signed(t, c, played["zz.issued"])
	qr, err := credential.QRPNG(code, 600)
	if err != nil {
		t.Fatal(err)
	}
	status, page, _ := c.upload("/verify/picture", "picture", "code.jpg", qr)
	if status != 200 {
		t.Error(status)
	}
	holds(t, page, `data-verdict="valid"`, civic.MaskName(played["zz.issued"].Name), `href="/verify?lang=en"`)

	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 200, 200))); err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		content []byte
		status  int
		want    string
	}{
		"no code in it": {blank.Bytes(), 422, "没有读到二维码"},
		"no picture":    {[]byte("%PDF-1.7"), 422, "请上传 JPEG 或 PNG 图片"},
		"cut off":       {qr[:len(qr)/2], 422, "打不开"},
		"nothing":       {nil, 422, "请选择二维码的图片"},
		"too large":     {make([]byte, 9<<20), 413, "8 MB 以内"},
	} {
		status, page, _ := c.upload("/verify/picture", "picture", "x.png", one.content)
		if status != one.status {
			t.Errorf("%s: %d", name, status)
		}
		holds(t, page, one.want, `name="code"`)
	}
}

// TestVerifyWhatTheRecordSays goes through what can happen to a permit after its code was printed.
func TestVerifyWhatTheRecordSays(t *testing.T) {
	c, played := open(t, true, "zz.issued", "zb.issued_1y")
	code, _ := signed(t, c, played["zb.issued_1y"])
	c.house.Clock.Set(scene.Morning.AddDate(1, 1, 0)) // the year is over
	_, page, _ := c.post("/verify", url.Values{"code": {code}})
	holds(t, page, `data-verdict="expired"`, "2027年11月22日")
}
