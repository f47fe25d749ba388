package kiosk_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"anju/kiosk/device"
	"anju/server/civic"
	"anju/server/scene"
)

// fakeClock stands still until a test moves it: window.pass(seconds) runs what is due in that time.
const fakeClock = `(() => {
	let now = Date.now(), timers = [];
	const RealDate = Date;
	Date.now = () => now;
	window.setInterval = (f, ms) => timers.push({f, ms, due: now + ms});
	window.pass = async (seconds) => {
		for (const end = now + seconds * 1000; now < end;) {
			now += 1000;
			for (const t of timers) if (now >= t.due) { t.due += t.ms; t.f(); }
		}
		await new Promise((done) => setTimeout(done, 300));
	};
	window.asked = [];
	const realFetch = window.fetch;
	window.fetch = (to, ...more) => { window.asked.push(String(to)); return realFetch(to, ...more); };
})()`

// chromium is one browser for this binary; TestMain closes it.
var chromium = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("accept-lang", "zh-CN"))
	allocator, closeAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	closing = append(closing, closeBrowser, closeAllocator)
	return ctx, chromedp.Do(ctx)
})

var closing []context.CancelFunc

func closeChromium() error {
	for _, end := range closing {
		end()
	}
	return nil
}

// screen is the touchscreen of a kiosk with an agent and an emulated reader beside it.
type screen struct {
	hall
	context.Context
	origin string
}

func openScreen(t *testing.T) *screen {
	t.Helper()
	t.Parallel()
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	pages, devices := listen(), listen()
	origin := "http://" + pages.Addr().String()
	h, site := openAt(t, origin, devices.Addr().String())
	emulator, err := device.NewEmulator(device.NamedCard{Name: "曾思远", Card: cardOf(scene.Cards()[0])})
	if err != nil {
		t.Fatal(err)
	}
	agent, err := device.NewAgent(device.AgentConfig{Origin: origin, Key: h.key, Reader: device.NewReader(emulator.Open, h.Clock.Now), Emulator: emulator, Version: "test",
		Now: h.Clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(context.Background())
	var served sync.WaitGroup
	served.Go(func() { _ = agent.Serve(running, devices) })
	served.Go(func() { _ = site.Serve(pages) })
	t.Cleanup(func() {
		stop()
		if err := site.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		served.Wait()
	})

	root, err := chromium()
	if err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	tab, closeTab := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab); err != nil { // the first Do owns the tab, so it has no deadline
		t.Fatal(err)
	}
	ctx, end := context.WithTimeout(tab, 90*time.Second)
	t.Cleanup(end)
	s := &screen{h, ctx, origin}
	err = chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page threw %s", e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1080, 1920)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fakeClock}); err != nil {
		t.Fatal(err)
	}
	return s
}

// run evaluates a script; a promise is waited for.
func (s *screen) run(script string) {
	s.t.Helper()
	if _, err := chromedp.Run(s, chromedp.Evaluate[chromedp.Void]("(async () => {"+script+"})()", chromedp.EvalAwaitPromise)); err != nil {
		s.t.Fatalf("%s: %v", script, err)
	}
}

// wait waits until an expression of the page is true, also across a navigation.
func (s *screen) wait(expression string) {
	s.t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok, err := chromedp.Run(s, chromedp.Evaluate[bool]("!!("+expression+")")); ok && err == nil {
			return
		}
	}
	shown, _ := chromedp.Run(s, chromedp.Evaluate[string]("location.pathname + ' ' + document.body.innerText"))
	s.t.Fatalf("waited in vain for %s at %s", expression, shown)
}

// leave runs a script that leads to another page, and waits for it and its modules.
func (s *screen) leave(script, path string) {
	s.t.Helper()
	s.run("window.left = true; setTimeout(() => {" + script + "}, 0)")
	s.wait("!window.left && document.readyState === 'complete' && location.pathname === " + quote(path))
	s.wait("!document.querySelector('dialog') || performance.getEntriesByType('resource').some(e => e.name.includes('kiosk/idle.js'))")
	time.Sleep(100 * time.Millisecond) // the module has come and starts
}

// begins opens the start page and begins a job.
func (s *screen) begins(job string) {
	s.t.Helper()
	if err := chromedp.Do(s, chromedp.Navigate(s.origin+"/kiosk")); err != nil {
		s.t.Fatal(err)
	}
	s.leave(`document.querySelector('button[value=`+job+`]').click()`, "/kiosk/"+job)
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

const warning = `document.querySelector('dialog').open`

// TestIdleScreenIsWiped: a warning at 60 seconds, the start page at 80; a touch or the button keeps the visit, nothing else does.
func TestIdleScreenIsWiped(t *testing.T) {
	s := openScreen(t)
	s.begins("progress")
	s.run(`await pass(59)`)
	s.wait("!" + warning)
	s.run(`dispatchEvent(new Event('pointerdown')); await pass(59)`)
	s.wait("!" + warning)
	s.wait(`asked.filter(a => a === '/kiosk/alive').length === 1`) // one touch, told once, although 59 seconds passed
	s.run(`await pass(1)`)
	s.wait(warning + ` && document.querySelector('[data-count]').textContent === '20'`)
	s.run(`dispatchEvent(new Event('pointerdown')); await pass(12)`) // beside the button
	s.wait(warning + ` && document.querySelector('[data-count]').textContent === '8'`)
	s.run(`document.querySelector('[data-stay]').click(); await pass(1)`)
	s.wait(`!` + warning + ` && asked.filter(a => a === '/kiosk/alive').length === 2`)
	s.run(`await pass(58)`)
	s.wait("!" + warning)
	s.run(`history.replaceState(null, '', '#person')`)
	s.run(`await pass(20)`)
	s.leave(`pass(5)`, "/kiosk")
	s.wait(`!document.querySelector('[data-wipe]')`) // nothing is left to wipe

	// The way back shows the start page, not the visit.
	if err := chromedp.Do(s, chromedp.NavigateBack()); err != nil && !strings.Contains(err.Error(), "history") {
		t.Fatal(err)
	}
	s.wait(`location.pathname === '/kiosk'`)
}

// TestIdleStartGoesBackToItsLanguage: somebody chose English and a size and went away without beginning anything.
func TestIdleStartGoesBackToItsLanguage(t *testing.T) {
	s := openScreen(t)
	if err := chromedp.Do(s, chromedp.Navigate(s.origin+"/kiosk?lang=en&size=large")); err != nil {
		t.Fatal(err)
	}
	s.wait(`document.documentElement.lang === 'en' && document.documentElement.dataset.size === 'large'`)
	time.Sleep(200 * time.Millisecond)
	s.leave(`pass(61)`, "/kiosk")
	s.wait(`document.documentElement.lang === 'zh-CN' && !document.documentElement.dataset.size`)
}

// TestKeysOnTheScreen: they type where the caret is, delete whole characters, keep to the length, and give way to a keyboard.
func TestKeysOnTheScreen(t *testing.T) {
	s := openScreen(t)
	s.begins("progress")
	s.wait(`document.activeElement.id === 'reference' && document.querySelectorAll('.keypad:not([hidden])').length === 1`)
	press := `const press = (...keys) => { for (const k of keys) document.querySelector('.keypad:not([hidden]) :is([data-key="' + k + '"], [data-act="' + k + '"])').click() };`
	s.run(press + `press('3', '5', 'K', 'delete', '0')`)
	s.wait(`document.getElementById('reference').value === '350' && document.activeElement.id === 'reference'`)
	s.run(`document.getElementById('reference').setSelectionRange(1, 1);` + press + `press('Y')`)
	s.wait(`document.getElementById('reference').value === '3Y50'`)
	s.run(`document.getElementById('id_number').focus();` + press + `press('X', '0', 'clear', 'X')`)
	s.wait(`document.getElementById('id_number').value === 'X' && document.getElementById('reference').value === '3Y50'`)
	if err := chromedp.Do(s, chromedp.SendKeys(chromedp.CSS("#id_number"), "12")); err != nil {
		t.Fatal(err)
	}
	s.wait(`document.getElementById('id_number').value.length === 3`)
	s.run(press + `press('done')`)
	s.wait(`document.querySelectorAll('.keypad:not([hidden])').length === 0`)
	s.wait(`[...document.querySelectorAll('main .button, .keypad button, .head a, .foot a')].every(e => e.closest('[hidden], dialog:not([open])') || e.getBoundingClientRect().height >= 79.5)`)
}

// TestCardOnTheReader: the page asks, the agent reads and signs, the server believes it.
func TestCardOnTheReader(t *testing.T) {
	s := openScreen(t)
	who := scene.Cards()[0]
	s.begins("apply")
	s.leave(`document.querySelector('input[value="350600"]').click(); document.querySelector('main form .button.primary').click()`, "/kiosk/apply/identity")
	s.wait(`document.querySelector('[data-cards] button')`)
	s.leave(`document.querySelector('[data-cards] button').click()`, "/kiosk/apply/identity")
	s.wait(`document.querySelector('main').innerText.includes(` + quote(who.Name) + `)`)
	s.wait(`document.querySelector('main').innerText.includes(` + quote(civic.CitizenID(who.ID).Masked()) + `)`)
	s.wait(`!document.body.innerHTML.includes(` + quote(who.ID) + `)`)
}
