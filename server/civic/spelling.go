package civic

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// Fold brings full-width and compatibility characters to their plain form, as people type them: ＡＢＣ is ABC (NFKC).
func Fold(s string) string { return norm.NFKC.String(s) }

// Spelling is how a Chinese phrase may be typed in Latin letters: for each character every reading it has.
type Spelling [][]string

// Spell reads a phrase. A character of several readings (车 che, ju) keeps them all; letters and digits stand for themselves in lower
// case; marks and characters without a known reading are left out.
func Spell(phrase string) Spelling {
	every := pinyin.NewArgs()
	every.Heteronym = true
	var s Spelling
	for _, r := range Fold(phrase) {
		switch {
		case unicode.Is(unicode.Han, r):
			readings := slices.Compact(slices.Sorted(slices.Values(pinyin.SinglePinyin(r, every))))
			if len(readings) > 0 && readings[0] != "" {
				s = append(s, readings)
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			s = append(s, []string{string(unicode.ToLower(r))})
		}
	}
	return s
}

// Has reports whether letters (a-z, digits) spell some characters of the phrase that follow each other: by whole syllables (shebao), by
// their initials (sb) or by both (shb). The last syllable may be unfinished.
func (s Spelling) Has(letters string) bool {
	if letters == "" {
		return false
	}
	for from := range s {
		if s[from:].begins(letters) {
			return true
		}
	}
	return false
}

// begins follows every way in which the letters can be cut into readings and initials; reached[n] says that n letters are spelled.
func (s Spelling) begins(letters string) bool {
	reached := make([]bool, len(letters)+1)
	reached[0] = true
	for _, readings := range s {
		next := make([]bool, len(letters)+1)
		alive := false
		for n, here := range reached[:len(letters)] {
			if !here {
				continue
			}
			rest := letters[n:]
			for _, reading := range readings {
				if strings.HasPrefix(reading, rest) {
					return true
				}
				if strings.HasPrefix(rest, reading) {
					next[n+len(reading)], alive = true, true
				}
				if rest[0] == reading[0] {
					next[n+1], alive = true, true
				}
			}
		}
		if next[len(letters)] {
			return true
		}
		if !alive {
			return false
		}
		reached = next
	}
	return false
}
