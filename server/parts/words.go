package parts

import (
	"context"
	"io"
	"strings"
	"unicode"

	"anju/server/text"
	"github.com/a-h/templ"
)

// Component is anything that can stand inside a part.
type Component = templ.Component

// Words writes a text and marks the Chinese inside an English page with its
// language, so that a screen reader changes its voice and the browser its font
// (WCAG 3.1.2).
func Words(p text.Printer, s string) Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if p.Lang() != text.English || !hasHan(s) {
			_, err := io.WriteString(w, templ.EscapeString(s))
			return err
		}
		var out strings.Builder
		for _, run := range runs(s) {
			if run.han {
				out.WriteString(`<span lang="zh-CN">` + templ.EscapeString(run.text) + `</span>`)
			} else {
				out.WriteString(templ.EscapeString(run.text))
			}
		}
		_, err := io.WriteString(w, out.String())
		return err
	})
}

// langAttr is the lang attribute of an element whose whole text is s and that
// cannot hold a span (option, title); "" where none is needed.
func langAttr(p text.Printer, s string) string {
	if p.Lang() == text.English && hasHan(s) {
		return text.Chinese.HTMLLang()
	}
	return ""
}

type run struct {
	text string
	han  bool
}

// runs splits a text into Chinese and other stretches. Full-width marks, spaces
// and figures between Chinese characters stay with them.
func runs(s string) []run {
	var out []run
	start, last := -1, -1
	flush := func(from, to int, han bool) {
		if from < to {
			out = append(out, run{s[from:to], han})
		}
	}
	done := 0
	for i, r := range s {
		end := i + len(string(r))
		switch {
		case isHan(r):
			if start < 0 {
				flush(done, i, false)
				start = i
			}
			last = end
		case start >= 0 && unicode.IsLetter(r) && !isHan(r):
			flush(start, last, true)
			done, start = last, -1
		}
	}
	if start >= 0 {
		flush(start, last, true)
		done = last
	}
	flush(done, len(s), false)
	return out
}

// isHan also takes the marks that only Chinese text has.
func isHan(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF01 && r <= 0xFF60
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
