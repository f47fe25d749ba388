package device

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"anju/server/civic"
)

// NamedCard is a card in the emulator's drawer. The name is what a tester picks it by; the person on it is invented.
type NamedCard struct {
	Name string
	Card Card
}

// Emulator stands in for a reader: it answers the same bytes, and cards are laid on it and taken away by name.
type Emulator struct {
	names  []string
	blocks map[string][]byte

	mu     sync.Mutex
	placed string // "" when nothing lies there
	spent  bool   // the card was read and must leave first, as on the readers known
}

// NewEmulator fills the drawer. It refuses a card that a chip cannot hold or that ReadCard would refuse, and a name
// that is empty or given twice.
func NewEmulator(cards ...NamedCard) (*Emulator, error) {
	e := &Emulator{blocks: map[string][]byte{}}
	today := civic.DateOf(time.Now())
	for _, named := range cards {
		if named.Name == "" || e.blocks[named.Name] != nil {
			return nil, fmt.Errorf("device: emulated card name %q is empty or given twice", named.Name)
		}
		if err := named.Card.check(today); err != nil {
			return nil, fmt.Errorf("device: emulated card %q: %w", named.Name, err)
		}
		e.names = append(e.names, named.Name)
		e.blocks[named.Name] = named.Card.block()
	}
	return e, nil
}

// Cards are the names in the drawer, in the order given.
func (e *Emulator) Cards() []string { return e.names }

// Placed is the name of the card on the reader, or "".
func (e *Emulator) Placed() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.placed
}

// Place lays a card on the reader, instead of the one that may lie there; placing the same card again lifts it and
// lays it back. It reports whether the drawer has that card.
func (e *Emulator) Place(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.blocks[name] == nil {
		return false
	}
	e.placed, e.spent = name, false
	return true
}

// Remove takes away whatever lies on the reader.
func (e *Emulator) Remove() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.placed, e.spent = "", false
}

// Open is an Opener: a new line to the emulator, served until either side closes it.
func (e *Emulator) Open() (io.ReadWriteCloser, error) {
	ours, theirs := net.Pipe()
	go func() {
		_ = e.Serve(theirs) // ends when the other side closes
		_ = theirs.Close()
	}()
	return ours, nil
}

// Serve answers commands that arrive on a line, e.g. the far end of a pseudo-terminal, until the line ends.
func (e *Emulator) Serve(line io.ReadWriter) error {
	in := bufio.NewReader(line)
	for {
		body, err := readFrame(in)
		var reply []byte
		switch {
		case errors.Is(err, errCheck):
			reply = statusBadCheck.frame()
		case errors.Is(err, errLength):
			reply = statusBadLength.frame()
		case err != nil:
			return err
		default:
			reply = e.answer(command(body[:2]))
		}
		if _, err := line.Write(reply); err != nil {
			return err
		}
	}
}

func (e *Emulator) answer(c command) []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	there := e.placed != "" && !e.spent
	switch {
	case c == samStatus || c == samReset:
		return statusOK.frame()
	case c == findCard && there:
		return statusFound.frame(make([]byte, 4)...)
	case c == findCard:
		return statusNotFound.frame()
	case c == selectCard && there:
		return statusOK.frame(make([]byte, 8)...)
	case c == selectCard:
		return statusNotSelected.frame()
	case c == readCard && there:
		e.spent = true
		data := []byte{textLength >> 8, textLength & 0xFF, photoLength >> 8, photoLength & 0xFF}
		data = append(data, e.blocks[e.placed]...)
		return statusOK.frame(append(data, make([]byte, photoLength)...)...)
	case c == readCard:
		return statusReadFailed.frame()
	default:
		return statusBadCommand.frame()
	}
}
