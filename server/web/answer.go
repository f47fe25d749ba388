package web

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"anju/assets"
)

// Render answers with a page. It is rendered as a whole first, so that a page that fails becomes an error and not half a page.
func Render(c *fiber.Ctx, status int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(c.UserContext(), &b); err != nil {
		return err
	}
	if VisitOf(c).Flash != "" {
		DropCookie(c, "flash")
	}
	c.Status(status).Type("html", "utf-8")
	return c.Send(b.Bytes())
}

// SeeOther sends the browser to a page of this site with GET: the answer to every form that was taken.
func SeeOther(c *fiber.Ctx, path string) error {
	if NextPath(path, "") == "" {
		return fmt.Errorf("web: not a path of this site: %q", path)
	}
	return c.Redirect(path, fiber.StatusSeeOther)
}

// NextPath returns s if it is a path of this site as a browser understands it, else the fallback.
func NextPath(s, fallback string) string {
	path, _, _ := strings.Cut(s, "?")
	u, err := url.Parse(s)
	if err != nil || len(s) > 2000 || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.User != nil || !strings.HasPrefix(s, "/") ||
		strings.Contains(path, "//") || strings.Contains(path, "/.") || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return fallback
	}
	return s
}

// asset serves what pages load. Its path carries a checksum, so it may be kept for ever.
func asset(c *fiber.Ctx) error {
	body, contentType, gzip, ok := assets.Open(c.Path())
	if !ok {
		return ErrNotFound
	}
	c.Set(fiber.HeaderContentType, contentType)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Vary(fiber.HeaderAcceptEncoding)
	accepts := c.Request().Header.HasAcceptEncoding
	brotli := assets.Brotli(c.Path())
	switch {
	case brotli != nil && accepts("br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		body = brotli
	case gzip != nil && accepts("gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		body = gzip
	}
	c.Response().SetBodyRaw(body)
	return nil
}
