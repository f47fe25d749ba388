package parts

import (
	"strings"

	"anju/server/civic"
	"anju/server/policy"
	"anju/server/text"
)

// EntryRows lay out what a department has added to a service: its five texts.
func EntryRows(p text.Printer, e policy.Entry) []Row {
	var rows []Row
	for _, f := range policy.EntryFields() {
		rows = append(rows, Bilingual(p, p.Say("entry."+string(f)), *e.Text(f)))
	}
	return rows
}

// Bilingual is a row whose answer was written by people in Chinese and perhaps
// in English, in one line or several. On an English page it says so when there
// is no English.
func Bilingual(p text.Printer, key string, t civic.Text) Row {
	row := Row{Key: key}
	words := t.Zh
	if p.Lang() == text.English {
		if t.En != "" {
			words = t.En
		} else if t.Zh != "" {
			row.Note = p.Say("parts.chinese_only")
		}
	}
	if words != "" {
		row.Lines = strings.Split(words, "\n")
	}
	return row
}
