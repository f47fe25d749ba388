package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// asked opens a portal for somebody who has been told what is missing, and signs that person in.
func asked(t *testing.T, key string) (counter, scene.Played, *browser) {
	t.Helper()
	c, _ := open(t, true, "zz.issued") // a house with staff, and somebody else in it
	p, err := c.house.PlayCourse(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return c, p, c.browser().signIn(p.Phone)
}

// supplementForm is the hidden part of the page with the answers as they stand.
func (b *browser) supplementForm(p scene.Played, pairs ...string) url.Values {
	b.t.Helper()
	page := b.page("/applications/" + p.Reference + "/supplement")
	_, rest, _ := strings.Cut(page, `name="version" value="`)
	version, _, _ := strings.Cut(rest, `"`)
	form := residenceForm(p.City)
	form.Set("detail", "胜利路 18 号 3 栋 502 室")
	form.Set("key", keyOf(b.t, page))
	form.Set("version", version)
	form.Set("do", "send")
	return with(form, pairs...)
}

func (c counter) progress(p scene.Played) office.Progress {
	c.t.Helper()
	progress, err := c.house.Office.Application(c.t.Context(), p.Citizen(), p.Reference)
	if err != nil {
		c.t.Fatal(err)
	}
	return progress
}

func TestTheApplicantSuppliesEverythingAtOnce(t *testing.T) {
	c, p, b := asked(t, "zz.to_supplement")
	path := "/applications/" + p.Reference
	holds(t, b.page(path), "待补正", "劳动合同：看不清楚", "请把签字页重新拍一张", "详细地址：填写不清楚或不完整", "最好在 2026年12月3日", `href="`+path+`/supplement"`)
	page := b.page(path + "/supplement")
	holds(t, page, `name="detail" type="text" value="胜利路 18 号 3 栋 502 室"`, "还缺", `value="`+civic.Communities(p.City.Street)[0].Code+`" selected`)
	lacks(t, page, `name="id_number"`, `name="registered_on_year"`, `name="grounds"`, `name="hukou_province"`) // nobody asked about them

	b.send(path+"/supplement", b.supplementForm(p)).shows(t, 422, "这一项还没有改", `href="#detail"`, "还有材料没有补传", `href="#evidence"`)
	b.send(path+"/supplement", b.supplementForm(p, "detail", "")).shows(t, 422, `href="#detail"`)
	long := strings.Repeat("我", 10_000)
	b.send(path+"/supplement", b.supplementForm(p, "words", long)).shows(t, 422, "说明最多 300 字", long)

	form := b.supplementForm(p, "detail", "胜利路 18 号 3 栋 2 单元 502 室", "do", "upload")
	b.send(path+"/supplement", form).goes(t, path+"/evidence")
	b.attach(path+"/evidence", "labour_contract", "old.jpg", scene.Photo()).goes(t, path+"/supplement") // the very same picture is no supplement
	holds(t, b.page(path+"/supplement"), "还缺", "2 单元")
	b.attach(path+"/evidence", "labour_contract", "new.png", picturePNG(t, 300)).goes(t, path+"/supplement")
	page = b.page(path + "/supplement")
	holds(t, page, "已补传", `value="胜利路 18 号 3 栋 2 单元 502 室"`) // what was typed before the upload is still there
	lacks(t, page, "还缺")

	form = b.supplementForm(p, "detail", "胜利路 18 号 3 栋 2 单元 502 室")
	form.Set("name", "别人") // of a step that nobody asked about
	form.Set("id_number", number(t, 77))
	b.send(path+"/supplement", form).goes(t, path)
	page = b.page(path)
	holds(t, page, "已提交补正", "预申请待受理", "2026年11月24日")
	lacks(t, page, "2026年12月3日", path+"/supplement")
	b.send(path+"/supplement", form).goes(t, path) // the second of two taps
	progress := c.progress(p)
	if n := progress.Course.Notices[0]; n.Supplement == nil || len(progress.Events) != 3 || progress.Application.Particulars.Name != p.Name || progress.Application.Particulars.Detail != "胜利路 18 号 3 栋 2 单元 502 室" {
		t.Errorf("%+v %d events", progress.Application.Particulars, len(progress.Events))
	}
	if e := progress.Events[2]; e.Verb != permit.VerbSupplement || e.Counter != "portal" || e.By.ID != "" {
		t.Errorf("%+v", e)
	}
	b.send(path+"/supplement", with(form, "key", office.NewKey())).goes(t, path) // long answered: told, and nothing is done
	holds(t, b.page(path), "派出所刚刚更新了这份申请")
	b.visit(path+"/supplement").goes(t, path)
	if n := len(c.progress(p).Events); n != 3 {
		t.Errorf("%d events", n)
	}
}

func TestASupplementInReviewStartsTheClockAgain(t *testing.T) {
	c, p, b := asked(t, "zb.to_supplement")
	path := "/applications/" + p.Reference
	page := b.page(path)
	holds(t, page, "办理期限暂停计算", "社会保险")
	lacks(t, page, "承诺于")
	before := c.progress(p).Application
	b.attach(path+"/evidence", "social_insurance_record", "record.png", picturePNG(t, 310)).goes(t, path+"/supplement")
	holds(t, b.page(path+"/supplement?lang=en"), "Supplement your application", "Employer or school: not clear")
	b.page(path + "/supplement?lang=zh")
	form := b.supplementForm(p, "intends", "yes", "tier", "permit_3y", "workplace", "淄博市张店区宏远机械厂", "words", "")
	b.send(path+"/supplement", form).goes(t, path)
	a := c.progress(p).Application
	if a.State != permit.InReview || a.Paused() || !a.StatutoryBy.After(before.StatutoryBy) || a.Particulars.Workplace != "淄博市张店区宏远机械厂" {
		t.Errorf("%+v", a)
	}
	holds(t, b.page(path), "承诺于")
}

func TestASupplementIsOnesOwn(t *testing.T) {
	c, p, b := asked(t, "zz.to_supplement")
	path := "/applications/" + p.Reference + "/supplement"
	form := b.supplementForm(p, "detail", "别处 1 号")
	other := c.browser().signIn(scene.PersonOf("zz.issued").Phone)
	for _, a := range []answer{other.visit(path), other.send(path, form), b.send("/applications/3506-0000-0000/supplement", form), b.visit("/applications/x/supplement")} {
		if a.status != http.StatusNotFound {
			t.Errorf("%d to %q", a.status, a.to)
		}
	}
	if a := c.browser().visit(path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") {
		t.Errorf("without sign-in: %d to %q", a.status, a.to)
	}
	if a := b.send(path, with(form, "key", "twice")); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a key that is none: %d", a.status)
	}
	b.send(path, with(form, "version", "1")).shows(t, 422, "刚才情况有变化", `value="别处 1 号"`)
	if n := len(c.progress(p).Events); n != 2 {
		t.Errorf("%d events", n)
	}
}

func TestTwoTapsMakeOneSupplement(t *testing.T) {
	c, p, b := asked(t, "zz.to_supplement")
	path := "/applications/" + p.Reference
	b.attach(path+"/evidence", "labour_contract", "new.png", picturePNG(t, 300)).goes(t, path+"/supplement")
	form := b.supplementForm(p, "detail", "胜利路 18 号 3 栋 2 单元 502 室")
	var wait sync.WaitGroup
	for range 3 {
		tab := &browser{b.counter, map[string]string{}}
		for name, value := range b.jar {
			tab.jar[name] = value
		}
		wait.Go(func() {
			if a := tab.send(path+"/supplement", form); a.status != 303 || a.to != path {
				t.Errorf("%d to %q", a.status, a.to)
			}
		})
	}
	wait.Wait()
	if n := len(c.progress(p).Events); n != 3 {
		t.Errorf("%d events", n)
	}
}

func TestAChangedAddressFindsItsStation(t *testing.T) {
	c, p, b := asked(t, "zz.to_supplement")
	path := "/applications/" + p.Reference
	b.attach(path+"/evidence", "labour_contract", "new.png", picturePNG(t, 300)).goes(t, path+"/supplement")
	street := p.City.OtherStreet
	form := b.supplementForm(p, "residence_street", street, "residence_community", civic.Communities(street)[0].Code, "detail", "新浦路 1 号")
	b.send(path+"/supplement", form).goes(t, path)
	if a := c.progress(p).Application; a.Station != "S"+street {
		t.Errorf("the case stays at %s", a.Station)
	}
	other, err := c.house.Actor(t.Context(), "zz.other")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.house.Office.CaseFile(t.Context(), other, p.Reference); err != nil {
		t.Errorf("the station of the new address does not see it: %v", err)
	}
	old, _ := c.house.Actor(t.Context(), "zz.accept")
	if _, err := c.house.Office.CaseFile(t.Context(), old, p.Reference); err == nil {
		t.Error("the station of the old address still does")
	}
}

func TestTheCalendarMayEndBeforeASupplement(t *testing.T) {
	c, p, b := asked(t, "zb.to_supplement")
	path := "/applications/" + p.Reference
	b.attach(path+"/evidence", "social_insurance_record", "record.png", picturePNG(t, 310)).goes(t, path+"/supplement")
	c.house.Clock.Set(civic.MustDate("2031-03-03").Start())
	b = c.browser().signIn(p.Phone)
	form := b.supplementForm(p, "intends", "yes", "tier", "permit_3y", "workplace", "宏远机械厂")
	b.send(path+"/supplement", form).shows(t, 422, "节假日安排还没有公布", `value="宏远机械厂"`)
	if a := c.progress(p).Application; !a.Paused() {
		t.Error("the clock runs without a deadline")
	}
}

func TestTrackSaysWhatIsMissingAndNothingOfThePerson(t *testing.T) {
	c, p, _ := asked(t, "zz.to_supplement")
	status, page, _ := c.post("/track", url.Values{"reference": {p.Reference}, "id_number": {p.ID}})
	if status != 200 {
		t.Fatal(status)
	}
	holds(t, page, "待补正", "劳动合同：看不清楚", "最好在 2026年12月3日", "补正")
	lacks(t, page, "签字页", p.Name, p.Phone, "胜利路")
	log, err := c.house.Office.AccessLog(t.Context(), access.Actor{Kind: access.Citizen, ID: p.Account.ID})
	if err != nil || len(log) == 0 {
		t.Error(err)
	}
}
