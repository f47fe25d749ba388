package office

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"anju/server/civic"
	"anju/server/permit"
)

// Limits of an import.
const (
	MaxImportBytes int64 = 64 << 20
	MaxImportRows        = 200_000
	// maxProblems is how many problems are kept; beyond it a file is not one of ours.
	maxProblems = 200_000
)

// ImportColumn is a column of the file. The names stand in its first row, in either language; other columns are passed over.
type ImportColumn struct {
	Field    string
	Name     civic.Text
	Required bool
}

// ImportColumns lists them (docs/import.md).
func ImportColumns() []ImportColumn {
	return []ImportColumn{
		{"number", civic.Text{Zh: "登记编号", En: "number"}, true},
		{"name", civic.Text{Zh: "姓名", En: "name"}, true},
		{"id_number", civic.Text{Zh: "公民身份号码", En: "id_number"}, true},
		{"ethnic_group", civic.Text{Zh: "民族", En: "ethnic_group"}, true},
		{"hukou_division", civic.Text{Zh: "户籍地区划代码", En: "hukou_division"}, true},
		{"residence", civic.Text{Zh: "居住地区划代码", En: "residence_division"}, true},
		{"detail", civic.Text{Zh: "详细地址", En: "detail"}, true},
		{"registered_on", civic.Text{Zh: "登记日期", En: "registered_on"}, true},
		{"phone", civic.Text{Zh: "联系电话", En: "phone"}, false},
		{"workplace", civic.Text{Zh: "工作单位", En: "workplace"}, false},
	}
}

// ImportProblem is one thing that is wrong with a file: the line of it as an editor counts, the column, and a code that names the sentence.
// Other is the line that it is at odds with; 0 for none.
type ImportProblem struct {
	Row    int
	Column string // a field of ImportColumns; empty for the whole row or file
	Code   string
	Other  int
}

// importReader reads the rows of a file, one after the other.
type importReader struct {
	csv     *csv.Reader
	columns map[string]int // field to cell
	width   int
	city    string
}

// openImport reads the first row. The text is UTF-8, with or without a mark at its beginning, or else GB18030, which GBK is a part of.
func openImport(file []byte, city string) (*importReader, []ImportProblem) {
	switch {
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return nil, []ImportProblem{{Row: 1, Code: "import_xlsx"}}
	case bytes.HasPrefix(file, []byte{0xff, 0xfe}), bytes.HasPrefix(file, []byte{0xfe, 0xff}), bytes.IndexByte(file, 0) >= 0:
		return nil, []ImportProblem{{Row: 1, Code: "import_encoding"}}
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	var text io.Reader = bytes.NewReader(file)
	if !utf8.Valid(file) {
		text = transform.NewReader(text, simplifiedchinese.GB18030.NewDecoder())
	}
	r := &importReader{csv: csv.NewReader(text), columns: map[string]int{}, city: city}
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	head, err := r.csv.Read()
	if err != nil {
		return nil, []ImportProblem{{Row: 1, Code: "import_empty"}}
	}
	r.width = len(head)
	var problems []ImportProblem
	for _, column := range ImportColumns() {
		for i, cell := range head {
			if name := strings.TrimSpace(cell); name != column.Name.Zh && !strings.EqualFold(name, column.Name.En) {
				continue
			}
			if _, twice := r.columns[column.Field]; twice {
				problems = append(problems, ImportProblem{Row: 1, Column: column.Field, Code: "import_column_twice"})
			}
			r.columns[column.Field] = i
		}
		if _, there := r.columns[column.Field]; !there && column.Required {
			problems = append(problems, ImportProblem{Row: 1, Column: column.Field, Code: "import_column_missing"})
		}
	}
	return r, problems
}

// next reads a row; io.EOF after the last. The problems are those of its form: what it says is checked by permit.
func (r *importReader) next(today civic.Date) (d permit.Declaration, row int, problems []ImportProblem, err error) {
	cells, err := r.csv.Read()
	if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
		return d, parse.StartLine, []ImportProblem{{Row: parse.StartLine, Code: "import_quotes"}}, nil
	}
	if err != nil {
		return d, 0, nil, err
	}
	row, _ = r.csv.FieldPos(0)
	if len(cells) > r.width {
		problems = append(problems, ImportProblem{Row: row, Code: "import_cells"})
	}
	get := func(field string) string {
		i, there := r.columns[field]
		if !there || i >= len(cells) {
			return ""
		}
		cell := strings.TrimSpace(cells[i])
		switch first, _ := utf8.DecodeRuneInString(cell); {
		case cell != "" && strings.ContainsRune("=+-@＝＋－＠", first): // a spreadsheet would run it
			problems = append(problems, ImportProblem{Row: row, Column: field, Code: "import_formula"})
		case strings.ContainsRune(cell, utf8.RuneError):
			problems = append(problems, ImportProblem{Row: row, Column: field, Code: "import_encoding"})
		}
		return strings.Clone(cell)
	}
	d = permit.Declaration{External: get("number"), Draft: permit.Draft{Jurisdiction: r.city, Name: get("name"), IDNumber: get("id_number"), EthnicGroup: ethnicCode(get("ethnic_group")),
		HukouDivision: get("hukou_division"), Detail: get("detail"), Workplace: get("workplace")}, Phone: get("phone")}
	if code := get("residence"); strings.HasPrefix(code, r.city[:4]) {
		d.SetResidence(code)
	}
	if on, err := civic.ParseDate(get("registered_on")); err == nil {
		d.RegisteredOn = on
	}
	return d.Tidy(today), row, problems, nil
}

// ethnicCode is the code of an ethnic group that is given by its code or its Chinese name.
func ethnicCode(s string) string {
	groups := civic.EthnicGroups()
	if i := slices.IndexFunc(groups, func(e civic.Ethnic) bool { return e.Name.Zh == s || e.Name.Zh == s+"族" }); i >= 0 {
		return groups[i].Code
	}
	return s
}
