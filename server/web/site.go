// Package web is the HTTP kit of every counter: addresses with guards, visits, forms, pages, errors, headers and limits.
// It knows nothing of permits.
//
// The settings against which Fiber's defaults were found wanting stand in [New]; each has its test in this package.
package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"anju/server/access"
)

// The limits of a request. A request has five seconds to arrive as a whole, so that slow senders do not hold connections;
// only an upload has a minute.
const (
	bodyLimit     = 64 << 10  // bytes of a body outside forms and uploads
	formLimit     = 256 << 10 // bytes of a form: a Chinese character is sent as nine or twelve, and a line pasted by mistake deserves its own answer
	fieldsLimit   = 64 << 10  // bytes of the fields beside an uploaded file
	drainLimit    = 1 << 20   // bytes read and dropped so that the browser can read the refusal
	uploadDrain   = 100 << 20 // the same for an upload: phones send large photos
	headerLimit   = 16 << 10
	readTimeout   = 5 * time.Second
	writeTimeout  = 10 * time.Second
	idleTimeout   = 30 * time.Second
	uploadTimeout = 60 * time.Second
	workTimeout   = 15 * time.Second
	connections   = 8192
	defaultActive = 512
	activeUploads = 32 // each holds its file in memory
)

// Config is what main decides.
type Config struct {
	Origin         string   // public origin: scheme, host and port, no path. Only its host is answered
	TrustedProxies []string // addresses or networks whose X-Forwarded-For is believed
	Demo           bool     // also answers loopback host names on any port
	Active         int      // requests served at once before the rest is answered 503; 0 means 512
	Log            *slog.Logger
	Sessions       Sessions
	Partners       Partners                                                        // nil: no partner is known
	ErrorPage      func(v *Visit, status int, kind, reason string) templ.Component // nil: a bare page
}

// Sessions finds who is signed in.
type Sessions interface {
	// Resume finds the living session of a token and whom it belongs to. An error of the kind "not_found" means that nobody is
	// signed in; a session that comes with it and was not ended by anybody has ended by time.
	Resume(ctx context.Context, kind access.Kind, token string) (access.Session, access.Actor, error)
}

// Partners finds whose key a program brings.
type Partners interface {
	// Admit finds the partner of a key. An error of the kind "unauthorised" means that it belongs to nobody, or no longer.
	Admit(ctx context.Context, key, peer string) (access.Actor, error)
}

// Site is the public face: one Fiber application with every counter on it.
type Site struct {
	config        Config
	scheme, host  string
	proxies       []netip.Prefix
	app           *fiber.App
	uses          int // middleware handlers of this package; more at the start means that somebody went past the guards
	table         []Route
	counters      map[string]*Counter // by name
	grounds       map[string]*Counter // by the first segment of their paths
	uploads       []pattern
	slots, stores chan struct{} // admission of requests and of uploads
}

// New makes a site without addresses. It fails on an origin or a proxy that it cannot read.
func New(config Config) (*Site, error) {
	origin, err := url.Parse(config.Origin)
	if err != nil || origin.Scheme != "https" && origin.Scheme != "http" || origin.Host == "" || origin.Path != "" || origin.RawQuery != "" || origin.User != nil {
		return nil, fmt.Errorf("web: %q is not an origin", config.Origin)
	}
	if config.Active == 0 {
		config.Active = defaultActive
	}
	s := &Site{
		config: config, scheme: origin.Scheme, host: strings.ToLower(origin.Host), counters: map[string]*Counter{}, grounds: map[string]*Counter{},
		slots: make(chan struct{}, config.Active), stores: make(chan struct{}, min(activeUploads, config.Active)),
	}
	for _, one := range config.TrustedProxies {
		prefix, err := parseProxy(one)
		if err != nil {
			return nil, fmt.Errorf("web: trusted proxy: %w", err)
		}
		s.proxies = append(s.proxies, prefix)
	}
	s.app = fiber.New(fiber.Config{
		Immutable:                    true, // otherwise one visitor's strings turn into another's after the handler returns
		CaseSensitive:                true, // /STAFF must not reach what a proxy closed as /staff
		StrictRouting:                true,
		BodyLimit:                    bodyLimit,
		StreamRequestBody:            true, // so that a refused upload can be read to its end and answered
		DisablePreParseMultipartForm: true,
		Concurrency:                  connections,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		ReadBufferSize:               headerLimit,
		EnableTrustedProxyCheck:      true, // with no proxy named: Fiber believes no X-Forwarded header; see peer
		DisableStartupMessage:        true,
		ErrorHandler:                 s.answerError,
	})
	s.app.Use(s.receive)
	s.uses = len(s.app.GetRoutes()) - len(s.app.GetRoutes(true))
	s.Counter("assets").Get("/assets/*", Public, asset)

	server := s.app.Server()
	routed, malformed := server.Handler, server.ErrorHandler
	server.Handler = func(r *fasthttp.RequestCtx) { s.serve(r, routed) }
	server.ErrorHandler = func(r *fasthttp.RequestCtx, err error) {
		malformed(r, err)
		s.finish(r)
	}
	server.HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		if s.isUpload(h) {
			return fasthttp.RequestConfig{ReadTimeout: uploadTimeout}
		}
		return fasthttp.RequestConfig{}
	}
	return s, nil
}

// App is the application, for tests that send requests without a connection.
func (s *Site) App() *fiber.App { return s.app }

// Serve checks that every address has its guard and answers requests until Shutdown.
func (s *Site) Serve(ln net.Listener) error {
	if err := s.Seal(); err != nil {
		return err
	}
	return s.app.Listener(ln)
}

// Shutdown stops listening and waits for the requests under way, until ctx ends.
func (s *Site) Shutdown(ctx context.Context) error { return s.app.ShutdownWithContext(ctx) }

// Seal reports an address that was not declared through a Counter, or was declared without a guard.
func (s *Site) Seal() error {
	declared := map[string]bool{}
	for _, r := range s.table {
		if r.Guard.Kind == "" {
			return fmt.Errorf("web: %s %s has no guard", r.Method, r.Path)
		}
		declared[r.Method+" "+r.Path] = true
		if r.Method == fiber.MethodGet {
			declared[fiber.MethodHead+" "+r.Path] = true
		}
	}
	routes := s.app.GetRoutes(true)
	for _, r := range routes {
		if !declared[r.Method+" "+r.Path] {
			return fmt.Errorf("web: %s %s was not declared through a counter", r.Method, r.Path)
		}
	}
	if len(s.app.GetRoutes())-len(routes) != s.uses {
		return errors.New("web: a middleware was added past the counters")
	}
	return nil
}

// newID makes the id of a request: never the client's own.
func newID() string {
	var raw [10]byte
	rand.Read(raw[:])
	return strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
}
