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

// settled opens a portal with residents.
func settled(t *testing.T, keys ...string) (counter, map[string]scene.Played) {
	t.Helper()
	c, played := open(t, true, "zz.issued")
	for _, key := range keys {
		p, err := c.house.PlayLife(t.Context(), scene.ResidentOf(key))
		if err != nil {
			t.Fatal(err)
		}
		played[key] = p
	}
	return c, played
}

// live is the record of a permit.
func (c counter) live(p scene.Played) office.PermitFile {
	c.t.Helper()
	f, err := c.house.Office.OwnPermitFile(c.t.Context(), p.Citizen())
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

// endorsing is the form of the endorsement page, filled in.
func endorsing(f office.PermitFile, pairs ...string) url.Values {
	return with(url.Values{"number": {f.Permit.Number}, "due": {f.Permit.EndorseBy.String()}, "ground": {"employment"}, "confirmed": {"yes"}}, pairs...)
}

// TestThePermitSaysWhatItsStatusMeans: the words, what to do next, and a code only where it opens something.
func TestThePermitSaysWhatItsStatusMeans(t *testing.T) {
	c, played := settled(t, "zz.endorse_open", "zz.suspended", "zz.lost", "zb.expired_1y", "zb.cancelled")
	for key, want := range map[string]struct {
		says []string
		next string
		code bool
	}{
		"zz.issued":       {[]string{"可以正常使用", "从2027年10月22日开始办理", "连续居住", "《居住证暂行条例》第十条"}, "/permit/loss-report", true},
		"zz.endorse_open": {[]string{"现在可以签注，最晚2026年12月4日"}, "/permit/endorsement", true},
		"zz.suspended":    {[]string{"没有在2026年11月4日前签注，使用功能中止", "随时可以补办"}, "/permit/endorsement", false},
		"zz.lost":         {[]string{"已挂失", "找到了可以撤销"}, "/permit/loss-report", false},
		"zb.expired_1y":   {[]string{"有效期已于2026年11月9日届满"}, "/apply", false},
		"zb.cancelled":    {[]string{"已注销", "已离开本市"}, "/apply", false},
	} {
		b := c.browser().signIn(played[key].Phone)
		page := b.page("/permit")
		holds(t, page, append(want.says, `href="`+want.next+`"`)...)
		if got := strings.Contains(page, `class="qr`); got != want.code {
			t.Errorf("%s: a code is shown: %v", key, got)
		}
		if !want.code {
			holds(t, page, "不显示二维码")
			b.visit("/permit/print").goes(t, "/permit")
		}
		for _, path := range []string{"/permit/endorsement", "/permit/loss-report"} {
			english := b.page(path + "?lang=en")
			if strings.Contains(english, "life.") {
				t.Errorf("%s at %s: a key instead of words", key, path)
			}
		}
	}
	nobody := c.browser().signIn(phone)
	nobody.visit("/permit/endorsement").goes(t, "/permit")
	nobody.visit("/permit/loss-report").goes(t, "/permit")
}

func TestAHolderEndorsesInTime(t *testing.T) {
	c, played := settled(t, "zz.endorse_open")
	p := played["zz.endorse_open"]
	b := c.browser().signIn(p.Phone)
	page := b.page("/permit/endorsement")
	holds(t, page, "冒用他人居住证", "使用虚假证明材料骗领居住证", `value="employment"`)
	lacks(t, page, "重新计算，", p.ID, p.Phone)

	f := c.live(p)
	wrong := b.send("/permit/endorsement", endorsing(f, "ground", "", "confirmed", ""))
	wrong.shows(t, 422, "请选择现在仍然成立的一项", "请先阅读并勾选声明", `href="#ground"`, `href="#confirmed"`)
	kept := b.send("/permit/endorsement", endorsing(f, "ground", "dwelling", "confirmed", ""))
	if i := strings.Index(kept.page, `value="dwelling"`); i < 0 || !strings.Contains(kept.page[i:i+120], "checked") {
		t.Error("the chosen ground is lost")
	}
	if got := c.live(p); got.Permit.Version != 1 {
		t.Fatalf("a wrong form did something: %+v", got.Events)
	}
	b.send("/permit/endorsement", endorsing(f)).goes(t, "/permit")
	holds(t, b.page("/permit"), "已签注", "下一次签注最晚2027年12月4日")
	b.send("/permit/endorsement", endorsing(f)).goes(t, "/permit") // the second of two taps
	got := c.live(p)
	if len(got.Endorsements) != 1 || got.Endorsements[0].Counter != "portal" || got.Permit.EndorseBy.String() != "2027-12-04" {
		t.Errorf("%+v", got.Endorsements)
	}
	holds(t, b.page("/access-log"), "签注居住证")
	holds(t, b.page("/permit/endorsement"), "从2027年11月4日开始办理")
	lacks(t, b.page("/permit/endorsement"), `name="due"`)
	early := b.send("/permit/endorsement", endorsing(got))
	early.shows(t, 422, "从2027年11月4日开始办理")
	sent, err := c.house.Office.MessagesTo(t.Context(), p.Phone)
	if err != nil || sent[0].Kind != "permit_endorsed" || sent[0].Args["By"] != "2027-12-04" {
		t.Errorf("%+v, %v", sent, err)
	}
}

// TestALateEndorsementSaysWhatItCostsBeforeTheButton is the complaint that it silently restarts the years.
func TestALateEndorsementSaysWhatItCostsBeforeTheButton(t *testing.T) {
	c, played := settled(t, "zz.suspended")
	p := played["zz.suspended"]
	b := c.browser().signIn(p.Phone)
	page := b.page("/permit/endorsement")
	warning, button := strings.Index(page, "居住年限从2026年11月24日重新计算，不再从2025年2月6日起算（到今天满 1 年）"), strings.Index(page, "补办签注</span>")
	if warning < 0 || button < warning {
		t.Fatalf("the warning at %d, the button at %d\n%s", warning, button, plain(page))
	}
	holds(t, page, "居住年限自补办签注手续之日起连续计算")
	holds(t, b.page("/permit/endorsement?lang=en"), "start anew from 24 November 2026", "no longer count from 6 February 2025")
	b.page("/permit/endorsement?lang=zh")
	b.send("/permit/endorsement", endorsing(c.live(p))).goes(t, "/permit")
	page = b.page("/permit")
	holds(t, page, "可以正常使用", "从2026年11月24日起计算", "累计居住", `class="qr`)
}

func TestAHolderReportsALossAndTakesItBack(t *testing.T) {
	c, played := settled(t, "zz.endorse_open", "zz.lost")
	p, other := played["zz.endorse_open"], played["zz.lost"]
	b := c.browser().signIn(p.Phone)
	form := url.Values{"number": {p.Permit}}
	b.send("/permit/loss-report", url.Values{"number": {other.Permit}}).goes(t, "/permit")
	b.send("/permit/loss-report", url.Values{"number": {"nothing"}}).goes(t, "/permit")
	for range 2 {
		b.send("/permit/loss-report", form).goes(t, "/permit")
	}
	holds(t, b.page("/permit"), "二维码已停用", "撤销挂失")
	f := c.live(p)
	if len(f.Losses) != 1 || f.Permit.Status != permit.Lost {
		t.Fatalf("%+v", f.Losses)
	}
	b.send("/permit/endorsement", endorsing(f)).shows(t, 422, "已挂失")
	c.house.Clock.Set(f.Permit.EndorseBy.AddDays(1).Start()) // meanwhile the endorsement was missed
	b = c.browser().signIn(p.Phone)
	holds(t, b.page("/permit/loss-report"), "撤销后使用功能仍然中止")
	for range 2 {
		b.send("/permit/loss-report/withdrawal", form).goes(t, "/permit")
	}
	holds(t, b.page("/permit"), "使用功能中止", `href="/permit/endorsement"`)
	if f := c.live(p); len(f.Events) != 3 || f.Permit.Status != permit.Suspended || f.Permit.StatusSince != civic.DateOf(c.house.Clock.Now()) {
		t.Errorf("%+v", f.Events)
	}
	if f := c.live(other); f.Permit.Version != 2 {
		t.Errorf("somebody else's permit: %+v", f.Events)
	}
}
