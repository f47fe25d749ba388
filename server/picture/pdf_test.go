package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"anju/server/picture"
)

// pdf writes numbered objects as a PDF with a cross-reference table. Object 1 is the catalogue.
func pdf(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, start)
	return b.Bytes()
}

// letter is a PDF of n pages, with something more in its catalogue, its pages and its objects.
func letter(n int, catalogue, page string, more ...string) []byte {
	kids := make([]string, n)
	for i := range kids {
		kids[i] = fmt.Sprintf("%d 0 R", 4+i)
	}
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R" + catalogue + ">>",
		fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", n, strings.Join(kids, " ")),
		"<</Length 37>>\nstream\nBT /F1 12 Tf 72 720 Td (hello) Tj ET  \nendstream",
	}
	for range n {
		objects = append(objects, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R"+page+">>")
	}
	return pdf("", append(objects, more...)...)
}

// nested is a PDF of n objects each of which goes on to the end of the file.
func nested(n int) []byte {
	var body, table bytes.Buffer
	body.WriteString("%PDF-1.7\n")
	for i := range n {
		fmt.Fprintf(&table, "%010d 00000 n \n", body.Len())
		fmt.Fprintf(&body, "%d 0 obj [(\n", i+1)
	}
	start := body.Len()
	fmt.Fprintf(&body, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", n+1, table.Bytes(), n+1, start)
	return body.Bytes()
}

func deflated(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(b)
	_ = w.Close()
	return z.Bytes()
}

// packed is a PDF 1.5 whose catalogue, page tree and page lie in a compressed object stream, together with one more object. In a
// stray one the cross-reference stream does not lead to that object.
func packed(catalogue, extra, filter string, stray bool) []byte {
	inner := []string{"<</Type/Catalog/Pages 2 0 R" + catalogue + ">>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>", extra}
	var index, content strings.Builder
	for i, o := range inner {
		fmt.Fprintf(&index, "%d %d ", i+1, content.Len())
		content.WriteString(o + " ")
	}
	z := deflated([]byte(index.String() + content.String()))
	if filter != "/FlateDecode" {
		z = deflated(z)
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	objects := b.Len()
	fmt.Fprintf(&b, "5 0 obj\n<</Type/ObjStm/N 4/First %d/Length %d/Filter %s>>\nstream\n%s\nendstream\nendobj\n", index.Len(), len(z), filter, z)
	start := b.Len()
	var table []byte
	row := func(kind byte, a uint32, c uint16) {
		table = append(table, kind)
		table = binary.BigEndian.AppendUint32(table, a)
		table = binary.BigEndian.AppendUint16(table, c)
	}
	row(0, 0, 65535)
	row(2, 5, 0)
	row(2, 5, 1)
	row(2, 5, 2)
	if stray {
		row(0, 0, 0)
	} else {
		row(2, 5, 3)
	}
	row(1, uint32(objects), 0)
	row(1, uint32(start), 0)
	zt := deflated(table)
	fmt.Fprintf(&b, "6 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", len(zt), zt, start)
	return b.Bytes()
}

func TestCheckPDFTakesPapers(t *testing.T) {
	for name, file := range map[string][]byte{
		"a page":             letter(1, "", ""),
		"thirty pages":       letter(30, "", ""),
		"opens at a page":    letter(1, "/OpenAction[4 0 R/Fit]", ""),
		"goes to a page":     letter(1, "/OpenAction<</S/GoTo/D[4 0 R/Fit]>>", ""),
		"a link to the web":  letter(1, "", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.com)>>>>]"),
		"compressed objects": packed("", "<</Producer(x)>>", "/FlateDecode", false),
	} {
		if err := picture.CheckPDF(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckPDFRefuses(t *testing.T) {
	script := "<</S/JavaScript/JS(app.alert\\(1\\))>>"
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"script on opening":           {letter(1, "/OpenAction 5 0 R", "", script), picture.PDFActive},
		"script, name written in hex": {letter(1, "/OpenAction 5 0 R", "", "<</S/J#61vaScript/J#53(x)>>"), picture.PDFActive},
		"script among names":          {letter(1, "/Names<</JavaScript<</Names[(a) 5 0 R]>>>>", "", script), picture.PDFActive},
		"script nobody refers to":     {letter(1, "", "", script), picture.PDFActive},
		"script without its kind":     {letter(1, "/OpenAction 5 0 R", "", "<</JS(x)>>"), picture.PDFActive},
		"script key given twice":      {letter(1, "/OpenAction<</S/JavaScript/S/GoTo/D[4 0 R/Fit]>>", ""), picture.PDFActive},
		"page action":                 {letter(1, "", "/AA<</O<</S/Named/N/Print>>>>"), picture.PDFActive},
		"opens the web":               {letter(1, "/OpenAction<</S/URI/URI(https://example.com)>>", ""), picture.PDFActive},
		"opens by a reference":        {letter(1, "/OpenAction 5 0 R", "", "<</S/URI/URI(https://example.com)>>"), picture.PDFActive},
		"starts a program":            {letter(1, "", "/Annots[<</A<</S/Launch/F(cmd.exe)>>>>]"), picture.PDFActive},
		"sends a form":                {letter(1, "", "/Annots[<</A<</S/SubmitForm>>>>]"), picture.PDFActive},
		"XFA":                         {letter(1, "/AcroForm<</XFA[(a) 3 0 R]>>", ""), picture.PDFActive},
		"rich media":                  {letter(1, "", "/Annots[<</Subtype/RichMedia>>]"), picture.PDFActive},
		"attachment":                  {letter(1, "/Names<</EmbeddedFiles<</Names[]>>>>", ""), picture.PDFAttachment},
		"attached note":               {letter(1, "", "/Annots[<</Subtype/FileAttachment>>]"), picture.PDFAttachment},
		"file specification":          {letter(1, "", "", "<</Type/Filespec/F(a)/EF<</F 3 0 R>>>>"), picture.PDFAttachment},
		"encrypted":                   {pdf("/Encrypt<</Filter/Standard/V 1/R 2/O(x)/U(y)/P -4>>", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 0/Kids[]>>"), picture.PDFEncrypted},
		"thirty-one pages":            {letter(31, "", ""), picture.PDFPages},
		"no page":                     {letter(0, "", ""), picture.PDFBroken},
		"says one page, has many":     {bytes.Replace(letter(40, "", ""), []byte("/Count 40"), []byte("/Count 01"), 1), picture.PDFPages},
		"page tree in a ring":         {pdf("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[2 0 R]>>"), picture.PDFBroken},
		"script in an object stream":  {packed("", script, "/FlateDecode", false), picture.PDFActive},
		"short name in one":           {packed("/OpenAction 4 0 R", "<</JS(x)>>", "/FlateDecode", false), picture.PDFActive},
		"not in the table":            {packed("", script, "/FlateDecode", true), picture.PDFActive},
		"compressed twice":            {packed("", script, "[/FlateDecode/FlateDecode]", false), picture.PDFBroken},
		"attachment in one":           {packed("/Names<</EmbeddedFiles 4 0 R>>", "<</Names[]>>", "/FlateDecode", false), picture.PDFAttachment},
		"object stream bomb":          {packed("", strings.Repeat(" ", 70<<20), "/FlateDecode", false), picture.TooLarge},
		"a million empty streams":     {append([]byte("%PDF-1.7\n"), strings.Repeat("/ObjStm stream\n", 500_000)+"%%EOF"...), picture.TooLarge},
		"repaired line by line":       {append([]byte("%PDF-1.7\n"), strings.Repeat("1 0 obj\n", 900_000)+"%%EOF"...), picture.PDFBroken},
		"table points elsewhere":      {bytes.Replace(letter(1, "", ""), []byte("%PDF-1.7\n"), []byte("%PDF-1.7\n"+strings.Repeat("%\n", 100)), 1), picture.PDFBroken},
		"each object holds the next":  {nested(100_000), picture.PDFBroken},
		"deep":                        {letter(1, "", "", strings.Repeat("[", 100_000)), picture.PDFBroken},
		"deep, closed":                {letter(1, "", "", strings.Repeat("[", 2000)+strings.Repeat("]", 2000)), picture.PDFBroken},
		"empty":                       {nil, picture.PDFBroken},
		"only a header":               {[]byte("%PDF-1.7\n%%EOF"), picture.PDFBroken},
		"half":                        {letter(3, "", "")[:300], picture.PDFBroken},
		"picture in front":            {append([]byte("\xff\xd8\xff"), letter(1, "", "")...), picture.PDFBroken},
		"archive behind":              {append(letter(1, "", ""), "PK\x03\x04"+strings.Repeat("x", 2000)...), picture.PDFBroken},
		"too many bytes":              {append([]byte("%PDF-1.7\n"), make([]byte, picture.MaxPDFBytes)...), picture.TooLarge},
	} {
		start := time.Now()
		err := picture.CheckPDF(c.file)
		refused(t, name, err, c.code)
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// The parser must neither need nor leave anything in the home folder.
func TestCheckPDFLeavesTheHomeAlone(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	if err := picture.CheckPDF(letter(1, "", "")); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestDamagedPDFsAreRefusedOrRead(t *testing.T) {
	for name, file := range map[string][]byte{"plain": letter(2, "", ""), "packed": packed("", "<</Producer(x)>>", "/FlateDecode", false)} {
		for i := range file {
			for _, damaged := range [][]byte{file[:i], flipped(file, i, 0x01), flipped(file, i, 0x80)} {
				var r *picture.Refusal
				if err := picture.CheckPDF(damaged); err != nil && !errors.As(err, &r) {
					t.Fatalf("%s at %d: %v", name, i, err)
				}
			}
		}
	}
}

func FuzzCheckPDF(f *testing.F) {
	f.Add(letter(1, "", ""))
	f.Add(letter(1, "/OpenAction 5 0 R", "", "<</S/JavaScript/JS(x)>>"))
	f.Add(packed("", "<</Producer(x)>>", "/FlateDecode", false))
	f.Fuzz(func(t *testing.T, file []byte) {
		if picture.CheckPDF(file) == nil && bytes.Contains(file, []byte("/JavaScript ")) {
			t.Fatal("script taken")
		}
	})
}
