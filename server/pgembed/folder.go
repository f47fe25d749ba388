package pgembed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// attachLimit bounds the wait for the owner of the folder, who may be installing, initialising or replaying the log.
const attachLimit = 3 * time.Minute

// folder is Config.Dir, absolute and free of symbolic links, as the kernel reports the working folder of a process.
type folder struct{ root string }

func (f folder) data() string     { return filepath.Join(f.root, "data") }
func (f folder) unready() string  { return filepath.Join(f.root, "data.init") }
func (f folder) conn() string     { return filepath.Join(f.root, "conn.json") }
func (f folder) password() string { return filepath.Join(f.root, "password") }
func (f folder) log() string      { return filepath.Join(f.root, "postgres.log") }

func openFolder(dir string) (folder, error) {
	if dir == "" {
		return folder{}, errors.New("no folder given")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, err
	}
	if _, err := os.Stat(abs); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(abs, 0o755); err != nil {
			return folder{}, err
		}
		mode := fs.FileMode(0o700)
		if os.Geteuid() == 0 {
			mode = 0o711 // the account that PostgreSQL runs as passes through, and sees nothing
		}
		if err := os.Chmod(abs, mode); err != nil {
			return folder{}, err
		}
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return folder{}, err
	}
	return folder{root: abs}, nil
}

// major is the version that made the data folder, "" when there is none yet.
func (f folder) major() (string, error) {
	b, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// connection is the content of conn.json. It is written once before the socket's folder is made, so that a killed owner leaves no
// folder that nobody remembers, and once more, with Ready, when the database answers.
type connection struct {
	Run   string `json:"run"`
	Major string `json:"major"`
	Ready bool   `json:"ready"`
}

func (f folder) readConnection() (connection, error) {
	var c connection
	b, err := os.ReadFile(f.conn())
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(b, &c)
}

// writeConnection replaces the file in one step: an attaching process may read it at any moment.
func (f folder) writeConnection(c connection) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	part := f.conn() + ".part"
	if err := os.WriteFile(part, b, 0o600); err != nil {
		return err
	}
	return os.Rename(part, f.conn())
}

func (f folder) readPassword() (string, error) {
	b, err := os.ReadFile(f.password())
	if err != nil {
		return "", fmt.Errorf("the password of the data folder: %w", err)
	}
	return string(b), nil
}

// tryLock locks a file for this process until the file is closed or the process ends, however it ends; nil when another holds it.
func tryLock(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return lock, nil
	}
	lock.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", path, err)
}

// lockOrAttach makes this process the owner of the folder, or a client of the process that owns it. Both are tried again and again,
// because the owner may still be starting, or just be leaving.
func (c *Cluster) lockOrAttach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, attachLimit)
	defer cancel()
	for {
		lock, err := tryLock(filepath.Join(c.folder.root, "lock"))
		if err != nil {
			return err
		}
		if lock != nil {
			c.lock = lock
			return nil
		}
		if err = c.attach(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return &BusyError{Dir: c.folder.root, Err: err}
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (c *Cluster) attach(ctx context.Context) error {
	conn, err := c.folder.readConnection()
	if err != nil {
		return err
	}
	if !conn.Ready {
		return errors.New("its database is still starting")
	}
	if c.password, err = c.folder.readPassword(); err != nil {
		return err
	}
	c.run, c.major = conn.Run, conn.Major
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := ask(ctx, c.URL()); err != nil {
		return err
	}
	c.adopted = true
	return nil
}
