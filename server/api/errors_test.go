package api_test

import (
	"net/http"
	"strings"
	"testing"
)

type problem struct {
	Type, Title, Detail, Kind, Reason, Field string
	Status                                   int
	RequestID                                string `json:"request_id"`
}

// refused expects a problem document that says why, and where.
func (d desk) refused(a answer, status int, reason, field string) {
	d.Helper()
	p := into[problem](d, a)
	if a.StatusCode != status || p.Status != status || p.Reason != reason || p.Field != field || p.RequestID == "" || p.Title == "" || a.Header.Get("Content-Type") != "application/problem+json" {
		d.Errorf("got %d %q at %q, want %d %q at %q: %s", a.StatusCode, p.Reason, p.Field, status, reason, field, a.body)
	}
}

// What is wrong with the form of a body is the same for every question.
func TestMalformedBodies(t *testing.T) {
	d := open(t, nil)
	for _, target := range []string{"/api/v1/eligibility", "/api/v1/entitlements", "/api/v1/verifications"} {
		for _, body := range []string{"{", `{"jurisdiction":"350600"} {}`, `{"jurisdiction":"350600",}`, "jurisdiction=350600", "\ufeff{}", "{\"code\":\"\xff\"}", "{\"code\":\"\xb0\xb2\"}",
			strings.Repeat("[", 20_000), strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), `{"on":NaN}`, `{'on':1}`, " "} {
			d.refused(d.send("POST", target, body), 400, "not_json", "")
		}
		d.refused(d.send("POST", target, "", "Content-Type", "application/json"), 400, "not_json", "")
		d.refused(d.send("POST", target, `{"jurisdiction":"350600","page":1}`+strings.Repeat(" ", 64<<10)), 413, "", "")
		d.refused(d.send("POST", target, `{"status":"issued"}`), 400, "unknown_field", "status")
		d.refused(d.send("POST", target, `{"":1}`), 400, "unknown_field", "")
		d.refused(d.send("POST", target+"?jurisdiction=350600", `{}`), 400, "unknown_field", "jurisdiction")
		d.refused(d.send("POST", target+"?lang=fr", `{}`), 422, "unknown", "lang")
		for _, body := range []string{"null", "[]", `""`, "1", "true"} {
			d.refused(d.send("POST", target, body), 422, "wrong_type", "")
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "multipart/form-data; boundary=x", "application/jsonx", "/", ""} {
			d.refused(d.send("POST", target, `{}`, "Content-Type", kind), 415, "", "")
		}
	}
}

func TestNamesAreExactAndSingle(t *testing.T) {
	d := open(t, nil)
	const eligibility, entitlements = "/api/v1/eligibility", "/api/v1/entitlements"
	for _, c := range []struct{ target, body, reason, field string }{
		{eligibility, `{"jurisdiction":"350600","jurisdiction":"370300"}`, "duplicate_key", "jurisdiction"},
		{eligibility, `{"jurisdiction":"350600","\u006aurisdiction":"370300"}`, "duplicate_key", "jurisdiction"},
		{eligibility, `{"Jurisdiction":"350600"}`, "unknown_field", "Jurisdiction"},
		{eligibility, `{"juri\u017fdiction":"350600"}`, "unknown_field", "juriſdiction"}, // encoding/json folds ſ into s
		{eligibility, `{"jurisdiction":"350600","on":{"a":1,"a":2}}`, "duplicate_key", "on.a"},
		{eligibility, `{"jurisdiction":"350600","grounds":[{"a":1,"a":2}]}`, "duplicate_key", "grounds.a"},
		{eligibility, `{"jurisdiction":"x","on":"2026-02-30","more":1}`, "unknown_field", "more"}, // form before values
		{entitlements, `{"jurisdiction":"370300","facts":{"employee_in_service":true,"employee_in_service":false}}`, "duplicate_key", "facts.employee_in_service"},
		{entitlements, `{"jurisdiction":"370300","permit":{"tier":"permit_1y","tier":"permit_3y"}}`, "duplicate_key", "permit.tier"},
		{entitlements, `{"jurisdiction":"370300","permit":{"number":"1"}}`, "unknown_field", "permit.number"},
		{entitlements, `{"jurisdiction":"370300","permit":{"Tier":"permit_1y"}}`, "unknown_field", "permit.Tier"},
	} {
		d.refused(d.send("POST", c.target, c.body), 400, c.reason, c.field)
	}
}

func TestBadValuesOfEligibility(t *testing.T) {
	d := open(t, nil)
	for body, want := range map[string]string{
		`{}`:                        "required jurisdiction",
		`{"jurisdiction":null}`:     "required jurisdiction",
		`{"jurisdiction":""}`:       "required jurisdiction",
		`{"jurisdiction":350600}`:   "wrong_type jurisdiction",
		`{"jurisdiction":"999999"}`: "unknown jurisdiction",
		`{"jurisdiction":"350600","ruleset":"zhangzhou-2099"}`:    "unknown ruleset",
		`{"jurisdiction":"350600","ruleset":""}`:                  "unknown ruleset",
		`{"jurisdiction":"350600","ruleset":"zibo-2014"}`:         "other ruleset",
		`{"jurisdiction":"350600","ruleset":["zibo-2014"]}`:       "wrong_type ruleset",
		`{"jurisdiction":"350600","on":""}`:                       "date on",
		`{"jurisdiction":"350600","on":"2026-02-29"}`:             "date on",
		`{"jurisdiction":"350600","on":"2026-2-9"}`:               "date on",
		`{"jurisdiction":"350600","on":"22/11/2026"}`:             "date on",
		`{"jurisdiction":"350600","on":"２０２６-11-22"}`:             "date on",
		`{"jurisdiction":"350600","on":20261122}`:                 "date on",
		`{"jurisdiction":"350600","on":"2026-11-22T00:00:00Z"}`:   "date on",
		`{"jurisdiction":"350600","on":"1899-12-31"}`:             "date_range on",
		`{"jurisdiction":"350600","on":"2101-01-01"}`:             "date_range on",
		`{"jurisdiction":"350600","registered_on":""}`:            "date registered_on",
		`{"jurisdiction":"350600","registered_on":"2026-11-23"}`:  "after_on registered_on",
		`{"jurisdiction":"350600","hukou_division":"999999"}`:     "unknown hukou_division",
		`{"jurisdiction":"350600","hukou_division":410102}`:       "wrong_type hukou_division",
		`{"jurisdiction":"350600","hukou_division":""}`:           "unknown hukou_division",
		`{"jurisdiction":"350600","residence_division":"350600"}`: "unknown residence_division",
		`{"jurisdiction":"350600","grounds":"employment"}`:        "wrong_type grounds",
		`{"jurisdiction":"350600","grounds":["luck"]}`:            "unknown grounds",
		`{"jurisdiction":"350600","grounds":[null]}`:              "unknown grounds",
		`{"jurisdiction":"350600","grounds":[1]}`:                 "wrong_type grounds",
		`{"jurisdiction":"350600","intends_half_year":"yes"}`:     "wrong_type intends_half_year",
		`{"jurisdiction":"350600","intends_half_year":1e999}`:     "wrong_type intends_half_year",
		`{"jurisdiction":"350600","grounds_3y":["luck"]}`:         "unknown grounds_3y", // though Zhangzhou does not use it
		`{"jurisdiction":"350600","grounds_3y":["employment"]}`:   "unknown grounds_3y",
	} {
		reason, field, _ := strings.Cut(want, " ")
		d.refused(d.send("POST", "/api/v1/eligibility", body), 422, reason, field)
	}
}

func TestBadValuesOfEntitlements(t *testing.T) {
	d := open(t, nil)
	for body, want := range map[string]string{
		`{}`:                                    "required jurisdiction",
		`{"jurisdiction":"370300","permit":{}}`: "required permit.tier",
		`{"jurisdiction":"370300","permit":{"tier":null}}`:                                                       "required permit.tier",
		`{"jurisdiction":"370300","permit":"permit_1y"}`:                                                         "wrong_type permit",
		`{"jurisdiction":"370300","permit":[]}`:                                                                  "wrong_type permit",
		`{"jurisdiction":"370300","permit":{"tier":3}}`:                                                          "wrong_type permit.tier",
		`{"jurisdiction":"370300","permit":{"tier":"gold"}}`:                                                     "unknown permit.tier",
		`{"jurisdiction":"370300","ruleset":"zibo-2017","permit":{"tier":"permit_1y"}}`:                          "other permit.tier",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_3y_resided_1y"}}`:               "reached permit.tier",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_1y","status":"stolen"}}`:        "unknown permit.status",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_1y","status":true}}`:            "wrong_type permit.status",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_1y","issued_on":"2016-13-01"}}`: "date permit.issued_on",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","permit":{"tier":"permit_1y","issued_on":"1066-10-14"}}`: "date_range permit.issued_on",
		`{"jurisdiction":"370300","resident_since":""}`:                                                          "date resident_since",
		`{"jurisdiction":"370300","facts":[]}`:                                                                   "wrong_type facts",
		`{"jurisdiction":"370300","facts":{"employee_in_service":"yes"}}`:                                        "wrong_type facts.employee_in_service",
		`{"jurisdiction":"370300","facts":{"employee_in_service":0}}`:                                            "wrong_type facts.employee_in_service",
		`{"jurisdiction":"370300","facts":{"lucky":true}}`:                                                       "unknown facts.lucky",
		`{"jurisdiction":"370300","facts":{"per_law":true}}`:                                                     "by_office facts.per_law",
		`{"jurisdiction":"370300","facts":{"per_law":null}}`:                                                     "by_office facts.per_law",
	} {
		reason, field, _ := strings.Cut(want, " ")
		d.refused(d.send("POST", "/api/v1/entitlements", body), 422, reason, field)
	}
	// A code of another ruleset is no fault: it is passed over.
	d.post("/api/v1/entitlements", `{"jurisdiction":"350600","facts":{"hpf_normal_contribution_1y":true}}`)
}

func TestBadAddresses(t *testing.T) {
	d := open(t, nil)
	const services = "/api/v1/jurisdictions/350600/services"
	d.refused(d.send("GET", "/api/v1/jurisdictions/999999/services", ""), 404, "jurisdiction_unknown", "code")
	d.refused(d.send("GET", "/api/v1/jurisdictions/%33%350600/services", ""), 404, "jurisdiction_unknown", "code")
	d.refused(d.send("GET", services+"?ruleset=zibo-1914", ""), 422, "unknown", "ruleset")
	d.refused(d.send("GET", services+"?ruleset=zibo-2014", ""), 422, "other", "ruleset")
	d.refused(d.send("GET", services+"?lang=EN", ""), 422, "unknown", "lang")
	d.refused(d.send("GET", services+"?tier=permit_1y", ""), 400, "unknown_field", "tier")
	d.refused(d.send("GET", services+"?lang=zh&lang=en", ""), 400, "duplicate_key", "lang")
	d.refused(d.send("GET", "/api/v1/jurisdictions?page=2", ""), 400, "unknown_field", "page")
	d.refused(d.send("GET", "/api/v1/nothing", ""), 404, "", "")
	d.refused(d.send("GET", "/api/v1/eligibility", ""), 405, "", "")
	d.refused(d.send("DELETE", "/api/v1/jurisdictions", ""), 405, "", "")
}

func TestProblemsSpeakTheLanguageOfTheRequest(t *testing.T) {
	d := open(t, nil)
	zh := into[problem](t, d.send("POST", "/api/v1/eligibility", `{}`))
	en := into[problem](t, d.send("POST", "/api/v1/eligibility?lang=en", `{}`))
	hinted := into[problem](t, d.send("POST", "/api/v1/eligibility", `{}`, "Accept-Language", "en-GB"))
	if zh.Title == en.Title || hinted.Title != en.Title {
		t.Errorf("%q, %q, %q", zh.Title, en.Title, hinted.Title)
	}
}

// Another site's page may read the public keys and nothing else.
func TestOnlyKeysAreSharedAcrossOrigins(t *testing.T) {
	d := open(t, nil)
	for _, target := range []string{"/api/v1/jurisdictions", "/api/v1/jurisdictions/350600/services", "/api/v1/openapi.yaml"} {
		if got := d.get(target).Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s is open to %s", target, got)
		}
	}
	if got := d.get("/.well-known/jwks.json").Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("the keys are open to %q", got)
	}
	foreign := d.send(http.MethodPost, "/api/v1/eligibility", `{"jurisdiction":"350600"}`, "Origin", "https://evil.example")
	d.refused(foreign, 403, "foreign_origin", "")
}

func FuzzEligibility(f *testing.F) {
	fuzz(f, "/api/v1/eligibility",
		`{"jurisdiction":"350600","ruleset":"zhangzhou-2016","on":"2026-11-22","hukou_division":"410102","residence_division":"350602","registered_on":"2026-05-22","grounds":["employment"],"intends_half_year":true,"grounds_3y":["business_licence"]}`,
		`{"jurisdiction":"370300","on":"2016-02-29","hukou_division":"810000","grounds_3y":[]}`)
}

func FuzzEntitlements(f *testing.F) {
	fuzz(f, "/api/v1/entitlements",
		`{"jurisdiction":"370300","ruleset":"zibo-2014","on":"2016-11-22","permit":{"tier":"permit_3y","issued_on":"2016-01-10","status":"active"},"resident_since":"2016-06-01","facts":{"employee_in_service":true,"hpf_normal_contribution_1y":null}}`,
		`{"jurisdiction":"350600","permit":{"tier":"residence_permit","status":"lost"},"facts":{}}`)
}

// fuzz sends anything at all: it is answered as the contract says, or refused for a reason that the sender can mend.
func fuzz(f *testing.F, target string, seeds ...string) {
	for _, body := range append(seeds, `{}`, `null`, `{"jurisdiction":"350600","on":""}`, `{"on":1e999}`, `{"facts":{"a":1,"a":2}}`, `{"permit":{"tier":[{"a":"\ud800"}]}}`, "\xff", `[[[[`) {
		f.Add(body)
	}
	d := open(f, nil)
	f.Fuzz(func(t *testing.T, body string) {
		d := d
		d.TB = t
		if len(body) > 60_000 {
			return
		}
		if a := d.send("POST", target, body, "Content-Type", "application/json"); a.StatusCode != 200 && a.StatusCode != 400 && a.StatusCode != 422 {
			t.Errorf("%d: %s", a.StatusCode, a.body)
		}
	})
}
