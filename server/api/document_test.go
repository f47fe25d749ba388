package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"testing"
)

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
			if path == "/api/v1/jurisdictions/:code/services" {
				path = "/api/v1/jurisdictions/{code}/services"
			}
			declared = append(declared, r.Method+" "+path)
		}
	}
	slices.Sort(described)
	slices.Sort(declared)
	if !slices.Equal(described, declared) {
		t.Errorf("described %v\ndeclared  %v", described, declared)
	}
}

func TestEveryExampleOfTheDocumentIsAnswered(t *testing.T) {
	d := open(t, nil)
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	answered := 0
	for path, entry := range doc.Paths.Map() {
		if entry.Post == nil {
			continue
		}
		for name, example := range entry.Post.RequestBody.Value.Content.Get("application/json").Examples {
			body, err := json.Marshal(example.Value.Value)
			if err != nil {
				t.Fatal(err)
			}
			if a := d.send(http.MethodPost, path, string(body)); a.StatusCode != http.StatusOK {
				t.Errorf("%s, example %s: %d %s", path, name, a.StatusCode, a.body)
			}
			answered++
		}
	}
	if answered < 5 {
		t.Errorf("only %d examples", answered)
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
