package parts

import (
	"strings"

	"anju/server/civic"
	"anju/server/text"
)

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
