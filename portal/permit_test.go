package portal_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/scene"
)

func TestPermitPages(t *testing.T) {
	c, played := open(t, true, "zz.issued", "zb.issued")
	none := c.browser().signIn(phone)
	holds(t, none.page("/permit"), "您还没有居住证", `href="/apply"`)
	none.visit("/permit/print").goes(t, "/permit")
	none.visit("/permit/services").goes(t, "/entitlements")
	holds(t, none.page("/account"), "您还没有提交过申请", `href="/apply"`)

	for _, p := range played {
		b := c.browser().signIn(p.Phone)
		for _, path := range []string{"/permit", "/permit/print"} {
			page := b.page(path)
			holds(t, page, p.Permit, p.Name, civic.CitizenID(p.ID).Masked(), "有效")
			lacks(t, page, p.ID, p.Phone)
		}
		holds(t, b.page("/account"), p.Permit, p.Reference, `href="/permit"`)
		holds(t, b.page("/applications/"+p.Reference), "已发放", `href="/permit"`, "派出所")
		holds(t, b.page("/applications/"+p.Reference+"/slip"), p.Reference, `class="qr`)
	}
	lacks(t, c.browser().signIn(played["zz.issued"].Phone).page("/permit"), played["zb.issued"].Permit)
	holds(t, c.browser().signIn(played["zb.issued"].Phone).page("/permit"), "2029年") // three years from the day of issue
}

// TestOthersPagesAreNotThere knocks at everything that is somebody else's.
func TestOthersPagesAreNotThere(t *testing.T) {
	c, played := open(t, true, "zz.in_review", "zz.kiosk")
	owner := c.browser().signIn(otherPhone).begin(scene.Zhangzhou, zhangzhouForms(t, "罗小兰", 41), "")
	owner.attach("/apply/evidence", "labour_contract", "contract.jpg", scene.Photo())
	document := documentLink.FindStringSubmatch(owner.page("/apply/evidence"))[1]

	b := c.browser().signIn(phone).begin(scene.Zhangzhou, zhangzhouForms(t, "陌生人", 42), "")
	reference := played["zz.in_review"].Reference
	for _, path := range []string{document, "/apply/evidence/none", "/apply/evidence/..%2f..%2fetc%2fpasswd", "/applications/" + reference, "/applications/" + reference + "/slip", "/applications/" + reference + "/evidence",
		"/applications/3506-0000-0000", "/applications/x"} {
		if a := b.visit(path); a.status != 404 {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}
	b.attach("/applications/"+reference+"/evidence", "lease", "x.jpg", scene.Photo()).shows(t, 404)
	b.send(document+"/removal", url.Values{}).goes(t, "/apply/evidence")
	if a := owner.visit(document); a.status != 200 || a.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the owner's document: %d", a.status)
	}

	// Who applied at a kiosk brings the documents later, to the own application alone.
	late := played["zz.kiosk"]
	holder := c.browser().signIn(late.Phone)
	page := holder.page("/applications/" + late.Reference)
	holds(t, page, "请上传证明材料", "/applications/"+late.Reference+"/evidence")
	kind := regexp.MustCompile(`name="kind" value="([a-z_]+)"`).FindStringSubmatch(holder.page("/applications/" + late.Reference + "/evidence"))[1]
	holder.attach("/applications/"+late.Reference+"/evidence", kind, "x.jpg", []byte("no picture")).shows(t, 422, "请上传 JPEG 或 PNG 照片", late.Reference)
	holder.attach("/applications/"+late.Reference+"/evidence", kind, "x.jpg", scene.Photo()).goes(t, "/applications/"+late.Reference)
	holds(t, holder.page("/applications/"+late.Reference), "材料已上传")
	lacks(t, holder.page("/applications/"+late.Reference), "请上传证明材料")
}

func TestAccessLogShowsWhoLooked(t *testing.T) {
	c, played := open(t, true, "zz.in_review", "zz.pre_applied")
	p := played["zz.in_review"]
	officer, err := c.house.Actor(t.Context(), "zz.review")
	if err != nil {
		t.Fatal(err)
	}
	b := c.browser().signIn(p.Phone)
	before := strings.Count(b.page("/access-log"), "工作人员")
	if _, err := c.house.Office.CaseFile(t.Context(), officer, p.Reference); err != nil {
		t.Fatal(err)
	}
	page := b.page("/access-log")
	if after := strings.Count(page, "工作人员"); after <= before {
		t.Errorf("%d entries of staff before somebody looked, %d after", before, after)
	}
	for range 20 {
		b.page("/account")
	}
	if more := b.page("/access-log"); strings.Count(more, "<tr") > strings.Count(page, "<tr")+1 || !strings.Contains(more, "次") {
		t.Error("one's own looks bury those of others")
	}
	holds(t, page, "您本人", "东铺头派出所", "受理", "提交申请", "2026年11月24日 09:30")
	lacks(t, page, "S350602001", officer.ID, "黄志远", played["zz.pre_applied"].Reference)
	holds(t, b.page("/access-log?lang=en"), "Police Station", "You")
}

// TestNothingPersonalWhereItStays walks a whole application and looks at addresses, titles and the log.
func TestNothingPersonalWhereItStays(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	key := b.ready("欧阳𠮷", 51)
	b.send("/apply/identity", url.Values{"name": {"欧阳𠮷😀"}, "id_number": {number(t, 51)}})
	at := b.send("/apply/submission", sending(key)).to
	owner := scene.PersonOf("zz.issued")
	b.send("/track", url.Values{"reference": {strings.TrimPrefix(at, "/applications/")}, "id_number": {number(t, 51)}})
	private := []string{phone, "欧阳", "𠮷", number(t, 51), "延安北路", "新华针织厂", owner.Name, owner.Phone, owner.ID, b.jar["anju_citizen"], key, strings.TrimPrefix(at, "/applications/")}
	title := regexp.MustCompile(`<title>(.*?)</title>`)
	link := regexp.MustCompile(`(?:href|action|formaction)="([^"]*)"`)
	for _, path := range []string{"/account", "/access-log", "/permit", "/apply", at, at + "/slip", at + "/evidence"} {
		page := b.page(path)
		for _, one := range private[:9] {
			for _, found := range link.FindAllStringSubmatch(page, -1) {
				if address, _ := url.QueryUnescape(found[1]); strings.Contains(address, one) {
					t.Errorf("%s: %q stands in the address %q", path, one, address)
				}
			}
		}
		for _, one := range private {
			if found := title.FindStringSubmatch(page); strings.Contains(found[1], one) {
				t.Errorf("%s: %q stands in the title %q", path, one, found[1])
			}
		}
	}
	log := c.logs.String()
	for _, one := range private {
		if strings.Contains(log, one) {
			t.Errorf("%q stands in the log", one)
		}
	}
	if !strings.Contains(log, `"route":"/apply/identity"`) {
		t.Error("the log does not hold the requests")
	}
}
