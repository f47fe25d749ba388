package policy

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"
)

func source(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("sources/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// between cuts the part of a text from one mark to the next, the second not included.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	part, _, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("no part from %q to %q", from, to)
	}
	return from + part
}

// bare drops white space: the texts indent and break lines by hand.
func bare(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
}

// TestZhangzhouServicesAreTheText builds 三(二)1 and 2 from the ruleset and compares them with the text
// character by character: nothing is changed, nothing added, nothing left over.
func TestZhangzhouServicesAreTheText(t *testing.T) {
	r, _ := loadOrFail(t).Ruleset("zhangzhou-2016")
	built := map[string]string{}
	number := map[string]int{}
	for _, s := range r.Services {
		number[s.Category]++
		n := number[s.Category]
		list := map[string]string{"basic_service": "1", "convenience": "2"}[s.Category]
		if want := fmt.Sprintf("三(二)%s(%d)", list, n); s.Clause != want {
			t.Errorf("%s: clause %s, want %s", s.ID, s.Clause, want)
		}
		entry := fmt.Sprintf("（%d）%s", n, s.Quote)
		if len(s.Departments) > 0 {
			var names []string
			for _, code := range s.Departments {
				d, _ := r.Department(code)
				names = append(names, d.Name.Zh)
			}
			entry += "（责任单位：" + strings.Join(names, "、") + "）"
		}
		built[s.Category] += entry
	}
	want := bare(between(t, source(t, "zhangzhou-2016"), "1.我市居住证持有人享有下列基本公共服务：", "（三）积极抓好"))
	got := bare("1.我市居住证持有人享有下列基本公共服务：" + built["basic_service"] +
		"2.我市居住证持有人在居住地享受下列便利：" + built["convenience"])
	if got != want {
		t.Errorf("differs from the text at %s", difference(got, want))
	}
}

// TestZiboServicesAreTheText does the same for 三(一) and 三(二).
func TestZiboServicesAreTheText(t *testing.T) {
	r, _ := loadOrFail(t).Ruleset("zibo-2014")
	built := map[string]string{}
	number := map[string]int{}
	for _, s := range r.Services {
		part := "三(一)"
		if s.Tiers[0] == "permit_3y_resided_1y" {
			part = "三(二)"
		}
		number[part]++
		if want := fmt.Sprintf("%s%d", part, number[part]); s.Clause != want {
			t.Errorf("%s: clause %s, want %s", s.ID, s.Clause, want)
		}
		built[part] += fmt.Sprintf("%d.%s", number[part], s.Quote)
	}
	one, _ := r.Tier("permit_1y")
	three, _ := r.Tier("permit_3y_resided_1y")
	want := bare(between(t, source(t, "zibo-2014"), "(一)流动人口持有1年期居住证的", "四、加强居住证服务工作"))
	got := bare("(一)" + one.Quote + "：" + built["三(一)"] + "(二)" + three.Quote + "：" + built["三(二)"])
	if got != want {
		t.Errorf("differs from the text at %s", difference(got, want))
	}
}

// TestNationalServicesAreTheText does the same for Decree 663 第十二条 and 第十三条.
func TestNationalServicesAreTheText(t *testing.T) {
	r, _ := loadOrFail(t).Ruleset("zibo-2017")
	numerals := []string{"一", "二", "三", "四", "五", "六", "七"}
	built := map[string]string{}
	number := map[string]int{}
	for _, s := range r.Services {
		n := number[s.Category]
		number[s.Category]++
		article := map[string]string{"basic_service": "第十二条", "convenience": "第十三条"}[s.Category]
		if want := fmt.Sprintf("《居住证暂行条例》%s（%s）", article, numerals[n]); s.Clause != want {
			t.Errorf("%s: clause %s, want %s", s.ID, s.Clause, want)
		}
		built[s.Category] += fmt.Sprintf("(%s)%s；", numerals[n], s.Quote)
	}
	text := source(t, "decree-663")
	for category, marks := range map[string][2]string{
		"basic_service": {"(一)义务教育", "第十三条"},
		"convenience":   {"(一)按照国家有关规定办理出入境证件", "第十四条"},
	} {
		want := bare(between(t, text, marks[0], marks[1]))
		got := strings.TrimSuffix(built[category], "；") + "。"
		if got != want {
			t.Errorf("%s differs from the text at %s", category, difference(got, want))
		}
	}
}

func difference(got, want string) string {
	a, b := []rune(got), []rune(want)
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("%d: got %q, want %q", i, string(a[i:min(i+20, len(a))]), string(b[i:min(i+20, len(b))]))
}

// TestQuotesAreInTheTexts finds every verbatim quote in the text that its clause names. A reported
// quote never claims to come from a text that is here.
func TestQuotesAreInTheTexts(t *testing.T) {
	decree := bare(source(t, "decree-663"))
	for _, j := range loadOrFail(t).Jurisdictions() {
		for _, r := range j.Rulesets {
			own := ""
			if r.ID != "zibo-2017" {
				own = bare(source(t, r.ID))
			}
			for _, b := range bases(r) {
				national := strings.HasPrefix(b.Clause, "《居住证暂行条例》")
				foreign := strings.ContainsAny(b.Clause, "《〔") || strings.HasPrefix(b.Clause, "山东省")
				switch {
				case b.Wording == Reported:
					if national || !foreign {
						t.Errorf("%s %s: %q is reported though the text is here", r.ID, b.Clause, b.Quote)
					}
				case national && !strings.Contains(decree, bare(b.Quote)):
					t.Errorf("%s %s: %q is not in the regulations", r.ID, b.Clause, b.Quote)
				case !national && !strings.Contains(own, bare(b.Quote)):
					t.Errorf("%s %s: %q is not in the text", r.ID, b.Clause, b.Quote)
				}
			}
			for _, d := range r.Departments {
				if !strings.Contains(own+decree, d.Named) {
					t.Errorf("%s: %s is not named in the text", r.ID, d.Named)
				}
			}
		}
	}
}

// bases are all clauses of a ruleset with their quotes.
func bases(r *Ruleset) []Basis {
	all := []Basis{r.InForce.Basis, r.Scope.Basis, r.Scope.SameCityBasis, r.Scope.OwnPermitBasis, r.HalfYear.Basis,
		r.IssueDeadline.Basis, r.ResidenceYears.Basis, r.AddressChange.Basis, r.Publication.Basis}
	for _, rule := range []*GroundRule{r.Grounds, r.ThreeYearGrounds} {
		if rule != nil {
			all = append(all, rule.Basis)
			for _, g := range rule.List {
				all = append(all, g.Basis)
			}
		}
	}
	if e := r.Endorsement; e != nil {
		all = append(all, e.Basis, e.Anchor.Basis)
	}
	if e := r.IssueDeadline.Extended; e != nil {
		all = append(all, e.Basis)
		for _, g := range e.Grounds {
			all = append(all, g.Basis)
		}
	}
	if t := r.TermRenewal; t != nil {
		all = append(all, t.Basis)
	}
	for _, x := range r.Tiers {
		all = append(all, x.Basis)
	}
	for _, x := range r.Fees {
		all = append(all, x.Basis)
	}
	for _, x := range r.Rights {
		all = append(all, x.Basis)
	}
	for _, x := range r.Proxies.Rules {
		all = append(all, x.Basis)
	}
	for _, x := range r.Proxies.Consents {
		all = append(all, x.Basis)
	}
	for _, x := range r.Documents {
		all = append(all, x.Basis)
	}
	for _, x := range r.Departments {
		all = append(all, x.Basis)
	}
	for _, x := range r.Services {
		all = append(all, x.Basis)
	}
	return all
}

// TestZhangzhouNamesItsDepartments: every department whose duty 三(一) states stands in the ruleset, with its sentence.
func TestZhangzhouNamesItsDepartments(t *testing.T) {
	r, _ := loadOrFail(t).Ruleset("zhangzhou-2016")
	part := between(t, source(t, "zhangzhou-2016"), "具体为：", "（二）提供基本公共服务和便利")
	want := strings.TrimPrefix(bare(part), "具体为：")
	got := ""
	for _, d := range r.Departments {
		if d.Role == "duty" {
			got += d.Quote
			if !strings.HasSuffix(d.Quote, d.Duty.Zh) {
				t.Errorf("%s: the duty %q is not that of the text", d.Code, d.Duty.Zh)
			}
		}
	}
	if got != want {
		t.Errorf("differs from the text at %s", difference(got, want))
	}
}

// TestZiboNamesItsDepartments compares the list of 四(二).
func TestZiboNamesItsDepartments(t *testing.T) {
	r, _ := loadOrFail(t).Ruleset("zibo-2014")
	var names []string
	for _, d := range r.Departments {
		if d.Role == "duty" {
			names = append(names, d.Named)
		}
	}
	if list := strings.Join(names, "、") + "等部门"; !strings.Contains(source(t, "zibo-2014"), "。"+list) {
		t.Errorf("%s is not the list of the text", list)
	}
}
