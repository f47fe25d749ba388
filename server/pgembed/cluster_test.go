package pgembed_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"anju/server/pgembed"
)

// programs and packages are what every cluster of these tests runs with, so that a machine without PostgreSQL installs it once.
var programs, packages string

func runWithPrograms(m *testing.M) int {
	dir, err := os.MkdirTemp("", "anju-pgembed-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		panic(err)
	}
	packages = filepath.Join(dir, "npm")
	if found, _ := filepath.Glob("/usr/lib/postgresql/1[5-9]/bin/postgres"); len(found) == 0 {
		programs = "npm"
	}
	return m.Run()
}

func asType[E error](err error) (E, bool) {
	var e E
	ok := errors.As(err, &e)
	return e, ok
}

// open is a folder that every account may pass through.
func open(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func config(dir string, log *strings.Builder) pgembed.Config {
	cfg := pgembed.Config{Dir: dir, Bin: programs, Npm: packages, FastUnsafe: true}
	if log != nil {
		cfg.Log = slog.New(slog.NewTextHandler(log, nil))
	}
	return cfg
}

func start(t *testing.T, cfg pgembed.Config) *pgembed.Cluster {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // the npm package may have to come over a slow line
	defer cancel()                                                 // the cluster outlives the context of its start
	c, err := pgembed.Start(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	return c
}

// stop stops and sees to it that nothing is left: no process, no socket, nobody told that the server died.
func stop(t *testing.T, c *pgembed.Cluster, dir string) {
	t.Helper()
	if err := c.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := c.Stop(); err != nil {
		t.Errorf("stop again: %v", err)
	}
	select {
	case err := <-c.Exited():
		t.Errorf("stopping was reported as a death: %v", err)
	default:
	}
	if left := workingIn(t, filepath.Join(dir, "data")); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
	socketGone(t, c.URL())
}

func socketGone(t *testing.T, address string) {
	t.Helper()
	if _, err := os.Stat(socketFolder(t, address)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's folder is still there: %v", err)
	}
}

func socketFolder(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("host")
}

// workingIn lists the processes that work in a folder; only Linux shows them.
func workingIn(t *testing.T, dir string) (pids []int) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && to == dir {
			pid, _ := strconv.Atoi(strings.Split(link, "/")[2])
			pids = append(pids, pid)
		}
	}
	return pids
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func exec1(t *testing.T, address, sql string) {
	t.Helper()
	conn := connect(t, address)
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, address, sql string) T {
	t.Helper()
	conn := connect(t, address)
	defer conn.Close(t.Context())
	var v T
	if err := conn.QueryRow(t.Context(), sql).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFreshAndRestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(open(t), "anju")
	cfg := config(dir, nil)
	cfg.FastUnsafe = false
	begun := time.Now()
	c := start(t, cfg)
	t.Logf("nothing to first query: %v", time.Since(begun))
	if c.Adopted() {
		t.Error("nobody else runs this cluster")
	}
	for setting, want := range map[string]string{"server_encoding": "UTF8", "lc_ctype": "C.UTF-8", "listen_addresses": "",
		"max_connections": "100", "TimeZone": "UTC", "fsync": "on", "statement_timeout": "0"} {
		if got := ask[string](t, c.URL(), "show "+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if got := ask[string](t, c.URL(), "select current_user || ' ' || current_database()"); got != "anju anju" {
		t.Errorf("owner and database: %s", got)
	}
	if got := ask[string](t, c.URL(), "select lower('É') || char_length('𠮷')"); got != "é1" {
		t.Errorf("the locale knows no letters beyond ASCII: %s", got)
	}
	if version := ask[string](t, c.URL(), "show server_version"); !strings.HasPrefix(version, c.Major()+".") {
		t.Errorf("Major() = %q, the server says %q", c.Major(), version)
	}
	secret := c.Secret("login")
	if len(secret) != 64 || secret == c.Secret("other") {
		t.Errorf("secrets do not depend on their purpose: %s", secret)
	}
	exec1(t, c.URL(), "create table kept (n int); insert into kept select generate_series(1, 1000); create role guest login password '"+secret+"'")
	if got := ask[string](t, c.URLFor("guest", secret, "anju"), "select current_user::text"); got != "guest" {
		t.Errorf("signed in as %s", got)
	}
	stop(t, c, dir)

	begun = time.Now()
	c = start(t, cfg)
	t.Logf("restart: %v", time.Since(begun))
	if got := ask[int](t, c.URL(), "select count(*) from kept"); got != 1000 {
		t.Errorf("%d rows after a restart", got)
	}
	if c.Secret("login") != secret {
		t.Error("the secret changed with a restart")
	}
	stop(t, c, dir)
}

func TestClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := open(t)
	c := start(t, config(dir, nil))
	for _, address := range []string{c.URLFor("anju", "guess", "anju"), c.URLFor("anju", "", "anju"), c.URLFor("postgres", "", "postgres")} {
		_, err := pgx.Connect(t.Context(), address)
		if pg, ok := asType[*pgconn.PgError](err); !ok || !strings.HasPrefix(pg.Code, "28") {
			t.Errorf("let in, or refused for another reason: %v", err)
		}
	}
	for name, want := range map[string]os.FileMode{socketFolder(t, c.URL()): 0o700, filepath.Join(dir, "data"): 0o700,
		filepath.Join(dir, "conn.json"): 0o600, filepath.Join(dir, "password"): 0o600, filepath.Join(dir, "postgres.log"): 0o600} {
		st, err := os.Stat(name)
		if err != nil {
			t.Error(err)
		} else if st.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, st.Mode().Perm(), want)
		}
	}
	// A refused row would show a person's data in the log.
	exec1(t, c.URL(), "create table person (phone text unique); insert into person values ('13800138000')")
	if _, err := connect(t, c.URL()).Exec(t.Context(), "insert into person values ('13800138000')"); err == nil {
		t.Error("the second row should be refused")
	}
	log, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "duplicate key") || strings.Contains(string(log), "13800138000") {
		t.Errorf("the log should tell of the refusal without the data:\n%s", log)
	}
	stop(t, c, dir)
}

func TestTwoProcessesAtOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(open(t), "anju")
	o := order{Dir: dir, Bin: programs, Npm: packages}
	pair := []*process{begin(t, o, nil), begin(t, o, nil)}
	var reports [2]report
	var both sync.WaitGroup
	for i, p := range pair {
		both.Go(func() { reports[i] = p.wait() })
	}
	both.Wait()
	owner, guest := pair[0], pair[1]
	if reports[0].Adopted {
		owner, guest = guest, owner
	}
	if owner.report.Adopted || !guest.report.Adopted {
		t.Fatalf("one should own and the other attach: %+v", reports)
	}
	if owner.report.URL != guest.report.URL || owner.report.Secret != guest.report.Secret || owner.report.Major != guest.report.Major {
		t.Errorf("they see different clusters: %+v", reports)
	}
	exec1(t, owner.report.URL, "create table kept (n int); insert into kept values (1)")
	guest.stop() // leaves the cluster running

	third := start(t, config(dir, nil))
	if !third.Adopted() {
		t.Error("the owner is still there")
	}
	if got := ask[int](t, third.URL(), "select n from kept"); got != 1 {
		t.Errorf("n = %d", got)
	}
	if err := third.Stop(); err != nil {
		t.Error(err)
	}
	if got := ask[int](t, owner.report.URL, "select n from kept"); got != 1 {
		t.Errorf("n = %d", got)
	}
	owner.stop()

	next := start(t, config(dir, nil))
	if next.Adopted() {
		t.Error("the owner is gone")
	}
	stop(t, next, dir)
}

func TestLongAndRelativeFolder(t *testing.T) {
	base := open(t)
	t.Chdir(base)
	dir := filepath.Join(strings.Repeat("a-very-long-name-", 8), strings.Repeat("居住证", 12), "anju")
	c := start(t, config("./"+dir, nil))
	t.Chdir("/")
	exec1(t, c.URL(), "create table kept (n int)")
	stop(t, c, filepath.Join(base, dir))
}

func TestInterruptedStarts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(open(t), "anju")
	for _, after := range []time.Duration{0, 150 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		c, err := pgembed.Start(ctx, config(dir, nil))
		cancel()
		if err == nil {
			stop(t, c, dir)
		} else if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", after, err)
		}
	}
	half := filepath.Join(dir, "data.init")
	if err := os.MkdirAll(filepath.Join(half, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := start(t, config(dir, nil))
	exec1(t, c.URL(), "create table kept (n int)")
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a data folder is still there: %v", err)
	}
	stop(t, c, dir)
}
