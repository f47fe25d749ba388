package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anju/kiosk/device"
)

const page = "http://127.0.0.1:8080"

// started is a running agent, and what it printed at its start by the first word of the line.
type started struct {
	said map[string]string
	stop func() error
}

func start(t *testing.T, key string) started {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	environ := map[string]string{"ANJU_ORIGIN": page, "ANJU_AGENT_SERIAL": "emulator", "ANJU_AGENT_KEY": key, "ANJU_AGENT_ADDR": "127.0.0.1:1"}
	go func() {
		err := run(ctx, []string{"-agent-addr", "127.0.0.1:0"}, func(name string) string { return environ[name] }, stdout)
		_ = stdout.CloseWithError(io.EOF)
		ended <- err
	}()
	said := map[string]string{}
	lines := bufio.NewScanner(out)
	for len(said) < 5 && lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "  ")
		said[name] = strings.TrimSpace(value)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	s := started{said, func() error { cancel(); return <-ended }}
	if len(said) < 5 {
		t.Fatal("did not start: ", s.stop())
	}
	return s
}

func post(t *testing.T, address, body string, into any) {
	t.Helper()
	r, err := http.NewRequest("POST", address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", page)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != 200 {
		t.Fatal(answer.Status, err)
	}
}

// From first start to a card on the server's side, then a second start with the same key.
func TestRun(t *testing.T) {
	key := filepath.Join(t.TempDir(), "new", "agent.pem")
	agent := start(t, key)
	if agent.said["reader"] != "emulator, ready" || agent.said["for pages"] != page {
		t.Error(agent.said)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(key), ".key-*")); len(left) > 0 {
		t.Error("left behind:", left)
	}

	public, err := device.ParsePublicKey(agent.said["public key"])
	if err != nil {
		t.Fatal(err)
	}
	enrolled, err := device.Trust(public)
	if err != nil {
		t.Fatal(err)
	}
	nonce := []byte("a nonce of the server")
	var read struct{ Read string }
	for _, person := range drawer {
		post(t, agent.said["listening"]+"/emulator/card", `{"name":"`+person.Name+`"}`, new(struct{}))
		post(t, agent.said["listening"]+"/card-reads", `{"nonce":"`+base64.RawURLEncoding.EncodeToString(nonce)+`"}`, &read)
		got, err := device.OpenRead(read.Read, enrolled, nonce, time.Now())
		if err != nil || got.Card != person.Card || got.Device != agent.said["device"] {
			t.Fatalf("%s: %+v, %v", person.Name, got, err)
		}
	}
	if err := agent.stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, key)
	if again.said["device"] != agent.said["device"] {
		t.Error("another device after a restart")
	}
	if err := again.stop(); err != nil {
		t.Fatal(err)
	}
}

func TestRunRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, text []byte, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	private := func(curve elliptic.Curve) []byte {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	for name, x := range map[string]struct{ variable, value, want string }{
		"no origin":           {"ANJU_ORIGIN", "", "ANJU_ORIGIN"},
		"origin with path":    {"ANJU_ORIGIN", page + "/kiosk", "origin"},
		"emulator far away":   {"ANJU_ORIGIN", "https://anju.example", "emulated"},
		"no reader":           {"ANJU_AGENT_SERIAL", "", "ANJU_AGENT_SERIAL"},
		"every address":       {"ANJU_AGENT_ADDR", "0.0.0.0:18650", "loopback"},
		"address of the hall": {"ANJU_AGENT_ADDR", "192.168.1.5:18650", "loopback"},
		"address by name":     {"ANJU_AGENT_ADDR", "localhost:18650", "loopback"},
		"key readable by all": {"ANJU_AGENT_KEY", file("open.pem", private(elliptic.P256()), 0o644), "chmod 600"},
		"key of wrong kind":   {"ANJU_AGENT_KEY", file("p384.pem", private(elliptic.P384()), 0o600), "P-256"},
		"key not PEM":         {"ANJU_AGENT_KEY", file("text", []byte("hello"), 0o600), "PEM"},
		"key damaged":         {"ANJU_AGENT_KEY", file("cut.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}), 0o600), "cut.pem"},
		"key is a folder":     {"ANJU_AGENT_KEY", dir, "directory"},
	} {
		environ := map[string]string{"ANJU_ORIGIN": page, "ANJU_AGENT_SERIAL": "emulator", "ANJU_AGENT_ADDR": "127.0.0.1:0",
			"ANJU_AGENT_KEY": filepath.Join(dir, "agent.pem")}
		environ[x.variable] = x.value
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := run(ctx, nil, func(name string) string { return environ[name] }, io.Discard)
		cancel()
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q in it", name, err, x.want)
		}
	}
	for _, args := range [][]string{{"-agent-adr", "127.0.0.1:0"}, {"start"}} {
		if err := run(context.Background(), args, func(string) string { return "" }, io.Discard); err == nil {
			t.Errorf("%v: taken", args)
		}
	}
}

// A reader that is not plugged in yet does not stop the start: the page then says that it is off.
func TestRunWithoutReader(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out strings.Builder
	err := run(ctx, []string{"-origin", "https://anju.example", "-agent-serial", "/dev/no-such-port", "-agent-addr", "127.0.0.1:0",
		"-agent-key", filepath.Join(t.TempDir(), "agent.pem")}, func(string) string { return "" }, &out)
	if err != nil || !strings.Contains(out.String(), "/dev/no-such-port, off") {
		t.Fatal(err, out.String())
	}
}

func TestHelpListsEverySetting(t *testing.T) {
	var out strings.Builder
	if err := run(context.Background(), []string{"-help"}, func(string) string { return "" }, &out); err != nil {
		t.Fatal(err)
	}
	for _, k := range known {
		if !strings.Contains(out.String(), "-"+k.flag+" ") || !strings.Contains(out.String(), k.variable) || !strings.Contains(out.String(), k.meaning) {
			t.Errorf("%s is not in\n%s", k.flag, out.String())
		}
	}
}

func TestOnlyKnownVariables(t *testing.T) {
	if err := onlyKnown([]string{"PATH=/bin", "ANJU_ORIGIN=x", "ANJU_AGENT_KEY=k"}); err != nil {
		t.Error(err)
	}
	if err := onlyKnown([]string{"ANJU_AGENT_PORT=x"}); err == nil || !strings.Contains(err.Error(), "ANJU_AGENT_PORT") {
		t.Error(err)
	}
}
