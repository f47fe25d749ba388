package parts_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"anju/server/parts"
	"anju/server/text"
)

func TestReadAddress(t *testing.T) {
	for _, c := range []struct {
		why      string
		scope    parts.AddressScope
		root     string
		form     map[string]string
		code     string
		complete bool
	}{
		{"nothing chosen", parts.Nation, "", nil, "", false},
		{"a province is not enough", parts.Nation, "", map[string]string{"h_province": "350000"}, "350000", false},
		{"down to the county", parts.Nation, "", map[string]string{"h_province": "410000", "h_prefecture": "410100", "h_county": "410102"}, "410102", true},
		{"a changed province drops what was below", parts.Nation, "", map[string]string{"h_province": "370000", "h_prefecture": "410100", "h_county": "410102"}, "370000", false},
		{"a municipality has no prefectures", parts.Nation, "", map[string]string{"h_province": "110000", "h_county": "110108"}, "110108", true},
		{"Chongqing's counties stand with its districts", parts.Nation, "", map[string]string{"h_province": "500000", "h_county": "500229"}, "500229", true},
		{"a county right under its province", parts.Nation, "", map[string]string{"h_province": "410000", "h_prefecture": "419001"}, "419001", true},
		{"a city without counties", parts.Nation, "", map[string]string{"h_province": "440000", "h_prefecture": "441900"}, "441900", true},
		{"Taiwan has nothing below", parts.Nation, "", map[string]string{"h_province": "710000"}, "710000", true},
		{"no such code", parts.Nation, "", map[string]string{"h_province": "999999"}, "", false},
		{"a placeholder cannot be chosen", parts.Nation, "", map[string]string{"h_province": "410000", "h_prefecture": "419000"}, "410000", false},
		{"a county of the city", parts.City, "350600", map[string]string{"h_county": "350602"}, "350602", false},
		{"a county of another city", parts.City, "350600", map[string]string{"h_county": "370303"}, "", false},
		{"no such city", parts.City, "000000", map[string]string{"h_county": "350602"}, "", false},
	} {
		code, complete := parts.ReadAddress("h", c.scope, c.root, func(name string) string { return c.form[name] })
		if code != c.code || complete != c.complete {
			t.Errorf("%s: got %q %v, want %q %v", c.why, code, complete, c.code, c.complete)
		}
	}
}

var selects = regexp.MustCompile(`<select id="([^"]+)" name="([^"]+)"`)
var chosen = regexp.MustCompile(`<option value="(\d+)" selected`)

// What was read is what is shown: the selects that a value has answered, and the next one.
func TestAddressShowsItsValue(t *testing.T) {
	for _, c := range []struct {
		scope         parts.AddressScope
		root, value   string
		names, chosen []string
	}{
		{parts.Nation, "", "", []string{"h_province"}, nil},
		{parts.Nation, "", "350000", []string{"h_province", "h_prefecture"}, []string{"350000"}},
		{parts.Nation, "", "410102", []string{"h_province", "h_prefecture", "h_county"}, []string{"410000", "410100", "410102"}},
		{parts.Nation, "", "350681", []string{"h_province", "h_prefecture", "h_county"}, []string{"350000", "350600", "350604"}},
		{parts.Nation, "", "110108", []string{"h_province", "h_county"}, []string{"110000", "110108"}},
		{parts.Nation, "", "419001", []string{"h_province", "h_prefecture"}, []string{"410000", "419001"}},
		{parts.Nation, "", "441900", []string{"h_province", "h_prefecture"}, []string{"440000", "441900"}},
		{parts.City, "350600", "350602", []string{"h_county", "h_street"}, []string{"350602"}},
	} {
		got := render(t, parts.Address(text.For(text.Chinese), parts.AddressView{ID: "home", Name: "h", Scope: c.scope, Root: c.root, Value: c.value}))
		var names, values []string
		for i, found := range selects.FindAllStringSubmatch(got, -1) {
			names = append(names, found[2])
			if i == 0 && found[1] != "home" {
				t.Errorf("%s: the first select has the id %s, so errors do not lead to it", c.value, found[1])
			}
		}
		for _, found := range chosen.FindAllStringSubmatch(got, -1) {
			values = append(values, found[1])
		}
		if !slices.Equal(names, c.names) || !slices.Equal(values, c.chosen) {
			t.Errorf("%q: got %v %v, want %v %v", c.value, names, values, c.names, c.chosen)
		}
		// Enter in a field must mean the page's button: the first submit button in the part has no name.
		if first := strings.Index(got, "<button"); strings.Contains(got[first:first+strings.Index(got[first:], ">")], "name=") {
			t.Errorf("%q: the first button would be pressed by Enter", c.value)
		}
	}
}

func TestAddressShown(t *testing.T) {
	for value, want := range map[string]bool{"": false, "county": true} {
		if got := parts.AddressShown("h", func(name string) string { return map[string]string{"h_show": value}[name] }); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}
