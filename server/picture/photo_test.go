package picture_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"sync"
	"testing"

	"anju/server/picture"
)

// corners is a picture whose four quarters have their own colour, so that turning it shows.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{A: 255}
			if x < w/2 {
				c.R = 255
			}
			if y < h/2 {
				c.B = 255
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts an EXIF segment with an orientation, a GPS directory and a maker's text behind the first marker of a JPEG.
func withEXIF(file []byte, orientation uint16, order binary.AppendByteOrder, mark string) []byte {
	tiff := []byte(mark)
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint32{{0x0112, uint32(orientation)}, {0x8825, 4711}} {
		tiff = order.AppendUint16(tiff, uint16(entry[0]))
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, uint16(entry[1]))
		tiff = order.AppendUint16(tiff, 0)
	}
	tiff = append(tiff, "\x00\x00\x00\x00SECRET-PHONE-39.1234N"...)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, file[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	out = append(out, segment...)
	return append(out, file[2:]...)
}

// bomb is a PNG of a few bytes that claims a size.
func bomb(w, h uint32) []byte {
	header := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	header = append(binary.BigEndian.AppendUint32(header, h), 8, 6, 0, 0, 0)
	out := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	out = append(out, header...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(header))
	return append(out, "\x00\x00\x00\x00IEND\xae\x42\x60\x82"...)
}

func refused(t *testing.T, name string, err error, code string) {
	t.Helper()
	var r *picture.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("%s: %v, want %s", name, err, code)
	}
}

func TestPhotoIsMadeAnew(t *testing.T) {
	for name, file := range map[string][]byte{
		"jpeg": jpegOf(t, corners(640, 480)), "png, whatever it is called": pngOf(t, corners(640, 480)),
		"script behind the picture": append(jpegOf(t, corners(640, 480)), "<script>alert(1)</script>PK\x03\x04"...),
	} {
		p, err := picture.DecodePhoto(file, picture.EvidenceLimits)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		img, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil || img.Bounds().Size() != image.Pt(p.Width, p.Height) || p.Width != 640 || p.Height != 480 {
			t.Errorf("%s: %v %v %d x %d", name, err, img.Bounds(), p.Width, p.Height)
		}
		if p.SHA256 != sha256.Sum256(p.JPEG) || bytes.Contains(p.JPEG, []byte("script")) || bytes.Contains(p.JPEG, []byte("PK\x03\x04")) {
			t.Errorf("%s: hash or hidden part", name)
		}
	}
}

func TestPhotoIsScaledDown(t *testing.T) {
	for _, c := range [][4]int{{4800, 1200, 2400, 600}, {1200, 4800, 600, 2400}, {2400, 2400, 2400, 2400}, {2401, 300, 2400, 299}} {
		p, err := picture.DecodePhoto(pngOf(t, corners(c[0], c[1])), picture.EvidenceLimits)
		if err != nil || p.Width != c[2] || p.Height != c[3] {
			t.Errorf("%v: %d x %d, %v", c, p.Width, p.Height, err)
		}
	}
}

func TestTransparentBecomesWhite(t *testing.T) {
	p, err := picture.DecodePhoto(pngOf(t, image.NewRGBA(image.Rect(0, 0, 300, 300))), picture.EvidenceLimits)
	if err != nil {
		t.Fatal(err)
	}
	img, _ := jpeg.Decode(bytes.NewReader(p.JPEG))
	if r, g, b, _ := img.At(150, 150).RGBA(); r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Error(r, g, b)
	}
}

// Where the upper left quarter of the sensor's picture (red and blue) has to come for each orientation (CIPA DC-008, 4.6.5).
func TestOrientationIsAppliedAndMetadataGone(t *testing.T) {
	const w, h = 400, 240
	plain := jpegOf(t, corners(w, h))
	// The colours (red?, blue?) expected at upper left, upper right, lower left.
	ul, ur, ll, lr := [2]bool{true, true}, [2]bool{false, true}, [2]bool{true, false}, [2]bool{false, false}
	for orientation, want := range map[uint16][3][2]bool{
		0: {ul, ur, ll}, 1: {ul, ur, ll}, 2: {ur, ul, lr}, 3: {lr, ll, ur}, 4: {ll, lr, ul}, 5: {ul, ll, ur}, 6: {ll, ul, lr}, 7: {lr, ur, ll}, 8: {ur, lr, ul}, 9: {ul, ur, ll},
	} {
		for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
			p, err := picture.DecodePhoto(withEXIF(plain, orientation, order, mark), picture.EvidenceLimits)
			if err != nil {
				t.Fatal(orientation, err)
			}
			if turned := orientation >= 5 && orientation <= 8; turned != (p.Width == h) || turned != (p.Height == w) {
				t.Errorf("%d: %d x %d", orientation, p.Width, p.Height)
			}
			img, _ := jpeg.Decode(bytes.NewReader(p.JPEG))
			at := func(x, y int) [2]bool {
				r, _, b, _ := img.At(x, y).RGBA()
				return [2]bool{r > 0x8000, b > 0x8000}
			}
			if got := [3][2]bool{at(20, 20), at(p.Width-20, 20), at(20, p.Height-20)}; got != want {
				t.Errorf("%d %s: %v, want %v", orientation, mark, got, want)
			}
			if bytes.Contains(p.JPEG, []byte("Exif")) || bytes.Contains(p.JPEG, []byte("SECRET")) {
				t.Errorf("%d: metadata survived", orientation)
			}
		}
	}
}

func TestWhatIsNoPhotoIsRefused(t *testing.T) {
	var g bytes.Buffer
	if err := gif.Encode(&g, corners(300, 300), nil); err != nil {
		t.Fatal(err)
	}
	good := jpegOf(t, corners(300, 300))
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"empty":          {nil, picture.TypeRefused},
		"text":           {[]byte("hello"), picture.TypeRefused},
		"gif":            {g.Bytes(), picture.TypeRefused},
		"svg":            {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), picture.TypeRefused},
		"gif and script": {append([]byte("GIF89a/*"), "*/=1;alert(1)"...), picture.TypeRefused},
		"pdf":            {[]byte("%PDF-1.7"), picture.TypeRefused},
		"pdf then jpeg":  {append([]byte("%PDF-1.7\n"), good...), picture.TypeRefused},
		"webp":           {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), picture.WebPRefused},
		"heic":           {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), picture.HEICRefused},
		"avif":           {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), picture.HEICRefused},
		"mp4":            {[]byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), picture.TypeRefused},
		"only a marker":  {[]byte("\xff\xd8\xff"), picture.Broken},
		"half":           {good[:len(good)/2], picture.Broken},
		"bomb":           {bomb(30000, 30000), picture.TooManyPixels},
		"long bomb":      {bomb(1, 1<<31-1), picture.TooManyPixels},
		"square bomb":    {bomb(11000, 11000), picture.TooManyPixels},
		"stamp":          {pngOf(t, corners(300, 199)), picture.TooSmall},
		"too many bytes": {append(good, make([]byte, 8<<20)...), picture.TooLarge},
	} {
		_, err := picture.DecodePhoto(c.file, picture.EvidenceLimits)
		refused(t, name, err, c.code)
	}
}

// No damaged file may do worse than be refused.
func TestDamagedPhotosAreRefusedOrRead(t *testing.T) {
	for name, file := range map[string][]byte{
		"jpeg": withEXIF(jpegOf(t, corners(220, 210)), 6, binary.LittleEndian, "II"), "png": pngOf(t, corners(220, 210)),
	} {
		for i := 0; i < len(file); i += len(file)/60 + 1 {
			for _, damaged := range [][]byte{file[:i], flipped(file, i, 0x01), flipped(file, i, 0x80), flipped(file, i, 0xff)} {
				if _, err := picture.DecodePhoto(damaged, picture.EvidenceLimits); err != nil {
					var r *picture.Refusal
					if !errors.As(err, &r) || !strings.HasPrefix(r.Code, "picture_") {
						t.Fatalf("%s at %d: %v", name, i, err)
					}
				}
			}
		}
	}
}

func flipped(file []byte, at int, mask byte) []byte {
	out := bytes.Clone(file)
	out[at] ^= mask
	return out
}

func TestManyAtOnce(t *testing.T) {
	file := jpegOf(t, corners(800, 600))
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			if _, err := picture.DecodePhoto(file, picture.EvidenceLimits); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func FuzzDecodePhoto(f *testing.F) {
	f.Add(withEXIF(jpegOf(f, corners(24, 20)), 6, binary.LittleEndian, "II"))
	f.Add(pngOf(f, corners(24, 20)))
	f.Add(bomb(30000, 30000))
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xffExif\x00\x00MM\x00*\xff\xff\xff\xff"))
	limits := picture.Limits{MaxBytes: 1 << 16, MaxPixels: 1 << 16, MaxSide: 1 << 10, MinSide: 1}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := picture.DecodePhoto(file, limits)
		if err != nil {
			return
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(p.JPEG)); err != nil || c.Width != p.Width || c.Height != p.Height {
			t.Fatal(c, err)
		}
	})
}
