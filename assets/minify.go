package assets

import (
	"bytes"
	"regexp"
	"strings"
)

// minifyCSS drops comments and the white space that a style sheet does not
// need. It knows strings, and leaves the space before ":" and around "+" and
// "-", where a selector or calc() depends on it.
func minifyCSS(css []byte) []byte {
	out := make([]byte, 0, len(css))
	space := false
	for i := 0; i < len(css); i++ {
		c := css[i]
		switch {
		case c == '/' && i+1 < len(css) && css[i+1] == '*':
			end := bytes.Index(css[i+2:], []byte("*/"))
			if end < 0 {
				return out
			}
			i += end + 3
			space = true
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			space = true
		case c == '"' || c == '\'':
			if space && needsSpace(out, c) {
				out = append(out, ' ')
			}
			end := i + 1
			for end < len(css)-1 && css[end] != c {
				if css[end] == '\\' {
					end++
				}
				end++
			}
			out = append(out, css[i:end+1]...)
			i, space = end, false
		default:
			if space && needsSpace(out, c) {
				out = append(out, ' ')
			}
			if c == '}' && len(out) > 0 && out[len(out)-1] == ';' {
				out = out[:len(out)-1]
			}
			out = append(out, c)
			space = false
		}
	}
	return out
}

func needsSpace(before []byte, after byte) bool {
	if len(before) == 0 {
		return false
	}
	return !strings.ContainsRune("{};,:>(", rune(before[len(before)-1])) && !strings.ContainsRune("{};,>)", rune(after))
}

// minifyJS drops indentation, empty lines and lines that are only a comment.
// Our modules keep their comments on lines of their own and have no strings
// that span lines, so nothing that runs is touched.
func minifyJS(js []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(js) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || bytes.HasPrefix(line, []byte("//")) {
			continue
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

var imageReference = regexp.MustCompile(`url\((images/[a-z0-9-]+\.(?:svg|png|webp))\)`)

// linkImages gives the images that a style sheet names their checksummed
// address, so that a new image is never hidden behind an old cached one.
func linkImages(css []byte) []byte {
	return imageReference.ReplaceAllFunc(css, func(match []byte) []byte {
		name := imageReference.FindSubmatch(match)[1]
		return []byte("url(" + URL(string(name)) + ")")
	})
}
