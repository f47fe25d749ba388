package device

// Code names a fault for the page that shows it; it is a text key's suffix, never a sentence.
type Code string

const (
	CardNone    Code = "card_none"    // no card was laid on the reader in time
	CardRemove  Code = "card_remove"  // the card of the previous read still lies there
	CardRead    Code = "card_read"    // a card was found but could not be read through, e.g. taken away too early
	CardRefused Code = "card_refused" // card and security module did not accept each other
	CardKind    Code = "card_kind"    // not one of the four documents known here
	CardData    Code = "card_data"    // the text on the chip breaks its own rules

	ReaderOff    Code = "reader_off"    // no port, or no answer on it
	ReaderFault  Code = "reader_fault"  // the reader answers, but its security module does not work
	ReaderGarble Code = "reader_garble" // frames arrive damaged
	ReaderBusy   Code = "reader_busy"   // another request holds the reader

	ReadFormat    Code = "read_format"    // not a signed read in its one canonical form
	ReadDevice    Code = "read_device"    // the device is not enrolled
	ReadSignature Code = "read_signature" // not signed by the device's key
	ReadNonce     Code = "read_nonce"     // made for another request
	ReadOld       Code = "read_old"       // older than MaxReadAge
	ReadAhead     Code = "read_ahead"     // the kiosk's clock runs ahead by more than MaxClockAhead
)

// Fault is the error type of this package.
type Fault struct {
	Code  Code
	Cause error // for logs; never holds what stands on a card; may be nil
}

func (f *Fault) Error() string {
	if f.Cause == nil {
		return "device: " + string(f.Code)
	}
	return "device: " + string(f.Code) + ": " + f.Cause.Error()
}

func (f *Fault) Unwrap() error { return f.Cause }
