package picture

import (
	"bytes"
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"
)

// QRNotFound is the code of the refusal of a picture in which no QR code was read.
const QRNotFound = "qr_not_found"

// qrLimits are for photos and screenshots of a code. Small is fine: a code of 29 modules can be 29 pixels wide.
var qrLimits = Limits{MaxBytes: 8 << 20, MaxPixels: 16_000_000, MaxSide: 4000, MinSide: 21}

// readSide is the longest side, in pixels, at which codes are looked for; larger pictures are scaled down first.
const readSide = 1600

// ReadQR finds one QR code in a photo or screenshot (JPEG or PNG, at most 4000 pixels on a side) and returns its text. It tries
// several ways, from quick to thorough: the first for a picture that is nothing but a code, the last for light codes on dark. Every error is a *Refusal.
func ReadQR(file []byte) (string, error) {
	img, err := decode(file, qrLimits)
	if err != nil {
		return "", err
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	full := scaleGray(img, 1)
	if long := max(w, h); long > readSide {
		full = scaleGray(img, float64(readSide)/float64(long))
	}
	tries := []func() (string, bool){
		func() (string, bool) {
			return readGray(full, gozxing.NewHybridBinarizer, gozxing.DecodeHintType_PURE_BARCODE)
		},
		func() (string, bool) { return readGray(full, gozxing.NewHybridBinarizer) },
		func() (string, bool) { return readGray(full, gozxing.NewGlobalHistgramBinarizer) },
		func() (string, bool) { return readGray(scaleGray(full, 0.5), gozxing.NewHybridBinarizer) },
		func() (string, bool) { return readGray(scaleGray(full, 1.5), gozxing.NewHybridBinarizer) },
		func() (string, bool) { return readGray(invert(full), gozxing.NewHybridBinarizer) },
	}
	for _, try := range tries {
		if text, ok := try(); ok {
			return text, nil
		}
	}
	return "", &Refusal{Code: QRNotFound}
}

// readGray runs the reader once. The reader indexes by what it believes to see; a picture on which it stumbles is one without a code.
func readGray(img *image.Gray, binarizer func(gozxing.LuminanceSource) gozxing.Binarizer, how ...gozxing.DecodeHintType) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(binarizer(gozxing.NewLuminanceSourceFromImage(img)))
	if err != nil {
		return "", false
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, hint := range how {
		hints[hint] = true
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return "", false
	}
	return result.GetText(), true
}

func scaleGray(img image.Image, factor float64) *image.Gray {
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, max(int(float64(b.Dx())*factor), 1), max(int(float64(b.Dy())*factor), 1)))
	if out.Rect.Size() == b.Size() {
		draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	} else {
		draw.ApproxBiLinear.Scale(out, out.Rect, img, b, draw.Src, nil)
	}
	return out
}

func invert(img *image.Gray) *image.Gray {
	out := &image.Gray{Pix: bytes.Clone(img.Pix), Stride: img.Stride, Rect: img.Rect}
	for i, p := range out.Pix {
		out.Pix[i] = 255 - p
	}
	return out
}
