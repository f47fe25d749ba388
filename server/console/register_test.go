package console_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"anju/server/office"
	"anju/server/scene"
)

// attach sends a form with a file, as a browser does.
func (b *browser) attach(path, name string, file []byte, fields ...string) page {
	b.d.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			b.d.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.d.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.send(r)
}

// filing is a good form; pairs change it.
func filing(pairs ...string) []string {
	fields := []string{"government", zzCity, "key", office.NewKey(), "owed", "zhangzhou-2016/measures/edu", "title", "漳州市教育服务实施办法", "number", "漳教〔2016〕9号",
		"published_on_year", "2016", "published_on_month", "11", "published_on_day", "28", "reported_on_year", "", "reported_on_month", "", "reported_on_day", ""}
	for i := 0; i < len(pairs); i += 2 {
		for k := 0; k < len(fields); k += 2 {
			if fields[k] == pairs[i] {
				fields[k+1] = pairs[i+1]
			}
		}
	}
	return fields
}

// recorded counts entries of the ledger.
func (d *desk) recorded(action, purpose string) int {
	d.t.Helper()
	return strings.Count(string(d.dump()), "\t"+action+"\t"+purpose+"\t")
}

func TestADocumentIsRegistered(t *testing.T) {
	d := furnish(t, true)
	editor := d.as("zz.edit")
	got := editor.get("/console/register")
	d.says(got, "教育局", "2016年11月30日", "逾期，未登记", "三(三)")
	if n := strings.Count(got.body, `<option value="zhangzhou-2016/`); n != 1 {
		t.Errorf("the editor may enter %d documents", n)
	}
	pdf, form := scene.PDF("measures"), filing("reported_on_year", "2016", "reported_on_month", "11", "reported_on_day", "29")
	for range 2 { // the second is another tap of the same form
		d.says(editor.follow(editor.attach("/console/register", "办法.pdf", pdf, form...)), "文件已登记并公开", "漳州市教育服务实施办法", "2016年11月28日 · 漳教〔2016〕9号 · 2016年11月29日报送")
	}
	got = editor.attach("/console/register", "办法.pdf", pdf, filing()...) // the same file by another form
	d.status(got, http.StatusUnprocessableEntity, "the same file")
	d.says(got, "已经登记过")
	if n := d.recorded("filed", "register"); n != 1 {
		t.Errorf("%d documents", n)
	}
	form[7] = "另一个标题" // the key again, with another file
	d.status(editor.attach("/console/register", "办法.pdf", scene.PDF("other"), form...), http.StatusConflict, "the key with another file")

	publisher := d.as("zz.publish.county")
	form = filing("government", zzCounty, "owed", "zhangzhou-2016/county_plan/", "title", "芗城区具体实施方案", "number", "", "published_on_day", "26")
	d.says(publisher.follow(publisher.attach("/console/register", "plan.PDF", scene.PDF("plan"), form...)), "芗城区具体实施方案", "已公布，晚于期限")
	list, err := d.house.Office.Register(t.Context(), zzCity, zzCounty)
	if err != nil || len(list[0].Documents) != 1 || !list[0].Late || list[0].Overdue || !list[0].Documents[0].ReportedOn.IsZero() {
		t.Errorf("%+v %v", list[0], err)
	}
}

func TestBadDocumentsAreTold(t *testing.T) {
	d := furnish(t, true)
	editor := d.as("zz.edit")
	good := scene.PDF("good")
	active := bytes.Replace(good, []byte("/MediaBox[0 0 595 842]"), []byte("/AA<</O<</S/Launch>>>>"), 1) // as long, so that the file stays whole
	for _, c := range []struct {
		name        string
		file        []byte
		form        []string
		status      int
		field, says string
	}{
		{"no PDF", []byte("<html>not a document</html>"), filing(), 422, "file", "这不是 PDF"},
		{"broken", good[:len(good)/2], filing(), 422, "file", "打不开"},
		{"active", active, filing(), 422, "file", "脚本或动作"},
		{"nothing", nil, filing(), 422, "file", "请选择要登记的 PDF"},
		{"too large", append(bytes.Clone(good), make([]byte, office.MaxEvidenceBytes)...), filing(), 413, "file", "8 MB 以内"},
		{"impossible day", good, filing("published_on_month", "2", "published_on_day", "30"), 422, "published_on", "没有这一天"},
		{"no day", good, filing("published_on_year", ""), 422, "published_on", "没有这一天"},
		{"before 2014", good, filing("published_on_year", "2013", "published_on_month", "12", "published_on_day", "31"), 422, "published_on", "早于 2014 年"},
		{"in the future", good, filing("published_on_year", "2026", "published_on_day", "25"), 422, "published_on", "不能在今天之后"},
		{"reported early", good, filing("reported_on_year", "2016", "reported_on_month", "11", "reported_on_day", "27"), 422, "reported_on", "不能早于公布日期"},
		{"reported in the future", good, filing("reported_on_year", "2027", "reported_on_month", "1", "reported_on_day", "1"), 422, "reported_on", "不能在今天之后"},
		{"reported on no day", good, filing("reported_on_year", "2016", "reported_on_month", "13", "reported_on_day", "1"), 422, "reported_on", "没有这一天"},
		{"no title", good, filing("title", "  "), 422, "title", "请填写文件标题"},
		{"title too long", good, filing("title", strings.Repeat("长", 201)), 422, "title", "最多 200 字"},
		{"two lines", good, filing("title", "一\n二"), 422, "title", "控制符"},
		{"number too long", good, filing("number", strings.Repeat("号", 101)), 422, "number", "最多 100 字"},
		{"nothing chosen", good, filing("owed", ""), 422, "owed", "请选择这是哪一份文件"},
	} {
		got := editor.attach("/console/register", "文件.pdf", c.file, c.form...)
		d.status(got, c.status, c.name)
		d.says(got, `href="#`+c.field+`"`, c.says)
		if c.field != "title" {
			d.says(got, `value="漳州市教育服务实施办法"`)
		}
		if c.field != "owed" {
			d.says(got, `value="zhangzhou-2016/measures/edu" selected`)
		}
	}
	for name, form := range map[string][]string{
		"another department's":         filing("owed", "zhangzhou-2016/measures/hrss"),
		"another government's":         filing("government", zzCounty),
		"another city's":               filing("government", "370300"),
		"nobody's":                     filing("government", ""),
		"an obligation that is none":   filing("owed", "zhangzhou-2016/plan/edu"),
		"of no ruleset":                filing("owed", "zhangzhou-2026/measures/edu"),
		"of another city's ruleset":    filing("owed", "zibo-2014/measures/edu"),
		"the government's own, editor": filing("government", zzCounty, "owed", "zhangzhou-2016/county_plan/"),
	} {
		d.status(editor.attach("/console/register", "文件.pdf", good, form...), http.StatusNotFound, name)
	}
	d.status(editor.attach("/console/register", "文件.pdf", good, filing("key", "x")...), http.StatusUnprocessableEntity, "no key")
	d.status(d.as("zz.supervise").attach("/console/register", "文件.pdf", good, filing()...), http.StatusForbidden, "a supervisor")
	d.silent(d.as("zz.supervise").get("/console/register"), "登记一份已公布的文件")
	if n := d.recorded("filed", "register"); n != 0 {
		t.Errorf("%d bad documents were registered", n)
	}
}
