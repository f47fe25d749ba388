package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"anju/server/web"
)

// echo answers with the form as the handler sees it.
func echo(c *fiber.Ctx) error {
	f, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	return c.SendString(fmt.Sprintf("%q %q %v %d", f.Get("name"), f.All("name"), f.Has("name"), len(f.Values())))
}

func TestFormComesFromTheBodyAlone(t *testing.T) {
	h := open(t, nil)
	h.Counter("portal").Post("/form", web.Public, echo)
	for _, c := range []struct {
		query, body, kind string
		status            int
		want              string
	}{
		{"", "name=%E5%BC%A0", "", 200, `"张" ["张"] true 1`},
		{"", "name=%F0%A0%AE%B7+%C2%B7+%E2%80%8F", "", 200, `"𠮷 · \u200f" ["𠮷 · \u200f"] true 1`},
		{"", "name=+a+%0D%0A", "", 200, `" a \r\n" [" a \r\n"] true 1`},
		{"", "name=a&name=b", "", 200, `"" ["a" "b"] true 1`},
		{"", "other=", "", 200, `"" [] false 1`},
		{"?name=approve", "name=reject", "", 400, ""},
		{"?name=approve", "other=x", "", 200, `"" [] false 1`},
		{"", "name=%00", "", 400, ""}, {"", "name=%ff", "", 400, ""}, {"", "name=%ED%A0%80", "", 400, ""}, {"", "%00=x", "", 400, ""}, {"", "name=%zz", "", 400, ""}, {"", "a;b=c", "", 400, ""},
		{"", `{"name":"x"}`, "application/json", 415, ""}, {"", "name=x", "text/plain", 415, ""},
		{"", "name=" + strings.Repeat("a", 256<<10-5), "", 200, ""}, {"", "name=" + strings.Repeat("a", 256<<10), "", 413, ""},
		{"", strings.Repeat("&x", 10), "", 200, ""},
	} {
		heads := []string{}
		if c.kind != "" {
			heads = append(heads, "Content-Type: "+c.kind)
		}
		answer := h.ask(t, "POST", "/form"+c.query, c.body, heads...)
		got := words(t, answer)
		if answer.StatusCode != c.status || c.want != "" && got != c.want {
			t.Errorf("%s with %.40q: %d %.80s, want %d %s", c.query, c.body, answer.StatusCode, got, c.status, c.want)
		}
	}
	var many strings.Builder
	for i := range 1001 {
		fmt.Fprintf(&many, "f%d=&", i)
	}
	if answer := h.ask(t, "POST", "/form", many.String()); answer.StatusCode != 400 {
		t.Errorf("1001 fields: %d", answer.StatusCode)
	}
	if answer := h.ask(t, "POST", "/form", "name=x", "Content-Encoding: gzip"); answer.StatusCode != 415 {
		t.Errorf("a packed body: %d", answer.StatusCode)
	}
}

// multi builds a multipart body: fields, then a file of size bytes when size is not negative.
func multi(t *testing.T, size int, fields ...string) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if size >= 0 {
		part, err := w.CreateFormFile("photo", "照片.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(bytes.Repeat([]byte{0xff}, size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

const photoLimit = 1 << 20

// photo answers with what arrived; a file that is too large is told on the form's own page.
func photo(c *fiber.Ctx) error {
	up, f, err := web.ReadUpload(c, "photo", photoLimit)
	switch {
	case errors.Is(err, web.ErrTooLarge):
		return c.Status(413).SendString("too large, " + f.Get("step"))
	case err != nil:
		return err
	case up == nil:
		return c.SendString("none, " + f.Get("step"))
	}
	return c.SendString(fmt.Sprintf("%s %d, %s", up.Name, len(up.Bytes), f.Get("step")))
}

func TestUpload(t *testing.T) {
	h := open(t, nil)
	h.Counter("portal").Upload("/apply/:draft/photo", web.Public, photoLimit, photo)
	send := func(body []byte, kind string) (int, string) {
		r := httptest.NewRequest("POST", "/apply/7/photo", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		answer, err := h.App().Test(r, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, words(t, answer)
	}
	var noFile bytes.Buffer
	w := multipart.NewWriter(&noFile)
	_ = w.WriteField("step", "two")
	_, _ = w.CreateFormFile("photo", "")
	_ = w.Close()
	for name, c := range map[string]struct {
		body   func() ([]byte, string)
		status int
		want   string
	}{
		"a photo":         {func() ([]byte, string) { return multi(t, 1000, "step", "two") }, 200, "照片.jpg 1000, two"},
		"the limit":       {func() ([]byte, string) { return multi(t, photoLimit, "step", "two") }, 200, "照片.jpg 1048576, two"},
		"one byte more":   {func() ([]byte, string) { return multi(t, photoLimit+1, "step", "two") }, 413, "too large, two"},
		"no part":         {func() ([]byte, string) { return multi(t, -1, "step", "two") }, 200, "none, two"},
		"not chosen":      {func() ([]byte, string) { return noFile.Bytes(), w.FormDataContentType() }, 200, "none, two"},
		"empty":           {func() ([]byte, string) { return multi(t, 0, "step", "two") }, 200, "照片.jpg 0, two"},
		"NUL in a field":  {func() ([]byte, string) { return multi(t, 10, "step", "a\x00") }, 400, ""},
		"a bad field":     {func() ([]byte, string) { return multi(t, 10, "step", "\xff") }, 400, ""},
		"too many fields": {func() ([]byte, string) { return multi(t, 10, "step", strings.Repeat("a", 65<<10)) }, 413, ""},
		"cut off":         {func() ([]byte, string) { b, k := multi(t, 1000, "step", "two"); return b[:len(b)-200], k }, 400, ""},
		"not multipart":   {func() ([]byte, string) { return []byte("step=two"), "application/x-www-form-urlencoded" }, 415, ""},
		"no boundary":     {func() ([]byte, string) { b, _ := multi(t, 10); return b, "multipart/form-data" }, 415, ""},
	} {
		status, got := send(c.body())
		if status != c.status || c.want != "" && got != c.want {
			t.Errorf("%s: %d %q, want %d %q", name, status, got, c.status, c.want)
		}
	}
}

func FuzzForm(f *testing.F) {
	for _, s := range []string{"a=b", "a=b&a=c", "%00=%ff", "a=%E5%BC%A0", "&&==;", "a[b][9999999999]=c", strings.Repeat("a&", 2000)} {
		f.Add(s)
	}
	h := open(f, nil)
	h.Counter("portal").Post("/form", web.Public, func(c *fiber.Ctx) error {
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		for name, values := range form.Values() {
			for _, s := range append(values, name, form.Get(name)) {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
					panic("not text")
				}
			}
		}
		return c.SendString("ok")
	})
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/form", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := h.App().Test(r, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode >= 500 {
			t.Errorf("%q: %d %v", body, answer.StatusCode, err)
		}
	})
}

func FuzzNextPath(f *testing.F) {
	for _, s := range []string{"/", "//evil", `/\evil`, "/a?b=c#d", "/..//x", "https://evil"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := web.NextPath(s, "/home")
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t\x00 ") {
			t.Errorf("NextPath(%q) = %q", s, got)
		}
	})
}
