// Package notify hands texts to the SMS gateway, in the language of the person.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"anju/server/office"
	"anju/server/text"
)

// Words says a message in its language. Dates in it are written out.
func Words(m office.Message) string {
	lang, ok := text.Parse(m.Lang)
	if !ok {
		lang = text.Chinese
	}
	p := text.For(lang)
	var pairs []any
	for name, value := range m.Args {
		if name == "By" || name == "On" {
			value = date(p, value)
		}
		pairs = append(pairs, name, value)
	}
	return p.Say("message."+m.Kind, pairs...)
}

// date writes a date of a message's arguments (YYYY-MM-DD) out; anything else stays as it is.
func date(p text.Printer, s string) string {
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return s
	}
	var n [3]int
	for i, part := range parts {
		var err error
		if n[i], err = strconv.Atoi(part); err != nil {
			return s
		}
	}
	return p.Date(n[0], n[1], n[2])
}

// Gateway is an SMS gateway that takes a text by HTTP: a JSON body {"id","to","text"}, any 2xx for taken. The id is the message's own,
// also sent as Idempotency-Key, so that a retry is no second text.
type Gateway struct {
	URL    string
	Client *http.Client
}

// Send hands a text over.
func (g Gateway) Send(ctx context.Context, m office.Message) error {
	body, err := json.Marshal(map[string]string{"id": m.ID, "to": m.Phone, "text": Words(m)})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", m.ID)
	response, err := g.Client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)) // read to its end, so that the connection can be used again
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("notify: the gateway answered %s", response.Status)
	}
	return nil
}
