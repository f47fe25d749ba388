package parts

import (
	"strings"

	"anju/server/civic"
	"anju/server/text"
)

// EthnicOptions are the 56 ethnic groups in the order of GB/T 3304, to choose
// from. In English pages the Chinese name stands behind the romanised one.
func EthnicOptions(p text.Printer) []Option {
	var options []Option
	for _, e := range civic.EthnicGroups() {
		label := e.Name.Zh
		if p.Lang() == text.English {
			label = e.Name.En + " " + e.Name.Zh
		}
		options = append(options, Option{Value: e.Code, Label: label})
	}
	return options
}

// BodyName names a body as the text of its time does, with today's name where
// it has another.
func BodyName(p text.Printer, name civic.Text, today *civic.Text) string {
	then := p.Pick(name.Zh, name.En)
	if today == nil {
		return then
	}
	if now := p.Pick(today.Zh, today.En); now != then {
		return p.Say("refusals.body", "Then", then, "Now", now)
	}
	return then
}

// CountyName is the name of a county of the two cities, or nothing.
func CountyName(code string) string {
	d, _ := civic.DivisionByCode(civic.CurrentDivision(code))
	return d.Name
}

// DivisionNames writes a division from the province down, or nothing for a code
// that nobody knows.
func DivisionNames(code string) string {
	var names []string
	for _, d := range civic.DivisionPath(code) {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}
