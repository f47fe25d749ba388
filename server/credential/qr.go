package credential

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"github.com/skip2/go-qrcode"
)

// quietZone is the white margin that readers need (ISO/IEC 18004: four modules). It stays white in dark themes too.
const quietZone = 4

// QR is the picture of a code as data: a square of Size x Size modules, the quiet zone included, and the dark modules as the path of
// an SVG with that viewBox. Draw the path black on a white rectangle.
type QR struct {
	Size int
	Path string
}

// Version is the QR version, 1 to 40.
func (q QR) Version() int { return (q.Size - 2*quietZone - 17) / 4 }

// QRSVG draws a text at error correction level M. The error is for a text that fits no QR code.
func QRSVG(text string) (QR, error) {
	rows, err := bitmap(text)
	if err != nil {
		return QR{}, err
	}
	path := make([]byte, 0, 12*len(rows)*len(rows)/4)
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			run := 1
			for x+run < len(row) && row[x+run] {
				run++
			}
			path = append(path, 'M')
			path = strconv.AppendInt(path, int64(x+quietZone), 10)
			path = append(path, ' ')
			path = strconv.AppendInt(path, int64(y+quietZone), 10)
			path = append(path, 'h')
			path = strconv.AppendInt(path, int64(run), 10)
			path = append(path, "v1h-"...)
			path = strconv.AppendInt(path, int64(run), 10)
			path = append(path, 'z')
			x += run
		}
	}
	return QR{Size: len(rows) + 2*quietZone, Path: string(path)}, nil
}

// QRPNG draws a text as a black and white PNG with the most whole pixels per module that fit into px x px, at least one; the picture
// is therefore a little smaller than px, or larger when px is less than the modules.
func QRPNG(text string, px int) ([]byte, error) {
	rows, err := bitmap(text)
	if err != nil {
		return nil, err
	}
	modules := len(rows) + 2*quietZone
	scale := max(px/modules, 1)
	img := image.NewPaletted(image.Rect(0, 0, modules*scale, modules*scale), color.Palette{color.White, color.Black})
	for y, row := range rows {
		for x, dark := range row {
			if !dark {
				continue
			}
			left := (x + quietZone) * scale
			for dy := range scale {
				line := img.Pix[((y+quietZone)*scale+dy)*img.Stride:]
				for dx := range scale {
					line[left+dx] = 1
				}
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// bitmap is the modules without a quiet zone. The encoder is the one that mixes modes by itself: an address in alphanumeric mode, the
// digits behind it in numeric mode.
func bitmap(text string) ([][]bool, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("credential: QR code: %w", err)
	}
	q.DisableBorder = true
	return q.Bitmap(), nil
}
