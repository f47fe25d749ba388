// Command agent runs on the kiosk machine beside the browser. It owns the ID-card reader and hands what it reads to the
// kiosk's page, signed with this machine's key. See package device for the address book it serves.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"anju/kiosk/device"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := onlyKnown(os.Environ())
	if err == nil {
		err = run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. What the installer needs to know is printed to stdout, the log included.
func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	s, err := readSettings(args, getenv, stdout)
	if err != nil || s.help {
		return err
	}
	key, err := loadKey(s.key)
	if err != nil {
		return err
	}
	config := device.AgentConfig{Origin: s.origin, Key: key, Version: version(), Now: time.Now,
		Log: slog.New(slog.NewJSONHandler(stdout, nil))}
	open := device.SerialPort(s.serial)
	if s.serial == emulated {
		if config.Emulator, err = device.NewEmulator(drawer...); err != nil {
			return err
		}
		open = config.Emulator.Open
	}
	config.Reader = device.NewReader(open, time.Now)
	agent, err := device.NewAgent(config)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	id, err := device.DeviceID(key.Public())
	if err != nil {
		return err
	}
	public, err := device.FormatPublicKey(key.Public())
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "device      %s\npublic key  %s\nlistening   http://%s\nfor pages   %s\nreader      %s, %s\n",
		id, public, listener.Addr(), s.origin, s.serial, config.Reader.State())
	return agent.Serve(ctx, listener)
}

// version is the commit this program was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unversioned"
}
