package civic

import (
	"strings"
	"unicode"
)

// CitizenID is a valid citizen ID number of 18 characters, X in upper case
// (GB 11643-1999). A value that did not come from ParseCitizenID or
// NewCitizenID may be anything; its parts are then empty.
type CitizenID string

// Sex is what an ID number tells; "" if it tells nothing.
type Sex string

// The sexes of GB/T 2261.1 that an ID number can tell.
const (
	Male   Sex = "male"
	Female Sex = "female"
)

const (
	citizenIDLength = 18
	oldestAge       = 130 // full years; beyond it a birth date is a mistake
)

var citizenIDWeights = [citizenIDLength - 1]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// idProvinces begin the numbers of residents. Prefixes of prefectures and
// counties change over a life and are not looked up.
var idProvinces = prefixSet("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65")

// hmtProvinces begin the numbers of the same form that residents of Hong Kong,
// Macao and Taiwan carry on a residence permit of their own.
var hmtProvinces = prefixSet("71 81 82 83")

// ParseCitizenID reads a number as a person types it: spaces anywhere and a
// small x are forgiven. today bounds the birth date. The problems are, in the
// order in which they are looked for:
//
//	id_fullwidth   full-width digits or X
//	id_characters  anything but digits and a last X
//	id_15          a number of the first generation, no longer valid
//	id_length      not 18 characters
//	id_hmt         a number of Hong Kong, Macao or Taiwan residents
//	id_birth       no such birth date
//	id_future      a birth date after today
//	id_age         older than 130 years
//	id_check       the check character, or the province, shows a mistake
func ParseCitizenID(s string, today Date) (CitizenID, error) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) { // Cf: marks that a copied number drags along
			return -1
		}
		return r
	}, s)
	if strings.ContainsFunc(s, func(r rune) bool { return r >= '０' && r <= '９' || r == 'Ｘ' || r == 'ｘ' }) {
		return "", &Problem{Code: "id_fullwidth"}
	}
	s = strings.ToUpper(s)
	if _, ok := digits(strings.TrimSuffix(s, "X")); !ok && s != "" {
		return "", &Problem{Code: "id_characters"}
	}
	if len(s) == 15 && s[14] != 'X' {
		return "", &Problem{Code: "id_15"}
	}
	if len(s) != citizenIDLength {
		return "", &Problem{Code: "id_length"}
	}
	if hmtProvinces[s[:2]] {
		return "", &Problem{Code: "id_hmt"}
	}
	id := CitizenID(s)
	born := id.Born()
	switch {
	case born.IsZero():
		return "", &Problem{Code: "id_birth"}
	case born.After(today):
		return "", &Problem{Code: "id_future"}
	case today.YearsSince(born) > oldestAge:
		return "", &Problem{Code: "id_age"}
	case !idProvinces[s[:2]] || checkCharacter(s[:17]) != s[17]:
		return "", &Problem{Code: "id_check"}
	}
	return id, nil
}

// NewCitizenID builds the number of an invented person: division of six digits,
// birth date, sequence 1..999, odd for a man. The problems are id_check for
// the division, id_birth, and id_length for the sequence.
func NewCitizenID(division string, born Date, seq int) (CitizenID, error) {
	if _, ok := digits(division); !ok || len(division) != 6 || !idProvinces[division[:2]] {
		return "", &Problem{Code: "id_check"}
	}
	if born.IsZero() {
		return "", &Problem{Code: "id_birth"}
	}
	if seq < 1 || seq > 999 {
		return "", &Problem{Code: "id_length"}
	}
	sequence := string([]byte{byte('0' + seq/100), byte('0' + seq/10%10), byte('0' + seq%10)})
	body := division + strings.ReplaceAll(born.String(), "-", "") + sequence
	return CitizenID(body + string(checkCharacter(body))), nil
}

// Born gives the birth date in the number.
func (id CitizenID) Born() Date {
	if len(id) != citizenIDLength {
		return Date{}
	}
	born, err := ParseDate(string(id[6:10]) + "-" + string(id[10:12]) + "-" + string(id[12:14]))
	if err != nil {
		return Date{}
	}
	return born
}

// Sex gives the sex in the number: an odd sequence is a man's.
func (id CitizenID) Sex() Sex {
	if len(id) != citizenIDLength || id[16] < '0' || id[16] > '9' {
		return ""
	}
	if (id[16]-'0')%2 == 1 {
		return Male
	}
	return Female
}

// Division gives the six digits of the place that assigned the number, as it
// was called then. It is not the place of the household, and the table of
// divisions may no longer know it.
func (id CitizenID) Division() string {
	if len(id) != citizenIDLength {
		return ""
	}
	return string(id[:6])
}

// Masked keeps the last four characters; every other one becomes *.
func (id CitizenID) Masked() string {
	const kept = 4
	if len(id) <= kept {
		return strings.Repeat("*", len(id))
	}
	return strings.Repeat("*", len(id)-kept) + string(id[len(id)-kept:])
}

// checkCharacter is ISO 7064 MOD 11-2 over the first 17 digits.
func checkCharacter(body string) byte {
	sum := 0
	for i, weight := range citizenIDWeights {
		sum += int(body[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}

func prefixSet(prefixes string) map[string]bool {
	set := make(map[string]bool)
	for _, p := range strings.Fields(prefixes) {
		set[p] = true
	}
	return set
}
