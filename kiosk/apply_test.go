package kiosk_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"anju/kiosk/device"
	"anju/server/civic"
	"anju/server/scene"
)

func unbase64(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }

// typesIdentity begins a draft in the person's city and types who applies.
func typesIdentity(p *person, who scene.Person) {
	p.t.Helper()
	p.goes("/kiosk/apply/identity", "/kiosk/apply", "city", who.City.Jurisdiction)
	p.goes("/kiosk/apply/hukou", "/kiosk/apply/identity", "name", who.Name, "id_number", who.ID, "ethnic_group", who.Ethnic)
}

// answersTheRest goes from the household registration to the check page.
func answersTheRest(p *person, who scene.Person, phone string) {
	p.t.Helper()
	path := civic.DivisionPath(who.Hukou)
	p.goes("/kiosk/apply/residence", "/kiosk/apply/hukou", "hukou_province", path[0].Code, "hukou_prefecture", path[1].Code, "hukou_county", who.Hukou)
	p.goes("/kiosk/apply/stay", "/kiosk/apply/residence", "residence_county", who.City.County, "residence_street", who.City.Street,
		"residence_community", civic.Communities(who.City.Street)[0].Code, "detail", "18 号 3 栋 502 室")
	if who.City == scene.Zhangzhou {
		p.goes("/kiosk/apply/grounds", "/kiosk/apply/stay", "registered_on_year", "2026", "registered_on_month", "2", "registered_on_day", "10")
		p.goes("/kiosk/apply/phone", "/kiosk/apply/grounds", "grounds", "employment")
	} else {
		p.goes("/kiosk/apply/phone", "/kiosk/apply/stay", "intends", "yes", "tier", "permit_1y") // it needs no ground
	}
	p.goes("/kiosk/apply/code", "/kiosk/apply/phone", "phone", phone)
	p.get("/kiosk/apply/code", 200)
	p.goes("/kiosk/apply/check", "/kiosk/apply/code", "code", p.code(phone))
}

var keyField = regexp.MustCompile(`name="key" value="([^"]+)"`)

func keyOf(t *testing.T, body string) string {
	t.Helper()
	found := keyField.FindStringSubmatch(body)
	if found == nil {
		t.Fatal("no key on the page")
	}
	return found[1]
}

var referenceForm = regexp.MustCompile(`[0-9]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

func TestPreApplicationByCard(t *testing.T) {
	h := open(t)
	for _, who := range []scene.Person{scene.Cards()[0], scene.Cards()[1]} {
		p := h.begins("apply")
		p.goes("/kiosk/apply/identity", "/kiosk/apply", "city", who.City.Jurisdiction)
		has(t, p.get("/kiosk/apply/identity", 200).body, `data-agent="http://127.0.0.1:18650"`, "手工填写")
		nonce, read := p.lays(cardOf(who), nil)
		p.goes("/kiosk/apply/identity", "/kiosk/apply/card", "nonce", nonce, "read", read)
		identity := p.get("/kiosk/apply/identity", 200).body
		has(t, identity, who.Name, civic.CitizenID(who.ID).Masked(), `href="/kiosk/apply/hukou"`)
		hasNot(t, identity, who.ID)
		answersTheRest(p, who, who.Phone)
		check := p.get("/kiosk/apply/check", 200).body
		has(t, check, who.Name, civic.CitizenID(who.ID).Masked(), "由身份证读取", civic.MaskPhone(who.Phone), "18 号 3 栋 502 室")
		hasNot(t, check, who.ID, who.Phone)
		key := keyOf(t, check)

		undeclared := p.post("/kiosk/apply/submission", 422, "key", key).body
		has(t, undeclared, "勾选声明", key)
		p.goes("/kiosk/slip", "/kiosk/apply/submission", "key", key, "declared", "yes")
		p.goes("/kiosk/slip", "/kiosk/apply/submission", "key", key, "declared", "yes") // the second of two taps
		slip := p.get("/kiosk/slip", 200).body
		reference := referenceForm.FindString(slip)
		has(t, slip, civic.MaskName(who.Name), `class="qr"`, "派出所")
		next, evidence := "等待", `<span class="piece">/`+reference+`</span><wbr><span class="piece">/evidence`
		if who.City == scene.Zhangzhou {
			has(t, slip, evidence)
			next = "还缺证明材料"
		} else {
			hasNot(t, slip, evidence)
		}
		hasNot(t, slip, who.ID, who.Phone, ">"+who.Name+"<")
		has(t, p.get("/kiosk/slip/print", 200).body, reference, "凭条", civic.MaskName(who.Name))
		if a := p.get("/kiosk/apply/check", 303); a.to != "/kiosk/slip" { // Back after sending
			t.Error("back leads to", a.to)
		}

		// Nobody but the visit sees the slip; whoever has both numbers sees the progress.
		other := h.begins("apply")
		other.get("/kiosk/slip", 303)
		p.post("/kiosk/end", 303)
		p.get("/kiosk/slip", 303)
		follows := h.begins("progress")
		follows.goes("/kiosk/progress/case", "/kiosk/progress", "reference", reference, "id_number", who.ID)
		has(t, follows.get("/kiosk/progress/case", 200).body, reference, civic.MaskName(who.Name), next)
	}
}

func TestPreApplicationTyped(t *testing.T) {
	h := open(t)
	who := scene.PersonOf("zz.kiosk") // 吴𠮷, a character of the second plane
	p := h.begins("apply")
	typesIdentity(p, who)
	answersTheRest(p, who, "13950600031")
	check := p.get("/kiosk/apply/check", 200).body
	has(t, check, who.Name)
	hasNot(t, check, "由身份证读取")
	p.goes("/kiosk/slip", "/kiosk/apply/submission", "key", keyOf(t, check), "declared", "yes")
	p.get("/kiosk/slip", 200)

	// The same person again: refused, and the reference of the other application is not told.
	again := h.begins("apply")
	typesIdentity(again, who)
	answersTheRest(again, who, "13950600032")
	body := again.post("/kiosk/apply/submission", 422, "key", keyOf(t, again.get("/kiosk/apply/check", 200).body), "declared", "yes").body
	has(t, body, "在办的申请")
	hasNot(t, body, referenceForm.FindString(p.get("/kiosk/slip", 200).body))
}

func TestCardReadsThatAreNotBelieved(t *testing.T) {
	h := open(t)
	who := scene.Cards()[0]
	p := h.begins("apply")
	p.goes("/kiosk/apply/identity", "/kiosk/apply", "city", who.City.Jurisdiction)
	refused := func(name, nonce, read, words string) {
		t.Helper()
		body := p.post("/kiosk/apply/card", 422, "nonce", nonce, "read", read).body
		if !strings.Contains(body, words) {
			t.Errorf("%s: %s", name, plain(body))
		}
		hasNot(t, body, who.ID, who.Name)
	}
	const untrusted = "没有通过核对"

	nonce, read := p.lays(cardOf(who), nil)
	raw, _ := unbase64(read)
	raw[len(raw)/2] ^= 1
	refused("forged", nonce, base64.RawURLEncoding.EncodeToString(raw), untrusted)
	refused("nonce struck out by the forged read", nonce, read, untrusted)

	nonce, _ = p.lays(cardOf(who), nil)
	_, other := p.lays(cardOf(who), nil)
	refused("made for another nonce", nonce, other, untrusted)

	nonce, read = p.lays(cardOf(who), func(r *device.Read) { r.At = r.At.Add(-3 * time.Minute) })
	refused("old", nonce, read, untrusted)
	nonce, read = p.lays(cardOf(who), func(r *device.Read) { r.Nonce = make([]byte, 32) })
	refused("without our nonce", nonce, read, untrusted)
	refused("no read at all", nonce, "", untrusted)
	refused("nothing", "", "", untrusted)

	stranger := h.begins("apply")
	stranger.goes("/kiosk/apply/identity", "/kiosk/apply", "city", who.City.Jurisdiction)
	nonce, read = stranger.lays(cardOf(who), nil)
	refused("nonce of another visit", nonce, read, untrusted)

	nonce, read = p.lays(cardOf(who), nil)
	h.Clock.Add(60 * time.Second)
	p.post("/kiosk/alive", 204)
	h.Clock.Add(61 * time.Second)
	refused("too late", nonce, read, untrusted)

	foreign := device.Card{Kind: device.HKMT, Name: "陈示例", Sex: civic.Male, Born: civic.MustDate("1985-06-12"), Address: "福建省", Number: "810000198506120032",
		Authority: "漳州市公安局", Pass: "H00000000", Issues: "01", From: civic.MustDate("2023-05-01"), To: civic.MustDate("2028-04-30")}
	nonce, read = p.lays(foreign, nil)
	refused("another document", nonce, read, "港澳台居民")

	nonce, read = p.lays(cardOf(who), nil)
	p.goes("/kiosk/apply/identity", "/kiosk/apply/card", "nonce", nonce, "read", read)
	has(t, p.post("/kiosk/apply/card", 422, "nonce", nonce, "read", read).body, untrusted) // sent twice
	has(t, p.get("/kiosk/apply/identity", 200).body, who.Name)                             // what was read well stays

	// A name that the chip writes with a private character: the rest is kept, the name is typed, and it counts as typed.
	rare := cardOf(who)
	rare.Name = "曾\ue863"
	nonce, read = p.lays(rare, nil)
	body := p.post("/kiosk/apply/card", 422, "nonce", nonce, "read", read).body
	has(t, body, "姓名只写汉字", who.ID)
	p.goes("/kiosk/apply/hukou", "/kiosk/apply/identity", "name", "曾䶮", "id_number", who.ID, "ethnic_group", who.Ethnic)
	hasNot(t, p.get("/kiosk/apply/identity", 200).body, "身份证已读好")
}

func TestWrongAnswersKeepWhatWasTyped(t *testing.T) {
	h := open(t)
	p := h.begins("apply")
	has(t, p.post("/kiosk/apply", 422, "city", "999999").body, "请选择您要办理的城市")
	p.goes("/kiosk/apply/identity", "/kiosk/apply", "city", scene.Zhangzhou.Jurisdiction)
	if a := p.get("/kiosk/apply/check", 303); a.to != "/kiosk/apply/identity" {
		t.Error("the check page before the answers:", a.to)
	}
	who := scene.PersonOf("zz.pre_applied")
	spoilt := who.ID[:17] + string('0'+(who.ID[17]-'0'+1)%10)
	body := p.post("/kiosk/apply/identity", 422, "name", who.Name, "id_number", spoilt, "ethnic_group", "01").body
	has(t, body, "与校验位不符", `value="`+spoilt+`"`, `value="`+who.Name+`"`, `<option value="01" selected`, "错误：")
	for number, words := range map[string]string{"130503670401001": "15 位", "１１０１０１199003070010": "半角", "": "18 位", strings.Repeat("1", 10_000): "18 位",
		"110101209003070013": "今天之后"} {
		if body := p.post("/kiosk/apply/identity", 422, "name", who.Name, "id_number", number, "ethnic_group", "01").body; !strings.Contains(body, words) {
			t.Errorf("%.20q: no %q", number, words)
		}
	}
	p.goes("/kiosk/apply/hukou", "/kiosk/apply/identity", "name", who.Name, "id_number", who.ID, "ethnic_group", "01")

	shown := p.post("/kiosk/apply/hukou", 200, "hukou_province", "350000", "hukou_show", "prefecture").body
	has(t, shown, "漳州市")
	has(t, p.post("/kiosk/apply/hukou", 422, "hukou_province", "350000").body, "县（市、区）")
	p.goes("/kiosk/apply/residence", "/kiosk/apply/hukou", "hukou_province", "510000", "hukou_prefecture", "510100", "hukou_county", "510107")
	city := who.City
	has(t, p.post("/kiosk/apply/residence", 422, "residence_county", city.County, "residence_street", city.Street, "detail", "18 号").body, "社区或村", `value="18 号"`)
	p.goes("/kiosk/apply/stay", "/kiosk/apply/residence", "residence_county", city.County, "residence_street", city.Street,
		"residence_community", civic.Communities(city.Street)[0].Code, "detail", "18 号")
	has(t, p.post("/kiosk/apply/stay", 422, "registered_on_year", "2026", "registered_on_month", "2", "registered_on_day", "30").body, "没有这一天", `value="30"`)
	has(t, p.post("/kiosk/apply/stay", 422, "registered_on_year", "2026", "registered_on_month", "10", "registered_on_day", "1").body, "不满半年")
	p.goes("/kiosk/apply/grounds", "/kiosk/apply/stay", "registered_on_year", "2026", "registered_on_month", "2", "registered_on_day", "3")
	has(t, p.post("/kiosk/apply/grounds", 422, "grounds", "beauty").body, "至少选择一项")
	p.goes("/kiosk/apply/phone", "/kiosk/apply/grounds", "grounds", "dwelling")

	has(t, p.post("/kiosk/apply/phone", 422, "phone", "12345").body, "11 位手机号码", `value="12345"`)
	p.goes("/kiosk/apply/code", "/kiosk/apply/phone", "phone", "139 5060 0041")
	wrong := "000000"
	if p.code("13950600041") == wrong {
		wrong = "000001"
	}
	has(t, p.post("/kiosk/apply/code", 422, "code", wrong).body, "验证码不对")
	if a := p.get("/kiosk/apply/check", 303); a.to != "/kiosk/apply/phone" {
		t.Error("the check page without a phone:", a.to)
	}
	p.goes("/kiosk/apply/check", "/kiosk/apply/code", "code", p.code("13950600041"))
	p.goes("/kiosk/apply/check", "/kiosk/apply/grounds", "grounds", "employment", "return", "check") // changed from the check page
	has(t, p.get("/kiosk/apply/phone", 200).body, "139****0041")

	// A household in the same city: the law says no, and the page says what would change it.
	p.goes("/kiosk/apply/check", "/kiosk/apply/hukou", "hukou_province", "350000", "hukou_prefecture", "350600", "hukou_county", "350602", "return", "check")
	not := p.get("/kiosk/apply/check", 200).body
	has(t, not, "现在还不能申领")
	hasNot(t, not, "提交预申请")
	p.post("/kiosk/apply/submission", 422, "key", "0193f0d0-0000-7000-8000-000000000000", "declared", "yes")
}
