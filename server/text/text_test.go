package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// messages returns every key of a language with the variables that its sentences use.
func messages(t *testing.T, lang Lang) map[string][]string {
	t.Helper()
	variable := regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)
	out := map[string][]string{}
	names, err := fs.Glob(files, "*."+string(lang)+".toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		parsed, err := parse(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, m := range parsed {
			if _, twice := out[m.ID]; twice {
				t.Errorf("%s: key %q stands in two files", name, m.ID)
			}
			var vars []string
			for _, found := range variable.FindAllStringSubmatch(m.One+m.Other, -1) {
				if !slices.Contains(vars, found[1]) {
					vars = append(vars, found[1])
				}
			}
			slices.Sort(vars)
			out[m.ID] = vars
		}
	}
	return out
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	zh, en := messages(t, Chinese), messages(t, English)
	for key, vars := range zh {
		other, ok := en[key]
		if !ok {
			t.Errorf("%q is missing in English", key)
		} else if !slices.Equal(vars, other) {
			t.Errorf("%q uses %v in Chinese and %v in English", key, vars, other)
		}
	}
	for key := range en {
		if _, ok := zh[key]; !ok {
			t.Errorf("%q is missing in Chinese", key)
		}
	}
}

// sources returns every string literal of the product's own Go code, and the literals that are asked for as a message.
func sources(t *testing.T) (literals map[string]bool, prefixes []string, asked map[string]string) {
	t.Helper()
	literals, asked = map[string]bool{}, map[string]string{}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != root || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		value := func(e ast.Expr) (string, bool) {
			lit, ok := e.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return "", false
			}
			s, err := strconv.Unquote(lit.Value)
			return s, err == nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, ok := value(n); ok {
					literals[s] = true
				}
			case *ast.BinaryExpr:
				if s, ok := value(n.X); ok && n.Op == token.ADD && strings.HasSuffix(s, ".") {
					prefixes = append(prefixes, s)
				}
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Say" && len(n.Args) > 0 {
					if s, ok := value(n.Args[0]); ok {
						asked[s] = strings.TrimPrefix(set.Position(n.Pos()).String(), root+string(os.PathSeparator))
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return literals, prefixes, asked
}

func TestEveryMessageIsUsedAndEveryUseHasAMessage(t *testing.T) {
	zh := messages(t, Chinese)
	literals, prefixes, asked := sources(t)
	for key, where := range asked {
		if _, ok := zh[key]; !ok {
			t.Errorf("%s asks for %q, which no file has", where, key)
		}
	}
	for key := range zh {
		if literals[key] || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			continue
		}
		t.Errorf("%q is used nowhere", key)
	}
}

func TestPrinterSpeaksItsLanguage(t *testing.T) {
	if got := For(Chinese).Date(2026, 11, 22); got != "2026年11月22日" {
		t.Error(got)
	}
	if got := For(English).Date(2026, 11, 22); got != "22 November 2026" {
		t.Error(got)
	}
	if For(Chinese).Pick("居住证", "permit") != "居住证" || For(English).Pick("居住证", "permit") != "permit" || For(English).Pick("居住证", "") != "居住证" {
		t.Error("Pick chose the wrong text")
	}
}

// TestACountOfOneIsSaid takes a message that counts without a form for one.
func TestACountOfOneIsSaid(t *testing.T) {
	for _, lang := range Langs() {
		for key, vars := range messages(t, lang) {
			if !slices.Equal(vars, []string{"Count"}) {
				continue
			}
			for _, n := range []int{0, 1, 2} {
				if got := For(lang).Say(key, "Count", n); got == key || !strings.Contains(got, strconv.Itoa(n)) {
					t.Errorf("%s %d in %s: %q", key, n, lang, got)
				}
			}
		}
	}
}

func TestMatchIsOnlyAHint(t *testing.T) {
	for header, want := range map[string]Lang{"": Chinese, "en-GB,en;q=0.9": English, "zh-CN,zh;q=0.9,en;q=0.5": Chinese, "fr": Chinese, "de;q=1,en;q=0.5": English, ";;;": Chinese} {
		if got := Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
}
