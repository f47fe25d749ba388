package kiosk_test

import (
	"testing"
	"time"

	"anju/kiosk/device"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

// settled opens a hall with residents.
func settled(t *testing.T, keys ...string) (hall, map[string]scene.Played) {
	t.Helper()
	h, played := open(t), map[string]scene.Played{}
	for _, key := range keys {
		p, err := h.PlayLife(t.Context(), scene.ResidentOf(key))
		if err != nil {
			t.Fatal(err)
		}
		played[key] = p
	}
	return h, played
}

// reads lays a card for a job and goes on with it.
func (p *person) reads(job string, who scene.Person) string {
	p.t.Helper()
	nonce, read := p.lays(cardOf(who), nil)
	p.goes("/kiosk/"+job, "/kiosk/permit/card", "job", job, "nonce", nonce, "read", read)
	return p.get("/kiosk/"+job, 200).body
}

func (h hall) live(p scene.Played) office.PermitFile {
	h.t.Helper()
	f, err := h.Office.OwnPermitFile(h.t.Context(), p.Citizen())
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func TestEndorsementWithTheCard(t *testing.T) {
	h, played := settled(t, "zz.endorse_open", "zz.suspended")
	for key, want := range map[string]struct{ says, next string }{"zz.endorse_open": {"现在可以签注", "2027年12月4日"}, "zz.suspended": {"居住年限从2026年11月24日重新计算", "2027年11月24日"}} {
		who := played[key]
		p := h.begins("permit")
		has(t, p.get("/kiosk/permit", 200).body, `href="/kiosk/endorsement"`, `href="/kiosk/loss-report"`)
		has(t, p.get("/kiosk/endorsement", 200).body, `data-nonces="/kiosk/permit/nonces"`, "请用手机")
		if a := p.get("/kiosk/endorsement/result", 303); a.to != "/kiosk/endorsement" {
			t.Error("a result of nothing:", a.to)
		}
		body := p.reads("endorsement", who.Person)
		has(t, body, civic.MaskName(who.Name), civic.CitizenID(who.ID).Masked(), want.says, "请取走身份证")
		hasNot(t, body, who.ID, who.Phone, ">"+who.Name+"<")
		due := h.live(who).Permit.EndorseBy.String()
		form := []string{"number", who.Permit, "due", due, "city", who.City.Jurisdiction}
		wrong := p.post("/kiosk/endorsement", 422, append(form, "confirmed", "yes")...).body
		has(t, wrong, "请选择现在仍然成立的一项", `href="#ground"`)
		form = append(form, "ground", "employment", "confirmed", "yes")
		for range 2 { // two taps
			p.goes("/kiosk/endorsement/result?city="+who.City.Jurisdiction, "/kiosk/endorsement", form...)
		}
		for _, path := range []string{"result", "print"} {
			done := p.get("/kiosk/endorsement/"+path, 200).body
			has(t, done, "已签注", want.next, civic.MaskName(who.Name))
			hasNot(t, done, who.ID, who.Phone, who.Permit)
		}
		if f := h.live(who); len(f.Endorsements) != 1 || f.Endorsements[0].Counter != "kiosk" || f.Permit.Status != permit.Active {
			t.Errorf("%+v", f.Endorsements)
		}
		old := p.copyOf()
		p.post("/kiosk/end", 303)
		if a := old.get("/kiosk/endorsement", 303); a.to != "/kiosk" {
			t.Error("the visit that ended shows", a.to)
		}
	}
	entries, err := h.Office.AccessLog(t.Context(), played["zz.suspended"].Citizen())
	seen := false
	for _, e := range entries {
		seen = seen || e.Action == "endorsed" && e.ActorKind == "kiosk"
	}
	if err != nil || !seen {
		t.Errorf("the endorsement is not in the access log: %v", err)
	}
}

func TestLossAtTheKiosk(t *testing.T) {
	h, played := settled(t, "zz.endorse_open", "zb.expired_1y")
	who := played["zz.endorse_open"]
	p := h.begins("permit")
	has(t, p.reads("loss-report", who.Person), "二维码马上停用")
	form := []string{"number", who.Permit, "city", who.City.Jurisdiction}
	for range 2 {
		p.goes("/kiosk/loss-report/result?city=350600", "/kiosk/loss-report", form...)
	}
	has(t, p.get("/kiosk/loss-report/print", 200).body, "已挂失")
	if f := h.live(who); len(f.Losses) != 1 || f.Permit.Status != permit.Lost {
		t.Errorf("%+v", f.Losses)
	}
	if a := p.post("/kiosk/endorsement", 303, append(form, "due", h.live(who).Permit.EndorseBy.String(), "ground", "employment", "confirmed", "yes")...); a.to != "/kiosk/endorsement" {
		t.Error("a lost permit was endorsed:", a.to)
	}
	has(t, p.get("/kiosk/endorsement", 200).body, "已挂失")
	has(t, p.get("/kiosk/loss-report", 200).body, "撤销后马上可以正常使用")
	p.goes("/kiosk/loss-report/result?city=350600", "/kiosk/loss-report/withdrawal", form...)
	has(t, p.get("/kiosk/loss-report/result", 200).body, "挂失已撤销")

	// The next card at the same visit takes the place of the first; somebody else's permit is none of theirs.
	other := played["zb.expired_1y"]
	has(t, p.reads("endorsement", other.Person), "有效期已于2026年11月9日届满")
	if a := p.post("/kiosk/loss-report", 303, form...); a.to != "/kiosk/loss-report" {
		t.Error(a.to)
	}
	if f := h.live(who); f.Permit.Status != permit.Active {
		t.Errorf("another card shut the permit: %+v", f.Events)
	}
	has(t, p.reads("endorsement", scene.Cards()[0]), "没有找到您的居住证")
}

func TestACardThatIsNotBelievedShowsNoPermit(t *testing.T) {
	h, played := settled(t, "zz.endorse_open")
	who := played["zz.endorse_open"]
	p := h.begins("permit")
	nonce, read := p.lays(cardOf(who.Person), func(r *device.Read) { r.At = r.At.Add(-3 * time.Minute) })
	body := p.post("/kiosk/permit/card", 422, "job", "endorsement", "nonce", nonce, "read", read).body
	has(t, body, "没有通过核对", `href="#card"`)
	hasNot(t, body, "手工填写", civic.MaskName(who.Name))
	nonce, read = p.lays(cardOf(who.Person), nil)
	stranger := h.begins("permit")
	stranger.post("/kiosk/permit/card", 422, "job", "endorsement", "nonce", nonce, "read", read) // the nonce of another visit
	hasNot(t, stranger.get("/kiosk/endorsement", 200).body, civic.MaskName(who.Name))
	if a := stranger.post("/kiosk/loss-report", 303, "number", who.Permit); a.to != "/kiosk/loss-report" {
		t.Error("without a card:", a.to)
	}
	if f := h.live(who); f.Permit.Version != 1 {
		t.Errorf("%+v", f.Events)
	}
}
