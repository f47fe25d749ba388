package device

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"anju/server/civic"
)

// The answer to readCard: two lengths of two bytes, big-endian, then the text block and the encoded photo.
const (
	textLength  = 256
	photoLength = 1024

	longTerm = "长期" // in place of an expiry date
	padding  = " \x00\u3000"
)

// field is a stretch of the text block, in bytes.
type field struct {
	name           string
	offset, length int
}

// The layouts of the text block: UTF-16LE, padded with spaces (GA/T 490; the later ones as published with drivers).
// That the cards of 2023 carry the letter Y is known from one public source only.
var (
	letterField = field{"letter", 248, 2}
	fromField   = field{"from", 188, 16}
	toField     = field{"to", 204, 16}

	nameField      = field{"name", 0, 30}
	sexField       = field{"sex", 30, 2}
	ethnicField    = field{"ethnic", 32, 4} // on a card of 2023: times reissued
	bornField      = field{"born", 36, 16}
	addressField   = field{"address", 52, 70} // on a card of 2023: name in Latin letters
	numberField    = field{"number", 122, 36}
	authorityField = field{"authority", 158, 30}
	passField      = field{"pass", 220, 18}
	issuesField    = field{"issues", 238, 4}

	foreignLatin     = field{"latin", 0, 120}
	foreignSex       = field{"sex", 120, 2}
	foreignNumber    = field{"number", 122, 30}
	foreignCountry   = field{"country", 152, 6}
	foreignName      = field{"name", 158, 30}
	foreignBorn      = field{"born", 220, 16}
	foreignAuthority = field{"authority", 240, 8}
)

var (
	kindLetters = map[string]Kind{"": Resident, "J": HKMT, "I": Foreigner, "Y": Foreigner23}
	sexDigits   = map[string]civic.Sex{"1": civic.Male, "2": civic.Female, "0": "", "9": ""}
)

// layout pairs each plain text of a card with its place on the chip; sex and birth date need converting.
func (c *Card) layout() (sex, born field, texts map[field]*string) {
	switch c.Kind {
	case Foreigner:
		return foreignSex, foreignBorn, map[field]*string{foreignLatin: &c.Latin, foreignNumber: &c.Number,
			foreignCountry: &c.Country, foreignName: &c.Name, foreignAuthority: &c.Authority}
	case Foreigner23:
		return sexField, bornField, map[field]*string{nameField: &c.Name, ethnicField: &c.Issues,
			addressField: &c.Latin, numberField: &c.Number}
	case HKMT:
		return sexField, bornField, map[field]*string{nameField: &c.Name, addressField: &c.Address,
			numberField: &c.Number, authorityField: &c.Authority, passField: &c.Pass, issuesField: &c.Issues}
	default:
		return sexField, bornField, map[field]*string{nameField: &c.Name, ethnicField: &c.Ethnic,
			addressField: &c.Address, numberField: &c.Number, authorityField: &c.Authority}
	}
}

func (f field) fits(text string) bool {
	return utf8.ValidString(text) && 2*len(utf16.Encode([]rune(text))) <= f.length && printable(text)
}

func (f field) get(block []byte) string {
	units := make([]uint16, f.length/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(block[f.offset+2*i:])
	}
	return strings.Trim(string(utf16.Decode(units)), padding)
}

func (f field) put(block []byte, text string) {
	for i, unit := range utf16.Encode([]rune(text)) {
		binary.LittleEndian.PutUint16(block[f.offset+2*i:], unit)
	}
}

// readBlock takes the data of a readCard reply apart and returns the text block.
func readBlock(data []byte) ([]byte, error) {
	if len(data) != 4+textLength+photoLength ||
		binary.BigEndian.Uint16(data) != textLength || binary.BigEndian.Uint16(data[2:]) != photoLength {
		return nil, errLength
	}
	return data[4 : 4+textLength], nil
}

// parseCard reads a text block. The error is a *Fault: CardKind or CardData.
func parseCard(block []byte, today civic.Date) (Card, error) {
	kind, ok := kindLetters[letterField.get(block)]
	if !ok {
		return Card{}, &Fault{Code: CardKind}
	}
	c := Card{Kind: kind}
	sex, born, texts := c.layout()
	for place, text := range texts {
		*text = place.get(block)
	}
	var err error
	if c.Sex, ok = sexDigits[sex.get(block)]; !ok {
		return Card{}, &Fault{Code: CardData, Cause: badField(sex.name)}
	}
	if c.Born, err = chipDate(born, block); err != nil {
		return Card{}, err
	}
	if c.From, err = chipDate(fromField, block); err != nil {
		return Card{}, err
	}
	if toField.get(block) != longTerm {
		if c.To, err = chipDate(toField, block); err != nil {
			return Card{}, err
		}
	}
	if err := c.check(today); err != nil {
		return Card{}, err
	}
	return c, nil
}

func chipDate(f field, block []byte) (civic.Date, error) {
	text := f.get(block)
	if len(text) == 8 {
		if d, err := civic.ParseDate(text[:4] + "-" + text[4:6] + "-" + text[6:]); err == nil {
			return d, nil
		}
	}
	return civic.Date{}, &Fault{Code: CardData, Cause: badField(f.name)}
}

// block writes the text block of a card that has passed its check: the emulator's half.
func (c Card) block() []byte {
	block := bytes.Repeat([]byte{' ', 0}, textLength/2)
	for text, kind := range kindLetters {
		if kind == c.Kind {
			letterField.put(block, text)
		}
	}
	sex, born, texts := c.layout()
	for place, text := range texts {
		place.put(block, *text)
	}
	sex.put(block, map[civic.Sex]string{civic.Male: "1", civic.Female: "2", "": "9"}[c.Sex])
	born.put(block, chipDigits(c.Born))
	fromField.put(block, chipDigits(c.From))
	toField.put(block, longTerm)
	if !c.To.IsZero() {
		toField.put(block, chipDigits(c.To))
	}
	return block
}

func chipDigits(d civic.Date) string { return strings.ReplaceAll(d.String(), "-", "") }
