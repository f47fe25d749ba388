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
	s = strings.ToUpper(strings.TrimSpace(s))
	if !numberForm.MatchString(s) || mod3736(s[:len(s)-2]) != s[len(s)-1] {
		return "", false
	}
	return s, true
}

// readable is Crockford's base 32 without its Z: no I, L, O or U, and 31 characters, a prime, so that the check character notices
// every wrong character and every swapped pair.
const readable = "0123456789ABCDEFGHJKMNPQRSTVWXY"

// NewReference makes the reference of an application: <first four digits of the city>-<four>-<four>, of which seven characters are
// random (34 bits) and the last checks the rest, so that a slip of the pen is found at once.
func NewReference(jurisdiction string) string {
	var raw [7]byte
	rand.Read(raw[:])
	var b strings.Builder
	b.WriteString(jurisdiction[:4])
	for _, r := range raw {
		b.WriteByte(readable[int(r)%len(readable)])
	}
	s := b.String()
	s += string(referenceCheck(s))
	return s[:4] + "-" + s[4:8] + "-" + s[8:]
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
func ParseReference(s string) (string, bool) {
	s = strings.NewReplacer("-", "", " ", "", "－", "", "—", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(s)))
	if len(s) != 12 {
		return "", false
	}
	for i := range len(s) {
		if strings.IndexByte(readable, s[i]) < 0 {
			return "", false
		}
	}
	if referenceCheck(s[:11]) != s[11] {
		return "", false
	}
	return s[:4] + "-" + s[4:8] + "-" + s[8:], true
}

// JurisdictionOf returns the city that a parsed reference belongs to.
func JurisdictionOf(reference string) string { return reference[:4] + "00" }
