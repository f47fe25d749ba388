package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"anju/server/civic"
)

// shown writes lines as a reader sees them: "-" and "+" before a line, [words] where words of it differ.
func shown(list []LineDifference) string {
	var out []string
	for _, line := range list {
		s := map[DifferenceKind]string{Same: " ", Removed: "-", Added: "+"}[line.Kind]
		for _, span := range line.Spans {
			if span.Kind != Same && len(line.Spans) > 1 {
				s += "[" + span.Text + "]"
			} else {
				s += span.Text
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestLineDifferences(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", "", "", ""},
		{"the same", "一\n二", "一\n二", " 一\n 二"},
		{"from nothing", "", "一\n二", "+一\n+二"},
		{"to nothing", "一\n二", "", "-一\n-二"},
		{"a line more", "一\n三", "一\n二\n三", " 一\n+二\n 三"},
		{"a line less", "一\n二\n三", "一\n三", " 一\n-二\n 三"},
		{"a word in Chinese", "每周一至周五办理", "每周一至周六办理", "-每周一至周[五]办理\n+每周一至周[六]办理"},
		{"a word in English", "Open from Monday to Friday", "Open from Monday to Saturday", "-Open from Monday to [Friday]\n+Open from Monday to [Saturday]"},
		{"a number is one word", "电话 0596-2023456", "电话 0596-2023457", "-电话 0596-[2023456]\n+电话 0596-[2023457]"},
		{"words put in", "带身份证", "带身份证和居住证", "-带身份证\n+带身份证[和居住证]"},
		{"another line altogether", "带身份证", "Come to the window", "-带身份证\n+Come to the window"},
		{"two lines rewritten", "先交材料\n三日内答复\n完", "先交全部材料\n五日内答复\n完", "-先交材料\n-[三]日内答复\n+先交[全部]材料\n+[五]日内答复\n 完"},
		{"moved", "甲\n乙\n丙", "乙\n丙\n甲", "-甲\n 乙\n 丙\n+甲"},
		{"moved up", "甲\n乙\n丙", "丙\n甲\n乙", "+丙\n 甲\n 乙\n-丙"},
		{"blank lines", "甲\n\n乙", "甲\n乙", " 甲\n-\n 乙"},
	} {
		if got := shown(LineDifferences(c.before, c.after)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// rebuilt reads a comparison backwards: the text before, or the text after.
func rebuilt(list []LineDifference, not DifferenceKind) string {
	var kept []string
	for _, line := range list {
		if line.Kind == not {
			continue
		}
		var s strings.Builder
		for _, span := range line.Spans {
			s.WriteString(span.Text)
		}
		kept = append(kept, s.String())
	}
	return strings.Join(kept, "\n")
}

// TestDifferencesLoseNothing compares many texts that were changed by chance: both can be read out of the comparison, and what stands in
// both is never told twice.
func TestDifferencesLoseNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(2016, 1201))
	alphabet := strings.Split("居 住 证 办 理 window ID 7 ， 。", " ")
	text := func() string {
		var lines []string
		for range 1 + random.IntN(8) {
			var line string
			for range 1 + random.IntN(6) {
				line += alphabet[random.IntN(len(alphabet))]
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	for range 2000 {
		before, after := text(), text()
		list := LineDifferences(before, after)
		if got := rebuilt(list, Added); got != before {
			t.Fatalf("before %q, read back %q", before, got)
		}
		if got := rebuilt(list, Removed); got != after {
			t.Fatalf("after %q, read back %q", after, got)
		}
	}
}

// TestDifferencesAreBounded gives the worst that an entry can hold.
func TestDifferencesAreBounded(t *testing.T) {
	var a, b []string
	for i := range MaxEntryEn / 2 {
		a, b = append(a, fmt.Sprint(i%10)), append(b, fmt.Sprint((i+1)%7))
	}
	before, after := strings.Join(a, "\n"), strings.Join(b, "\n")
	start := time.Now()
	list := LineDifferences(before, after)
	list = append(list, LineDifferences(strings.Join(a, ""), strings.Repeat("居", MaxEntryZh))...)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
	if slices.ContainsFunc(list, func(d LineDifference) bool { return d.Kind == Same }) {
		t.Error("texts that are too long to compare were compared")
	}
	if rebuilt(list[:len(list)-2], Added) != before || rebuilt(list[:len(list)-2], Removed) != after {
		t.Error("too long a text is not shown whole")
	}
}

func TestDifferences(t *testing.T) {
	one, two := entryOf("说明", ""), entryOf("说明", "words")
	changed := one
	changed.Process.Zh = "process说法"
	before := []ReleasedEntry{{"zz.bs.01", "edu", one}, {"zz.bs.05", "culture", one}, {"zz.bs.05", "sports", one}, {"zz.bs.11", "", one}}
	after := []ReleasedEntry{{"zz.bs.01", "edu", changed}, {"zz.bs.03", "health", one}, {"zz.bs.05", "sports", one}, {"zz.bs.11", "", two}}
	var got []string
	for _, d := range Differences(before, after) {
		line := fmt.Sprintf("%s/%s %s:", d.Service, d.Department, d.Kind)
		for _, f := range d.Fields {
			line += fmt.Sprintf(" %s/%v", f.Field, f.English)
		}
		got = append(got, line)
	}
	want := `zz.bs.01/edu changed: process/false
zz.bs.03/health added: scope/false conditions/false process/false materials/false windows/false
zz.bs.11/ changed: scope/true conditions/true process/true materials/true windows/true
zz.bs.05/culture removed: scope/false conditions/false process/false materials/false windows/false`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	if d := Differences(after, after); len(d) != 0 {
		t.Errorf("a release differs from itself: %v", d)
	}
	same := Entry{Scope: civic.Text{Zh: "一"}}
	if d := Differences(nil, []ReleasedEntry{{"zz.bs.01", "edu", same}}); len(d) != 1 || d[0].Kind != Added || len(d[0].Fields) != 1 {
		t.Errorf("%+v", d)
	}
}
