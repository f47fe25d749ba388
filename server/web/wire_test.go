package web_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"anju/server/web"
)

// onWire serves a site with a form, an upload and a page that no request of these tests may reach.
func onWire(t *testing.T, smuggled *atomic.Int32, settings ...func(*fasthttp.Server)) string {
	t.Helper()
	address, _ := listen(t, func(address string) *house {
		h := open(t, func(c *web.Config) { c.Origin = "http://" + address })
		r := h.Counter("portal")
		r.Get("/", web.Public, say("home"))
		r.Post("/form", web.Public, func(c *fiber.Ctx) error { return c.SendString(fmt.Sprintf("[%s]", c.Body())) })
		r.Get("/smuggled", web.Public, func(c *fiber.Ctx) error {
			smuggled.Add(1)
			return c.SendString("smuggled")
		})
		r.Upload("/photo", web.Public, photoLimit, photo)
		r.Upload("/own-photo", web.Citizen(nil), photoLimit, photo)
		for _, set := range settings {
			set(h.App().Server())
		}
		return h
	})
	return address
}

// converse sends raw bytes and returns all answers until the server closes or is silent.
func converse(t *testing.T, address, raw string) (answers []*http.Response, bodies []string) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	for {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers, bodies
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		answers, bodies = append(answers, answer), append(bodies, string(body))
	}
}

// Requests on whose length two readers could disagree. Each carries a second request where a careless reader would find one.
func TestNoRequestIsSmuggled(t *testing.T) {
	var smuggled atomic.Int32
	address := onWire(t, &smuggled)
	second := "GET /smuggled HTTP/1.1\r\nHost: " + address + "\r\n\r\n"
	post := "POST /form HTTP/1.1\r\nHost: " + address + "\r\n"
	for name, raw := range map[string]string{
		"length and chunks":           post + fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 5) + second,
		"chunks, then identity":       post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + second,
		"chunks in HTTP/1.0":          "POST /form HTTP/1.0\r\nHost: " + address + "\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second,
		"two lengths":                 post + fmt.Sprintf("Content-Length: 0\r\nContent-Length: %d\r\n\r\n", len(second)) + second,
		"two codings":                 post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + second,
		"two hosts":                   "POST /form HTTP/1.1\r\nHost: " + address + "\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n" + second,
		"no host":                     "POST /form HTTP/1.1\r\nContent-Length: 0\r\n\r\n" + second,
		"NUL in a header":             post + "X-A: a\x00b\r\nContent-Length: 0\r\n\r\n" + second,
		"line feed alone":             post + "X-A: a\nContent-Length: 0\r\n\r\n" + second,
		"an unknown coding":           post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + second,
		"line feed in an extension":   post + "Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n" + second,
		"space before the colon":      post + "Content-Length : 0\r\n\r\n" + second,
		"a folded header":             post + "X-A: a\r\n Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + second,
		"a signed length":             post + "Content-Length: +0\r\n\r\n" + second,
		"a chunk size that is no hex": post + "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + second,
		"a negative length":           post + "Content-Length: -1\r\n\r\n" + second,
	} {
		answers, bodies := converse(t, address, raw)
		if len(answers) != 1 || answers[0].StatusCode != 400 {
			t.Errorf("%s: %d answers %v", name, len(answers), bodies)
			continue
		}
		dressed(t, name, answers[0].Header)
		if !answers[0].Close {
			t.Errorf("%s: the connection stays open", name)
		}
	}
	if n := smuggled.Load(); n != 0 {
		t.Errorf("%d requests were smuggled", n)
	}
	if _, bodies := converse(t, address, post+"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"+post+"Content-Length: 2\r\n\r\nhi"); fmt.Sprint(bodies) != "[[hello] [hi]]" {
		t.Errorf("two honest requests on one connection: %q", bodies)
	}
}

func TestRequestLineMayNotNameAnotherHost(t *testing.T) {
	address := onWire(t, new(atomic.Int32))
	answers, _ := converse(t, address, "GET http://evil.example/ HTTP/1.1\r\nHost: "+address+"\r\n\r\n")
	if len(answers) != 1 || answers[0].StatusCode != 421 && answers[0].StatusCode != 400 {
		t.Errorf("%d answers", len(answers))
	}
}

func TestLimitsAreAnsweredReadably(t *testing.T) {
	address := onWire(t, new(atomic.Int32))
	post := "POST /form HTTP/1.1\r\nHost: " + address + "\r\n"
	for name, c := range map[string]struct {
		raw    string
		status int
	}{
		"a long header":         {"GET / HTTP/1.1\r\nHost: " + address + "\r\nX-A: " + strings.Repeat("a", 17<<10) + "\r\n\r\n", 431},
		"a header of 15 KB":     {"GET / HTTP/1.1\r\nHost: " + address + "\r\nX-A: " + strings.Repeat("a", 15<<10) + "\r\n\r\n", 200},
		"a body of 64 KB":       {post + "Content-Length: 65536\r\n\r\n" + strings.Repeat("a", 65536), 200},
		"a body of 800 KB":      {post + "Content-Length: 819200\r\n\r\n" + strings.Repeat("a", 819200), 413},
		"chunks of 800 KB":      {post + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("2000\r\n"+strings.Repeat("a", 0x2000)+"\r\n", 100) + "0\r\n\r\n", 413},
		"a body to nowhere":     {"POST /nowhere HTTP/1.1\r\nHost: " + address + "\r\nContent-Length: 819200\r\n\r\n" + strings.Repeat("a", 819200), 404},
		"a body that is cut":    {post + "Content-Length: 100\r\n\r\nabc", 400},
		"an expectation":        {post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", 100},
		"garbage":               {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
		"raw bytes in the path": {"GET /\xe5\xb1\x85 HTTP/1.1\r\nHost: " + address + "\r\n\r\n", 400},
	} {
		answers, _ := converse(t, address, c.raw)
		if len(answers) == 0 || answers[0].StatusCode != c.status {
			t.Errorf("%s: %d answers %v, want %d", name, len(answers), answers, c.status)
			continue
		}
		if c.status != 100 {
			dressed(t, name, answers[0].Header)
		}
	}
}

// The real time-outs are checked beside the other settings; here the server is less patient, so that the tests are quick.
func hasty(s *fasthttp.Server) { s.ReadTimeout = 700 * time.Millisecond }

func TestSlowSendersAreCut(t *testing.T) {
	address := onWire(t, new(atomic.Int32), hasty)
	for name, begin := range map[string]string{
		"header": "GET / HTTP/1.1\r\nHost: " + address + "\r\nX-A: ",
		"body":   "POST /form HTTP/1.1\r\nHost: " + address + "\r\nContent-Length: 1000\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		before := time.Now()
		_, _ = io.WriteString(conn, begin)
		stop := make(chan bool)
		go func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(50 * time.Millisecond):
					_, _ = io.WriteString(conn, "a")
				}
			}
		}()
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		answer, err := io.ReadAll(conn)
		close(stop)
		_ = conn.Close()
		var late net.Error
		if took := time.Since(before); took > 2*time.Second || took < 400*time.Millisecond || isTimeout(err, &late) {
			t.Errorf("a slow %s was cut after %v: %v", name, took, err)
		}
		if !bytes.HasPrefix(answer, []byte("HTTP/1.1 408")) {
			t.Errorf("a slow %s got %.60q", name, answer)
		}
	}
}

func isTimeout(err error, into *net.Error) bool {
	e, ok := err.(net.Error)
	*into = e
	return ok && e.Timeout()
}

// A browser sends the whole body before it looks at the answer: a server that closes early shows it a reset connection.
func TestLargePhotoGetsAPageAndNotAReset(t *testing.T) {
	address := onWire(t, new(atomic.Int32))
	body, kind := multi(t, 60<<20, "step", "two")
	for path, want := range map[string]struct {
		status int
		words  string
	}{
		"/photo":     {413, "too large, two"},
		"/own-photo": {401, "<h1>unauthorised</h1>"}, // refused before the body was looked at
	} {
		answers, bodies := converse(t, address, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, address, kind, len(body), body))
		if len(answers) != 1 || answers[0].StatusCode != want.status || !strings.HasPrefix(bodies[0], want.words) {
			t.Errorf("%s: %d answers %q", path, len(answers), bodies)
			continue
		}
		dressed(t, path, answers[0].Header)
	}
}

// A phone on a weak network takes longer for a photo than any form may.
func TestUploadHasATimeOfItsOwn(t *testing.T) {
	address := onWire(t, new(atomic.Int32), hasty)
	body, kind := multi(t, 1000, "step", "two")
	answer, err := http.Post("http://"+address+"/photo", kind, io.MultiReader(bytes.NewReader(body[:500]), &pause{1200 * time.Millisecond}, bytes.NewReader(body[500:])))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := words(t, answer); got != "照片.jpg 1000, two" {
		t.Errorf("%d %q", answer.StatusCode, got)
	}
}

// pause is a reader that is empty, but only after a while.
type pause struct{ length time.Duration }

func (p *pause) Read([]byte) (int, error) {
	time.Sleep(p.length)
	return 0, io.EOF
}
