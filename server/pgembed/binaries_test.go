package pgembed_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anju/server/pgembed"
)

func fakeData(t *testing.T, version string) (dir string) {
	t.Helper()
	dir = open(t)
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte(version+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func fakePrograms(t *testing.T, version string) (dir string) {
	t.Helper()
	dir = open(t)
	for _, name := range []string{"initdb", "postgres"} {
		writeProgram(t, filepath.Join(dir, name), []byte("#!/bin/sh\necho 'postgres (PostgreSQL) "+version+"'\n"))
	}
	return dir
}

func TestWrongMajor(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ bin, data, found string }{
		{bin: "", data: "12", found: "15"},
		{bin: "npm", data: "12", found: "15"},
		{bin: fakePrograms(t, "16.3 (Debian 16.3-1)"), data: "15", found: "16"},
		{bin: fakePrograms(t, "19beta1"), data: "15", found: "19"},
	} {
		dir := fakeData(t, x.data)
		cfg := config(dir, nil)
		cfg.Bin = x.bin
		_, err := pgembed.Start(t.Context(), cfg)
		e, ok := asType[*pgembed.WrongMajorError](err)
		if !ok {
			t.Errorf("%+v: %v", x, err)
			continue
		}
		if e.Wants != x.data || !strings.Contains(strings.Join(e.Found, " "), x.found) || e.Data != filepath.Join(dir, "data") {
			t.Errorf("%+v: %+v", x, e)
		}
		if s := e.Error(); !strings.Contains(s, "PostgreSQL "+x.data) || !strings.Contains(s, x.found) {
			t.Errorf("the message does not name both versions: %s", s)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "conn.json")); len(left) > 0 {
			t.Error("a refused start leaves conn.json")
		}
		// The refusal holds no lock.
		if _, err = pgembed.Start(t.Context(), cfg); !errors.As(err, &e) {
			t.Errorf("%+v, again: %v", x, err)
		}
	}
}

func TestNoPrograms(t *testing.T) {
	t.Parallel()
	cfg := config(open(t), nil)
	cfg.Bin = open(t)
	_, err := pgembed.Start(t.Context(), cfg)
	if e, ok := asType[*pgembed.BinariesError](err); !ok || !strings.Contains(e.Error(), "ANJU_DATABASE_URL") {
		t.Errorf("an empty folder of programs: %v", err)
	}
}

// Versions that get no more security fixes are passed over for a new data folder, even first on PATH.
func TestOldProgramsArePassedOver(t *testing.T) {
	t.Setenv("PATH", fakePrograms(t, "13.20")+string(os.PathListSeparator)+os.Getenv("PATH"))
	dir := open(t)
	cfg := config(dir, nil)
	cfg.Bin = ""
	c := start(t, cfg)
	if c.Major() < "15" {
		t.Errorf("PostgreSQL %s", c.Major())
	}
	stop(t, c, dir)
}

// TestNpm forces the package, in a closed folder if we are root: the fresh container without PostgreSQL and with a checkout in /root.
// Then the same data goes to the programs of the machine and back.
func TestNpm(t *testing.T) {
	t.Parallel()
	parent := open(t)
	dir := filepath.Join(parent, "closed", "anju")
	if err := os.Mkdir(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	cfg := config(dir, &log)
	cfg.Bin, cfg.Npm = "npm", ""
	c := start(t, cfg)
	if c.Major() != "15" || strings.Count(log.String(), "installed from npm") != 1 {
		t.Errorf("PostgreSQL %s, log:\n%s", c.Major(), log.String())
	}
	exec1(t, c.URL(), "create extension pg_trgm; create table kept (name text); insert into kept values ('欧阳昝')")
	if got := ask[int](t, c.URL(), "select cardinality(show_trgm('欧阳昝'))"); got == 0 {
		t.Error("no trigrams of Chinese")
	}
	stop(t, c, dir)

	log.Reset()
	here := config(dir, &log)
	here.Bin = ""
	for _, cfg := range []pgembed.Config{here, cfg} {
		c = start(t, cfg)
		if got := ask[string](t, c.URL(), "select name from kept where name % '欧阳昝'"); got != "欧阳昝" {
			t.Errorf("got %q", got)
		}
		stop(t, c, dir)
	}
	if strings.Contains(log.String(), "installed from npm") {
		t.Errorf("installed twice:\n%s", log.String())
	}

	moved := filepath.Join(parent, "moved") // no longer closed: another way, the same data
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	cfg.Dir = moved
	c = start(t, cfg)
	if got := ask[string](t, c.URL(), "select name from kept"); got != "欧阳昝" {
		t.Errorf("got %q", got)
	}
	stop(t, c, moved)
}
