package parts

import (
	"strconv"
	"strings"
)

// Code is a QR code ready to draw: Size modules a side, the quiet zone
// included, Path the dark modules as SVG path data in module units, Label what
// a screen reader says of it.
type Code struct {
	Size  int
	Path  string
	Label string
}

// quietZone is the white margin that ISO/IEC 18004 asks around a QR code, in
// modules.
const quietZone = 4

// CodeOf draws a square bitmap (true is dark, no quiet zone), each run of dark
// modules in a row as one rectangle, so that no hairline shows between them.
func CodeOf(modules [][]bool, label string) Code {
	var path strings.Builder
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			path.WriteString("M" + strconv.Itoa(from+quietZone) + " " + strconv.Itoa(y+quietZone) + "h" + strconv.Itoa(x-from) + "v1h-" + strconv.Itoa(x-from) + "z")
		}
	}
	return Code{Size: len(modules) + 2*quietZone, Path: path.String(), Label: label}
}

func (c Code) viewBox() string {
	side := strconv.Itoa(c.Size)
	return "0 0 " + side + " " + side
}
