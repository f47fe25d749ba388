package main

import (
	"strings"
	"testing"

	"anju/server/access"
)

// What an administrator types for a post, and what it means.
func TestPostsAreReadAsTheyAreTyped(t *testing.T) {
	for words, want := range map[string]access.Post{
		"acceptor@S350602001@350600": {Role: access.Acceptor, Station: "S350602001", Jurisdiction: "350600"},
		"auditor@@350600":            {Role: access.Auditor, Jurisdiction: "350600"},
		"editor@edu@350602":          {Role: access.Editor, Department: "edu", Government: "350602", Jurisdiction: "350600"},
		"publisher@@350600":          {Role: access.Publisher, Government: "350600", Jurisdiction: "350600"},
		"verifier@edu@350600":        {Role: access.Verifier, Department: "edu", Jurisdiction: "350600"},
	} {
		if got, err := parsePost(words); err != nil || got != want {
			t.Errorf("%s: %+v, %v", words, got, err)
		}
	}
	for _, words := range []string{"acceptor", "acceptor@a", "boss@a@350600", "editor@@350600", "editor@edu@999999", "publisher@edu@350600", "editor@edu@350602@x"} {
		if got, err := parsePost(words); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s is read as %+v, %v", words, got, err)
		}
	}
}
