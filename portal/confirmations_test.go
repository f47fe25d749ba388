package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

// partners takes the partners of Zhangzhou up.
func (c counter) partners() counter {
	c.t.Helper()
	if _, err := c.house.PlayPartners(c.t.Context(), scene.Zhangzhou); err != nil {
		c.t.Fatal(err)
	}
	return c
}

// contract has the human-resources bureau confirm a labour contract.
func (c counter) contract(id, name string, withdrawn bool) {
	c.t.Helper()
	row := permit.ConfirmationRow{IDNumber: id, Name: name, What: "labour_contract", Document: "漳人社备〔2026〕1187号", Met: true, Withdrawn: withdrawn, IssuedOn: civic.MustDate("2026-09-01")}
	if err := c.house.Confirm(c.t.Context(), scene.Zhangzhou, "human-resources", "employment", row); err != nil {
		c.t.Fatal(err)
	}
}

// TestConfirmedPaperIsNotAskedFor applies without a document, because a department has confirmed the contract; with another name, or once it
// is withdrawn, the document is asked for as ever.
func TestConfirmedPaperIsNotAskedFor(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	c.partners()
	forms := zhangzhouForms(t, "罗小兰", 51)
	c.contract(number(t, 51), "罗小兰", false)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "")
	holds(t, b.page("/apply/evidence"), "部门已经核实，不用上传", "劳动合同，人力资源和社会保障局业务系统 2026年9月1日 核实", "/apply/check")

	c.contract(number(t, 51), "罗小兰", true)
	lacks(t, b.page("/apply/evidence"), "部门已经核实")
	b.visit("/apply/check").goes(t, "/apply/evidence")
	b.send("/apply/identity", with(forms[0].form, "name", "罗大兰")).goes(t, "/apply/hukou")
	c.contract(number(t, 51), "罗小兰", false)
	lacks(t, b.page("/apply/evidence"), "部门已经核实") // the number alone tells nothing
	b.send("/apply/identity", forms[0].form).goes(t, "/apply/hukou")
	b.send("/apply/grounds", url.Values{"grounds": {"dwelling"}}).goes(t, "/apply/evidence")
	lacks(t, b.page("/apply/evidence"), "部门已经核实") // a contract shows no dwelling
	b.send("/apply/grounds", url.Values{"grounds": {"employment"}}).goes(t, "/apply/evidence")
	holds(t, b.page("/apply/check"), "部门已核实，不用提交")
	sent := b.send("/apply/submission", sending(keyOf(t, b.page("/apply/check"))))
	if !strings.HasPrefix(sent.to, "/applications/") {
		t.Fatalf("%d %s", sent.status, plain(sent.page))
	}
	lacks(t, b.page("/my-data/confirmations"), "劳动合同") // no officer has seen the ID card
}

// TestNumbersAreNotTriedOut: an account cannot go through people to see of whom something is confirmed.
func TestNumbersAreNotTriedOut(t *testing.T) {
	c, _ := open(t, true)
	forms := zhangzhouForms(t, "罗小兰", 100)
	b := c.browser().signIn(phone)
	b.send("/apply", url.Values{"city": {"350600"}})
	for i := range access.IdentitiesPerAccount.Max {
		b.send("/apply/identity", with(forms[0].form, "id_number", number(t, 100+i))).goes(t, "/apply/hukou")
	}
	b.send("/apply/identity", with(forms[0].form, "id_number", number(t, 300))).shows(t, 429)
	b.send("/apply/identity", with(forms[0].form, "id_number", number(t, 100+access.IdentitiesPerAccount.Max-1), "name", "罗兰")).goes(t, "/apply/hukou")
}

// TestOwnConfirmationsAreShownAndObjectedTo in both languages, twice, and to nobody else.
func TestOwnConfirmationsAreShownAndObjectedTo(t *testing.T) {
	c, people := open(t, true, "zz.issued", "zz.pre_applied")
	c.partners()
	holder := people["zz.issued"]
	b := c.browser().signIn(holder.Phone)
	holds(t, b.page("/my-data/confirmations"), "还没有核实结果")
	c.contract(holder.ID, holder.Name, false)
	page := b.page("/my-data/confirmations")
	holds(t, page, "劳动合同", "人力资源和社会保障局业务系统", "劳动就业系统", "漳人社备〔2026〕1187号", "2026年9月1日", "长期", "有效", "《国务院关于在线政务服务的若干规定》第七条")
	lacks(t, page, holder.ID, holder.Name)
	holds(t, b.page("/my-data/confirmations?lang=en"), "Labour contract", "System of the human-resources and social-security bureau", "This is wrong")
	holds(t, b.page("/my-data?lang=zh"), "部门核实的我的信息")
	_, rest, _ := strings.Cut(page, `href="/my-data/confirmations/`)
	id, _, _ := strings.Cut(rest, "/")
	at := "/my-data/confirmations/" + id + "/objection"
	holds(t, b.page(at), "哪里有误", "劳动合同")
	b.send(at, url.Values{"note": {" "}}).shows(t, 422, "请写明哪里有误", `href="#note"`)
	b.send(at, url.Values{"note": {strings.Repeat("长", 501)}}).shows(t, 422, "最多 500 个字", strings.Repeat("长", 501))
	other := c.browser().signIn(people["zz.pre_applied"].Phone)
	other.visit(at).shows(t, 404)
	other.send(at, url.Values{"note": {"x"}}).shows(t, 404)
	for range 2 {
		b.send(at, url.Values{"note": {"合同六月已经到期。"}}).goes(t, "/my-data/confirmations")
	}
	holds(t, b.page("/my-data/confirmations"), "异议已提出", "有异议，暂不作数", "合同六月已经到期。", "2026年11月24日 提出")
	b.visit(at).goes(t, "/my-data/confirmations")
	holds(t, b.page("/access-log"), "核实了关于您的情况", "人力资源和社会保障局业务系统", "对核实结果提出异议")

	officer, err := c.house.Actor(t.Context(), "zz.review")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.house.Office.AnswerObjection(t.Context(), officer, id, "wrong", "单位确认合同已终止。"); err != nil {
		t.Fatal(err)
	}
	holds(t, b.page("/my-data/confirmations"), "已撤回", "单位确认合同已终止。", "核实结果有误")
}
