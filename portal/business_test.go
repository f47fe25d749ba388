package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

// The permit's page says what can be done with it, what it costs and, where it is not open, why or from when.
func TestThePermitSaysWhatCanBeDoneWithIt(t *testing.T) {
	c, played := settled(t, "zz.suspended", "zz.lost", "zb.cancelled")
	for key, want := range map[string]struct{ says, lacks []string }{
		"zz.issued":    {[]string{`href="/permit/renewal?why=damaged"`, `href="/permit/replacement"`, `href="/permit/change"`, "20 元（本市标准待核实）", "不收费"}, nil},
		"zz.suspended": {[]string{`href="/permit/renewal?why=damaged"`, `href="/permit/replacement"`, "请先补办签注"}, []string{`href="/permit/change"`}},
		"zz.lost":      {[]string{`href="/permit/replacement"`, "请补领，或者找到后先撤销挂失"}, []string{`href="/permit/renewal`, `href="/permit/change"`}},
		"zb.cancelled": {nil, []string{"还能办什么"}},
	} {
		b := c.browser().signIn(played[key].Phone)
		page := b.page("/permit")
		holds(t, page, want.says...)
		lacks(t, page, want.lacks...)
		for _, path := range []string{"/permit", "/permit/renewal", "/permit/replacement", "/permit/change"} {
			english := b.page(path + "?lang=en")
			for _, word := range []string{"business.", "fee.", "kind."} {
				lacks(t, english, ">"+word)
			}
		}
	}
	nobody := c.browser().signIn(phone)
	for _, path := range []string{"/permit/renewal", "/permit/replacement", "/permit/change"} {
		nobody.visit(path).goes(t, "/permit")
		nobody.send(path, url.Values{}).goes(t, "/permit")
	}
}

// TestAHolderRenews: nothing is asked that is on record; the fee is shown before, and how it stands afterwards.
func TestAHolderRenews(t *testing.T) {
	c, played := settled(t)
	p := played["zz.issued"]
	b := c.browser().signIn(p.Phone)
	holds(t, b.page("/permit/renewal"), "换领居住证", "20 元", "第二十一条", p.Permit, "交回旧证")
	b.send("/permit/renewal", url.Values{}).shows(t, 422, "请选一项换领的理由", `href="#why"`)
	b.send("/permit/renewal", url.Values{"why": {"gift"}}).shows(t, 422, "请选一项换领的理由")
	b.send("/permit/renewal", url.Values{"why": {"damaged"}}).goes(t, "/apply/check")
	page := b.page("/apply/check")
	holds(t, page, "换领", "损坏，或难以辨认", p.Permit, p.Name, "20 元", "在派出所窗口缴纳")
	lacks(t, page, `href="/apply/identity?return=check"`, `href="/apply/residence?return=check"`)
	b.visit("/apply/identity").goes(t, "/apply/check")
	at := b.send("/apply/submission", sending(keyOf(t, page))).to
	if !strings.HasPrefix(at, "/applications/") {
		t.Fatal(at)
	}
	p.Reference = strings.TrimPrefix(at, "/applications/")
	holds(t, b.page("/permit"), "您有一份申请 "+p.Reference+" 正在办理")
	b.send("/permit/replacement", url.Values{}).goes(t, "/permit/replacement")
	holds(t, b.page("/permit/replacement"), "现在不能办理", `href="`+at+`"`)
	if _, err := c.house.Decide(t.Context(), p, permit.InReview, false); err != nil {
		t.Fatal(err)
	}
	holds(t, b.page(at), "工本费 20 元，还没有缴纳", "不要向任何人转账")
	b.visit(at+"/receipt").shows(t, 404)
	pay(t, c.house, p, "ZZ-2026-9")
	holds(t, b.page(at), "工本费 20 元，已缴纳", at+"/receipt")
	receipt := b.page(at + "/receipt")
	holds(t, receipt, "ZZ-2026-9", "20 元", p.Reference)
	lacks(t, receipt, p.Name, p.ID)
	c.browser().signIn(phone).visit(at+"/receipt").shows(t, 404)
	if _, err := c.house.Decide(t.Context(), p, permit.Issued, false); err != nil {
		t.Fatal(err)
	}
	now := c.live(p)
	holds(t, b.page("/permit"), now.Permit.Number, "可以正常使用")
	if now.Permit.Follows != p.Permit {
		t.Errorf("%+v", now.Permit)
	}
}

func pay(t *testing.T, h scene.House, p scene.Played, reference string) {
	t.Helper()
	actor, err := h.Actor(t.Context(), p.City.Prefix+".accept")
	if err == nil {
		err = h.Office.Pay(t.Context(), actor, p.Reference, reference)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestAHolderChangesTheAddress: the new address alone is asked, with its proof, and the same one again is none.
func TestAHolderChangesTheAddress(t *testing.T) {
	c, played := settled(t)
	p := played["zz.issued"]
	b := c.browser().signIn(p.Phone)
	b.send("/permit/change", url.Values{}).goes(t, "/apply/residence")
	same := c.live(p)
	community := civic.Communities(p.City.Street)[0].Code
	address := func(street, community, detail string) url.Values {
		return url.Values{"residence_county": {p.City.County}, "residence_street": {street}, "residence_community": {community}, "detail": {detail}}
	}
	b.send("/apply/residence", address(p.City.Street, community, "胜利路 18 号 3 栋 502 室")).shows(t, 422, "这就是居住证上现在的住址")
	b.send("/apply/residence", address(p.City.OtherStreet, civic.Communities(p.City.OtherStreet)[0].Code, "解放路 6 号")).goes(t, "/apply/grounds")
	b.send("/apply/grounds", url.Values{"grounds": {"dwelling"}}).goes(t, "/apply/evidence")
	b.attach("/apply/evidence", "lease", "a.jpg", scene.Photo()).goes(t, "/apply/evidence")
	page := b.page("/apply/check")
	holds(t, page, "变更住址", "解放路 6 号", "原住址："+same.Permit.Residence, "不收费")
	at := b.send("/apply/submission", sending(keyOf(t, page))).to
	holds(t, b.page(at), "预申请已提交", "解放路 6 号", "办结")
	lacks(t, b.page(at), "制证")
}

// TestAReplacementReportsTheLoss says so before it is sent, and does.
func TestAReplacementReportsTheLoss(t *testing.T) {
	c, played := settled(t)
	p := played["zz.issued"]
	b := c.browser().signIn(p.Phone)
	b.send("/permit/replacement", url.Values{}).goes(t, "/apply/check")
	page := b.page("/apply/check")
	holds(t, page, "提交后马上挂失")
	b.send("/apply/submission", sending(keyOf(t, page)))
	if f := c.live(p); f.Permit.Status != permit.Lost || f.UnderWay == "" {
		t.Errorf("%+v", f.Permit)
	}
	holds(t, b.page("/permit"), "已挂失", "不显示二维码")
}
