package console_test

import (
	"net/http"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/permit"
	"anju/server/scene"
)

// TestObjectionIsAnswered shows the officer what is confirmed, and takes an objection to its answer.
func TestObjectionIsAnswered(t *testing.T) {
	d := furnish(t, true, "zz.in_review")
	ctx, p := t.Context(), d.people["zz.in_review"]
	if _, err := d.house.PlayPartners(ctx, scene.Zhangzhou); err != nil {
		t.Fatal(err)
	}
	row := permit.ConfirmationRow{IDNumber: p.ID, Name: p.Name, What: "labour_contract", Document: "漳人社备〔2026〕1号", Met: true, IssuedOn: civic.MustDate("2026-09-01")}
	other := row
	other.Name, other.Document = "另一人", "漳人社备〔2026〕2号"
	if err := d.house.Confirm(ctx, scene.Zhangzhou, "human-resources", "employment", row, other); err != nil {
		t.Fatal(err)
	}
	b := d.as("zz.review")
	d.says(b.get("/console/cases/"+p.Reference), "部门核实结果", "漳人社备〔2026〕1号", "人力资源和社会保障局业务系统", "姓名不同")
	d.says(b.get("/console/objections"), "没有异议")
	list, _, err := d.house.Office.OwnConfirmations(ctx, p.Citizen())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.house.Office.Object(ctx, p.Citizen(), list[0].ID, "我没有签过这份合同。"); err != nil {
		t.Fatal(err)
	}
	at := "/console/objections/" + list[0].ID
	d.says(b.get("/console/objections"), "等待答复", at)
	d.silent(b.get("/console/objections"), p.Name, p.ID)
	d.says(b.get(at), "我没有签过这份合同。", "有误，不再作数")
	d.silent(b.get(at), p.ID)
	got := b.post(at, "answer", strings.Repeat("长", 501))
	d.status(got, http.StatusUnprocessableEntity, "no verdict")
	d.says(got, "请选择核实结果是否有误", "最多 500 个字", "error-summary")
	for range 2 {
		d.status(b.post(at, "verdict", "wrong", "answer", "单位确认没有这份合同。"), http.StatusSeeOther, "the answer, twice")
	}
	d.says(b.get(at), "单位确认没有这份合同。", "有误，不再作数，黄志远")
	d.status(d.as("zz.supervise").post(at, "verdict", "right", "answer", "再看。"), http.StatusConflict, "another answer")
	d.status(d.as("zz.other").get(at), http.StatusNotFound, "another station")
	d.status(d.as("zb.review").get(at), http.StatusNotFound, "another city")
	d.status(d.as("zz.accept").get(at), http.StatusForbidden, "an acceptor")
}
