package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// plan says which of our rooms a room may open onto, as the README's table does.
var plan = map[string][]string{
	"server/civic":      {},
	"server/picture":    {},
	"server/text":       {},
	"assets":            {},
	"server/pgembed":    {},
	"server/policy":     {"server/civic"},
	"server/credential": {"server/civic"},
	"server/access":     {"server/civic"},
	"server/ledger":     {"server/civic"},
	"server/permit":     {"server/civic", "server/policy"},
	"server/office":     {"server/civic", "server/policy", "server/permit", "server/credential", "server/access", "server/ledger", "server/picture"},
	"server/store":      {"server/civic", "server/policy", "server/permit", "server/credential", "server/access", "server/ledger", "server/office"},
	// storetest runs the database that the store's tests are made on.
	"server/store/storetest": {"server/store", "server/pgembed", "server/office"},
	"server/notify":          {"server/civic", "server/access", "server/office", "server/text"},
	"server/web":             {"server/access", "assets", "server/text"},
	"server/parts":           {"server/civic", "server/policy", "assets", "server/text"},
	"kiosk/device":           {"server/civic"},
	"kiosk/agent":            {"server/civic", "kiosk/device"},
	"kiosk":                  append([]string{"kiosk/device"}, counterDoors...),
	"portal":                 counterDoors,
	"server/console":         counterDoors,
	"server/api":             counterDoors,
	"server/scene": {"server/civic", "server/picture", "server/text", "server/policy", "server/credential", "server/access", "server/ledger", "server/permit", "server/office",
		"server/store", "server/notify"},
}

var counterDoors = []string{"server/civic", "server/policy", "server/permit", "server/credential", "server/access", "server/office", "server/picture", "server/web", "server/parts",
	"server/text", "assets"}

// testDoors are open to the tests of every room beside the room's own.
var testDoors = []string{"server/scene", "server/store/storetest", "server/store"}

// guests says where a third-party module may be: nowhere else.
var guests = map[string][]string{
	"github.com/jackc/pgx/":    {"server/store", "server/store/storetest", "server/pgembed", "server"},
	"github.com/gofiber/fiber": {"server/web", "server/console", "server/api", "portal", "kiosk", "server"},
	"github.com/valyala/":      {"server/web", "server"},
	"github.com/xuri/":         {"server/console"},
	"github.com/arran4/":       {"portal"},
	"github.com/riverqueue/":   {"server/store"},
}

// quiet rooms do no input or output and read no clock.
var quiet = []string{"server/civic", "server/policy", "server/permit", "server/credential", "server/access", "server/ledger"}

func TestRoomsOpenOnlyTheDoorsOfThePlan(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		room := path.Dir(filepath.ToSlash(relative))
		seen[room] = true
		if room == "server" {
			return nil // main opens every door
		}
		allowed, known := plan[room]
		if !known {
			t.Errorf("%s: %s is not a room of the plan", relative, room)
			return nil
		}
		test := strings.HasSuffix(file, "_test.go")
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			checkImport(t, relative, room, imported, allowed, test)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range plan {
		if !seen[room] {
			t.Errorf("the plan has a room %s that the house has not", room)
		}
	}
}

func checkImport(t *testing.T, file, room, imported string, allowed []string, test bool) {
	t.Helper()
	if ours, ok := strings.CutPrefix(imported, "anju/"); ok {
		open := slices.Contains(allowed, ours) || test && (slices.Contains(testDoors, ours) || ours == room)
		if !open {
			t.Errorf("%s: no door from %s to %s", file, room, ours)
		}
		return
	}
	for guest, rooms := range guests {
		if strings.HasPrefix(imported, guest) && !slices.Contains(rooms, room) {
			t.Errorf("%s: %s does not belong in %s", file, imported, room)
		}
	}
	if !test && slices.Contains(quiet, room) && slices.Contains([]string{"os", "net", "net/http", "database/sql", "os/exec"}, imported) {
		t.Errorf("%s: %s does no input or output, so it does not import %s", file, room, imported)
	}
}

func TestNoFileHoldsTwoIdeas(t *testing.T) {
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && file != ".." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules" || entry.Name() == "vendor") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(file, "_templ.go") || !slices.Contains([]string{".go", ".templ", ".js", ".css", ".sql"}, filepath.Ext(file)) {
			return nil
		}
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if n := strings.Count(string(body), "\n"); n > 400 {
			t.Errorf("%s has %d lines", file, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
