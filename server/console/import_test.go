package console_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

const importPath = "/console/registrations/import"

const importHead = "登记编号,姓名,公民身份号码,民族,户籍地区划代码,居住地区划代码,详细地址,登记日期,联系电话,备注\r\n"

// importRow is a good row of somebody invented; pairs of column and value change it.
func importRow(seq int, pairs ...string) string {
	id, err := civic.NewCitizenID("410102", civic.MustDate("1990-03-07"), seq)
	if err != nil {
		panic(err)
	}
	cells := []string{"FJ-" + string(id[14:17]), "张小明", string(id), "汉族", "410102", "350602001001", "\"胜利路 18 号, 502 室\"", "2026-03-15", "13950600001", "无"}
	for i := 0; i < len(pairs); i += 2 {
		cells[strings.Count(importHead[:strings.Index(importHead, pairs[i])], ",")] = pairs[i+1]
	}
	return strings.Join(cells, ",") + "\r\n"
}

// registered is how many registrations of the main station count.
func (d *desk) registered() int {
	d.t.Helper()
	actor, err := d.house.Actor(d.t.Context(), "zz.accept")
	if err != nil {
		d.t.Fatal(err)
	}
	page, err := d.house.Office.Registrations(d.t.Context(), actor, office.RegistrationQuery{State: permit.RegistrationConfirmed, Page: 1, Size: 1})
	if err != nil {
		d.t.Fatal(err)
	}
	return page.Total
}

// TestImportingAFile: a check changes nothing; the import takes everything over at once; the same file again changes nothing, and a newer one
// brings only what is new. With a byte order mark, and in GBK.
func TestImportingAFile(t *testing.T) {
	d := furnish(t, true)
	b := d.as("zz.supervise")
	d.says(b.get("/console/registrations"), "从省系统导入居住登记")
	d.says(b.get(importPath), "户籍地区划代码", "还没有导入过")
	file := []byte("\ufeff" + importHead + importRow(1) + importRow(2, "联系电话", ""))
	checked := b.attach(importPath, "a.csv", file, "do", "check")
	d.status(checked, http.StatusOK, "check")
	sum := sha256.Sum256(file)
	d.says(checked, "没有发现问题", hex.EncodeToString(sum[:]))
	if n := d.registered(); n != 0 {
		t.Fatalf("a check registered %d", n)
	}
	d.says(b.follow(b.attach(importPath, "a.csv", file, "do", "import")), "已导入", "庄慧玲")
	if n := d.registered(); n != 2 {
		t.Fatalf("%d registrations, want 2", n)
	}
	d.says(b.attach(importPath, "b.csv", file, "do", "import"), "这个文件已经导入过，没有任何变化", "庄慧玲")
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(importHead + importRow(1) + importRow(2, "联系电话", "") + importRow(3, "姓名", "李四")))
	if err != nil {
		t.Fatal(err)
	}
	d.says(b.attach(importPath, "c.csv", gbk, "do", "check"), "以前导入过 2", "新登记 1")
	d.status(b.attach(importPath, "c.csv", gbk, "do", "import"), http.StatusSeeOther, "GBK")
	if n := d.registered(); n != 3 {
		t.Errorf("%d registrations, want 3", n)
	}
	found := d.as("zz.accept")
	list := found.follow(found.post("/console/registrations/search", "term", "李四"))
	d.says(list, "李*", "省系统导入")
	number := list.body[strings.Index(list.body, "/console/registrations/350602-D2026-"):]
	file1 := d.registration(number[len("/console/registrations/"):strings.Index(number, `"`)])
	if !file1.Live() || file1.Since.String() != "2026-03-15" || file1.HalfYearOn.String() != "2026-09-15" || file1.HandledBy() != "庄慧玲" || file1.Particulars.Detail != "胜利路 18 号, 502 室" {
		t.Errorf("%+v", file1.Registration)
	}
	if dump := string(d.dump()); strings.Contains(dump, "FJ-003") || strings.Contains(dump, "李四") {
		t.Error("a number or name of the file stands open in the record")
	}
}

// TestAnImportSaysEverythingThatIsWrong by row and column, and nothing of the file is imported: not even the good rows.
func TestAnImportSaysEverythingThatIsWrong(t *testing.T) {
	d := furnish(t, true)
	r, s := d.settlers("zz.settled")["zz.settled"], scene.SettlerOf("zz.settled")
	before := d.registered()
	b := d.as("zz.supervise")
	file := importHead + importRow(1) + // row 2 is good
		importRow(2, "登记编号", "=1+1", "登记日期", "2026-02-30") + // 3
		importRow(3, "姓名", "", "公民身份号码", "123", "民族", "火星族", "户籍地区划代码", "350603", "居住地区划代码", "370303001001") + // 4
		importRow(1, "登记编号", "FJ-9999", "登记日期", "2027-01-01", "联系电话", "@12") + // 5
		importRow(5, "登记编号", "FJ-001", "登记日期", "1980-01-01") + // 6
		importRow(6, "公民身份号码", s.ID) + // 7
		strings.TrimSuffix(importRow(7), "\r\n") + ",多出来的\r\n" + // 8
		"\"没有配对的引号,1\r\n"
	got := b.attach(importPath, "a.csv", []byte(file), "do", "import")
	d.status(got, http.StatusUnprocessableEntity, "bad file")
	d.says(got, "没有导入", "3 登记编号 以 = + - @ 开头", "3 登记日期 请写成 2026-03-15", "4 姓名 请填写姓名", "4 公民身份号码 请填写 18 位", "4 民族 请选择民族", "4 居住地区划代码 不是本市的",
		"5 公民身份号码 与第 2 行重复", "5 登记日期 登记日期不能在今天之后", "5 联系电话 以 = + - @", "6 登记编号 与第 2 行重复", "6 登记日期 登记日期早于出生日期", "7 公民身份号码 此人在本系统已有另一份有效登记",
		"8 整行 比列名多出了内容", "9 整行 引号不成对")
	d.silent(got, "火星族", s.ID, r.Number)
	if n := d.registered(); n != before {
		t.Errorf("%d registrations, want %d", n, before)
	}
	b.get(importPath + "?lang=en")
	d.says(b.attach(importPath, "a.csv", []byte(file), "do", "check"), "5 id_number The same as in row 2", "3 number It begins with")
}

// TestFilesThatAreNone: a workbook, UTF-16, an empty one, one without its columns, no file at all.
func TestFilesThatAreNone(t *testing.T) {
	d := furnish(t, true)
	b := d.as("zz.supervise")
	for want, file := range map[string]string{
		"请另存为 CSV": "PK\x03\x04rest", "有无法识别的字": "\xff\xfe1\x002\x00", "文件里没有登记": importHead, "缺少这一列": "姓名,民族\n", "这一列出现了两次": strings.TrimSpace(importHead) + ",姓名\r\n",
		"请选择要检查的 CSV 文件": "",
	} {
		got := b.attach(importPath, "x.csv", []byte(file), "do", "import")
		d.status(got, http.StatusUnprocessableEntity, want)
		d.says(got, want)
	}
	broken, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(importHead + importRow(1)))
	if err != nil {
		t.Fatal(err)
	}
	d.says(b.attach(importPath, "x.csv", append(broken, "1,\xff\xff,"...), "do", "check"), "3 姓名 有无法识别的字")
	list := b.attach(importPath, "x.csv", []byte(importHead+importRow(1, "姓名", "=cmd")), "do", "list")
	book, err := excelize.OpenReader(bytes.NewReader([]byte(list.body)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Sheet1")
	if err != nil || len(rows) < 2 || rows[1][0] != "2" || rows[1][1] != "姓名" {
		t.Errorf("%q %v", rows, err)
	}
	for _, login := range []string{"zz.accept", "zz.assist", "zz.audit"} {
		d.status(d.as(login).get(importPath), http.StatusForbidden, login)
		d.status(d.as(login).attach(importPath, "x.csv", []byte(importHead+importRow(1)), "do", "import"), http.StatusForbidden, login)
	}
}
