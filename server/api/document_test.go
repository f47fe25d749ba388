package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"anju/server/office"
)

// parameter is a variable part of a path, as the counter writes it.
var parameter = regexp.MustCompile(`:([a-z]+)`)

func TestDocumentNamesExactlyTheAddressesOfTheCounter(t *testing.T) {
	d := open(t, nil)
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var described, declared []string
	for path, entry := range doc.Paths.Map() {
		for method := range entry.Operations() {
			described = append(described, method+" "+path)
		}
	}
	for _, r := range d.Table() {
		if r.Counter == "api" {
			path := r.Path
			path = parameter.ReplaceAllString(path, "{$1}")
			declared = append(declared, r.Method+" "+path)
		}
	}
	slices.Sort(described)
	slices.Sort(declared)
	if !slices.Equal(described, declared) {
		t.Errorf("described %v\ndeclared  %v", described, declared)
	}
}

// TestEveryExampleOfTheDocumentIsAnswered asks what the examples ask, and compares the answer with the example of the same name where
// the document has one; an address is asked with the examples of its parameters. So no example of the document is only words.
func TestEveryExampleOfTheDocumentIsAnswered(t *testing.T) {
	h := furnish(t)
	keys := h.partners()
	d := open(t, func(c *office.Config) { c.Store = h.store })
	if err := d.office.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	answered, compared := 0, 0
	for path, entry := range doc.Paths.Map() {
		for method, operation := range entry.Operations() {
			var headers []string
			if operation.Security != nil {
				headers = []string{"Authorization", "Bearer " + keys["education"]}
			}
			shown := openapi3.Examples{}
			if ok := operation.Responses.Value("200").Value.Content.Get("application/json"); ok != nil {
				shown = ok.Examples
			}
			target, query := path, url.Values{}
			for _, p := range operation.Parameters {
				if example, ok := p.Value.Example.(string); ok && p.Value.In == "path" {
					target = strings.Replace(target, "{"+p.Value.Name+"}", example, 1)
				} else if ok && p.Value.In == "header" {
					headers = append(headers, p.Value.Name, example)
				} else if ok {
					query.Set(p.Value.Name, example)
				}
			}
			asked := map[string]string{"": ""} // name to body
			if operation.RequestBody != nil {
				asked = map[string]string{}
				for name, example := range operation.RequestBody.Value.Content.Get("application/json").Examples {
					body, err := json.Marshal(example.Value.Value)
					if err != nil {
						t.Fatal(err)
					}
					asked[name] = string(body)
				}
			}
			for name, body := range asked {
				a := d.send(method, target+"?"+query.Encode(), body, headers...)
				if a.StatusCode != http.StatusOK {
					t.Errorf("%s %s, example %s: %d %s", method, target, name, a.StatusCode, a.body)
				}
				answered++
				for other, example := range shown {
					if name != "" && name != other {
						continue
					}
					want, err := json.Marshal(example.Value.Value)
					if err != nil {
						t.Fatal(err)
					}
					same(t, a.body, string(want))
					compared++
				}
			}
		}
	}
	if answered < 8 || compared < 3 {
		t.Errorf("only %d examples asked and %d compared", answered, compared)
	}
}

func TestDocumentIsServedAsItIs(t *testing.T) {
	want, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	a := open(t, nil).get("/api/v1/openapi.yaml")
	if !bytes.Equal(a.body, want) || a.Header.Get("Content-Type") != "application/yaml" {
		t.Error("another document, or another type:", a.Header.Get("Content-Type"))
	}
}

// The other tests lean on this one: an answer that says more, less or something else than the document promises is noticed.
func TestAnswersAreHeldAgainstTheDocument(t *testing.T) {
	d := open(t, nil)
	const eligibility, entitlements, services, jurisdictions = "/api/v1/eligibility", "/api/v1/entitlements", "/api/v1/jurisdictions/350600/services", "/api/v1/jurisdictions"
	answers := map[string]answer{
		eligibility:  d.post(eligibility, `{"jurisdiction":"350600"}`),
		entitlements: d.post(entitlements, `{"jurisdiction":"350600"}`),
		services:     d.get(services), jurisdictions: d.get(jurisdictions),
	}
	for _, c := range []struct{ target, from, to string }{
		{eligibility, `"missing":`, `"more":1,"missing":`},
		{eligibility, `"optional":[]`, `"optional":["grounds"]`},
		{eligibility, `"verdict":"need_more"`, `"verdict":"perhaps"`},
		{eligibility, `,"optional":[]`, ``},
		{eligibility, `"eligible_on":null`, `"eligible_on":""`},
		{entitlements, `"from":null`, `"from":"2026-1-1"`},
		{entitlements, `"tier":null`, `"tier":"gold"`},
		{entitlements, `"conditions":[]`, `"conditions":null`},
		{entitlements, `"reason":"tier"`, `"reason":"none"`},
		{services, `"free":null`, `"free":false`},
		{services, `"wording":"verbatim"`, `"wording":""`},
		{services, `"question":{`, `"question":{"fr":"?",`},
		{jurisdictions, `"in_force_to":null`, `"in_force_to":0`},
	} {
		broken := answers[c.target]
		if broken.body = bytes.Replace(broken.body, []byte(c.from), []byte(c.to), 1); bytes.Equal(broken.body, answers[c.target].body) {
			t.Errorf("%s does not say %s", c.target, c.from)
		}
		method := http.MethodPost
		if c.target == services || c.target == jurisdictions {
			method = http.MethodGet
		}
		if conforms(method, c.target, broken) == nil {
			t.Errorf("%s: %s is let through", c.target, c.to)
		}
	}
}
