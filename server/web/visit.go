package web

import (
	"bytes"
	"context"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"anju/server/access"
	"anju/server/text"
)

// Visit is what a page knows of the request that asked for it.
type Visit struct {
	ID        string // of the request: on error pages, in the log and in the ledger
	Counter   string
	Printer   text.Printer
	Actor     access.Actor    // of kind Anyone when nobody is signed in
	Session   *access.Session // nil when nobody is signed in
	Lapsed    *access.Session // the session of this browser has ended by time: what was typed may be kept for its subject
	Peer      string          // address of the visitor, for throttles; never logged in full
	Path      string          // path and query as they came
	Demo      bool
	Secure    bool   // the public origin is https
	Flash     string // code of a message to show once
	FlashArgs []string

	site    *Site
	counter *Counter
	route   string // the pattern, which unlike the path holds no token
	camera  bool
}

type visitKey struct{}

// VisitOf returns the visit of a request.
func VisitOf(c *fiber.Ctx) *Visit {
	v, _ := c.Locals(visitKey{}).(*Visit)
	return v
}

// visit makes the visit of a request. A request that could not even be read has one too, for its error page.
func (s *Site) visit(c *fiber.Ctx) *Visit {
	if v := VisitOf(c); v != nil {
		return v
	}
	v := &Visit{
		ID: newID(), Path: c.OriginalURL(), Peer: s.peer(c), Demo: s.config.Demo, Secure: s.scheme == "https",
		Printer: text.For(text.Chinese), Actor: access.Actor{Kind: access.Anyone}, site: s, counter: s.counterOf(c.Path()), route: "-",
	}
	v.Counter = v.counter.name
	v.Actor.RequestID = v.ID
	c.Locals(visitKey{}, v)
	return v
}

// receive stands before every address: it looks at where the request comes from and whether it can be understood.
func (s *Site) receive(c *fiber.Ctx) error {
	v := s.visit(c)
	if ambiguous(c.Request().Header.RawHeaders()) {
		c.Context().SetConnectionClose() // what follows on this connection cannot be told apart from a body
		return ErrMalformed
	}
	if !s.ours(c) {
		return fiber.ErrMisdirectedRequest
	}
	if err := s.speak(c, v); err != nil {
		return err
	}
	if s.foreign(c) {
		return &Error{What: kindForbidden, Why: "foreign_origin"}
	}
	limit := workTimeout
	if s.isUpload(&c.Request().Header) {
		limit += uploadTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit) // Fiber's own context never ends
	defer cancel()
	c.SetUserContext(ctx)
	v.readFlash(c)
	return c.Next()
}

// ambiguous recognises a head that is legal but that a proxy may read in another way: a bare line feed, a folded line, a length
// beside a transfer coding (RFC 9112, 2.2, 5.2 and 6.1). The parser refuses all else of that sort.
func ambiguous(head []byte) bool {
	var length, coding bool
	for line := range bytes.Lines(head) {
		if !bytes.HasSuffix(line, []byte("\r\n")) || line[0] == ' ' || line[0] == '\t' {
			return true
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		length = length || bytes.EqualFold(name, []byte(fiber.HeaderContentLength))
		coding = coding || bytes.EqualFold(name, []byte(fiber.HeaderTransferEncoding))
	}
	return length && coding
}

// speak checks that path and query are text and finds the language: asked for, chosen before, or hinted at by the browser.
func (s *Site) speak(c *fiber.Ctx, v *Visit) error {
	if strings.ContainsFunc(v.Path, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ErrMalformed
	}
	_, raw, _ := strings.Cut(v.Path, "?")
	query, err := parseForm(raw)
	if err != nil {
		return err
	}
	c.Locals(queryKey{}, query)
	asked, set := text.Parse(query.Get("lang"))
	chosen, kept := text.Parse(Cookie(c, "lang"))
	switch {
	case set:
		v.Printer = text.For(asked)
		if asked != chosen && v.Counter != "assets" {
			SetCookie(c, "lang", string(asked), 365*24*time.Hour)
		}
	case kept:
		v.Printer = text.For(chosen)
	default:
		v.Printer = text.For(text.Match(c.Get(fiber.HeaderAcceptLanguage)))
	}
	return nil
}

// ours tells whether the request was meant for this site, so that no answer is built for a name that somebody else chose.
func (s *Site) ours(c *fiber.Ctx) bool {
	host := strings.ToLower(string(c.Request().Header.Host()))
	if strings.ToLower(string(c.Request().URI().Host())) != host { // an absolute request line that names another host
		return false
	}
	return host == s.host || s.config.Demo && loopback(host)
}

// foreign tells whether another site's page sends this request, as http.CrossOriginProtection does. Programs send neither header.
func (s *Site) foreign(c *fiber.Ctx) bool {
	if safe(c.Method()) {
		return false
	}
	switch site := c.Get("Sec-Fetch-Site"); site {
	case "same-origin", "none":
		return false
	case "":
	default:
		return true
	}
	origin := strings.ToLower(c.Get(fiber.HeaderOrigin))
	if origin == "" || origin == s.scheme+"://"+s.host {
		return false
	}
	host := strings.ToLower(string(c.Request().Header.Host()))
	return !s.config.Demo || !loopback(host) || origin != "http://"+host
}

func loopback(host string) bool {
	u, err := url.Parse("//" + host)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}

// peer is the address of the visitor. Behind trusted proxies it is the last address in X-Forwarded-For that is not such a proxy:
// what stands before it was written by the visitor.
func (s *Site) peer(c *fiber.Ctx) string {
	ip, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	ip = ip.Unmap()
	if !s.trusted(ip) {
		return ip.String()
	}
	var chain []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		chain = append(chain, strings.Split(string(line), ",")...)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		if ip = next.Unmap().WithZone(""); !s.trusted(ip) {
			break
		}
	}
	return ip.String()
}

func (s *Site) trusted(ip netip.Addr) bool {
	for _, p := range s.proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

func parseProxy(s string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// network is the part of an address that the log may hold: a neighbourhood, not a person.
func network(peer string) string {
	ip, err := netip.ParseAddr(peer)
	if err != nil {
		return ""
	}
	bits := 48
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// visitIn finds the visit below Fiber.
func visitIn(r *fasthttp.RequestCtx) *Visit {
	v, _ := r.UserValue(visitKey{}).(*Visit)
	return v
}

// clean tells whether s is text that the database can hold.
func clean(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
