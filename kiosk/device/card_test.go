package device

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
	"unicode/utf16"

	"anju/server/civic"
)

var today = civic.MustDate("2026-11-24")

// chip writes a text block by offsets alone, so that the layouts are checked against their description.
func chip(texts map[int]string) []byte {
	block := bytes.Repeat([]byte{' ', 0}, 128)
	for offset, text := range texts {
		for i, unit := range utf16.Encode([]rune(text)) {
			binary.LittleEndian.PutUint16(block[offset+2*i:], unit)
		}
	}
	return block
}

var (
	resident = Card{Kind: Resident, Name: "欧阳昝", Sex: "male", Ethnic: "01", Born: civic.MustDate("1990-03-07"),
		Address: "福建省漳州市芗城区示例街道1号 2室", Number: "35060219900307001X", Authority: "漳州市公安局芗城分局",
		From: civic.MustDate("2020-01-01")}
	hkmt = Card{Kind: HKMT, Name: "陈示例", Sex: "male", Born: civic.MustDate("1985-06-12"),
		Address: "福建省漳州市芗城区示例街2号", Number: "810000198506120032", Authority: "漳州市公安局", Pass: "H00000000",
		Issues: "01", From: civic.MustDate("2023-05-01"), To: civic.MustDate("2028-04-30")}
	foreigner = Card{Kind: Foreigner, Name: "马丁", Latin: "MARTIN, ALEX", Sex: "male", Born: civic.MustDate("1988-02-14"),
		Number: "FRA350088021401", Country: "FRA", Authority: "1500", From: civic.MustDate("2019-03-01"),
		To: civic.MustDate("2029-02-28")}
	foreigner23 = Card{Kind: Foreigner23, Name: "安娜", Latin: "EXAMPLE, ANNA", Sex: "female",
		Born: civic.MustDate("1992-09-01"), Number: "911156199209010028", Issues: "01",
		From: civic.MustDate("2024-01-01"), To: civic.MustDate("2034-01-01")}
)

var chips = map[string]struct {
	block []byte
	want  Card
}{
	"resident": {chip(map[int]string{0: "欧阳昝", 30: "1", 32: "01", 36: "19900307", 52: "福建省漳州市芗城区示例街道1号 2室",
		122: "35060219900307001X", 158: "漳州市公安局芗城分局", 188: "20200101", 204: "长期"}), resident},
	"J": {chip(map[int]string{0: "陈示例", 30: "1", 32: "99", 36: "19850612", 52: "福建省漳州市芗城区示例街2号",
		122: "810000198506120032", 158: "漳州市公安局", 188: "20230501", 204: "20280430", 220: "H00000000", 238: "01", 248: "J"}), hkmt},
	"I": {chip(map[int]string{0: "MARTIN, ALEX", 120: "1", 122: "FRA350088021401", 152: "FRA", 158: "马丁", 188: "20190301",
		204: "20290228", 220: "19880214", 236: "01", 240: "1500", 248: "I"}), foreigner},
	"Y": {chip(map[int]string{0: "安娜", 30: "2", 32: "01", 36: "19920901", 52: "EXAMPLE, ANNA", 122: "911156199209010028",
		158: "reserve", 188: "20240101", 204: "20340101", 248: "Y"}), foreigner23},
}

func TestCardLayouts(t *testing.T) {
	for name, x := range chips {
		got, err := parseCard(x.block, today)
		if err != nil || got != x.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if again, err := parseCard(x.want.block(), today); err != nil || again != x.want {
			t.Errorf("%s written by the emulator: %+v, %v", name, again, err)
		}
	}
}

func TestCardTextRefused(t *testing.T) {
	for name, x := range map[string]struct {
		kind   string
		offset int
		text   string
		want   Code
	}{
		"unknown letter":      {"resident", 248, "Z", CardKind},
		"name missing":        {"resident", 0, "   ", CardData},
		"control in name":     {"resident", 0, "欧\n昝", CardData},
		"sex":                 {"resident", 30, "3", CardData},
		"sex against number":  {"resident", 30, "2", CardData},
		"ethnic":              {"resident", 32, "0A", CardData},
		"birth impossible":    {"resident", 36, "19900230", CardData},
		"birth against id":    {"resident", 36, "19900308", CardData},
		"check digit":         {"resident", 156, "1", CardData},
		"from blank":          {"resident", 188, "        ", CardData},
		"to not a date":       {"resident", 204, "长久", CardData},
		"to before from":      {"resident", 204, "20191231", CardData},
		"born tomorrow":       {"I", 220, "20261125", CardData},
		"number of a J":       {"J", 122, "81000019850612003A", CardData},
		"start of a J":        {"J", 122, "350602198506120032", CardData},
		"issues of a J":       {"J", 238, "1A", CardData},
		"number of a Y":       {"Y", 122, "91115619920901 028", CardData},
		"number of an I":      {"I", 122, "fra350088021401", CardData},
		"country of an I":     {"I", 152, "F1A", CardData},
		"resident read as Y":  {"resident", 248, "Y", CardData},
		"foreigner read as J": {"I", 248, "J", CardData},
	} {
		block := bytes.Clone(chips[x.kind].block)
		for i, unit := range utf16.Encode([]rune(x.text)) {
			binary.LittleEndian.PutUint16(block[x.offset+2*i:], unit)
		}
		_, err := parseCard(block, today)
		if fault := new(Fault); !errors.As(err, &fault) || fault.Code != x.want {
			t.Errorf("%s: %v, want %s", name, err, x.want)
		}
	}
}

// An undeclared sex and a private-use character in a rare name are the chip's truth and pass.
func TestCardUnusualButTrue(t *testing.T) {
	block := bytes.Clone(chips["resident"].block)
	copy(block[30:], []byte{'9', 0})
	copy(block[4:], []byte{0x63, 0xE8}) // U+E863
	got, err := parseCard(block, today)
	if err != nil || got.Sex != "" || got.Name != "欧阳\uE863" {
		t.Fatalf("%+q, %v", got, err)
	}
}

// What passes survives the way through the emulator's encoder and through a signed read.
func FuzzCardText(f *testing.F) {
	for _, x := range chips {
		f.Add(x.block)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		block := make([]byte, textLength)
		copy(block, raw)
		card, err := parseCard(block, today)
		if err != nil {
			if !errors.As(err, new(*Fault)) {
				t.Fatalf("%T", err)
			}
			return
		}
		if again, err := parseCard(card.block(), today); err != nil || again != card {
			t.Fatalf("%+q became %+q, %v", card, again, err)
		}
		if again, err := card.wire().card(); err != nil || again != card {
			t.Fatalf("%+q became %+q, %v", card, again, err)
		}
	})
}
