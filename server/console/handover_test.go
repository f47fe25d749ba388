package console_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"anju/server/scene"
)

// onPaper are the answers of a hand-over to the holder who signs on paper.
var onPaper = []string{"collector", "holder", "collected", "seen", "signing", "paper"}

// drawn is a signature as a browser sends it.
func drawn() string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(scene.Signature())
}

// TestAPermitIsHandedToWhoeverHasSigned hands over to an agent who signs on the screen, and shows what the record keeps of it, to whom.
func TestAPermitIsHandedToWhoeverHasSigned(t *testing.T) {
	d := furnish(t, true, "zz.to_collect")
	b, p := d.as("zz.issue"), d.people["zz.to_collect"]
	path := casePath(p)
	d.says(b.get(path), "谁来领取", "在屏幕上签名", path+"/handover")
	paper := b.get(path + "/handover")
	d.says(paper, "居住证领取凭证", p.Name, "领取人签名、日期")
	d.silent(paper, p.ID)
	d.status(b.get(path+"/handover/signature"), http.StatusNotFound, "a signature before there is one")

	version := d.version(b.get(path))
	fields := []string{"version", version, "collector", "agent", "agent_name", "周晓梅", "agent_id", "510107 19930903 1229", "collected", "seen", "signing", "screen", "signature", drawn()}
	got := b.post(path+"/issue", fields...)
	d.says(b.follow(got), "已发放")
	d.status(b.post(path+"/issue", fields...), http.StatusSeeOther, "the second tap")
	receipt := b.get(path + "/handover")
	d.says(receipt, "周晓梅（**************1229）", "代领", "屏幕签名", path+"/handover/signature")
	d.silent(receipt, "510107199309031229", "领取人签名、日期")
	picture := b.get(path + "/handover/signature")
	if picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(picture.body, "\x89PNG") || picture.body == string(scene.Signature()) {
		t.Errorf("the signature: %d %v", picture.status, picture.header)
	}
	for _, login := range []string{"zz.other", "zb.issue"} {
		for _, below := range []string{"/handover", "/handover/signature"} {
			d.status(d.as(login).get(path+below), http.StatusNotFound, login+below)
		}
	}
	dump := string(d.dump())
	for _, secret := range []string{"510107199309031229", "周晓梅"} {
		if strings.Contains(dump, secret) {
			t.Errorf("the record says %s", secret)
		}
	}
	if !strings.Contains(dump, "handover/"+p.Reference) {
		t.Error("the ledger does not know of the look")
	}
}

// TestNoPermitIsHandedOverWithout sends forms that lack something: nothing is issued, what was typed is kept.
func TestNoPermitIsHandedOverWithout(t *testing.T) {
	d := furnish(t, true, "zz.to_collect")
	b, p := d.as("zz.issue"), d.people["zz.to_collect"]
	path := casePath(p)
	version := d.version(b.get(path))
	blank := "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAFAAAABQCAAAAACreq1xAAAAJ0lEQVR42u3MMQEAAAgDoK1/aM3g4QcFaCbvRqFQKBQKhUKhUCi8WEFbAQHIhYxZAAAAAElFTkSuQmCC"
	for what, one := range map[string]struct {
		fields []string
		says   string
	}{
		"nothing":           {nil, "请确认已核对领取人的身份证"},
		"no card":           {[]string{"signing", "paper"}, "请确认已核对领取人的身份证"},
		"no signature":      {[]string{"collected", "seen"}, "请选择在哪里签收"},
		"another signature": {[]string{"collected", "seen", "signing", "wax"}, "请选择在哪里签收"},
		"an empty screen":   {[]string{"collected", "seen", "signing", "screen"}, "还没有签名"},
		"a broken picture":  {[]string{"collected", "seen", "signing", "screen", "signature", "data:image/png;base64,!"}, "还没有签名"},
		"no PNG":            {[]string{"collected", "seen", "signing", "screen", "signature", "data:image/png;base64,R0lGODlh"}, "error-summary"},
		"a blank pad":       {[]string{"collected", "seen", "signing", "screen", "signature", blank}, "error-summary"},
		"a nameless agent":  {[]string{"collector", "agent", "collected", "seen", "signing", "paper"}, "请填写姓名"},
		"a wrong number":    {[]string{"collector", "agent", "agent_name", "周晓梅", "agent_id", "510107199309031228", "collected", "seen", "signing", "paper"}, "校验"},
		"the holder":        {[]string{"collector", "agent", "agent_name", p.Name, "agent_id", p.ID, "collected", "seen", "signing", "paper"}, "持证人本人的号码"},
	} {
		got := b.post(path+"/issue", append([]string{"version", version}, one.fields...)...)
		d.status(got, http.StatusUnprocessableEntity, what)
		d.says(got, one.says, "error-summary")
		for i := 0; i+1 < len(one.fields); i += 2 {
			if value := one.fields[i+1]; one.fields[i] == "agent_name" && !strings.Contains(got.body, `value="`+value+`"`) {
				t.Errorf("%s: %q was lost", what, value)
			}
		}
	}
	d.says(b.get(path), "待领取")
}

// TestTwoOfficersHandOverAtOnce lets one win and tells the other.
func TestTwoOfficersHandOverAtOnce(t *testing.T) {
	d := furnish(t, true, "zz.to_collect")
	d.hire("zz.issue2", post("issuer"))
	first, second, p := d.as("zz.issue"), d.as("zz.issue2"), d.people["zz.to_collect"]
	fields := append([]string{"version", d.version(first.get(casePath(p)))}, onPaper...)
	answers := every([]*browser{first, second}, func(b *browser) page { return b.post(casePath(p)+"/issue", fields...) })
	if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusConflict]) != 1 {
		t.Fatalf("%d taken, %d told", len(answers[http.StatusSeeOther]), len(answers[http.StatusConflict]))
	}
	d.says(answers[http.StatusConflict][0], "刚刚", "已发放")
}

// TestWhoeverAppliedForSomebodyIsExpectedToCollect finds the agent of the application in the form.
func TestWhoeverAppliedForSomebodyIsExpectedToCollect(t *testing.T) {
	d := furnish(t, true, "zz.elder")
	p := d.people["zz.elder"]
	d.says(d.pass(d.as("zz.review"), p, "grant"), "制证")
	b := d.as("zz.issue")
	d.says(d.pass(b, p, "production"), "待领取")
	got := b.get(casePath(p))
	if d.says(got, `value="`+p.Agent.Name+`"`, `value="`+p.Agent.IDNumber+`"`); !regexp.MustCompile(`value="agent"[^>]*checked`).MatchString(got.body) {
		t.Error("the agent is not chosen")
	}
}
