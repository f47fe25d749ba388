package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// SignatureBlank is a picture on which nobody has written.
const SignatureBlank = "signature_blank"

// SignatureLimits are for what was drawn on a screen.
var SignatureLimits = Limits{MaxBytes: 150 << 10, MaxPixels: 1_500_000, MaxSide: 2000, MinSide: 60}

// The least that counts as writing: so many dark pixels, over so many columns. A tap or a slip is neither.
const (
	leastInk   = 60
	leastWidth = 24
)

// greys are the tones that are kept: a stroke and its soft edge.
var greys = color.Palette{color.Gray{0xff}, color.Gray{0xaa}, color.Gray{0x55}, color.Gray{0}}

// DecodeSignature reads a signature that was drawn on a screen and encodes it anew in four greys: nothing but the strokes survives. Every error
// is a *Refusal.
func DecodeSignature(file []byte) ([]byte, error) {
	if kind, err := sniff(file); err != nil || kind.name != pngFormat.name {
		return nil, &Refusal{Code: TypeRefused, err: err}
	}
	drawn, err := decode(file, SignatureLimits)
	if err != nil {
		return nil, err
	}
	b := drawn.Bounds()
	out := image.NewPaletted(b, greys)
	ink, left, right := 0, b.Max.X, b.Min.X
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			tone := uint8(greys.Index(drawn.At(x, y)))
			out.SetColorIndex(x, y, tone)
			if tone >= 2 {
				ink++
				left, right = min(left, x), max(right, x)
			}
		}
	}
	if ink < leastInk || right-left < leastWidth {
		return nil, &Refusal{Code: SignatureBlank}
	}
	var made bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&made, out); err != nil {
		return nil, &Refusal{Broken, err}
	}
	return made.Bytes(), nil
}
