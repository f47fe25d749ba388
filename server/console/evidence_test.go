package console_test

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"anju/server/office"
	"anju/server/permit"
)

var evidenceLink = regexp.MustCompile(`/console/cases/[^/"]+/evidence/[0-9a-f-]{36}`)

func TestAPictureStandsInThePageAndAPDFIsAFile(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied")
	p, b := d.people["zz.pre_applied"], d.as("zz.accept")
	got := b.get(casePath(p))
	link := evidenceLink.FindString(got.body)
	if link == "" || !strings.Contains(got.body, `<img src="`+link) {
		t.Fatalf("no picture in %s", got.body)
	}
	picture := b.get(link)
	d.status(picture, http.StatusOK, "picture")
	if h := picture.header; h.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(h.Get("Content-Disposition"), `inline; filename="`+p.Reference+`.jpg"`) || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	if _, err := jpeg.Decode(bytes.NewReader([]byte(picture.body))); err != nil {
		t.Error(err)
	}
	entries, err := d.house.Office.AccessLog(t.Context(), p.Citizen())
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, e := range entries {
		if e.Action == "viewed" && e.Purpose == "evidence" && e.ActorKind == "staff" {
			looked++
		}
	}
	if looked == 0 {
		t.Error("looking at the evidence is not in the ledger")
	}

	r, err := d.house.Office.Ruleset("zhangzhou-2016")
	if err != nil {
		t.Fatal(err)
	}
	ground, _ := r.Ground("employment")
	pdf := letter()
	upload := office.Upload{Kind: permit.EvidenceKind(ground.Evidence[0].Code), Bytes: pdf}
	if err := d.house.Office.AddEvidenceTo(t.Context(), p.Citizen(), p.Reference, upload); err != nil {
		t.Fatal(err)
	}
	all := evidenceLink.FindAllString(b.get(casePath(p)).body, -1)
	file := b.get(all[len(all)-1])
	disposition := file.header.Get("Content-Disposition")
	if file.header.Get("Content-Type") != "application/pdf" || disposition != `attachment; filename="`+p.Reference+`.pdf"; filename*=UTF-8''`+url.PathEscape("证明材料-"+p.Reference)+".pdf" || file.body != string(pdf) {
		t.Errorf("%s, %s, %d bytes", file.header.Get("Content-Type"), disposition, len(file.body))
	}
	for _, id := range []string{"x", office.NewKey(), "%00", "..%2f..", strings.Repeat("a", 500)} {
		d.status(b.get(casePath(p)+"/evidence/"+id), http.StatusNotFound, id)
	}
	d.status(d.browser().get(link), http.StatusSeeOther, "without sign-in")
	d.status(d.as("zz.other").get(link), http.StatusNotFound, "from another station")
}

func TestACaseWithoutEvidenceSaysWhatToDo(t *testing.T) {
	d := furnish(t, true, "zz.kiosk", "zb.pre_applied")
	d.says(d.as("zz.accept").get(casePath(d.people["zz.kiosk"])), "还没有证明材料", "在自助终端提交")
	got := d.as("zb.accept").get(casePath(d.people["zb.pre_applied"]))
	d.says(got, "不需要证明材料") // the one-year permit needs the intention only
	d.silent(got, "还没有证明材料")
}

// letter is a PDF of one empty page.
func letter() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var offsets []int
	for i, object := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>"} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	b.WriteString("xref\n0 4\n0000000000 65535 f \n")
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

// TestEvidenceStandsBesideWhatWasDeclared opens the viewer, with its neighbours, as those who may.
func TestEvidenceStandsBesideWhatWasDeclared(t *testing.T) {
	d := course(t, "zz.supplemented") // two documents
	b, p := d.as("zz.accept"), d.people["zz.supplemented"]
	views := regexp.MustCompile(casePath(p)+`/evidence/[0-9a-f-]{36}/view`).FindAllString(b.get(casePath(p)).body, -1)
	if len(views) != 2 {
		t.Fatalf("the case leads to %v", views)
	}
	first, second := b.get(views[0]), b.get(views[1])
	d.says(first, "第 1 份，共 2 份", p.Name, p.ID, `<img src="`+strings.TrimSuffix(views[0], "/view")+`"`, `rel="next" href="`+views[1]+`"`)
	d.says(second, "第 2 份，共 2 份", `rel="prev" href="`+views[0]+`"`)
	d.silent(first, `rel="prev"`)
	d.silent(second, `rel="next"`)
	d.status(d.as("zz.other").get(views[0]), http.StatusNotFound, "another station")
	d.status(b.get(casePath(p)+"/evidence/"+office.NewKey()+"/view"), http.StatusNotFound, "no document")
}
