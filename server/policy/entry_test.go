package policy

import (
	"slices"
	"strings"
	"testing"

	"anju/server/civic"
)

// entryOf has all five texts.
func entryOf(zh, en string) (e Entry) {
	for _, f := range EntryFields() {
		*e.Text(f) = civic.Text{Zh: string(f) + zh, En: en}
	}
	return e
}

func TestEntryCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Entry)
		check  []Fault // also keeps a draft from being kept
		more   []Fault // only keeps it from being published
	}{
		{name: "whole", change: func(*Entry) {}},
		{name: "no English", change: func(e *Entry) { e.Scope.En = "" }},
		{name: "empty", change: func(e *Entry) { e.Process.Zh = "" }, more: []Fault{{"process_zh", FaultRequired}}},
		{name: "blank", change: func(e *Entry) { e.Windows.Zh = " \u3000\n" }, more: []Fault{{"windows_zh", FaultRequired}}},
		{name: "longest", change: func(e *Entry) {
			e.Scope.Zh, e.Scope.En = strings.Repeat("居", MaxEntryZh), strings.Repeat("é", MaxEntryEn)
		}},
		{name: "too long", change: func(e *Entry) { e.Scope.Zh = strings.Repeat("居", MaxEntryZh+1) }, check: []Fault{{"scope_zh", FaultTooLong}}},
		{name: "English too long", change: func(e *Entry) { e.Materials.En = strings.Repeat("x", MaxEntryEn+1) }, check: []Fault{{"materials_en", FaultTooLong}}},
		{name: "bell", change: func(e *Entry) { e.Conditions.Zh = "条件\a" }, check: []Fault{{"conditions_zh", FaultCharacters}}},
		{name: "line and tab", change: func(e *Entry) { e.Conditions.Zh = "一\n二\t三" }},
	} {
		e := entryOf("说明", "words")
		c.change(&e)
		if got := e.Check(); !slices.Equal(got, c.check) {
			t.Errorf("%s: %v, want %v", c.name, got, c.check)
		}
		if got := e.CheckComplete(); !slices.Equal(got, append(c.more, c.check...)) {
			t.Errorf("%s, to publish: %v, want %v", c.name, got, append(c.more, c.check...))
		}
	}
}

func TestEntryTidy(t *testing.T) {
	for given, want := range map[string]string{
		"":                         "",
		" \r\n\r\n":                "",
		"一\r\n二\r三":                "一\n二\n三",
		"一  \n\n\n\n二\u3000\n":     "一\n\n二",
		"\n\n  一":                  "一",
		"  first\n   indented\t\n": "first\n   indented",
	} {
		e := Entry{Process: civic.Text{Zh: given, En: given}}.Tidy()
		if e.Process.Zh != want || e.Process.En != want {
			t.Errorf("%q became %q", given, e.Process.Zh)
		}
		if e.Tidy() != e {
			t.Errorf("%q is not tidy after the first time", given)
		}
	}
}
