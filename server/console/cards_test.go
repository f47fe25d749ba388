package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var keyField = regexp.MustCompile(`name="key" value="([^"]+)"`)

// cards sends the form of the page as it stands.
func (b *browser) cards(station, move, number, note string) (page, []string) {
	b.d.t.Helper()
	found := keyField.FindStringSubmatch(b.get("/console/cards").body)
	if found == nil {
		b.d.t.Fatal("no form")
	}
	fields := []string{"key", found[1], "station", station, "move", move, "number", number, "note", note}
	return b.post("/console/cards", fields...), fields
}

// TestCardsAreReceivedUsedSpoiledAndCounted keeps the stock of a station through a permit that is made.
func TestCardsAreReceivedUsedSpoiledAndCounted(t *testing.T) {
	const station = "S350602001"
	d := furnish(t, true, "zz.in_production")
	b := d.as("zz.issue")
	d.says(b.get("/console/cards"), "快用完了", "还没有记录")
	got, fields := b.cards(station, "received", "50", "")
	d.says(b.follow(got), "已登记", "50 张", "+50")
	d.status(b.post("/console/cards", fields...), http.StatusSeeOther, "the second tap")
	d.says(d.pass(b, d.people["zz.in_production"], "production"), "待领取")
	d.says(b.get("/console/cards"), "49 张", "制证使用 -1 49")
	got, _ = b.cards(station, "spoiled", "2", "打印机卡纸")
	d.says(b.follow(got), "47 张", "打印机卡纸")
	got, fields = b.cards(station, "spoiled", "47", "受潮")
	d.says(b.follow(got), "0 张")
	d.status(b.post("/console/cards", fields...), http.StatusSeeOther, "the second tap, with none left")
	got, _ = b.cards(station, "counted", "3", "")
	d.says(b.follow(got), "3 张", "盘点 =3 3")

	for _, bad := range []struct{ move, number, note, says string }{
		{"", "1", "", "请选择登记什么"}, {"used", "1", "", "请选择登记什么"}, {"received", "0", "", "请填写张数"}, {"received", "-5", "", "请填写张数"},
		{"received", "1.5", "", "请填写张数"}, {"received", "100001", "", "请填写张数"}, {"received", "", "", "请填写张数"}, {"spoiled", "4", "坏", "作废的比结余还多"},
		{"spoiled", "1", "", "请写明作废的原因"}, {"received", "1", strings.Repeat("长", 10_000), "300"},
	} {
		got, _ := b.cards(station, bad.move, bad.number, bad.note)
		d.status(got, http.StatusUnprocessableEntity, bad.move+" "+bad.number)
		d.says(got, bad.says, "error-summary")
	}
	d.says(b.get("/console/cards"), "3 张")
	got, _ = b.cards("S350602002", "received", "5", "")
	d.status(got, http.StatusNotFound, "another station")
	d.status(d.as("zz.accept").get("/console/cards"), http.StatusForbidden, "an acceptor")
}
