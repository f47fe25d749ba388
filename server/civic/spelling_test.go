package civic_test

import (
	"strings"
	"testing"

	"anju/server/civic"
)

func TestPhrasesAreFoundByTheirSpelling(t *testing.T) {
	for _, c := range []struct {
		phrase, letters string
		has             bool
	}{
		{"社会保险", "shbx", true}, {"社会保险", "shehuibaoxian", true}, {"社会保险", "bx", true}, {"社会保险", "baox", true},
		{"社会保险", "shehbx", true}, {"社会保险", "sb", false}, {"社会保险", "bh", false}, {"社会保险", "shbxx", false}, {"社会保险", "", false},
		{"机动车注册登记", "jdc", true}, {"机动车注册登记", "jidongche", true}, {"机动车注册登记", "jdj", true}, // 车 is ju too
		{"女职工", "nv", true}, {"3年期居住证", "3nq", true}, {"“等”、其他", "dqt", true}, {"ＡＢ证", "abz", true},
	} {
		if got := civic.Spell(c.phrase).Has(c.letters); got != c.has {
			t.Errorf("%s by %q: %v", c.phrase, c.letters, got)
		}
	}
}

// What somebody types costs no more than it is long, whatever it is.
func TestSpellingHasNoBadCase(t *testing.T) {
	s := civic.Spell(strings.Repeat("一衣依医", 200))
	if s.Has(strings.Repeat("yi", 400) + "x") {
		t.Error("found")
	}
	if !s.Has(strings.Repeat("yi", 300)) {
		t.Error("not found")
	}
}
