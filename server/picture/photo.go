// Package picture takes files from outside: it looks at what a file is, not at what it is called, spends a bounded amount of memory
// and time on it, and hands back only what it made itself (photos) or has looked through (PDF).
package picture

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// Refusal is a file that is not taken. Code is the suffix of a text key, never a sentence.
type Refusal struct {
	Code string
	err  error // for logs; may be nil
}

func (r *Refusal) Error() string {
	if r.err != nil {
		return fmt.Sprintf("picture: %s: %v", r.Code, r.err)
	}
	return "picture: " + r.Code
}

func (r *Refusal) Unwrap() error { return r.err }

// The codes of refusals.
const (
	TypeRefused   = "picture_type"   // not JPEG or PNG
	HEICRefused   = "picture_heic"   // what iPhones take unless told otherwise; asks for JPEG
	WebPRefused   = "picture_webp"   //
	Broken        = "picture_broken" // begins like a picture and does not go on like one
	TooManyPixels = "picture_pixels" // more pixels, or a longer side, than the limits
	TooLarge      = "picture_size"   // more bytes than the limits
	TooSmall      = "picture_small"  // sides under the limits: nothing could be read on it
)

// Limits bound what a photo may be.
type Limits struct {
	MaxBytes  int // of the file
	MaxPixels int // width x height
	MaxSide   int // pixels
	MinSide   int // pixels
}

// EvidenceLimits are for photos of papers: any phone camera's full picture, nothing too small to read.
var EvidenceLimits = Limits{MaxBytes: 8 << 20, MaxPixels: 40_000_000, MaxSide: 12_000, MinSide: 200}

// keptSide is the longest side of what is kept, in pixels: about 200 dots per inch on A4.
const keptSide = 2400

// quality of the JPEG that is kept.
const quality = 85

// decoding lets two large pictures be decoded at once. The largest takes about 300 MB (a progressive
// JPEG of 40 million pixels); more at once would let visitors decide about our memory.
var decoding = make(chan struct{}, 2)

// Photo is a picture made anew: a JPEG without metadata, upright, at most 2400 pixels long.
type Photo struct {
	JPEG          []byte
	Width, Height int
	SHA256        [32]byte // of JPEG
}

// DecodePhoto reads a JPEG or PNG, turns it upright as its EXIF says, scales it down and encodes it anew, so that no metadata
// (position, device) and nothing hidden behind the picture survives. It waits while two others are being decoded. Every error is a
// *Refusal.
func DecodePhoto(file []byte, limits Limits) (Photo, error) {
	img, err := decode(file, limits)
	if err != nil {
		return Photo{}, err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		return Photo{}, &Refusal{Broken, err}
	}
	b := img.Bounds()
	return Photo{JPEG: out.Bytes(), Width: b.Dx(), Height: b.Dy(), SHA256: sha256.Sum256(out.Bytes())}, nil
}

// decode gives an upright, opaque picture of at most keptSide.
func decode(file []byte, limits Limits) (*image.RGBA, error) {
	if len(file) > limits.MaxBytes {
		return nil, &Refusal{Code: TooLarge}
	}
	kind, err := sniff(file)
	if err != nil {
		return nil, err
	}
	config, err := kind.config(bytes.NewReader(file)) // the header only: a bomb costs nothing
	if err != nil {
		return nil, &Refusal{Broken, err}
	}
	w, h := config.Width, config.Height
	switch {
	case w > limits.MaxSide || h > limits.MaxSide || int64(w)*int64(h) > int64(limits.MaxPixels):
		return nil, &Refusal{Code: TooManyPixels}
	case w < limits.MinSide || h < limits.MinSide:
		return nil, &Refusal{Code: TooSmall}
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	source, err := kind.decode(bytes.NewReader(file))
	if err != nil {
		return nil, &Refusal{Broken, err}
	}
	scaled := fit(source)
	if kind.name == "jpeg" {
		return upright(scaled, orientation(file)), nil
	}
	return scaled, nil
}

// fit copies a picture onto white, scaled down so that its longer side is at most keptSide.
func fit(source image.Image) *image.RGBA {
	b := source.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > keptSide {
		w, h = max(w*keptSide/long, 1), max(h*keptSide/long, 1)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Rect, source, b.Min, draw.Over)
	} else {
		draw.BiLinear.Scale(out, out.Rect, source, b, draw.Over, nil)
	}
	return out
}

// format is a kind of picture that is read.
type format struct {
	name   string
	config func(*bytes.Reader) (image.Config, error)
	decode func(*bytes.Reader) (image.Image, error)
}

var (
	jpegFormat = format{"jpeg",
		func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }}
	pngFormat = format{"png",
		func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }}
)

// sniff tells the kind by the first bytes.
func sniff(file []byte) (format, error) {
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8\xff")):
		return jpegFormat, nil
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		return pngFormat, nil
	case len(file) >= 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		return format{}, &Refusal{Code: WebPRefused}
	case len(file) >= 12 && string(file[4:8]) == "ftyp":
		switch string(file[8:12]) {
		case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif":
			return format{}, &Refusal{Code: HEICRefused}
		}
	}
	return format{}, &Refusal{Code: TypeRefused}
}

// IsPDF says whether the file begins as a PDF does, so that a form can tell which of DecodePhoto and CheckPDF to ask.
func IsPDF(file []byte) bool { return bytes.HasPrefix(file, []byte("%PDF-")) }
