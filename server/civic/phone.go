package civic

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

var mobilePhone = regexp.MustCompile(`^(?:\+86|0086)?(1[3-9][0-9]{9})$`)

// ParsePhone reads a mobile number of the mainland and gives its 11 digits.
// Spaces, hyphens, full-width characters and the prefix +86 or 0086 are
// forgiven; anything else is the problem phone.
func ParsePhone(s string) (string, error) {
	s = strings.Map(func(r rune) rune {
		if r == '-' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) { // Cf: marks that a copied number drags along
			return -1
		}
		return r
	}, width.Narrow.String(s))
	match := mobilePhone.FindStringSubmatch(s)
	if match == nil {
		return "", &Problem{Code: "phone"}
	}
	return match[1], nil
}

// MaskPhone keeps the first three and the last four digits of a number that
// ParsePhone gave; of anything else nothing.
func MaskPhone(phone string) string {
	if len(phone) != 11 {
		return strings.Repeat("*", len(phone))
	}
	return phone[:3] + "****" + phone[7:]
}
