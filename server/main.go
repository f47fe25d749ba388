// Command anju is the self-service office: portal, kiosk, console, verifier and API in one program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "anju:", err)
		os.Exit(1)
	}
}

// command is a subcommand: what it is called, what it does.
type command struct {
	name, does string
	run        func(ctx context.Context, c config, args []string, out io.Writer, log *slog.Logger) error
}

var commands = []command{
	{"serve", "run the office (the default)", serve},
	{"demo", "run the demonstration city on this machine", demo},
	{"daily", "suspend and end permits as the rules of the day say, once; serve and demo do it each day at 00:10", daily},
	{"migrate", "bring the database to this program's schema", migrate},
	{"ledger", "check the whole ledger against its trees and the heads kept outside: ledger verify [FILE ...]", ledgerCommand},
	{"keys", "list the signing keys, make a new one: keys new, or give one up as compromised: keys withdraw KID", keys},
	{"partners", "keep the partners that data are shared with, and their keys: partners list|add|allow|withdraw|rotate|revoke", partners},
	{"statistics", "compare the published on-time rate with one counted anew from every history: statistics [-month 2026-10] [CITY]", statisticsCommand},
	{"staff", "add a staff member: staff add LOGIN NAME ROLE@STATION@CITY ...", staff},
}

// run is the program, as main and the tests call it. environ has the form of os.Environ, so that a setting that does not
// exist is noticed.
func run(ctx context.Context, args, environ []string, out, logs io.Writer) error {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return fmt.Errorf("no command %q; there are %s", name, names())
	}
	var help strings.Builder
	c, rest, err := readConfig(name, args, environ, &help)
	if errors.Is(err, flag.ErrHelp) {
		usage(out)
		fmt.Fprint(out, help.String())
	}
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(logs, nil))
	return commands[i].run(ctx, c, rest, out, log)
}

func names() string {
	var list []string
	for _, c := range commands {
		list = append(list, c.name)
	}
	return strings.Join(list, ", ")
}

func usage(out io.Writer) {
	fmt.Fprintln(out, "anju [command] [settings]")
	for _, c := range commands {
		fmt.Fprintf(out, "  %-10s %s\n", c.name, c.does)
	}
	fmt.Fprintln(out, "Settings, each a flag or a variable:")
}
