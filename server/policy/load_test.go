package policy

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// rulesetFiles is a copy of the embedded files, to be spoiled.
func rulesetFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(embedded, "rulesets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := embedded.ReadFile(name)
		files[strings.TrimPrefix(name, "rulesets/")] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func loadOrFail(t *testing.T) *Book {
	t.Helper()
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLoadHoldsBothCitiesToTheLastItem(t *testing.T) {
	b := loadOrFail(t)
	type size struct{ services, items, open, free, duty, departments int }
	want := map[string]size{
		"zhangzhou-2016": {18, 59, 5, 21, 16, 26}, // 15 departments and "the others"
		"zibo-2014":      {15, 70, 0, 16, 22, 25},
		"zibo-2017":      {13, 13, 2, 0, 8, 15},
	}
	var order []string
	for _, j := range b.Jurisdictions() {
		for _, r := range j.Rulesets {
			order = append(order, r.ID)
			var got size
			got.services, got.departments = len(r.Services), len(r.Departments)
			for _, s := range r.Services {
				got.items += len(s.Items)
				for _, it := range s.Items {
					if it.Open() {
						got.open++
					}
					if it.Free == Yes {
						got.free++
					}
				}
			}
			for _, d := range r.Departments {
				if d.Role == "duty" {
					got.duty++
				}
			}
			if got != want[r.ID] {
				t.Errorf("%s: got %+v, want %+v", r.ID, got, want[r.ID])
			}
		}
	}
	if got := strings.Join(order, " "); got != "zhangzhou-2016 zibo-2014 zibo-2017" {
		t.Errorf("rulesets in order: %s", got)
	}
}

// TestLoadRefuses spoils one line at a time and expects the error to name the file and that line.
func TestLoadRefuses(t *testing.T) {
	const zz, zb = "zhangzhou-2016/ruleset.yaml", "zibo-2014/ruleset.yaml"
	const zzServices = "zhangzhou-2016/services.yaml"
	for _, c := range []struct{ name, file, old, new, at, says string }{
		{"unknown key", zz, "document: 漳州市", "documnt: 漳州市", "documnt", "unknown field"},
		{"repeated key", zz, "document: 漳州市居住证制度实施方案", "document: a\ndocument: b", "document: b", "already defined"},
		{"missing translation", zzServices, "      en: Education services\n", "", "zh: 教育服务", "title.en: missing translation"},
		{"empty translation", "conditions.yaml", "en: child\n", "en: \"\"\n", "en: \"\"", "missing translation"},
		{"clause without quote", zb, "  quote: 有下列情形之一的，经本人申请，可以发放3年期居住证\n", "", "three_year_grounds:+1", "clause without quote"},
		{"quote without clause", zz, "      clause: 二(二)1\n", "", "code: employment", "clause: missing"},
		{"condition without question", "conditions.yaml", "    question:\n      zh: 这项服务是否为儿童使用？\n      en: Is the service for a child?\n", "", "code: child\n", "has no question"},
		{"office condition with question", "conditions.yaml", "    by_office: true\n", "    by_office: true\n    question: {zh: 问, en: ask}\n", "question: {zh", "never asked"},
		{"unknown condition", zzServices, "[child_compulsory_school_age, ", "[child_of_school_age, ", "child_of_school_age", "unknown condition"},
		{"unknown department", zzServices, "departments: [edu]", "departments: [education]", "[education]", "unknown department"},
		{"unknown tier", zzServices, "tiers: [residence_permit]", "tiers: [permit_1y]", "[permit_1y]", "is none of"},
		{"a service of no tier", zzServices, "tiers: [residence_permit]", "tiers: []", "id: zz.bs.01", "at least one tier"},
		{"no tier at all", zz, "tiers:\n  - code: residence_permit\n    name:\n      zh: 居住证\n      en: Residence permit\n    needs:\n      zh: 需要先申领居住证。\n      en: A residence permit must be applied for first.\n    clause: 三(二)1\n    quote: 我市居住证持有人享有下列基本公共服务\n", "tiers: []\n", "tiers: []", "between 1 and"},
		{"unknown office", zzServices, "office: employment_service", "office: job_centre", "job_centre", "is none of"},
		{"unknown theme", zzServices, "theme: work", "theme: jobs", "theme: jobs", "unknown theme"},
		{"no theme", zzServices, "    theme: work\n", "", "id: zz.bs.02\n", "theme"},
		{"repeated theme", "themes.yaml", "code: work", "code: education", "code: education#2", "stands twice"},
		{"settled unasked", "conditions.yaml", "settled_for: [self, child]", "settled_for: [parent]", "settled_for: [parent]", "never asked"},
		{"no such age", "conditions.yaml", "age_from: 60", "age_from: 600", "age_from: 600", "600"},
		{"repeated service", zzServices, "id: zz.bs.02", "id: zz.bs.01", "zz.bs.01#2", "stands twice"},
		{"repeated item", zzServices, "      - id: b\n", "      - id: a\n", "id: a\n#2", "stands twice"},
		{"not free", zzServices, "        free: true\n", "        free: false\n", "free: false", "not free"},
		{"nobody", zzServices, "[older_person, per_rules]", "[older_person, holders_child]", "[older_person", "agree on nobody"},
		{"impossible date", zz, "from: 2016-12-01", "from: 2016-02-30", "2016-02-30", "date"},
		{"no date", zb, "to: 2018-12-31", "to: some day", "some day", "date"},
		{"no answer", zzServices, "        free: true\n", "        free: maybe\n", "free: maybe", "cannot unmarshal"},
		{"no YAML", zz, "jurisdiction: ", "jurisdiction: [", "jurisdiction: [+1", ""},
		{"missing date", zz, "  from: 2016-12-01\n", "", "in_force:+1", "missing"},
		{"ends early", zb, "to: 2018-12-31", "to: 2013-12-31", "2013-12-31", "ends before"},
		{"two half years", zz, "  months: 6\n", "  months: 6\n  days: 183\n", "rule: registered", "half year"},
		{"negative months", zz, "  months: 6\n", "  months: -6\n", "rule: registered", "half year"},
		{"negative days", zz, "  months: 6\n", "  days: -183\n", "rule: registered", "half year"},
		{"intended in months", zb, "  rule: intended\n", "  rule: intended\n  months: 6\n", "rule: intended", "half year"},
		{"intended in months less a day", zb, "  rule: intended\n", "  rule: intended\n  months: 6\n  days: -1\n", "rule: intended", "half year"},
		{"no endorsement window", zz, "  window_months: 1\n", "  window_months: 0\n", "endorsement:+1", "must fit"},
		{"an endorsement window too long", zz, "  window_months: 1\n", "  window_months: 13\n", "endorsement:+1", "must fit"},
		{"endorsed all the time", zz, "  every_months: 12\n  window_months: 1\n", "  every_months: 0\n  window_months: 0\n", "endorsement:+1", "must fit"},
		{"no half year", zz, "  months: 6\n", "", "rule: registered", "half year"},
		{"unknown unit", zz, "unit: calendar", "unit: lunar", "lunar", "is none of"},
		{"no time", zz, "n: 15", "n: 0", "n: 0", "at least one day"},
		{"extension in another unit", zz, "    n: 30\n    unit: calendar", "    n: 30\n    unit: working", "unit: working#2", "unit of the deadline"},
		{"extension that shortens", zz, "    n: 30\n", "    n: 15\n", "n: 15#2", "more than 15"},
		{"extension beyond the Decree", zz, "    n: 30\n", "    n: 31\n", "n: 31", "at most 30"},
		{"extension without clause", zb, "    clause: 《居住证暂行条例》第九条\n    quote: 设区的市级以上地方人民政府在实施办法中可以对制作发放时限作出延长规定，但延长后最长不得超过30日\n", "", "extended:+1", "clause: missing"},
		{"repeated extension ground", zz, "code: poor_transport", "code: remote_area", "code: remote_area#2", "stands twice"},
		{"cycle of tiers", zb, "reached_from: permit_3y\n", "reached_from: permit_3y_resided_1y\n", "reached_from: permit_3y_resided_1y", "cycle"},
		{"tier from below", zb, "  - code: permit_1y\n", "  - code: permit_0y\n    reached_from: permit_3y\n", "reached_from: permit_3y", "cycle"},
		{"reached at once", zb, "    after_months: 12\n", "    after_months: 0\n", "code: permit_3y_resided_1y", "a reached tier has months"},
		{"reached without a note", zb, "    since_unknown:\n      zh: 说明从哪一天起在此居住，可知何时居住满1年。\n      en: The day on which residence began tells when the full year is reached.\n", "", "code: permit_3y_resided_1y", "a reached tier has months"},
		{"reached with a term", zb, "    after_months: 12\n", "    after_months: 12\n    term_years: 3\n", "code: permit_3y_resided_1y", "neither term nor ground"},
		{"reached by a ground", zb, "    after_months: 12\n", "    after_months: 12\n    three_year_ground: true\n", "code: permit_3y_resided_1y", "neither term nor ground"},
		{"granted after months", zb, "    term_years: 1\n", "    term_years: 1\n    after_months: 6\n", "code: permit_1y", "a granted tier has no months"},
		{"granted with a note", zb, "    term_years: 1\n", "    term_years: 1\n    since_unknown: {zh: 问, en: ask}\n", "code: permit_1y", "a granted tier has no months"},
		{"granted for less than nothing", zb, "    term_years: 1\n", "    term_years: -1\n", "code: permit_1y", "no negative term"},
		{"repeated tier", zb, "code: permit_3y\n", "code: permit_1y\n", "code: permit_1y#2", "stands twice"},
		{"two fees", zz, "kind: replace", "kind: renew", "kind: renew#2", "two fees"},
		{"a fee beside one without end", zz, "kind: replace\n", "kind: renew\n    from: 2020-01-01\n", "kind: renew#2", "two fees"},
		{"a fee without beginning beside another", zz, "kind: renew\n    yuan: 20\n    confirmed: false\n    clause: 《居住证暂行条例》第二十一条\n    quote: 换领、补领居住证，应当缴纳证件工本费。\n  - kind: replace", "kind: renew\n    from: 2020-01-01\n    yuan: 20\n    confirmed: false\n    clause: 《居住证暂行条例》第二十一条\n    quote: 换领、补领居住证，应当缴纳证件工本费。\n  - kind: renew", "kind: renew#2", "two fees"},
		{"fee for a first permit", "zhangzhou-2016/ruleset.yaml", "kind: issue\n    yuan: 0", "kind: issue\n    yuan: 5", "yuan: 5", "free by law"},
		{"fee for a change of address", "zhangzhou-2016/ruleset.yaml", "kind: change\n    yuan: 0", "kind: change\n    yuan: 5", "yuan: 5", "free by law"},
		{"renewal of a term with no window", zb, "term_renewal:\n  window_months: 1", "term_renewal:\n  window_months: 0", "  - code: permit_1y", "renewed from one to twelve months"},
		{"fee for an endorsement", "zibo-2017/ruleset.yaml", "kind: endorse\n    yuan: 0", "kind: endorse\n    yuan: 1", "yuan: 1", "free by law"},
		{"fee of nothing", zz, "kind: register", "kind: registration", "kind: registration", "is none of"},
		{"ground without proof", zb, "      evidence:\n        - code: officer_note\n          name:\n            zh: 受理人员注明的情形和理由\n            en: Case and reason noted by the officer\n", "      evidence: []\n", "evidence: []", "nothing proves"},
		{"unknown wording", zz, "\n    wording: reported", "\n    wording: rumoured", "rumoured", "unknown wording"},
		{"repeated condition", "conditions.yaml", "code: graduate\n", "code: child\n", "code: child\n#2", "stands twice"},
		{"other folder", zz, "id: zhangzhou-2016", "id: zhangzhou-2026", "zhangzhou-2026", "folder"},
		{"other city", zz, `jurisdiction: "350600"`, `jurisdiction: "350700"`, "350700", "unknown jurisdiction"},
		{"wide window", zz, "window_months: 1", "window_months: 13", "every_months", "window"},
		{"no duty to publish", zz, "publication:\n  every_years: 3\n  first_due: 2016-11-30\n  levels: [city, county]\n  warn_days: [180, 90, 30]\n  clause: 三(三)\n  quote: 今后，市、县两级政府每三年至少对外更新公布一次居住证持有人享受的公共服务和便利的范围。\n", "", "id: zhangzhou-2016", "clause: missing"},
		{"cycle without first day", zz, "  first_due: 2016-11-30\n", "", "every_years", "first day"},
		{"first day without cycle", zz, "  every_years: 3\n", "", "first_due", "beside a cycle"},
		{"negative cycle", zz, "every_years: 3", "every_years: -3", "every_years: -3", "first day"},
		{"impossible first day", zz, "first_due: 2016-11-30", "first_due: 2016-11-31", "2016-11-31", "date"},
		{"unknown level", zz, "levels: [city, county]", "levels: [city, village]", "[city, village]", "is none of"},
		{"nobody publishes", zz, "levels: [city, county]", "levels: []", "levels: []", "nobody"},
		{"warnings out of order", zz, "warn_days: [180, 90, 30]", "warn_days: [30, 90, 180]", "[30, 90, 180]", "longest first"},
		{"warning on no day", zz, "warn_days: [180, 90, 30]", "warn_days: [180, 90, 0]", "[180, 90, 0]", "longest first"},
		{"no warning", zz, "  warn_days: [180, 90, 30]\n", "", "every_years", "nobody is warned"},
		{"unknown publisher", zz, "publisher: county_government", "publisher: village_government", "village_government", "is none of"},
		{"no departments", zz, "    departments_of: services\n", "", "code: measures", "is none of"},
		{"departments of a government", zz, "publisher: county_government\n", "publisher: county_government\n    departments_of: duties\n", "departments_of: duties", "is none of"},
		{"repeated document", zz, "code: local_measures", "code: measures", "code: measures#2", "stands twice"},
		{"impossible due day", zz, "due: 2016-11-25", "due: 2016-11-55", "2016-11-55", "date"},
		{"document without clause", zb, "    clause: 四(二)\n    quote: 宣传部、综治、发展改革、教育、公安、民政、司法、财政、人社、住建、交通、卫计、文化、规划、法制、城管、工会、妇联、房管、税务、工商、质监等部门要根据本意见精神，结合各自职能，制定完善居住证管理服务有关政策措施\n", "", "code: measures", "clause: missing"},
		{"an agent of a group that there is not", zz, "for: [minor, older, disabled]\n      kinds: [issue]", "for: [minor, elderly]\n      kinds: [issue]", "for: [minor, elderly]", "is none of"},
		{"an agent of no relation", zz, "relations: [guardian, near_relative]", "relations: []", "- for: [minor, older, disabled]\n      kinds: [issue]", "groups, kinds and relations"},
		{"an agent in a business that there is not", zz, "kinds: [issue]", "kinds: [issue, gift]", "kinds: [issue, gift]", "is none of"},
		{"no guardian for a child", zz, "for: [minor, older, disabled]\n      kinds: [issue]", "for: [older, disabled]\n      kinds: [issue]", "for: [older, disabled]", "a guardian must be able"},
		{"a consent without version", zz, "      version: 2026-11-26\n      below: 14\n", "      below: 14\n", "code: child", "missing"},
		{"a consent of nobody", zz, "      below: 14\n", "", "code: child", "below an age"},
		{"an unknown consent", zz, "code: health", "code: face", "code: face", "is none of"},
		{"a child's consent beyond minors", zz, "below: 14", "below: 17", "code: child", "below an age"},
		{"nobody is older", zz, "older_from: 60", "older_from: 10", "older_from: 10", "nobody is older"},
		{"a paper that nobody asks for", zz, "papers: [business_licence]", "papers: [library_card]", "papers: [library_card]", "no paper of this ruleset"},
		{"the office's condition confirmed", zz, "conditions: [child, disabled_person]", "conditions: [child, per_rules]", "conditions: [child, per_rules]", "no condition that is asked"},
		{"a system that confirms nothing", zz, "      papers: [business_licence]\n", "", "code: credit", "confirms nothing"},
		{"a system twice", zz, "code: credit", "code: housing", "code: housing#2", "stands twice"},
		{"kept for no day", zz, "keep_days: 180", "keep_days: 0", "keep_days: 0", "for a day at least"},
		{"inferred yet named", "zibo-2014/departments.yaml", "\n    role: duty", "\n    role: inferred", "\n    role: inferred+1", "named by the text or inferred"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := rulesetFiles(t)
			was := string(files[c.file].Data)
			now := strings.Replace(was, c.old, c.new, 1)
			if now == was {
				t.Fatal("nothing spoiled")
			}
			files[c.file].Data = []byte(now)
			_, err := load(files)
			if err == nil {
				t.Fatal("loaded")
			}
			place := fmt.Sprintf("%s:%d: ", c.file, lineOf(t, now, c.at))
			if !strings.Contains(err.Error(), place) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not say %q at %q", err, c.says, place)
			}
		})
	}
}

// lineOf finds the line of a mark: "text", "text#2" for its second place, "text+1" for the line after.
func lineOf(t *testing.T, s, mark string) int {
	t.Helper()
	nth, more := 1, 0
	if text, ok := strings.CutSuffix(mark, "#2"); ok {
		mark, nth = text, 2
	}
	if text, ok := strings.CutSuffix(mark, "+1"); ok {
		mark, more = text, 1
	}
	at := 0
	for range nth {
		i := strings.Index(s[at:], mark)
		if i < 0 {
			t.Fatalf("no mark %q", mark)
		}
		at += i + len(mark)
	}
	return strings.Count(s[:at-len(mark)], "\n") + 1 + more
}

func TestLoadRefusesAMissingFile(t *testing.T) {
	for _, name := range []string{"jurisdictions.yaml", "conditions.yaml", "zibo-2014/services.yaml"} {
		files := rulesetFiles(t)
		delete(files, name)
		if _, err := load(files); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	files := rulesetFiles(t)
	files["jurisdictions.yaml"].Data = append(files["jurisdictions.yaml"].Data,
		"  - code: \"370400\"\n    name: {zh: 枣庄市, en: Zaozhuang}\n    province: {zh: 山东省, en: Shandong}\n"...)
	if _, err := load(files); err == nil || !strings.Contains(err.Error(), "370400 has no ruleset") {
		t.Errorf("a city without ruleset: %v", err)
	}
	files = rulesetFiles(t)
	notes := files["notes.yaml"]
	notes.Data = []byte(strings.Replace(string(notes.Data), "status: lost", "status: mislaid", 1))
	if _, err := load(files); err == nil || !strings.Contains(err.Error(), "no note for the status lost") {
		t.Errorf("a status without note: %v", err)
	}
}
