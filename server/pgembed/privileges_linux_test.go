package pgembed_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// closed is a folder below one that only its owner may enter, as the home of root is.
func closed(t *testing.T) string {
	t.Helper()
	parent := filepath.Join(open(t), "closed")
	if err := os.Mkdir(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(parent, "checkout", ".anju")
}

func TestBelowAClosedFolder(t *testing.T) {
	t.Parallel()
	dir := closed(t)
	var log strings.Builder
	c := start(t, config(dir, &log))
	exec1(t, c.URL(), "create table kept (n int); insert into kept values (1)")
	stop(t, c, dir)
	c = start(t, config(dir, &log))
	if got := ask[int](t, c.URL(), "select n from kept"); got != 1 {
		t.Errorf("n = %d", got)
	}
	stop(t, c, dir)
	if os.Geteuid() != 0 {
		return // our own folder is not closed to us
	}
	if s := log.String(); !strings.Contains(s, "CAP_DAC_OVERRIDE") && !strings.Contains(s, "user namespace") || !strings.Contains(s, "another account: ") {
		t.Errorf("the log does not say how and why:\n%s", s)
	}
}

func TestRootWithoutCapabilities(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // nobody but root has to become somebody else
	}
	alone := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}}, GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}}}
	probe := exec.Command("/bin/true")
	probe.SysProcAttr = alone
	allowed := probe.Run() == nil

	dir := closed(t)
	for _, sql := range []string{"create table kept (n int); insert into kept values (1)", "update kept set n = n + 1"} {
		p := begin(t, order{Dir: dir, Bin: programs, Npm: packages}, nil,
			"setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
		r := p.wait()
		if !allowed {
			p.stop()
			if !r.Unreachable {
				t.Errorf("no user namespaces, no capabilities: %+v", r)
			}
			return
		}
		if r.Err != "" || !strings.Contains(r.Log, "user namespace") {
			t.Fatalf("without CAP_DAC_OVERRIDE: %+v", r)
		}
		exec1(t, r.URL, sql)
		p.stop()
	}
	// With its capabilities back, root goes another way with the same data.
	c := start(t, config(dir, nil))
	if got := ask[int](t, c.URL(), "select n from kept"); got != 2 {
		t.Errorf("n = %d", got)
	}
	stop(t, c, dir)

	// Alone in a user namespace, root can become nobody else, and may make no other namespace: no way is left.
	dir = closed(t)
	p := begin(t, order{Dir: dir, Bin: programs, Npm: packages, NoNamespaces: true}, alone)
	r := p.wait()
	p.stop()
	if !r.Unreachable || !strings.Contains(r.Err, "ANJU_DATA") || !strings.Contains(r.Err, dir) {
		t.Errorf("the error should say what to do: %+v", r)
	}
}

func TestNotRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // every other test of this run shows it
	}
	const nobody, nameless = 65534, 54321
	for _, id := range []int{nobody, nameless} {
		dir := filepath.Join(open(t), "own")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(dir, id, id); err != nil {
			t.Fatal(err)
		}
		attr := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(id), Gid: uint32(id)}}
		p := begin(t, order{Dir: filepath.Join(dir, ".anju"), Bin: programs, Npm: packages}, attr)
		r := p.wait()
		if r.Err != "" && !(id == nameless && r.Unreachable) { // without user namespaces there is no help for it
			t.Errorf("user %d: %s", id, r.Err)
		}
		if r.Err == "" {
			exec1(t, r.URL, "create table kept (n int)")
		}
		p.stop()
	}
}
