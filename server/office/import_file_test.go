package office

import (
	"errors"
	"io"
	"testing"

	"anju/server/civic"
	"anju/server/policy"
)

// FuzzImport reads whatever is sent: no panic, no row without an answer, and every line lies in the file.
func FuzzImport(f *testing.F) {
	book, err := policy.Load()
	if err != nil {
		f.Fatal(err)
	}
	r, _ := book.Ruleset("zhangzhou-2016")
	const head = "登记编号,姓名,公民身份号码,民族,户籍地区划代码,居住地区划代码,详细地址,登记日期\n"
	for _, seed := range []string{"", "\ufeff" + head, head + "A1,张小明,1,01,410102,350602001001,x,2026-03-15\r\n", head + "\"a\"b,", head + "=1,@2,,,,,,", "PK\x03\x04", "\xff\xfe", head + "\xd5\xc5,\xff\n", head + "a\n\n\nb,\"c\nd\"\n"} {
		f.Add([]byte(seed))
	}
	today := civic.MustDate("2026-11-24")
	f.Fuzz(func(t *testing.T, file []byte) {
		reader, problems := openImport(file, "350600")
		if reader == nil && len(problems) == 0 {
			t.Fatal("neither rows nor problems")
		}
		if reader == nil {
			return
		}
		for n := 0; ; n++ {
			d, row, formal, err := reader.next(today)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if row < 1 || row > len(file)+1 || n > len(file) {
				t.Fatalf("row %d of %d bytes", row, len(file))
			}
			for _, p := range formal {
				if p.Row != row || p.Code == "" {
					t.Fatalf("%+v in row %d", p, row)
				}
			}
			d.CheckImported(r, today)
		}
	})
}
