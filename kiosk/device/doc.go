// Package device speaks with what is plugged into a kiosk: today the ID-card reader.
//
// From the wire upwards: frame.go has the frames and commands of the reader's security module (SAM_V), card.go the text
// on the chip, reader.go the find-select-read sequence over a port (serial.go, or the emulator of emulator.go, which
// speaks the same bytes). read.go signs what was read, so that the server believes the kiosk machine and not the
// browser on it, and opens it again at the server. agent.go is the loopback HTTP door through which the kiosk's page
// asks for a card.
//
// The photo on the chip is skipped: it can be decoded only with a licensed vendor library, and nothing here needs it.
// A chip's text alone does not prove that its holder stands before the kiosk.
package device
