package portal_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"anju/server/scene"
)

// wrong is one bad answer: the field with its value, and what the page says of it.
type wrong struct{ field, value, says string }

// TestIdentityRefusesInWords types everything that an identity is not. What was typed stays, and nothing is saved.
func TestIdentityRefusesInWords(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	forms := zhangzhouForms(t, "罗小兰", 11)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "identity")
	good := forms[0].form
	id := good.Get("id_number")
	check := "0"
	if id[17] == '0' {
		check = "1"
	}
	for _, w := range []wrong{
		{"id_number", id[:17] + check, "号码与校验位不符"},
		{"id_number", "410102920307001", "15 位的旧号码"},
		{"id_number", strings.Map(func(r rune) rune { return r - '0' + '０' }, id[:17]) + id[17:], "请用半角数字"},
		{"id_number", "410102209203070012", "出生日期在今天之后"},
		{"id_number", "410102199213070012", "第 7 至 14 位不是一个日期"},
		{"id_number", "", "请填写 18 位公民身份号码"},
		{"id_number", strings.Repeat("1", 10_000), "请填写 18 位公民身份号码"},
		{"name", "", "请填写姓名"},
		{"name", " \u3000 ", "请填写姓名"},
		{"name", strings.Repeat("王", 10_000), "姓名最多 50 个字"},
		{"name", "王小明😀", "姓名只写汉字"},
		{"name", "<script>alert(1)</script>", "姓名只写汉字"},
		{"ethnic_group", "", "请选择民族"},
		{"ethnic_group", "99", "请选择民族"},
	} {
		a := b.send("/apply/identity", with(good, w.field, w.value))
		a.shows(t, 422, w.says, `href="#`+w.field+`"`, "<title>错误：")
		if strings.HasPrefix(w.value, "<") {
			lacks(t, a.page, w.value)
		} else if w.field != "ethnic_group" {
			holds(t, a.page, `value="`+w.value+`"`)
		}
		if w.field != "name" {
			holds(t, a.page, `value="罗小兰"`)
		}
	}
	english := b.send("/apply/identity?lang=en", with(good, "name", "", "id_number", "1"))
	english.shows(t, 422, `href="#name"`, `href="#id_number"`, "<title>Error")
	lacks(t, english.page, "请填写")
	b.visit("/apply/hukou").goes(t, "/apply/identity") // nothing was saved

	for typed, kept := range map[string]string{" 𠮷𠮷 ": "𠮷𠮷", "古丽•买买提": "古丽·买买提"} {
		b.send("/apply/identity", with(good, "name", typed, "id_number", id)).goes(t, "/apply/hukou")
		holds(t, b.page("/apply/identity?lang=zh"), `value="`+kept+`"`, `value="`+id+`"`)
	}
}

func TestPlacesRefuseInWords(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	forms := zhangzhouForms(t, "罗小兰", 12)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "hukou")
	b.send("/apply/hukou", url.Values{}).shows(t, 422, "请选择户籍所在的省、市、县", `href="#hukou_division"`)
	b.send("/apply/hukou", url.Values{"hukou_province": {"410000"}}).shows(t, 422, "请一直选到县", `<option value="410000" selected`)
	b.send("/apply/hukou", url.Values{"hukou_province": {"810000"}}).shows(t, 422, "港澳台居民不办理本证")
	b.send("/apply/hukou", url.Values{"hukou_province": {"350000"}, "hukou_prefecture": {"410100"}, "hukou_county": {"410102"}}).shows(t, 422, "请一直选到县") // of another province
	b.send("/apply/hukou", url.Values{"hukou_province": {"410000"}, "hukou_show": {"prefecture"}}).shows(t, 200, `value="410100"`)                       // the button that shows the next list checks nothing
	for _, odd := range []url.Values{
		{"hukou_province": {"440000"}, "hukou_prefecture": {"441900"}}, // a city without counties
		{"hukou_province": {"410000"}, "hukou_prefecture": {"419001"}}, // a county right below its province
		{"hukou_province": {"110000"}, "hukou_county": {"110105"}},     // a municipality
		forms[1].form,
	} {
		b.send("/apply/hukou", odd).goes(t, "/apply/residence")
	}

	good := forms[2].form
	nothing := b.send("/apply/residence", url.Values{})
	nothing.shows(t, 422, "请选择您居住的县", "请填写路名、门牌", `href="#county"`)
	lacks(t, nothing.page, "请选择您居住的街道", "请选择您居住的社区") // which are asked after the county
	b.send("/apply/residence", url.Values{"residence_county": {"350602"}}).shows(t, 422, "请选择您居住的街道", `href="#county-street"`, `id="county-street"`)
	for _, w := range []wrong{
		{"detail", "", "请填写路名、门牌"}, {"detail", strings.Repeat("路", 10_000), "详细地址最多 100 个字"}, {"detail", "一路\n二路", "写成一行"}, {"detail", "\u202e号81路利胜", "写成一行"},
		{"residence_community", "", "请选择您居住的社区或村"}, {"residence_street", "370303001", "请选择您居住的街道或乡镇"}, {"residence_county", "370303", "请选择您居住的县"},
	} {
		a := b.send("/apply/residence", with(good, w.field, w.value))
		a.shows(t, 422, w.says)
		if w.field != "detail" {
			holds(t, a.page, "延安北路 27 号")
		}
	}
	b.send("/apply/residence", with(good, "detail", "  三路 🏠 1 号  ")).goes(t, "/apply/stay")
	holds(t, b.page("/apply/residence"), `value="三路 🏠 1 号"`)
}

func TestStayAndGroundsRefuseInWords(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	forms := zhangzhouForms(t, "罗小兰", 13)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "stay")
	good := forms[3].form
	for _, w := range []wrong{
		{"registered_on_year", "", "没有这一天"}, {"registered_on_month", "13", "没有这一天"}, {"registered_on_year", "2027", "登记日期不能在今天之后"},
		{"registered_on_month", "9", "登记还不满半年"}, {"workplace", strings.Repeat("厂", 10_000), "最多 60 个字"}, {"registered_on_day", "三", "没有这一天"},
	} {
		a := b.send("/apply/stay", with(good, w.field, w.value))
		a.shows(t, 422, w.says)
		if w.value != "" {
			holds(t, a.page, `value="`+w.value+`"`)
		}
	}
	b.send("/apply/stay", url.Values{}).shows(t, 422, "请填写居住登记凭证上的登记日期", `href="#registered_on"`)
	b.send("/apply/stay", with(good, "registered_on_month", "２", "registered_on_day", "２９")).shows(t, 422, "没有这一天")
	b.send("/apply/stay", with(good, "registered_on_month", "５", "registered_on_day", "２４")).goes(t, "/apply/grounds") // half a year to the day
	b.send("/apply/grounds", url.Values{}).shows(t, 422, "请至少选择一项申领理由")
	b.send("/apply/grounds", url.Values{"grounds": {"marriage"}}).shows(t, 422, "请至少选择一项申领理由")
	b.send("/apply/grounds", url.Values{"grounds": {"employment", "schooling"}}).goes(t, "/apply/evidence")

	// Zibo asks the intention, and no ground for one year.
	b.send("/apply", url.Values{"city": {scene.Zibo.Jurisdiction}}).goes(t, "/apply/residence") // the person's own answers were kept, the address of the other city was not
	b.visit("/apply/stay").goes(t, "/apply/residence")
	b.send("/apply/residence", residenceForm(scene.Zibo)).goes(t, "/apply/stay")
	unanswered := b.send("/apply/stay", url.Values{})
	unanswered.shows(t, 422, "请选择您是否打算住满半年", "请选择要申领哪一种居住证")
	if strings.Index(unanswered.page, `href="#intends"`) > strings.Index(unanswered.page, `href="#tier"`) {
		t.Error("what is wrong is not told in the order of the page")
	}
	b.send("/apply/stay", url.Values{"intends": {"no"}, "tier": {"permit_1y"}}).shows(t, 422, "打算住满半年以上才能申领")
	b.send("/apply/stay", url.Values{"intends": {"yes"}, "tier": {"permit_1y"}}).goes(t, "/apply/evidence")
	holds(t, b.page("/apply/check"), "打算住满半年以上", "1年期")
}

func TestStepsComeInOrder(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	for _, path := range []string{"/apply/identity", "/apply/grounds", "/apply/evidence", "/apply/check"} {
		b.visit(path).goes(t, "/apply")
	}
	b.send("/apply/identity", url.Values{"name": {"罗"}}).goes(t, "/apply")
	for _, city := range []string{"", "350602", "110000"} {
		b.send("/apply", url.Values{"city": {city}}).shows(t, 422, "请选择您要办理的城市", `href="#city"`)
	}
	forms := zhangzhouForms(t, "罗小兰", 14)
	b.begin(scene.Zhangzhou, forms, "residence")
	b.visit("/apply/grounds").goes(t, "/apply/residence")
	b.visit("/apply/check").goes(t, "/apply/residence")
	if taps := b.send("/apply", url.Values{"city": {"350600"}}); taps.to != "/apply/residence" {
		t.Errorf("starting again goes to %q", taps.to)
	}
}

// TestDraftContinues leaves, changes the language, and comes back days later in another browser.
func TestDraftContinues(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	forms := zhangzhouForms(t, "欧阳𠮷", 15)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "residence")
	english := b.page("/apply/residence?lang=en")
	holds(t, english, `<html lang="en"`, "Where you live in Zhangzhou")
	b.send("/apply/residence", forms[2].form).goes(t, "/apply/stay")
	holds(t, b.page("/apply/identity"), `value="欧阳𠮷"`, "Citizen ID number", `<option value="01" selected`)
	b.send("/sign-out", url.Values{}).goes(t, "/")

	c.house.Clock.Add(9 * 24 * time.Hour)
	again := c.browser().signIn(phone)
	holds(t, again.page("/account"), "漳州市的申请还没有填完", "下一步：居住时间")
	holds(t, again.page("/apply"), `href="/apply/stay"`, "继续填写")
	holds(t, again.page("/apply/identity"), `value="欧阳𠮷"`, `value="`+number(t, 15)+`"`)
	holds(t, again.page("/apply/residence"), "延安北路 27 号 2 栋 1501 室", `value="350602001" selected`)

	// Somebody else begins with nothing.
	lacks(t, c.browser().signIn(otherPhone).page("/apply"), "继续填写")
}

// TestLanguageSwitchKeepsWhatWasTyped changes the language on a page that shows errors: what was typed is still there, and the errors speak
// the other language. In a draft that is begun anew for another city it is gone.
func TestLanguageSwitchKeepsWhatWasTyped(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	forms := zhangzhouForms(t, "罗小兰", 18)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "identity")
	b.send("/apply/identity", with(forms[0].form, "name", "罗小兰兰", "id_number", "123")).shows(t, 422, "请填写 18 位公民身份号码")
	for range 2 {
		holds(t, b.page("/apply/identity?lang=en"), `value="罗小兰兰"`, `value="123"`, "Enter the 18 characters", `href="#id_number"`)
		holds(t, b.page("/apply/identity?lang=zh"), `value="罗小兰兰"`, "请填写 18 位公民身份号码")
	}
	b.send("/apply", url.Values{"city": {scene.Zibo.Jurisdiction}}).goes(t, "/apply/identity")
	lacks(t, b.page("/apply/identity"), "罗小兰兰")
}

// TestNothingTypedIsLost lets the session end while a step is being filled in.
func TestNothingTypedIsLost(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	forms := zhangzhouForms(t, "罗小兰", 16)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "identity")
	stranger := c.browser().signIn(otherPhone).begin(scene.Zhangzhou, zhangzhouForms(t, "别人", 17), "identity")
	c.house.Clock.Add(16 * time.Minute)
	typed := with(forms[0].form, "name", "罗小兰兰", "id_number", "41010219920307")
	b.send("/apply/identity", typed).goes(t, "/sign-in?next=%2Fapply%2Fidentity")
	holds(t, b.page("/sign-in?next=%2Fapply%2Fidentity"), "您刚才填写的内容已保留")

	other := c.browser()
	other.jar = b.jar // on the same machine
	other.signIn(otherPhone)
	lacks(t, other.page("/apply/identity"), "罗小兰兰", "41010219920307", "还没有保存")
	_ = stranger

	same := c.browser().signIn(phone)
	holds(t, same.page("/apply/identity"), `value="罗小兰兰"`, `value="41010219920307"`, `<option value="01" selected`, "还没有保存")
	same.visit("/apply/hukou").goes(t, "/apply/identity") // it was shown, not saved
	holds(t, same.page("/apply/identity"), "罗小兰兰")        // and a reload loses nothing either
	same.send("/apply/identity", forms[0].form).goes(t, "/apply/hukou")
	lacks(t, same.page("/apply/identity"), "罗小兰兰", "还没有保存")

	// A date that no calendar has comes back as it was typed.
	same.begin(scene.Zhangzhou, forms, "stay")
	c.house.Clock.Add(16 * time.Minute)
	same.send("/apply/stay", with(forms[3].form, "registered_on_day", "77"))
	holds(t, c.browser().signIn(phone).page("/apply/stay"), `value="77"`)
}

// TestSignedOutSaysTheTruth sends forms whose page cannot be kept: nobody is told that it was, and the way leads to a page that is there.
func TestSignedOutSaysTheTruth(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	for path, next := range map[string]string{"/apply/submission": "/apply/check", "/sign-out": "/account", "/apply/evidence/0/removal": "/apply/evidence", "/apply/identity": "/apply/identity"} {
		b := c.browser() // no session at all
		signIn := "/sign-in?next=" + url.QueryEscape(next)
		b.send(path, url.Values{"name": {"罗小兰"}}).goes(t, signIn)
		page := b.page(signIn)
		holds(t, page, "请登录后再提交一次")
		lacks(t, page, "已保留")
	}
	b := c.browser()
	b.attach("/apply/evidence", "labour_contract", "contract.jpg", []byte("x")).goes(t, "/sign-in?next=%2Fapply%2Fevidence")
}
