package device

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"anju/server/civic"
)

const (
	pollInterval = 250 * time.Millisecond // between two looks for a card
	replyLimit   = 3 * time.Second        // a full read takes about one second
	turnWait     = 2 * time.Second        // for a ReadCard whose page was reloaded to notice and stop
	faultLimit   = 3                      // tries before a fault that may pass is reported
)

// State is the reader's condition as GET /status shows it.
type State string

const (
	Ready   State = "ready"
	Reading State = "reading" // a ReadCard holds the reader
	Off     State = "off"
	Broken  State = "fault"
)

// Reader reads cards through a line opened by its Opener. Its methods may be called from several goroutines; one
// ReadCard runs at a time.
type Reader struct {
	open Opener
	now  func() time.Time

	turn chan struct{} // holds one token; who has it owns all below
	line io.ReadWriteCloser
	in   *bufio.Reader
	last [sha256.Size]byte // of the text read last, while its card may still lie there; else zero

	state atomic.Value // State, as last seen by whoever held the turn
}

// NewReader does not touch the line yet; now tells the day against which dates on cards are checked.
func NewReader(open Opener, now func() time.Time) *Reader {
	r := &Reader{open: open, now: now, turn: make(chan struct{}, 1)}
	r.turn <- struct{}{}
	r.state.Store(Off)
	return r
}

// Close frees the line once no ReadCard uses it any more.
func (r *Reader) Close() {
	<-r.turn
	r.drop()
	r.turn <- struct{}{}
}

// State asks the security module how it is, unless a ReadCard is busy with it.
func (r *Reader) State() State {
	select {
	case <-r.turn:
	default:
		return Reading
	}
	defer func() { r.turn <- struct{}{} }()
	if r.line == nil {
		_ = r.connect() // leaves the state behind
	} else if err := r.selfTest(); err != nil {
		r.drop()
	}
	return r.state.Load().(State)
}

// ReadCard waits until a card is laid on the reader and returns what it says. It returns early with a *Fault when
// waiting cannot help (reader off or broken, damaged card); when ctx ends the Fault's code says what stood in the way
// and its cause is ctx's error. A card must leave the reader before it is read again: the next person must not get the
// data of one who forgot the card.
func (r *Reader) ReadCard(ctx context.Context) (Card, error) {
	select {
	case <-r.turn:
	case <-ctx.Done():
		return Card{}, &Fault{Code: ReaderBusy, Cause: ctx.Err()}
	case <-time.After(turnWait):
		return Card{}, &Fault{Code: ReaderBusy}
	}
	defer func() { r.turn <- struct{}{} }()
	if r.line != nil && r.selfTest() != nil {
		r.drop() // unplugged or stopped since the last call; tryCard opens it again and says so if that fails
	}

	hindrance, faults := CardNone, 0
	for {
		card, err := r.tryCard()
		if err == nil {
			return card, nil
		}
		var fault *Fault
		if !errors.As(err, &fault) {
			return Card{}, err
		}
		switch fault.Code {
		case CardNone:
		case CardRemove:
			hindrance = CardRemove
		case CardRead, ReaderGarble:
			hindrance = fault.Code
			if faults++; faults == faultLimit {
				return Card{}, fault
			}
		default:
			return Card{}, fault
		}
		select {
		case <-ctx.Done():
			return Card{}, &Fault{Code: hindrance, Cause: ctx.Err()}
		case <-time.After(pollInterval):
		}
	}
}

// tryCard runs find, select, read once.
func (r *Reader) tryCard() (Card, error) {
	if r.line == nil {
		if err := r.connect(); err != nil {
			return Card{}, err
		}
	}
	if _, err := r.expect(findCard, statusFound); err != nil {
		if isStatus(err, statusNotFound) {
			r.last = [sha256.Size]byte{}
			return Card{}, &Fault{Code: CardNone}
		}
		return Card{}, r.fault(err)
	}
	if _, err := r.expect(selectCard, statusOK); err != nil {
		return Card{}, r.fault(err)
	}
	data, err := r.expect(readCard, statusOK)
	if err != nil {
		return Card{}, r.fault(err)
	}
	block, err := readBlock(data)
	if err != nil {
		return Card{}, r.fault(err)
	}
	sum := sha256.Sum256(block)
	if sum == r.last {
		return Card{}, &Fault{Code: CardRemove}
	}
	card, err := parseCard(block, civic.DateOf(r.now()))
	if err != nil {
		return Card{}, err
	}
	// Most readers now answer "not found" until the card has left; those that go on finding it are remembered here.
	if _, err := r.expect(findCard, statusFound); err == nil {
		r.last = sum
	} else if !isStatus(err, statusNotFound) {
		_ = r.fault(err) // the card is read all the same; the next call opens the line anew
	}
	return card, nil
}

func (r *Reader) connect() error {
	line, err := r.open()
	if err != nil {
		r.state.Store(Off)
		return &Fault{Code: ReaderOff, Cause: err}
	}
	r.line, r.in = line, bufio.NewReader(line)
	if err := r.selfTest(); err != nil {
		return r.fault(err)
	}
	return nil
}

func (r *Reader) selfTest() error {
	_, err := r.expect(samStatus, statusOK)
	switch {
	case err == nil:
		r.state.Store(Ready)
	case errors.As(err, new(status)):
		r.state.Store(Broken)
	default:
		r.state.Store(Off)
	}
	return err
}

func (r *Reader) drop() {
	if r.line != nil {
		_ = r.line.Close()
		r.line, r.in = nil, nil
	}
}

// expect sends a command and returns the data of a reply with the wanted status; another status is the error.
// A line that stays silent is closed, since only that ends a Read or Write on every kind of line.
func (r *Reader) expect(c command, want status) ([]byte, error) {
	line := r.line
	silent := time.AfterFunc(replyLimit, func() { _ = line.Close() })
	defer silent.Stop()
	if _, err := line.Write(c.frame()); err != nil {
		return nil, err
	}
	got, data, err := readReply(r.in)
	if err != nil {
		return nil, err
	}
	if got != want {
		return nil, got
	}
	return data, nil
}

func isStatus(err error, s status) bool {
	var got status
	return errors.As(err, &got) && got == s
}

// fault turns what expect found into a Fault. Whatever was not a plain refusal by the reader also closes the line:
// replies do not say which command they answer, so after a damaged or strange one the two sides may be out of step.
func (r *Reader) fault(err error) error {
	var got status
	switch {
	case errors.Is(err, errCheck), errors.Is(err, errLength):
		r.drop()
		return &Fault{Code: ReaderGarble, Cause: err}
	case !errors.As(err, &got):
		r.drop()
		r.state.Store(Off)
		return &Fault{Code: ReaderOff, Cause: err}
	}
	switch got {
	case statusNotFound, statusNotSelected, statusReadFailed, statusBadData:
		return &Fault{Code: CardRead, Cause: err}
	case statusCardType:
		return &Fault{Code: CardKind, Cause: err}
	case statusCardNotSAM, statusSAMNotCard:
		return &Fault{Code: CardRefused, Cause: err}
	case statusSelfTest, statusNoLicence:
		r.drop()
		r.state.Store(Broken)
		return &Fault{Code: ReaderFault, Cause: err}
	default: // 10, 11, 21: what we sent arrived damaged; the others fit no question of ours
		r.drop()
		return &Fault{Code: ReaderGarble, Cause: err}
	}
}
