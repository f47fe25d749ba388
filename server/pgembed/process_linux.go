package pgembed

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// socketPathLimit is the space of sun_path without its final zero byte (unix(7)).
const socketPathLimit = 107

// capDacOverride is CAP_DAC_OVERRIDE (capabilities(7)): permission bits of files and folders are not asked.
const capDacOverride = 1

// ways are tried in this order when PostgreSQL must not run as the account that we are.
var ways = []way{dropped, overriding, mapped}

// attributes makes a child run as this identity, in a process group of its own, so that Ctrl-C on the terminal reaches us and not the
// database. Pdeathsig lets it shut down in order when we are killed; the kernel sends it when the *thread* ends that started the
// child, hence startPinned.
func (id identity) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	switch id.way {
	case overriding:
		a.AmbientCaps = []uintptr{capDacOverride}
		fallthrough
	case dropped:
		a.Credential = &syscall.Credential{Uid: uint32(id.uid), Gid: uint32(id.gid)}
	case mapped:
		a.Cloneflags = syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: id.uid, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: id.gid, HostID: os.Getegid(), Size: 1}}
	}
	return a
}

// processesIn returns the processes whose working folder is dir: every process of a cluster works in its data folder.
func processesIn(dir string) ([]int, error) {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, link := range links {
		// A process that has ended or belongs to somebody else cannot be read, and is none of ours.
		if target, err := os.Readlink(link); err != nil || target != dir {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
