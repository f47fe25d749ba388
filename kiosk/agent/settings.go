package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"strings"
)

const emulated = "emulator" // in place of a port's name

type settings struct {
	addr, origin, serial, key string
	help                      bool
}

// Each setting is a flag and a variable; a flag wins.
var known = []struct {
	flag, variable, value, meaning string
	place                          func(*settings) *string
}{
	{"agent-addr", "ANJU_AGENT_ADDR", "127.0.0.1:18650", "loopback address and port to listen on",
		func(s *settings) *string { return &s.addr }},
	{"origin", "ANJU_ORIGIN", "", "origin of the kiosk's pages, e.g. https://anju.example; no other is let in",
		func(s *settings) *string { return &s.origin }},
	{"agent-serial", "ANJU_AGENT_SERIAL", "", "serial port of the ID-card reader, or " + emulated,
		func(s *settings) *string { return &s.serial }},
	{"agent-key", "ANJU_AGENT_KEY", ".anju/agent.pem", "file of this machine's private key; made at the first start",
		func(s *settings) *string { return &s.key }},
}

func readSettings(args []string, getenv func(string) string, stdout io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, k := range known {
		value := k.value
		if set := getenv(k.variable); set != "" {
			value = set
		}
		flags.StringVar(k.place(&s), k.flag, value, "")
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		for _, k := range known {
			fmt.Fprintf(stdout, "-%-13s %-18s %s (default %q)\n", k.flag, k.variable, k.meaning, k.value)
		}
		return settings{help: true}, nil
	} else if err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for _, k := range known {
		if *k.place(&s) == "" {
			return s, fmt.Errorf("%s (-%s) is not set: %s", k.variable, k.flag, k.meaning)
		}
	}
	addr, err := netip.ParseAddrPort(s.addr)
	if err != nil || !addr.Addr().IsLoopback() {
		return s, fmt.Errorf("ANJU_AGENT_ADDR %q is not a loopback address with a port, such as 127.0.0.1:18650", s.addr)
	}
	return s, nil
}

// onlyKnown refuses a variable of ours that means nothing here: most likely a misspelt one.
func onlyKnown(environ []string) error {
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		ours := strings.HasPrefix(name, "ANJU_")
		for _, k := range known {
			ours = ours && name != k.variable
		}
		if ours {
			return fmt.Errorf("%s is no setting of the agent; -help lists them", name)
		}
	}
	return nil
}
