package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/scene"
)

// TestJourneyCatalogue follows an entry from the department's desk to the public: drafted, handed over, released, reported, read with its
// changes on a phone without script; and a document into the register.
func TestJourneyCatalogue(t *testing.T) {
	const entry = "/console/catalogue/zz.bs.01?department=edu&government=350600"
	editor := openTab(t, desktop, true)
	editor.open("/console/sign-in?lang=zh")
	editor.signInStaff("zz.edit")
	editor.checkBoth("catalogue-duties", "/console")
	editor.checkBoth("catalogue-editor", "/console/catalogue")
	editor.checkBoth("catalogue-entry", entry)
	editor.fill("process_zh", "1. 先到学校报名。\n2. 五个工作日内答复。")
	editor.fill("scope_zh", " ")
	editor.press()
	if got := editor.attribute("#scope_zh", "aria-invalid"); got != "true" {
		t.Fatal("an empty text is not marked at the field")
	}
	editor.check("catalogue-entry-error")
	editor.fill("scope_zh", "持有本市居住证的人员的适龄子女。")
	editor.press()
	editor.see("已提交发布人")

	publisher := openTab(t, desktop, true)
	publisher.open("/console/sign-in?lang=zh")
	publisher.signInStaff("zz.publish")
	publisher.checkBoth("catalogue-publisher", "/console/catalogue")
	publisher.open("/console/catalogue")
	publisher.do(chromedp.Click(chromedp.CSS("#ready ~ details > summary")))
	publisher.check("catalogue-publisher-ready")
	publisher.click("#ready ~ details a")
	publisher.check("catalogue-publisher-entry")
	publisher.open("/console/catalogue")
	publisher.fill("note", "报名流程更短。")
	publisher.press()
	publisher.see("新版本已发布")
	publisher.checkBoth("catalogue-release", publisher.path())
	publisher.open("/console/register")
	publisher.checkBoth("catalogue-register", "/console/register")
	publisher.do(chromedp.Click(chromedp.CSS("details.fold > summary")))
	publisher.choose("owed", "zhangzhou-2016/measures/health", "")
	publisher.fill("title", "漳州市居住证持有人公共卫生服务实施办法")
	for id, value := range map[string]string{"published_on": "2016", "published_on-month": "11", "published_on-day": "30"} {
		publisher.fill(id, value)
	}
	file := filepath.Join(t.TempDir(), "measures.pdf")
	if err := os.WriteFile(file, scene.PDF("measures of the journey"), 0o600); err != nil {
		t.Fatal(err)
	}
	publisher.upload("#file", file)
	publisher.check("catalogue-register-form")
	publisher.press()
	publisher.see("文件已登记并公开")

	reader := openTab(t, phone, false)
	reader.open("/catalogue?lang=zh")
	reader.checkBoth("catalogue-public", "/catalogue")
	reader.checkBoth("catalogue-public-city", "/catalogue/350600")
	reader.click("main table a")
	reader.see("报名流程更短")
	reader.see("先到学校报名")
	reader.checkBoth("catalogue-public-version", reader.path())
	reader.click("main a[href$='/changes']")
	reader.checkBoth("catalogue-public-changes", reader.path())
	reader.checkBoth("catalogue-public-service", "/catalogue/350602/services/zz.bs.01")
	reader.checkBoth("catalogue-public-register", "/register")
	reader.checkBoth("catalogue-public-register-city", "/register?government=350600")
	reader.see("漳州市居住证持有人公共卫生服务实施办法")

	supervisor := openTab(t, phone, true)
	supervisor.signInStaff("zz.supervise")
	supervisor.checkBoth("catalogue-supervisor", "/console")
	supervisor.checkBoth("catalogue-supervisor-list", "/console/catalogue?government=350602")
	supervisor.checkBoth("catalogue-supervisor-entry", entry)
}
