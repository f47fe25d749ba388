package parts_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"anju/assets"
	"anju/server/parts"
	"anju/server/text"
	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// policy is as strict as the product's: what breaks it would break there.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'"

var browser = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	return ctx, chromedp.Do(ctx)
})

// serve shows the pages with the files of package assets beside them.
func serve(t *testing.T, pages http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		if !strings.HasPrefix(r.URL.Path, assets.Prefix) {
			pages(w, r)
			return
		}
		body, contentType, _, ok := assets.Open(r.URL.Path)
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s
}

func write(t *testing.T, w http.ResponseWriter, v parts.FrameView, p text.Printer, children ...templ.Component) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := parts.Frame(p, v).Render(templ.WithChildren(context.Background(), templ.Join(children...)), w); err != nil {
		t.Error(err)
	}
}

// open shows an address at a size; whatever the page reports as an error fails the test.
func open(t *testing.T, address string, width, height int64) context.Context {
	t.Helper()
	root, err := browser()
	if err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	tab, cancel := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	must(t, chromedp.Do(tab))
	ctx, stop := context.WithTimeout(tab, 60*time.Second)
	t.Cleanup(stop)
	must(t, chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page threw %s", e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError {
				t.Error("the page wrote an error to the console")
			}
		}
	}))
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate(address)))
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	must(t, err)
	return value
}

func wait(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	for end := time.Now().Add(8 * time.Second); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")")); err == nil && ok {
			return
		}
	}
	t.Fatalf("waited in vain for %s", condition)
}

// Every part, in both languages, every theme and the sizes of the counters: axe finds nothing, and nothing is wider than the screen.
func TestGalleryIsAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", "assets", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("axe-core is missing; run npm ci in assets: %v", err)
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		p := text.For(text.Lang(q.Get("lang")))
		write(t, w, parts.FrameView{
			Variant: parts.Variant(q.Get("variant")), Title: "Gallery", Path: "/parts", Demo: true, Sizes: true, Themes: true,
			Size: parts.Size(q.Get("size")), Theme: parts.Theme(q.Get("theme")), Low: q.Has("low"),
			Nav: []parts.NavItem{{Label: "n", Href: "/n", Current: true, Count: 3}}, Back: &parts.Link{Label: "b", Href: "/"},
			SignedIn: &parts.SignedIn{Name: "欧*明月", SignOut: "/out"},
		}, p, parts.Gallery(p))
	})
	for _, c := range []struct {
		query         string
		width, height int64
	}{
		{"variant=portal&lang=zh&theme=light", 360, 740},
		{"variant=portal&lang=en&theme=dark", 1280, 800},
		{"variant=portal&lang=en&theme=light", 320, 256}, // 1280 x 1024 at 400 %
		{"variant=portal&lang=en&theme=contrast&size=huge", 360, 740},
		{"variant=console&lang=zh&theme=dark", 1280, 800},
		{"variant=kiosk&lang=zh&theme=light", 1080, 1920},
		{"variant=kiosk&lang=en&theme=contrast&size=huge&low", 1080, 1920},
		{"variant=verify&lang=en&theme=light", 360, 740},
	} {
		t.Run(c.query, func(t *testing.T) {
			ctx := open(t, s.URL+"/?"+c.query, c.width, c.height)
			if over := evaluate[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("the page is %d px wider than the screen", over)
			}
			evaluate[chromedp.Void](t, ctx, string(axe)+";0")
			for _, found := range evaluate[[]string](t, ctx, `axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21aa','wcag22aa','best-practice']})
				.then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(' | ')))`) {
				t.Error(found)
			}
		})
	}
}

// What a finger touches is 48 px high on the portal and 80 px on the kiosk.
func TestTargetsAreLargeEnough(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		p := text.For(text.Chinese)
		write(t, w, parts.FrameView{Variant: parts.Variant(r.URL.Query().Get("variant")), Path: "/", Sizes: true, Themes: true}, p, parts.Gallery(p))
	})
	for _, c := range []struct {
		variant               string
		width, height, target int64
	}{{"portal", 360, 740, 48}, {"portal", 1280, 800, 48}, {"kiosk", 1080, 1920, 80}} {
		ctx := open(t, s.URL+"/?variant="+c.variant, c.width, c.height)
		for _, small := range evaluate[[]string](t, ctx, fmt.Sprintf(`[...document.querySelectorAll('.button, .choice, .tool, .chip, select, textarea, summary, .summary .change a, .affix input, .date input')]
			.filter(e => e.offsetParent && !e.closest('[hidden]') && e.getBoundingClientRect().height < %d - .5).map(e => e.className + ' ' + e.tagName + ' ' + e.getBoundingClientRect().height)`, c.target)) {
			t.Errorf("%s: %s", c.variant, small)
		}
	}
}

// With script a change of a select shows the next one, keeps the focus and what was typed elsewhere; the buttons are gone.
func TestCascade(t *testing.T) {
	var fail atomic.Bool
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if fail.Load() {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		code, _ := parts.ReadAddress("h", parts.Nation, "", r.PostFormValue)
		if r.Method == http.MethodPost && (!parts.AddressShown("h", r.PostFormValue) || r.PostFormValue("token") != "kept") {
			http.Error(w, "the script did not press the button", http.StatusBadRequest)
			return
		}
		p := text.For(text.English)
		ask := templ.Join(
			parts.Field(p, parts.FieldView{ID: "name", Name: "name", Label: "Name"}),
			parts.Address(p, parts.AddressView{ID: "home", Name: "h", Legend: "Address", Scope: parts.Nation, Value: code}))
		form := templ.ComponentFunc(func(ctx context.Context, w2 io.Writer) error {
			return parts.Form(p, parts.FormView{Action: "/", Hidden: []parts.Hidden{{Name: "token", Value: "kept"}}}).Render(templ.WithChildren(ctx, ask), w2)
		})
		write(t, w, parts.FrameView{Variant: parts.PortalFrame, Path: "/"}, p, form)
	})
	ctx := open(t, s.URL, 360, 740)
	wait(t, ctx, `document.querySelector('[data-live]')`)
	choose := func(id, value string) {
		evaluate[chromedp.Void](t, ctx, fmt.Sprintf(`{const s=document.getElementById(%q);s.focus();s.value=%q;s.dispatchEvent(new Event('change',{bubbles:true}));0}`, id, value))
	}
	evaluate[chromedp.Void](t, ctx, `document.getElementById('name').value='欧阳明月';0`)
	choose("home", "350000")
	wait(t, ctx, `document.getElementById('home-prefecture') && document.activeElement.id === 'home'`)
	choose("home-prefecture", "350600")
	wait(t, ctx, `document.getElementById('home-county') && document.activeElement.id === 'home-prefecture'`)
	if got := evaluate[string](t, ctx, `document.getElementById('name').value + [...document.querySelectorAll('.show')].filter(b => b.offsetParent).length`); got != "欧阳明月0" {
		t.Errorf("name and number of buttons: %s", got)
	}
	fail.Store(true)
	choose("home", "370000")
	wait(t, ctx, `document.querySelector('.show').offsetParent`)
}

// A form goes out once however often its button is pressed; a file that is too heavy is refused before it is sent, a picture is shown.
func TestOnceAndFile(t *testing.T) {
	var sent atomic.Int32
	release := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			sent.Add(1)
			<-release
		}
		p := text.For(text.English)
		ask := templ.Join(
			parts.File(p, parts.FileView{ID: "photo", Name: "photo", Label: "Photo", MaxBytes: 1000}),
			parts.Buttons(p, parts.ButtonsView{Primary: parts.Button{Label: "Send", ID: "send"}}))
		form := templ.ComponentFunc(func(ctx context.Context, w2 io.Writer) error {
			return parts.Form(p, parts.FormView{Action: "/", Multipart: true}).Render(templ.WithChildren(ctx, ask), w2)
		})
		write(t, w, parts.FrameView{Variant: parts.PortalFrame, Path: "/"}, p, form, parts.Print(p))
	})
	ctx := open(t, s.URL, 360, 740)
	wait(t, ctx, `document.querySelector('[data-module*=print]').offsetParent`) // the modules have come
	put := func(size int) {
		evaluate[chromedp.Void](t, ctx, fmt.Sprintf(`{const d=new DataTransfer();d.items.add(new File([new Uint8Array(%d)],'face.png',{type:'image/png'}));const i=document.getElementById('photo');i.files=d.files;i.dispatchEvent(new Event('change',{bubbles:true}));0}`, size))
	}
	state := `JSON.stringify([document.querySelector('[data-error]').hidden, document.getElementById('photo').value !== '', document.querySelector('[data-name]').textContent, document.querySelector('.preview').src.startsWith('blob:')])`
	put(2000)
	wait(t, ctx, state+`==='[false,false,"",false]'`)
	put(900)
	wait(t, ctx, state+`==='[true,true,"face.png",true]'`)
	evaluate[chromedp.Void](t, ctx, `{const b=document.getElementById('send');b.click();b.click();b.click();0}`)
	for end := time.Now().Add(5 * time.Second); sent.Load() == 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(200 * time.Millisecond)
	close(release)
	if sent.Load() != 1 {
		t.Errorf("the form was sent %d times", sent.Load())
	}
}
