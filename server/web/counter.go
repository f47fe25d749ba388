package web

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Route is one line of the site map.
type Route struct {
	Counter, Method, Path string // a GET answers HEAD too
	Guard                 Guard
	Limit                 int64 // bytes of the body
}

// Counter is a place where a person meets the office: "portal", "kiosk", "console", "api".
type Counter struct {
	site    *Site
	name    string
	connect []string
}

// Counter returns the counter of a name, to declare addresses on.
func (s *Site) Counter(name string) *Counter {
	r := s.counters[name]
	if r == nil {
		r = &Counter{site: s, name: name}
		s.counters[name] = r
	}
	return r
}

// Table is the site map.
func (s *Site) Table() []Route { return slices.Clone(s.table) }

// Connect names further addresses that the scripts of this counter's pages may reach.
func (r *Counter) Connect(sources ...string) { r.connect = append(r.connect, sources...) }

// Get declares a page. It must change nothing.
func (r *Counter) Get(path string, g Guard, h fiber.Handler) {
	r.add(fiber.MethodGet, path, g, bodyLimit, h)
}

// Post declares what a form does.
func (r *Counter) Post(path string, g Guard, h fiber.Handler) {
	limit := int64(formLimit)
	if r.name == "api" {
		limit = bodyLimit
	}
	r.add(fiber.MethodPost, path, g, limit, h)
}

// Batch declares an address that takes many things in one body: as much as a form.
func (r *Counter) Batch(path string, g Guard, h fiber.Handler) {
	r.add(fiber.MethodPost, path, g, formLimit, h)
}

// Put declares a replacement.
func (r *Counter) Put(path string, g Guard, h fiber.Handler) {
	r.add(fiber.MethodPut, path, g, bodyLimit, h)
}

// Delete declares a removal.
func (r *Counter) Delete(path string, g Guard, h fiber.Handler) {
	r.add(fiber.MethodDelete, path, g, bodyLimit, h)
}

// Upload declares a form with a file of at most limit bytes. Its handler calls ReadUpload.
func (r *Counter) Upload(path string, g Guard, limit int64, h fiber.Handler) {
	r.site.uploads = append(r.site.uploads, pattern(strings.Split(path, "/")))
	r.add(fiber.MethodPost, path, g, limit+fieldsLimit, h)
}

func (r *Counter) add(method, path string, g Guard, limit int64, h fiber.Handler) {
	s := r.site
	s.table = append(s.table, Route{Counter: r.name, Method: method, Path: path, Guard: g, Limit: limit})
	if first := segment(path); s.grounds[first] == nil && !strings.HasPrefix(first, ":") {
		s.grounds[first] = r
	}
	slots := s.slots
	if limit > formLimit {
		slots = s.stores
	}
	handler := func(c *fiber.Ctx) error {
		v := VisitOf(c)
		v.counter, v.Counter, v.route = r, r.name, path
		if r.name == "assets" {
			return h(c)
		}
		if limit <= formLimit {
			if err := takeBody(c, limit); err != nil {
				return err
			}
		}
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			return errBusy
		}
		if done, err := s.admit(c, v, r, g); done || err != nil {
			return err
		}
		return h(c)
	}
	s.app.Add(method, path, handler)
	if method == fiber.MethodGet {
		s.app.Add(fiber.MethodHead, path, handler)
	}
}

var errBusy = &Error{What: kindUnavailable, Why: "busy"}

// takeBody reads the body of a request that is no upload. The stream has no limit of its own.
func takeBody(c *fiber.Ctx, limit int64) error {
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return nil
	}
	if len(c.Request().Header.ContentEncoding()) > 0 { // it would be unpacked without a limit
		return fiber.ErrUnsupportedMediaType
	}
	if c.Request().Header.ContentLength() > int(limit) {
		return ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(stream, limit+1))
	switch {
	case int64(len(body)) > limit:
		return ErrTooLarge
	case err != nil:
		return unreadable(err)
	}
	c.Request().SetBodyRaw(body)
	return nil
}

// unreadable says whether a body stopped coming or is broken.
func unreadable(err error) error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fiber.ErrRequestTimeout
	}
	return ErrMalformed
}

// pattern is the path of an upload by segments; those with a colon fit anything.
type pattern []string

func (p pattern) fits(path string) bool {
	parts := strings.Split(path, "/")
	return slices.EqualFunc(p, parts, func(want, got string) bool { return want == got || strings.HasPrefix(want, ":") })
}

// isUpload recognises an upload by its header alone, before the body comes. A path written in another way than the declared one
// only keeps the short time-out.
func (s *Site) isUpload(h *fasthttp.RequestHeader) bool {
	if !h.IsPost() {
		return false
	}
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	return slices.ContainsFunc(s.uploads, func(p pattern) bool { return p.fits(path) })
}

func segment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// counterOf guesses the counter of a path that has no route, so that its error page wears the right clothes.
func (s *Site) counterOf(path string) *Counter {
	for _, first := range []string{segment(path), ""} {
		if r := s.grounds[first]; r != nil {
			return r
		}
	}
	return &Counter{site: s}
}
