package policy_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"anju/server/civic"
	"anju/server/policy"
)

// groupsOf shortens groups to their verdict, reason and day with the number of items.
func groupsOf(t *testing.T, id string, i policy.Inquiry) (*policy.Ruleset, policy.EntitlementAnswer, []policy.Group) {
	t.Helper()
	r, ok := book(t).Ruleset(id)
	if !ok {
		t.Fatal("no ruleset", id)
	}
	a := r.Inquire(policy.InForce, civic.MustDate("2026-11-26"), i)
	return r, a, r.Groups(a, i.For)
}

func TestInquiryOfAHolderInZhangzhou(t *testing.T) {
	i := policy.Inquiry{For: policy.Self, Tier: "residence_permit", Status: policy.PermitActive, Facts: map[string]policy.Known{}}
	r, a, groups := groupsOf(t, "zhangzhou-2016", i)
	if len(groups) != 2 || groups[0].Verdict != policy.Entitled || groups[1].Verdict != policy.Conditional {
		t.Fatalf("%+v", groups)
	}
	open := r.Open(a, i)
	if len(open) != policy.MaxQuestions || open[0].Code != "knowledge_skill_ability" || open[0].Items != 3 || len(open[0].Services) != 1 || open[0].Services[0].ID != "zz.bs.09" {
		t.Fatalf("first of %d: %+v", len(open), open[0])
	}
	i.Facts["knowledge_skill_ability"] = policy.No
	_, a, groups = groupsOf(t, "zhangzhou-2016", i)
	last := groups[len(groups)-1]
	if last.Verdict != policy.NotEntitled || last.Reason != policy.ReasonCondition || last.Items != 3 || last.Services[0].Items[0].Failed()[0] != "knowledge_skill_ability" {
		t.Fatalf("%+v", last)
	}
	if open := r.Open(a, i); len(open) != policy.MaxQuestions-1 || slices.ContainsFunc(open, func(q policy.Question) bool { return q.Code == "knowledge_skill_ability" }) {
		t.Fatalf("%+v", open)
	}
}

// A situation settles what it says: who holds a permit and asks for a child is not asked whether the child's parent holds one.
func TestTheSituationSettlesWhatItSays(t *testing.T) {
	i := policy.Inquiry{For: policy.Child, Tier: "residence_permit", Status: policy.PermitActive}
	r, a, groups := groupsOf(t, "zhangzhou-2016", i)
	for _, q := range r.Open(a, i) {
		if q.Code == "guardian_holds_permit" || q.Code == "child" {
			t.Error("asked:", q.Code)
		}
	}
	if got := item(t, a, "zz.bs.03.e"); got.Verdict != policy.Entitled {
		t.Error("vaccines for a child:", got.Verdict)
	}
	for _, g := range groups {
		for _, s := range g.Services {
			if s.Service.ID == "zz.bs.09" {
				t.Error("awards of workers are not for a child")
			}
		}
	}
	i.Tier = "" // without a permit nobody's child is a holder's child
	_, a, _ = groupsOf(t, "zhangzhou-2016", i)
	if got := item(t, a, "zz.bs.01.a"); got.Verdict != policy.Later || !slices.Contains(got.Missing, "guardian_holds_permit") {
		t.Errorf("%+v", got)
	}
}

func TestGroupsSayFromWhichDay(t *testing.T) {
	i := policy.Inquiry{For: policy.Self, Tier: "permit_3y", Status: policy.PermitActive, ResidentSince: civic.MustDate("2026-01-10")}
	_, _, groups := groupsOf(t, "zibo-2014", i)
	var order []string
	for _, g := range groups {
		order = append(order, string(g.Verdict)+" "+g.From.String())
	}
	if want := []string{"entitled ", "conditional ", "not_yet 2027-01-10"}; !slices.Equal(order, want) {
		t.Errorf("%q", order)
	}
	i.ResidentSince = civic.Date{}
	_, _, groups = groupsOf(t, "zibo-2014", i)
	if last := groups[len(groups)-1]; last.Reason != policy.ReasonResidence || !last.From.IsZero() {
		t.Errorf("%+v", last)
	}
	i.Status = policy.PermitExpired
	_, _, groups = groupsOf(t, "zibo-2014", i)
	if len(groups) != 1 || groups[0].Reason != policy.ReasonExpired {
		t.Errorf("%+v", groups)
	}
}

// However the questions are answered or skipped: at most six are put, none twice, each can still change something, and a skipped one
// never takes anything away.
func TestAnInquiryEndsAndNeverTakesSilenceForNo(t *testing.T) {
	everyRuleset(t, func(r *policy.Ruleset, random *rand.Rand) {
		if random.IntN(20) > 0 { // each round is a whole inquiry
			return
		}
		i := policy.Inquiry{For: pick(random, policy.Self, policy.Child, policy.Parent), Status: policy.PermitActive, Facts: map[string]policy.Known{}}
		if t := r.Tiers[random.IntN(len(r.Tiers))]; t.Granted() {
			i.Tier = t.Code
		}
		for put := 0; ; put++ {
			a := r.Inquire(policy.InForce, civic.MustDate("2026-11-26"), i)
			open := r.Open(a, i)
			if len(open) == 0 {
				break
			}
			if put == policy.MaxQuestions {
				t.Fatalf("%s: a question after %d", r.ID, put)
			}
			q := open[0]
			if _, twice := i.Facts[q.Code]; twice || q.Items == 0 {
				t.Fatalf("%s: %+v", r.ID, q)
			}
			for k := 1; k < len(open); k++ {
				if i.Tier != "" && open[k].Items > open[0].Items && r.Tiers[len(r.Tiers)-1].Granted() {
					t.Fatalf("%s: %s before the more decisive %s", r.ID, open[0].Code, open[k].Code)
				}
			}
			i.Facts[q.Code] = anyKnown(random)
			after := r.Inquire(policy.InForce, civic.MustDate("2026-11-26"), i)
			if i.Facts[q.Code] == policy.Unknown && after.Counts != a.Counts {
				t.Fatalf("%s: skipping %s changed %+v to %+v", r.ID, q.Code, a.Counts, after.Counts)
			}
			if i.Facts[q.Code] != policy.No && after.Counts.NotEntitled > a.Counts.NotEntitled {
				t.Fatalf("%s: %s took something away", r.ID, q.Code)
			}
		}
		total := 0
		a := r.Inquire(policy.InForce, civic.MustDate("2026-11-26"), i)
		for _, g := range r.Groups(a, i.For) {
			inGroup, seen := 0, map[string]bool{}
			for _, s := range g.Services {
				if seen[s.Service.ID] {
					t.Fatalf("%s: %s stands twice in a group", r.ID, s.Service.ID)
				}
				seen[s.Service.ID] = true
				inGroup += len(s.Items)
			}
			if inGroup != g.Items {
				t.Fatalf("%s: a group of %d says %d", r.ID, inGroup, g.Items)
			}
			total += inGroup
		}
		want := 0
		for _, s := range r.Services {
			for _, it := range s.Items {
				if slices.Contains(it.For, i.For) {
					want++
				}
			}
		}
		if total != want {
			t.Fatalf("%s: %d items in groups, %d are for %s", r.ID, total, want, i.For)
		}
	})
}

func TestFactsOfAge(t *testing.T) {
	b := book(t)
	if b.FactsOfAge(60)["older_person"] != policy.Yes || b.FactsOfAge(59)["older_person"] != policy.No || len(b.FactsOfAge(59)) != 1 {
		t.Error(b.FactsOfAge(59), b.FactsOfAge(60))
	}
}

func TestComparisonKeepsEveryItemOfBothCities(t *testing.T) {
	b := book(t)
	zb, _ := b.Ruleset("zibo-2014")
	zz, _ := b.Ruleset("zhangzhou-2016")
	items := map[string]int{}
	only := map[string]string{}
	for _, c := range b.Compare(zb, zz) {
		for _, side := range [][]policy.ComparedService{c.From, c.To} {
			for _, s := range side {
				for _, it := range s.Items {
					items[it.ID]++
				}
			}
		}
		switch {
		case len(c.From) == 0:
			only[c.Theme.Code] = "zhangzhou"
		case len(c.To) == 0:
			only[c.Theme.Code] = "zibo"
		}
	}
	if len(items) != 59+70 {
		t.Errorf("%d items", len(items))
	}
	for id, n := range items {
		if n != 1 {
			t.Errorf("%s stands %d times", id, n)
		}
	}
	if only["safety"] != "zibo" || only["identity_card"] != "zhangzhou" || only["education"] != "" {
		t.Error(only)
	}
}

func TestSearchFindsByChineseEnglishAndPinyin(t *testing.T) {
	b := book(t)
	for _, c := range []struct{ ruleset, words, first string }{
		{"zhangzhou-2016", "社会保险", "zz.bs.07"},
		{"zhangzhou-2016", "社保", "zz.bs.07"},
		{"zhangzhou-2016", "shbx", "zz.bs.07"},
		{"zhangzhou-2016", "shebao", "zz.bs.07"},
		{"zhangzhou-2016", "ｓｏｃｉａｌ insurance", "zz.bs.07"},
		{"zhangzhou-2016", "孩子上学", "zz.bs.01"},
		{"zhangzhou-2016", "school", "zz.bs.01"},
		{"zhangzhou-2016", "gjj", "zz.bs.08"},
		{"zhangzhou-2016", "住房公积金 提取", "zz.bs.08"},
		{"zhangzhou-2016", "护照", "zz.cv.01"},
		{"zhangzhou-2016", "passp", "zz.cv.01"},
		{"zhangzhou-2016", "残联", "zz.bs.10"}, // by the department
		{"zhangzhou-2016", "federation women", "zz.bs.09"},
		{"zhangzhou-2016", "国家执业技能鉴定", "zz.cv.05"},
		{"zibo-2014", "小额担保贷款", "zb.t3.02"},
		{"zibo-2014", "xbaoxian", ""},
		{"zibo-2014", "租赁补贴", "zb.t3.04"},
		{"zibo-2014", "粮食直补", ""},
		{"zibo-2017", "sfz", "cn.cv.02"},
		{"zibo-2017", "，。 -", ""},
		{"zibo-2017", "z", ""},
		{"zibo-2017", "", ""},
	} {
		r, _ := b.Ruleset(c.ruleset)
		first := ""
		if hits := r.Search(c.words); len(hits) > 0 {
			first = hits[0].Service.ID
		}
		if first != c.first {
			t.Errorf("%s %q: %q, want %q", c.ruleset, c.words, first, c.first)
		}
	}
	r, _ := b.Ruleset("zhangzhou-2016")
	if hits := r.Search("公积金"); len(hits[0].Items) != 1 || hits[0].Items[0].ID != "zz.bs.08.a" {
		t.Errorf("%+v", hits[0])
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"社保", "shbx", "school 上学", "１２３", "\xff", "𠮷"} {
		f.Add(s)
	}
	b := book(f)
	f.Fuzz(func(t *testing.T, words string) {
		for _, j := range b.Jurisdictions() {
			for _, r := range j.Rulesets {
				for _, hit := range r.Search(words) {
					if hit.Service == nil {
						t.Fatal("a hit without a service")
					}
				}
			}
		}
	})
}
