package policy

import (
	"strings"
	"unicode"
)

// ReleasedEntry is an entry of a release: one department's texts for one service.
type ReleasedEntry struct {
	Service    string `json:"service"`
	Department string `json:"department"` // empty where the text names none
	Entry      Entry  `json:"entry"`
}

// DifferenceKind says what became of something between two releases.
type DifferenceKind string

// The kinds of difference. Same marks what stands beside a change.
const (
	Same    DifferenceKind = "same"
	Added   DifferenceKind = "added"
	Removed DifferenceKind = "removed"
	Changed DifferenceKind = "changed"
)

// EntryDifference is what became of one entry.
type EntryDifference struct {
	Service, Department string
	Kind                DifferenceKind // Added, Removed or Changed
	Fields              []FieldDifference
}

// FieldDifference is what became of one text in one language.
type FieldDifference struct {
	Field   EntryField
	English bool
	Lines   []LineDifference
}

// LineDifference is a line of the text before (Removed), after (Added) or of both (Same). The spans of a line that was rewritten say which
// words were.
type LineDifference struct {
	Kind  DifferenceKind
	Spans []Span
}

// Span is a stretch of a line.
type Span struct {
	Kind DifferenceKind
	Text string
}

// Differences compares two releases, service by service: first what the later one has, in its order, then what only the earlier one had.
// Entries that say the same are left out.
func Differences(before, after []ReleasedEntry) (list []EntryDifference) {
	type key struct{ service, department string }
	earlier, later := map[key]Entry{}, map[key]bool{}
	for _, e := range before {
		earlier[key{e.Service, e.Department}] = e.Entry
	}
	for _, e := range after {
		k := key{e.Service, e.Department}
		later[k] = true
		was, known := earlier[k]
		kind := Changed
		if !known {
			kind = Added
		}
		if fields := fieldDifferences(was, e.Entry); len(fields) > 0 {
			list = append(list, EntryDifference{e.Service, e.Department, kind, fields})
		}
	}
	for _, e := range before {
		if !later[key{e.Service, e.Department}] {
			list = append(list, EntryDifference{e.Service, e.Department, Removed, fieldDifferences(e.Entry, Entry{})})
		}
	}
	return list
}

func fieldDifferences(before, after Entry) (list []FieldDifference) {
	for _, f := range EntryFields() {
		was, is := before.Text(f), after.Text(f)
		if was.Zh != is.Zh {
			list = append(list, FieldDifference{f, false, LineDifferences(was.Zh, is.Zh)})
		}
		if was.En != is.En {
			list = append(list, FieldDifference{f, true, LineDifferences(was.En, is.En)})
		}
	}
	return list
}

// maxCells bounds the table of one comparison: two texts of 700 lines, or two lines of 700 words. Beyond it the one is shown whole as
// removed and the other as added.
const maxCells = 500_000

// LineDifferences compares two texts line by line, and a line that was rewritten word by word.
func LineDifferences(before, after string) (list []LineDifference) {
	steps := compare(lines(before), lines(after))
	for i := 0; i < len(steps); {
		if steps[i].kind == Same {
			list = append(list, whole(steps[i]))
			i++
			continue
		}
		var gone, come []string
		for ; i < len(steps) && steps[i].kind != Same; i++ {
			if steps[i].kind == Removed {
				gone = append(gone, steps[i].text)
			} else {
				come = append(come, steps[i].text)
			}
		}
		list = append(list, rewritten(gone, come)...)
	}
	return list
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func whole(s step) LineDifference { return LineDifference{s.kind, []Span{{s.kind, s.text}}} }

// rewritten lays out lines that were replaced by others: all that went, then all that came. The nth of each are compared by their words.
func rewritten(gone, come []string) (list []LineDifference) {
	var after []LineDifference
	for i, line := range come {
		now := whole(step{Added, line})
		if i < len(gone) {
			was, is := wordDifferences(gone[i], line)
			list, now = append(list, was), is
		}
		after = append(after, now)
	}
	for _, line := range gone[min(len(come), len(gone)):] {
		list = append(list, whole(step{Removed, line}))
	}
	return append(list, after...)
}

// wordDifferences marks what differs between two lines, as long as they have enough in common to be read as one line that was changed.
func wordDifferences(before, after string) (was, is LineDifference) {
	a, b := words(before), words(after)
	steps, common := compare(a, b), 0
	for _, s := range steps {
		if s.kind == Same {
			common++
		}
	}
	if 2*common < max(len(a), len(b)) {
		return whole(step{Removed, before}), whole(step{Added, after})
	}
	was.Kind, is.Kind = Removed, Added
	for _, s := range steps {
		if s.kind != Added {
			was.Spans = joined(was.Spans, s)
		}
		if s.kind != Removed {
			is.Spans = joined(is.Spans, s)
		}
	}
	return was, is
}

func joined(spans []Span, s step) []Span {
	if last := len(spans) - 1; last >= 0 && spans[last].Kind == s.kind {
		spans[last].Text += s.text
		return spans
	}
	return append(spans, Span{s.kind, s.text})
}

// words divides a line: a word of letters or figures is one, everything else, Chinese too, is character by character.
func words(s string) (list []string) {
	from := -1
	for i, r := range s {
		if r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 {
			list, from = append(list, s[from:i]), -1
		}
		list = append(list, string(r))
	}
	if from >= 0 {
		list = append(list, s[from:])
	}
	return list
}

// step is one piece on the way from the one list to the other.
type step struct {
	kind DifferenceKind
	text string
}

// compare goes the shortest way from a to b that only removes and adds: by the longest common subsequence. Of what differs in one place,
// what was removed comes first.
func compare(a, b []string) (steps []step) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		steps = append(steps, step{Same, a[head]})
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	steps = append(steps, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, s := range a[len(a)-tail:] {
		steps = append(steps, step{Same, s})
	}
	return steps
}

func middle(a, b []string) (steps []step) {
	n, m := len(a), len(b)
	i, j := 0, 0
	if n > 0 && m > 0 && n*m <= maxCells {
		length := common(a, b)
		for i < n && j < m {
			switch {
			case a[i] == b[j]:
				steps = append(steps, step{Same, a[i]})
				i, j = i+1, j+1
			case length[(i+1)*(m+1)+j] >= length[i*(m+1)+j+1]:
				steps = append(steps, step{Removed, a[i]})
				i++
			default:
				steps = append(steps, step{Added, b[j]})
				j++
			}
		}
	}
	for ; i < n; i++ {
		steps = append(steps, step{Removed, a[i]})
	}
	for ; j < m; j++ {
		steps = append(steps, step{Added, b[j]})
	}
	return steps
}

// common tells for every i and j how long the longest common subsequence of a[i:] and b[j:] is, in rows of len(b)+1.
func common(a, b []string) []uint16 {
	row := len(b) + 1
	length := make([]uint16, (len(a)+1)*row)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i*row+j] = length[(i+1)*row+j+1] + 1
			} else {
				length[i*row+j] = max(length[(i+1)*row+j], length[i*row+j+1])
			}
		}
	}
	return length
}
