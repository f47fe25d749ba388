package pgembed_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"anju/server/pgembed"
)

// The test binary runs again as another process when CHILD is set: it starts a cluster as its order says, reports, does its job, and
// stops the cluster when its standard input ends.

type order struct {
	Dir, Bin, Npm string
	Durable       bool
	Insert        bool // commit a row over and over, reporting each
	NoNamespaces  bool // forbid further user namespaces first
}

type report struct {
	URL, Major, Secret, Log string
	Adopted                 bool
	Err                     string
	Unreachable             bool
}

func TestMain(m *testing.M) {
	if o := os.Getenv("CHILD"); o != "" {
		if err := child(o); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(runWithPrograms(m))
}

func child(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	if o.NoNamespaces {
		if err := os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0); err != nil {
			return err
		}
	}
	var log bytes.Buffer
	ctx := context.Background()
	c, err := pgembed.Start(ctx, pgembed.Config{Dir: o.Dir, Bin: o.Bin, Npm: o.Npm, FastUnsafe: !o.Durable,
		Log: slog.New(slog.NewTextHandler(&log, nil))})
	out := json.NewEncoder(os.Stdout)
	r := report{Log: log.String()}
	if err != nil {
		r.Err = err.Error()
		_, r.Unreachable = asType[*pgembed.UnreachableError](err)
		return out.Encode(r)
	}
	r.URL, r.Major, r.Adopted, r.Secret = c.URL(), c.Major(), c.Adopted(), c.Secret("child")
	if err := out.Encode(r); err != nil {
		return err
	}
	if o.Insert {
		if err := insertForEver(ctx, c.URL(), out); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return c.Stop()
}

func insertForEver(ctx context.Context, url string, out *json.Encoder) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		if _, err := conn.Exec(ctx, "insert into kept values ($1)", n); err != nil {
			return err
		}
		if err := out.Encode(n); err != nil {
			return err
		}
	}
}

type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  *bufio.Scanner
	report report
}

// begin runs the test binary again, as the command before it says if there is one, and does not wait for its report.
func begin(t *testing.T, o order, attr *syscall.SysProcAttr, before ...string) *process {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	args := append(before, reachableSelf(t))
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "CHILD="+string(text))
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = attr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, stdin: stdin, lines: bufio.NewScanner(stdout)}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

func (p *process) wait() report {
	p.t.Helper()
	p.next(&p.report)
	return p.report
}

func (p *process) next(v any) {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatalf("the child ended: %v", p.lines.Err())
	}
	if err := json.Unmarshal(p.lines.Bytes(), v); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) stop() {
	p.t.Helper()
	p.stdin.Close()
	for p.lines.Scan() {
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("child: %v", err)
	}
	if p.report.URL != "" && !p.report.Adopted {
		socketGone(p.t, p.report.URL)
	}
}

// kill ends the process as kill -9 does and returns every number it had reported by then.
func (p *process) kill() (last int) {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	for p.lines.Scan() {
		if err := json.Unmarshal(p.lines.Bytes(), &last); err != nil {
			p.t.Fatal(err)
		}
	}
	_ = p.cmd.Wait() // it was killed
	return last
}

// reachableSelf is this test binary where every account can execute it: go test builds it in a closed folder.
func reachableSelf(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return self
	}
	there := filepath.Join(open(t), "pgembed.test")
	b, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	writeProgram(t, there, b)
	return there
}

// writeProgram writes what is executed next. No parallel test may fork meanwhile: its child would hold the file open for writing, and
// executing it would fail with "text file busy".
func writeProgram(t *testing.T, path string, content []byte) {
	t.Helper()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, content, 0o755); err != nil {
		t.Fatal(err)
	}
}

// eventually waits up to ten seconds.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("not within 10 s: %s", what)
}
