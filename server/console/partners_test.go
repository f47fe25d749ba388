package console_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"anju/server/access"
)

var newKey = regexp.MustCompile(`anju_350600_[a-z2-7]{8}_[A-Za-z0-9_-]{43}`)

// TestPartnerIsTakenUpAllowedAndGivenAKey is an administrator's work from the first form to a key that opens, and one that no longer does.
func TestPartnerIsTakenUpAllowedAndGivenAKey(t *testing.T) {
	d := furnish(t, true)
	b := d.as("zz.administer")
	d.says(b.get("/console/partners"), "还没有登记共享单位")
	formKey := keyField.FindStringSubmatch(b.get("/console/partners").body)[1]
	fields := []string{"key", formKey, "code", "education", "name_zh", "市教育局", "name_en", "Education Bureau", "contact", "基教科 0596-1234567"}
	made := b.post("/console/partners", fields...)
	d.says(b.follow(made), "共享单位已登记", "市教育局", "基教科 0596-1234567", "未授权", "没有密钥")
	d.status(b.post("/console/partners", fields...), http.StatusSeeOther, "the second tap")
	d.says(b.get("/console/partners"), "市教育局", "尚未授权")

	const page = "/console/partners/education"
	d.says(b.get(page+"/scope?name=changes"), "读取居住证变更", "可以识别个人")
	got := b.post(page+"/scope", "scope", "changes", "basis", "共享协议 2026-1", "basis-status", "共享协议 2026-1", "basis-name", "条例第六条")
	d.says(b.follow(got), "已保存", "共享协议 2026-1", "居住证状态、姓名")
	d.says(b.get(page+"/scope?name=changes"), `value="条例第六条"`)

	formKey = keyField.FindStringSubmatch(b.get(page).body)[1]
	d.status(b.post(page+"/keys", "key", formKey), http.StatusSeeOther, "making a key")
	d.status(b.post(page+"/keys", "key", formKey), http.StatusSeeOther, "the second tap")
	shown := b.get(page)
	key := newKey.FindString(shown.body)
	d.says(shown, "密钥只显示这一次")
	if again := b.get(page); newKey.MatchString(again.body) || strings.Count(text(again.body), "立即吊销") != 1 {
		t.Errorf("the key is shown twice, or two were made: %s", text(again.body))
	}
	actor, err := d.house.Office.Admit(t.Context(), key, "192.0.2.1")
	if city, code := actor.PartnerOf(); err != nil || city != "350600" || code != "education" {
		t.Errorf("%v %v", actor, err)
	}
	if secret := key[len(key)-43:]; bytes.Contains(d.dump(), []byte(secret)) {
		t.Error("the key is stored in clear")
	}
	formKey = keyField.FindStringSubmatch(b.get(page).body)[1]
	d.says(b.follow(b.post(page+"/keys", "key", formKey)), "已有两个有效密钥")
	d.status(b.post(page+"/keys", "key", "00000000-0000-7000-8000-000000000001"), http.StatusConflict, "a third key")
	_, name, _, _ := access.ParsePartnerKey(key)
	d.says(b.follow(b.post(page+"/keys/"+string(name)+"/revocation")), "密钥已吊销", "已吊销")
	if _, err := d.house.Office.Admit(t.Context(), key, "192.0.2.1"); err == nil {
		t.Error("a revoked key opens")
	}
	d.says(b.follow(b.post(page+"/scope/withdrawal", "scope", "changes")), "未授权")
	d.status(b.post(page+"/scope/withdrawal", "scope", "changes"), http.StatusSeeOther, "the second tap")

	d.house.Clock.Add(access.PartnerKeyLife - 24*time.Hour)
	d.says(d.as("zz.administer").get("/console/partners"), "密钥即将到期")
}

func TestPartnerFormsAreCheckedAndBelongToTheCity(t *testing.T) {
	d := furnish(t, true)
	b := d.as("zz.administer")
	formKey := keyField.FindStringSubmatch(b.get("/console/partners").body)[1]
	add := func(pairs ...string) page {
		values := map[string]string{"key": formKey, "code": "edu", "name_zh": "教育局", "name_en": "Education", "contact": "基教科"}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = pairs[i+1]
		}
		var fields []string
		for name, value := range values {
			fields = append(fields, name, value)
		}
		return b.post("/console/partners", fields...)
	}
	for _, bad := range [][3]string{{"code", "E D U", "小写字母"}, {"code", "e", "小写字母"}, {"code", "", "小写字母"}, {"code", strings.Repeat("e", 41), "小写字母"}, {"name_zh", " ", "请填写名称"},
		{"name_en", strings.Repeat("x", 101), "最多 100"}, {"contact", "", "请填写科室"}, {"contact", strings.Repeat("长", 201), "最多 200"}, {"contact", "a\x01", "控制符"}} {
		got := add(bad[0], bad[1])
		d.status(got, http.StatusUnprocessableEntity, bad[0]+" "+bad[1])
		d.says(got, bad[2], "error-summary")
	}
	d.status(add("key", "none"), http.StatusUnprocessableEntity, "no idempotency key")
	d.status(add(), http.StatusSeeOther, "a good form")
	formKey = keyField.FindStringSubmatch(b.get("/console/partners").body)[1]
	d.says(add(), "这个简称代码已被使用")

	const page = "/console/partners/edu"
	got := b.post(page+"/scope", "scope", "changes", "basis", "", "basis-name", strings.Repeat("长", 201))
	d.status(got, http.StatusUnprocessableEntity, "a scope without its basis")
	d.says(got, "请填写法律依据", "最多 200", strings.Repeat("长", 201))
	d.status(b.post(page+"/scope", "scope", "everything", "basis", "x"), http.StatusNotFound, "an unknown scope")
	d.status(b.get(page+"/scope?name=x"), http.StatusNotFound, "an unknown scope")
	d.status(b.post(page+"/keys", "key", "none"), http.StatusUnprocessableEntity, "no idempotency key")
	d.status(b.post(page+"/keys/aaaaaaaa/revocation"), http.StatusNotFound, "an unknown key")

	other := d.as("zb.administer")
	d.status(other.get(page), http.StatusNotFound, "another city's partner")
	d.status(other.post(page+"/scope", "scope", "changes", "basis", "x"), http.StatusNotFound, "another city's partner")
	d.status(other.post(page+"/keys", "key", formKey), http.StatusNotFound, "another city's partner")
	d.status(d.as("zz.supervise").get("/console/partners"), http.StatusForbidden, "a supervisor")
}
