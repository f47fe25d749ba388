package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// home sends an application with a lease and a labour contract, and returns its page.
func (b *browser) home(name string, seq int) string {
	b.t.Helper()
	forms := zhangzhouForms(b.t, name, seq)
	forms[4].form = url.Values{"grounds": {"employment", "dwelling"}}
	b.begin(scene.Zhangzhou, forms, "")
	b.attach("/apply/evidence", "labour_contract", "contract.jpg", scene.Photo()).goes(b.t, "/apply/evidence")
	b.attach("/apply/evidence", "lease", "lease.jpg", scene.Photo()).goes(b.t, "/apply/evidence")
	sent := b.send("/apply/submission", sending(keyOf(b.t, b.page("/apply/check"))))
	if !strings.HasPrefix(sent.to, "/applications/") {
		b.t.Fatalf("%d to %q\n%s", sent.status, sent.to, plain(sent.page))
	}
	return sent.to
}

// child sends the application of a child of the same household after it, and returns its page.
func (b *browser) child(first string) string {
	b.t.Helper()
	b.send(first+"/relatives", url.Values{"for": {"other"}}).goes(b.t, "/apply/identity")
	forms := ward(b.t, "2018-09-01", url.Values{"consent_child": {"yes"}})
	b.send("/apply/identity", forms[0].form).goes(b.t, "/apply/agent")
	b.send("/apply/agent", forms[1].form).goes(b.t, "/apply/hukou")
	sent := b.send("/apply/submission", sending(keyOf(b.t, b.page("/apply/check"))))
	if !strings.HasPrefix(sent.to, "/applications/") {
		b.t.Fatalf("%d to %q\n%s", sent.status, sent.to, plain(sent.page))
	}
	return sent.to
}

// TestAFamilyApplies: address and lease come along, the work contract does not; each member has an application, and the same person none twice.
func TestAFamilyApplies(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	first := b.home("罗小兰", 42)
	holds(t, b.page(first), "为另一位家人申领", first+"/relatives")
	b.send(first+"/relatives", url.Values{"for": {"other"}}).goes(t, "/apply/identity")
	b.send(first+"/relatives", url.Values{"for": {"other"}}).goes(t, "/apply") // the second of two taps
	holds(t, b.page("/apply"), "您还有一份没有填完的申请")

	forms := ward(t, "2018-09-01", url.Values{"consent_child": {"yes"}})
	lacks(t, b.page("/apply/identity"), "罗小兰")
	b.send("/apply/identity", forms[0].form).goes(t, "/apply/agent")
	agent := b.page("/apply/agent")
	holds(t, agent, `value="罗小兰"`, `value="`+number(t, 42)+`"`)
	lacks(t, agent, "checked")
	b.send("/apply/agent", forms[1].form).goes(t, "/apply/hukou")
	holds(t, b.page("/apply/residence"), "延安北路 27 号 2 栋 1501 室")
	holds(t, b.page("/apply/stay"), `value="2026"`)
	documents := b.page("/apply/evidence")
	holds(t, documents, "房屋租赁合同")
	lacks(t, documents, "劳动合同")
	check := b.page("/apply/check")
	holds(t, check, "房屋租赁合同", "合法稳定住所")
	lacks(t, check, "合法稳定就业")

	// Taking the copy away leaves the first application its own.
	_, rest, _ := strings.Cut(documents, `href="/apply/evidence/`)
	id, _, _ := strings.Cut(rest, `"`)
	b.send("/apply/evidence/"+id+"/removal", url.Values{}).goes(t, "/apply/evidence")
	lacks(t, b.page("/apply/evidence"), "已上传")
	holds(t, b.page(first), "房屋租赁合同")
	b.attach("/apply/evidence", "lease", "lease.jpg", scene.Photo()).goes(t, "/apply/evidence")
	sent := b.send("/apply/submission", sending(keyOf(t, b.page("/apply/check"))))
	if sent.to == first || !strings.HasPrefix(sent.to, "/applications/") {
		t.Fatalf("%d to %q\n%s", sent.status, sent.to, plain(sent.page))
	}
	holds(t, b.page("/account"), "罗小兰", "罗小禾", "由您代办", strings.TrimPrefix(first, "/applications/"), strings.TrimPrefix(sent.to, "/applications/"))
	holds(t, b.page(sent.to+"/slip"), strings.TrimPrefix(sent.to, "/applications/"))

	// The same child again, from the child's own application: the agent stays who it was, and the person is known.
	b.send(sent.to+"/relatives", url.Values{"for": {"other"}}).goes(t, "/apply/identity")
	b.send("/apply/identity", forms[0].form).goes(t, "/apply/agent")
	holds(t, b.page("/apply/agent"), `value="罗小兰"`)
	b.send("/apply/agent", forms[1].form).goes(t, "/apply/hukou")
	b.send("/apply/submission", sending(keyOf(t, b.page("/apply/check")))).shows(t, 422, "已有一份申请")

	// Whoever does not know the application begins nothing with it.
	c.browser().signIn(otherPhone).send(first+"/relatives", url.Values{"for": {"other"}}).shows(t, 404)
}

// TestAFamilyMemberAppliesAlone with the same account: no agent, and the address all the same.
func TestAFamilyMemberAppliesAlone(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	first := b.home("罗小兰", 42)
	b.send(first+"/relatives", url.Values{"for": {"self"}}).goes(t, "/apply/identity")
	b.send("/apply/identity", zhangzhouForms(t, "罗大海", 44)[0].form).goes(t, "/apply/hukou")
	holds(t, b.page("/apply/check"), "罗大海", "延安北路 27 号", "房屋租赁合同")
}

// TestASharedDocumentIsAskedForOnce: the notice to one member says who else holds the lease, and the new picture reaches both applications.
func TestASharedDocumentIsAskedForOnce(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	first := b.home("罗小兰", 42)
	second := b.child(first)
	reference := strings.TrimPrefix(second, "/applications/")
	actor, err := c.house.Actor(t.Context(), "zz.accept")
	if err != nil {
		t.Fatal(err)
	}
	file, err := c.house.Office.CaseFile(t.Context(), actor, reference)
	if err != nil || len(file.Household) != 1 || len(file.Shared) != 1 || file.Shared[0].Kind != "lease" {
		t.Fatalf("%+v, %+v, %v", file.Household, file.Shared, err)
	}
	if other, err := c.house.Actor(t.Context(), "zz.other"); err != nil {
		t.Fatal(err)
	} else if cases, err := c.house.Office.Household(t.Context(), other, file.Application); err != nil || len(cases) > 0 {
		t.Errorf("another station sees the household: %+v, %v", cases, err)
	}
	_, err = c.house.Office.Notify(t.Context(), actor, office.Decision{Reference: reference, Version: 1}, []permit.Deficiency{{Subject: "evidence-lease", Code: "illegible"}})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, b.page(second), "这份材料也用于 "+strings.TrimPrefix(first, "/applications/"))
	count := func(path string) int { return strings.Count(plain(b.page(path)), "房屋租赁合同 照片") }
	before := count(first)
	b.attach(second+"/evidence", "lease", "lease.png", picturePNG(t, 300)).goes(t, second+"/supplement")
	if got := count(first); got != before+1 {
		t.Errorf("the first application has %d leases, had %d", got, before)
	}
	b.attach(second+"/evidence", "lease", "lease.png", picturePNG(t, 300)).goes(t, second+"/supplement") // the second of two taps
	if got := count(first); got != before+1 {
		t.Errorf("after the second tap %d leases", got)
	}
}

// TestAMotherKeepsTwoPermits: her own comes first; the daughter's has addresses of its own, is endorsed and reported by her, until the daughter
// is 16.
func TestAMotherKeepsTwoPermits(t *testing.T) {
	c, played := settled(t, "zz.mother", "zz.daughter")
	mother, daughter := played["zz.mother"], played["zz.daughter"]
	b := c.browser().signIn(mother.Phone)
	at := "?number=" + daughter.Permit
	holds(t, b.page("/account"), "家人的居住证", "莫小满", `href="/permit`+at+`"`)
	own := b.page("/permit")
	holds(t, own, mother.Permit, `href="/permit`+at+`"`, "/permit/loss-report?number="+mother.Permit)
	page := b.page("/permit" + at)
	holds(t, page, daughter.Permit, "现在可以签注", `href="/permit/endorsement`+at+`"`, `href="/permit/print`+at+`"`)
	c.browser().signIn(otherPhone).visit("/permit"+at).shows(t, 200, "没有") // nobody else's

	form := b.page("/permit/endorsement" + at)
	holds(t, form, daughter.Permit, "莫小满", `value="`+daughter.Permit+`"`)
	f, _, err := c.house.Office.OwnPermits(t.Context(), mother.Citizen(), daughter.Permit)
	if err != nil {
		t.Fatal(err)
	}
	b.send("/permit/endorsement", with(endorsing(f), "ground", "")).shows(t, 422, "莫小满", "请选择现在仍然成立的一项")
	b.send("/permit/endorsement", with(endorsing(f), "ground", "dwelling")).goes(t, "/permit"+at)
	holds(t, b.page("/permit"+at), "可以正常使用")
	b.send("/permit/loss-report", url.Values{"number": {daughter.Permit}}).goes(t, "/permit"+at)
	holds(t, b.page("/permit"+at), "已挂失", "/permit/loss-report"+at)
	holds(t, b.page("/permit"), "可以正常使用") // her own
	b.send("/permit/loss-report/withdrawal", url.Values{"number": {daughter.Permit}}).goes(t, "/permit"+at)

	c.house.Clock.Set(civic.MustDate("2032-03-21").Start().Add(10 * 3600e9)) // the 16th birthday
	if _, err := c.house.Office.Daily(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.signIn(mother.Phone)
	grown := b.page("/permit/endorsement" + at)
	holds(t, grown, "持证人已满 16 周岁，要由本人办理", "《居住证暂行条例》第九条")
	lacks(t, grown, `name="confirmed"`)
	f, _, err = c.house.Office.OwnPermits(t.Context(), mother.Citizen(), daughter.Permit)
	if err != nil {
		t.Fatal(err)
	}
	b.send("/permit/endorsement", with(endorsing(f), "ground", "dwelling")).shows(t, 422, "要由本人办理")
}
