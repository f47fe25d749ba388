package permit

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
)

// alphanumeric is the alphabet of ISO 7064 MOD 37,36.
const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// mod3736 computes the check character of ISO 7064 MOD 37,36 over the letters and digits of s; others are passed over.
func mod3736(s string) byte {
	p := 36
	for i := range len(s) {
		v := strings.IndexByte(alphanumeric, s[i])
		if v < 0 {
			continue
		}
		sum := (p + v) % 36
		if sum == 0 {
			sum = 36
		}
		p = sum * 2 % 37
	}
	return alphanumeric[(37-p)%36]
}

// NewNumber makes a permit number: <division of issue>-<year>-<serial, seven digits>-<check character>. No national rule exists; this
// form cannot be taken for a citizen ID number and is never used again.
func NewNumber(division string, year, serial int) string {
	body := fmt.Sprintf("%s-%04d-%07d", division, year, serial)
	return body + "-" + string(mod3736(body))
}

var numberForm = regexp.MustCompile(`^[0-9]{6}-[0-9]{4}-[0-9]{7}-[0-9A-Z]$`)

// ParseNumber returns the number in its canonical form, or false when the form or the check character is wrong.
func ParseNumber(s string) (string, bool) {
	s = canonical(s)
	if !numberForm.MatchString(s) || mod3736(s[:len(s)-2]) != s[len(s)-1] {
		return "", false
	}
	return s, true
}

func canonical(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }

// Misread says in a code what a text was meant to be when it has the form of a permit number or of a reference and the check character shows a
// mistake: "number_check" or "reference_check". Anything else gives "".
func Misread(s string) string {
	if number := canonical(s); numberForm.MatchString(number) {
		if _, ok := ParseNumber(number); !ok {
			return "number_check"
		}
		return ""
	}
	if _, ok := ParseReference(s); !ok && referenceForm.MatchString(strings.TrimSpace(s)) {
		return "reference_check"
	}
	return ""
}

// referenceForm is a reference as it is printed: whoever types twelve characters without hyphens may mean anything.
var referenceForm = regexp.MustCompile(`^[0-9]{4}[- －—]?[0-9A-Za-z]{4}[- －—][0-9A-Za-z]{4}$`)

// readable is Crockford's base 32 without its Z: no I, L, O or U, and 31 characters, a prime, so that the check character notices
// every wrong character and every swapped pair.
const readable = "0123456789ABCDEFGHJKMNPQRSTVWXY"

// NewReference makes the reference of an application: <first four digits of the city>-<four>-<four>, of which seven characters are
// random (34 bits) and the last checks the rest, so that a slip of the pen is found at once.
func NewReference(jurisdiction string) string {
	return grouped(checked(jurisdiction[:4], 7))
}

// NewRefusalReference makes the reference of a report that a permit was not honoured: R, fourteen random characters (69 bits: nobody
// guesses it, and whoever has it may read the answer) and a check, in four groups. It is longer than an application's and begins with a
// letter, so that neither is taken for the other.
func NewRefusalReference() string { return grouped(checked(refusalMark, 14)) }

// refusalMark is what every reference of a report begins with.
const refusalMark = "R"

// checked appends random characters and a check to the beginning of a reference.
func checked(beginning string, random int) string {
	raw := make([]byte, random)
	rand.Read(raw)
	for i, r := range raw {
		raw[i] = readable[int(r)%len(readable)]
	}
	s := beginning + string(raw)
	return s + string(referenceCheck(s))
}

// grouped sets a hyphen after every fourth character.
func grouped(s string) string {
	var groups []string
	for ; len(s) > 4; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.Join(append(groups, s), "-")
}

// referenceCheck weighs each character by its place, modulo 31.
func referenceCheck(s string) byte {
	sum := 0
	for i := range len(s) {
		sum += (i + 1) * strings.IndexByte(readable, s[i])
	}
	return readable[sum%31]
}

// ParseReference reads a reference as people type it: any case, with or without hyphens and spaces, O for 0, I or L for 1.
func ParseReference(s string) (string, bool) { return parseChecked(s, "", 12) }

// ParseRefusalReference reads the reference of a report in the same ways.
func ParseRefusalReference(s string) (string, bool) { return parseChecked(s, refusalMark, 16) }

func parseChecked(s, beginning string, length int) (string, bool) {
	s = strings.NewReplacer("-", "", " ", "", "－", "", "—", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(s)))
	if len(s) != length || !strings.HasPrefix(s, beginning) {
		return "", false
	}
	for i := range len(s) {
		if strings.IndexByte(readable, s[i]) < 0 {
			return "", false
		}
	}
	if referenceCheck(s[:length-1]) != s[length-1] {
		return "", false
	}
	return grouped(s), true
}

// JurisdictionOf returns the city that a parsed reference or permit number belongs to.
func JurisdictionOf(number string) string { return number[:4] + "00" }
