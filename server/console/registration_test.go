package console_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// settlers plays the registrations of the people named.
func (d *desk) settlers(keys ...string) map[string]permit.Registration {
	d.t.Helper()
	made := map[string]permit.Registration{}
	for _, key := range keys {
		_, r, err := d.house.PlayRegistration(d.t.Context(), scene.SettlerOf(key))
		if err != nil {
			d.t.Fatal(err)
		}
		made[key] = r
	}
	return made
}

// registration is a registration as the record has it.
func (d *desk) registration(number string) office.RegistrationFile {
	d.t.Helper()
	actor, err := d.house.Actor(d.t.Context(), "zz.accept")
	if err != nil {
		d.t.Fatal(err)
	}
	file, err := d.house.Office.RegistrationFile(d.t.Context(), actor, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return file
}

func registrationPath(r permit.Registration) string { return "/console/registrations/" + r.Number }

// acts opens a registration and sends one of its forms.
func (d *desk) acts(b *browser, r permit.Registration, resource string, fields ...string) page {
	d.t.Helper()
	return b.post(registrationPath(r)+"/"+resource, append([]string{"version", d.version(b.get(registrationPath(r)))}, fields...)...)
}

// TestConfirmingADeclaration: the list masks, the page shows; who confirms compares the card; the child is registered too; a second tap finds it
// done, a colleague who was slower sees what happened, and the same thing twice at once is done once.
func TestConfirmingADeclaration(t *testing.T) {
	d := furnish(t, true)
	r, s := d.settlers("zz.declared")["zz.declared"], scene.SettlerOf("zz.declared")
	assistant, acceptor := d.as("zz.assist"), d.as("zz.accept")
	list := assistant.get("/console/registrations")
	d.says(list, r.Number, "莫*棠", "网上申报", "子女")
	d.silent(list, s.Name, s.ID, s.Phone, "新华路")
	for _, term := range []string{r.Number, s.ID, s.Name, "mxt", "莫"} {
		found := assistant.follow(assistant.post("/console/registrations/search", "term", term))
		d.says(found, r.Number)
	}
	if got := assistant.post("/console/registrations/search", "term", s.Name); strings.Contains(got.location, url.QueryEscape(s.Name)) {
		t.Error("a name stands in an address")
	}
	d.says(assistant.follow(assistant.post("/console/registrations/search", "term", "无此人")), "没有找到")
	got := assistant.get(registrationPath(r))
	d.says(got, s.Name, s.ID, s.Phone, "新华路", "莫小满")

	d.says(d.acts(assistant, r, "confirmation"), "请确认已核对身份证")
	stale := d.version(acceptor.get(registrationPath(r)))
	answers := every([]*browser{d.as("zz.assist"), d.as("zz.assist")}, func(b *browser) page {
		return b.post(registrationPath(r)+"/confirmation", "version", stale, "identity_seen", "yes")
	})
	if len(answers[http.StatusSeeOther]) != 2 {
		t.Errorf("two taps: %v", answers)
	}
	slow := acceptor.post(registrationPath(r)+"/rejection", "version", stale, "reason", "not_reached", "note", "电话不通")
	d.status(slow, http.StatusConflict, "slower")
	d.says(slow, "邱小满", "核实并登记", "电话不通")
	file := d.registration(r.Number)
	if len(file.Events) != 2 || !file.Live() || file.On != r.DeclaredOn || file.Events[1].By.Station != scene.Zhangzhou.Station() || len(file.Others) != 1 || !file.Others[0].Live() {
		t.Errorf("%+v %+v", file.Events, file.Others)
	}
	d.says(assistant.get(registrationPath(r)), "有效", "2026年11月22日", "2027年5月22日")
	receipt := assistant.get(registrationPath(r) + "/receipt")
	d.says(receipt, "居住登记凭证", "邱小满", "莫*棠")
	d.silent(receipt, s.ID, s.Name)
	d.says(assistant.get(registrationPath(file.Others[0].Registration)+"/receipt?paper=80"), "莫*满")

	d.says(d.acts(assistant, r, "end", "reason", "moved_away", "ended_on_year", "2026", "ended_on_month", "2", "ended_on_day", "30"), "没有这一天")
	d.status(d.acts(assistant, r, "end", "reason", "moved_away", "ended_on_year", "2026", "ended_on_month", "11", "ended_on_day", "24"), http.StatusSeeOther, "end")
	if file := d.registration(r.Number); file.EndedFor != permit.EndMovedAway || file.Others[0].State != permit.RegistrationEnded {
		t.Errorf("%+v", file)
	}
	d.says(assistant.get("/console/registrations?state=ended"), r.Number)
}

// TestRejectingADeclaration: with a reason that the person reads.
func TestRejectingADeclaration(t *testing.T) {
	d := furnish(t, true)
	r := d.settlers("zz.declared")["zz.declared"]
	b := d.as("zz.assist")
	d.says(d.acts(b, r, "rejection", "note", "说明"), "请选择理由")
	d.status(d.acts(b, r, "rejection", "reason", "not_at_address", "note", "请写清房号"), http.StatusSeeOther, "rejection")
	if file := d.registration(r.Number); file.State != permit.RegistrationRejected || file.Counted() || file.Others[0].State != permit.RegistrationRejected {
		t.Errorf("%+v", file)
	}
	d.says(b.get(registrationPath(r)), "未予登记", "核实时不住在所填地址 请写清房号")
	d.status(b.get(registrationPath(r)+"/receipt"), http.StatusNotFound, "a receipt of nothing")
	sent, err := d.house.Office.MessagesTo(t.Context(), scene.SettlerOf("zz.declared").Phone)
	if err != nil || sent[0].Kind != "registration_rejected" {
		t.Errorf("%+v, %v", sent, err)
	}
}

// TestAnEarlierBeginning: only the acceptor decides on it, on what was seen, within half a year, and once.
func TestAnEarlierBeginning(t *testing.T) {
	d := furnish(t, true)
	made := d.settlers("zz.earlier", "zz.registered")
	r := made["zz.earlier"]
	assistant, acceptor := d.as("zz.assist"), d.as("zz.accept")
	d.says(assistant.get(registrationPath(r)), "申请从更早的日期算起", "2026年6月23日", "写明起止日期的劳动合同")
	d.status(d.acts(assistant, r, "confirmation", "identity_seen", "yes", "seen", "yes"), http.StatusForbidden, "the assistant decides on evidence")
	d.status(d.acts(acceptor, r, "confirmation", "identity_seen", "yes", "seen", "yes"), http.StatusSeeOther, "confirmation")
	file := d.registration(r.Number)
	if file.On != r.DeclaredOn.AddMonths(-5) || file.Since != file.On || file.ShownBy != "labour_contract" || len(file.Events) != 3 {
		t.Errorf("%+v", file.Registration)
	}
	d.silent(acceptor.get(registrationPath(r)), registrationPath(r)+"/backdating")

	later := made["zz.registered"]
	date := []string{"earlier_year", "2026", "earlier_month", "3", "earlier_day", "1"}
	d.says(d.acts(acceptor, later, "backdating", append(date, "seen", "yes")...), "请选择用哪一种材料证明")
	d.says(d.acts(acceptor, later, "backdating", append(date, "earlier_evidence", "business_licence")...), "请先查看原件并勾选")
	d.says(d.acts(acceptor, later, "backdating", "earlier_year", "2025", "earlier_month", "11", "earlier_day", "26", "earlier_evidence", "business_licence", "seen", "yes"), "起算日期太早")
	d.status(d.acts(acceptor, later, "backdating", append(date, "earlier_evidence", "business_licence", "seen", "yes")...), http.StatusSeeOther, "backdating")
	if file := d.registration(later.Number); file.HalfYearOn.String() != "2026-09-01" {
		t.Errorf("%+v", file.Registration)
	}
}

// TestRegisteringAtTheWindow: confirmed at once, in the officer's own divisions only, once for two taps.
func TestRegisteringAtTheWindow(t *testing.T) {
	d := furnish(t, true)
	b, s := d.as("zz.assist"), scene.SettlerOf("zz.window")
	key := office.NewKey()
	d.says(b.get("/console/registrations/new"), "登记居住人员", "请对照身份证填写")
	form := func(pairs ...string) []string {
		values := url.Values{"key": {key}, "name": {s.Name}, "id_number": {s.ID}, "ethnic_group": {"08"}, "phone": {s.Phone}, "declared": {"yes"}, "hukou_province": {"450000"}, "hukou_prefecture": {"450300"},
			"hukou_county": {"450302"}, "residence_county": {"350602"}, "residence_street": {"350602001"}, "residence_community": {"350602001001"}, "detail": {"新华路 6 号"},
			"arrived_on_year": {"2026"}, "arrived_on_month": {"11"}, "arrived_on_day": {"1"}}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(values)) {
			fields = append(fields, name, values.Get(name))
		}
		return fields
	}
	d.says(b.post("/console/registrations", form("declared", "", "name", "")...), "请填写姓名", "请确认已核对身份证")
	d.says(b.post("/console/registrations", form("residence_street", "350602002", "residence_community", "350602002001")...), "不归本所管辖")
	if shown := b.post("/console/registrations", form("residence_show", "street")...); shown.status != http.StatusOK || !strings.Contains(shown.body, s.Name) {
		t.Errorf("the next list: %d", shown.status)
	}
	first := b.post("/console/registrations", form()...)
	again := b.post("/console/registrations", form()...)
	if first.status != http.StatusSeeOther || again.location != first.location {
		t.Fatalf("%d %q, %d %q", first.status, first.location, again.status, again.location)
	}
	page := b.follow(first)
	d.says(page, "有效", s.Name, "窗口登记")
	d.says(b.get("/console/registrations?state=confirmed"), "共 1 份登记")
}

// TestRegistrationsOfOthers: another station sees none, and roles without the job get no further.
func TestRegistrationsOfOthers(t *testing.T) {
	d := furnish(t, true)
	r := d.settlers("zz.declared")["zz.declared"]
	for _, login := range []string{"zz.other", "zb.accept", "zb.assist"} {
		b := d.as(login)
		d.status(b.get(registrationPath(r)), http.StatusNotFound, login)
		d.status(b.post(registrationPath(r)+"/confirmation", "version", "1", "identity_seen", "yes"), http.StatusNotFound, login)
		d.silent(b.get("/console/registrations?state=all"), r.Number)
	}
	chief := d.as("zz.supervise")
	d.says(chief.get(registrationPath(r)), "这里没有您要办的事")
	for _, login := range []string{"zz.supervise", "zz.review", "zz.audit"} {
		d.status(d.as(login).post(registrationPath(r)+"/confirmation", "version", "1", "identity_seen", "yes"), http.StatusForbidden, login)
	}
	d.status(d.as("zz.audit").get(registrationPath(r)), http.StatusForbidden, "auditor")
	d.status(d.as("zz.accept").get(registrationPath(r)+"0"), http.StatusNotFound, "a number mistyped")
	if file := d.registration(r.Number); file.Version != 1 {
		t.Errorf("%+v", file.Events)
	}
	if dump := d.dump(); strings.Contains(string(dump), "莫晓棠") || strings.Contains(string(dump), scene.SettlerOf("zz.declared").ID) || strings.Contains(string(dump), "新华路") {
		t.Error("a particular stands open in the record")
	}
}

// TestTheCaseSaysWhatTheRecordHas: an officer sees beside the declared date whether a registration agrees with it.
func TestTheCaseSaysWhatTheRecordHas(t *testing.T) {
	d := furnish(t, true, "zz.pre_applied")
	p := d.people["zz.pre_applied"]
	b := d.as("zz.accept")
	d.says(b.get(casePath(p)), "没有有效登记")
	s := scene.SettlerOf("zz.settled")
	s.Person.ID, s.Person.Name, s.Person.Phone, s.Person.Hukou = p.ID, p.Name, p.Phone, p.Hukou
	if _, _, err := d.house.PlayRegistration(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	d.says(b.get(casePath(p)), "与登记不一致", "登记在案", "从 2026年3月24日 起算")
}
