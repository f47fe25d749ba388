package console_test

import (
	"net/http"
	"regexp"
	"testing"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

// plot adds people who have asked for something with their permit.
func (d *desk) plot(keys ...string) {
	d.t.Helper()
	for _, key := range keys {
		p, err := d.house.PlayBusiness(d.t.Context(), scene.BusinessStoryOf(key))
		if err != nil {
			d.t.Fatal(err)
		}
		d.people[key] = p
	}
}

// A renewal at the console: the kind with its permit, the fee before the card, a reference that is good once, the old card back.
func TestARenewalIsPaidAndHandedOver(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	d.plot("zz.renewing", "zz.replacing")
	p := d.people["zz.renewing"]
	acceptor, reviewer, issuer := d.as("zz.accept"), d.as("zz.review"), d.as("zz.issue")
	d.says(acceptor.get("/console?state=all"), "换领", "补领", "申领")
	got := acceptor.get(casePath(p))
	d.says(got, "换领：损坏，或难以辨认", p.Permit, "工本费 20 元，还没有缴纳")
	path := casePath(p)
	d.silent(reviewer.get(path), path+"/payment")
	d.status(reviewer.post(path+"/payment", "reference", "A-1"), http.StatusForbidden, "a reviewer takes money")
	d.status(acceptor.get(path+"/receipt"), http.StatusNotFound, "a receipt before the payment")
	for typed, words := range map[string]string{"": "请填写凭证号", "票据 1": "凭证号只有数字、字母和短横", "DEMO-" + d.people["zz.replacing"].Reference: "这个凭证号已经用过"} {
		got = acceptor.post(path+"/payment", "reference", typed)
		d.status(got, http.StatusUnprocessableEntity, typed)
		d.says(got, words, `href="#reference"`, "凭证号")
	}
	d.says(d.pass(reviewer, p, "grant"), "审核通过")
	d.pass(issuer, p, "production")
	got = issuer.post(path+"/issue", append([]string{"version", d.version(issuer.get(path)), "seen", "handed_back"}, onPaper...)...)
	d.status(got, http.StatusUnprocessableEntity, "an unpaid card")
	d.says(got, "工本费还没有缴纳，不能发证")
	got = issuer.post(path+"/payment", "reference", "zz 2026-77")
	if got.location != path {
		t.Fatal(got.status, got.location)
	}
	d.says(issuer.follow(got), "已记下缴纳", "ZZ2026-77", "吴佩珊")
	if again := issuer.post(path+"/payment", "reference", "ZZ2026-77"); again.location != path {
		t.Error("the second of two taps:", again.status)
	}
	d.status(acceptor.post(path+"/payment", "reference", "OTHER-1"), http.StatusConflict, "paid twice")
	got = issuer.get(path + "/receipt")
	d.says(got, "工本费收据", "ZZ2026-77", "20 元", p.Reference)
	d.silent(got, p.Name, p.ID)
	got = issuer.post(path+"/issue", append([]string{"version", d.version(issuer.get(path))}, onPaper...)...)
	d.status(got, http.StatusUnprocessableEntity, "without the old card")
	d.says(got, "请先收回原证", `href="#handed_back"`)
	d.says(d.pass(issuer, p, "issue", append([]string{"seen", "handed_back"}, onPaper...)...), "已发放")
	d.says(acceptor.get(permitPath(p)), "已换新证", "换发新证，本证作废")
	now := d.live(p)
	d.says(acceptor.get("/console/permits/"+now.Permit.Number), "原居住证", p.Permit)
	d.ledgered(p, "paid", "issued")
}

// A card whose permit was cancelled meanwhile is never handed over: the case ends for that reason, and the fee goes back.
func TestACaseWhosePermitHasEnded(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	d.plot("zz.replacing")
	p := d.people["zz.replacing"]
	acceptor, reviewer, issuer := d.as("zz.accept"), d.as("zz.review"), d.as("zz.issue")
	d.does(acceptor, p, "cancellation", "ground", "own_request")
	got := issuer.post(casePath(p)+"/issue", append([]string{"version", d.version(issuer.get(casePath(p)))}, onPaper...)...)
	d.status(got, http.StatusUnprocessableEntity, "a card for a cancelled permit")
	d.says(got, "居住证的状态已经变了")
	d.silent(issuer.get(casePath(p)), "/refund")
	d.says(d.pass(reviewer, p, "refusal", "reason", "permit_moved"), "居住证的状态已经变了，不能再办这项业务")
	got = acceptor.post(casePath(p)+"/refund", "reference", "R-9")
	d.says(acceptor.follow(got), "已记下退还", "R-9", "工本费 20 元，已退还")
	d.says(acceptor.get(casePath(p)+"/receipt"), "R-9")
	d.ledgered(p, "refunded", "refused")
}

// An acceptor applies for the holder at the window; the new address belongs to another station, which goes on with it.
func TestBusinessAtTheWindow(t *testing.T) {
	d := furnish(t, true, "zz.issued", "zz.to_collect")
	p := d.people["zz.issued"]
	acceptor := d.as("zz.accept")
	path := permitPath(p)
	d.says(acceptor.get(path), "为持证人办理", path+"/renewal?why=damaged", path+"/replacement", path+"/address-change")
	d.silent(d.as("zz.review").get(path), path+"/renewal")
	d.status(d.as("zz.review").get(path+"/renewal"), http.StatusForbidden, "a reviewer applies")
	d.status(d.as("zz.other").get(path+"/renewal"), http.StatusNotFound, "another station applies")
	form := acceptor.get(path + "/address-change")
	key := fieldOf(t, form.body, "key")
	street := p.City.OtherStreet
	fields := []string{"key", key, "residence_county", p.City.County, "residence_street", street, "residence_community", civic.Communities(street)[0].Code, "detail", "解放路 6 号"}
	got := acceptor.post(path+"/address-change", append(fields, "declared", "yes")...)
	d.status(got, http.StatusUnprocessableEntity, "without a ground")
	d.says(got, "解放路 6 号", `href="#grounds"`)
	got = acceptor.post(path+"/address-change", append(fields, "grounds", "dwelling")...)
	d.status(got, http.StatusUnprocessableEntity, "without the declaration")
	got = acceptor.post(path+"/address-change", append(fields, "grounds", "dwelling", "declared", "yes")...)
	if got.location != path {
		t.Fatal(got.status, text(got.body))
	}
	d.says(acceptor.follow(got), "由新住址的派出所受理")
	f := d.live(p)
	d.says(d.as("zz.other").get("/console/cases/"+f.UnderWay), "变更住址", "陈晓岚", "原住址")
	if got = acceptor.get(path + "/renewal"); got.location != path {
		t.Error("a second application was offered:", got.status)
	}
	if f.Permit.Status != permit.Active {
		t.Error(f.Permit.Status)
	}
}

// fieldOf is the value of a hidden field.
func fieldOf(t *testing.T, body, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("no field %s", name)
	}
	return found[1]
}
