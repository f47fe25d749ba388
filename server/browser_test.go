package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"anju/server/store/storetest"
)

// city is a demonstration city that runs for all journeys of this binary, started by run like the README's first command.
type city struct {
	origin, password, data string
	stop                   func() error
}

var (
	cityOnce sync.Once
	theCity  *city
	cityErr  error
)

// demoCity starts the demo city once. It stands at a fixed time, so that its dates are the same in every run.
func demoCity(t *testing.T) *city {
	t.Helper()
	cityOnce.Do(func() { theCity, cityErr = startCity() })
	if cityErr != nil {
		t.Fatal(cityErr)
	}
	return theCity
}

// freeAddr is an address on this machine that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

const cityTime = "2026-11-24T09:30:00+08:00"

func startCity() (*city, error) {
	data, err := os.MkdirTemp("", "anju-journey-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(data, 0o755); err != nil { // the database runs as another user when we are root
		return nil, err
	}
	var addrs [3]string
	for i := range addrs {
		if addrs[i], err = freeAddr(); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &city{origin: "http://" + addrs[0], password: "a journey of a thousand li", data: data}
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "-addr", addrs[0], "-admin-addr", addrs[1], "-agent-addr", addrs[2], "-data", data, "-demo-password", c.password, "-clock", cityTime,
			"-pg-bin", os.Getenv("ANJU_PG_BIN"), "-pg-npm", os.Getenv("ANJU_PG_NPM")}, []string{}, io.Discard, io.Discard)
	}()
	c.stop = func() error {
		cancel()
		return <-ended
	}
	for range 600 {
		select {
		case err := <-ended:
			cancel()
			return nil, fmt.Errorf("the demo ended: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
		if response, err := http.Get(c.origin + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return c, nil
			}
		}
	}
	cancel()
	return nil, fmt.Errorf("the demo was not ready within a minute")
}

// lastCode is the newest one-time code that was sent to a phone.
func (c *city) lastCode(t *testing.T, phone string) string {
	t.Helper()
	response, err := http.Get(c.origin + "/demo/messages?to=" + url.QueryEscape(phone))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var messages []struct{ Kind, Text string }
	if err := json.NewDecoder(response.Body).Decode(&messages); err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if m.Kind != "sign_in_code" {
			continue
		}
		for i := range len(m.Text) - 5 {
			if digits := m.Text[i : i+6]; strings.Trim(digits, "0123456789") == "" {
				return digits
			}
		}
	}
	t.Fatalf("no code was sent to the phone: %v", messages)
	return ""
}

var (
	browserOnce sync.Once
	browser     context.Context
	closing     []func()
	browserErr  error
)

// openBrowser starts Chromium once for this binary.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	browserOnce.Do(func() {
		path, err := exec.LookPath("chromium")
		if err != nil {
			browserErr = fmt.Errorf("the journeys need Chromium: make browser: %w", err)
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
		for _, flag := range []string{"disable-quic", "disable-component-update", "disable-background-networking", "disable-sync"} {
			options = append(options, chromedp.Flag(flag, true))
		}
		allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		var stop context.CancelFunc
		browser, stop = chromedp.NewContext(allocator)
		closing = append(closing, stop, stopAllocator)
		browserErr = chromedp.Do(browser)
	})
	if browserErr != nil {
		t.Fatal(browserErr)
	}
	return browser
}

func TestMain(m *testing.M) { storetest.Main(m, closeBrowser, closeCity) }

func closeBrowser() error {
	for _, end := range closing {
		end()
	}
	return nil
}

// closeCity stops the demo as Ctrl-C does, and fails the run when it does not stop cleanly or has written somebody's data to its log.
func closeCity() error {
	if theCity == nil {
		return nil
	}
	return errors.Join(theCity.stop(), discreet(theCity.data), os.RemoveAll(theCity.data))
}

// tab is a browser window of its own: cookies and storage belong to it alone.
type tab struct {
	context.Context
	t      *testing.T
	city   *city
	script bool
}

// size is a window.
type size struct{ width, height int64 }

var (
	phone   = size{360, 740}
	desktop = size{1280, 800}
	totem   = size{1080, 1920}
)

// openTab opens a window. Exceptions and console errors of a page fail the test.
func openTab(t *testing.T, s size, script bool) *tab {
	t.Helper()
	c := demoCity(t)
	ctx, cancel := chromedp.NewContext(openBrowser(t), chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the first Do owns the window, so it has no deadline
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(ctx, 20*time.Minute)
	t.Cleanup(stop)
	tb := &tab{ctx, t, c, script}
	tb.do(chromedp.EmulateViewport(s.width, s.height))
	if !script {
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
	}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("exception on the page: %s", e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError {
				t.Error("an error on the console of the page")
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			tb.shot("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
	})
	return tb
}

// patience is how long one thing on a page may take, on a busy machine.
const patience = 20 * time.Second

func (tb *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	ctx, stop := context.WithTimeout(tb, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tb.t.Fatalf("at %s: %v", tb.where(), err)
	}
}

// where is the address of the page, for messages.
func (tb *tab) where() string {
	at, err := chromedp.Run(tb, chromedp.Location())
	if err != nil {
		return "?"
	}
	return at
}

// open goes to a path of the city.
func (tb *tab) open(path string) {
	tb.t.Helper()
	tb.do(chromedp.Navigate(tb.city.origin + path))
}

// text is the visible text of an element.
func (tb *tab) text(selector string) string {
	tb.t.Helper()
	ctx, stop := context.WithTimeout(tb, patience)
	defer stop()
	s, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		tb.t.Fatalf("no %s at %s: %v", selector, tb.where(), err)
	}
	return s
}

// see fails unless the page's main part says something.
func (tb *tab) see(words string) {
	tb.t.Helper()
	if got := tb.text("main"); !strings.Contains(got, words) {
		tb.t.Fatalf("%s does not say %q but\n%s", tb.where(), words, got)
	}
}

// artefacts is where pictures go: outside git, or where ANJU_SHOTS says.
func artefacts(t *testing.T) string {
	folder := os.Getenv("ANJU_SHOTS")
	if folder == "" {
		folder = "../.artefacts"
	} else if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", folder)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// shot takes a picture of the whole page when somebody wants to look (ANJU_PICTURES=1), or when the test has failed: pictures took a fifth of the
// time of all journeys.
func (tb *tab) shot(name string) {
	tb.t.Helper()
	if os.Getenv("ANJU_PICTURES") == "" && !tb.t.Failed() {
		return
	}
	picture, err := chromedp.Run(tb, chromedp.FullScreenshot(100))
	if err != nil {
		tb.t.Logf("no picture of %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(artefacts(tb.t), name+".png"), picture, 0o644); err != nil {
		tb.t.Error(err)
	}
}
