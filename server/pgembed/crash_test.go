package pgembed_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"anju/server/pgembed"
)

func serverPID(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// ofOwner lets a test's process run as the account that owns the data folder.
func ofOwner(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	st, err := os.Stat(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	sys := st.Sys().(*syscall.Stat_t)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: sys.Uid, Gid: sys.Gid}}
}

func TestServerKilled(t *testing.T) {
	t.Parallel()
	dir := open(t)
	cfg := config(dir, nil)
	cfg.FastUnsafe = false
	c := start(t, cfg)
	exec1(t, c.URL(), "create table kept (n int)")
	exec1(t, c.URL(), "insert into kept select generate_series(1, 20000)")
	if err := syscall.Kill(serverPID(t, dir), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-c.Exited():
		if e, ok := asType[*pgembed.ExitedError](err); !ok || !strings.Contains(e.Error(), "killed") {
			t.Errorf("Exited: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nobody noticed that the server died")
	}
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	socketGone(t, c.URL())
	begun := time.Now()
	c = start(t, cfg)
	t.Logf("restart after kill -9 of the server: %v", time.Since(begun))
	if got := ask[int](t, c.URL(), "select count(*) from kept"); got != 20000 {
		t.Errorf("%d of 20000 rows left", got)
	}
	stop(t, c, dir)
}

func TestOwnerKilled(t *testing.T) {
	t.Parallel()
	dir := open(t)
	cfg := config(dir, nil)
	cfg.FastUnsafe = false
	c := start(t, cfg)
	exec1(t, c.URL(), "create table kept (n int)")
	stop(t, c, dir)

	owner := begin(t, order{Dir: dir, Bin: programs, Npm: packages, Durable: true, Insert: true}, nil)
	address := owner.wait().URL
	var n int
	for n < 50 {
		owner.next(&n)
	}
	last := max(n, owner.kill())
	begun := time.Now()
	c = start(t, cfg) // at once: the server is still leaving
	t.Logf("restart after kill -9 of the owner: %v, %d rows", time.Since(begun), last)
	if c.Adopted() {
		t.Error("nobody else can own the cluster")
	}
	if got := ask[int](t, c.URL(), "select count(*) from kept"); got < last {
		t.Errorf("%d rows, but %d were committed", got, last)
	}
	socketGone(t, address)

	stop(t, c, dir)
}

// These share a cluster; each leaves it stopped.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	dir := open(t)
	c := start(t, config(dir, nil))
	exec1(t, c.URL(), "create table kept (n int); insert into kept values (1)")
	stop(t, c, dir)
	t.Run("server follows its killed owner", func(t *testing.T) { serverFollows(t, dir) })
	t.Run("orphaned server", func(t *testing.T) { orphanedServer(t, dir) })
	t.Run("recycled process number", func(t *testing.T) { recycledNumber(t, dir) })
}

func serverFollows(t *testing.T, dir string) {
	if _, err := os.Stat("/proc/self/cwd"); err != nil {
		return // only Linux tells a child that its parent died
	}
	owner := begin(t, order{Dir: dir, Bin: programs, Npm: packages}, nil)
	owner.wait()
	owner.kill()
	eventually(t, "the server ends by itself", func() bool { return len(workingIn(t, filepath.Join(dir, "data"))) == 0 })
	if _, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it did not end in order: %v", err)
	}
	stop(t, start(t, config(dir, nil)), dir)
}

// An orphan is a server whose owner is gone and that did not follow it.
func orphanedServer(t *testing.T, dir string) {
	c := start(t, config(dir, nil))
	program, err := os.Readlink("/proc/" + strconv.Itoa(serverPID(t, dir)) + "/exe")
	if err != nil {
		t.Fatal(err)
	}
	stop(t, c, dir)
	socket := filepath.Join(open(t), "s")
	if err := os.Mkdir(socket, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(socket, 0o777); err != nil {
		t.Fatal(err)
	}
	orphan := exec.Command(program, "-D", filepath.Join(dir, "data"), "-c", "listen_addresses=", "-k", socket)
	orphan.Dir = "/"
	orphan.Env = []string{"LC_ALL=C.UTF-8"}
	orphan.SysProcAttr = ofOwner(t, dir)
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = orphan.Process.Kill() })
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	ready := filepath.Join(dir, "data", "postmaster.pid")
	eventually(t, "the orphan runs", func() bool {
		b, _ := os.ReadFile(ready)
		return strings.Contains(string(b), "ready")
	})
	var log strings.Builder
	link := filepath.Join(open(t), "link") // the same folder by another name
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	c = start(t, config(link, &log))
	if err := <-ended; err != nil {
		t.Errorf("the orphan was not stopped in order: %v", err)
	}
	if !strings.Contains(log.String(), "left behind") {
		t.Errorf("the log does not tell of it:\n%s", log.String())
	}
	if got := ask[int](t, c.URL(), "select n from kept"); got != 1 {
		t.Errorf("n = %d", got)
	}
	stop(t, c, dir)
}

func recycledNumber(t *testing.T, dir string) {
	c := start(t, config(dir, nil))
	note := filepath.Join(dir, "data", "postmaster.pid")
	b, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, c, dir)
	somebody := exec.Command("sleep", "60") // of the same account, or PostgreSQL would not mind
	somebody.Dir = "/"
	somebody.SysProcAttr = ofOwner(t, dir)
	if err := somebody.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = somebody.Process.Kill(); _ = somebody.Wait() })
	_, rest, _ := strings.Cut(string(b), "\n")
	if err := os.WriteFile(note, []byte(strconv.Itoa(somebody.Process.Pid)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if attr := ofOwner(t, dir); attr != nil {
		if err := os.Chown(note, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	c = start(t, config(dir, nil))
	exec1(t, c.URL(), "select 1")
	if err := somebody.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other program was ended: %v", err)
	}
	stop(t, c, dir)
}
