// Package api is the JSON counter: other departments and programs ask here what a person at a screen asks at the others. Its site map is
// Routes, its contract openapi.yaml, which the tests hold every answer against. Errors are RFC 9457 problem documents, made by web.
package api

import (
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/policy"
	"anju/server/text"
	"anju/server/web"
)

// API holds what its answers need.
type API struct{ office *office.Office }

// New returns the API of an office.
func New(o *office.Office) *API { return &API{office: o} }

// Routes is the site map.
func (a *API) Routes(r *web.Counter) {
	r.Get("/api/v1/jurisdictions", web.Public, a.jurisdictions)
	r.Get("/api/v1/jurisdictions/:code/services", web.Public, a.services)
	r.Post("/api/v1/eligibility", web.Public, a.eligibility)
	r.Post("/api/v1/entitlements", web.Public, a.entitlements)
	r.Post("/api/v1/verifications", web.Public, a.verify)
	r.Get("/api/v1/status-lists", web.Public, a.statusLists)
	r.Get("/api/v1/status-lists/:id", web.Public, a.statusList)
	r.Get("/api/v1/statistics", web.Public, a.statistics)
	r.Get("/api/v1/changes", web.Partner(), a.changes)
	r.Batch("/api/v1/confirmations", web.Partner(), a.confirm)
	r.Get("/api/v1/openapi.yaml", web.Public, document)
	r.Get("/.well-known/jwks.json", web.Public, a.keys)
}

// The reasons of the errors that are found here; those of a bad value are policy's besides.
const (
	notJSON      = "not_json"
	unknownField = "unknown_field"
	duplicateKey = "duplicate_key"
	wrongType    = "wrong_type"
	partnerOnly  = "partner_only" // a field that only a partner's key opens
	keyUnknown   = "key_unknown"
)

// malformed is an error of form: nothing in the request was looked at.
func malformed(reason, field string) error {
	return &web.Error{What: "malformed", Why: reason, At: field}
}

// invalid is a bad value in a request of good form.
func invalid[R ~string](reason R, field string) error {
	return &web.Error{What: "invalid", Why: string(reason), At: field}
}

// firstOf turns the first of policy's faults into an error.
func firstOf(faults []policy.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return invalid(faults[0].Code, faults[0].Field)
}

// query reads the query of an address, which is as strict as a body: only the names given and lang, each at most once. An empty value
// counts as none.
func query(c *fiber.Ctx, names ...string) (web.Form, error) {
	form := web.Query(c)
	values := form.Values()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "lang" && !slices.Contains(names, name) {
			return form, malformed(unknownField, name)
		}
		if len(values[name]) > 1 {
			return form, malformed(duplicateKey, name)
		}
	}
	if lang := form.Get("lang"); lang != "" {
		if _, ok := text.Parse(lang); !ok {
			return form, invalid(policy.FaultUnknown, "lang")
		}
	}
	return form, nil
}
