// Package parts holds the controls that every counter is built from: one
// control per file, each a typed view and a templ component.
//
// A component takes the printer first and then its view. The printer says the
// few words that belong to the control itself ("optional", "change"); all
// other strings in a view are finished texts. Ids and names are always given
// by the caller. No control writes a style attribute or a script: what it looks
// like stands in package assets, and what a script adds is named in
// data-module.
//
// Anatomy and behaviour follow the patterns that were tested on people for the
// GOV.UK Design System; the looks are our own. Target: WCAG 2.2 AA.
package parts

import (
	"slices"

	"net/url"
	"strings"

	"anju/server/civic"
	"anju/server/text"
)

// Error is one thing that the person should mend. Field is the ID of the
// control, because the error summary links to it.
type Error struct{ Field, Message string }

// Errors are the errors of a page in the order of its questions.
type Errors []Error

// For gives the first message for the controls with those IDs, or "". One that
// asks in several steps, such as an address, has several.
func (e Errors) For(fields ...string) string {
	for _, one := range e {
		if slices.Contains(fields, one.Field) {
			return one.Message
		}
	}
	return ""
}

// Tone is what a colour means. It is never shown by colour alone: a word and an
// icon always stand beside it.
type Tone string

// The tones. The zero value is plain.
const (
	Plain Tone = ""
	Info  Tone = "info"
	Wait  Tone = "wait"
	Good  Tone = "good"
	Stop  Tone = "stop"
)

func (t Tone) icon() string {
	switch t {
	case Good:
		return "check"
	case Wait:
		return "clock"
	case Stop:
		return "stop"
	case Info:
		return "info"
	}
	return ""
}

func (t Tone) class() string {
	if t == Plain {
		return "plain"
	}
	return string(t)
}

// Link is a text that leads somewhere.
type Link struct{ Label, Href string }

// Hidden is a value that travels with a form, such as the token against forged
// requests.
type Hidden struct{ Name, Value string }

// Picture is an image that the person should see: a portrait, an uploaded
// document.
type Picture struct{ Src, Alt, Name string }

// Option is one answer to choose. Reveal is shown while the answer is chosen
// (Choice only); Or is a word that divides it from the answers above. Group
// (Select only) heads it together with its neighbours of the same group.
type Option struct {
	Value, Label, Hint string
	Group              string
	Disabled           bool
	Or                 string
	Reveal             Component
}

// Date writes a civil date in the language of the page, and nothing for none.
func Date(p text.Printer, d civic.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.Date(d.Year(), int(d.Month()), d.Day())
}

// withQuery gives path with one query value set, so that a switch (language,
// text size) leads back to the page that it stands on.
func withQuery(path, key, value string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" {
		u = &url.URL{Path: "/"}
	}
	query := u.Query()
	query.Set(key, value)
	u.RawQuery = query.Encode()
	return u.String()
}

// describedBy lists the ids of the hint and the error of a control.
func describedBy(id, hint, problem string) string {
	var ids []string
	if hint != "" {
		ids = append(ids, id+"-hint")
	}
	if problem != "" {
		ids = append(ids, id+"-error")
	}
	return strings.Join(ids, " ")
}
