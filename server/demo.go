package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"anju/kiosk/device"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/scene"
)

// demo runs the demonstration city: both cities with invented people at every stage. It listens on this machine only.
func demo(ctx context.Context, c config, rest []string, out io.Writer, _ *slog.Logger) error {
	if len(rest) > 0 {
		return fmt.Errorf("demo takes settings only, not %q", rest[0])
	}
	for _, addr := range []string{c.addr, c.adminAddr, c.agentAddr} {
		if !loopback(addr) {
			return fmt.Errorf("the demo listens on this machine only, and %s is not on it: its staff passwords are printed and its messages are open", addr)
		}
	}
	clock, err := parseClock(c.clock, time.Now())
	if err != nil {
		return err
	}
	if len(c.extensions) == 0 { // so that both cities can be tried; marked as demonstration wherever it is shown
		c.extensions = []extension{{"zibo-2014", civic.DateOf(clock.Now()).AddMonths(36).String(), "演示用延长文件（非真实文件）"}}
	}
	fmt.Fprintln(out, "Opening the demonstration city ...")
	log, closeLog, err := demoLog(c)
	if err != nil {
		return err
	}
	defer closeLog()
	h, err := openHouse(ctx, c, clock, true, log)
	if err != nil {
		return err
	}
	password, played, err := h.playScenes(ctx, c, clock)
	if err != nil {
		return errors.Join(err, h.close())
	}
	agent, keys, err := startAgent(ctx, c, clock, log)
	if err != nil {
		return errors.Join(err, h.close())
	}
	defer agent()
	return h.open(ctx, c, keys, log, func() { doors(out, c, password, played) })
}

// demoLog opens the demo's log in its data folder: on the terminal stand the doors, not a line for every request.
func demoLog(c config) (log *slog.Logger, end func(), err error) {
	if err := os.MkdirAll(c.data, 0o755); err != nil {
		return nil, nil, err
	}
	file, err := os.OpenFile(demoLogPath(c), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	end = func() {
		if err := file.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "anju: the log:", err)
		}
	}
	return slog.New(slog.NewJSONHandler(file, nil)), end, nil
}

func demoLogPath(c config) string { return filepath.Join(c.data, "demo.log") }

// loopback reports whether an address is on this machine.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// playScenes fills an empty house; a house that has been filled stays as its visitors left it, and only the staff's password is new.
func (h *house) playScenes(ctx context.Context, c config, now clock) (password string, played bool, err error) {
	password = c.demoPassword
	if password == "" {
		var raw [8]byte
		rand.Read(raw[:])
		password = strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
	}
	story := scene.NewClock(now.Now())
	settings := h.office.Config
	settings.Clock, settings.Heads = story, nil // the story's clock runs back and forth
	stage := scene.House{Office: office.New(settings), Store: h.store, Clock: story}
	if err := stage.Office.Open(ctx); err != nil {
		return "", false, err
	}
	empty, err := stage.Empty(ctx)
	if err != nil {
		return "", false, err
	}
	if err := stage.Furnish(ctx, password); err != nil {
		return "", false, err
	}
	if empty {
		_, err = stage.PlayAll(ctx)
	}
	return password, empty, err
}

// startAgent runs the kiosk's agent with an emulated card reader, and returns how to stop it and the key to believe.
func startAgent(ctx context.Context, c config, now clock, log *slog.Logger) (stop func(), keys device.Keys, err error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if keys, err = device.Trust(public); err != nil {
		return nil, nil, err
	}
	var cards []device.NamedCard
	for _, p := range scene.Cards() {
		cards = append(cards, device.NamedCard{Name: p.Name, Card: cardOf(p)})
	}
	for _, r := range scene.Residents() {
		if r.City == scene.Zhangzhou { // whose permits are endorsed or reported lost
			cards = append(cards, device.NamedCard{Name: r.Name, Card: cardOf(r.Person)})
		}
	}
	emulator, err := device.NewEmulator(cards...)
	if err != nil {
		return nil, nil, err
	}
	agent, err := device.NewAgent(device.AgentConfig{Origin: c.origin, Key: private, Reader: device.NewReader(emulator.Open, now.Now), Emulator: emulator, Version: "demo", Now: now.Now, Log: log})
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", c.agentAddr)
	if err != nil {
		return nil, nil, fmt.Errorf("agent-addr: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := agent.Serve(ctx, listener); err != nil {
			log.Error("the kiosk agent stopped", "err", err)
		}
	}()
	return func() { cancel(); <-done }, keys, nil
}

// cardOf makes the identity card of a person of the demo.
func cardOf(p scene.Person) device.Card {
	id := civic.CitizenID(p.ID)
	var place strings.Builder
	for _, d := range civic.DivisionPath(p.Hukou) {
		place.WriteString(d.Name)
	}
	return device.Card{Kind: device.Resident, Name: p.Name, Sex: id.Sex(), Ethnic: p.Ethnic, Born: id.Born(), Address: place.String() + "演示路1号", Number: p.ID,
		Authority: "演示公安局", From: civic.MustDate("2020-01-01"), To: civic.MustDate("2040-01-01")}
}

// doors prints where everything is and how to sign in.
func doors(out io.Writer, c config, password string, played bool) {
	o := c.origin
	fmt.Fprintf(out, "\nAnju demonstration city / 安居演示城市  (invented people, no real data)\n\n")
	fmt.Fprintf(out, "  portal    %s/           sign in with any phone number; the code is at %s/demo/messages?to=NUMBER\n", o, o)
	fmt.Fprintf(out, "  kiosk     %s/kiosk      made for 1080x1920; the card reader is emulated\n", o)
	fmt.Fprintf(out, "  console   %s/console    password %s for all staff:\n", o, password)
	for _, s := range scene.Colleagues() {
		fmt.Fprintf(out, "              %-18s %v\n", s.Login, s.Roles)
	}
	fmt.Fprintf(out, "  verifier  %s/verify     type, paste or upload a code; no sign-in\n", o)
	fmt.Fprintf(out, "  parts     %s/parts      every control in every state\n\n", o)
	fmt.Fprintf(out, "People to sign in as (phone number): ")
	for i, key := range []string{"zz.draft", "zz.pre_applied", "zz.issued", "zb.in_review", "zb.issued"} {
		if i > 0 {
			fmt.Fprint(out, ", ")
		}
		fmt.Fprintf(out, "%s %s", scene.PersonOf(key).Phone, key)
	}
	for _, r := range scene.Residents() {
		fmt.Fprintf(out, ", %s %s", r.Phone, r.Key)
	}
	for _, p := range scene.CoursePeople() {
		fmt.Fprintf(out, ", %s %s", p.Phone, p.Key)
	}
	fmt.Fprintln(out)
	if !played {
		fmt.Fprintln(out, "The city is as it was left. Delete the data folder to begin anew.")
	}
	fmt.Fprintf(out, "Log: %s. Stop with Ctrl-C.\n\n", demoLogPath(c))
}
