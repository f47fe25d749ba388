package civic_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"anju/server/civic"
)

func TestParseName(t *testing.T) {
	fifty := strings.Repeat("𠮷", 50)
	for _, c := range []struct {
		in, want, code string
	}{
		{"张明", "张明", ""},
		{"  欧阳昝　", "欧阳昝", ""},
		{"王", "王", ""},
		{"阿卜杜·热西提", "阿卜杜·热西提", ""},
		{"阿卜杜•热西提", "阿卜杜·热西提", ""},
		{"阿卜杜・热西提", "阿卜杜·热西提", ""},
		{"阿卜杜‧热西提", "阿卜杜·热西提", ""},
		{"阿卜杜．热西提", "阿卜杜·热西提", ""},
		{"阿卜杜.热西提", "阿卜杜·热西提", ""},
		{"阿卜杜\u0387热西提", "阿卜杜·热西提", ""},
		{"𠮷野", "𠮷野", ""}, // U+20BB7
		{"王𬭊", "王𬭊", ""}, // U+2CB4A
		{"\U00030EDD\U00030EDD面", "\U00030EDD\U00030EDD面", ""},
		{"王\U0002EBF0\U000323B0", "王\U0002EBF0\U000323B0", ""}, // extensions I and J
		{"张〇", "张〇", ""},
		{"\uf9e9明", "里明", ""},      // a compatibility ideograph
		{"\u2f32\u2f49", "干月", ""}, // radicals, as PDF files hold them
		{fifty, fifty, ""},
		{"", "", "name_empty"},
		{" \u3000\t", "", "name_empty"},
		{fifty + "𠮷", "", "name_long"},
		{strings.Repeat("张", 100000), "", "name_long"},
		{"Zhang San", "", "name_characters"},
		{"张A", "", "name_characters"},
		{"张3", "", "name_characters"},
		{"张３", "", "name_characters"},
		{"张🏠", "", "name_characters"},
		{"张 明", "", "name_characters"},
		{"张々", "", "name_characters"},
		{"张\U000E0100", "", "name_characters"},
		{"张\ue000", "", "name_characters"},
		{"山田たろう", "", "name_characters"},
		{"·张", "", "name_characters"},
		{"张·", "", "name_characters"},
		{"阿··热", "", "name_characters"},
		{"·", "", "name_characters"},
		{"张\xff", "", "name_characters"},
		{"张\n明", "", "name_characters"},
	} {
		got, err := civic.ParseName(c.in)
		what := c.in
		if len(what) > 100 {
			what = what[:99] + "…"
		}
		wantCode(t, "ParseName("+what+")", err, c.code)
		if got != c.want {
			t.Errorf("ParseName(%q) = %q, want %q", what, got, c.want)
		}
	}
}

func TestMaskName(t *testing.T) {
	for in, want := range map[string]string{
		"张明": "张*", "张小明": "张*明", "欧阳昝·𠮷": "欧***𠮷", "𠮷𬭊": "𠮷*", "王": "*", "": "",
		"阿卜杜·热西提": "阿*****提",
	} {
		if got := civic.MaskName(in); got != want {
			t.Errorf("MaskName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSurname(t *testing.T) {
	for in, want := range map[string]string{
		"张明": "张", "欧阳昝": "欧阳", "欧阳": "欧", "诸葛孔明": "诸葛", "阿卜杜·热西提": "阿卜杜", "𠮷野": "𠮷", "": "",
	} {
		if got := civic.Surname(in); got != want {
			t.Errorf("Surname(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	for in, want := range map[string]string{
		"欧阳昝": "oyz", "单雄信": "sxx", "曾国藩": "zgf", "仇英": "qy", "查良镛": "zly", "吕布": "lb", "解缙": "xj",
		"尉迟恭": "ycg", "万俟卨": "mqx", "长孙无忌": "zswj", "单于明": "cym", "张明": "zm", "王𬭊": "wd", "张〇": "zl",
		"𠮷明": "m", "阿卜杜·热西提": "abdrxt", "翟志刚": "zzg", "区志明": "ozm", "": "",
		"张单": "zd", // only a surname is read as a surname
	} {
		if got := civic.Initials(in); got != want {
			t.Errorf("Initials(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"张明", "欧阳昝", "阿卜杜•热西提", "𠮷野", "\uf9e9", "\u2f32", "e\u0301", "\xff", "·", " ", "🏠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := civic.ParseName(s)
		if err != nil {
			if name != "" {
				t.Fatalf("%q: %q beside %v", s, name, err)
			}
			return
		}
		if again, err := civic.ParseName(name); err != nil || again != name {
			t.Fatalf("%q gave %q, which gave %q, %v", s, name, again, err)
		}
		n := utf8.RuneCountInString(name)
		if !norm.NFC.IsNormalString(name) || n < 1 || n > 50 {
			t.Fatalf("%q gave %q", s, name)
		}
		if utf8.RuneCountInString(civic.MaskName(name)) != n || civic.MaskName(name) == name {
			t.Fatalf("%q masked as %q", name, civic.MaskName(name))
		}
		if !strings.HasPrefix(name, civic.Surname(name)) || civic.Surname(name) == "" {
			t.Fatalf("%q has surname %q", name, civic.Surname(name))
		}
		for _, r := range civic.Initials(name) {
			if r < 'a' || r > 'z' {
				t.Fatalf("%q has initials %q", name, civic.Initials(name))
			}
		}
	})
}
