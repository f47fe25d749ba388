package portal_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// settling opens a portal with settlers.
func settling(t *testing.T, keys ...string) (counter, map[string]permit.Registration) {
	t.Helper()
	c, _ := open(t, true, "zz.draft")
	made := map[string]permit.Registration{}
	for _, key := range keys {
		_, r, err := c.house.PlayRegistration(t.Context(), scene.SettlerOf(key))
		if err != nil {
			t.Fatal(err)
		}
		made[key] = r
	}
	return c, made
}

// declaring is the form of a declaration, well filled in.
func declaring(t *testing.T, key string, seq int, pairs ...string) url.Values {
	form := url.Values{"city": {"350600"}, "key": {key}, "name": {"卢晓梅"}, "id_number": {number(t, seq)}, "ethnic_group": {"01"}, "phone": {phone}, "declared": {"yes"},
		"hukou_province": {"410000"}, "hukou_prefecture": {"410100"}, "hukou_county": {"410102"},
		"arrived_on_year": {"2026"}, "arrived_on_month": {"11"}, "arrived_on_day": {"20"}}
	for name, values := range residenceForm(scene.Zhangzhou) {
		form[name] = values
	}
	return with(form, pairs...)
}

// confirms takes a declaration into the record, as an officer of the main station.
func (c counter) confirms(number string, in office.RegistrationConfirmation) {
	c.t.Helper()
	actor, err := c.house.Actor(c.t.Context(), "zz.accept")
	if err != nil {
		c.t.Fatal(err)
	}
	file, err := c.house.Office.RegistrationFile(c.t.Context(), actor, number)
	if err == nil {
		err = c.house.Office.ConfirmRegistration(c.t.Context(), actor, office.RegistrationDecision{Number: number, Version: file.Version}, in)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// own are the registrations of a phone's account.
func (c counter) own(phone string) []office.RegistrationFile {
	c.t.Helper()
	var list []office.RegistrationFile
	err := c.house.Store.Within(c.t.Context(), func(tx office.Tx) error {
		account, err := tx.AccountOf(c.t.Context(), phone, "zh", c.house.Clock.Now())
		if err != nil {
			return err
		}
		p := scene.Played{Account: account}
		list, err = c.house.Office.OwnRegistrations(c.t.Context(), p.Citizen())
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return list
}

// TestDeclaringAResidence: everything that is wrong is said at once and what was typed stays; two taps make one; a child comes along; the
// receipt exists once the station has confirmed it, and anyone may check its code.
func TestDeclaringAResidence(t *testing.T) {
	c, _ := settling(t)
	b := c.browser().signIn(phone)
	holds(t, b.page("/registration"), "/registration/new?city=350600")
	b.visit("/registration/new").goes(t, "/registration")
	page := b.page("/registration/new?city=350600")
	holds(t, page, "2016年11月30日及以前发放的暂住证", "二(四)", "居住 7 日以上的", "连续半年的医疗保险", "《福建省流动人口服务管理条例》")
	holds(t, b.page("/registration/new?city=370300"), "3 个工作日内")
	lacks(t, b.page("/registration/new?city=370300"), "earlier_evidence")
	key := keyOf(t, page)

	wrong := b.send("/registration", declaring(t, key, 1, "id_number", "123", "residence_street", "", "arrived_on_month", "2", "arrived_on_day", "30", "phone", "x", "declared", "",
		"child-1-name", "卢小满", "child-1-id_number", "110105194912310020"))
	wrong.shows(t, 422, "请填写 18 位公民身份号码", "请选择您居住的街道或乡镇", "没有这一天", "请填写 11 位手机号码", "请先阅读并勾选声明", "请选择孩子与您的关系", `href="#county-street"`, `href="#child-1-relation"`, `value="卢晓梅"`, `value="卢小满"`, `value="30"`)
	b.send("/registration", declaring(t, key, 1, "hukou_show", "county")).shows(t, 200, "卢晓梅")
	b.send("/registration", declaring(t, key, 1, "hukou_province", "350000", "hukou_prefecture", "350600", "hukou_county", "350603")).shows(t, 422, "不属于流动人口")
	if n := len(c.own(phone)); n != 0 {
		t.Fatalf("wrong forms made %d registrations", n)
	}

	form := declaring(t, key, 1, "child-2-name", "卢小满", "child-2-relation", "child", "child-2-sex", "female", "child-2-born_year", "2022", "child-2-born_month", "2", "child-2-born_day", "28")
	b.send("/registration", form).goes(t, "/registration")
	b.send("/registration", form).goes(t, "/registration") // the second of two taps
	b.send("/registration", declaring(t, key, 1)).shows(t, 409)
	list := c.own(phone)
	if len(list) != 2 || list[0].State != permit.RegistrationDeclared || list[1].Household != list[0].ID || list[1].Particulars.Child.Relation != "child" || list[1].Source != "portal" {
		t.Fatalf("%+v", list)
	}
	b.send("/registration", declaring(t, office.NewKey(), 1)).shows(t, 422, "已有一份申报在等核实")
	number := list[0].Number
	holds(t, b.page("/registration"), number, "待核实", "撤回申报")
	b.visit("/registration/"+number+"/receipt").goes(t, "/registration")

	c.confirms(number, office.RegistrationConfirmation{IdentitySeen: true})
	page = b.page("/registration")
	holds(t, page, "有效", "满半年的日期", "2027年5月24日", "/registration/"+number+"/receipt")
	lacks(t, page, form.Get("id_number"))
	sent, err := c.house.Office.MessagesTo(t.Context(), phone)
	if err != nil || sent[0].Kind != "registered" || sent[0].Args["Number"] != number {
		t.Errorf("%+v, %v", sent, err)
	}
	for _, path := range []string{"/receipt", "/receipt?paper=80"} {
		receipt := b.page("/registration/" + number + path)
		holds(t, receipt, "居住登记凭证", number, "卢*梅", "2026年11月24日", "从 2027年5月24日 起可以申领", "陈晓岚", "延安北路", `class="qr`)
		lacks(t, receipt, form.Get("id_number"), "卢晓梅", phone)
		if english := b.page("/registration/" + number + path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=en"); strings.Contains(english, "registration.") {
			t.Error("a key instead of words")
		}
		b.page("/registration?lang=zh")
	}
	stranger := c.browser()
	code := credential.TokenText(origin, list[0].Token)
	stranger.send("/verify", url.Values{"code": {code}}).shows(t, 200, "这是居住登记凭证上的二维码，不是居住证", "有效", "卢*梅", number)
	opened := stranger.page("/V/" + code[strings.LastIndex(code, "/")+1:])
	holds(t, opened, "居住登记凭证", "有效")
	lacks(t, opened, "卢晓梅", "延安北路", form.Get("id_number"), phone)

	other := c.browser().signIn("13800138009")
	other.visit("/registration/"+number+"/receipt").shows(t, 404)
	other.send("/registration/"+number+"/end", url.Values{}).shows(t, 404)

	ends := func(day string) url.Values {
		return url.Values{"ended_on_year": {"2026"}, "ended_on_month": {"11"}, "ended_on_day": {day}}
	}
	b.send("/registration/"+number+"/end", ends("25")).shows(t, 422, "搬离日期不能在今天之后", `value="25"`)
	b.send("/registration/"+number+"/end", ends("31")).shows(t, 422, "没有这一天")
	b.send("/registration/"+number+"/end", ends("24")).goes(t, "/registration")
	b.send("/registration/"+number+"/end", ends("24")).goes(t, "/registration")
	for _, one := range c.own(phone) {
		if one.State != permit.RegistrationEnded || one.EndedFor != permit.EndMovedAway {
			t.Errorf("%s: %s %s", one.Particulars.Name, one.State, one.EndedFor)
		}
	}
	holds(t, b.page("/registration/"+number+"/receipt"), "已于 2026年11月24日 结束")
	holds(t, stranger.page("/V/"+code[strings.LastIndex(code, "/")+1:]), "已结束")
	entries := b.page("/access-log")
	holds(t, entries, "申报了居住登记", "核实并登记了居住", "结束了居住登记")
}

// TestTwoTapsMakeOneDeclaration at the same instant.
func TestTwoTapsMakeOneDeclaration(t *testing.T) {
	c, _ := settling(t)
	b := c.browser().signIn(phone)
	form := declaring(t, office.NewKey(), 3, "child-1-name", "卢小满", "child-1-relation", "child", "child-1-sex", "male", "child-1-born_year", "2023", "child-1-born_month", "5", "child-1-born_day", "5")
	var wait sync.WaitGroup
	for range 4 {
		one := &browser{b.counter, map[string]string{}}
		for name, value := range b.jar {
			one.jar[name] = value
		}
		wait.Go(func() { one.send("/registration", form) })
	}
	wait.Wait()
	if n := len(c.own(phone)); n != 2 {
		t.Errorf("%d registrations, want a person and a child", n)
	}
}

// TestMovingWithinTheCity: the new registration ends the old one and goes on counting.
func TestMovingWithinTheCity(t *testing.T) {
	c, made := settling(t, "zz.registered")
	s := scene.SettlerOf("zz.registered")
	b := c.browser().signIn(s.Phone)
	form := declaring(t, office.NewKey(), 1, "name", s.Name, "id_number", s.ID, "hukou_province", "330000", "hukou_prefecture", "330300", "hukou_county", "330302", "phone", s.Phone)
	same := with(form, "detail", s.Declaration(civic.MustDate("2026-11-24")).Detail)
	b.send("/registration", same).shows(t, 422, "已经登记在这个地址")
	b.send("/registration", form).goes(t, "/registration")
	list := c.own(s.Phone)
	c.confirms(list[0].Number, office.RegistrationConfirmation{IdentitySeen: true})
	list = c.own(s.Phone)
	if len(list) != 2 || list[0].Since != made["zz.registered"].DeclaredOn || list[0].On != c.house.Office.Today() || list[1].EndedFor != permit.EndMovedElsewhere {
		t.Fatalf("%+v", list)
	}
	holds(t, b.page("/registration"), "连续居住起算日", "2026年5月27日", "还有 3 天", "搬到本市另一处")
	b.send("/registration/"+list[1].Number+"/end", url.Values{}).goes(t, "/registration") // ended already: nothing to do
}

// TestTheHalfYearIsToldOnce by the daily job: on its day, not again, and not to somebody who has applied.
func TestTheHalfYearIsToldOnce(t *testing.T) {
	c, _ := settling(t, "zz.registered", "zz.settled", "zz.window")
	ctx := t.Context()
	told := func(key string) (n int) {
		sent, err := c.house.Office.MessagesTo(ctx, scene.SettlerOf(key).Phone)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sent {
			if m.Kind == "half_year" {
				n++
			}
		}
		return n
	}
	run := func() {
		t.Helper()
		for range 2 {
			if _, err := c.house.Office.Daily(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	run()
	if n := told("zz.registered"); n != 0 {
		t.Fatalf("told %d times three days early", n)
	}
	c.house.Clock.Set(c.house.Clock.Now().AddDate(0, 0, 3))
	run()
	c.house.Clock.Set(c.house.Clock.Now().AddDate(0, 0, 1))
	run()
	if n := told("zz.registered"); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
	if told("zz.settled")+told("zz.window") != 0 {
		t.Error("told somebody whose day passed long ago, or who has no account")
	}
}

// TestClaimingARegistration: both numbers, once, and tries are counted.
func TestClaimingARegistration(t *testing.T) {
	c, made := settling(t, "zz.window")
	s, r := scene.SettlerOf("zz.window"), made["zz.window"]
	b := c.browser().signIn(s.Phone)
	if len(c.own(s.Phone)) != 0 {
		t.Fatal("a phone that was typed at a window opened a registration")
	}
	b.send("/registration/claim", url.Values{"number": {"x"}, "id_number": {""}}).shows(t, 422, "请填写凭证编号", "请填写 18 位公民身份号码")
	b.send("/registration/claim", url.Values{"number": {r.Number}, "id_number": {number(t, 1)}}).shows(t, 422, "没有找到这份登记", `value="`+r.Number+`"`)
	b.send("/registration/claim", url.Values{"number": {strings.ToLower(r.Number)}, "id_number": {s.ID}}).goes(t, "/registration")
	b.send("/registration/claim", url.Values{"number": {r.Number}, "id_number": {s.ID}}).goes(t, "/registration")
	holds(t, b.page("/registration"), r.Number)
	other := c.browser().signIn("13800138009")
	other.send("/registration/claim", url.Values{"number": {r.Number}, "id_number": {s.ID}}).shows(t, 422, "没有找到这份登记")
	var last answer
	for range 40 {
		last = other.send("/registration/claim", url.Values{"number": {r.Number}, "id_number": {number(t, 1)}})
	}
	if last.status != 429 {
		t.Errorf("the fortieth guess is answered with %d", last.status)
	}
}

// TestSomebodyElsesNumber: a declaration with a number that is not one's own shows nothing of its owner and does not keep the owner from
// declaring; the station confirms one of them.
func TestSomebodyElsesNumber(t *testing.T) {
	c, _ := settling(t, "zz.settled")
	s := scene.SettlerOf("zz.settled")
	b := c.browser().signIn(phone)
	b.send("/registration", declaring(t, office.NewKey(), 1, "id_number", s.ID)).goes(t, "/registration")
	page := b.page("/registration")
	holds(t, page, "卢晓梅")
	lacks(t, page, s.Name, "新华路", s.Phone)
	owner := c.browser().signIn(s.Phone)
	owner.send("/registration", declaring(t, office.NewKey(), 1, "id_number", s.ID, "name", s.Name)).goes(t, "/registration")
	if list := c.own(s.Phone); len(list) != 2 || list[0].Particulars.Name != s.Name {
		t.Errorf("%+v", list)
	}
	holds(t, owner.page("/registration"), s.Name)
	if err := c.house.Office.EndOwnRegistration(t.Context(), scene.Played{Account: office.Account{ID: office.NewKey()}}.Citizen(), c.own(s.Phone)[0].Number, c.house.Office.Today()); !errors.Is(err, office.ErrNotFound) {
		t.Errorf("a stranger ended it: %v", err)
	}
}

// TestTheRecordAnswersForTheApplicant: the date of a registration that counts is taken from it and not asked; one that has ended no longer counts;
// somebody else's number brings nothing.
func TestTheRecordAnswersForTheApplicant(t *testing.T) {
	c, made := settling(t, "zz.settled", "zz.registered")
	s, r := scene.SettlerOf("zz.settled"), made["zz.settled"]
	b := c.browser().signIn(s.Phone)
	holds(t, b.page("/eligibility?city=350600"), "来自您的居住登记 "+r.Number, `value="2026"`)
	lacks(t, c.browser().page("/eligibility?city=350600"), r.Number)
	forms := zhangzhouForms(t, s.Name, 1)
	forms[0].form = with(forms[0].form, "id_number", s.ID)
	forms[1].form = url.Values{"hukou_province": {"320000"}, "hukou_prefecture": {"320300"}, "hukou_county": {"320302"}}
	b.begin(scene.Zhangzhou, forms, "stay")
	page := b.page("/apply/stay")
	holds(t, page, "来自居住登记 "+r.Number, "不用交登记凭证", "2026年3月24日")
	lacks(t, page, "registered_on_year")
	b.send("/apply/stay", url.Values{"workplace": {""}, "registered_on_year": {"2020"}, "registered_on_month": {"1"}, "registered_on_day": {"1"}}).goes(t, "/apply/grounds")
	b.send("/apply/grounds", url.Values{"grounds": {"employment"}}).goes(t, "/apply/evidence")
	b.attach("/apply/evidence", "labour_contract", "contract.jpg", scene.Photo()).goes(t, "/apply/evidence")
	check := b.page("/apply/check")
	holds(t, check, "来自居住登记 "+r.Number, "2026年3月24日")
	sent := b.send("/apply/submission", sending(keyOf(t, check)))
	reference := strings.TrimPrefix(sent.to, "/applications/")
	officer, err := c.house.Actor(t.Context(), "zz.accept")
	if err != nil {
		t.Fatal(err)
	}
	file, err := c.house.Office.CaseFile(t.Context(), officer, reference)
	if err != nil || file.Application.Particulars.RegisteredOn != r.DeclaredOn || file.Application.Particulars.AgreesWith(file.Record) != permit.FromRecord {
		t.Fatalf("%+v %+v %v", file.Application.Particulars, file.Record, err)
	}
	if err := c.house.Office.EndOwnRegistration(t.Context(), scene.Played{Account: office.Account{ID: file.Application.Account}}.Citizen(), r.Number, c.house.Office.Today()); err != nil {
		t.Fatal(err)
	}
	if file, err = c.house.Office.CaseFile(t.Context(), officer, reference); err != nil || file.Application.Particulars.AgreesWith(file.Record) != permit.EndedSince {
		t.Errorf("after the end: %+v %v", file.Record, err)
	}

	early := scene.SettlerOf("zz.registered")
	b = c.browser().signIn(early.Phone)
	forms[0].form = with(forms[0].form, "id_number", early.ID)
	b.begin(scene.Zhangzhou, forms, "stay")
	b.send("/apply/stay", url.Values{}).shows(t, 422, "登记还不满半年", `href="#registered_on"`)

	stranger := c.browser().signIn("13800138009")
	stranger.begin(scene.Zhangzhou, forms, "stay")
	lacks(t, stranger.page("/apply/stay"), made["zz.registered"].Number)
	holds(t, stranger.page("/apply/stay"), "registered_on_year")
}
