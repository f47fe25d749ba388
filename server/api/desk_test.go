package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"anju/server/api"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/scene"
	"anju/server/store/storetest"
	"anju/server/web"
)

const origin = "http://example.com"

func TestMain(m *testing.M) {
	openapi3filter.RegisterBodyDecoder("application/jwk-set+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/statuslist+cwt", openapi3filter.FileBodyDecoder)
	storetest.Main(m)
}

// today is the instant of the contract's examples.
var today = time.Date(2026, 11, 22, 9, 30, 5, 0, civic.Zone)

var book = sync.OnceValue(func() *policy.Book {
	b, err := policy.Load()
	if err != nil {
		panic(err)
	}
	return b
})

// contract is the published document, read as strictly as the library can, with its examples.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(openapi3.NewLoader().Context, openapi3.EnableExamplesValidation())
})

var router = sync.OnceValues(func() (routers.Router, error) {
	doc, err := contract()
	if err != nil {
		return nil, err
	}
	doc.Servers = nil // any host
	return legacy.NewRouter(doc)
})

// desk is the API with nothing behind it but the law, unless the test gives it a store.
type desk struct {
	testing.TB
	*web.Site
	office *office.Office
	clock  *scene.Clock
}

func open(t testing.TB, change func(*office.Config)) desk {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	clock := scene.NewClock(today)
	config := office.Config{Clock: clock, Book: book(), Calendar: civic.DefaultCalendar(), Origin: origin, CodeKey: []byte("k"), Log: log}
	if change != nil {
		change(&config)
	}
	o := office.New(config)
	site, err := web.New(web.Config{Origin: origin, Log: log, Sessions: o, Partners: o})
	if err != nil {
		t.Fatal(err)
	}
	api.New(o).Routes(site.Counter("api"))
	if err := site.Seal(); err != nil {
		t.Fatal(err)
	}
	return desk{t, site, o, clock}
}

// answer is what came back. It has been held against the contract.
type answer struct {
	http.Response
	body []byte
}

// send asks and holds the answer against the contract. Headers come in pairs of name and value.
func (d desk) send(method, target, body string, headers ...string) answer {
	d.Helper()
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := d.App().Test(request, 20_000)
	if err != nil {
		d.Fatal(err)
	}
	defer response.Body.Close()
	a := answer{Response: *response}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		d.Fatal(err)
	}
	if err := conforms(method, target, a); err != nil {
		d.Fatalf("%s %s %s: against the contract: %v\n%s", method, target, body, err, a.body)
	}
	return a
}

// conforms says what of an answer the document does not promise. An address that it does not name answers with a problem.
func conforms(method, target string, a answer) error {
	doc, err := contract()
	if err != nil {
		return err
	}
	find, err := router()
	if err != nil {
		return err
	}
	request := httptest.NewRequest(method, target, nil)
	route, parameters, err := find.FindRoute(request)
	if err != nil {
		var problem any
		if err := json.Unmarshal(a.body, &problem); err != nil {
			return err
		}
		return doc.Components.Schemas["Problem"].Value.VisitJSON(problem, openapi3.EnableJSONSchema2020())
	}
	return openapi3filter.ValidateResponse(request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route},
		Status:                 a.StatusCode, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
}

// get asks for an address that must answer.
func (d desk) get(target string) answer {
	d.Helper()
	return d.ok(d.send(http.MethodGet, target, ""))
}

// post asks a question that must be answered.
func (d desk) post(target, body string) answer {
	d.Helper()
	return d.ok(d.send(http.MethodPost, target, body))
}

func (d desk) ok(a answer) answer {
	d.Helper()
	if a.StatusCode != http.StatusOK {
		d.Fatalf("%d: %s", a.StatusCode, a.body)
	}
	return a
}

// into decodes an answer.
func into[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// same compares two JSON texts, whatever the order of their fields. "…" stands for any text that is not empty.
func same(t testing.TB, got []byte, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !equal(g, w) {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func equal(got, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for name := range w {
			value, given := g[name]
			if !given || !equal(value, w[name]) {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		return ok && slices.EqualFunc(g, w, equal)
	}
	if s, ok := got.(string); ok && want == "…" {
		return s != ""
	}
	return got == want
}
