package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// drawn is a canvas with a stroke of so many pixels length and thickness.
func drawn(t testing.TB, length, thick int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 600, 200)) // transparent, as a canvas is
	for x := range length {
		for y := range thick {
			img.Set(100+x, 100+y, color.Black)
		}
	}
	return encoded(t, img)
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestASignatureIsMadeAnew(t *testing.T) {
	file := drawn(t, 200, 3)
	hidden := append(bytes.Clone(file), "hidden behind the picture"...)
	made, err := DecodeSignature(hidden)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(made))
	if err != nil || img.Bounds() != image.Rect(0, 0, 600, 200) || bytes.Contains(made, []byte("hidden")) {
		t.Fatalf("%v %v", err, img.Bounds())
	}
	if r, _, _, a := img.At(150, 101).RGBA(); r != 0 || a != 0xffff {
		t.Error("the stroke is not black")
	}
	if r, _, _, a := img.At(5, 5).RGBA(); r != 0xffff || a != 0xffff {
		t.Error("the paper is not white")
	}
}

func TestWhatIsNoSignatureIsRefused(t *testing.T) {
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 600, 200)), nil); err != nil {
		t.Fatal(err)
	}
	for what, one := range map[string]struct {
		file []byte
		code string
	}{
		"nothing":       {nil, TypeRefused},
		"a JPEG":        {photo.Bytes(), TypeRefused},
		"an empty page": {drawn(t, 0, 0), SignatureBlank},
		"a tap":         {drawn(t, 9, 9), SignatureBlank},
		"a hair":        {drawn(t, 50, 1), SignatureBlank},
		"torn":          {drawn(t, 200, 3)[:60], Broken},
		"too long":      {encoded(t, image.NewGray(image.Rect(0, 0, 2001, 100))), TooManyPixels},
		"too heavy":     {append(drawn(t, 200, 3), make([]byte, SignatureLimits.MaxBytes)...), TooLarge},
	} {
		_, err := DecodeSignature(one.file)
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Code != one.code {
			t.Errorf("%s: %v, want %s", what, err, one.code)
		}
	}
}

func FuzzDecodeSignature(f *testing.F) {
	f.Add(drawn(f, 200, 3))
	f.Add(drawn(f, 0, 0)[:40])
	f.Fuzz(func(t *testing.T, file []byte) {
		made, err := DecodeSignature(file)
		var refusal *Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatal(err)
		}
		if err == nil {
			if _, err := png.Decode(bytes.NewReader(made)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
