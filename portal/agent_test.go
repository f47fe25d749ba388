package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/scene"
)

// bornOn is the number of somebody invented.
func bornOn(t *testing.T, day string, seq int) string {
	t.Helper()
	id, err := civic.NewCitizenID("410102", civic.MustDate(day), seq)
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}

// ward are the forms of an application for somebody born on a day, by an agent.
func ward(t *testing.T, born string, agent url.Values) []stepForm {
	t.Helper()
	forms := zhangzhouForms(t, "罗小禾", 41)
	forms[0].form = with(forms[0].form, "id_number", bornOn(t, born, 41))
	all := url.Values{"agent_name": {"罗小兰"}, "agent_id_number": {number(t, 42)}, "agent_relation": {"guardian"}, "agent_declared": {"yes"}}
	for key, values := range agent {
		all[key] = values
	}
	return append([]stepForm{forms[0], {"agent", all}}, forms[1:]...)
}

// actFor starts a pre-application for somebody else.
func (b *browser) actFor(city scene.City) *browser {
	b.t.Helper()
	b.send("/apply", url.Values{"city": {city.Jurisdiction}, "for": {"other"}}).goes(b.t, "/apply/identity")
	return b
}

// TestAGuardianAppliesForAChild goes the whole way: who it is for, the agent, the consent, what was sent, what the person sees of it, and takes
// the consent back.
func TestAGuardianAppliesForAChild(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone).actFor(scene.Zhangzhou)
	forms := ward(t, "2018-09-01", url.Values{"consent_child": {"yes"}})
	holds(t, b.page("/apply/identity"), "您为谁代办", "第 1 步，共 8 步")
	b.send("/apply/identity", forms[0].form).goes(t, "/apply/agent")
	page := b.page("/apply/agent")
	holds(t, page, "代办人公民身份号码", "不满 16 周岁", "监护人同意处理孩子的个人信息", `href="/privacy/children"`, "为罗小禾代办", "未满16周岁的未成年人和行动不便的老年人", "第三十一条")
	lacks(t, page, "出门办事对他（她）有困难吗", "是残疾人")
	holds(t, b.page("/apply/agent?lang=en"), "A guardian&#39;s consent for the child&#39;s personal information", "What are you to them")
	b.page("/apply/agent?lang=zh")
	b.send("/apply/agent", with(forms[1].form, "consent_child", "")).shows(t, 422, "请阅读后勾选监护人的同意", `href="#consent_child"`, `value="罗小兰"`)
	b.send("/apply/agent", with(forms[1].form, "agent_relation", "near_relative")).shows(t, 422, "不满 14 周岁的孩子只能由父母或其他监护人同意", `href="#agent_relation"`)
	b.visit("/apply/hukou").goes(t, "/apply/agent") // nothing of it was saved
	for i, one := range forms[1:] {
		next := "evidence"
		if i+2 < len(forms) {
			next = forms[i+2].step
		}
		b.send("/apply/"+one.step, one.form).goes(t, "/apply/"+next)
	}
	b.attach("/apply/evidence", "relation_proof", "birth.jpg", scene.Photo()).goes(t, "/apply/evidence")
	b.visit("/apply/check").goes(t, "/apply/evidence") // which shows no ground
	b.attach("/apply/evidence", "labour_contract", "contract.jpg", scene.Photo()).goes(t, "/apply/evidence")
	check := b.page("/apply/check")
	holds(t, check, "罗小禾", "代办人", "罗小兰", number(t, 42), "监护人", "未满16周岁的未成年人", `href="/apply/agent?return=check"`, "关系证明")
	sent := b.send("/apply/submission", sending(keyOf(t, check)))
	if !strings.HasPrefix(sent.to, "/applications/") {
		t.Fatalf("%d to %q\n%s", sent.status, sent.to, plain(sent.page))
	}
	holds(t, b.page(sent.to), "罗小兰", "代办人")

	data := b.page("/my-data")
	holds(t, data, "处理孩子的个人信息", "有效", strings.TrimPrefix(sent.to, "/applications/"), "2026年11月24日")
	_, rest, _ := strings.Cut(data, `action="/my-data/consents/`)
	consent, _, _ := strings.Cut(rest, "/withdrawal")
	c.browser().signIn(otherPhone).send("/my-data/consents/"+consent+"/withdrawal", url.Values{}).shows(t, 404)
	for range 2 {
		b.send("/my-data/consents/"+consent+"/withdrawal", url.Values{}).goes(t, "/my-data")
	}
	holds(t, b.page("/my-data"), "2026年11月24日撤回", "带孩子到派出所窗口办理")
	lacks(t, b.page("/my-data"), "/withdrawal")
	log := b.page("/access-log")
	holds(t, log, "作出单独同意", "撤回单独同意")
	if strings.Contains(c.logs.String(), "罗小") || strings.Contains(c.logs.String(), number(t, 42)) {
		t.Error("the log names somebody")
	}
}

// TestWhoCannotBeActedFor is refused in words, with the clause.
func TestWhoCannotBeActedFor(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone).actFor(scene.Zhangzhou)
	forms := ward(t, "1986-05-05", url.Values{"agent_reason": {"none"}, "agent_relation": {"near_relative"}})
	b.send("/apply/identity", forms[0].form).goes(t, "/apply/agent")
	holds(t, b.page("/apply/agent"), "出门办事对他（她）有困难吗", "一般指 60 周岁以上", "是否残疾属于敏感个人信息")
	good := forms[1].form
	for _, w := range []wrong{
		{"agent_reason", "none", "没有困难的成年人要由本人申领（《居住证暂行条例》第九条）"}, {"agent_reason", "", "请选择出门办事"}, {"agent_reason", "busy", "请选择出门办事"},
		{"agent_relation", "", "请选择您是他（她）的什么人"}, {"agent_relation", "neighbour", "请选择您是他（她）的什么人"}, {"agent_reason", "disabled", "请阅读后勾选同意"},
	} {
		b.send("/apply/agent", with(good, w.field, w.value)).shows(t, 422, w.says)
	}
	good = with(good, "agent_reason", "older")
	for _, w := range []wrong{
		{"agent_name", "", "请填写姓名"}, {"agent_id_number", "1", "请填写 18 位公民身份号码"}, {"agent_id_number", bornOn(t, "2008-11-25", 42), "代办人要年满 18 周岁"},
		{"agent_id_number", bornOn(t, "1986-05-05", 41), "是同一个号码"}, {"agent_declared", "", "请先阅读并勾选代办声明"},
	} {
		a := b.send("/apply/agent", with(good, w.field, w.value))
		a.shows(t, 422, w.says, `href="#`+w.field+`"`)
	}
	b.send("/apply/agent", with(good, "agent_reason", "disabled", "consent_health", "yes")).goes(t, "/apply/hukou")
	b.send("/apply/agent", with(good, "agent_reason", "older")).goes(t, "/apply/hukou") // 40: the age is for the officer to look at

	// A child under 14 does not apply alone, one of 14 does.
	alone := c.browser().signIn(otherPhone)
	alone.begin(scene.Zhangzhou, nil, "identity")
	child := zhangzhouForms(t, "罗小禾", 43)[0].form
	alone.send("/apply/identity", with(child, "id_number", bornOn(t, "2012-11-25", 43))).shows(t, 422, "不满 14 周岁的孩子要由监护人代办", `href="#id_number"`)
	alone.send("/apply/identity", with(child, "id_number", bornOn(t, "2012-11-24", 43))).goes(t, "/apply/hukou")
}

// TestSwitchingWhoAppliesKeepsWhatWasTyped: who had begun as the applicant is the agent, and the other way round.
func TestSwitchingWhoAppliesKeepsWhatWasTyped(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, zhangzhouForms(t, "罗小兰", 42), "hukou")
	b.visit("/apply/agent").goes(t, "/apply/hukou") // nobody acts here
	b.actFor(scene.Zhangzhou)
	lacks(t, b.page("/apply/identity"), "罗小兰")
	b.send("/apply/identity", ward(t, "2018-09-01", nil)[0].form).goes(t, "/apply/agent")
	holds(t, b.page("/apply/agent"), `value="罗小兰"`, `value="`+number(t, 42)+`"`)
	holds(t, b.page("/apply"), `value="other" type="radio" checked`)
	b.send("/apply", url.Values{"city": {"350600"}, "for": {"self"}}).goes(t, "/apply/identity")
	holds(t, b.page("/apply/identity"), `value="罗小兰"`, "您的身份")
}

// TestChildRulesAreReadBeforeSigningIn in both languages.
func TestChildRulesAreReadBeforeSigningIn(t *testing.T) {
	c, _ := open(t, true)
	holds(t, c.get("/privacy/children"), "儿童个人信息处理规则", "不作人脸识别", "撤回同意")
	holds(t, c.get("/privacy/children?lang=en"), "Rules for children", "No face recognition")
	holds(t, c.get("/privacy"), `href="/privacy/children"`)
}
