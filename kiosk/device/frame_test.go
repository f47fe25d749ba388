package device

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"testing"
)

// As written in the reader vendors' protocol descriptions.
func TestKnownFrames(t *testing.T) {
	for want, got := range map[string][]byte{
		"aaaaaa9669000310ffec":                   samReset.frame(),
		"aaaaaa9669000311ffed":                   samStatus.frame(),
		"aaaaaa96690003200122":                   findCard.frame(),
		"aaaaaa96690003200221":                   selectCard.frame(),
		"aaaaaa96690003300132":                   readCard.frame(),
		"aaaaaa9669000400009094":                 statusOK.frame(),
		"aaaaaa9669000400006064":                 statusSelfTest.frame(),
		"aaaaaa9669000400008084":                 statusNotFound.frame(),
		"aaaaaa9669000400008185":                 statusNotSelected.frame(),
		"aaaaaa9669000400004145":                 statusReadFailed.frame(),
		"aaaaaa9669000800009f0000000097":         statusFound.frame(0, 0, 0, 0),
		"aaaaaa9669000c00009000000000000000009c": statusOK.frame(0, 0, 0, 0, 0, 0, 0, 0),
	} {
		if hex.EncodeToString(got) != want {
			t.Errorf("got %x, want %s", got, want)
		}
	}
	read := statusOK.frame(append([]byte{1, 0, 4, 0}, make([]byte, 1280)...)...)
	if len(read) != 1295 || hex.EncodeToString(read[:14]) != "aaaaaa966905080000900100"+"0400" {
		t.Errorf("read reply: %d bytes, begins %x", len(read), read[:14])
	}
}

func TestReadReply(t *testing.T) {
	found := statusFound.frame(1, 2, 3, 4)
	damaged := bytes.Clone(found)
	damaged[len(damaged)-2] ^= 0x10
	for name, x := range map[string]struct {
		in   []byte
		want error
	}{
		"plain":              {found, nil},
		"noise before":       {append([]byte("\x00noise\xAA\xAA\x96\x69\xAA\xAA\xAA\x96\xAA"), found...), nil},
		"AA before":          {append([]byte{0xAA, 0xAA}, found...), nil},
		"damaged":            {damaged, errCheck},
		"too short":          {frame([]byte{0, 0}), errLength},
		"length of nothing":  {[]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 0, 0}, errLength},
		"length of too much": {[]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0xFF, 0xFF, 0}, errLength},
		"cut off":            {found[:9], io.ErrUnexpectedEOF},
		"nothing":            {nil, io.EOF},
	} {
		got, data, err := readReply(bufio.NewReader(bytes.NewReader(x.in)))
		if !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
		if x.want == nil && (got != statusFound || !bytes.Equal(data, []byte{1, 2, 3, 4})) {
			t.Errorf("%s: status %v, data %x", name, got, data)
		}
	}
}

// A damaged frame must not take the next one with it.
func TestReadReplyAfterDamage(t *testing.T) {
	damaged := statusFound.frame(0, 0, 0, 0)
	damaged[8] ^= 1
	in := bufio.NewReader(bytes.NewReader(append(damaged, statusOK.frame()...)))
	if _, _, err := readReply(in); !errors.Is(err, errCheck) {
		t.Fatal(err)
	}
	if got, _, err := readReply(in); err != nil || got != statusOK {
		t.Fatal(got, err)
	}
}

// Whatever is taken for a frame stands in the input byte for byte.
func FuzzFrame(f *testing.F) {
	f.Add(readCard.frame())
	f.Add(append([]byte{0xAA, 0x96, 0xAA}, statusFound.frame(1, 2, 3)...))
	f.Add([]byte{0xAA, 0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x09, 0x0A})
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := bufio.NewReader(bytes.NewReader(raw))
		for {
			body, err := readFrame(in)
			if errors.Is(err, errCheck) || errors.Is(err, errLength) {
				continue
			}
			if err != nil {
				return
			}
			if !bytes.Contains(raw, frame(body)) {
				t.Fatalf("frame of %x is not in %x", body, raw)
			}
		}
	})
}
