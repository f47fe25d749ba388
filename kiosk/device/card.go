package device

import (
	"slices"
	"strings"
	"unicode"

	"anju/server/civic"
)

// Kind says which document was read.
type Kind string

const (
	Resident    Kind = "resident"     // 居民身份证
	HKMT        Kind = "hkmt"         // 港澳台居民居住证, type letter J
	Foreigner   Kind = "foreigner"    // 外国人永久居留身份证 of 2017, type letter I
	Foreigner23 Kind = "foreigner_23" // 外国人永久居留身份证 of 2023, type letter Y
)

// Card is what the chip says. Fields that a kind does not have are empty. Characters outside the basic plane are stored
// on chips as private-use characters or placeholders: such a name passes here and fails civic.ParseName.
type Card struct {
	Kind      Kind
	Name      string // in Chinese characters; a foreigner may have none
	Latin     string // a foreigner's name in Latin letters
	Sex       civic.Sex
	Ethnic    string // GB/T 3304 code, two digits; Resident only
	Born      civic.Date
	Address   string // Resident and HKMT
	Number    string // 18 characters, 15 for Foreigner; a resident's has passed civic.ParseCitizenID
	Authority string // name of the issuing office; for Foreigner its four-character code
	Country   string // three capital letters, Foreigner only
	Pass      string // number of the travel permit, HKMT only
	Issues    string // times issued (HKMT) or reissued (Foreigner23), digits
	From      civic.Date
	To        civic.Date // last day of validity; zero is 长期, without end
}

// check refuses what cannot stand on a document of its kind. A frame's one-byte check misses one damaged block in 256,
// so this is the second net under it. It names the field and never the value.
func (c Card) check(today civic.Date) error {
	bad := func(field string) error { return &Fault{Code: CardData, Cause: badField(field)} }
	var ok bool
	for _, known := range kindLetters {
		ok = ok || c.Kind == known
	}
	if !ok {
		return &Fault{Code: CardKind}
	}
	_, _, texts := c.layout()
	for place, text := range texts {
		if !place.fits(*text) {
			return bad(place.name)
		}
	}
	switch {
	case c.Name == "" && c.Latin == "":
		return bad("name")
	case c.Sex != "" && c.Sex != civic.Male && c.Sex != civic.Female:
		return bad("sex")
	case c.Born.IsZero() || c.Born.After(today):
		return bad("born")
	case c.From.IsZero() || !c.To.IsZero() && c.To.Before(c.From):
		return bad("validity")
	case c.Issues != "" && !only(c.Issues, digits):
		return bad("issues")
	}
	switch c.Kind {
	case Resident:
		id, err := civic.ParseCitizenID(c.Number, today)
		if err != nil || string(id) != c.Number {
			return bad("number")
		}
		if id.Born() != c.Born || c.Sex != "" && id.Sex() != c.Sex {
			return bad("number against born and sex")
		}
		if len(c.Ethnic) != 2 || !only(c.Ethnic, digits) {
			return bad("ethnic")
		}
	case HKMT, Foreigner23:
		if len(c.Number) != 18 || !only(c.Number[:17], digits) || !only(c.Number[17:], digits+"X") ||
			!slices.Contains(numberStarts[c.Kind], c.Number[:len(numberStarts[c.Kind][0])]) {
			return bad("number")
		}
	case Foreigner:
		if len(c.Number) != 15 || !only(c.Number, digits+capitals) {
			return bad("number")
		}
		if len(c.Country) != 3 || !only(c.Country, capitals) {
			return bad("country")
		}
	}
	return nil
}

const (
	digits   = "0123456789"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// How numbers begin that are no citizen's: 810000 Hong Kong, 820000 Macao, 830000 Taiwan; 9 a foreigner.
var numberStarts = map[Kind][]string{HKMT: {"810000", "820000", "830000"}, Foreigner23: {"9"}}

type badField string

func (f badField) Error() string { return "field " + string(f) }

func only(text, allowed string) bool { return strings.Trim(text, allowed) == "" }

// printable refuses control characters and surrounding space, which no field may hold after the padding is gone.
func printable(text string) bool {
	return strings.IndexFunc(text, unicode.IsControl) < 0 && strings.Trim(text, padding) == text
}
