package pgembed

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	// runPrefix begins the name of every folder that holds a socket.
	runPrefix = "anju-pg-"
	// readyLimit bounds the time from the start of the server to its first answer, which includes replaying the log after a crash.
	readyLimit = 2 * time.Minute
	// stopLimit bounds each stage of stopping: in order, at once, killed.
	stopLimit = 20 * time.Second
	// logLimit is the size at which the server's log is set aside at the next start.
	logLimit = 4 << 20
)

// own runs a cluster of this process. Whatever it has begun when it fails, Stop undoes.
func (c *Cluster) own(ctx context.Context, cfg Config) error {
	f := c.folder
	if err := f.clearStale(c.log); err != nil {
		return err
	}
	if err := errors.Join(f.clearUnready(), f.clearRun()); err != nil {
		return err
	}
	programs, err := f.choose(ctx, cfg, c.log)
	if err != nil {
		return err
	}
	c.major = programs.major
	id, err := identify(f, c.log)
	if err != nil {
		return err
	}
	if err := c.makeRun(id); err != nil {
		return err
	}
	if id.runs(programs) != nil {
		from := programs.dir
		if programs, err = stage(programs, c.run); err != nil {
			return err
		}
		if err := id.runs(programs); err != nil {
			return &UnreachableError{Account: id.account, Path: from, Tried: err}
		}
		c.log.Info("embedded PostgreSQL: programs linked to where the account can go", "from", from, "to", programs.dir)
	}
	_, err = os.Stat(filepath.Join(f.data(), "PG_VERSION"))
	fresh := errors.Is(err, fs.ErrNotExist)
	switch {
	case fresh:
		err = c.initialise(ctx, cfg, programs, id)
	case err == nil:
		err = id.own(f.data())
	}
	if err != nil {
		return err
	}
	if c.password, err = f.readPassword(); err != nil {
		return err
	}
	if err := c.launch(cfg, programs, id); err != nil {
		return err
	}
	if err := c.waitReady(ctx); err != nil {
		return err
	}
	if err := createDatabase(ctx, c.URLFor(superuser, c.password, "postgres")); err != nil {
		return err
	}
	c.log.Info("embedded PostgreSQL: ready", "folder", f.root, "version", c.major, "programs", programs.dir, "new", fresh)
	return f.writeConnection(connection{Run: c.run, Major: c.major, Ready: true})
}

// makeRun makes a folder for the socket that only the identity can enter, with a path short enough for sun_path however long the path
// of the data folder is.
func (c *Cluster) makeRun(id identity) error {
	name := runPrefix + strings.ToLower(rand.Text()[:12])
	var tried []error
	for _, parent := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		run := filepath.Join(parent, name)
		if !filepath.IsAbs(run) || len(filepath.Join(run, ".s.PGSQL."+port+".lock")) > socketPathLimit {
			tried = append(tried, fmt.Errorf("%s: too long for a socket", parent))
			continue
		}
		if err := id.enter(parent); err != nil {
			tried = append(tried, fmt.Errorf("%s: %w", parent, err))
			continue
		}
		if err := c.folder.writeConnection(connection{Run: run}); err != nil {
			return err
		}
		c.run = run
		if err := os.Mkdir(run, 0o700); err != nil {
			tried = append(tried, err)
			continue
		}
		return id.own(run)
	}
	return fmt.Errorf("no folder for the socket: %w", errors.Join(tried...))
}

// initialise makes the data folder under another name and renames it when it is whole.
func (c *Cluster) initialise(ctx context.Context, cfg Config, programs binaries, id identity) error {
	f := c.folder
	password := rand.Text() // 130 random bits
	if err := writeSynced(f.password(), password); err != nil {
		return err
	}
	// initdb reads the password with the identity's permissions, from where the identity can go.
	handed := filepath.Join(c.run, "password")
	if err := os.WriteFile(handed, []byte(password), 0o600); err != nil {
		return err
	}
	defer os.Remove(handed)
	if err := errors.Join(id.own(handed), os.Mkdir(f.unready(), 0o700), id.own(f.unready())); err != nil {
		return err
	}
	// Chinese needs a UTF-8 locale: under C, pg_trgm finds no trigrams in it. C.UTF-8 exists everywhere and sorts the same everywhere.
	args := []string{"-D", f.unready(), "-U", superuser, "--pwfile=" + handed, "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"}
	if cfg.FastUnsafe {
		args = append(args, "--no-sync")
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(programs.dir, "initdb"), args...)
	cmd.Dir, cmd.Env = "/", serverEnvironment()
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = id.attributes()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 5 * time.Second
	if err := runPinned(cmd); err != nil {
		return fmt.Errorf("initdb: %w: %s", errors.Join(ctx.Err(), err), lastWords(said.Bytes()))
	}
	if err := os.Rename(f.unready(), f.data()); err != nil || cfg.FastUnsafe {
		return err
	}
	root, err := os.Open(f.root) // the names of data and password, too, go to the disk
	if err != nil {
		return err
	}
	return errors.Join(root.Sync(), root.Close())
}

// writeSynced puts a secret on the disk before anything depends on it.
func writeSynced(path, content string) error {
	w, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = w.WriteString(content)
	return errors.Join(err, w.Sync(), w.Close())
}

// serverEnvironment keeps PG* variables and the language of the caller away from the server.
func serverEnvironment() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"}
}

// postmaster is the server process of this cluster.
type postmaster struct {
	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended
	err  error         // how, to be read after gone
}

func (c *Cluster) launch(cfg Config, programs binaries, id identity) error {
	settings := []string{
		"listen_addresses=", "unix_socket_permissions=0700", "max_connections=100", "shared_buffers=64MB",
		"timezone=UTC", "lc_messages=C", "log_destination=stderr", "logging_collector=off", "log_timezone=UTC",
		// Statements and the details of a violated constraint would carry people's data into the log.
		"log_min_error_statement=panic", "log_error_verbosity=terse",
	}
	if cfg.FastUnsafe {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	args := []string{"-D", c.folder.data(), "-k", c.run, "-p", port}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	log, err := c.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(programs.dir, "postgres"), args...)
	cmd.Dir, cmd.Env = "/", serverEnvironment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = id.attributes()
	server := &postmaster{cmd: cmd, gone: make(chan struct{})}
	started := startPinned(cmd, func(err error) {
		server.err = err
		close(server.gone)
		select {
		case <-c.stopping:
		default:
			c.exited <- &ExitedError{Err: err, Log: c.lastLog()}
		}
	})
	if started != nil {
		return fmt.Errorf("start PostgreSQL: %w", started)
	}
	c.server = server
	return nil
}

func (c *Cluster) openLog() (*os.File, error) {
	path := c.folder.log()
	if st, err := os.Stat(path); err == nil && st.Size() > logLimit {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

func (c *Cluster) lastLog() string {
	log, err := os.Open(c.folder.log())
	if err != nil {
		return err.Error()
	}
	defer log.Close()
	if st, err := log.Stat(); err == nil && st.Size() > 2000 {
		_, err = log.Seek(-2000, io.SeekEnd)
		if err != nil {
			return err.Error()
		}
	}
	b, err := io.ReadAll(log)
	if err != nil {
		return err.Error()
	}
	return lastWords(b)
}

// lastWords are the last three lines of what a program said, on one line.
func lastWords(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}

// waitReady asks until the server answers, ends, or refuses us for good.
func (c *Cluster) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for {
		err := ask(ctx, c.URLFor(superuser, c.password, "postgres"))
		if err == nil {
			return nil
		}
		if refused(err) {
			return fmt.Errorf("the data folder does not accept the password in %s: %w", c.folder.password(), err)
		}
		select {
		case <-c.server.gone:
			return &ExitedError{Err: c.server.err, Log: c.lastLog()}
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer (see %s): %w", c.folder.log(), errors.Join(ctx.Err(), err))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// release stops the server and gives the folder up.
func (c *Cluster) release() error {
	var err error
	if c.server != nil {
		err = c.server.stop()
	}
	if c.run != "" {
		err = errors.Join(err, os.RemoveAll(c.run))
		if gone := os.Remove(c.folder.conn()); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return errors.Join(err, c.lock.Close())
}

// stop ends the server: in order, else at once (the next start replays the log), else killed.
func (p *postmaster) stop() error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		select {
		case <-p.gone:
			return nil
		case <-time.After(stopLimit):
		}
	}
	return errors.New("PostgreSQL does not stop")
}

// startPinned starts a command on a thread that lives as long as the command does (see attributes), then reports its end.
func startPinned(cmd *exec.Cmd, ended func(error)) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		ended(cmd.Wait())
	}()
	return <-started
}

func runPinned(cmd *exec.Cmd) error {
	end := make(chan error, 1)
	if err := startPinned(cmd, func(err error) { end <- err }); err != nil {
		return err
	}
	return <-end
}
