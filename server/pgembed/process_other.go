//go:build unix && !linux

package pgembed

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// socketPathLimit is the space of sun_path on the BSDs and macOS without its final zero byte.
const socketPathLimit = 103

// ways has no capabilities and no user namespaces to offer here.
var ways = []way{dropped}

// attributes makes a child run as this identity, in a process group of its own, so that Ctrl-C on the terminal reaches us and not the
// database. Nothing ends the child when we are killed; the next start does.
func (id identity) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if id.way == dropped {
		a.Credential = &syscall.Credential{Uid: uint32(id.uid), Gid: uint32(id.gid)}
	}
	return a
}

// processesIn returns the server that was started on dir; its backends do not show the folder in their command line.
func processesIn(dir string) ([]int, error) {
	out, err := exec.Command("ps", "-axo", "pid=,command=").Output()
	if err != nil {
		return nil, err
	}
	var pids []int
	for line := range strings.Lines(string(out)) {
		number, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		if pid, err := strconv.Atoi(number); err == nil && strings.Contains(command, " -D "+dir+" ") {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
