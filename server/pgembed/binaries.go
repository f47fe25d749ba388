package pgembed

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldest is the oldest major version that a new data folder is made with: older ones get no more security fixes.
const oldest = 15

// usualPlaces are where distributions put the programs, which are often not on PATH: Debian, Red Hat, Alpine, PostgreSQL's own
// default, and Homebrew on both kinds of Mac.
var usualPlaces = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
}

// binaries is a folder that holds initdb and postgres of one major version.
type binaries struct{ dir, major string }

// choose finds programs that can run the data folder, or, when there is none yet, any that are not too old.
func (f folder) choose(ctx context.Context, cfg Config, log *slog.Logger) (binaries, error) {
	wants, err := f.major()
	if err != nil {
		return binaries{}, err
	}
	npmHome := cfg.Npm
	if npmHome == "" {
		npmHome = filepath.Join(f.root, "npm")
	}
	wrong := func(found ...string) error {
		return &WrongMajorError{Data: f.data(), Wants: wants, Found: found}
	}
	switch cfg.Bin {
	case "npm":
		if wants != "" && wants != npmMajor {
			return binaries{}, wrong(npmMajor)
		}
		return npm(ctx, npmHome, log)
	case "":
	default:
		b, ok := inspect(cfg.Bin)
		switch {
		case !ok:
			return b, &BinariesError{Reason: fmt.Sprintf("%s holds no initdb and postgres that run", cfg.Bin)}
		case wants != "" && b.major != wants:
			return b, wrong(b.major)
		}
		return b, nil
	}
	var found []string
	for _, dir := range search() {
		b, ok := inspect(dir)
		if !ok {
			continue
		}
		if number, err := strconv.Atoi(b.major); b.major == wants || wants == "" && err == nil && number >= oldest {
			return b, nil
		}
		if !slices.Contains(found, b.major) {
			found = append(found, b.major)
		}
	}
	if wants == "" || wants == npmMajor {
		return npm(ctx, npmHome, log)
	}
	return binaries{}, wrong(append(found, npmMajor+" (npm)")...)
}

// search lists the folders that may hold the programs: PATH first, then the usual places, newest version first.
func search() []string {
	var dirs []string
	if p, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(p))
	}
	var usual []string
	for _, pattern := range usualPlaces {
		m, _ := filepath.Glob(pattern) // the only error is a malformed pattern
		usual = append(usual, m...)
	}
	slices.SortStableFunc(usual, func(a, b string) int { return versionIn(b) - versionIn(a) })
	return append(dirs, usual...)
}

// versionIn reads the major version in a path such as /usr/lib/postgresql/15/bin; 0 when there is none.
func versionIn(path string) int {
	digits := strings.TrimLeftFunc(path, func(r rune) bool { return r < '0' || r > '9' })
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		digits = digits[:end]
	}
	n, _ := strconv.Atoi(digits)
	return n
}

// inspect reports the folder behind dir and its version. Links are followed, because PostgreSQL finds its libraries from where it lies.
func inspect(dir string) (binaries, bool) {
	server, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return binaries{}, false
	}
	if server, err = filepath.Abs(server); err != nil {
		return binaries{}, false
	}
	b := binaries{dir: filepath.Dir(server)}
	if st, err := os.Stat(filepath.Join(b.dir, "initdb")); err != nil || st.Mode()&0o111 == 0 {
		return b, false
	}
	out, err := exec.Command(server, "-V").Output()
	if err != nil {
		return b, false
	}
	words := strings.Fields(string(out)) // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1); a beta says 19beta1
	if len(words) < 3 {
		return b, false
	}
	end := strings.IndexFunc(words[2]+".", func(r rune) bool { return r < '0' || r > '9' })
	b.major = words[2][:end]
	return b, b.major != ""
}
