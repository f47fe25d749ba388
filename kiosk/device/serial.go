package device

import (
	"io"

	"go.bug.st/serial"
)

// Opener opens the line to a reader. The Reader calls it again after every fault, so that a reader that was unplugged
// comes back by itself.
type Opener func() (io.ReadWriteCloser, error)

// SerialPort opens a port such as /dev/ttyUSB0 or COM3 as the readers leave the factory: 115200 8N1, no flow control.
func SerialPort(name string) Opener {
	return func() (io.ReadWriteCloser, error) {
		port, err := serial.Open(name, &serial.Mode{BaudRate: 115200, DataBits: 8})
		if err != nil {
			return nil, err
		}
		// What a reader sent to nobody would answer the wrong question.
		if err := port.ResetInputBuffer(); err != nil {
			_ = port.Close()
			return nil, err
		}
		return port, nil
	}
}
