package device

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"
)

func drawer(t testing.TB) *Emulator {
	t.Helper()
	e, err := NewEmulator(NamedCard{"resident", resident}, NamedCard{"hkmt", hkmt}, NamedCard{"foreigner", foreigner},
		NamedCard{"foreigner_23", foreigner23})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func clock() time.Time { return today.Start().Add(9 * time.Hour) }

// read waits like an agent would.
func read(r *Reader, wait time.Duration) (Card, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return r.ReadCard(ctx)
}

func wantFault(t *testing.T, err error, want Code) {
	t.Helper()
	if fault := new(Fault); !errors.As(err, &fault) || fault.Code != want {
		t.Fatalf("%v, want %s", err, want)
	}
}

func TestReadCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := drawer(t)
		r := NewReader(e.Open, clock)
		defer r.Close()
		for name, want := range map[string]Card{"resident": resident, "hkmt": hkmt, "foreigner": foreigner, "foreigner_23": foreigner23} {
			time.AfterFunc(3*time.Second, func() { e.Place(name) })
			if got, err := read(r, CardWait); err != nil || got != want {
				t.Fatalf("%s: %+v, %v", name, got, err)
			}
		}
	})
}

func TestReadCardNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewReader(drawer(t).Open, clock)
		defer r.Close()
		started := time.Now()
		_, err := read(r, CardWait)
		wantFault(t, err, CardNone)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > CardWait+time.Second {
			t.Fatal(err, time.Since(started))
		}
	})
}

// A card left behind by one person is not read into the session of the next.
func TestCardMustLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := drawer(t)
		r := NewReader(e.Open, clock)
		defer r.Close()
		e.Place("resident")
		if _, err := read(r, time.Second); err != nil {
			t.Fatal(err)
		}
		_, err := read(r, CardWait)
		wantFault(t, err, CardNone)
		e.Remove()
		e.Place("resident")
		if got, err := read(r, time.Second); err != nil || got != resident {
			t.Fatal(err)
		}
	})
}

// The same on a reader that goes on finding a card which was already read.
func TestCardMustLeaveEagerReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := drawer(t)
		eager := func() (io.ReadWriteCloser, error) {
			line, err := e.Open()
			return &tapped{ReadWriteCloser: line, sent: func(c command) {
				if c == findCard && e.Placed() != "" {
					e.Place(e.Placed())
				}
			}}, err
		}
		r := NewReader(eager, clock)
		defer r.Close()
		e.Place("resident")
		if _, err := read(r, time.Second); err != nil {
			t.Fatal(err)
		}
		_, err := read(r, CardWait)
		wantFault(t, err, CardRemove)
		time.AfterFunc(2*time.Second, e.Remove)
		time.AfterFunc(4*time.Second, func() { e.Place("resident") })
		if got, err := read(r, CardWait); err != nil || got != resident {
			t.Fatal(err)
		}
		e.Place("hkmt") // another card proves that the first has left
		if got, err := read(r, time.Second); err != nil || got != hkmt {
			t.Fatal(err)
		}
	})
}

func TestCardTakenInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := drawer(t)
		snatches := 1
		r := NewReader(func() (io.ReadWriteCloser, error) {
			line, err := e.Open()
			return &tapped{ReadWriteCloser: line, sent: func(c command) {
				if c == readCard && snatches > 0 {
					snatches--
					e.Remove()
				}
			}}, err
		}, clock)
		defer r.Close()

		e.Place("resident")
		_, err := read(r, CardWait)
		wantFault(t, err, CardRead)

		snatches = 1
		e.Place("resident")
		time.AfterFunc(5*time.Second, func() { e.Place("resident") })
		if got, err := read(r, CardWait); err != nil || got != resident {
			t.Fatalf("laid back in time: %v", err)
		}
	})
}

// tapped watches a line: what is sent, and every reply as it passes.
type tapped struct {
	io.ReadWriteCloser
	sent  func(command)
	reply func([]byte) []byte
	rest  []byte
}

func (l *tapped) Write(frame []byte) (int, error) {
	if l.sent != nil {
		l.sent(command(frame[7:9]))
	}
	return l.ReadWriteCloser.Write(frame)
}

func (l *tapped) Read(p []byte) (int, error) {
	if l.reply == nil {
		return l.ReadWriteCloser.Read(p)
	}
	if len(l.rest) == 0 {
		whole := make([]byte, 4096) // the emulator sends a reply in one Write, which a pipe gives back in one Read
		n, err := l.ReadWriteCloser.Read(whole)
		if err != nil {
			return 0, err
		}
		l.rest = l.reply(whole[:n])
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func TestDamagedReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := drawer(t)
		damage, opened := 0, 0
		r := NewReader(func() (io.ReadWriteCloser, error) {
			opened++
			line, err := e.Open()
			return &tapped{ReadWriteCloser: line, reply: func(b []byte) []byte {
				noisy := append([]byte{0x00, 0xAA, 0xAA, 0x96, 0x13}, b...)
				if damage > 0 && len(b) > 1000 {
					damage--
					e.Place("resident") // the real card's state is not what is tried here
					noisy[300] ^= 0x40
				}
				return noisy
			}}, err
		}, clock)
		defer r.Close()

		e.Place("resident")
		damage = 2
		if got, err := read(r, CardWait); err != nil || got != resident {
			t.Fatalf("two damaged replies: %v", err)
		}
		if opened != 3 {
			t.Errorf("line opened %d times: not anew after each damaged reply", opened)
		}
		e.Place("resident")
		damage = 1000
		_, err := read(r, CardWait)
		wantFault(t, err, ReaderGarble)
	})
}

// peer answers each command from a table, and not at all what is not in it.
func peer(replies map[command][]byte) Opener {
	return func() (io.ReadWriteCloser, error) {
		ours, theirs := net.Pipe()
		go func() {
			in := bufio.NewReader(theirs)
			for {
				body, err := readFrame(in)
				if err != nil {
					return
				}
				if reply := replies[command(body[:2])]; reply != nil {
					_, _ = theirs.Write(reply)
				}
			}
		}()
		return ours, nil
	}
}

func TestReaderFaults(t *testing.T) {
	found, selected := statusFound.frame(0, 0, 0, 0), statusOK.frame(0, 0, 0, 0, 0, 0, 0, 0)
	short := statusOK.frame(bytes.Repeat([]byte{' '}, 100)...)
	for name, x := range map[string]struct {
		self, find, selct, read []byte
		want                    Code
		state                   State
	}{
		"silent":               {nil, nil, nil, nil, ReaderOff, Off},
		"silent while reading": {statusOK.frame(), found, selected, nil, ReaderOff, Ready},
		"self test":            {statusSelfTest.frame(), nil, nil, nil, ReaderFault, Broken},
		"no licence":           {statusNoLicence.frame(), nil, nil, nil, ReaderFault, Broken},
		"card rejects SAM":     {statusOK.frame(), found, selected, statusCardNotSAM.frame(), CardRefused, Ready},
		"SAM rejects card":     {statusOK.frame(), found, selected, statusSAMNotCard.frame(), CardRefused, Ready},
		"card type":            {statusOK.frame(), found, statusCardType.frame(), nil, CardKind, Ready},
		"never selected":       {statusOK.frame(), found, statusNotSelected.frame(), nil, CardRead, Ready},
		"never read":           {statusOK.frame(), found, selected, statusReadFailed.frame(), CardRead, Ready},
		"data check":           {statusOK.frame(), found, selected, statusBadData.frame(), CardRead, Ready},
		"short answer":         {statusOK.frame(), found, selected, short, ReaderGarble, Ready},
		"answer out of step":   {statusOK.frame(), selected, nil, nil, ReaderGarble, Ready},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := NewReader(peer(map[command][]byte{samStatus: x.self, findCard: x.find, selectCard: x.selct, readCard: x.read}), clock)
			defer r.Close()
			started := time.Now()
			_, err := read(r, CardWait)
			if fault := new(Fault); !errors.As(err, &fault) || fault.Code != x.want {
				t.Errorf("%s: %v, want %s", name, err, x.want)
			}
			if took := time.Since(started); took > 10*time.Second {
				t.Errorf("%s: said only after %s", name, took)
			}
			if got := r.State(); got != x.state {
				t.Errorf("%s: state %s, want %s", name, got, x.state)
			}
		})
	}
}

func TestReaderComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := drawer(t)
		plugged := false
		var line io.Closer
		r := NewReader(func() (io.ReadWriteCloser, error) {
			if !plugged {
				return nil, errors.New("no such port")
			}
			l, err := e.Open()
			line = l
			return l, err
		}, clock)
		defer r.Close()
		if _, err := read(r, CardWait); r.State() != Off {
			t.Fatal(err)
		} else {
			wantFault(t, err, ReaderOff)
		}
		plugged = true
		if r.State() != Ready {
			t.Fatal("plugged in, but", r.State())
		}
		_ = line.Close() // pulled out and put back between two calls
		e.Place("resident")
		if _, err := read(r, CardWait); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReaderBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewReader(drawer(t).Open, clock)
		defer r.Close()
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { _, err := r.ReadCard(ctx); ended <- err }()
		synctest.Wait()
		if r.State() != Reading {
			t.Error("state", r.State())
		}
		_, err := read(r, CardWait)
		wantFault(t, err, ReaderBusy)
		cancel()
		err = <-ended
		if wantFault(t, err, CardNone); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	})
}

// A pseudo-terminal stands in for /dev/ttyUSB0: the real serial library on one side, the emulator on the other.
func TestSerialPort(t *testing.T) {
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	defer near.Close()
	e := drawer(t)
	go func() { _ = e.Serve(far) }()
	r := NewReader(SerialPort(near.Name()), clock)
	defer r.Close()
	if r.State() != Ready {
		t.Fatal(r.State())
	}
	time.AfterFunc(300*time.Millisecond, func() { e.Place("resident") })
	if got, err := read(r, 10*time.Second); err != nil || got != resident {
		t.Fatalf("%+v, %v", got, err)
	}
}

// A reader that is there and says nothing must not hold the serial library for ever.
func TestSerialPortSilent(t *testing.T) {
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	defer near.Close()
	r := NewReader(SerialPort(near.Name()), clock)
	defer r.Close()
	started := time.Now()
	_, err = read(r, 10*time.Second)
	wantFault(t, err, ReaderOff)
	if took := time.Since(started); took > 2*replyLimit {
		t.Fatal(took)
	}
	if _, err := SerialPort("/dev/no-such-port")(); err == nil {
		t.Fatal("opened a port that is not there")
	}
}

func TestEmulatorDrawer(t *testing.T) {
	wrong := resident
	wrong.Number = "350602199003070011"
	long := resident
	long.Name = "一二三四五六七八九十一二三四五六"
	for name, cards := range map[string][]NamedCard{
		"wrong check digit": {{"a", wrong}},
		"name too long":     {{"a", long}},
		"no name":           {{"", resident}},
		"twice":             {{"a", resident}, {"a", hkmt}},
		"no kind":           {{"a", Card{}}},
	} {
		if _, err := NewEmulator(cards...); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	e := drawer(t)
	if e.Place("nobody") || e.Placed() != "" {
		t.Error("placed a card that is not there")
	}
}
