package parts

import (
	"slices"
	"strings"

	"anju/server/civic"
)

// AddressScope is how far and how deep an address is asked.
type AddressScope string

// Nation asks province, prefecture and county (where a household is
// registered); City asks county, street and community inside one city (where
// the person lives).
const (
	Nation AddressScope = "nation"
	City   AddressScope = "city"
)

// tier is one select of the cascade.
type tier struct {
	piece   string
	options func(parent string) []civic.Division
}

func (s AddressScope) tiers() []tier {
	if s == City {
		return []tier{{"county", counties}, {"street", civic.Streets}, {"community", civic.Communities}}
	}
	return []tier{
		{"province", func(string) []civic.Division { return civic.Provinces() }},
		{"prefecture", prefectures},
		{"county", counties},
	}
}

// prefectures are the cities of a province as people name them. Counties right
// under the province (济源市) stand beside the cities instead of below an entry
// that exists in the code list only; a municipality (北京市) has no such level.
func prefectures(province string) []civic.Division {
	var out []civic.Division
	real := false
	for _, d := range civic.Prefectures(province) {
		if d.IsPlaceholder() {
			out = append(out, civic.Counties(d.Code)...)
		} else {
			out, real = append(out, d), true
		}
	}
	if !real {
		return nil
	}
	return out
}

// counties are those of a city, or all districts and counties of a
// municipality. A city without counties (东莞市) offers nothing more.
func counties(parent string) []civic.Division {
	if strings.HasSuffix(parent, "0000") {
		var out []civic.Division
		for _, d := range civic.Prefectures(parent) {
			out = append(out, civic.Counties(d.Code)...)
		}
		return out
	}
	out := civic.Counties(parent)
	if len(out) == 1 && out[0].Code == parent {
		return nil
	}
	return out
}

// holds reports whether a division is the one with the code or contains it.
func holds(d civic.Division, code string) bool {
	prefix := d.Code
	for len(prefix) <= 6 && len(prefix) > 2 && strings.HasSuffix(prefix, "00") {
		prefix = prefix[:len(prefix)-2]
	}
	return strings.HasPrefix(code, prefix)
}

// step is one tier as it stands for a value: what is offered and what is
// chosen.
type step struct {
	tier    tier
	options []civic.Division
	chosen  string
}

// steps walks down the tiers as far as answers reach, leaving out those that
// have nothing to choose; choose gives the answer to a tier, "" for none.
// complete reports that nothing more can be asked, code is the deepest answer.
func (s AddressScope) steps(root string, choose func(tier, []civic.Division) string) (steps []step, code string, complete bool) {
	parent := root
	for _, t := range s.tiers() {
		options := t.options(parent)
		if len(options) == 0 {
			continue
		}
		chosen := choose(t, options)
		steps = append(steps, step{t, options, chosen})
		if chosen == "" {
			return steps, code, false
		}
		code, parent = chosen, chosen
	}
	return steps, code, code != ""
}

// ReadAddress reads the selects of an [Address] part with that name. Answers
// below one that changed no longer belong to it and are dropped. code is the
// deepest answer, "" for none; complete reports that no further select is left
// to answer.
func ReadAddress(name string, scope AddressScope, root string, form func(string) string) (code string, complete bool) {
	_, code, complete = scope.steps(root, func(t tier, options []civic.Division) string {
		given := form(name + "_" + t.piece)
		if slices.ContainsFunc(options, func(d civic.Division) bool { return d.Code == given }) {
			return given
		}
		return ""
	})
	return code, complete
}

// AddressShown reports that the form was sent only to show the next select: the
// page is shown again with what was answered, and nothing is checked.
func AddressShown(name string, form func(string) string) bool {
	return form(name+"_show") != ""
}

// lists are the three lists of an address of scope City with the ID county: a
// fault's field, and the control that it is shown at.
var lists = map[string]string{"county": "county", "street": "county-street", "community": "county-community"}

// FirstUnanswered keeps only the first of the three lists that has no answer:
// the ones below it are not on the page yet.
func FirstUnanswered(all Errors) Errors {
	var kept Errors
	missing := false
	for _, e := range all {
		if control := lists[e.Field]; control != "" {
			if missing {
				continue
			}
			missing, e.Field = true, control
		}
		kept = append(kept, e)
	}
	return kept
}

// AddressView is a question answered with an administrative division. Value is
// the deepest code chosen so far; Root is the code of the city for scope City.
type AddressView struct {
	ID, Name, Legend, Hint, Error string
	Scope                         AddressScope
	Root, Value                   string
	Heading                       bool
}

func (v AddressView) steps() []step {
	value := civic.CurrentDivision(v.Value)
	steps, _, _ := v.Scope.steps(v.Root, func(_ tier, options []civic.Division) string {
		for _, d := range options {
			if holds(d, value) {
				return d.Code
			}
		}
		return ""
	})
	return steps
}

// id gives the first select the ID of the question.
func (v AddressView) id(i int, s step) string {
	if i == 0 {
		return v.ID
	}
	return v.ID + "-" + s.tier.piece
}

// next names the tier that a show button asks for, "" after the last.
func (v AddressView) next(s step) string {
	tiers := v.Scope.tiers()
	i := slices.IndexFunc(tiers, func(t tier) bool { return t.piece == s.tier.piece })
	if i+1 == len(tiers) {
		return ""
	}
	return tiers[i+1].piece
}

func divisionOptions(divisions []civic.Division) []Option {
	out := make([]Option, len(divisions))
	for i, d := range divisions {
		out[i] = Option{Value: d.Code, Label: d.Name}
	}
	return out
}
