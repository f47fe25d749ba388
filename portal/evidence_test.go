package portal_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"anju/server/office"
	"anju/server/scene"
)

// picturePNG is a small picture that no camera names.
func picturePNG(t *testing.T, side int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = byte(i % 251)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// located is a photo with the place where it was taken in its EXIF.
func located(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	img.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"), "GPS-24.5130N-117.6471E"...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(b.Bytes()[:2:2], append(segment, exif...)...), b.Bytes()[2:]...)
}

// bomb is a PNG of a few bytes that unpacks into gigabytes.
func bomb() []byte {
	header := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), 50_000), 50_000), 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(header))
	return append(out, "\x00\x00\x00\x00IEND\xae\x42\x60\x82"...)
}

// pdf is a PDF of one page with something more in its catalogue.
func pdf(catalogue string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	objects := []string{"<</Type/Catalog/Pages 2 0 R" + catalogue + ">>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"}
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 4\n0000000000 65535 f \n%strailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table.String(), start)
	return b.Bytes()
}

// chosenKind is the kind that the form keeps chosen.
const chosenKind = `value="labour_contract" type="radio" checked`

var documentLink = regexp.MustCompile(`href="(/apply/evidence/[^"/]+)"`)

// TestEvidenceIsTakenByContent sends what phones and offices send, under any name, and looks at what comes back.
func TestEvidenceIsTakenByContent(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, zhangzhouForms(t, "罗小兰", 21), "")
	lacks(t, b.page("/apply/evidence"), `href="/apply/check"`)
	b.visit("/apply/check").goes(t, "/apply/evidence")

	for _, one := range []struct {
		kind, name string
		content    []byte
		mediaType  string
	}{
		{"labour_contract", "劳动合同 罗小兰.jpg", picturePNG(t, 300), "image/jpeg"}, // a PNG, whatever it is called
		{"labour_contract", "photo.pdf", located(t), "image/jpeg"},
		{"labour_contract", "contract.exe", pdf(""), "application/pdf"},
	} {
		b.attach("/apply/evidence", one.kind, one.name, one.content).goes(t, "/apply/evidence")
		page := b.page("/apply/evidence")
		lacks(t, page, one.name)
		links := documentLink.FindAllStringSubmatch(page, -1)
		got := b.visit(links[len(links)-1][1])
		if got.status != 200 || got.header.Get("Content-Type") != one.mediaType || got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", one.name, got.status, got.header)
		}
		disposition := got.header.Get("Content-Disposition")
		switch {
		case one.mediaType == "application/pdf" && (got.page != string(one.content) || !strings.HasPrefix(disposition, "attachment")):
			t.Errorf("the PDF came back changed, or to be opened: %q", disposition)
		case one.mediaType == "image/jpeg":
			if _, err := jpeg.Decode(strings.NewReader(got.page)); err != nil || strings.Contains(got.page, "GPS") || strings.Contains(got.page, "Exif") {
				t.Errorf("%s: %v, or it tells where it was taken", one.name, err)
			}
		}
	}
	holds(t, b.page("/apply/evidence"), `href="/apply/check"`)

	// The same file again makes no second document; taking one out twice is no error.
	count := func() int { return len(documentLink.FindAllString(b.page("/apply/evidence"), -1)) }
	b.attach("/apply/evidence", "labour_contract", "again.pdf", pdf("")).goes(t, "/apply/evidence")
	if n := count(); n != 3 {
		t.Errorf("%d documents", n)
	}
	first := documentLink.FindStringSubmatch(b.page("/apply/evidence"))[1]
	b.send(first+"/removal", url.Values{}).goes(t, "/apply/evidence")
	b.send(first+"/removal", url.Values{}).goes(t, "/apply/evidence")
	if n := count(); n != 2 {
		t.Errorf("%d documents after one was taken out", n)
	}
	for i := range office.MaxEvidence - 2 {
		b.attach("/apply/evidence", "labour_contract", "n.png", picturePNG(t, 201+i)).goes(t, "/apply/evidence")
	}
	b.attach("/apply/evidence", "labour_contract", "n.png", picturePNG(t, 290)).shows(t, 422, "最多上传 6 份材料")

	// For another ground they show nothing, and say still what they are.
	b.send("/apply/grounds", url.Values{"grounds": {"schooling"}}).goes(t, "/apply/evidence")
	page := b.page("/apply/evidence")
	holds(t, page, "劳动合同")
	lacks(t, page, "labour_contract", `href="/apply/check"`)
	b.visit("/apply/check").goes(t, "/apply/evidence")
}

// TestEvidenceIsRefusedInWords sends what is none. The page stays, with the kind that was chosen.
func TestEvidenceIsRefusedInWords(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, zhangzhouForms(t, "罗小兰", 22), "")
	for _, one := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"script.pdf", pdf("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "有脚本或动作"},
		{"attached.pdf", pdf("/Names<</EmbeddedFiles<</Names[]>>>>"), "夹带了附件"},
		{"broken.pdf", []byte("%PDF-1.7\nnothing"), "PDF 打不开"},
		{"bomb.png", bomb(), "照片尺寸太大"},
		{"empty.jpg", nil, "请选择要上传的照片或 PDF"},
		{"contract.docx", []byte("PK\x03\x04 word"), "请上传 JPEG 或 PNG 照片"},
		{"page.html", []byte("<script>alert(1)</script>"), "请上传 JPEG 或 PNG 照片"},
		{"IMG_0001.HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "HEIC"},
		{"half.jpg", scene.Photo()[:5000], "打不开"},
		{"stamp.png", picturePNG(t, 30), "照片太小"},
	} {
		b.attach("/apply/evidence", "labour_contract", one.name, one.content).shows(t, 422, one.says, `href="#evidence"`, chosenKind)
	}
	b.attach("/apply/evidence", "", "empty.jpg", nil).shows(t, 422, `href="#kind"`, `href="#evidence"`)
	b.attach("/apply/evidence", "", "contract.jpg", scene.Photo()).shows(t, 422, "请选择这是哪一种材料", `href="#kind"`)
	b.attach("/apply/evidence", "student_card", "contract.jpg", scene.Photo()).shows(t, 422, "请选择这是哪一种材料")
	b.attach("/apply/evidence", "labour_contract", "large.jpg", make([]byte, office.MaxEvidenceBytes+1)).shows(t, 413, "文件太大", chosenKind)
	b.send("/apply/evidence", url.Values{"kind": {"labour_contract"}}).shows(t, 415)
	lacks(t, b.page("/apply/evidence"), "已上传")
}

// TestSixtyMegabytes sends a file far too large over a real connection: the answer comes, on the page of the form.
func TestSixtyMegabytes(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, zhangzhouForms(t, "罗小兰", 23), "")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- c.site.Serve(ln) }()
	t.Cleanup(func() {
		if err := c.site.Shutdown(context.Background()); err != nil {
			t.Log(err)
		}
		<-served
	})
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	form, contentType := document(t, "labour_contract", "film.jpg", nil)
	head, tail, _ := strings.Cut(form.String(), "octet-stream\r\n\r\n")
	head += "octet-stream\r\n\r\n"
	const size = 60 << 20
	fmt.Fprintf(conn, "POST /apply/evidence HTTP/1.1\r\nHost: example.com\r\nCookie: anju_citizen=%s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		b.jar["anju_citizen"], contentType, len(head)+size+len(tail), head)
	if _, err := io.Copy(conn, io.LimitReader(zeros{}, size)); err != nil {
		t.Fatal("the connection was cut before the answer:", err)
	}
	io.WriteString(conn, tail)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 413 {
		t.Fatal(res.StatusCode, err)
	}
	holds(t, string(page), "请上传 8 MB 以内的照片或 PDF", chosenKind, `action="/apply/evidence"`)
}

// zeros is a file without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
