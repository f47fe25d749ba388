package portal_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"anju/server/civic"
	"anju/server/scene"
)

// browser is a browser at the portal: it keeps cookies, and says where an answer sends it.
type browser struct {
	counter
	jar map[string]string
}

// answer is what a browser got.
type answer struct {
	status int
	page   string
	to     string // Location
	header http.Header
}

func (c counter) browser() *browser { return &browser{c, map[string]string{}} }

// ask sends a request with the browser's cookies and keeps those that come back.
func (b *browser) ask(req *http.Request) answer {
	b.t.Helper()
	for name, value := range b.jar {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	status, page, header := b.do(req)
	res := http.Response{Header: header}
	for _, cookie := range res.Cookies() {
		if cookie.MaxAge < 0 {
			delete(b.jar, cookie.Name)
		} else {
			b.jar[cookie.Name] = cookie.Value
		}
	}
	return answer{status, page, header.Get("Location"), header}
}

func (b *browser) visit(path string) answer {
	b.t.Helper()
	return b.ask(httptest.NewRequest("GET", path, nil))
}

func (b *browser) send(path string, form url.Values) answer {
	b.t.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	return b.ask(req)
}

// attach sends a document with its kind, as the upload form does.
func (b *browser) attach(path, kind, name string, content []byte) answer {
	b.t.Helper()
	body, contentType := document(b.t, kind, name, content)
	req := httptest.NewRequest("POST", path, body)
	req.Header.Set("Content-Type", contentType)
	return b.ask(req)
}

func document(t *testing.T, kind, name string, content []byte) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	if kind != "" {
		if err := w.WriteField("kind", kind); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("evidence", name)
	if err == nil {
		_, err = io.Copy(part, bytes.NewReader(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

// page is the text of a page that must be there.
func (b *browser) page(path string) string {
	b.t.Helper()
	a := b.visit(path)
	if a.status != 200 {
		b.t.Fatalf("GET %s: %d to %q\n%s", path, a.status, a.to, plain(a.page))
	}
	return a.page
}

// goes fails unless the answer is a redirect to a path.
func (a answer) goes(t *testing.T, path string) {
	t.Helper()
	if a.status != 303 || a.to != path {
		t.Fatalf("%d to %q, want 303 to %q\n%s", a.status, a.to, path, plain(a.page))
	}
}

// shows fails unless the answer is a page of a status with all pieces on it.
func (a answer) shows(t *testing.T, status int, pieces ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("%d to %q, want %d", a.status, a.to, status)
	}
	holds(t, a.page, pieces...)
}

// codeFor is the code that was sent last to a phone.
func (c counter) codeFor(phone string) string {
	c.t.Helper()
	sent, err := c.house.Office.MessagesTo(context.Background(), phone)
	if err != nil || len(sent) == 0 {
		c.t.Fatalf("nothing was sent to %s: %v", phone, err)
	}
	return sent[0].Args["Code"]
}

// signIn signs in with a code as a person does.
func (b *browser) signIn(phone string) *browser {
	b.t.Helper()
	b.send("/sign-in", url.Values{"phone": {phone}}).goes(b.t, "/sign-in/code?next=%2Faccount")
	b.send("/sign-in/code", url.Values{"code": {b.codeFor(phone)}}).goes(b.t, "/account")
	return b
}

// with returns a form with some answers changed.
func with(form url.Values, pairs ...string) url.Values {
	changed := maps.Clone(form)
	for i := 0; i+1 < len(pairs); i += 2 {
		changed[pairs[i]] = []string{pairs[i+1]}
	}
	return changed
}

// number is a valid ID number of somebody invented.
func number(t *testing.T, seq int) string {
	t.Helper()
	id, err := civic.NewCitizenID("410102", civic.MustDate("1992-03-07"), seq)
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}

// stepForm is the form of one step, well filled in.
type stepForm struct {
	step string
	form url.Values
}

// zhangzhouForms are all steps of an application in Zhangzhou up to the evidence.
func zhangzhouForms(t *testing.T, name string, seq int) []stepForm {
	t.Helper()
	return []stepForm{
		{"identity", url.Values{"name": {name}, "id_number": {number(t, seq)}, "ethnic_group": {"01"}}},
		{"hukou", url.Values{"hukou_province": {"410000"}, "hukou_prefecture": {"410100"}, "hukou_county": {"410102"}}},
		{"residence", residenceForm(scene.Zhangzhou)},
		{"stay", url.Values{"registered_on_year": {"2026"}, "registered_on_month": {"3"}, "registered_on_day": {"15"}, "workplace": {"漳州市芗城区新华针织厂"}}},
		{"grounds", url.Values{"grounds": {"employment"}}},
	}
}

func residenceForm(city scene.City) url.Values {
	return url.Values{"residence_county": {city.County}, "residence_street": {city.Street}, "residence_community": {civic.Communities(city.Street)[0].Code}, "detail": {"延安北路 27 号 2 栋 1501 室"}}
}

// begin starts a pre-application and answers the first steps, up to the one named; "" answers all of them.
func (b *browser) begin(city scene.City, forms []stepForm, until string) *browser {
	b.t.Helper()
	b.send("/apply", url.Values{"city": {city.Jurisdiction}})
	for i, one := range forms {
		if one.step == until {
			break
		}
		next := "evidence"
		if i+1 < len(forms) {
			next = forms[i+1].step
		}
		b.send("/apply/"+one.step, one.form).goes(b.t, "/apply/"+next)
	}
	return b
}

// ready fills in everything, evidence included, and returns the key of the form that would send it.
func (b *browser) ready(name string, seq int) (key string) {
	b.t.Helper()
	b.begin(scene.Zhangzhou, zhangzhouForms(b.t, name, seq), "")
	b.attach("/apply/evidence", "labour_contract", "contract.jpg", scene.Photo()).goes(b.t, "/apply/evidence")
	return keyOf(b.t, b.page("/apply/check"))
}

// keyOf is the idempotency key in a form.
func keyOf(t *testing.T, page string) string {
	t.Helper()
	_, rest, _ := strings.Cut(page, `name="key" value="`)
	key, _, found := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("no key on the page\n%s", plain(page))
	}
	return key
}
