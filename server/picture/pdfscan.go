package picture

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
)

// longNames are looked for everywhere, also between the lines of binary data, where a name of this length does not stand by chance.
var longNames = map[string]string{
	"JavaScript": PDFActive, "Launch": PDFActive, "SubmitForm": PDFActive, "ImportData": PDFActive, "GoToE": PDFActive, "GoToR": PDFActive,
	"Rendition": PDFActive, "RichMedia": PDFActive, "RichMediaExecute": PDFActive, "RichMediaContent": PDFActive,
	"Movie": PDFActive, "Sound": PDFActive,
	"EmbeddedFile": PDFAttachment, "EmbeddedFiles": PDFAttachment, "FileAttachment": PDFAttachment, "Collection": PDFAttachment,
	"Encrypt": PDFEncrypted,
}

// shortNames are looked for as keys of dictionaries and in object streams only.
var shortNames = map[string]string{"JS": PDFActive, "AA": PDFActive, "XFA": PDFActive, "EF": PDFAttachment}

func refusedName(name string, sets ...map[string]string) error {
	for _, set := range sets {
		if code, ok := set[name]; ok {
			return &Refusal{Code: code, err: fmt.Errorf("name %s", name)}
		}
	}
	return nil
}

// scanPDF reads every name in the bytes of the file and in every object stream that stands in it, whether or not a cross-reference table
// leads to it. It also bounds what the streams that a parser must inflate hold together.
func scanPDF(file []byte) error {
	budget := int64(pdfInflated)
	return eachName(file, func(name string, at int) error {
		if err := refusedName(name, longNames); err != nil {
			return err
		}
		if name == "ObjStm" || name == "XRef" {
			return scanStream(file, at, name, &budget)
		}
		return nil
	})
}

// scanStream looks through the object or cross-reference stream in whose dictionary the name at stands. No writer uses another filter
// than Flate, once, for these; anything else is there to hide something.
func scanStream(file []byte, at int, kind string, budget *int64) error {
	const (
		reach = 8 << 10  // of a dictionary
		toll  = 16 << 10 // for each stream, so that a million empty ones end early too
	)
	if *budget -= toll; *budget < 0 {
		return &Refusal{Code: TooLarge}
	}
	from := max(at-reach, 0)
	if obj := bytes.LastIndex(file[from:at], []byte("obj")); obj >= 0 {
		from += obj
	}
	length := bytes.Index(file[at:min(at+reach, len(file))], []byte("stream"))
	if length < 0 {
		return nil // the name does not stand in a stream's dictionary
	}
	filtered, flate, others := false, 0, 0
	if err := eachName(file[from:at+length], func(name string, _ int) error {
		switch name {
		case "Filter":
			filtered = true
		case "FlateDecode", "Fl":
			flate++
		case "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "LZWDecode", "LZW", "RunLengthDecode", "RL", "DCTDecode", "CCITTFaxDecode",
			"JBIG2Decode", "JPXDecode", "Crypt":
			others++
		}
		return nil
	}); err != nil {
		return err
	}
	if others > 0 || flate > 1 || filtered != (flate == 1) {
		return &Refusal{Code: PDFBroken}
	}
	body := bytes.TrimLeft(file[at+length+len("stream"):], "\r\n")
	if flate == 0 {
		return nil // plain text: seen by the scan of the file, and by the parser
	}
	inflated, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return &Refusal{PDFBroken, err}
	}
	content, err := io.ReadAll(io.LimitReader(inflated, *budget+1))
	if *budget -= int64(len(content)); *budget < 0 {
		return &Refusal{Code: TooLarge}
	}
	if err != nil && len(content) == 0 {
		return &Refusal{PDFBroken, err}
	}
	if kind == "XRef" {
		return nil
	}
	return eachName(content, func(name string, _ int) error { return refusedName(name, longNames, shortNames) })
}

// eachName calls f with every name (ISO 32000-1, 7.3.5) in b, its #xx written out, and the place behind it.
func eachName(b []byte, f func(name string, at int) error) error {
	const longest = 127
	for at := 0; ; {
		slash := bytes.IndexByte(b[at:], '/')
		if slash < 0 {
			return nil
		}
		from := at + slash + 1
		at = from
		for at < len(b) && at-from < longest && !delimits(b[at]) {
			at++
		}
		if err := f(unescape(b[from:at]), at); err != nil {
			return err
		}
	}
}

func delimits(c byte) bool { return bytes.IndexByte([]byte("\x00\t\n\f\r ()<>[]{}/%"), c) >= 0 }

func unescape(name []byte) string {
	if bytes.IndexByte(name, '#') < 0 {
		return string(name)
	}
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		if name[i] == '#' && i+2 < len(name) {
			if v, err := strconv.ParseUint(string(name[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, name[i])
	}
	return string(out)
}
