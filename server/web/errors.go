package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"anju/server/text"
)

// The kinds of error that the boundary knows by their Kind method.
const (
	kindInvalid      = "invalid"
	kindMalformed    = "malformed"
	kindNotFound     = "not_found"
	kindForbidden    = "forbidden"
	kindConflict     = "conflict"
	kindRefused      = "refused"
	kindUnavailable  = "unavailable"
	kindTooLarge     = "too_large"
	kindThrottled    = "throttled"
	kindUnauthorised = "unauthorised"
	kindGone         = "gone"
	kindDefect       = "defect" // anything else: ours to repair
)

var statuses = map[string]int{
	kindInvalid: fiber.StatusUnprocessableEntity, kindMalformed: fiber.StatusBadRequest, kindNotFound: fiber.StatusNotFound,
	kindForbidden: fiber.StatusForbidden, kindConflict: fiber.StatusConflict, kindRefused: fiber.StatusUnprocessableEntity,
	kindUnavailable: fiber.StatusServiceUnavailable, kindTooLarge: fiber.StatusRequestEntityTooLarge,
	kindThrottled: fiber.StatusTooManyRequests, kindUnauthorised: fiber.StatusUnauthorized, kindGone: fiber.StatusGone,
}

// Error is an expected error of a counter.
type Error struct {
	What string // the kind
	Why  string // the reason, when there is one to tell
	At   string // the field, when there is one
}

// Errors that counters return as they are, and compare with.
var (
	ErrTooLarge  = &Error{What: kindTooLarge}
	ErrMalformed = &Error{What: kindMalformed}
	ErrNotFound  = &Error{What: kindNotFound}
)

func (e *Error) Error() string { return strings.TrimSpace("web: " + e.What + " " + e.Why) }

// Kind is what the boundary asks.
func (e *Error) Kind() string { return e.What }

// Reason narrows the kind down; it is the end of a text key, or empty.
func (e *Error) Reason() string { return e.Why }

// Field is the input that is wrong, or empty.
func (e *Error) Field() string { return e.At }

// problem is how an error is answered.
type problem struct {
	status              int
	kind, reason, field string
}

// judge turns an error into an answer. Nothing of the error's own words goes into it.
func judge(err error) problem {
	var known interface{ Kind() string }
	var coded *fiber.Error
	p := problem{status: fiber.StatusInternalServerError, kind: kindDefect}
	switch {
	case errors.As(err, &known) && statuses[known.Kind()] != 0:
		p.kind = known.Kind()
		p.status = statuses[p.kind]
		var why interface{ Reason() string }
		if errors.As(err, &why) {
			p.reason = why.Reason()
		}
		var at interface{ Field() string }
		if errors.As(err, &at) {
			p.field = at.Field()
		}
	case errors.As(err, &coded) && coded.Code >= 400 && coded.Code < 600:
		p.status, p.kind = coded.Code, kindOf(coded.Code)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		p.status, p.kind = fiber.StatusServiceUnavailable, kindUnavailable
	}
	return p
}

func kindOf(status int) string {
	for kind, s := range statuses {
		if s == status && kind != kindRefused {
			return kind
		}
	}
	if status < 500 {
		return kindMalformed
	}
	return kindDefect
}

// answerError is the one boundary where errors become answers.
func (s *Site) answerError(c *fiber.Ctx, err error) error {
	v := s.visit(c)
	p := judge(err)
	if p.status >= 500 {
		s.config.Log.Error("request failed", "id", v.ID, "route", v.route, "status", p.status, "error", redact(err.Error()))
	}
	response := c.Response()
	response.ResetBody()
	for _, name := range []string{fiber.HeaderContentEncoding, fiber.HeaderContentDisposition, fiber.HeaderCacheControl, fiber.HeaderETag, fiber.HeaderLocation} {
		response.Header.Del(name)
	}
	if p.status == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	if v.Counter == "api" || !strings.Contains(c.Get(fiber.HeaderAccept), "html") && strings.Contains(c.Get(fiber.HeaderAccept), "json") {
		return s.answerProblem(c, v, p)
	}
	if s.config.ErrorPage != nil {
		if page, ok := s.errorPage(c, v, p); ok {
			c.Status(p.status).Type("html", "utf-8")
			return c.Send(page)
		}
	}
	title, advice := ErrorWords(v.Printer, p.kind)
	c.Status(p.status).Type("html", "utf-8")
	return c.SendString(`<!doctype html><html lang="` + v.Printer.Lang().HTMLLang() + `"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` +
		html.EscapeString(title) + `</title><h1>` + html.EscapeString(title) + `</h1><p>` + html.EscapeString(advice) + `</p><p>` + v.ID + `</p></html>`)
}

// errorPage renders the page that main provides. A page that fails must not hide the error that it was to show.
func (s *Site) errorPage(c *fiber.Ctx, v *Visit, p problem) (page []byte, ok bool) {
	defer func() {
		if fault := recover(); fault != nil {
			s.logPanic(v.ID, fault)
			ok = false
		}
	}()
	var b bytes.Buffer
	component := s.config.ErrorPage(v, p.status, p.kind, p.reason)
	if err := component.Render(context.WithoutCancel(c.UserContext()), &b); err != nil {
		s.config.Log.Error("error page failed", "id", v.ID, "error", redact(err.Error()))
		return nil, false
	}
	return b.Bytes(), true
}

// answerProblem answers a program (RFC 9457).
func (s *Site) answerProblem(c *fiber.Ctx, v *Visit, p problem) error {
	title, advice := ErrorWords(v.Printer, p.kind)
	body, err := json.Marshal(struct {
		Type    string `json:"type"`
		Title   string `json:"title"`
		Status  int    `json:"status"`
		Detail  string `json:"detail"`
		Kind    string `json:"kind"`
		Reason  string `json:"reason,omitempty"`
		Field   string `json:"field,omitempty"`
		Request string `json:"request_id"`
	}{"about:blank", title, p.status, advice, p.kind, p.reason, p.field, v.ID})
	if err != nil {
		return err
	}
	c.Status(p.status).Set(fiber.HeaderContentType, "application/problem+json")
	return c.Send(body)
}

// ErrorWords are the title of an error page and the sentence that says what to do next.
func ErrorWords(p text.Printer, kind string) (title, advice string) {
	if statuses[kind] == 0 {
		kind = kindDefect
	}
	return p.Say("web.title." + kind), p.Say("web.advice." + kind)
}

var personal = regexp.MustCompile(`[0-9]{5,}[0-9Xx]?|\p{Han}+`)

// redact keeps ID numbers, phones and names out of the log, should an error carry them. slog encodes control characters.
func redact(s string) string { return personal.ReplaceAllString(s, "#") }

// plainError answers when even the error page failed.
func plainError(r *fasthttp.RequestCtx) {
	r.Response.Reset()
	r.SetStatusCode(fiber.StatusInternalServerError)
	r.SetContentType("text/plain; charset=utf-8")
	r.SetBodyString("500")
}
