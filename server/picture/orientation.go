package picture

import (
	"encoding/binary"
	"image"
)

// orientation reads the EXIF orientation of a JPEG (CIPA DC-008, tag 0x0112): 1 to 8, and 1 whenever it is absent or makes no sense.
func orientation(file []byte) int {
	for p := 2; p+4 <= len(file) && file[p] == 0xff; {
		marker, size := file[p+1], int(binary.BigEndian.Uint16(file[p+2:]))
		if marker == 0xff { // fill byte
			p++
			continue
		}
		if marker == 0xda || size < 2 || p+2+size > len(file) { // the picture itself begins
			return 1
		}
		if segment := file[p+4 : p+2+size]; marker == 0xe1 && len(segment) > 6 && string(segment[:6]) == "Exif\x00\x00" {
			return orientationTIFF(segment[6:])
		}
		p += 2 + size
	}
	return 1
}

// orientationTIFF looks in the first directory of the TIFF inside the EXIF segment.
func orientationTIFF(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	entries := int64(order.Uint16(b[at:]))
	for i := range entries {
		p := at + 2 + 12*i
		if p+12 > int64(len(b)) {
			return 1
		}
		const tag, short = 0x0112, 3
		if order.Uint16(b[p:]) == tag && order.Uint16(b[p+2:]) == short {
			if v := int(order.Uint16(b[p+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// upright applies an orientation: 2-4 mirror or turn in place, 5-8 also swap width and height.
func upright(in *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 {
		return in
	}
	w, h := in.Rect.Dx(), in.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var tx, ty int
			switch orientation {
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[ty*out.Stride+4*tx:][:4], in.Pix[y*in.Stride+4*x:][:4])
		}
	}
	return out
}
