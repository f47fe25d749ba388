package portal_test

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"testing"

	"anju/portal"
	"anju/server/office"
	"anju/server/scene"
	"anju/server/web"
)

func TestHelpSaysTimeAndCostOfBothCities(t *testing.T) {
	c, _ := open(t, false)
	holds(t, c.get("/help"), "漳州市", "7 个工作日", "15 天", "《居住证暂行条例》第九条", "淄博市", "10 个工作日", "不收费", "12345", "这是演示系统")
	holds(t, c.get("/help?lang=en"), "Zhangzhou", "7 working days", "15 days", "Zibo", "10 working days", "Free of charge", "This is a demonstration")
}

// TestPrivacyNoticeIsWhole looks for what the Personal Information Protection Law, Art. 17, wants told.
func TestPrivacyNoticeIsWhole(t *testing.T) {
	c, _ := open(t, true)
	if office.NoticeVersion != "2026-11-26" {
		t.Error("the version has moved: does the page still say what it is about?")
	}
	for lang, pieces := range map[string][]string{
		"zh": {"2026年11月26日", "谁处理您的信息", "公安机关", "为什么可以处理", "第十三条", "第三十五条", "公民身份号码", "民族", "证明材料", "保存多久", "30 天", "6 个月", "您的权利", "查阅和复制", "更正", "删除", "第四十七条", "投诉和诉讼", "不采集人脸", "未成年人", "这是演示系统", `href="/access-log"`},
		"en": {"26 November 2026", "Who handles it", "police authority", "On what basis", "Art. 13(1)(3)", "citizen ID number", "Ethnic group", "evidence", "How long it is kept", "30 days", "6 months", "Your rights", "To know, read and copy", "To correct", "To delete", "Art. 47", "To complain", "no face", "children", "This is a demonstration", `href="/access-log"`},
	} {
		holds(t, c.get("/privacy?lang="+lang), pieces...)
	}
}

// TestPublicPagesNameNoKeys: a message that is missing shows as its key.
func TestPublicPagesNameNoKeys(t *testing.T) {
	c, _ := open(t, true)
	key := regexp.MustCompile(`\b(home|help|privacy|eligibility|services|track|refusals|verify|portal|parts|field|fault)\.[a-z_.]+`)
	for _, path := range []string{"/", "/help", "/privacy", "/eligibility", "/eligibility?city=350600", "/services", "/services?city=370300", "/track", "/refusals", "/refusals?city=370300", "/verify", "/V", "/parts"} {
		for _, lang := range []string{"zh", "en"} {
			sep := "?"
			if regexp.MustCompile(`\?`).MatchString(path) {
				sep = "&"
			}
			if found := key.FindString(plain(c.get(path + sep + "lang=" + lang))); found != "" {
				t.Errorf("%s (%s) shows %q", path, lang, found)
			}
		}
	}
}

func TestDemoShowsMessages(t *testing.T) {
	c, played := open(t, true, "zz.in_review")
	site, err := web.New(web.Config{Origin: origin, Demo: true, Log: c.house.Office.Log, Sessions: c.house.Office})
	if err != nil {
		t.Fatal(err)
	}
	p := portal.New(c.house.Office, nil)
	p.Words(func(m office.Message) string { return "kind " + m.Kind })
	p.Demo(site.Counter("portal"))
	c.app = site.App()
	var list []struct{ At, Kind, Text string }
	if err := json.Unmarshal([]byte(c.get("/demo/messages?to="+played["zz.in_review"].Phone)), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].Kind != "accepted" || list[0].Text != "kind accepted" || list[1].Kind != "submitted" || list[0].At != "2026-11-16T09:30:00+08:00" {
		t.Errorf("%+v", list)
	}
	if body := c.get("/demo/messages?to=" + scene.PersonOf("zb.issued").Phone); body != "[]" {
		t.Error(body)
	}
	if status, _, _ := c.do(httptest.NewRequest("GET", "/demo/messages?to=1", nil)); status != 422 {
		t.Error(status)
	}
}
