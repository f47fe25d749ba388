package pgembed

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// way is how PostgreSQL, which refuses to run as root, comes to run as somebody else.
type way int

const (
	asWeAre    way = iota
	dropped        // as another account, with its permissions and no more
	overriding     // as another account that may pass closed folders: Linux, CAP_DAC_OVERRIDE as an ambient capability
	mapped         // in a user namespace in which our own account bears another number: Linux
)

func (w way) String() string {
	return [...]string{"our own account", "another account", "another account with CAP_DAC_OVERRIDE", "user namespace"}[w]
}

// identity is as whom the programs of PostgreSQL run.
type identity struct {
	way      way
	account  string
	uid, gid int
}

// identify chooses the account, and the first way in which it can enter the folder. A checkout in root's own home, which is closed to
// everybody else, is the reason for the second and third way: default containers keep CAP_DAC_OVERRIDE, and where it was taken away
// there may be user namespaces.
func identify(f folder, log *slog.Logger) (identity, error) {
	if euid := os.Geteuid(); euid != 0 {
		u, err := user.LookupId(strconv.Itoa(euid))
		if err == nil {
			return identity{way: asWeAre, account: u.Username, uid: euid, gid: os.Getegid()}, nil
		}
		// PostgreSQL asks for the name of its account and gives up without one.
		return firstWay(f, log, []way{mapped}, fmt.Sprintf("user number %d has no name on this machine", euid))
	}
	return firstWay(f, log, ways, "PostgreSQL refuses to run as root")
}

func firstWay(f folder, log *slog.Logger, ways []way, why string) (identity, error) {
	id, err := otherAccount()
	if err != nil {
		return id, err
	}
	var tried []error
	for _, id.way = range ways {
		err := id.enter(f.root)
		if err == nil {
			log.Info("embedded PostgreSQL: runs as "+id.way.String(), "account", id.account, "why", why)
			return id, nil
		}
		err = fmt.Errorf("%s: %w", id.way, err)
		why = err.Error()
		tried = append(tried, err)
	}
	return id, &UnreachableError{Account: id.account, Path: f.root, Tried: errors.Join(tried...)}
}

// otherAccount is the account of a PostgreSQL package, else the one that owns nothing.
func otherAccount() (identity, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if err := errors.Join(errUID, errGID); err != nil {
			return identity{}, fmt.Errorf("account %s: %w", name, err)
		}
		return identity{account: name, uid: uid, gid: gid}, nil
	}
	return identity{}, errors.New("this machine has neither an account postgres nor nobody to run PostgreSQL as")
}

// enter tries whether a process with this identity can make dir its working folder. test -x would ask access(2), which leaves
// capabilities out of account.
func (id identity) enter(dir string) error {
	return id.try("/bin/sh", "-c", `cd "$1"`, "sh", dir)
}

// runs tries whether a process with this identity can execute the server.
func (id identity) runs(b binaries) error {
	return id.try(filepath.Join(b.dir, "postgres"), "-V")
}

func (id identity) try(name string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Stderr = &said
	cmd.SysProcAttr = id.attributes()
	if err := runPinned(cmd); err != nil {
		return fmt.Errorf("%w %s", err, lastWords(said.Bytes()))
	}
	return nil
}

// owner is the account, as the file system counts, that files of the cluster must belong to.
func (id identity) owner() (uid, gid int) {
	if id.way == mapped {
		return os.Geteuid(), os.Getegid()
	}
	return id.uid, id.gid
}

// own gives a folder and all that is in it to the identity. The data folder changes hands when the way differs from the last start's.
// The folder itself comes last, so that an interrupted change is seen and made again.
func (id identity) own(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid := id.owner()
	st, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if sys, ok := st.Sys().(*syscall.Stat_t); ok && int(sys.Uid) == uid {
		return nil
	}
	err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
	return errors.Join(err, os.Lchown(dir, uid, gid))
}

// stage makes the programs usable when they lie where the identity cannot go: bin, lib and share appear again below the folder into,
// as second names of the same files where the file system allows it, else as copies. PostgreSQL finds its libraries by its own place,
// and looks for itself with access(2), for which no capability counts.
func stage(b binaries, into string) (binaries, error) {
	home, to := filepath.Dir(b.dir), filepath.Join(into, "postgresql")
	for _, part := range []string{filepath.Base(b.dir), "lib", "share"} {
		err := filepath.WalkDir(filepath.Join(home, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			target := filepath.Join(to, path[len(home):])
			switch {
			case d.IsDir():
				return os.MkdirAll(target, 0o755)
			case d.Type()&fs.ModeSymlink != 0:
				points, err := os.Readlink(path)
				if err != nil {
					return err
				}
				return os.Symlink(points, target)
			case d.Type().IsRegular():
				if os.Link(path, target) == nil {
					return nil
				}
				return copyFile(path, target)
			}
			return nil
		})
		if err != nil {
			return b, fmt.Errorf("make the programs of PostgreSQL reachable: %w", err)
		}
	}
	return binaries{dir: filepath.Join(to, filepath.Base(b.dir)), major: b.major}, nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	st, err := os.Stat(from)
	if err != nil {
		return err
	}
	// A process that is forked while the copy is open for writing would hold it open, and executing it would fail: "text file busy".
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(to, content, st.Mode().Perm())
}
