package device

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame to the reader:   AA AA AA 96 69 | length | CMD PARA [data] | check
// A frame from the reader: AA AA AA 96 69 | length | SW1 SW2 SW3 [data] | check
// Length is two bytes, big-endian, and counts all that follows it, the check byte included. The check byte is the XOR
// of everything between preamble and check byte, the length included.
var preamble = [5]byte{0xAA, 0xAA, 0xAA, 0x96, 0x69}

// The longest frame of the protocol is a read with both fingerprints (length 0x90A); whatever claims more is noise.
const maxFrame = 0x90A

type command [2]byte

var (
	samReset   = command{0x10, 0xFF}
	samStatus  = command{0x11, 0xFF}
	findCard   = command{0x20, 0x01}
	selectCard = command{0x20, 0x02}
	readCard   = command{0x30, 0x01} // text and photo
)

// status is SW3; SW1 and SW2 are always zero.
type status byte

const (
	statusOK          status = 0x90
	statusFound       status = 0x9F
	statusBadCheck    status = 0x10
	statusBadLength   status = 0x11
	statusBadCommand  status = 0x21
	statusCardNotSAM  status = 0x31 // the card rejects the security module
	statusSAMNotCard  status = 0x32 // the security module rejects the card
	statusBadData     status = 0x33 // the data on the card fail their own check
	statusCardType    status = 0x40
	statusReadFailed  status = 0x41
	statusSelfTest    status = 0x60
	statusNoLicence   status = 0x66 // the security module is not authorised
	statusNotFound    status = 0x80
	statusNotSelected status = 0x81
)

func (s status) Error() string { return fmt.Sprintf("reader status %02X", byte(s)) }

var (
	errCheck  = errors.New("frame: wrong check byte")
	errLength = errors.New("frame: impossible length")
)

func xor(bytes []byte) (check byte) {
	for _, b := range bytes {
		check ^= b
	}
	return check
}

func frame(body []byte) []byte {
	f := append(make([]byte, 0, len(preamble)+2+len(body)+1), preamble[:]...)
	f = binary.BigEndian.AppendUint16(f, uint16(len(body)+1))
	f = append(f, body...)
	return append(f, xor(f[len(preamble):]))
}

func (c command) frame() []byte { return frame(c[:]) }

func (s status) frame(data ...byte) []byte { return frame(append([]byte{0, 0, byte(s)}, data...)) }

// readFrame skips noise up to the next preamble and returns what stands between length and check byte.
// errCheck and errLength leave the stream usable: the next call looks for the next preamble.
func readFrame(in *bufio.Reader) ([]byte, error) {
	for matched := 0; matched < len(preamble); {
		b, err := in.ReadByte()
		switch {
		case err != nil:
			return nil, err
		case b == preamble[matched]:
			matched++
		case b == 0xAA && matched == 3: // one AA more than three: still three before the 96
		case b == 0xAA:
			matched = 1
		default:
			matched = 0
		}
	}
	var length [2]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < 3 || n > maxFrame {
		return nil, errLength
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	if xor(length[:])^xor(body) != 0 {
		return nil, errCheck
	}
	return body[:n-1], nil
}

// readReply reads a frame from the reader.
func readReply(in *bufio.Reader) (status, []byte, error) {
	body, err := readFrame(in)
	if err != nil {
		return 0, nil, err
	}
	if len(body) < 3 {
		return 0, nil, errLength
	}
	return status(body[2]), body[3:], nil
}
