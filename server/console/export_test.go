package console

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"anju/server/parts"
)

// TestNoCellIsAFormula writes what somebody could have typed as a name or a place.
func TestNoCellIsAFormula(t *testing.T) {
	evil := []string{`=cmd|' /C calc'!A0`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "　=1", "＝1", "=HYPERLINK(\"http://x\")", "＋1", "－1", "＠a"}
	table := parts.TableView{Columns: []parts.Column{{Label: "=姓名"}, {Label: "进度"}}}
	for _, name := range evil {
		table.Rows = append(table.Rows, []parts.Cell{{Text: name}, {Text: "周*梅", Note: "=1", Tag: &parts.TagView{Text: "待补正"}}})
	}
	content, err := sheet(table)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Sheet1")
	if err != nil || len(rows) != len(evil)+1 || rows[0][0] != "'=姓名" {
		t.Fatalf("%v %q", err, rows)
	}
	for i, name := range evil {
		at, _ := excelize.CoordinatesToCellName(1, i+2)
		formula, err := book.GetCellFormula("Sheet1", at)
		kind, typeErr := book.GetCellType("Sheet1", at)
		if err != nil || typeErr != nil || formula != "" || kind != excelize.CellTypeInlineString {
			t.Errorf("%q is a %v with the formula %q (%v)", name, kind, formula, err)
		}
		if got := rows[i+1]; got[0] != "'"+name || got[1] != "周*梅 · 待补正 · =1" {
			t.Errorf("%q is written as %q", name, got)
		}
	}
	for _, plain := range []string{"周*梅", "3506-922G-JYCR", "**************2270", "", " "} {
		if inert(plain) != plain {
			t.Errorf("%q became %q", plain, inert(plain))
		}
	}
}
