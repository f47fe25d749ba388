package portal_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/office"
	"anju/server/scene"
)

func sending(key string) url.Values { return url.Values{"declared": {"yes"}, "key": {key}} }

// TestSendingTwiceIsSendingOnce taps twice at the same moment, goes back, and sends the old form again.
func TestSendingTwiceIsSendingOnce(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	key := b.ready("欧阳𠮷", 31)
	b.send("/apply/submission", url.Values{"key": {key}}).shows(t, 422, "请先阅读并勾选声明", `href="#declared"`, `value="`+key+`"`)
	b.send("/apply/submission", with(sending(key), "key", "1")).shows(t, 422)

	var taps sync.WaitGroup
	places := make([]string, 4)
	for i := range places {
		taps.Go(func() {
			req := httptest.NewRequest("POST", "/apply/submission", strings.NewReader(sending(key).Encode()))
			req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
			req.AddCookie(&http.Cookie{Name: "anju_citizen", Value: b.jar["anju_citizen"]})
			res, err := b.app.Test(req, 20_000)
			if err != nil {
				t.Error(err)
				return
			}
			places[i] = res.Header.Get("Location")
			res.Body.Close()
		})
	}
	taps.Wait()
	at := places[0]
	if !strings.HasPrefix(at, "/applications/3506-") {
		t.Fatalf("sent to %q", places)
	}
	for _, place := range places {
		if place != at {
			t.Errorf("the taps lead to %q", places)
		}
	}
	again := b.send("/apply/submission", sending(key))
	again.goes(t, at)
	holds(t, b.page(at), "预申请已提交", strings.TrimPrefix(at, "/applications/"), "下一步")
	lacks(t, b.page(at), "预申请已提交") // said once
	holds(t, b.page(at+"/slip"), "受理后告知")

	// Back: the pages of the draft are no longer there, and say what is.
	for _, path := range []string{"/apply/check", "/apply/identity", "/apply/evidence"} {
		b.visit(path).goes(t, "/apply")
	}
	holds(t, b.page("/apply"), "您在漳州市已有一份申请", `href="`+at+`"`)
	b.send("/apply/identity", url.Values{"name": {"别的名字"}}).goes(t, "/apply")
	b.send("/apply/submission", with(sending(key), "declared", "no")).shows(t, 409) // the same key, another form
	b.send("/apply/submission", sending(office.NewKey())).goes(t, "/apply")

	// A key tells another citizen nothing.
	if a := c.browser().signIn(otherPhone).send("/apply/submission", sending(key)); a.to != "/apply" {
		t.Errorf("another citizen is sent to %q", a.to)
	}

	// Also with a new draft begun, the old form leads to what was sent with it, and sends nothing.
	b.begin(scene.Zibo, nil, "")
	b.send("/apply/submission", sending(key)).goes(t, at)
	holds(t, b.page("/account"), "淄博市的申请还没有填完", strings.TrimPrefix(at, "/applications/"))
	if n := strings.Count(b.page("/account"), `href="/applications/`); n != 1 {
		t.Errorf("%d applications", n)
	}
}

func TestSecondApplicationIsRefusedInWords(t *testing.T) {
	c, played := open(t, true, "zz.in_review", "zz.issued")
	for key, p := range played {
		forms := zhangzhouForms(t, p.Name, 32)
		forms[0].form.Set("id_number", p.ID)
		b := c.browser().signIn(p.Phone).begin(scene.Zhangzhou, forms, "")
		b.attach("/apply/evidence", "labour_contract", "contract.jpg", scene.Photo())
		sent := keyOf(t, b.page("/apply/check"))
		a := b.send("/apply/submission", sending(sent))
		a.shows(t, 422, "您已有一份申请正在办理，或已有有效的居住证", `href="#declared"`)
		holds(t, b.page("/account"), p.Reference, "漳州市的申请还没有填完")
		if n := strings.Count(b.page("/account"), `href="/applications/`); n != 1 {
			t.Errorf("%s: %d applications", key, n)
		}
	}
	// A stranger who types the number of somebody else learns no reference.
	forms := zhangzhouForms(t, "罗小兰", 33)
	forms[0].form.Set("id_number", played["zz.in_review"].ID)
	b := c.browser().signIn(phone).begin(scene.Zhangzhou, forms, "")
	b.attach("/apply/evidence", "labour_contract", "contract.jpg", scene.Photo())
	a := b.send("/apply/submission", sending(keyOf(t, b.page("/apply/check"))))
	lacks(t, a.page, played["zz.in_review"].Reference, played["zz.in_review"].Name)
	b.visit("/applications/"+played["zz.in_review"].Reference).shows(t, 404)
}

// TestSessionEndsBeforeSending loses neither the answers nor the way.
func TestSessionEndsBeforeSending(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	key := b.ready("罗小兰", 34)
	c.house.Clock.Add(16 * time.Minute)
	b.send("/apply/submission", sending(key)).goes(t, "/sign-in?next=%2Fapply%2Fcheck")
	b.send("/sign-in", url.Values{"phone": {phone}, "next": {"/apply/check"}})
	b.send("/sign-in/code", url.Values{"code": {c.codeFor(phone)}, "next": {"/apply/check"}}).goes(t, "/apply/check")
	holds(t, b.page("/apply/check"), "罗小兰", number(t, 34), "延安北路 27 号 2 栋 1501 室", "2026年3月15日", "新华针织厂", "劳动合同")
	if a := b.send("/apply/submission", sending(key)); !strings.HasPrefix(a.to, "/applications/") {
		t.Errorf("%d to %q", a.status, a.to)
	}
}

// TestChangeComesBackToTheCheck changes one answer from the last page.
func TestChangeComesBackToTheCheck(t *testing.T) {
	c, _ := open(t, true, "zz.issued")
	b := c.browser().signIn(phone)
	b.ready("罗小兰", 35)
	holds(t, b.page("/apply/check"), `href="/apply/residence?return=check"`)
	page := b.page("/apply/residence?return=check")
	holds(t, page, `name="return" value="check"`, `href="/apply/check"`)
	form := with(residenceForm(scene.Zhangzhou), "detail", "元光南路 3 号", "return", "check")
	b.send("/apply/residence", with(form, "detail", "")).shows(t, 422, `name="return" value="check"`)
	b.send("/apply/residence", form).goes(t, "/apply/check")
	holds(t, b.page("/apply/check"), "元光南路 3 号")
	b.send("/apply/grounds", url.Values{"grounds": {"schooling"}, "return": {"check"}}).goes(t, "/apply/evidence") // which has become open
}
