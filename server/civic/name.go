package civic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	longestName = 50 // characters
	nameDot     = '·'
)

// ParseName reads a name as it stands on a resident ID card: 1 to 50 Han
// characters of any plane, the parts of a transcribed name joined by a dot. It
// gives the NFC form with every kind of middle dot written as U+00B7. The
// problems are name_empty, name_long and name_characters.
func ParseName(s string) (string, error) {
	s = strings.TrimSpace(s)
	const longest = longestName * utf8.UTFMax * 3 // no character of a name is longer before NFC
	switch {
	case s == "":
		return "", &Problem{Code: "name_empty"}
	case len(s) > longest:
		return "", &Problem{Code: "name_long"}
	case !utf8.ValidString(s):
		return "", &Problem{Code: "name_characters"}
	}
	name := norm.NFC.String(strings.Map(nameRune, s))
	if utf8.RuneCountInString(name) > longestName {
		return "", &Problem{Code: "name_long"}
	}
	for part := range strings.SplitSeq(name, string(nameDot)) {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !isHan(r) }) {
			return "", &Problem{Code: "name_characters"}
		}
	}
	return name, nil
}

// nameRune writes every kind of dot as one, and a radical, which documents
// copied from PDF hold in place of the character that looks the same, as that
// character: the canonical form leaves both apart.
func nameRune(r rune) rune {
	switch r {
	case '•', '・', '･', '‧', '⋅', '∙', '．', '.':
		return nameDot
	}
	if r >= 0x2F00 && r <= 0x2FD5 {
		r, _ = utf8.DecodeRuneInString(norm.NFKC.String(string(r)))
	}
	return r
}

// isHan accepts the ideographs of every plane and 〇, which Unicode counts as a
// number, but not radicals and repetition marks. The last two ranges are
// extensions I and J, younger than some tables of the language.
func isHan(r rune) bool {
	return r == '〇' || unicode.Is(unicode.Unified_Ideograph, r) ||
		r >= 0x2EBF0 && r <= 0x2EE5D || r >= 0x323B0 && r <= 0x33479
}

// MaskName keeps the first and the last character, of two the first only; every
// other one, and a lone one, becomes *.
func MaskName(name string) string {
	runes := []rune(name)
	for i := range runes {
		if len(runes) == 1 || i > 0 && (i < len(runes)-1 || len(runes) == 2) {
			runes[i] = '*'
		}
	}
	return string(runes)
}

// Surname gives the surname, of two characters where a known compound surname
// leaves something for the given name; of a name with dots its first part.
func Surname(name string) string {
	if first, _, ok := strings.Cut(name, string(nameDot)); ok {
		return first
	}
	runes := []rune(name)
	if len(runes) > 2 {
		if _, known := compoundReadings[string(runes[:2])]; known {
			return string(runes[:2])
		}
	}
	return string(runes[:min(len(runes), 1)])
}
