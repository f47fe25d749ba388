package parts_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"anju/server/civic"
	"anju/server/parts"
	"anju/server/text"
	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// page is the gallery inside a frame that shows all of its tools.
func page(t *testing.T, lang text.Lang) string {
	t.Helper()
	p := text.For(lang)
	frame := parts.Frame(p, parts.FrameView{
		Variant: parts.PortalFrame, Title: "t", Path: "/parts?x=1&lang=zh", Demo: true, HasErrors: true, Sizes: true, Themes: true, Wide: true,
		Back: &parts.Link{Label: "b", Href: "/"}, Flash: &parts.NoticeView{Title: "f"}, Account: &parts.Link{Label: "a", Href: "/account"},
		Nav:      []parts.NavItem{{Label: "n", Href: "/n", Current: true, Count: 3}},
		SignedIn: &parts.SignedIn{Name: "欧*明月", Detail: "d", SignOut: "/sign-out", Hidden: []parts.Hidden{{Name: "token", Value: "v"}}},
	})
	var out bytes.Buffer
	if err := frame.Render(templ.WithChildren(context.Background(), parts.Gallery(p)), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func parse(t *testing.T, markup string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(root.Descendants())
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// Every part in every state keeps the promises of the page: nothing that the
// content security policy forbids, ids that are unique and found, and a label
// for every control.
func TestGalleryMarkup(t *testing.T) {
	for _, lang := range text.Langs() {
		nodes := parse(t, page(t, lang))
		ids, labelled := map[string]bool{}, map[string]bool{}
		for _, n := range nodes {
			if id, ok := attr(n, "id"); ok {
				if ids[id] || id == "" {
					t.Errorf("%s: id %q stands twice or is empty", lang, id)
				}
				ids[id] = true
			}
			if to, ok := attr(n, "for"); ok {
				labelled[to] = true
			}
		}
		for _, n := range nodes {
			if n.Type != html.ElementNode {
				continue
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s: <%s> has %s", lang, n.Data, a.Key)
				case a.Key == "aria-describedby" || a.Key == "aria-labelledby":
					for _, id := range strings.Fields(a.Val) {
						if !ids[id] {
							t.Errorf("%s: %s names %q, which does not exist", lang, a.Key, id)
						}
					}
				case a.Key == "href" && strings.HasPrefix(a.Val, "#") && a.Val != "#" && !ids[a.Val[1:]]:
					t.Errorf("%s: a link leads to %s, which does not exist", lang, a.Val)
				}
			}
			if (n.Data == "script" || n.Data == "style") && n.FirstChild != nil {
				t.Errorf("%s: inline <%s>", lang, n.Data)
			}
			kind, _ := attr(n, "type")
			if n.Data == "select" || n.Data == "textarea" || n.Data == "input" && kind != "hidden" {
				if id, _ := attr(n, "id"); !labelled[id] {
					t.Errorf("%s: <%s id=%q> has no label", lang, n.Data, id)
				}
			}
		}
	}
}

// In an English page Chinese is always marked as Chinese.
func TestChineseIsMarkedInEnglishPages(t *testing.T) {
	for _, n := range parse(t, page(t, text.English)) {
		if n.Type != html.TextNode || !strings.ContainsFunc(n.Data, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			continue
		}
		marked := ""
		for up := n.Parent; up != nil && marked == ""; up = up.Parent {
			marked, _ = attr(up, "lang")
		}
		if !strings.HasPrefix(marked, "zh") {
			t.Errorf("%q stands in %q", n.Data, marked)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"Show the 居住证 to <staff>": `Show the <span lang="zh-CN">居住证</span> to &lt;staff&gt;`,
		"漳州市公安局":                  `<span lang="zh-CN">漳州市公安局</span>`,
		"21 号院 3 号楼, Zhangzhou":   `21 <span lang="zh-CN">号院 3 号楼</span>, Zhangzhou`,
		"plain & simple":          `plain &amp; simple`,
		"欧阳明月 and 阿卜杜·热西提（维吾尔族）: family": `<span lang="zh-CN">欧阳明月</span> and <span lang="zh-CN">阿卜杜·热西提（维吾尔族）</span>: family`,
	} {
		if got := render(t, parts.Words(text.For(text.English), in)); got != want {
			t.Errorf("%q\n got %s\nwant %s", in, got, want)
		}
		if got := render(t, parts.Words(text.For(text.Chinese), in)); strings.Contains(got, "<span") {
			t.Errorf("%q is marked in a Chinese page: %s", in, got)
		}
	}
}

func TestErrors(t *testing.T) {
	errs := parts.Errors{{Field: "a", Message: "first"}, {Field: "a", Message: "second"}, {Field: "b", Message: "third"}}
	if errs.For("a") != "first" || errs.For("b") != "third" || errs.For("c") != "" {
		t.Errorf("got %q %q %q", errs.For("a"), errs.For("b"), errs.For("c"))
	}
	if got := render(t, parts.ErrorSummary(text.For(text.Chinese), nil)); got != "" {
		t.Errorf("a summary of nothing: %s", got)
	}
	got := render(t, parts.Field(text.For(text.Chinese), parts.FieldView{ID: "n", Name: "n", Label: "l", Hint: "h", Error: "e", Value: `"><b>`}))
	for _, want := range []string{`aria-invalid="true"`, `aria-describedby="n-hint n-error"`, `value="&#34;&gt;&lt;b&gt;"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

// The switches lead back to the same page and never to another site.
func TestSwitchesKeepThePath(t *testing.T) {
	switches := regexp.MustCompile(`href="([^"]*lang=[^"]*)"`)
	for path, want := range map[string]string{
		"/services?tier=permit_3y&lang=zh": "/services?lang=en&amp;tier=permit_3y",
		"/":                                "/?lang=en",
		"https://elsewhere.example/x":      "/?lang=en",
		"//elsewhere.example/x":            "/?lang=en",
	} {
		got := render(t, parts.Frame(text.For(text.Chinese), parts.FrameView{Variant: parts.PortalFrame, Path: path}))
		if found := switches.FindStringSubmatch(got); found == nil || found[1] != want {
			t.Errorf("%s: got %q, want %q", path, found, want)
		}
	}
}

func TestVariants(t *testing.T) {
	p := text.For(text.English)
	for variant, sheet := range map[parts.Variant]string{parts.PortalFrame: "portal.css", parts.VerifyFrame: "portal.css", parts.ConsoleFrame: "console.css", parts.KioskFrame: "kiosk.css"} {
		got := render(t, parts.Frame(p, parts.FrameView{Variant: variant, Title: "Cases", HasErrors: true}))
		if !strings.Contains(got, sheet) || !strings.Contains(got, "<title>Error: Cases - Anju") || !strings.HasPrefix(got, "<!doctype html><html lang=\"en\"") {
			t.Errorf("%s: %.300s", variant, got)
		}
		if strings.Contains(got, "/help") == (variant == parts.ConsoleFrame) {
			t.Errorf("%s: the help link is wrong", variant)
		}
	}
}

// Each verdict has its own icon and its own words, in both languages.
func TestVerdicts(t *testing.T) {
	icon := regexp.MustCompile(`<path d="([^"]+)"`)
	seen := map[string]string{}
	for _, verdict := range strings.Fields("valid suspended expired lost cancelled superseded not_yet_valid stale_code forged unknown foreign unconfirmed") {
		for _, lang := range text.Langs() {
			got := render(t, parts.Verdict(text.For(lang), parts.VerdictView{Verdict: verdict}))
			if strings.Contains(got, "parts.verdict") {
				t.Errorf("%s has no words in %s", verdict, lang)
			}
			word := regexp.MustCompile(`<h1[^>]*>([^<]+)`).FindStringSubmatch(got)[1]
			for _, own := range []string{string(lang) + " icon " + icon.FindStringSubmatch(got)[1], string(lang) + " word " + word} {
				if other, taken := seen[own]; taken {
					t.Errorf("%s looks like %s: %s", verdict, other, own)
				}
				seen[own] = verdict
			}
		}
	}
}

// The path has the modules inside their white margin of four, which the size counts.
func TestCodeOf(t *testing.T) {
	modules := [][]bool{{true, true, false}, {false, true, false}, {true, false, true}}
	code := parts.CodeOf(modules, "label")
	if want := "M4 4h2v1h-2zM5 5h1v1h-1zM4 6h1v1h-1zM6 6h1v1h-1z"; code.Path != want || code.Size != 11 {
		t.Errorf("got %d %s", code.Size, code.Path)
	}
	if got := render(t, parts.QR(text.For(text.English), code)); !strings.Contains(got, `viewBox="0 0 11 11"`) || !strings.Contains(got, `aria-label="label"`) {
		t.Error(got)
	}
}

func TestDates(t *testing.T) {
	form := func(y, m, d string) parts.DateValue {
		return parts.ReadDate("since", func(name string) string {
			return map[string]string{"since_year": y, "since_month": m, "since_day": d}[name]
		})
	}
	d, err := form("２０２６", " 5 ", "022").Date()
	if err != nil || d != civic.MustDate("2026-05-22") {
		t.Errorf("got %v, %v", d, err)
	}
	for _, wrong := range []parts.DateValue{form("2026", "2", "30"), form("2026", "", "1"), form("二〇二六", "1", "1"), form("-2026", "1", "1"), {}} {
		if d, err := wrong.Date(); err == nil {
			t.Errorf("%v became %v", wrong, d)
		}
	}
	if !form(" ", "", "").Empty() || form("", "1", "").Empty() {
		t.Error("Empty is wrong")
	}
	if v := parts.DateValueOf(civic.MustDate("2026-05-22")); v != (parts.DateValue{Year: "2026", Month: "5", Day: "22"}) || !parts.DateValueOf(civic.Date{}).Empty() {
		t.Errorf("got %v", v)
	}
	if got := parts.Date(text.For(text.English), civic.Date{}); got != "" {
		t.Errorf("no date is %q", got)
	}
}
