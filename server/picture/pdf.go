package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The codes of refusals of PDF files.
const (
	PDFBroken     = "pdf_broken"     // not a PDF that the strict reader can follow from end to end
	PDFActive     = "pdf_active"     // script, form logic, media, or an action that starts something
	PDFAttachment = "pdf_attachment" // carries other files
	PDFEncrypted  = "pdf_encrypted"  // cannot be looked through
	PDFPages      = "pdf_pages"      // more pages than MaxPDFPages
)

// Bounds of a PDF. Object streams are inflated to be looked through, together to no more than pdfInflated bytes.
const (
	MaxPDFBytes = 8 << 20
	MaxPDFPages = 30
	pdfInflated = 64 << 20
	pdfTime     = 2 * time.Second
	pdfDepth    = 50
)

// CheckPDF says whether a PDF may be kept, unchanged, as evidence: it is read from end to end by a real parser, so that what hides
// in compressed object streams is seen, and looked through a second time as plain bytes, so that what only another reader would find is
// seen too. Every error is a *Refusal.
func CheckPDF(file []byte) (err error) {
	if len(file) > MaxPDFBytes {
		return &Refusal{Code: TooLarge}
	}
	// The header must be the first bytes and the end near the last: no second file in front of it or behind it.
	if !IsPDF(file) || !bytes.Contains(file[max(len(file)-1024, 0):], []byte("%%EOF")) {
		return &Refusal{Code: PDFBroken}
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	defer func() {
		if r := recover(); r != nil { // the parser stumbled: what it cannot read is not kept
			err = &Refusal{PDFBroken, fmt.Errorf("parser: %v", r)}
		}
	}()
	if err := scanPDF(file); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), pdfTime)
	defer cancel()
	doc, err := pdfcpu.ReadWithContext(ctx, &sound{Reader: bytes.NewReader(file), ctx: ctx}, pdfReading())
	switch {
	case errors.Is(err, pdfcpu.ErrWrongPassword) || errors.Is(err, pdfcpu.ErrEncrypted):
		return &Refusal{PDFEncrypted, err}
	case err != nil:
		return &Refusal{PDFBroken, err}
	case doc.Encrypt != nil: // opens without a password, but still
		return &Refusal{Code: PDFEncrypted}
	}
	for _, entry := range doc.Table {
		if entry == nil || entry.Free {
			continue
		}
		object, err := plain(ctx, entry.Object)
		if err != nil || object == nil && !isNull(file, entry.Offset) {
			return &Refusal{PDFBroken, err}
		}
		if err := lookThrough(doc, object, 0); err != nil {
			return err
		}
	}
	return countPages(doc)
}

// sound is a file for the parser that does not let it guess. A parser that finds the cross-reference table broken goes back to the
// beginning and puts the file together line by line: slowly (a minute for 8 MB made for it), deaf to its deadline, and perhaps into
// another document than the one a reader will see.
type sound struct {
	*bytes.Reader
	ctx     context.Context
	rewound int
}

var errRepair = errors.New("the cross-reference table is broken")

// rewinds are the times that the parser goes to the beginning of a sound file: for the header.
const rewinds = 1

func (s *sound) Seek(offset int64, whence int) (int64, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if whence == io.SeekStart && offset == 0 {
		if s.rewound++; s.rewound > rewinds {
			return 0, errRepair
		}
	}
	return s.Reader.Seek(offset, whence)
}

func (s *sound) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(b)
}

// pdfReading is the parser's configuration, written out here because its default reads and writes a folder in the user's home.
func pdfReading() *model.Configuration {
	limits := model.DefaultResourceLimits()
	limits.MaxStreamBytes = MaxPDFBytes
	limits.MaxDecodeBytes = pdfInflated
	limits.MaxObjectCount = 200_000
	limits.MaxObjectStreamCount = 50_000
	limits.MaxXRefEntries = 200_000
	limits.MaxRecursionDepth = pdfDepth
	return &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Eol: types.EolLF, Cmd: model.VALIDATE, Offline: true, Limits: limits,
	}
}

// plain parses an object that the parser left for later.
func plain(ctx context.Context, o types.Object) (types.Object, error) {
	if lazy, ok := o.(types.LazyObjectStreamObject); ok {
		return lazy.DecodedObject(ctx)
	}
	return o, nil
}

// isNull says whether the object at a place in the file is null, or absent. The parser passes over an object that it cannot read, as
// if it were null; another reader may make something of it.
func isNull(file []byte, at *int64) bool {
	if at == nil || *at <= 0 || *at >= int64(len(file)) {
		return true
	}
	_, object, found := bytes.Cut(file[*at:min(*at+64, int64(len(file)))], []byte("obj"))
	return !found || bytes.HasPrefix(bytes.TrimLeft(object, "\x00\t\n\f\r "), []byte("null"))
}

// lookThrough refuses what PDF readers would act upon (ISO 32000-1, 12.6.4) and files within the file (7.11.4).
func lookThrough(doc *model.Context, o types.Object, depth int) error {
	if depth > pdfDepth {
		return &Refusal{Code: PDFBroken}
	}
	var dict types.Dict
	switch o := o.(type) {
	case types.Array:
		for _, e := range o {
			if err := lookThrough(doc, e, depth+1); err != nil {
				return err
			}
		}
		return nil
	case types.Name:
		return refusedName(o.Value(), longNames)
	case types.Dict:
		dict = o
	case types.StreamDict:
		dict = o.Dict
	case types.ObjectStreamDict:
		dict = o.Dict
	case types.XRefStreamDict:
		dict = o.Dict
	}
	for key, value := range dict {
		if err := refusedName(key, longNames, shortNames); err != nil {
			return err
		}
		if key == "OpenAction" && !opensQuietly(doc, value) {
			return &Refusal{Code: PDFActive}
		}
		if err := lookThrough(doc, value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// opensQuietly says whether an opening action only goes to a page, as many writers put it.
func opensQuietly(doc *model.Context, o types.Object) bool {
	o, err := doc.Dereference(o)
	if err != nil {
		return false
	}
	action, ok := o.(types.Dict)
	if !ok {
		return true // a destination
	}
	kind := action.NameEntry("S")
	return kind != nil && *kind == "GoTo"
}

// countPages walks the page tree; a node is visited once.
func countPages(doc *model.Context) error {
	root, err := doc.Pages()
	if err != nil || root == nil {
		return &Refusal{PDFBroken, err}
	}
	pages, seen := 0, map[int]bool{}
	queue := []types.Object{*root}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		ref, ok := node.(types.IndirectRef)
		if !ok || seen[ref.ObjectNumber.Value()] {
			return &Refusal{Code: PDFBroken}
		}
		seen[ref.ObjectNumber.Value()] = true
		dict, err := doc.DereferenceDict(ref)
		if err != nil || dict == nil {
			return &Refusal{PDFBroken, err}
		}
		if _, inner := dict.Find("Kids"); inner {
			kids, err := doc.DereferenceArray(dict["Kids"])
			if err != nil {
				return &Refusal{PDFBroken, err}
			}
			queue = append(queue, kids...)
			continue
		}
		if pages++; pages > MaxPDFPages {
			return &Refusal{Code: PDFPages}
		}
	}
	if pages == 0 {
		return &Refusal{Code: PDFBroken}
	}
	return nil
}
