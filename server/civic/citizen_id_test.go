package civic_test

import (
	"strings"
	"testing"

	"anju/server/civic"
)

var today = civic.MustDate("2026-11-24")

func TestParseCitizenID(t *testing.T) {
	for _, c := range []struct {
		in, want, code string
	}{
		{"11010519491231002X", "11010519491231002X", ""},
		{"35060219900307001X", "35060219900307001X", ""},
		{"370303199003070013", "370303199003070013", ""},
		{"11010519491231002x", "11010519491231002X", ""},
		{"  110105 19491231 002X\t", "11010519491231002X", ""},
		{"110105　19491231\u00a0002X\u200b", "11010519491231002X", ""},
		{"440524188001010014", "", "id_age"},
		{"", "", "id_length"},
		{"1101051949123100", "", "id_length"},
		{"110105194912310021X", "", "id_length"},
		{"11010549123100X", "", "id_length"},
		{"110105491231002", "", "id_15"},
		{"11010519491231002Y", "", "id_characters"},
		{"1101051949123100X2", "", "id_characters"},
		{"1101051949123100XX", "", "id_characters"},
		{"110105-19491231-002X", "", "id_characters"},
		{"１１０１０５１９４９１２３１００２Ｘ", "", "id_fullwidth"},
		{"11010519491231002Ｘ", "", "id_fullwidth"},
		{"350602199002300016", "", "id_birth"},
		{"350602199013070016", "", "id_birth"},
		{"350602202611250016", "", "id_future"},
		{"350602199003070011", "", "id_check"},
		{"350602199003070012", "", "id_check"},
		{"810000199408230021", "", "id_hmt"},
		{"820000199408230021", "", "id_hmt"},
		{"830000199408230021", "", "id_hmt"},
		{"710000199408230021", "", "id_hmt"},
	} {
		got, err := civic.ParseCitizenID(c.in, today)
		wantCode(t, "ParseCitizenID("+c.in+")", err, c.code)
		if string(got) != c.want {
			t.Errorf("ParseCitizenID(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCitizenIDAgeLimits(t *testing.T) {
	for _, c := range []struct{ born, code string }{
		{"2026-11-24", ""},
		{"2026-11-25", "id_future"},
		{"1895-11-25", ""},
		{"1895-11-24", "id_age"},
	} {
		id, err := civic.NewCitizenID("350602", civic.MustDate(c.born), 1)
		if err != nil {
			t.Fatal(err)
		}
		_, err = civic.ParseCitizenID(string(id), today)
		wantCode(t, c.born, err, c.code)
	}
}

// The check character must notice every wrong digit.
func TestCitizenIDNoticesEveryWrongDigit(t *testing.T) {
	for _, good := range []string{"11010519491231002X", "35060219900307001X", "370303199003070013"} {
		for i := range len(good) {
			for _, digit := range "0123456789X" {
				bad := good[:i] + string(digit) + good[i+1:]
				if bad == good {
					continue
				}
				if _, err := civic.ParseCitizenID(bad, today); err == nil {
					t.Errorf("%s was taken for %s", bad, good)
				}
			}
		}
	}
}

func TestCitizenIDOfOldDivision(t *testing.T) {
	for _, division := range []string{"350681", "350625", "350621", "110103"} {
		id, err := civic.NewCitizenID(division, civic.MustDate("1970-01-01"), 12)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := civic.ParseCitizenID(string(id), today); err != nil {
			t.Errorf("%s: %v", division, err)
		}
	}
	for _, s := range []string{"990101199003070019", "000000199003070010"} {
		if _, err := civic.ParseCitizenID(s, today); err == nil {
			t.Errorf("%s was taken", s)
		}
	}
}

func TestCitizenIDParts(t *testing.T) {
	man, err := civic.ParseCitizenID("35060219900307001X", today)
	if err != nil {
		t.Fatal(err)
	}
	woman, err := civic.ParseCitizenID("11010519491231002X", today)
	if err != nil {
		t.Fatal(err)
	}
	if man.Sex() != civic.Male || woman.Sex() != civic.Female {
		t.Errorf("sexes %s, %s", man.Sex(), woman.Sex())
	}
	if got := man.Born().String(); got != "1990-03-07" {
		t.Errorf("born %s", got)
	}
	if got := man.Division(); got != "350602" {
		t.Errorf("division %s", got)
	}
	if got := man.Masked(); got != "**************001X" {
		t.Errorf("masked %s", got)
	}
}

func TestCitizenIDThatIsNone(t *testing.T) {
	for _, id := range []civic.CitizenID{"", "12", "350602", "abcdefabcdefghijkl"} {
		if !id.Born().IsZero() || id.Sex() != "" {
			t.Errorf("%q: born %s, sex %s", id, id.Born(), id.Sex())
		}
	}
	if got := civic.CitizenID("0012").Masked(); got != "****" {
		t.Errorf("masked %s", got)
	}
}

func TestNewCitizenID(t *testing.T) {
	for _, c := range []struct {
		division, born string
		seq            int
		want           string
	}{
		{"110105", "1949-12-31", 2, "11010519491231002X"},
		{"440524", "1880-01-01", 1, "440524188001010014"},
		{"350602", "1990-03-07", 1, "35060219900307001X"},
		{"370303", "1990-03-07", 1, "370303199003070013"},
	} {
		got, err := civic.NewCitizenID(c.division, civic.MustDate(c.born), c.seq)
		if err != nil || string(got) != c.want {
			t.Errorf("%s %s %d = %s, %v, want %s", c.division, c.born, c.seq, got, err, c.want)
		}
	}
	born := civic.MustDate("1990-03-07")
	_, err := civic.NewCitizenID("3506", born, 1)
	wantCode(t, "short division", err, "id_check")
	_, err = civic.NewCitizenID("810000", born, 1)
	wantCode(t, "Hong Kong", err, "id_check")
	_, err = civic.NewCitizenID("350602", civic.Date{}, 1)
	wantCode(t, "no birth", err, "id_birth")
	for _, seq := range []int{0, -1, 1000} {
		_, err = civic.NewCitizenID("350602", born, seq)
		wantCode(t, "sequence", err, "id_length")
	}
}

func FuzzCitizenID(f *testing.F) {
	for _, s := range []string{"11010519491231002X", " 35060219900307001x ", "１１", "110105491231002", "810000199408230021", "\xff", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := civic.ParseCitizenID(s, today)
		if err != nil {
			if id != "" {
				t.Fatalf("%q: %q beside %v", s, id, err)
			}
			return
		}
		again, err := civic.ParseCitizenID(string(id), today)
		if err != nil || again != id {
			t.Fatalf("%q gave %q, which gave %q, %v", s, id, again, err)
		}
		if len(id) != 18 || id.Born().IsZero() || id.Born().After(today) || id.Sex() == "" {
			t.Fatalf("%q gave %q", s, id)
		}
		seq := int(id[14]-'0')*100 + int(id[15]-'0')*10 + int(id[16]-'0')
		if seq == 0 {
			return
		}
		if built, err := civic.NewCitizenID(id.Division(), id.Born(), seq); err != nil || built != id {
			t.Fatalf("%q built as %q, %v", id, built, err)
		}
		if strings.Count(id.Masked(), "*") != 14 {
			t.Fatalf("masked %q", id.Masked())
		}
	})
}
