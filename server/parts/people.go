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

// DivisionNames writes a division from the province down, or nothing for a code
// that nobody knows.
func DivisionNames(code string) string {
	var names []string
	for _, d := range civic.DivisionPath(code) {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}
