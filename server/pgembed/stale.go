package pgembed

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clearStale deals with what a killed owner left behind. It is called with the folder locked, so no living process of ours uses the
// cluster. A process number that nobody has any more is left to PostgreSQL, which also looks for backends that still hold the shared
// memory. Three cases need us: an orphaned server, backends that are still leaving, and a process number that has meanwhile been
// given to somebody else, over which PostgreSQL would refuse to start.
func (f folder) clearStale(log *slog.Logger) error {
	note := filepath.Join(f.data(), "postmaster.pid")
	b, err := os.ReadFile(note)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(first)) // a note that was never finished names process 0
	inside, err := processesIn(f.data())
	if err != nil {
		return err
	}
	if slices.Contains(inside, pid) {
		log.Warn("embedded PostgreSQL: ending the server that a killed process left behind", "pid", pid)
		if err := f.end(pid); err != nil {
			return fmt.Errorf("the orphaned server %d: %w", pid, err)
		}
	}
	var left []int
	gone := waitUntil(10*time.Second, func() bool {
		left, err = processesIn(f.data())
		return err != nil || len(left) == 0
	})
	if err != nil {
		return err
	}
	if !gone {
		return fmt.Errorf("processes %v still use %s: end them first", left, f.data())
	}
	if pid > 1 && alive(pid) {
		log.Warn("embedded PostgreSQL: removing a stale postmaster.pid, its number belongs to another program now", "pid", pid)
		if err := os.Remove(note); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// clearUnready removes a data folder that was never finished, and whoever still writes to it.
func (f folder) clearUnready() error {
	if _, err := os.Lstat(f.unready()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var err error
	gone := waitUntil(10*time.Second, func() bool {
		var left []int
		if left, err = processesIn(f.unready()); err != nil {
			return true
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // whoever cannot be ended is seen in the next round
		}
		return len(left) == 0
	})
	if err != nil {
		return err
	}
	if !gone {
		return fmt.Errorf("a process still uses %s: end it first", f.unready())
	}
	return os.RemoveAll(f.unready())
}

// clearRun removes the socket's folder that conn.json remembers, then conn.json.
func (f folder) clearRun() error {
	c, err := f.readConnection()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// An unreadable conn.json names no folder; a name that we never give is not ours to remove.
	if err == nil && strings.HasPrefix(filepath.Base(c.Run), runPrefix) {
		if err := os.RemoveAll(c.Run); err != nil {
			return err
		}
	}
	return os.Remove(f.conn())
}

// end asks a server for a fast shutdown, then for an immediate one. It is gone when it no longer works in the data folder: in a
// container whose first process reaps nobody, its number stays taken.
func (f folder) end(pid int) error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		var err error
		gone := waitUntil(stopLimit, func() bool {
			var inside []int
			inside, err = processesIn(f.data())
			return err != nil || !slices.Contains(inside, pid)
		})
		if gone {
			return err
		}
	}
	return errors.New("does not stop")
}

// alive reports whether a process has this number, whoever owns it.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func waitUntil(limit time.Duration, done func() bool) bool {
	for deadline := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		if done() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}
