package console_test

import (
	"net/http"
	"strings"
	"testing"

	"anju/server/access"
)

// TestTheOfficerSeesWhoActs: agent, right and consent stand on the case; nothing is accepted before the agent's document was compared.
func TestTheOfficerSeesWhoActs(t *testing.T) {
	d := furnish(t, true, "zz.child", "zz.elder", "zb.disabled")
	child := d.people["zz.child"]
	b := d.as("zz.accept")
	d.says(b.get(casePath(child)), "林晓梅", child.Agent.IDNumber, "监护人 · 未满16周岁的未成年人", "处理孩子的个人信息（监护人同意）", "《居住证暂行条例》第九条", "代办人的身份证件已核对")
	got := b.post(casePath(child)+"/acceptance", "version", "1", "seen", "identity", "seen", "evidence")
	d.status(got, http.StatusUnprocessableEntity, "accepted without the agent's document")
	d.says(got, "请确认已核对代办人的身份证件", `href="#seen-3"`, `id="seen-3"`)
	if got := b.post(casePath(child)+"/acceptance", "version", "1", "seen", "identity", "seen", "evidence", "seen", "agent"); got.location != casePath(child) {
		t.Fatalf("%d: %s", got.status, text(got.body))
	}
	slip := b.get(casePath(child) + "/slip")
	d.says(slip, "林*梅（监护人）")
	if strings.Contains(slip.body, "林晓梅") || strings.Contains(slip.body, child.Agent.IDNumber) {
		t.Error("a slip leaves the house: it names nobody whole")
	}

	// Found by the number of either.
	for _, number := range []string{child.ID, child.Agent.IDNumber} {
		d.says(b.follow(b.post("/console/search", "term", number)), child.Reference)
	}

	elder := d.people["zz.elder"]
	d.says(d.as("zz.review").get(casePath(elder)), "郭建国", "近亲属 · 有困难，是老年人")
	d.status(d.as("zz.other").get(casePath(elder)), http.StatusNotFound, "another station")
}

// TestAWithdrawnConsentIsNotAccepted: and what was consented to is no longer shown.
func TestAWithdrawnConsentIsNotAccepted(t *testing.T) {
	d := furnish(t, true, "zb.disabled")
	p := d.people["zb.disabled"]
	b := d.as("zb.accept")
	d.says(b.get(casePath(p)), "近亲属 · 有困难，是残疾人")
	o := d.house.Office
	given, err := o.Consents(t.Context(), p.Citizen())
	if err != nil || len(given) != 1 {
		t.Fatalf("%+v, %v", given, err)
	}
	if err := o.WithdrawConsent(t.Context(), access.Actor{Kind: access.Citizen, ID: p.Account.ID}, given[0].ID, "portal"); err != nil {
		t.Fatal(err)
	}
	page := b.get(casePath(p))
	d.says(page, "已撤回同意，不再显示", "2026年11月24日撤回")
	if strings.Contains(page.body, "有困难，是残疾人") {
		t.Error("what was consented to is still shown")
	}
	got := b.post(casePath(p)+"/acceptance", "version", "1", "seen", "identity", "seen", "evidence", "seen", "agent")
	d.status(got, http.StatusUnprocessableEntity, "accepted after the consent was withdrawn")
	d.says(got, "代办人撤回了同意，不能受理")
}
