package main

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"anju/server/civic"
	"anju/server/credential"
	"anju/server/picture"
	"anju/server/text"
)

// codePicture photographs an element, as a screenshot on a phone would.
func (tb *tab) codePicture(selector string) []byte {
	tb.t.Helper()
	ctx, stop := context.WithTimeout(tb, patience)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.Screenshot(chromedp.CSS(selector)))
	if err != nil {
		tb.t.Fatal(err)
	}
	return png
}

// readQR reads a code from a picture with the house's own reader.
func readQR(t *testing.T, png []byte) string {
	t.Helper()
	content, err := picture.ReadQR(png)
	if err != nil {
		t.Fatalf("the code on the screen cannot be read: %v", err)
	}
	return content
}

// verdictWord is what the checker says in Chinese.
func verdictWord(v credential.Verdict) string {
	return text.For(text.Chinese).Say("parts.verdict.word." + string(v))
}

// number makes a valid citizen ID number for an invented person.
func number(t *testing.T, division, born string, seq int) string {
	t.Helper()
	id, err := civic.NewCitizenID(division, civic.MustDate(born), seq)
	if err != nil {
		t.Fatal(err)
	}
	return string(id)
}
