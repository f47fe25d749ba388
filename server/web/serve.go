package web

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// serve wraps all that Fiber does: whatever happens inside, the process lives, the answer has its headers, and one line is logged.
func (s *Site) serve(r *fasthttp.RequestCtx, routed fasthttp.RequestHandler) {
	start := time.Now()
	defer func() {
		if fault := recover(); fault != nil {
			s.answerPanic(r, fault)
		}
		drain(r)
		s.finish(r)
		s.record(r, time.Since(start))
	}()
	if !slices.Contains(fiber.DefaultMethods, string(r.Method())) { // Fiber would answer by itself, past the boundary
		c := s.app.AcquireCtx(r)
		defer s.app.ReleaseCtx(c)
		if err := s.answerError(c, fiber.ErrMethodNotAllowed); err != nil {
			plainError(r)
		}
		return
	}
	routed(r)
}

// answerPanic gives the page of a defect for a handler that panicked.
func (s *Site) answerPanic(r *fasthttp.RequestCtx, fault any) {
	defer func() {
		if again := recover(); again != nil {
			plainError(r)
		}
	}()
	r.Response.Reset()
	c := s.app.AcquireCtx(r)
	defer s.app.ReleaseCtx(c)
	s.logPanic(s.visit(c).ID, fault)
	if err := s.answerError(c, fiber.ErrInternalServerError); err != nil {
		plainError(r)
	}
}

func (s *Site) logPanic(id string, fault any) {
	s.config.Log.Error("panic", "id", id, "fault", redact(fmt.Sprint(fault)), "stack", string(debug.Stack()))
}

// drain reads what is left of a body that was refused before it was read. Closing the connection on a browser that still sends
// would show it a reset instead of the answer.
func drain(r *fasthttp.RequestCtx) {
	stream := r.RequestBodyStream()
	if stream == nil {
		return
	}
	limit := int64(drainLimit)
	if v := visitIn(r); v != nil && v.site.isUpload(&r.Request.Header) {
		limit = uploadDrain
	}
	_, _ = io.CopyN(io.Discard, stream, limit) // its end, its limit and its failure all mean: answer now
}

// record writes the access log: the pattern of the address, never the address, for that may hold a token or a name.
func (s *Site) record(r *fasthttp.RequestCtx, took time.Duration) {
	v := visitIn(r)
	if v == nil || v.Counter == "assets" {
		return
	}
	method := string(r.Method())
	if !slices.Contains(fiber.DefaultMethods, method) {
		method = "?"
	}
	s.config.Log.Info("request", "id", v.ID, "counter", v.Counter, "method", method, "route", v.route,
		"status", r.Response.StatusCode(), "ms", took.Milliseconds(), "net", network(v.Peer))
}

// finish gives every answer, errors of the parser included, its headers, and packs it.
func (s *Site) finish(r *fasthttp.RequestCtx) {
	h := &r.Response.Header
	v := visitIn(r)
	policy, permissions := contentPolicy(v), noPermissions
	if v != nil && v.camera {
		permissions = cameraPermission
	}
	h.Set(fiber.HeaderContentSecurityPolicy, policy)
	h.Set(fiber.HeaderPermissionsPolicy, permissions)
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if s.scheme == "https" { // the proxy speaks TLS; this process sees plain HTTP and says it all the same
		h.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
	if len(h.Peek(fiber.HeaderCacheControl)) == 0 {
		h.Set(fiber.HeaderCacheControl, "no-store")
	}
	pack(r)
}

const (
	noPermissions    = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=(), browsing-topics=()"
	cameraPermission = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), display-capture=(), browsing-topics=()"
)

// contentPolicy lets a page load from this site alone, and nothing inline. The scanner's decoder is WebAssembly.
func contentPolicy(v *Visit) string {
	script, connect := "'self'", "'self'"
	if v != nil && v.camera {
		script = "'self' 'wasm-unsafe-eval'"
	}
	if v != nil && len(v.counter.connect) > 0 {
		connect += " " + strings.Join(v.counter.connect, " ")
	}
	return "default-src 'none'; script-src " + script + "; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; connect-src " +
		connect + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// Camera lets the page of this request use the camera, and the WebAssembly that reads a code from its picture.
func Camera(c *fiber.Ctx) { VisitOf(c).camera = true }

const packFrom = 1024 // bytes below which packing saves nothing

// pack compresses pages and data for browsers that unpack. There is no secret in a page that a guess could be reflected beside:
// forms carry no token.
func pack(r *fasthttp.RequestCtx) {
	response := &r.Response
	if response.IsBodyStream() || len(response.Body()) < packFrom || len(response.Header.ContentEncoding()) > 0 {
		return
	}
	kind, _, _ := strings.Cut(string(response.Header.ContentType()), ";")
	switch kind {
	case "text/html", "text/plain", "text/csv", "application/json", "application/problem+json", "application/yaml", "image/svg+xml":
	default:
		return
	}
	response.Header.Add(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	switch {
	case r.Request.Header.HasAcceptEncoding("br"):
		response.SetBodyRaw(fasthttp.AppendBrotliBytesLevel(nil, response.Body(), fasthttp.CompressBrotliDefaultCompression))
		response.Header.SetContentEncoding("br")
	case r.Request.Header.HasAcceptEncoding("gzip"):
		response.SetBodyRaw(fasthttp.AppendGzipBytesLevel(nil, response.Body(), fasthttp.CompressDefaultCompression))
		response.Header.SetContentEncoding("gzip")
	}
}
