package assets_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"anju/assets"
	"github.com/andybalholm/brotli"
)

func TestServed(t *testing.T) {
	for _, name := range []string{"portal.css", "console.css", "kiosk.css", "js/main.js", "images/mark.svg", "vendor/placeholder.txt"} {
		url := assets.URL(name)
		body, contentType, packed, ok := assets.Open(url)
		if !ok || len(body) == 0 || contentType == "" {
			t.Errorf("%s at %s: found %v, %d bytes of %q", name, url, ok, len(body), contentType)
			continue
		}
		if packed != nil {
			r, err := gzip.NewReader(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			same(t, name+" gzip", r, body)
		}
		if packed := assets.Brotli(url); packed != nil {
			same(t, name+" brotli", brotli.NewReader(bytes.NewReader(packed)), body)
		}
	}
	for _, path := range []string{"", "/assets/portal.css", "/assets/aaaaaaaaaaaa/portal.css", assets.URL("portal.css") + "/", strings.ToUpper(assets.URL("portal.css"))} {
		if _, _, _, ok := assets.Open(path); ok {
			t.Errorf("%q was found", path)
		}
		if assets.Brotli(path) != nil {
			t.Errorf("%q has a Brotli form", path)
		}
	}
}

func same(t *testing.T, what string, r io.Reader, want []byte) {
	t.Helper()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not the same content: %v", what, err)
	}
}

func TestMistakesOfTheProgrammerPanic(t *testing.T) {
	for name, mistake := range map[string]func(){
		"unknown name":         func() { assets.URL("css/nothing.css") },
		"registered twice":     func() { assets.Register("portal.css", nil) },
		"no content type":      func() { assets.Register("notes.doc", nil) },
		"image does not exist": func() { assets.Register("test/missing.css", []byte("a{background:url(images/none.svg)}")) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			mistake()
		}()
	}
}

func TestRegister(t *testing.T) {
	assets.Register("test/a.css", []byte("/* a */\n.a > .b {\n  width: calc(1px + 2px); content: \"a  { b\";\n  background: url(images/mark.svg);\n}\n.c :focus { top: 0; }\n"))
	body, contentType, _, _ := assets.Open(assets.URL("test/a.css"))
	want := `.a>.b{width:calc(1px + 2px);content:"a  { b";background:url(` + assets.URL("images/mark.svg") + `)}.c :focus{top:0}`
	if string(body) != want || contentType != "text/css; charset=utf-8" {
		t.Errorf("got %s %q\nwant %s", contentType, body, want)
	}
	assets.Register("test/a.js", []byte("// why\nexport default () => {\n\n  return 'a // b';\n};\n"))
	body, _, _, _ = assets.Open(assets.URL("test/a.js"))
	if want := "export default () => {\nreturn 'a // b';\n};\n"; string(body) != want {
		t.Errorf("got %q, want %q", body, want)
	}
}

// The budget of a citizen's page: what is loaded with the first one.
func TestWeight(t *testing.T) {
	weight := func(name string) int {
		_, _, packed, _ := assets.Open(assets.URL(name))
		return len(packed)
	}
	if got := weight("portal.css"); got > 9<<10 {
		t.Errorf("portal.css weighs %d bytes, more than 9 KB", got)
	}
	script := 0
	for _, name := range []string{"main", "once", "cascade", "errors", "file", "print"} {
		script += weight("js/" + name + ".js")
	}
	if script > 3<<10 {
		t.Errorf("the scripts weigh %d bytes, more than 3 KB", script)
	}
}

// Nothing in a sheet may need what the content security policy forbids.
func TestSheetsStayAtHome(t *testing.T) {
	outside := regexp.MustCompile(`@import|https?:|//|expression\(|data:`)
	for _, name := range []string{"portal.css", "console.css", "kiosk.css"} {
		body, _, _, _ := assets.Open(assets.URL(name))
		if found := outside.Find(body); found != nil {
			t.Errorf("%s has %q", name, found)
		}
		if open, closed := bytes.Count(body, []byte("{")), bytes.Count(body, []byte("}")); open != closed {
			t.Errorf("%s opens %d braces and closes %d", name, open, closed)
		}
	}
}

// pair is two tokens that meet on the screen and the contrast that they need:
// 4.5 for text, 3 for the edges of controls (WCAG 1.4.3, 1.4.11).
type pair struct {
	front, back string
	least       float64
}

var pairs = []pair{
	{"ink", "paper", 7}, {"ink", "surface", 7}, {"ink", "sunk", 7},
	{"quiet", "paper", 4.5}, {"quiet", "surface", 4.5}, {"quiet", "sunk", 4.5}, {"quiet", "jade-soft", 4.5},
	{"jade", "paper", 4.5}, {"jade", "surface", 4.5}, {"jade", "sunk", 4.5}, {"jade", "jade-soft", 4.5},
	{"jade-hover", "paper", 4.5}, {"jade-hover", "surface", 4.5}, {"jade-hover", "jade-soft", 4.5}, {"on-jade", "jade", 4.5}, {"on-jade", "jade-hover", 4.5},
	{"ink", "jade-soft", 7}, {"seal", "paper", 4.5}, {"seal", "surface", 4.5},
	{"edge", "paper", 3}, {"edge", "surface", 3}, {"edge", "sunk", 3},
	{"good", "good-soft", 4.5}, {"wait", "wait-soft", 4.5}, {"stop", "stop-soft", 4.5}, {"info", "info-soft", 4.5},
	{"ink", "good-soft", 7}, {"ink", "wait-soft", 7}, {"ink", "stop-soft", 7}, {"ink", "info-soft", 7},
	{"quiet", "good-soft", 4.5}, {"jade", "info-soft", 4.5}, {"jade", "wait-soft", 4.5}, {"jade", "stop-soft", 4.5}, {"jade", "good-soft", 4.5},
	{"good", "surface", 4.5}, {"wait", "surface", 4.5}, {"stop", "surface", 4.5}, {"info", "surface", 4.5},
	{"surface", "stop", 4.5}, {"surface", "good", 3}, {"surface", "ink", 4.5},
	{"focus-ink", "focus", 3}, {"focus-ink", "focus", 4.5},
	{"on-verdict-good", "verdict-good", 7}, {"on-verdict-wait", "verdict-wait", 7}, {"on-verdict-stop", "verdict-stop", 7}, {"on-verdict-mute", "verdict-mute", 7},
	{"permit-ink", "permit-paper", 7}, {"permit-quiet", "permit-paper", 4.5}, {"on-permit-band", "permit-band", 4.5},
}

func TestContrast(t *testing.T) {
	for theme, values := range themes(t) {
		for _, p := range pairs {
			front, back := values[p.front], values[p.back]
			if front == "" || back == "" {
				t.Errorf("%s: no value for %s or %s", theme, p.front, p.back)
			} else if got := contrast(t, front, back); got < p.least {
				t.Errorf("%s: %s %s on %s %s has %.2f, needs %.1f", theme, p.front, front, p.back, back, got, p.least)
			}
		}
		// One of the two colours of the focus ring stands out from whatever is behind it.
		for _, back := range []string{"paper", "surface", "sunk", "jade", "jade-soft"} {
			if got := math.Max(contrast(t, values["focus"], values[back]), contrast(t, values["focus-ink"], values[back])); got < 3 {
				t.Errorf("%s: the focus ring on %s has %.2f", theme, back, got)
			}
		}
	}
}

// themes reads the sets of colours out of the tokens: each is the light one with what it changes.
func themes(t *testing.T) map[string]map[string]string {
	t.Helper()
	css, err := os.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)([^{}]+)\{([^{}]*)\}`)
	value := regexp.MustCompile(`--([a-z-]+):\s*(#[0-9a-f]{6})`)
	sets := map[string]map[string]string{"light": {}}
	order := []string{":root:not([data-theme])", `[data-theme="dark"]`, `[data-theme="contrast"]`}
	for _, found := range block.FindAllStringSubmatch(string(css), -1) {
		name := strings.TrimSpace(found[1][strings.LastIndexAny(found[1], ";/")+1:])
		if name == ":root" {
			name = "light"
		}
		for _, v := range value.FindAllStringSubmatch(found[2], -1) {
			if sets[name] == nil {
				sets[name] = map[string]string{}
			}
			sets[name][v[1]] = v[2]
		}
	}
	for _, name := range order {
		if len(sets[name]) < 15 {
			t.Fatalf("the set %s has %d colours", name, len(sets[name]))
		}
		for token, v := range sets["light"] {
			if sets[name][token] == "" {
				sets[name][token] = v
			}
		}
	}
	if fmt.Sprint(sets[order[0]]) != fmt.Sprint(sets[order[1]]) {
		t.Error("the dark set of the device and the chosen dark set differ")
	}
	return sets
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + .05) / (math.Min(x, y) + .05)
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	channel := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*channel(16) + .7152*channel(8) + .0722*channel(0)
}
