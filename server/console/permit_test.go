package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// settle adds residents to a desk.
func (d *desk) settle(keys ...string) {
	d.t.Helper()
	for _, key := range keys {
		p, err := d.house.PlayLife(d.t.Context(), scene.ResidentOf(key))
		if err != nil {
			d.t.Fatal(err)
		}
		d.people[key] = p
	}
}

func permitPath(p scene.Played) string { return "/console/permits/" + p.Permit }

// does a deed through its form and follows the answer.
func (d *desk) does(b *browser, p scene.Played, resource string, fields ...string) page {
	d.t.Helper()
	path := permitPath(p)
	got := b.post(path+"/"+resource, append([]string{"version", d.version(b.get(path))}, fields...)...)
	if got.location != path {
		d.t.Fatalf("%s: %d to %q: %s", resource, got.status, got.location, text(got.body))
	}
	return b.follow(got)
}

// live is the record of a permit.
func (d *desk) live(p scene.Played) office.PermitFile {
	d.t.Helper()
	f, err := d.house.Office.OwnPermitFile(d.t.Context(), p.Citizen())
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func TestAPermitNumberLeadsToThePermit(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	p := d.people["zz.issued"]
	acceptor := d.as("zz.accept")
	got := acceptor.post("/console/search", "term", " "+strings.ToLower(p.Permit)+" ")
	if got.location != permitPath(p) {
		t.Fatal(got.location)
	}
	got = acceptor.follow(got)
	d.says(got, p.Permit, p.Name, p.ID, "有效", "还没有签注过", "居住登记", "发放", p.Reference, "连续居住")
	d.says(acceptor.get(casePath(p)), `href="`+permitPath(p)+`"`)
	d.silent(got, permitPath(p)+"/endorsement") // a year too early
	other := d.as("zz.other")
	d.status(other.get(permitPath(p)), http.StatusNotFound, "another station")
	d.silent(other.follow(other.post("/console/search", "term", p.Permit)), p.Name)
	d.status(acceptor.get("/console/permits/350602-2026-0000001-0"), http.StatusNotFound, "a number that no check character confirms")
	d.hire("zz.help", post(access.Assistant))
	d.status(d.as("zz.help").get(permitPath(p)), http.StatusForbidden, "an assistant")
	entries, err := d.house.Office.AccessLog(t.Context(), p.Citizen())
	seen := 0
	for _, e := range entries {
		if e.Action == "viewed" && e.Object == "permit/"+p.Permit && e.ActorKind == string(access.Staff) {
			seen++
		}
	}
	if err != nil || seen != 1 {
		t.Errorf("one officer looked at the permit, and the access log has %d such looks: %v", seen, err)
	}
}

func TestEndorsementAtTheWindow(t *testing.T) {
	d := furnish(t, true)
	d.settle("zz.endorse_open", "zz.suspended")
	acceptor := d.as("zz.accept")
	inTime, late := d.people["zz.endorse_open"], d.people["zz.suspended"]

	page := acceptor.get(permitPath(inTime))
	d.says(page, "现在可以签注", "《居住证暂行条例》第十条", "应当在居住每满1年之日前1个月内")
	d.silent(page, "请先告知持证人")
	due := d.live(inTime).Permit.EndorseBy.String()
	got := acceptor.post(permitPath(inTime)+"/endorsement", "version", "1", "due", due, "ground", "beauty")
	d.status(got, http.StatusUnprocessableEntity, "neither ground nor confirmation")
	d.says(got, `href="#ground"`, `href="#confirmed"`, "请选择现在仍然成立的一项")
	got = d.does(acceptor, inTime, "endorsement", "due", due, "ground", "employment", "confirmed", "yes")
	d.says(got, "已签注。", "陈晓岚", "签注")
	again := acceptor.post(permitPath(inTime)+"/endorsement", "version", "1", "due", due, "ground", "employment", "confirmed", "yes")
	d.status(again, http.StatusSeeOther, "the second of two taps")
	if f := d.live(inTime); len(f.Endorsements) != 1 || f.Permit.Version != 2 {
		t.Errorf("%+v", f.Endorsements)
	}

	page = acceptor.get(permitPath(late))
	d.says(page, "使用功能中止", "按规定自动执行", "请先告知持证人", "居住年限从2026年11月24日重新计算")
	got = d.does(acceptor, late, "endorsement", "due", d.live(late).Permit.EndorseBy.String(), "ground", "dwelling", "confirmed", "yes")
	d.says(got, "逾期补办", "逾期补办签注", "2027年11月24日")
	if f := d.live(late); f.Permit.Status != permit.Active || f.Residence.Since(civic.DateOf(scene.Morning)) != civic.DateOf(scene.Morning) {
		t.Errorf("%+v %+v", f.Permit, f.Residence)
	}
	for _, one := range []struct{ login, what string }{{"zz.review", "a reviewer"}, {"zz.issue", "an issuer"}, {"zz.supervise", "a supervisor"}} {
		d.status(d.as(one.login).post(permitPath(late)+"/endorsement", "version", "3"), http.StatusForbidden, one.what)
	}
}

func TestLossAtTheWindow(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	p := d.people["zz.issued"]
	acceptor := d.as("zz.accept")
	got := acceptor.post(permitPath(p)+"/loss-report", "version", "1", "note", strings.Repeat("长", permit.MaxNote+1))
	d.status(got, http.StatusUnprocessableEntity, "a note that is too long")
	d.says(d.does(acceptor, p, "loss-report", "note", "来所口头报失"), "已挂失", "挂失中", "来所口头报失")
	d.status(acceptor.post(permitPath(p)+"/loss-report", "version", "1", "note", "来所口头报失"), http.StatusSeeOther, "the second of two taps")
	got = acceptor.post(permitPath(p)+"/endorsement", "version", "2", "due", d.live(p).Permit.EndorseBy.String(), "ground", "employment", "confirmed", "yes")
	d.status(got, http.StatusUnprocessableEntity, "endorsing a lost permit")
	d.says(got, "请先撤销挂失")
	d.says(d.does(acceptor, p, "loss-report/withdrawal"), "挂失已撤销", "已撤销", "有效")
}

func TestCancellation(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	d.settle("zz.suspended")
	p, other := d.people["zz.issued"], d.people["zz.suspended"]
	acceptor, chief := d.as("zz.accept"), d.as("zz.supervise")

	got := acceptor.post(permitPath(p)+"/cancellation", "version", "1", "ground", "", "note", "<b>说明</b>")
	d.status(got, http.StatusUnprocessableEntity, "no ground")
	d.says(got, "请选择注销的理由", `href="#ground"`, "&lt;b&gt;说明")
	got = acceptor.post(permitPath(p)+"/cancellation", "version", "1", "ground", permit.GroundFalseMaterials)
	d.status(got, http.StatusUnprocessableEntity, "false materials without saying which")
	d.says(got, "请写明哪些材料虚假", "使用虚假证明材料骗领居住证")

	d.says(d.does(acceptor, p, "cancellation", "ground", permit.GroundFalseMaterials, "note", "公司并不存在。"), "已提请注销", "陈晓岚提请", "公司并不存在。", "有效")
	d.silent(acceptor.get(permitPath(p)), permitPath(p)+`/cancellation"`)
	d.status(acceptor.post(permitPath(p)+"/cancellation/confirmation", "version", "2"), http.StatusForbidden, "who proposes has no say")
	got = acceptor.post(permitPath(p)+"/cancellation", "version", "2", "ground", permit.GroundOwnRequest)
	d.status(got, http.StatusUnprocessableEntity, "a second cancellation beside it")
	d.says(got, "请先由主管复核")
	d.says(d.does(chief, p, "cancellation/rejection", "note", "公司存在。"), "已记录不予注销", "公司存在。", "有效")
	d.does(acceptor, p, "cancellation", "ground", permit.GroundFalseMaterials, "note", "合同是假的。")
	d.says(d.does(chief, p, "cancellation/confirmation"), "已注销", "使用虚假证明材料骗领")
	if f := d.live(p); f.Permit.Status != permit.Cancelled || f.Residence.YearsOn(civic.DateOf(scene.Morning)) != 0 {
		t.Errorf("%+v", f.Permit)
	}
	messages, err := d.house.Office.MessagesTo(t.Context(), p.Phone)
	if err != nil || messages[0].Kind != "permit_cancelled" {
		t.Errorf("%+v, %v", messages, err)
	}
	d.hire("zz.all", post(access.Acceptor), post(access.Supervisor))
	all := d.as("zz.all")
	got = d.does(all, other, "cancellation", "ground", permit.GroundFalseMaterials, "note", "照片不是本人。")
	d.says(got, "由您提请的，须由另一位同事复核")
	got = all.post(permitPath(other)+"/cancellation/confirmation", "version", "3")
	d.status(got, http.StatusUnprocessableEntity, "one person for both")
	d.says(got, "须由另一位同事复核")
	if f := d.live(other); f.Permit.Status != permit.Suspended {
		t.Errorf("%+v", f.Permit)
	}
}

func TestOfTwoOfficersAtOnePermitOneDoesIt(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	p := d.people["zz.issued"]
	var crowd []*browser
	for _, login := range []string{"a", "b", "c"} {
		d.hire(login, post(access.Acceptor))
		crowd = append(crowd, d.as(login))
	}
	answers := every(crowd, func(b *browser) page {
		return b.post(permitPath(p)+"/cancellation", "version", "1", "ground", permit.GroundLeftCity, "note", "已回原籍")
	})
	if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusConflict]) != len(crowd)-1 {
		t.Fatalf("%d done, %d in conflict", len(answers[http.StatusSeeOther]), len(answers[http.StatusConflict]))
	}
	for _, got := range answers[http.StatusConflict] {
		d.says(got, "刚刚已由同事办理", "林试用：注销", "已回原籍", "已注销")
	}
	for _, version := range []string{"", "x", "0", "-1", "99"} {
		d.status(crowd[0].post(permitPath(p)+"/loss-report", "version", version), http.StatusConflict, "version "+version)
	}
}

func TestWhatWasTypedAboutAPermitOutlivesTheSession(t *testing.T) {
	d := furnish(t, true, "zz.issued")
	p, acceptor := d.people["zz.issued"], d.as("zz.accept")
	d.does(acceptor, p, "loss-report")
	d.house.Clock.Add(access.LimitsOf(access.Staff).Idle)
	got := acceptor.post(permitPath(p)+"/loss-report/withdrawal", "version", "2", "note", "在单位找到了")
	if want := "/console/sign-in?next=" + url.QueryEscape(permitPath(p)); got.location != want {
		t.Fatal(got.location)
	}
	d.says(acceptor.follow(got), "刚才的操作没有办理")
	got = acceptor.follow(acceptor.post("/console/sign-in", "login", "zz.accept", "password", password, "next", permitPath(p)))
	d.says(got, "登录过期前填写的内容已恢复", "在单位找到了")
	if f := d.live(p); f.Permit.Status != permit.Lost {
		t.Errorf("an ended session took the report back: %+v", f.Events)
	}
}
