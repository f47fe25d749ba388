package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"anju/server/civic"
)

// Entry is what a department adds to one service: the five texts that Zhangzhou 三(三) names (范围、条件、流程、申请材料、办事窗口). The
// Chinese is the text; the English is a help, and may be absent.
type Entry struct {
	Scope      civic.Text `json:"scope"`
	Conditions civic.Text `json:"conditions"`
	Process    civic.Text `json:"process"`
	Materials  civic.Text `json:"materials"`
	Windows    civic.Text `json:"windows"`
}

// EntryField names one of the five texts of an entry.
type EntryField string

// The texts of an entry, in the order of the law's words.
const (
	EntryScope      EntryField = "scope"
	EntryConditions EntryField = "conditions"
	EntryProcess    EntryField = "process"
	EntryMaterials  EntryField = "materials"
	EntryWindows    EntryField = "windows"
)

// EntryFields lists the five.
func EntryFields() []EntryField {
	return []EntryField{EntryScope, EntryConditions, EntryProcess, EntryMaterials, EntryWindows}
}

// MaxEntryZh and MaxEntryEn are how many characters one text may have; English needs more of them to say the same.
const (
	MaxEntryZh = 2000
	MaxEntryEn = 4000
)

// Text gives one of the five texts, to read or to set. It is nil for a name that is none.
func (e *Entry) Text(f EntryField) *civic.Text {
	switch f {
	case EntryScope:
		return &e.Scope
	case EntryConditions:
		return &e.Conditions
	case EntryProcess:
		return &e.Process
	case EntryMaterials:
		return &e.Materials
	case EntryWindows:
		return &e.Windows
	}
	return nil
}

// Length is the number of characters in all texts.
func (e *Entry) Length() (n int) {
	for _, f := range EntryFields() {
		n += utf8.RuneCountInString(e.Text(f).Zh) + utf8.RuneCountInString(e.Text(f).En)
	}
	return n
}

// Tidy gives the entry in the form in which it is kept: lines end in one line feed and in no blank, there is no blank line at either end
// and never more than one between two lines. So two versions differ only where somebody wrote something else.
func (e Entry) Tidy() Entry {
	for _, f := range EntryFields() {
		t := e.Text(f)
		t.Zh, t.En = tidyLines(t.Zh), tidyLines(t.En)
	}
	return e
}

func tidyLines(s string) string {
	var kept []string
	for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// The reasons for refusing a text of an entry.
const (
	FaultTooLong    FaultCode = "too_long"
	FaultCharacters FaultCode = "characters" // a control character, which no page can show
)

// Check returns what keeps the entry from being kept; the field is "scope_zh" and the like.
func (e Entry) Check() (faults []Fault) {
	for _, f := range EntryFields() {
		t := e.Text(f)
		faults = append(faults, checkText(string(f)+"_zh", t.Zh, MaxEntryZh)...)
		faults = append(faults, checkText(string(f)+"_en", t.En, MaxEntryEn)...)
	}
	return faults
}

func checkText(field, s string, most int) []Fault {
	switch {
	case utf8.RuneCountInString(s) > most:
		return []Fault{{field, FaultTooLong}}
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError }):
		return []Fault{{field, FaultCharacters}}
	}
	return nil
}

// CheckComplete returns what keeps the entry from being published: all that Check finds, and every Chinese text that is not there. Where
// nothing is asked for, the text says so in words.
func (e Entry) CheckComplete() (faults []Fault) {
	for _, f := range EntryFields() {
		if strings.TrimSpace(e.Text(f).Zh) == "" {
			faults = append(faults, Fault{string(f) + "_zh", FaultRequired})
		}
	}
	return append(faults, e.Check()...)
}
