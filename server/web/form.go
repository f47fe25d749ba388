package web

import (
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
)

// maxFields bounds how many names a form may have; the longest of ours has about fifty.
const maxFields = 1000

// Form holds values exactly as they were typed. They are valid UTF-8 without NUL, and nothing more is known of them.
type Form struct{ values map[string][]string }

// NewForm makes a form of values that were kept, such as of one that was parked when a session ended.
func NewForm(values map[string][]string) Form { return Form{values} }

// Get returns a value. A name that was sent more than once has no single value and counts as absent.
func (f Form) Get(name string) string {
	if len(f.values[name]) != 1 {
		return ""
	}
	return f.values[name][0]
}

// All returns every value of a name, such as of check boxes.
func (f Form) All(name string) []string { return slices.Clone(f.values[name]) }

// Has tells whether a name was sent at all.
func (f Form) Has(name string) bool { return len(f.values[name]) > 0 }

// Values is a copy of all that was sent.
func (f Form) Values() map[string][]string {
	out := maps.Clone(f.values)
	for name := range out {
		out[name] = slices.Clone(out[name])
	}
	return out
}

func parseForm(raw string) (Form, error) {
	values, err := url.ParseQuery(raw)
	if err != nil || len(values) > maxFields {
		return Form{}, ErrMalformed
	}
	for name, all := range values {
		if !clean(name) || slices.ContainsFunc(all, func(s string) bool { return !clean(s) }) {
			return Form{}, ErrMalformed
		}
	}
	return Form{values}, nil
}

type queryKey struct{}

// Query is the query of a request, for pages that search and filter.
func Query(c *fiber.Ctx) Form {
	f, _ := c.Locals(queryKey{}).(Form)
	return f
}

// ReadForm reads a form from the body, and only from there: a decision must not be overruled by the address. A field that stands
// in both is refused.
func ReadForm(c *fiber.Ctx) (Form, error) {
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationForm {
		return Form{}, fiber.ErrUnsupportedMediaType
	}
	f, err := parseForm(string(c.Request().Body()))
	if err != nil {
		return Form{}, err
	}
	return f, conflict(c, f)
}

func conflict(c *fiber.Ctx, f Form) error {
	for name := range Query(c).values {
		if f.Has(name) {
			return &Error{What: kindMalformed, Why: "said_twice", At: name}
		}
	}
	return nil
}

// Upload is a file as it was sent. Nothing is known of it: neither name nor content may be believed.
type Upload struct {
	Name  string
	Bytes []byte
}

// ReadUpload reads a form with at most one file of at most limit bytes, in the given field. Without a chosen file the upload is
// nil. A larger file is read to its end and dropped, and ErrTooLarge comes with the fields, so that the form can be shown again.
func ReadUpload(c *fiber.Ctx, field string, limit int64) (*Upload, Form, error) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	stream := c.Context().RequestBodyStream()
	if err != nil || kind != fiber.MIMEMultipartForm || params["boundary"] == "" || stream == nil || len(c.Request().Header.ContentEncoding()) > 0 {
		return nil, Form{}, fiber.ErrUnsupportedMediaType
	}
	// The source ends a little past what is drained, so that a body without end is not read without end.
	reader := multipart.NewReader(io.LimitReader(stream, uploadDrain), params["boundary"])
	form := Form{map[string][]string{}}
	var file *Upload
	var tooLarge bool
	room := int64(fieldsLimit)
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, form, tooLargeOr(tooLarge, err)
		}
		if part.FormName() == field && part.FileName() != "" {
			if file != nil || !clean(part.FileName()) {
				return nil, form, ErrMalformed
			}
			body, err := io.ReadAll(io.LimitReader(part, limit+1))
			if err != nil {
				return nil, form, unreadable(err)
			}
			file = &Upload{Name: part.FileName(), Bytes: body}
			tooLarge = int64(len(body)) > limit
			continue // the rest of a file that is too large is skipped by NextRawPart
		}
		value, err := io.ReadAll(io.LimitReader(part, room+1))
		room -= int64(len(value)) + int64(len(part.FormName()))
		switch {
		case err != nil:
			return nil, form, unreadable(err)
		case room < 0:
			return nil, form, ErrTooLarge
		case part.FileName() != "" || part.FormName() == "" || !clean(part.FormName()) || !clean(string(value)) || len(form.values) == maxFields:
			return nil, form, ErrMalformed
		case part.FormName() != field: // the field of a file that was not chosen is empty
			form.values[part.FormName()] = append(form.values[part.FormName()], string(value))
		}
	}
	if tooLarge {
		return nil, form, ErrTooLarge
	}
	return file, form, conflict(c, form)
}

// tooLargeOr prefers the reason that the visitor can do something about: the connection of an endless file ends in any error.
func tooLargeOr(tooLarge bool, err error) error {
	if tooLarge {
		return ErrTooLarge
	}
	return unreadable(err)
}
