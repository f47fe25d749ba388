package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"anju/server/picture"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

const scanned = "HTTPS://ANJU.EXAMPLE/V/UEBAGBAFAYDQQCIKBMGA2DQPCA"

func qrImage(t testing.TB, text string, px int) image.Image {
	t.Helper()
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	return q.Image(px)
}

// placed lays a code on a larger page, turned a little, as a photo shows it.
func placed(code image.Image, w, h int, turn f64.Aff3, paper, noise uint8) image.Image {
	page := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(page, page.Rect, image.NewUniform(color.Gray{paper}), image.Point{}, draw.Src)
	draw.BiLinear.Transform(page, turn, code, code.Bounds(), draw.Src, nil)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range page.Pix {
		if noise > 0 {
			page.Pix[i] = uint8(min(max(int(page.Pix[i])+random.IntN(2*int(noise))-int(noise), 0), 255))
		}
	}
	return page
}

func TestReadQR(t *testing.T) {
	signed := "HTTPS://ANJU.EXAMPLE/V#" + strings.Repeat("1234567890", 33)
	dark := qrImage(t, scanned, 400)
	inverted := image.NewGray(dark.Bounds())
	for y := range 400 {
		for x := range 400 {
			r, _, _, _ := dark.At(x, y).RGBA()
			inverted.SetGray(x, y, color.Gray{255 - uint8(r>>8)})
		}
	}
	small := qrImage(t, scanned, -1)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"screenshot":           {pngOf(t, qrImage(t, scanned, 400)), scanned},
		"one pixel per module": {pngOf(t, small), scanned},
		"signed":               {pngOf(t, qrImage(t, signed, 700)), signed},
		"signed, as jpeg":      {jpegOf(t, qrImage(t, signed, 700)), signed},
		"dark theme":           {pngOf(t, inverted), scanned},
		"tilted photo":         {jpegOf(t, placed(qrImage(t, signed, 600), 1280, 960, f64.Aff3{0.97, -0.2, 380, 0.2, 0.97, 120}, 200, 25)), signed},
		"large photo":          {jpegOf(t, placed(qrImage(t, scanned, 900), 3900, 3000, f64.Aff3{1, 0.1, 1400, -0.1, 1, 1000}, 180, 12)), scanned},
	} {
		got, err := picture.ReadQR(c.file)
		if err != nil || got != c.want {
			t.Errorf("%s: %.40q %v", name, got, err)
		}
	}
}

func TestReadQRRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"no code":    {jpegOf(t, corners(640, 480)), picture.QRNotFound},
		"black":      {pngOf(t, image.NewGray(image.Rect(0, 0, 300, 300))), picture.QRNotFound},
		"too long":   {bomb(4001, 10), picture.TooManyPixels},
		"bomb":       {bomb(4000, 4001), picture.TooManyPixels},
		"text":       {[]byte("hello"), picture.TypeRefused},
		"half":       {pngOf(t, corners(600, 600))[:200], picture.Broken},
		"heavy":      {make([]byte, 9<<20), picture.TooLarge},
		"too little": {pngOf(t, corners(20, 20)), picture.TooSmall},
	} {
		_, err := picture.ReadQR(c.file)
		refused(t, name, err, c.code)
	}
}

func FuzzReadQR(f *testing.F) {
	b := pngOf(f, qrImage(f, "A", -1))
	f.Add(b)
	f.Add(bytes.Replace(b, []byte("IDAT"), []byte("IDAU"), 1))
	f.Add(jpegOf(f, qrImage(f, "A", 60)))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) < 1<<14 {
			_, _ = picture.ReadQR(file)
		}
	})
}
