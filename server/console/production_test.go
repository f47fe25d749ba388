package console_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/permit"
	"anju/server/scene"
)

const mainStation = "S350602001"

// workshop is a desk with some cases in production, and so many blank cards.
func workshop(t *testing.T, cases, cards int) (*desk, []scene.Played) {
	t.Helper()
	d := furnish(t, true)
	var all []scene.Played
	for i := range cases {
		p := scene.PersonOf("zz.in_production")
		number, err := civic.NewCitizenID("653101", civic.MustDate("1995-07-17"), 300+i)
		if err != nil {
			t.Fatal(err)
		}
		p.ID, p.Phone = string(number), fmt.Sprintf("139506009%02d", i)
		played, err := d.house.Play(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, played)
	}
	slices.SortFunc(all, func(a, b scene.Played) int { return strings.Compare(a.Reference, b.Reference) }) // as a batch has them
	if cards > 0 {
		actor, err := d.house.Actor(t.Context(), "zz.issue")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.house.Office.MoveCards(t.Context(), actor, office.CardOrder{Station: mainStation, Move: permit.CardsReceived, N: cards, Key: office.NewKey()}); err != nil {
			t.Fatal(err)
		}
	}
	return d, all
}

// batchForm is the form of the production page for these cases.
func (b *browser) batchForm(cases ...scene.Played) []string {
	b.d.t.Helper()
	found := keyField.FindStringSubmatch(b.get("/console/production").body)
	if found == nil {
		b.d.t.Fatal("no form")
	}
	fields := []string{"key", found[1], "station", mainStation}
	for _, p := range cases {
		fields = append(fields, "case", p.Reference)
	}
	return fields
}

// TestABatchIsMadeFromTheStockAndMarked walks through a batch: made, spoiled, moved meanwhile, taken out.
func TestABatchIsMadeFromTheStockAndMarked(t *testing.T) {
	d, all := workshop(t, 4, 10)
	b := d.as("zz.issue")
	d.says(b.get("/console/production"), "10 张", "还没有批次", all[0].Reference)
	fields := b.batchForm(all...)
	got := b.post("/console/production", fields...)
	path := got.location
	if path != "/console/production/"+mainStation+"/1" {
		t.Fatalf("%d %q %s", got.status, path, text(got.body))
	}
	d.says(b.follow(got), "第 1 批", "从本所库存领 4 张", "待制作")
	if again := b.post("/console/production", fields...); again.location != path {
		t.Errorf("the second tap leads to %q", again.location)
	}
	d.says(b.get("/console/production"), "6 张", "库存 10 张", "在第 1 批", "4／4")

	key := keyField.FindStringSubmatch(b.get(path).body)[1]
	spoil := []string{"do", "spoiled", "key", key, "case", all[0].Reference, "note", "打印机卡纸"}
	d.says(b.follow(b.post(path, spoil...)), "已登记作废", "作废 1 张")
	d.status(b.post(path, spoil...), http.StatusSeeOther, "the second tap")
	d.says(b.get("/console/cards"), "9 张", "打印机卡纸")

	d.says(b.follow(b.post(path, "do", "made", "case", all[0].Reference)), "已制作")
	d.says(d.pass(b, all[1], "production"), "待领取") // from its own page
	d.says(b.follow(b.post(path, "do", "out", "case", all[2].Reference)), "已移出", "案件现在：制证中")
	d.status(b.post(path, "do", "", "case", all[3].Reference), http.StatusUnprocessableEntity, "nothing said of a line")
	d.says(b.follow(b.post(path, "do", "all")), "申请人会收到短信")
	end := b.get(path)
	if n := strings.Count(end.body, "已制作"); n != 3 {
		t.Errorf("%d lines are made", n)
	}
	d.silent(end, `name="do"`)
	d.says(b.get("/console/cards"), "6 张")
	d.says(b.get(casePath(all[3])), "待领取")
	d.says(b.get("/console/production"), all[2].Reference, "0／3")
	if !strings.Contains(string(d.dump()), "filed\tproduction_taken_out\t") {
		t.Error("the ledger does not know that a case was taken out")
	}
	if sent := string(d.dump()); strings.Count(sent, "\tproduced\tproduce\t") != 3 {
		t.Errorf("the ledger has %d productions", strings.Count(sent, "\tproduced\tproduce\t"))
	}
}

// TestACaseThatMovedDropsOut makes a batch from a page that stood open, and marks one.
func TestACaseThatMovedDropsOut(t *testing.T) {
	d, all := workshop(t, 2, 5)
	b := d.as("zz.issue")
	fields := b.batchForm(all...)
	d.pass(b, all[0], "production")
	got := b.follow(b.post("/console/production", fields...))
	d.says(got, "已移出", "案件现在：待领取", "从本所库存领 1 张")
	alone := b.post("/console/production", append(b.batchForm(), "case", all[0].Reference)...)
	d.status(alone, http.StatusUnprocessableEntity, "a batch of what has moved")
	d.says(alone, "都已不在待制证中")
}

// TestABatchNeedsCards refuses what the stock does not suffice for, counting what other batches wait for, and keeps what was ticked.
func TestABatchNeedsCards(t *testing.T) {
	d, all := workshop(t, 3, 2)
	b := d.as("zz.issue")
	got := b.post("/console/production", b.batchForm(all...)...)
	d.status(got, http.StatusUnprocessableEntity, "three permits of two cards")
	d.says(got, "空白证卡不够", "error-summary")
	if n := strings.Count(got.body, " checked"); n != 3 {
		t.Errorf("%d boxes are still ticked", n)
	}
	d.status(b.post("/console/production", b.batchForm(all[0], all[1])...), http.StatusSeeOther, "two of two")
	got = b.post("/console/production", b.batchForm(all[2])...)
	d.status(got, http.StatusUnprocessableEntity, "a third")
	for what, form := range map[string][]string{"no case": b.batchForm(), "too many": append(b.batchForm(), many(201)...)} {
		d.status(b.post("/console/production", form...), http.StatusUnprocessableEntity, what)
	}
	d.status(b.post("/console/production", "station", mainStation, "case", all[2].Reference), http.StatusUnprocessableEntity, "no key")
}

func many(n int) (fields []string) {
	for range n {
		fields = append(fields, "case", permit.NewReference("350600"))
	}
	return fields
}

// TestTwoIssuersAtOnce make a batch of the same cases: each case waits in one.
func TestTwoIssuersAtOnce(t *testing.T) {
	d, all := workshop(t, 3, 20)
	d.hire("zz.issue2", post("issuer"))
	first, second := d.as("zz.issue"), d.as("zz.issue2")
	forms := map[*browser][]string{first: first.batchForm(all...), second: second.batchForm(all...)}
	answers := every([]*browser{first, second}, func(b *browser) page { return b.post("/console/production", forms[b]...) })
	if len(answers[http.StatusSeeOther]) != 1 || len(answers[http.StatusUnprocessableEntity]) != 1 {
		t.Fatalf("%v", answers)
	}
	d.says(answers[http.StatusUnprocessableEntity][0], "已在别的批次里")
	path := answers[http.StatusSeeOther][0].location
	every([]*browser{first, second}, func(b *browser) page { return b.post(path, "do", "all") })
	if n := strings.Count(string(d.dump()), "\tproduced\tproduce\t"); n != 3 {
		t.Errorf("%d productions", n)
	}
	d.says(first.get("/console/cards"), "17 张")
}

// TestTheCardListStaysInTheHouse prints and exports a batch as those who may.
func TestTheCardListStaysInTheHouse(t *testing.T) {
	d, all := workshop(t, 2, 5)
	b := d.as("zz.issue")
	path := b.post("/console/production", b.batchForm(all...)...).location
	d.silent(b.get(path), all[0].Name, all[0].ID)
	d.says(b.get(path+"/print"), all[0].Name, all[0].ID, "胜利路 18 号", "用后销毁")
	rows := cellsOf(t, b.get(path+"/export").body)
	if len(rows) != 3 || rows[1][1] != all[0].Reference || rows[1][5] != all[0].ID {
		t.Errorf("%q", rows)
	}
	if ledger := string(d.dump()); !regexp.MustCompile(`exported\tproduction\t.*production/` + mainStation + `/1`).MatchString(ledger) {
		t.Error("the ledger does not know of the file")
	}
	d.hire("zz.issue.other", other("issuer"))
	for _, below := range []string{"", "/print", "/export"} {
		d.status(d.as("zz.issue.other").get(path+below), http.StatusNotFound, "another station: "+below)
		d.status(d.as("zz.accept").get(path+below), http.StatusForbidden, "an acceptor: "+below)
	}
	d.status(d.as("zz.issue.other").post(path, "do", "all"), http.StatusNotFound, "another station marks")
	d.status(d.as("zz.issue.other").post("/console/production", "key", office.NewKey(), "station", mainStation, "case", all[0].Reference), http.StatusNotFound, "another station makes")
	for _, none := range []string{"/console/production/" + mainStation + "/2", "/console/production/" + mainStation + "/x", "/console/production/%2e%2e/1"} {
		d.status(b.get(html.UnescapeString(none)), http.StatusNotFound, none)
	}
}
