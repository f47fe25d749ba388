package kiosk_test

import (
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

func TestProgressNeedsBothNumbers(t *testing.T) {
	h := open(t)
	played, err := h.Play(t.Context(), scene.PersonOf("zz.in_review"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := h.Play(t.Context(), scene.PersonOf("zz.pre_applied"))
	if err != nil {
		t.Fatal(err)
	}
	p := h.begins("progress")
	if a := p.get("/kiosk/progress/case", 303); a.to != "/kiosk/progress" {
		t.Error("a case that nobody asked for:", a.to)
	}
	const unknown = "没有找到这两个号码对应的申请"
	wrongID := p.post("/kiosk/progress", 422, "reference", played.Reference, "id_number", other.ID).body
	wrongReference := p.post("/kiosk/progress", 422, "reference", other.Reference, "id_number", played.ID).body
	has(t, wrongID, unknown, played.Reference, other.ID) // what was typed stays
	same := func(s string) string {
		return strings.NewReplacer(played.Reference, "", other.Reference, "", played.ID, "", other.ID, "").Replace(plain(s))
	}
	if same(wrongID) != same(wrongReference) {
		t.Error("the two answers differ")
	}
	has(t, p.post("/kiosk/progress", 422, "reference", "3506-0000-000X", "id_number", "1").body, "12 位申请编号", "18 位")

	typed := strings.ToLower(strings.ReplaceAll(played.Reference, "-", ""))
	p.goes("/kiosk/progress/case", "/kiosk/progress", "reference", typed, "id_number", played.ID)
	for range 2 { // and again after a reload
		body := p.get("/kiosk/progress/case", 200).body
		has(t, body, played.Reference, civic.MaskName(played.Name), "审核", "承诺")
		hasNot(t, body, played.Name, played.ID, played.Phone)
	}
	has(t, p.get("/kiosk/progress/case?lang=en", 200).body, "Accepted, in review")
	p.post("/kiosk/end", 303)
	p.get("/kiosk/progress/case", 303)
}

func TestProgressOfARefusedCaseSaysWhy(t *testing.T) {
	h := open(t)
	played, err := h.Play(t.Context(), scene.PersonOf("zz.refused"))
	if err != nil {
		t.Fatal(err)
	}
	p := h.begins("progress")
	p.goes("/kiosk/progress/case", "/kiosk/progress", "reference", played.Reference, "id_number", played.ID)
	has(t, p.get("/kiosk/progress/case", 200).body, "证明材料不能证明申领理由", "行政复议", "不予发放")
}

// TestAnEndedCaseIsRatedWithOneTap: a second tap changes nothing, a level that there is none of neither, and a case under way is not rated.
func TestAnEndedCaseIsRatedWithOneTap(t *testing.T) {
	h := open(t)
	ended, err := h.Play(t.Context(), scene.PersonOf("zz.refused"))
	if err != nil {
		t.Fatal(err)
	}
	open, err := h.Play(t.Context(), scene.PersonOf("zz.in_review"))
	if err != nil {
		t.Fatal(err)
	}
	const question = "评价这次办理"
	p := h.begins("progress")
	p.goes("/kiosk/progress", "/kiosk/progress/rating", "level", "satisfied") // no case on the screen
	p.goes("/kiosk/progress/case", "/kiosk/progress", "reference", open.Reference, "id_number", open.ID)
	hasNot(t, p.get("/kiosk/progress/case", 200).body, question)
	p.goes("/kiosk/progress", "/kiosk/progress/rating", "level", "satisfied")
	p.goes("/kiosk/progress/case", "/kiosk/progress", "reference", ended.Reference, "id_number", ended.ID)
	has(t, p.get("/kiosk/progress/case", 200).body, question, "非常满意", "非常不满意")
	p.goes("/kiosk/progress/case", "/kiosk/progress/rating", "level", "ten")
	has(t, p.get("/kiosk/progress/case", 200).body, question)
	p.goes("/kiosk/progress/case", "/kiosk/progress/rating", "level", "dissatisfied")
	p.goes("/kiosk/progress/case", "/kiosk/progress/rating", "level", "satisfied")
	after := p.get("/kiosk/progress/case", 200).body
	has(t, after, "不满意")
	hasNot(t, after, question, "基本满意")
}

func TestProgressIsThrottled(t *testing.T) {
	h := open(t)
	p := h.begins("progress")
	number := scene.PersonOf("zz.issued").ID
	reference := permit.NewReference("350600")
	for range 30 {
		p.post("/kiosk/progress", 422, "reference", reference, "id_number", number)
	}
	p.post("/kiosk/progress", 429, "reference", reference, "id_number", number)
}

func TestProgressSaysWhatIsMissing(t *testing.T) {
	h := open(t)
	played, err := h.PlayCourse(t.Context(), "zb.to_supplement")
	if err != nil {
		t.Fatal(err)
	}
	p := h.begins("progress")
	p.goes("/kiosk/progress/case", "/kiosk/progress", "reference", played.Reference, "id_number", played.ID)
	body := p.get("/kiosk/progress/case", 200).body
	has(t, body, "社会保险缴费记录：缺少这份材料", "单位或学校：填写不清楚或不完整", "最好在 2026年12月6日", "办理期限暂停计算")
	hasNot(t, body, "最近一年的缴费记录", "承诺于", played.Name, played.Phone) // the officer's line is for the applicant alone
}
