// Command mutate inverts each rule of server/policy once, in a copy that only the compiler sees (go's -overlay), and runs the room's
// tests: a rule that can be inverted without a test failing is not tested. It prints the rules that nobody missed, and the score.
//
//	go run ./.ci/mutate [-only code|data] [-files scope.go,clock.go]
//
// In code each condition of an if, each case of a switch without a tag, each comparison and each && and || is a rule. In the rulesets
// each number, date, switch and choice is one, and each condition, tier, department and fee of an item.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// mutant is one rule inverted: the file, the line, what it was and what it is.
type mutant struct {
	file     string
	line     int
	was, now string
	body     []byte
}

func main() {
	only := flag.String("only", "", "code or data; both when empty")
	files := flag.String("files", "", "names of files to look at, separated by commas; all when empty")
	flag.Parse()
	if err := run(*only, *files); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(only, files string) error {
	root, err := filepath.Abs("server/policy")
	if err != nil {
		return err
	}
	var all []mutant
	for kind, find := range map[string]func(string) ([]mutant, error){"code": code, "data": data} {
		if only == "" || only == kind {
			found, err := find(root)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
	}
	if files != "" {
		all = slices.DeleteFunc(all, func(m mutant) bool { return !slices.Contains(strings.Split(files, ","), filepath.Base(m.file)) })
	}
	slices.SortFunc(all, func(a, b mutant) int {
		if d := strings.Compare(a.file, b.file); d != 0 {
			return d
		}
		return a.line - b.line
	})
	if err := test("", ""); err != nil {
		return fmt.Errorf("the tests fail without any mutant: %w", err)
	}
	missed := map[string]int{}
	total := map[string]int{}
	for _, m := range all {
		kind := "code"
		if strings.HasSuffix(m.file, ".yaml") {
			kind = "data"
		}
		killed, err := tried(m)
		if err != nil {
			return err
		}
		total[kind]++
		if !killed {
			missed[kind]++
			place, _ := filepath.Rel(root, m.file)
			fmt.Printf("nobody missed it: %s:%d: %s -> %s\n", place, m.line, m.was, m.now)
		}
	}
	for _, kind := range []string{"code", "data"} {
		if total[kind] > 0 {
			fmt.Printf("%s: %d of %d inverted rules noticed, %.1f %%\n", kind, total[kind]-missed[kind], total[kind], 100*float64(total[kind]-missed[kind])/float64(total[kind]))
		}
	}
	return nil
}

// tried reports whether the tests notice a mutant. One that does not compile counts as noticed.
func tried(m mutant) (bool, error) {
	dir, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	copied, overlay := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(copied, m.body, 0o600); err != nil {
		return false, err
	}
	body, err := json.Marshal(map[string]map[string]string{"Replace": {m.file: copied}})
	if err != nil {
		return false, err
	}
	if err := os.WriteFile(overlay, body, 0o600); err != nil {
		return false, err
	}
	return test(overlay, dir) != nil, nil
}

func test(overlay, dir string) error {
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-timeout=60s", "-run", "^Test"}
	if overlay != "" {
		args = append(args, "-overlay", overlay, "-o", filepath.Join(dir, "policy.test"))
	}
	out, err := exec.Command("go", append(args, "./server/policy")...).CombinedOutput()
	if err != nil && overlay == "" {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return err
}
