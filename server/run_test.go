package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// start runs the program as main does and returns what it said.
func start(ctx context.Context, environ []string, args ...string) (string, error) {
	var out bytes.Buffer
	err := run(ctx, args, environ, &out, io.Discard)
	return out.String(), err
}

func TestAWrongSettingStopsTheStartAndIsNamed(t *testing.T) {
	for _, one := range []struct {
		environ []string
		args    []string
		named   string
	}{
		{[]string{"ANJU_ADRR=127.0.0.1:1"}, []string{"serve"}, "ANJU_ADRR"},
		{[]string{"ANJU_ADDR=nonsense"}, []string{"serve"}, "ANJU_ADDR"},
		{[]string{"ANJU_ADDR=:8080"}, []string{"serve"}, "0.0.0.0"},
		{[]string{"ANJU_DATABASE_URL=mysql://x"}, []string{"serve"}, "ANJU_DATABASE_URL"},
		{[]string{"ANJU_ORIGIN=https://a.example/path"}, []string{"serve"}, "ANJU_ORIGIN"},
		{[]string{"ANJU_TRUSTED_PROXIES=proxy.example"}, []string{"serve"}, "ANJU_TRUSTED_PROXIES"},
		{[]string{"ANJU_SMS_URL=ftp://x"}, []string{"serve"}, "ANJU_SMS_URL"},
		{nil, []string{"serve", "-adr", "x"}, "-adr"},
		{nil, []string{"open"}, "open"},
		{nil, []string{"serve", "now"}, "now"},
		{nil, []string{"serve", "-clock", "2026-11-24"}, "demo"},
		{nil, []string{"demo", "-addr", "192.0.2.1:8080"}, "192.0.2.1"},
		{nil, []string{"demo", "-clock", "yesterday"}, "yesterday"},
		{nil, []string{"staff", "add", "a", "b", "king@x@350600"}, "king"},
		{nil, []string{"staff", "-data", "x", "add", "a", "-pg-bin", "npm", "b", "queen@x@350600", "-addr", "127.0.0.1:1"}, "queen"},
	} {
		_, err := start(t.Context(), one.environ, one.args...)
		if err == nil || !strings.Contains(err.Error(), one.named) {
			t.Errorf("%v %v: %v does not name %q", one.environ, one.args, err, one.named)
		}
	}
}

func TestHelpListsEverySettingWithItsVariable(t *testing.T) {
	out, err := start(t.Context(), nil, "-help")
	if !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	for _, s := range settings {
		if !strings.Contains(out, "-"+s.name) || !strings.Contains(out, s.variable()) || !strings.Contains(out, s.meaning) {
			t.Errorf("-help is silent about %s", s.name)
		}
	}
	for _, c := range commands {
		if !strings.Contains(out, c.does) {
			t.Errorf("-help is silent about %s", c.name)
		}
	}
}

// serving runs serve on a data folder until the returned function is called, which returns how it ended.
func serving(t *testing.T, data string, more ...string) (origin string, stop func() error) {
	t.Helper()
	var addrs [2]string
	for i := range addrs {
		addr, err := freeAddr()
		if err != nil {
			t.Fatal(err)
		}
		addrs[i] = addr
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	args := append([]string{"serve", "-addr", addrs[0], "-admin-addr", addrs[1], "-data", data, "-pg-bin", os.Getenv("ANJU_PG_BIN"), "-pg-npm", os.Getenv("ANJU_PG_NPM")}, more...)
	go func() { ended <- run(ctx, args, nil, io.Discard, io.Discard) }()
	origin = "http://" + addrs[0]
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-ended:
			cancel()
			t.Fatalf("serve ended: %v", err)
		default:
		}
		if response, err := http.Get(origin + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Now().After(end) {
			cancel()
			t.Fatal("serve was not ready within a minute")
		}
	}
	return origin, func() error { cancel(); return <-ended }
}

// dataFolder is an empty folder that the database's account can reach.
func dataFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "anju-run-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// TestServeStopsCleanlyAndStartsAgain starts on nothing, stops as Ctrl-C does, and starts again on what is there. Two programs at once
// on one folder share the database; the signing key is made once.
func TestServeStopsCleanlyAndStartsAgain(t *testing.T) {
	data := dataFolder(t)
	first, stop := serving(t, data)
	keys := fetch(t, first+"/.well-known/jwks.json")
	second, stopSecond := serving(t, data)
	if again := fetch(t, second+"/.well-known/jwks.json"); again != keys {
		t.Errorf("a second program made another key: %s, not %s", again, keys)
	}
	if err := stopSecond(); err != nil {
		t.Error(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if conn, err := net.Dial("tcp", strings.TrimPrefix(first, "http://")); err == nil {
		conn.Close()
		t.Error("the address is still open after the stop")
	}
	if _, err := os.Stat(filepath.Join(data, "data", "postmaster.pid")); err == nil {
		t.Error("the database still runs after the stop")
	}
	third, stop := serving(t, data)
	if again := fetch(t, third+"/.well-known/jwks.json"); again != keys {
		t.Errorf("the key was not kept: %s, not %s", again, keys)
	}
	for path, want := range map[string]int{"/healthz": 200, "/demo/messages?to=13800138000": 404, "/parts": 404} {
		response, err := http.Get(third + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("outside the demo %s answers %d, not %d", path, response.StatusCode, want)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", address, response.StatusCode, err)
	}
	return string(body)
}

func TestDemoClock(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for s, want := range map[string]time.Time{"2026-01-05T08:00:00+08:00": time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)} {
		c, err := parseClock(s, now)
		if err != nil || !c.Now().Equal(want) {
			t.Errorf("%s: %v %v", s, c.Now(), err)
		}
	}
	c, err := parseClock("2026-12-24", now)
	if err != nil || c.shift != 30*24*time.Hour {
		t.Errorf("a date shifts by %v, %v", c.shift, err)
	}
	if c, err = parseClock("-36h", now); err != nil || c.shift != -36*time.Hour {
		t.Errorf("a shift is %v, %v", c.shift, err)
	}
}
