package main

import (
	"encoding/json"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"anju/kiosk/device"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
	"anju/server/scene"
)

const entitlementsQuestion = `{"jurisdiction":"370300","ruleset":"zibo-2014","on":"2016-11-22","permit":{"tier":"permit_3y","issued_on":"2016-01-10","status":"active"},` +
	`"resident_since":"2016-06-01","facts":{"employee_in_service":true,"hpf_normal_contribution_1y":null}}`

// BenchmarkEntitlementsRequest is POST /api/v1/entitlements over a connection, guards, limits and headers included. Its reference, in the
// same run and by turns, is an empty Fiber handler that decodes the same question and encodes the same answer, made before. ratio/empty
// is our throughput over its.
func BenchmarkEntitlementsRequest(b *testing.B) {
	ours := clientOf(b, entitlementsSite(b))
	want := ask(b, ours)
	var answer policy.EntitlementAnswer
	if err := json.Unmarshal(want, &answer); err != nil {
		b.Fatal(err)
	}
	empty := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	empty.Post("/api/v1/entitlements", func(c *fiber.Ctx) error {
		var q policy.EntitlementQuery
		if err := c.BodyParser(&q); err != nil {
			return err
		}
		return c.JSON(answer)
	})
	reference := clientOf(b, empty)
	if got := ask(b, reference); string(got) != string(want) {
		b.Fatalf("the reference answers something else:\n%s\n%s", got, want)
	}
	var mine, bare time.Duration
	for b.Loop() {
		mine += together(b, ours)
		bare += together(b, reference)
	}
	b.ReportMetric(float64(bare)/float64(mine), "ratio/empty")
	b.ReportMetric(float64(b.N*burst)/mine.Seconds(), "requests/s")
	b.ReportMetric(float64(len(want)), "bytes/answer")
}

// burst is how many requests make a turn, four at a time.
const burst = 64

// together sends a burst and returns how long it took.
func together(b *testing.B, client *fasthttp.HostClient) time.Duration {
	start := time.Now()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range burst / 4 {
				ask(b, client)
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func ask(b *testing.B, client *fasthttp.HostClient) []byte {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI("http://example.com/api/v1/entitlements")
	request.Header.SetMethod("POST")
	request.Header.SetContentType("application/json")
	request.SetBodyString(entitlementsQuestion)
	if err := client.Do(request, response); err != nil || response.StatusCode() != 200 {
		b.Errorf("%d %v %s", response.StatusCode(), err, response.Body())
	}
	return append([]byte{}, response.Body()...)
}

// clientOf serves an application in memory.
func clientOf(b *testing.B, app *fiber.App) *fasthttp.HostClient {
	listener := fasthttputil.NewInmemoryListener()
	go func() { _ = app.Listener(listener) }() // it ends with the listener
	b.Cleanup(func() { _ = app.Shutdown() })
	return &fasthttp.HostClient{Addr: "example.com", Dial: func(string) (net.Conn, error) { return listener.Dial() }}
}

// entitlementsSite is the whole site over an office without a database: this question needs none.
func entitlementsSite(b *testing.B) *fiber.App {
	book, err := policy.Load()
	if err != nil {
		b.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	o := office.New(office.Config{Clock: scene.NewClock(scene.Morning), Book: book, Calendar: civic.DefaultCalendar(), Origin: "http://example.com", CodeKey: []byte("key"), Log: quiet})
	keys, err := device.Trust()
	if err != nil {
		b.Fatal(err)
	}
	site, err := newSite(config{origin: "http://example.com", agentAddr: "127.0.0.1:1"}, o, keys, quiet)
	if err != nil {
		b.Fatal(err)
	}
	return site.App()
}
