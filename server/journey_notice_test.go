package main

import (
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

// TestJourneyNotice tells an applicant everything that is missing, who supplements it on a phone without script; a reviewer lets a clock run
// again and a supervisor agrees to an extension.
func TestJourneyNotice(t *testing.T) {
	desk := openTab(t, desktop, true)
	desk.signInStaff("zz.accept")
	desk.open("/console?lang=zh&state=to_supplement")
	desk.check("notice-queue-zh")
	desk.fill("term", "周晓梅")
	desk.click(`search button[type="submit"]`)
	desk.click(`main table a`)
	desk.check("notice-case-zh")
	path := desk.path()
	desk.click(`a[href$="/notice"]`)
	desk.checkBoth("notice-form", path+"/notice")
	desk.tick("deficiency", "field-detail")
	desk.press()
	desk.check("notice-form-wrong")
	desk.choose("code-field-detail", "unclear", "")
	desk.tick("deficiency", "evidence-labour_contract")
	desk.choose("code-evidence-labour_contract", "illegible", "")
	desk.fill("line-evidence-labour_contract", "请把签字页重新拍一张。")
	desk.press()
	desk.see("申请人将看到")
	desk.check("notice-preview")
	desk.click(`button[value="send"]`)
	desk.see("已告知申请人")
	desk.check("notice-sent")
	waiting, id := desk.path()[len("/console/cases/"):], scene.PersonOf("zz.pre_applied").ID
	desk.checkBoth("notice-paper", path+"/notice/print")

	home := openTab(t, phone, false)
	home.open("/sign-in?lang=zh")
	home.signIn("13950600041") // zz.to_supplement
	home.click(`main table a`)
	home.see("待补正")
	home.check("notice-application-zh")
	reference := home.path()
	home.click(`a[href$="/supplement"]`)
	home.checkBoth("notice-supplement", reference+"/supplement")
	home.click(`button[value="send"]`)
	home.check("notice-supplement-wrong")
	home.fill("detail", "胜利路 18 号 3 栋 2 单元 502 室")
	home.click(`button[value="upload"]`)
	home.check("notice-upload")
	home.tick("kind", "labour_contract")
	home.upload("#evidence", sheet(t))
	home.press()
	home.see("已补传")
	home.check("notice-supplement-there")
	home.click(`button[value="send"]`)
	home.see("预申请待受理")
	home.check("notice-supplemented")

	review := openTab(t, phone, true)
	review.signInStaff("zz.review")
	review.open("/console?lang=zh&state=paused")
	review.check("notice-queue-paused")
	review.click(`main table a`)
	review.check("notice-paused-zh")
	review.do(chromedp.Click(chromedp.CSS(`details:has(form[action$="/resumption"]) summary`)))
	review.check("notice-resuming")
	review.click(`form[action$="/resumption"] button`)
	review.see("计时已恢复")
	review.check("notice-resumed")

	chief := openTab(t, desktop, true)
	chief.signInStaff("zz.supervise")
	chief.open("/console?lang=en&state=extension")
	chief.click(`main table a`)
	chief.check("notice-extension-en")

	tb := openTab(t, totem, true)
	tb.open("/kiosk?lang=zh")
	tb.click(`button.job[value="progress"]`)
	tb.fill("reference", waiting)
	tb.fill("id_number", id)
	tb.click(`form[action="/kiosk/progress"] .button.primary`)
	tb.see("劳动合同：看不清楚")
	tb.check("notice-kiosk")
}

// sheet is a new picture of a document.
func sheet(t *testing.T) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 600, 800))
	for i := range img.Pix {
		img.Pix[i] = byte(255 - i/4000)
	}
	file := filepath.Join(t.TempDir(), "contract.png")
	f, err := os.Create(file)
	if err == nil {
		err = errors.Join(png.Encode(f, img), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}
